/* slopes.h -- what biases linear in the distance, or nearly so, have in common.  Not an encoder itself. */
#ifndef LEXBENCH_SLOPES_H
#define LEXBENCH_SLOPES_H

#include <stddef.h>

#include "support/real.h"

/* m of ALiBi: 2^(-8 (head + 1) / heads) for heads a power of two; other numbers take the slopes of the lower
 * power of two P, then every other slope of 2P. */
double slope_alibi(size_t head, size_t heads);

/* floor + |w - floor|: a weight that is kept at or above a floor and can leave it.  *change: d result / d w. */
double slope_above(double *change, double floor, real w);

#endif
