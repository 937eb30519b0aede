/* trainer.c -- batches, gradients by slots, one AdamW step, in an order that no thread changes. */
#include "training/trainer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "batches/split.h"
#include "support/threads.h"
#include "training/rate.h"

enum { PART = 16384 }; /* elements of the weights that are reduced and stepped at once */

/* ---- one chunk ---- */

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

static const struct chunk *make_chunk(const struct trainer *trainer, struct batch *batch, size_t slot,
                                      size_t first, size_t sequences)
{
    const struct training_request *request = trainer->request;
    const struct objective *objective = model_objective(&request->model->options);
    const size_t at = request->steps_before + trainer->state.step;
    struct key step = key_with(key_named(request->seed, "batch"), at);
    struct key dropout = key_with(key_named(request->seed, "dropout"), at);
    batch_begin(batch, key_with(key_named(request->seed, "positions"), at));
    for (size_t i = 0; i < sequences; i++) {
        size_t s = slot + (first + i) * trainer->slots;
        struct key own = key_with(step, s);
        struct example made = batch_add(batch, draw_length(trainer, own), s, key_with(dropout, s));
        split_draw(request->dataset, request->dataset_state, key_with(own, 0), SPLIT_TRAINING, made.n, NAN,
                   made.tokens, made.targets, made.marks);
        objective_form(&made, objective, request->model->vocabulary, key_with(own, 2));
    }
    return batch_chunk(batch);
}

static void run_slot(void *context, size_t slot, size_t which)
{
    struct trainer *trainer = context;
    const struct training_request *request = trainer->request;
    struct trainer_worker *worker = &trainer->worker[which];
    struct batch *batch = &worker->batch;
    size_t sequences = (request->options.batch - slot + trainer->slots - 1) / trainer->slots;
    real *dw = trainer->gradient[slot];
    struct profile *profile = request->profile ? &request->profile[which] : NULL;
    enum profile_part before = profile_switch(profile, PROFILE_DATA);
    for (size_t first = 0; first < sequences; first += trainer->sequences) {
        size_t count = sequences - first < trainer->sequences ? sequences - first : trainer->sequences;
        const struct chunk *chunk = make_chunk(trainer, batch, slot, first, count);
        model_forward_backward(dw, first > 0, batch->given.nll, batch->given.hit, worker->workspace,
                               trainer->state.w, trainer->transposed, chunk);
        for (size_t i = 0, row = 0; i < count; i++) {
            size_t s = slot + (first + i) * trainer->slots;
            trainer->sequence_nll[s] = 0;
            trainer->sequence_scored[s] = 0;
            for (size_t end = row + chunk->count[i]; row < end; row++) {
                trainer->sequence_nll[s] += batch->given.nll[row];
                trainer->sequence_scored[s] += chunk->targets[row] != UNSCORED;
            }
        }
    }
    model_flush(dw, worker->workspace);
    profile_switch(profile, before);
}

/* ---- one step ---- */

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

/* ---- life ---- */

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

/* How the work is divided, and the buffers beside those of the workers. */
static void describe(struct trainer *trainer, const struct model *model,
                     const struct training_options *options, size_t threads)
{
    size_t weights = model->weights, batch = options->batch;
    trainer->slots = slot_count(model, options);
    trainer->sequences =
        workspace_chunk(model, options->length, (batch + trainer->slots - 1) / trainer->slots);
    trainer->workers = threads < trainer->slots ? threads : trainer->slots;
    const struct buffer rows[] = {
        BUFFER(trainer->transposed, weights, BUFFER_KEPT),
        BUFFER(trainer->state.first, weights, BUFFER_ZEROED),
        BUFFER(trainer->state.second, weights, BUFFER_ZEROED),
        BUFFER(trainer->sequence_nll, batch, BUFFER_KEPT),
        BUFFER(trainer->sequence_scored, batch, BUFFER_KEPT),
        BUFFER(trainer->square, weights / PART + 1, BUFFER_KEPT),
    };
    buffers_add(&trainer->buffers, rows, sizeof rows / sizeof rows[0]);
    for (size_t s = 0; s < trainer->slots; s++)
        buffers_add(&trainer->buffers, &BUFFER(trainer->gradient[s], weights, BUFFER_ZEROED), 1);
}

static struct batch_size batch_size_of(const struct trainer *trainer, const struct model *model,
                                       size_t length)
{
    const struct site site = {.shape = &model->shape, .length = length, .training = true};
    return (struct batch_size){.sequences = trainer->sequences,
                               .length = length,
                               .seen = length,
                               .marks = composition_reads_marks(&model->composition, &site),
                               .dropout = true};
}

static enum status create_worker(struct trainer_worker *worker, const struct trainer *trainer,
                                 struct message *message)
{
    const struct model *model = trainer->request->model;
    const struct batch_size size = batch_size_of(trainer, model, trainer->request->options.length);
    enum status status = batch_create(&worker->batch, &size, message);
    return status
               ? status
               : workspace_create(&worker->workspace, model, size.sequences, size.length, true, 1, message);
}

void trainer_profile(const struct trainer *trainer)
{
    for (size_t i = 0; trainer->request->profile && i < trainer->workers; i++) {
        workspace_profile(trainer->worker[i].workspace, &trainer->request->profile[i]);
        profile_switch(&trainer->request->profile[i], PROFILE_WAITING);
    }
}

enum status trainer_create(struct trainer *trainer, real *w, const struct training_request *request,
                           struct message *message)
{
    const struct model *model = request->model;
    struct site site = {.shape = &model->shape, .length = request->options.length, .training = true};
    enum status status = composition_accepts(&model->composition, &site, message);
    if (status)
        return status;
    trainer->request = request;
    trainer->state.w = w;
    trainer->state.weights = model->weights;
    trainer->step.beta1 = request->options.beta1;
    trainer->step.beta2 = request->options.beta2;
    trainer->step.epsilon = request->options.epsilon;
    describe(trainer, model, &request->options, request->threads);
    status = buffers_allocate(&trainer->buffers, "a training", message);
    for (size_t i = 0; !status && i < trainer->workers; i++)
        status = create_worker(&trainer->worker[i], trainer, message);
    if (status)
        return status;
    make_chunk(trainer, &trainer->worker[0].batch, 0, 0, 1);
    return batch_check_marks(&trainer->worker[0].batch, model->composition.map->name, request->dataset->name,
                             message);
}

void trainer_destroy(struct trainer *trainer)
{
    for (size_t i = 0; i < trainer->workers; i++) {
        workspace_release(trainer->worker[i].workspace);
        batch_release(&trainer->worker[i].batch);
    }
    buffers_release(&trainer->buffers);
}

/* ---- how much memory ---- */

double training_memory(const struct model *model, const struct training_options *options, size_t threads)
{
    struct trainer trainer = {.request = NULL};
    describe(&trainer, model, options, threads);
    const struct batch_size size = batch_size_of(&trainer, model, options->length);
    size_t shared = buffers_bytes(&trainer.buffers), batch = batch_bytes(&size);
    size_t workspace = workspace_bytes(model, size.sequences, size.length, true, 1);
    buffers_release(&trainer.buffers);
    if (shared == SIZE_MAX || batch == SIZE_MAX || workspace == SIZE_MAX)
        return INFINITY;
    return (double)shared + (double)trainer.workers * ((double)batch + (double)workspace);
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
