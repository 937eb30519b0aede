/* leaky-rerope.c -- distances beyond a window grow k times slower.
 *
 *   i - j <  w:  positions (i, j)
 *   i - j >= w:  positions (i/k + w - w/k,  j/k),  distance w + (i - j - w)/k
 *
 * i query, j key, w window, k = 16: n stays within L as far as n = w + k (L - w).  k = 1 changes
 * nothing; k -> infinity is rerope.  Su 2023: the released program has w = 512 at L = 4,096, hence
 * 0.125L.  It also multiplies queries by max(1, ln(i+1) / ln L): here `+ log-n`.
 *
 * Which keys are near is decided by place in the sequence; positions come from the position map. */
#include "encoders/shared/segments.h"

struct leaky_rerope {
    struct length window;
    double slowing; /* k */
    size_t near;    /* w in tokens */
};

static const struct option options[] = {
    {"window", OPTION_LENGTH, offsetof(struct leaky_rerope, window), "0.125L", 0.001, 1e9, NULL,
     "w: distances below this, in tokens, are left alone"},
    {"factor", OPTION_REAL, offsetof(struct leaky_rerope, slowing), "16", 1, 1e9, NULL,
     "k: distances beyond the window grow so many times slower"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct leaky_rerope *leaky = state;
    (void)message;
    leaky->near = length_tokens(leaky->window, shape->trained_length);
    return STATUS_OK;
}

static size_t segments(const void *state, const struct site *site, size_t query, size_t keys,
                       struct segment out[SEGMENTS_MAX])
{
    const struct leaky_rerope *leaky = state;
    (void)site;
    return segments_near_far(out, query, keys, leaky->near);
}

static void plane(const void *state, const struct site *site, unsigned plane, enum side side,
                  const struct positions *in, double *out)
{
    const struct leaky_rerope *leaky = state;
    double near = (double)leaky->near, offset = side == QUERY ? near - near / leaky->slowing : 0;
    (void)site;
    for (size_t i = 0; i < in->count; i++)
        out[i] = plane == 0 ? in->at[i] : in->at[i] / leaky->slowing + offset;
}

const struct encoder encoder_leaky_rerope = {
    .name = "leaky-rerope",
    .summary = "distances beyond a window grow more slowly",
    .citation = "Su 2023, Rectified rotary position embeddings, github.com/bojone/rerope",
    .version = 1,
    .attentions = CAUSAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct leaky_rerope),
    .options = options,
    .prepare = prepare,
    .segments = segments,
    .planes = 2,
    .plane = plane,
};
