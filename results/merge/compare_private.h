/* compare_private.h -- a comparison on its way, shared by compare.c and compare_trainings.c (private to
 * results/). */
#ifndef LEXBENCH_COMPARE_PRIVATE_H
#define LEXBENCH_COMPARE_PRIVATE_H

#include <stdbool.h>

#include "results/merge/compare.h"
#include "results/store/results.h"

/* One of the two, and where its coordinates stand in the other. */
struct side {
    const struct results *of;
    const char *name;
    size_t *there[CELL_RANK]; /* [dimension] (extent): index in the other, SIZE_MAX = not there */
};

struct task {
    struct comparison *out;
    struct side a, b;
    bool same_depths;
};

/* Keeps the first sentence. */
void compare_say(char out[DIFFERENCE_SIZE], const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The element of the other side in C order, SIZE_MAX = a coordinate is not there. */
size_t compare_across(const struct side *side, const struct results *other, const size_t *at, size_t rank);
/* "rope on text, 2x64-L64, seed 1, fold 0, nonoverlap at 128", or the first part of it. */
void compare_name_place(char out[DIFFERENCE_SIZE], const struct results *results, const size_t *at,
                        size_t rank);

/* ---- compare_trainings.c ---- */

void compare_trainings(struct task *task);

#endif
