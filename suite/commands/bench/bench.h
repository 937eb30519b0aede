/* bench.h -- measuring this machine and the engine in one run.  Private to this folder. */
#ifndef LEXBENCH_BENCH_H
#define LEXBENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/isa.h"
#include "support/profile.h"
#include "support/status.h"

struct bench_shape {
    const char *name;
    bool training;                              /* else evaluation */
    size_t layers, width, heads, length, batch; /* batch: sequences; in evaluation: how many at once */
};
extern const struct bench_shape bench_shapes[]; /* ends with name = NULL */

struct bench_rate { /* over repetitions */
    double least, median, most;
};
struct bench_rate bench_rate(double *value, size_t count); /* sorts them; count > 0 */

struct bench_result {
    struct bench_rate tokens_per_second;
    double counted, executed; /* floating-point operations of one token */
    size_t peak_memory;       /* bytes, of the process while this shape ran */
    struct profile profile;   /* summed over threads and repetitions */
    size_t repetitions;
};

/* The fastest multiply-adds of all threads together, GFLOP/s, and the fastest single products, on all
 * threads, in the sizes that models need. */
double bench_peak(enum isa isa, size_t threads);
double bench_product(size_t threads);
/* Copying with a multiply-add (a = b + s c over arrays far larger than any cache), GB/s. */
enum status bench_bandwidth(double *out, size_t threads, struct message *message);

/* Trains a few steps, or evaluates, at this shape with this SPEC, `repetitions` times, or fewer where that
 * would take minutes.  profile: looks where the time goes. */
enum status bench_measure(struct bench_result *out, const struct bench_shape *shape, const char *encoders,
                          enum isa isa, size_t threads, size_t repetitions, bool profile,
                          struct message *message);

/* What `threads` threads bring against one: to the multiply-adds (peak), to one trial, and to as many trials
 * side by side as there are threads; the last two as fractions of what they bring to the multiply-adds. */
struct bench_scaling {
    struct bench_rate one; /* tokens/s on one thread */
    struct bench_rate peak, within, across;
};
enum status bench_scaling(struct bench_scaling *out, const struct bench_shape *shape, const char *encoders,
                          enum isa isa, size_t threads, size_t rounds, struct message *message);

/* At what two builds, or two outputs of `bench --json`, are compared; NULL and 0: what bench does without. */
struct bench_comparison {
    const char *shape, *encoder, *isa;
    size_t threads, rounds;
};
/* Prints a line for each shape: the speed of both, and their ratio with its spread over the rounds. */
enum status bench_compare(const char *const path[2], const struct bench_comparison *asked,
                          struct message *message);

#endif
