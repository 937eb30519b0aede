/* positions.c -- the list of position maps.
 *
 * positions_fixed.c   by the place in the sequence and its length alone
 * positions_offset.c  one random offset for all positions of a sequence
 * positions_drawn.c   positions spread or disturbed at random */
#include "encoders/positions.h"

const struct position_map *const position_maps[] = {
    &map_cape, &map_clamp,         &map_coupling,   &map_group, &map_identity, &map_interpolate,
    &map_pose, &map_random_offset, &map_randomised, &map_shift, &map_truncate, &map_wrap,
    NULL};
