/* positions.c -- the list of position maps, and what those that draw share.
 *
 * positions_fixed.c   by the place in the sequence and its length alone
 * positions_offset.c  one random offset for all positions of a sequence
 * positions_drawn.c   positions spread or disturbed at random */
#include "encoders/positions.h"

enum { DRAW_BATCH, DRAW_SEQUENCE };

const char *const positions_draw_choices[] = {"batch", "sequence", NULL};
const char positions_draw_help[] = "one draw for all sequences of a step, or one of each";
const char positions_evaluation_help[] = "draw at evaluation too";

bool positions_drawn(const void *state, const struct site *site)
{
    const struct draw *draw = state;
    return site->training || draw->evaluation;
}

unsigned positions_needs(const void *state, const struct site *site)
{
    const struct draw *draw = state;
    if (!positions_drawn(state, site))
        return 0;
    return draw->of == DRAW_SEQUENCE ? MAP_DRAWS_SEQUENCES : MAP_DRAWS;
}

const struct position_map *const position_maps[] = {
    &map_cape, &map_clamp,         &map_coupling,   &map_group, &map_identity, &map_interpolate,
    &map_pose, &map_random_offset, &map_randomised, &map_shift, &map_truncate, &map_wrap,
    NULL};
