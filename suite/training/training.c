/* training.c -- the loop: batches, gradients by slots, one AdamW step, in an order that no thread changes. */
#include "training/training.h"

#include <math.h>
#include <string.h>

#include "kernels/kernels.h"
#include "model/workspace.h"
#include "support/memory.h"
#include "support/threads.h"
#include "training/schedule.h"

enum {
    SLOTS_MAX = 16,             /* gradients are summed over so many partial sums, in a fixed binary tree */
    PART = 16384,               /* elements of the weights that are reduced and stepped at once */
    CURVE_POINTS = 100,
    PADDING_STEP = 16           /* chunks of unequal sequences are padded to a multiple of this */
};

/* One worker's buffers for a chunk. */
struct worker {
    struct workspace *workspace;
    int32_t *tokens, *targets;
    size_t *count;
    struct key *dropout;
    double *nll;
    unsigned char *hit;
};

struct trainer {
    const struct training_request *request;
    real *w, *first, *second;
    real *gradient[SLOTS_MAX];
    size_t slots, sequences;            /* sequences: of a chunk */
    size_t workers;
    struct worker worker[SLOTS_MAX];
    double *sequence_nll;               /* (batch) */
    size_t *sequence_scored;            /* (batch) */
    double *square;                     /* (parts) */
    struct adamw_step step;
    size_t at;                          /* the step under way */
};

/* --- one chunk -------------------------------------------------------------------------------------- */

/* Sequence s of this step is a function of (seed, step, s): the same for every variant. */
static size_t draw_length(const struct trainer *trainer, struct key key)
{
    const struct training_request *request = trainer->request;
    size_t length = request->options.length, minimum;

    if (!request->dataset->uniform_length)
        return length;
    minimum = request->dataset->minimum(request->dataset_state);
    return minimum + random_below(key_with(key, 1), 0, length - minimum + 1);
}

static struct chunk make_chunk(struct trainer *trainer, struct worker *worker, size_t slot, size_t first,
                               size_t sequences)
{
    const struct training_request *request = trainer->request;
    struct key step = key_with(key_named(request->seed, "batch"), trainer->at);
    struct key dropout = key_with(key_named(request->seed, "dropout"), trainer->at);
    struct chunk chunk = {.sequences = sequences, .count = worker->count, .tokens = worker->tokens,
                          .targets = worker->targets, .dropout = worker->dropout};

    for (size_t i = 0; i < sequences; i++) {
        size_t s = slot + (first + i) * trainer->slots;
        worker->count[i] = draw_length(trainer, key_with(step, s));
        worker->dropout[i] = key_with(dropout, s);
        chunk.padded = worker->count[i] > chunk.padded ? worker->count[i] : chunk.padded;
    }
    chunk.padded = memory_round_up(chunk.padded, PADDING_STEP);
    if (chunk.padded > request->options.length)
        chunk.padded = request->options.length;
    for (size_t i = 0; i < sequences; i++) {
        size_t s = slot + (first + i) * trainer->slots, at = i * chunk.padded;
        request->dataset->example(request->dataset_state, key_with(key_with(step, s), 0), SPLIT_TRAINING,
                                  worker->count[i], worker->tokens + at, worker->targets + at, NULL);
        for (size_t j = worker->count[i]; j < chunk.padded; j++) {
            worker->tokens[at + j] = 0;
            worker->targets[at + j] = UNSCORED;
        }
    }
    return chunk;
}

static void run_slot(void *context, size_t slot, size_t which)
{
    struct trainer *trainer = context;
    const struct training_request *request = trainer->request;
    struct worker *worker = &trainer->worker[which];
    size_t sequences = (request->options.batch - slot + trainer->slots - 1) / trainer->slots;
    real *dw = trainer->gradient[slot];

    memset(dw, 0, request->model->weights * sizeof(real));
    for (size_t first = 0; first < sequences; first += trainer->sequences) {
        size_t count = sequences - first < trainer->sequences ? sequences - first : trainer->sequences;
        struct chunk chunk = make_chunk(trainer, worker, slot, first, count);
        model_forward_backward(dw, worker->nll, worker->hit, worker->workspace, trainer->w, &chunk);
        for (size_t i = 0; i < count; i++) {
            size_t s = slot + (first + i) * trainer->slots;
            trainer->sequence_nll[s] = 0;
            trainer->sequence_scored[s] = 0;
            for (size_t j = i * chunk.padded; j < i * chunk.padded + worker->count[i]; j++) {
                trainer->sequence_nll[s] += worker->nll[j];
                trainer->sequence_scored[s] += worker->targets[j] != UNSCORED;
            }
        }
    }
    model_flush(dw, worker->workspace);
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

    (void)worker;
    for (size_t step = 1; step < trainer->slots; step *= 2)
        for (size_t s = 0; s + step < trainer->slots; s += 2 * step)
            kernels->add(trainer->gradient[s] + first, trainer->gradient[s + step] + first, count);
    trainer->square[part] = kernels->square_sum(trainer->gradient[0] + first, count);
}

static void step_part(void *context, size_t part, size_t worker)
{
    struct trainer *trainer = context;
    const struct model *model = trainer->request->model;
    size_t begin = part * PART, end = begin + part_size(trainer, part);

    (void)worker;
    for (size_t p = 0; p < model->parameters; p++) {
        const struct model_parameter *parameter = &model->parameter[p];
        size_t first = parameter->offset > begin ? parameter->offset : begin;
        size_t last = parameter->offset + parameter->size < end ? parameter->offset + parameter->size : end;
        struct adamw_step step = trainer->step;
        if (first >= last)
            continue;
        step.weight_decay = parameter->decayed ? step.weight_decay : 0;
        model->kernels->adamw(trainer->w + first, trainer->first + first, trainer->second + first,
                              trainer->gradient[0] + first, &step, last - first);
    }
}

/* The mean loss of the step; NAN when it is not finite, or the gradient is not. */
static double run_step(struct trainer *trainer)
{
    const struct training_options *options = &trainer->request->options;
    size_t parts = (trainer->request->model->weights + PART - 1) / PART, scored = 0;
    double nll = 0, square = 0, norm, scale;

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
    trainer->step.rate = schedule_rate(options, trainer->at);
    trainer->step.correction1 = 1 - pow(options->beta1, (double)trainer->at + 1);
    trainer->step.correction2 = 1 - pow(options->beta2, (double)trainer->at + 1);
    trainer->step.weight_decay = options->weight_decay;
    threads_run(trainer->workers, parts, trainer, step_part);
    return nll / (double)scored;
}

/* --- life ------------------------------------------------------------------------------------------- */

static enum status create_worker(struct worker *worker, const struct trainer *trainer, struct message *message)
{
    size_t length = trainer->request->options.length, rows = trainer->sequences * length;

    worker->tokens = memory_allocate(rows, sizeof(int32_t), "a chunk", message);
    worker->targets = memory_allocate(rows, sizeof(int32_t), "a chunk", message);
    worker->count = memory_allocate(trainer->sequences, sizeof(size_t), "a chunk", message);
    worker->dropout = memory_allocate(trainer->sequences, sizeof(struct key), "a chunk", message);
    worker->nll = memory_allocate(rows, sizeof(double), "a chunk", message);
    worker->hit = memory_allocate(rows, 1, "a chunk", message);
    if (!worker->tokens || !worker->targets || !worker->count || !worker->dropout || !worker->nll || !worker->hit)
        return STATUS_FAILED;
    return workspace_create(&worker->workspace, trainer->request->model, trainer->sequences, length, true, 1, message);
}

static enum status create(struct trainer *trainer, real *w, const struct training_request *request,
                          struct message *message)
{
    size_t weights = request->model->weights, batch = request->options.batch;
    enum status status;

    *trainer = (struct trainer){.request = request, .w = w};
    trainer->step.beta1 = request->options.beta1;
    trainer->step.beta2 = request->options.beta2;
    trainer->step.epsilon = request->options.epsilon;
    trainer->slots = batch < SLOTS_MAX ? batch : SLOTS_MAX;
    trainer->sequences = workspace_chunk(request->model, request->options.length,
                                         (batch + trainer->slots - 1) / trainer->slots);
    trainer->workers = request->threads < trainer->slots ? request->threads : trainer->slots;
    trainer->first = memory_allocate(weights, sizeof(real), "moments", message);
    trainer->second = memory_allocate(weights, sizeof(real), "moments", message);
    trainer->sequence_nll = memory_allocate(batch, sizeof(double), "a batch", message);
    trainer->sequence_scored = memory_allocate(batch, sizeof(size_t), "a batch", message);
    trainer->square = memory_allocate(weights / PART + 1, sizeof(double), "gradient norm", message);
    if (!trainer->first || !trainer->second || !trainer->sequence_nll || !trainer->sequence_scored ||
        !trainer->square)
        return STATUS_FAILED;
    for (size_t s = 0; s < trainer->slots; s++)
        if (!(trainer->gradient[s] = memory_allocate(weights, sizeof(real), "gradients", message)))
            return STATUS_FAILED;
    for (size_t i = 0; i < trainer->workers; i++)
        if ((status = create_worker(&trainer->worker[i], trainer, message)) != STATUS_OK)
            return status;
    return STATUS_OK;
}

static void destroy(struct trainer *trainer)
{
    for (size_t i = 0; i < trainer->workers; i++) {
        struct worker *worker = &trainer->worker[i];
        workspace_release(worker->workspace);
        memory_release(worker->tokens);
        memory_release(worker->targets);
        memory_release(worker->count);
        memory_release(worker->dropout);
        memory_release(worker->nll);
        memory_release(worker->hit);
    }
    for (size_t s = 0; s < trainer->slots; s++)
        memory_release(trainer->gradient[s]);
    memory_release(trainer->first);
    memory_release(trainer->second);
    memory_release(trainer->sequence_nll);
    memory_release(trainer->sequence_scored);
    memory_release(trainer->square);
}

static enum status create_curve(struct training_curve *curve, struct message *message)
{
    *curve = (struct training_curve){0};
    curve->step = memory_allocate(CURVE_POINTS + 1, sizeof(int64_t), "the curve", message);
    curve->loss = memory_allocate(CURVE_POINTS + 1, sizeof(double), "the curve", message);
    curve->rate = memory_allocate(CURVE_POINTS + 1, sizeof(double), "the curve", message);
    return curve->step && curve->loss && curve->rate ? STATUS_OK : STATUS_FAILED;
}

void training_curve_release(struct training_curve *curve)
{
    memory_release(curve->step);
    memory_release(curve->loss);
    memory_release(curve->rate);
    *curve = (struct training_curve){0};
}

enum status training_run(real *w, struct training_curve *curve, const struct training_request *request,
                         struct message *message)
{
    size_t steps = request->options.steps, since = 0;
    size_t every = steps > CURVE_POINTS ? (steps + CURVE_POINTS - 1) / CURVE_POINTS : 1;
    struct trainer trainer = {0};
    enum status status = create_curve(curve, message);
    double sum = 0;

    if (status == STATUS_OK)
        status = create(&trainer, w, request, message);
    if (status != STATUS_OK)
        goto done;
    model_initialise(request->model, request->seed, w);
    for (trainer.at = 0; trainer.at < steps; trainer.at++) {
        double loss = run_step(&trainer);
        if (isnan(loss)) {
            status = message_set(message, STATUS_FAILED,
                                 "the loss is not finite at step %zu of %zu; try a lower rate than %g", trainer.at + 1,
                                 steps, request->options.rate);
            goto done;
        }
        sum += loss;
        since++;
        if (since == every || trainer.at + 1 == steps) {
            curve->step[curve->count] = (int64_t)trainer.at + 1;
            curve->loss[curve->count] = sum / (double)since;
            curve->rate[curve->count++] = trainer.step.rate;
            sum = 0;
            since = 0;
        }
        if (request->report)
            request->report(request->context, trainer.at + 1, loss, trainer.step.rate);
    }
done:
    destroy(&trainer);
    return status;
}
