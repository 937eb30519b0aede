/* causal.c -- the next token, from those before it.
 *
 *     loss = - sum_i log p(x_(i+1) | x_0 .. x_i),  over the places i that are asked about
 *
 * A dataset gives its examples in this form already: the target of place i is what follows tokens 0..i. */
#include "objectives/objective.h"

const struct objective objective_causal = {
    .name = "causal",
    .summary = "the next token, from those before it",
    .citation = "Bengio et al. 2003; Radford et al. 2018",
    .version = 1,
    .attention = CAUSAL,
};
