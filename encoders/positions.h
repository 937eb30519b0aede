/* positions.h -- what the position maps share; private to encoders/positions*.c.
 *
 * A map that draws does so for every sequence, or with draw = batch once for all sequences of a step.  An
 * evaluation draws from its own seed and n, the same for all variants and seeds; with evaluation = off
 * it draws nothing. */
#ifndef LEXBENCH_POSITIONS_H
#define LEXBENCH_POSITIONS_H

#include "encoders/encoder.h"

extern const struct position_map map_cape, map_clamp, map_coupling, map_group, map_identity, map_interpolate,
    map_pose, map_random_offset, map_randomised, map_shift, map_truncate, map_wrap;

/* The first member of the state of every map that draws. */
struct draw {
    int of;          /* index of positions_draw_choices */
    bool evaluation; /* draw at evaluation too */
};
extern const char *const positions_draw_choices[];
extern const char positions_draw_help[], positions_evaluation_help[];

/* Does the map of this state draw in such a pass? */
bool positions_drawn(const void *state, const struct site *site);
/* The hook needs() of such a map. */
unsigned positions_needs(const void *state, const struct site *site);

#endif
