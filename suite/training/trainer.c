/* trainer.c -- batches, gradients by slots, one AdamW step, in an order that no thread changes. */
#include "training/trainer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "batches/split.h"
#include "support/memory.h"
#include "support/threads.h"
#include "training/rate.h"

enum { PART = 16384 }; /* elements of the weights that are reduced and stepped at once */

/* --- one chunk -------------------------------------------------------------------------------------- */

/* Sequence s of this step is a function of (seed, step, s): the same for every variant.  A fine-tune counts its
 * steps on from those of the first training. */
static size_t draw_length(const struct trainer *trainer, struct key key)
{
    const struct training_request *request = trainer->request;
    size_t length = request->options.length, minimum;
    if (!request->dataset->uniform_length)
        return length;
    minimum = request->dataset->minimum(request->dataset_state);
    return minimum + random_below(key_with(key, 1), 0, length - minimum + 1);
}

static struct chunk make_chunk(struct trainer *trainer, struct trainer_worker *worker, size_t slot,
                               size_t first, size_t sequences)
{
    const struct training_request *request = trainer->request;
    const size_t at = request->steps_before + trainer->state.step;
    struct key step = key_with(key_named(request->seed, "batch"), at);
    struct key dropout = key_with(key_named(request->seed, "dropout"), at);
    struct chunk chunk = {.sequences = sequences,
                          .count = worker->count,
                          .tokens = worker->tokens,
                          .targets = worker->targets,
                          .dropout = worker->dropout,
                          .draw = key_with(key_named(request->seed, "positions"), at),
                          .number = worker->number,
                          .marks = worker->marks};
    memory_poison(worker->tokens, sizeof(int32_t));
    memory_poison(worker->targets, sizeof(int32_t));
    for (size_t i = 0, row = 0; i < sequences; i++) {
        size_t s = slot + (first + i) * trainer->slots;
        worker->count[i] = draw_length(trainer, key_with(step, s));
        worker->dropout[i] = key_with(dropout, s);
        worker->number[i] = s;
        split_draw(request->dataset, request->dataset_state, key_with(key_with(step, s), 0), SPLIT_TRAINING,
                   worker->count[i], NAN, worker->tokens + row, worker->targets + row,
                   worker->marks ? worker->marks + row : NULL);
        row += worker->count[i];
    }
    return chunk;
}

static void run_slot(void *context, size_t slot, size_t which)
{
    struct trainer *trainer = context;
    const struct training_request *request = trainer->request;
    struct trainer_worker *worker = &trainer->worker[which];
    size_t sequences = (request->options.batch - slot + trainer->slots - 1) / trainer->slots;
    real *dw = trainer->gradient[slot];
    struct profile *profile = request->profile ? &request->profile[which] : NULL;
    enum profile_part before = profile_switch(profile, PROFILE_DATA);
    for (size_t first = 0; first < sequences; first += trainer->sequences) {
        size_t count = sequences - first < trainer->sequences ? sequences - first : trainer->sequences;
        struct chunk chunk = make_chunk(trainer, worker, slot, first, count);
        model_forward_backward(dw, first > 0, worker->nll, worker->hit, worker->workspace, trainer->state.w,
                               trainer->transposed, &chunk);
        for (size_t i = 0, row = 0; i < count; i++) {
            size_t s = slot + (first + i) * trainer->slots;
            trainer->sequence_nll[s] = 0;
            trainer->sequence_scored[s] = 0;
            for (size_t end = row + worker->count[i]; row < end; row++) {
                trainer->sequence_nll[s] += worker->nll[row];
                trainer->sequence_scored[s] += worker->targets[row] != UNSCORED;
            }
        }
    }
    model_flush(dw, worker->workspace);
    profile_switch(profile, before);
}

/* --- one step --------------------------------------------------------------------------------------- */

static size_t part_size(const struct trainer *trainer, size_t part)
{
    size_t left = trainer->request->model->weights - part * PART;
    return left < PART ? left : PART;
}

/* gradient[0] = the sum over slots: (0+1)+(2+3), ... */
static void reduce_part(void *context, size_t part, size_t worker)
{
    struct trainer *trainer = context;
    const struct kernels *kernels = trainer->request->model->kernels;
    size_t first = part * PART, count = part_size(trainer, part);
    struct profile *profile = trainer->request->profile ? &trainer->request->profile[worker] : NULL;
    enum profile_part before = profile_switch(profile, PROFILE_OPTIMISER);
    for (size_t step = 1; step < trainer->slots; step *= 2)
        for (size_t s = 0; s + step < trainer->slots; s += 2 * step)
            kernels->add(trainer->gradient[s] + first, trainer->gradient[s + step] + first, count);
    trainer->square[part] = kernels->square_sum(trainer->gradient[0] + first, count);
    profile_switch(profile, before);
}

static void step_part(void *context, size_t part, size_t worker)
{
    struct trainer *trainer = context;
    const struct model *model = trainer->request->model;
    size_t begin = part * PART, end = begin + part_size(trainer, part);
    struct profile *profile = trainer->request->profile ? &trainer->request->profile[worker] : NULL;
    enum profile_part before = profile_switch(profile, PROFILE_OPTIMISER);
    for (size_t p = 0; p < model->parameters; p++) {
        const struct model_parameter *parameter = &model->parameter[p];
        size_t first = parameter->offset > begin ? parameter->offset : begin;
        size_t last = parameter->offset + parameter->size < end ? parameter->offset + parameter->size : end;
        struct adamw_step step = trainer->step;
        if (first >= last)
            continue;
        step.weight_decay = parameter->decayed ? step.weight_decay : 0;
        model->kernels->adamw(trainer->state.w + first, trainer->state.first + first,
                              trainer->state.second + first, trainer->gradient[0] + first, &step,
                              last - first);
    }
    profile_switch(profile, before);
}

static void transpose_parameter(void *context, size_t parameter, size_t worker)
{
    struct trainer *trainer = context;
    struct profile *profile = trainer->request->profile ? &trainer->request->profile[worker] : NULL;
    enum profile_part before = profile_switch(profile, PROFILE_OPTIMISER);
    model_transpose(trainer->transposed, trainer->request->model, trainer->state.w, parameter);
    profile_switch(profile, before);
}

double trainer_step(struct trainer *trainer)
{
    const struct training_options *options = &trainer->request->options;
    size_t parts = (trainer->request->model->weights + PART - 1) / PART, scored = 0;
    double nll = 0, square = 0, norm, scale;
    threads_run(trainer->workers, trainer->request->model->parameters, trainer, transpose_parameter);
    threads_run(trainer->workers, trainer->slots, trainer, run_slot);
    for (size_t s = 0; s < options->batch; s++) {
        nll += trainer->sequence_nll[s];
        scored += trainer->sequence_scored[s];
    }
    threads_run(trainer->workers, parts, trainer, reduce_part);
    for (size_t p = 0; p < parts; p++)
        square += trainer->square[p];
    if (scored == 0 || !isfinite(nll) || !isfinite(square))
        return NAN;
    scale = 1 / (double)scored;
    norm = sqrt(square) * scale;
    if (options->clip > 0 && norm > options->clip)
        scale *= options->clip / norm;
    trainer->step.gradient_scale = scale;
    trainer->step.rate = rate_at(options, trainer->state.step);
    trainer->step.correction1 = 1 - pow(options->beta1, (double)trainer->state.step + 1);
    trainer->step.correction2 = 1 - pow(options->beta2, (double)trainer->state.step + 1);
    trainer->step.weight_decay = options->weight_decay;
    threads_run(trainer->workers, parts, trainer, step_part);
    return nll / (double)scored;
}

/* How many partial sums: as few as keep whole chunks together, but no fewer than TRAINER_SLOTS_LEAST, which is
 * how many threads can share a training of any size. */
static size_t slot_count(const struct model *model, const struct training_options *options)
{
    size_t chunk = workspace_chunk(model, options->length, options->batch);
    size_t slots = (options->batch + chunk - 1) / chunk;
    slots = slots < TRAINER_SLOTS_LEAST ? TRAINER_SLOTS_LEAST : slots;
    slots = slots > TRAINER_SLOTS_MAX ? TRAINER_SLOTS_MAX : slots;
    return slots < options->batch ? slots : options->batch;
}

/* --- life ------------------------------------------------------------------------------------------- */

static enum status create_worker(struct trainer_worker *worker, const struct trainer *trainer,
                                 struct message *message)
{
    size_t length = trainer->request->options.length, rows = trainer->sequences * length;
    const struct model *model = trainer->request->model;
    struct site site = {.shape = &model->shape, .length = length, .training = true};
    worker->tokens = memory_workspace(rows, sizeof(int32_t), "a chunk", message);
    worker->targets = memory_workspace(rows, sizeof(int32_t), "a chunk", message);
    if (composition_reads_marks(&model->composition, &site) &&
        !(worker->marks = memory_workspace(rows, sizeof(int32_t), "a chunk", message)))
        return STATUS_FAILED;
    worker->count = memory_workspace(trainer->sequences, sizeof(size_t), "a chunk", message);
    worker->number = memory_workspace(trainer->sequences, sizeof(size_t), "a chunk", message);
    worker->dropout = memory_workspace(trainer->sequences, sizeof(struct key), "a chunk", message);
    worker->nll = memory_workspace(rows, sizeof(double), "a chunk", message);
    worker->hit = memory_workspace(rows, 1, "a chunk", message);
    if (!worker->tokens || !worker->targets || !worker->count || !worker->number || !worker->dropout ||
        !worker->nll || !worker->hit)
        return STATUS_FAILED;
    return workspace_create(&worker->workspace, model, trainer->sequences, length, true, 1, message);
}

void trainer_profile(const struct trainer *trainer)
{
    for (size_t i = 0; trainer->request->profile && i < trainer->workers; i++) {
        workspace_profile(trainer->worker[i].workspace, &trainer->request->profile[i]);
        profile_switch(&trainer->request->profile[i], PROFILE_WAITING);
    }
}

/* A position map that reads marks must find some. */
static enum status check_marks(struct trainer *trainer, struct message *message)
{
    struct trainer_worker *worker = &trainer->worker[0];
    bool found = !worker->marks;
    if (!worker->marks)
        return STATUS_OK;
    struct chunk chunk = make_chunk(trainer, worker, 0, 0, 1);
    for (size_t i = 0; i < worker->count[0]; i++)
        found = found || chunk.marks[i] != 0;
    return found ? STATUS_OK
                 : message_set(
                       message, STATUS_WRONG,
                       "the positions `%s` need the significance of tokens, which the dataset `%s` does "
                       "not give; choose a dataset with numbers, or other positions",
                       trainer->request->model->composition.map->name, trainer->request->dataset->name);
}

enum status trainer_create(struct trainer *trainer, real *w, const struct training_request *request,
                           struct message *message)
{
    size_t weights = request->model->weights, batch = request->options.batch;
    struct site site = {.shape = &request->model->shape, .length = request->options.length, .training = true};
    enum status status = composition_accepts(&request->model->composition, &site, message);
    if (status)
        return status;

    trainer->request = request;
    trainer->state.w = w;
    trainer->state.weights = weights;
    trainer->step.beta1 = request->options.beta1;
    trainer->step.beta2 = request->options.beta2;
    trainer->step.epsilon = request->options.epsilon;
    trainer->slots = slot_count(request->model, &request->options);
    trainer->sequences = workspace_chunk(request->model, request->options.length,
                                         (batch + trainer->slots - 1) / trainer->slots);
    trainer->workers = request->threads < trainer->slots ? request->threads : trainer->slots;
    trainer->transposed = memory_workspace(weights, sizeof(real), "transposed matrices", message);
    trainer->state.first = memory_allocate(weights, sizeof(real), "moments", message);
    trainer->state.second = memory_allocate(weights, sizeof(real), "moments", message);
    trainer->sequence_nll = memory_allocate(batch, sizeof(double), "a batch", message);
    trainer->sequence_scored = memory_allocate(batch, sizeof(size_t), "a batch", message);
    trainer->square = memory_allocate(weights / PART + 1, sizeof(double), "gradient norm", message);
    if (!trainer->transposed || !trainer->state.first || !trainer->state.second || !trainer->sequence_nll ||
        !trainer->sequence_scored || !trainer->square)
        return STATUS_FAILED;
    for (size_t s = 0; s < trainer->slots; s++)
        if (!(trainer->gradient[s] = memory_allocate(weights, sizeof(real), "gradients", message)))
            return STATUS_FAILED;
    for (size_t i = 0; i < trainer->workers; i++)
        if ((status = create_worker(&trainer->worker[i], trainer, message)))
            return status;
    return check_marks(trainer, message);
}

void trainer_destroy(struct trainer *trainer)
{
    for (size_t i = 0; i < trainer->workers; i++) {
        struct trainer_worker *worker = &trainer->worker[i];
        workspace_release(worker->workspace);
        memory_release(worker->tokens);
        memory_release(worker->targets);
        memory_release(worker->marks);
        memory_release(worker->count);
        memory_release(worker->number);
        memory_release(worker->dropout);
        memory_release(worker->nll);
        memory_release(worker->hit);
    }
    for (size_t s = 0; s < trainer->slots; s++)
        memory_release(trainer->gradient[s]);
    memory_release(trainer->transposed);
    memory_release(trainer->state.first);
    memory_release(trainer->state.second);
    memory_release(trainer->sequence_nll);
    memory_release(trainer->sequence_scored);
    memory_release(trainer->square);
}

/* --- how much memory -------------------------------------------------------------------------------- */

/* The buffers of one thread, as create_worker has them; infinite when there is no memory to count them. */
static double worker_memory(const struct model *model, size_t sequences, size_t length)
{
    double tile = (double)ATTENTION_ROWS * ATTENTION_KEYS, rows = (double)sequences * (double)length;
    double attention = (3 + 2 * (double)model->shape.heads) * tile * sizeof(real);
    size_t workspace = workspace_bytes(model, sequences, length, true, 1);
    return workspace == SIZE_MAX
               ? INFINITY
               : (double)workspace + attention + rows * (2 * sizeof(int32_t) + sizeof(double) + 1);
}

double training_memory(const struct model *model, const struct training_options *options, size_t threads)
{
    size_t slots = slot_count(model, options);
    size_t sequences = workspace_chunk(model, options->length, (options->batch + slots - 1) / slots);
    size_t workers = threads < slots ? threads : slots;
    return (double)model->weights * (double)(3 + slots) * sizeof(real) +
           (double)workers * worker_memory(model, sequences, options->length);
}

void training_memory_say(struct message *message, const struct model *model,
                         const struct training_options *options, size_t threads)
{
    double weights = (double)model->weights * sizeof(real);
    double needed = weights + training_memory(model, options, threads);
    const double mebi = 1024 * 1024;
    size_t used;
    if (!message || !isfinite(needed))
        return;
    used = strlen(message->text);
    snprintf(
        message->text + used, sizeof message->text - used,
        "; this training needs about %.0f MiB on %zu thread%s (its weights alone %.0f): fewer threads, a "
        "smaller batch or a smaller model need less",
        needed / mebi, threads, threads == 1 ? "" : "s", weights / mebi);
}
