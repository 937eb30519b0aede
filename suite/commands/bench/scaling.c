/* scaling.c -- what more threads bring, beside what they bring to bare multiply-adds.
 *
 * Processors are slower for seconds at a time, so all that is compared is measured in one round, one after the
 * other, and each round gives its own ratio. */
#include <math.h>

#include "commands/bench/bench.h"
#include "support/memory.h"
#include "support/threads.h"

struct trial {
    double tokens_per_second;
    enum status status;
    struct message message;
};

/* Trials side by side, each on one thread. */
struct trials {
    const struct bench_shape *shape;
    const char *encoders;
    enum isa isa;
    struct trial *trial;
};

static void run_trial(void *context, size_t task, size_t worker)
{
    struct trials *trials = context;
    struct trial *trial = &trials->trial[task];
    struct bench_result result;
    (void)worker;
    trial->status =
        bench_measure(&result, trials->shape, trials->encoders, trials->isa, 1, 1, false, &trial->message);
    trial->tokens_per_second = result.tokens_per_second.median;
}

/* The rate of `count` trials together. */
static enum status run_trials(double *out, struct trials *trials, size_t count, struct message *message)
{
    *out = 0;
    threads_run(count, count, trials, run_trial);
    for (size_t t = 0; t < count; t++) {
        if (trials->trial[t].status) {
            if (message)
                *message = trials->trial[t].message;
            return trials->trial[t].status;
        }
        *out += trials->trial[t].tokens_per_second;
    }
    return STATUS_OK;
}

/* One round: tokens/s of one trial on one thread, and what all threads bring. */
struct round {
    double one, peak, within, across;
};

static enum status run_round(struct round *round, struct trials *trials, size_t threads,
                             struct message *message)
{
    double before[] = {bench_peak(trials->isa, 1), bench_peak(trials->isa, threads)};
    struct bench_result result;
    enum status status = run_trials(&round->one, trials, 1, message);
    if (!status)
        status =
            bench_measure(&result, trials->shape, trials->encoders, trials->isa, threads, 1, false, message);
    if (!status)
        status = run_trials(&round->across, trials, threads, message);
    if (status)
        return status;
    round->peak =
        fmax(before[1], bench_peak(trials->isa, threads)) / fmax(before[0], bench_peak(trials->isa, 1));
    round->within = result.tokens_per_second.median / round->one / round->peak;
    round->across /= round->one * round->peak;
    return STATUS_OK;
}

enum status bench_scaling(struct bench_scaling *out, const struct bench_shape *shape, const char *encoders,
                          enum isa isa, size_t threads, size_t rounds, struct message *message)
{
    struct trials trials = {shape, encoders, isa,
                            memory_allocate(threads, sizeof(struct trial), "trials", message)};
    double *values = memory_allocate(4 * rounds, sizeof *values, "timings", message);
    enum status status = trials.trial && values ? STATUS_OK : STATUS_FAILED;
    for (size_t r = 0; !status && r < rounds; r++) {
        struct round round;
        if ((status = run_round(&round, &trials, threads, message)))
            break;
        values[r] = round.one;
        values[rounds + r] = round.peak;
        values[2 * rounds + r] = round.within;
        values[3 * rounds + r] = round.across;
    }
    if (!status)
        *out = (struct bench_scaling){bench_rate(values, rounds), bench_rate(values + rounds, rounds),
                                      bench_rate(values + 2 * rounds, rounds),
                                      bench_rate(values + 3 * rounds, rounds)};
    memory_release(trials.trial);
    memory_release(values);
    return status;
}
