/* draws.c -- what position maps that draw share. */
#include "encoders/shared/draws.h"

enum { DRAW_BATCH, DRAW_SEQUENCE };

const char *const draws_choices[] = {"batch", "sequence", NULL};
const char draws_help[] = "one draw for all sequences of a step, or one of each";
const char draws_evaluation_help[] = "draw at evaluation too";

bool draws_now(const void *state, const struct site *site)
{
    const struct draw *draw = state;
    return site->training || draw->evaluation;
}

unsigned draws_needs(const void *state, const struct site *site)
{
    const struct draw *draw = state;
    if (!draws_now(state, site))
        return 0;
    return draw->of == DRAW_SEQUENCE ? MAP_DRAWS_SEQUENCES : MAP_DRAWS;
}
