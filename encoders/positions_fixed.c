/* positions_fixed.c -- position maps that depend on the place in the sequence and on its length alone.
 *
 *   identity      p
 *   interpolate   p / factor,  factor = N, or auto: max(1, n/L)
 *   group         floor(p / factor), the same factors
 *   clamp         min(p, L - 1)
 *   wrap          p mod L
 *   truncate      p - (n - m) for the last m tokens; the others have no position and are not seen
 *
 * p = 0..n-1 place in the sequence, n length of the pass, L training length. */
#include <math.h>

#include "encoders/positions.h"

static void identity(const void *state, const struct site *site, struct key key, const int32_t *mark,
                     size_t count, double *at)
{
    (void)state, (void)site, (void)key, (void)mark;
    for (size_t p = 0; p < count; p++)
        at[p] = (double)p;
}

const struct position_map map_identity = {
    .name = "identity",
    .summary = "0, 1, 2, ...: the place in the sequence",
    .citation =
        "Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser, Polosukhin 2017, arXiv:1706.03762",
    .version = 1,
    .regular = true,
    .map = identity,
};

struct division {
    double factor; /* 0 = auto */
};

static const struct option division_options[] = {
    {"factor", OPTION_FACTOR, offsetof(struct division, factor), "auto", 1, 1e6, NULL,
     "positions are divided by this; auto: max(1, n/L) of each pass"},
    {.name = NULL},
};

static double factor_of(const struct division *options, const struct site *site)
{
    double ratio = (double)site->length / (double)site->shape->trained_length;
    return options->factor > 0 ? options->factor : fmax(1, ratio);
}

static void interpolate(const void *state, const struct site *site, struct key key, const int32_t *mark,
                        size_t count, double *at)
{
    double factor = factor_of(state, site);
    (void)key, (void)mark;
    for (size_t p = 0; p < count; p++)
        at[p] = (double)p / factor;
}

const struct position_map map_interpolate = {
    .name = "interpolate",
    .summary = "p / factor: a longer sequence squeezed into the trained range",
    .citation = "Chen, Wong, Chen, Tian 2023, Position interpolation, arXiv:2306.15595",
    .version = 1,
    .regular = true,
    .state_size = sizeof(struct division),
    .options = division_options,
    .map = interpolate,
};

static void group(const void *state, const struct site *site, struct key key, const int32_t *mark,
                  size_t count, double *at)
{
    double factor = factor_of(state, site);
    (void)key, (void)mark;
    for (size_t p = 0; p < count; p++)
        at[p] = floor((double)p / factor);
}

const struct position_map map_group = {
    .name = "group",
    .summary =
        "floor(p / factor): neighbours share a position, so that a longer sequence fits the trained range",
    .citation = "Zhu, Wang, Yang, Song, Wu, Wei, Li 2024, LongEmbed, arXiv:2404.12096 (grouped positions)",
    .version = 1,
    .state_size = sizeof(struct division),
    .options = division_options,
    .map = group,
};

static void clamp(const void *state, const struct site *site, struct key key, const int32_t *mark,
                  size_t count, double *at)
{
    size_t last = site->shape->trained_length - 1;
    (void)state, (void)key, (void)mark;
    for (size_t p = 0; p < count; p++)
        at[p] = (double)(p < last ? p : last);
}

const struct position_map map_clamp = {
    .name = "clamp",
    .summary = "min(p, L - 1): all tokens beyond the training length share its last position",
    .citation = "Shaw, Uszkoreit, Vaswani 2018, arXiv:1803.02155 (clipping, there of distances)",
    .version = 1,
    .map = clamp,
};

static void wrap(const void *state, const struct site *site, struct key key, const int32_t *mark,
                 size_t count, double *at)
{
    (void)state, (void)key, (void)mark;
    for (size_t p = 0; p < count; p++)
        at[p] = (double)(p % site->shape->trained_length);
}

const struct position_map map_wrap = {
    .name = "wrap",
    .summary = "p mod L: positions start again at every training length",
    .citation = "Zhu, Wang, Yang, Song, Wu, Wei, Li 2024, LongEmbed, arXiv:2404.12096 (recurrent positions)",
    .version = 1,
    .map = wrap,
};

struct truncate {
    struct length length;
};

static const struct option truncate_options[] = {
    {"length", OPTION_LENGTH, offsetof(struct truncate, length), "1L", 1e-6, 16777216, NULL,
     "tokens that are seen, the last ones"},
    {.name = NULL},
};

static size_t truncate_seen(const void *state, const struct site *site)
{
    const struct truncate *options = state;
    size_t seen = length_tokens(options->length, site->shape->trained_length);
    return seen < site->length ? seen : site->length;
}

const struct position_map map_truncate = {
    .name = "truncate",
    .summary =
        "the last tokens alone, from position 0 on: what a model does that is given no more than it knows",
    .citation = "Press, Smith, Lewis 2022, arXiv:2108.12409, section 2 (shorter inputs as the control)",
    .version = 1,
    .regular = true,
    .state_size = sizeof(struct truncate),
    .options = truncate_options,
    .seen = truncate_seen,
    .map = identity,
};
