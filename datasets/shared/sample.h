/* sample.h -- random choice without replacement, in linear time and without memory of its own. */
#ifndef LEXBENCH_SAMPLE_H
#define LEXBENCH_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/rng.h"

/* out(count): different numbers of 0..bound-1 in random order, every order of every subset equally likely.
 * scratch(2 count) is overwritten.  count <= bound <= 2^31. */
void sample_distinct(int32_t *out, int32_t *scratch, struct key key, size_t count, size_t bound);

/* Whether the next of `left` things is one of the `wanted` that are still to be chosen among them: asked of
 * each in turn, it chooses every subset with equal probability.  counter: which thing this is. */
bool sample_next(struct key key, uint64_t counter, size_t wanted, size_t left);

#endif
