/* draws.h -- what position maps that draw share.
 *
 * A map that draws does so for every sequence, or with draw = batch once for all sequences of a step.  An
 * evaluation draws from its own seed and n, the same for all variants and seeds; with evaluation = off
 * it draws nothing. */
#ifndef LEXBENCH_DRAWS_H
#define LEXBENCH_DRAWS_H

#include "encoders/encoder.h"

/* The first member of the state of every map that draws. */
struct draw {
    int of;          /* index of draws_choices */
    bool evaluation; /* draw at evaluation too */
};
extern const char *const draws_choices[];
extern const char draws_help[], draws_evaluation_help[];

/* Does the map of this state draw in such a pass? */
bool draws_now(const void *state, const struct site *site);
/* The hook needs() of such a map. */
unsigned draws_needs(const void *state, const struct site *site);

#endif
