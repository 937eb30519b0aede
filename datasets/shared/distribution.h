/* distribution.h -- random distributions over a few outcomes, and draws from them. */
#ifndef LEXBENCH_DISTRIBUTION_H
#define LEXBENCH_DISTRIBUTION_H

#include <stddef.h>

#include "support/rng.h"

/* p(count) from the symmetric Dirichlet distribution, density ~ prod_j p_j^(concentration - 1):
 * p_j = g_j / sum g with independent g_j ~ Gamma(concentration).  concentration > 0: 1 is uniform on the
 * simplex, near 0 nearly all weight falls on one outcome.  Very small ones are exactly 0. */
void distribution_dirichlet(double *p, struct key key, double concentration, size_t count);

/* The outcome whose interval of [0, 1) holds u, the intervals being as long as p(count) and in order.
 * p sums to 1 but for rounding; an outcome of probability 0 is never drawn.  One pass. */
size_t distribution_draw(const double *p, size_t count, double u);

#endif
