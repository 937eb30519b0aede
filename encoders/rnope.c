/* rnope.c -- layers without positions that see everything, between rotary layers with a window.
 *
 *   layer l is global  when  l + 1 is a multiple of g, or l is the last:
 *     no positions, all keys
 *   the other layers:  RoPE, theta_t = b^(-2t/d), and key j seen by query i when  0 <= i - j < w
 *
 * l = 0.. a layer, g = `period`, w the window, b = 10000.  Rotary layers never meet a distance of w or
 * more, so beyond L only layers without positions meet anything new.  The paper has g = 4 and w = 4,096
 * in large models; here layers are few, hence g = 2, alternating, and w = 0.5L, so that a training of
 * length L meets every distance below w often.  A model whose layers are no multiple of g ends in a
 * global layer all the same; one layer alone is a model without positions.
 * Yang, Venkitesh, Talupuru, Lin, Cairuz, Blunsom, Locatelli 2025 (RNoPE-SWA). */
#include "encoders/shared/rotary.h"
#include "encoders/shared/segments.h"

struct rnope {
    size_t period;
    struct length window;
    double base;
    int pairs;
    size_t width; /* w in tokens */
};

static const struct option options[] = {
    {"period", OPTION_SIZE, offsetof(struct rnope, period), "2", 1, 1024, NULL,
     "g: every g-th layer sees all keys, without positions"},
    {"window", OPTION_LENGTH, offsetof(struct rnope, window), "0.5L", 0.001, 1e9, NULL,
     "w: how many keys a query of a rotary layer sees, in tokens, itself included"},
    {"base", OPTION_REAL, offsetof(struct rnope, base), "10000", 1, 1e12, NULL,
     "frequency base b: pair t turns by b^(-2t/d) per token"},
    {"pairs", OPTION_CHOICE, offsetof(struct rnope, pairs), "interleaved", 0, 0, rotary_pairings,
     "which dimensions turn together: (2t, 2t+1) or (t, t + d/2)"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct rnope *rnope = state;
    rnope->width = length_tokens(rnope->window, shape->trained_length);
    return rotary_check(shape, message);
}

static bool is_global(const struct rnope *rnope, const struct site *site)
{
    return (site->layer + 1) % rnope->period == 0 || site->layer + 1 == site->shape->layers;
}

static void angle(const void *state, const real *w, const struct site *site,
                  const struct positions *positions, double *out)
{
    const struct rnope *rnope = state;
    size_t width = site->shape->head_width;
    bool still = is_global(rnope, site);
    (void)w;
    for (size_t t = 0; t < width / 2; t++)
        rotary_column(out, positions, still ? 0 : rotary_frequency(rnope->base, t, width), t, width / 2);
}

static size_t rotated(const void *state, const struct shape *shape)
{
    const struct rnope *rnope = state;
    return rotary_rotated(rnope->pairs, shape->head_width);
}

static size_t segments(const void *state, const struct site *site, size_t query, size_t keys,
                       struct segment out[SEGMENTS_MAX])
{
    const struct rnope *rnope = state;
    return segments_last(out, query, keys, is_global(rnope, site) ? keys : rnope->width);
}

const struct encoder encoder_rnope = {
    .name = "rnope",
    .summary = "rotary layers with a window, and between them layers without positions that see all keys",
    .citation = "Yang, Venkitesh, Talupuru, Lin, Cairuz, Blunsom, Locatelli 2025, Rope to nope and back "
                "again, arXiv:2501.18795",
    .version = 1,
    .attentions = CAUSAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct rnope),
    .options = options,
    .prepare = prepare,
    .angle = angle,
    .rotated = rotated,
    .segments = segments,
};
