/* stretches.h -- disjoint stretches of a sequence, none of which a window may leave: the documents of a text,
 * what stands on both sides of a hole.
 *
 * A stretch of `size` things holds size - 1 predictions (each of what stands next).  Predictions are counted
 * through all stretches; a window of n predictions takes n + 1 things. */
#ifndef LEXBENCH_STRETCHES_H
#define LEXBENCH_STRETCHES_H

#include <stddef.h>

#include "support/status.h"

struct stretch {
    size_t first, size; /* in the sequence */
    size_t before;      /* see below */
};

struct stretches {
    size_t count, capacity;
    struct stretch *at;     /* in ascending order; before: predictions of the earlier ones */
    struct stretch *ranked; /* the longest first; before: things in the longer ones */
};

/* To be added in ascending order, and ranked when all are there. STATUS_FAILED: no memory. */
enum status stretches_add(struct stretches *stretches, size_t first, size_t size, struct message *message);
enum status stretches_rank(struct stretches *stretches, struct message *message);
void stretches_release(struct stretches *stretches); /* and empties it */

size_t stretches_predictions(const struct stretches *stretches); /* in all */
size_t stretches_longest(const struct stretches *stretches);     /* size; 0 when there is none */

/* The one with this prediction. */
size_t stretches_find(const struct stretches *stretches, size_t prediction);

/* How many windows of n predictions there are, and what the one with this index begins at, in the sequence. */
size_t stretches_windows(const struct stretches *stretches, size_t n);
size_t stretches_window(const struct stretches *stretches, size_t n, size_t index);

#endif
