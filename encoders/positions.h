/* positions.h -- the position maps; private to encoders/positions*.c. */
#ifndef LEXBENCH_POSITIONS_H
#define LEXBENCH_POSITIONS_H

#include "encoders/encoder.h"

extern const struct position_map map_cape, map_clamp, map_coupling, map_group, map_identity, map_interpolate,
    map_pose, map_random_offset, map_randomised, map_shift, map_truncate, map_wrap;

#endif
