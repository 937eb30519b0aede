/* measure.c -- training steps and evaluations of one shape, timed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/bench/bench.h"
#include "evaluation/evaluation.h"
#include "registry/spec.h"
#include "support/memory.h"
#include "support/progress.h"
#include "training/training.h"

enum {
    VOCABULARY = 256,
    STEPS_UNTIMED = 2,
    STEP_SECONDS_LEAST = 1,
    STEPS_MOST = 4096,
    EVALUATION_SECONDS_MOST = 30
};

/* ---- tokens that cost nothing to make ---- */

static size_t noise_vocabulary(const void *state)
{
    (void)state;
    return VOCABULARY;
}

static size_t noise_minimum(const void *state)
{
    (void)state;
    return 1;
}

static void noise_example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                          int32_t *targets, int32_t *marks)
{
    uint64_t bits = random_bits(key, 0);
    (void)state, (void)split, (void)marks;
    for (size_t i = 0; i < n; i++) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        tokens[i] = (int32_t)(bits >> 56);
        targets[i] = (int32_t)(bits >> 48 & 255);
    }
}

static const struct dataset noise = {.name = "noise",
                                     .summary = "random tokens",
                                     .version = 1,
                                     .vocabulary = noise_vocabulary,
                                     .minimum = noise_minimum,
                                     .example = noise_example};

/* ---- one shape ---- */

const struct bench_shape bench_shapes[] = {
    {"training-128", true, 4, 128, 4, 128, 16},         {"training-256", true, 6, 256, 8, 256, 16},
    {"training-512", true, 6, 512, 8, 512, 4},          {"training-quick", true, 2, 64, 4, 64, 32},
    {"evaluation-1024", false, 4, 128, 4, 1024, 16},    {"evaluation-16384", false, 4, 128, 4, 16384, 1},
    {"evaluation-131072", false, 4, 128, 4, 131072, 1}, {.name = NULL},
};

/* The highest resident set since the last reset; where it cannot be reset, since the start. */
static void peak_memory_reset(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");
    if (file) {
        fputs("5", file);
        fclose(file);
    }
}

static size_t peak_memory_now(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    unsigned long kilobytes = 0;
    char line[256];
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %lu", &kilobytes) == 1)
            break;
    if (file)
        fclose(file);
    return kilobytes > 0 ? (size_t)kilobytes * 1024 : memory_peak();
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct bench_rate bench_rate(double *value, size_t count)
{
    qsort(value, count, sizeof *value, ascending);
    return (struct bench_rate){.least = value[0],
                               .median = (value[(count - 1) / 2] + value[count / 2]) / 2,
                               .most = value[count - 1]};
}

static struct bench_rate rate_of(double *seconds, size_t count, double tokens)
{
    struct bench_rate rate = bench_rate(seconds, count);
    return (struct bench_rate){tokens / rate.most, tokens / rate.median, tokens / rate.least};
}

/* Steps are timed in groups, because one step of a small shape is shorter than what disturbs it. */
struct stopwatch {
    double started, *seconds;   /* (groups) */
    size_t group, groups, done; /* group: steps of one */
};

static void step_ended(void *context, size_t step, double loss, double rate)
{
    struct stopwatch *watch = context;
    double now = progress_clock();
    (void)loss, (void)rate;
    if (step == STEPS_UNTIMED)
        watch->started = now;
    if (step <= STEPS_UNTIMED || (step - STEPS_UNTIMED) % watch->group != 0 || watch->done == watch->groups)
        return;
    watch->seconds[watch->done++] = (now - watch->started) / (double)watch->group;
    watch->started = now;
}

/* What every measurement of a shape has. */
struct measurement {
    const struct bench_shape *shape;
    const struct model *model;
    size_t threads, repetitions;
    double *seconds;         /* (repetitions) */
    struct profile *profile; /* (threads), or NULL */
};

static enum status measure_training(struct bench_result *out, const struct measurement *m,
                                    struct message *message)
{
    struct stopwatch watch = {.seconds = m->seconds, .group = 1, .groups = 1};
    const struct bench_shape *shape = m->shape;
    const struct model *model = m->model;
    struct training_request request = {.model = model,
                                       .dataset = &noise,
                                       .seed = 1,
                                       .threads = m->threads,
                                       .profile = m->profile,
                                       .report = step_ended,
                                       .context = &watch};
    struct training_curve curve = {0};
    real *weights = memory_allocate(model->weights, sizeof *weights, "the weights", message);
    enum status status =
        weights ? option_defaults(training_option_table, &request.options, message) : STATUS_FAILED;
    request.options.length = shape->length;
    request.options.batch = shape->batch;
    for (int run = 0; !status && run < 2; run++) { /* the first finds how many steps take a while */
        request.options.steps = STEPS_UNTIMED + watch.group * watch.groups;
        watch.done = 0;
        training_curve_release(&curve);
        if (m->profile)
            memset(m->profile, 0, m->threads * sizeof *m->profile);
        status = training_run(weights, &curve, &request, message);
        if (run == 0 && !status) {
            double group = (double)STEP_SECONDS_LEAST / (2 * m->seconds[0]);
            watch.group = group < 1 ? 1 : group > STEPS_MOST ? STEPS_MOST : (size_t)group;
            watch.groups = m->repetitions;
        }
    }
    out->repetitions = m->repetitions;
    if (!status)
        out->tokens_per_second =
            rate_of(m->seconds, out->repetitions, (double)(shape->batch * shape->length));
    out->counted = model_flop_per_token(model, shape->length, true);
    training_curve_release(&curve);
    memory_release(weights);
    return status;
}

static enum status measure_evaluation(struct bench_result *out, const struct measurement *m,
                                      struct message *message)
{
    const struct bench_shape *shape = m->shape;
    const struct model *model = m->model;
    double began = progress_clock();
    struct evaluation_options options = {.examples = shape->batch, .seed = 1};
    const struct protocol protocol = {.name = "exact-match", .kind = protocol_kind_find("exact-match")};
    real *weights = memory_allocate(model->weights, sizeof *weights, "the weights", message);
    const struct evaluation_request request = {.model = model,
                                               .weights = weights,
                                               .dataset = &noise,
                                               .options = &options,
                                               .protocol = &protocol,
                                               .length = shape->length,
                                               .threads = m->threads,
                                               .profile = m->profile};
    enum status status = weights ? STATUS_OK : STATUS_FAILED;
    if (weights)
        model_initialise(model, 1, weights);
    while (!status && out->repetitions < m->repetitions &&
           (out->repetitions == 0 || progress_clock() - began < EVALUATION_SECONDS_MOST)) {
        struct evaluation evaluation = {0};
        status = evaluation_run(&evaluation, &request, message);
        m->seconds[out->repetitions++] = evaluation.seconds;
        evaluation_release(&evaluation);
    }
    if (!status)
        out->tokens_per_second =
            rate_of(m->seconds, out->repetitions, (double)(shape->batch * shape->length));
    out->counted = model_flop_per_token(model, shape->length, false);
    memory_release(weights);
    return status;
}

enum status bench_measure(struct bench_result *out, const struct bench_shape *shape, const char *encoders,
                          enum isa isa, size_t threads, size_t repetitions, bool profile,
                          struct message *message)
{
    struct measurement m = {.shape = shape,
                            .threads = threads,
                            .repetitions = repetitions,
                            .seconds = memory_allocate(repetitions, sizeof *m.seconds, "timings", message),
                            .profile = memory_allocate(threads, sizeof *m.profile, "a profile", message)};
    struct profile *profiles = m.profile;
    struct composition composition = {0};
    struct model_options options;
    struct model *model = NULL;
    enum status status =
        m.seconds && profiles ? option_defaults(model_option_table, &options, message) : STATUS_FAILED;
    m.profile = profile ? profiles : NULL;
    *out = (struct bench_result){.counted = 0};
    if (!status && !(status = spec_encoders(&composition, encoders, message)))
        status = spec_positions(&composition, "identity", message);
    if (status)
        goto done;
    options.layers = shape->layers;
    options.width = shape->width;
    options.heads = shape->heads;
    status = model_create(&model, &options, &composition, shape->length, VOCABULARY, isa, message);
    if (status)
        goto done;
    m.model = model;
    peak_memory_reset();
    status = (shape->training ? measure_training : measure_evaluation)(out, &m, message);
    for (size_t i = 0; i < threads; i++)
        for (int part = 0; part < PROFILE_PARTS; part++) {
            out->profile.seconds[part] += profiles[i].seconds[part];
            out->profile.operations[part] += profiles[i].operations[part];
        }
    /* Causality: a token attends to half of the n that `counted` charges. */
    out->executed = out->counted - (shape->training ? 3 : 1) * 2.0 *
                                       (double)(shape->layers * shape->width * (shape->length - 1));
    out->peak_memory = peak_memory_now();
done:
    composition_release(&composition);
    model_release(model);
    memory_release(m.seconds);
    memory_release(profiles);
    return status;
}
