/* rerope.c -- distances clipped at a window: all keys beyond it look equally far.
 *
 *   i - j <  w:  positions (i, j)
 *   i - j >= w:  positions (w, 0), distance w
 *
 * i query, j key, w window.  Su 2023 publishes losses of LLaMA-2 (L = 4,096) with w = 1,024, hence
 * 0.25L; the released program is set to w = 512 (0.125L).  That program also multiplies queries by
 * max(1, ln(i+1) / ln L): here that is a component of its own, `+ log-n`.
 *
 * Which keys are near is decided by place in the sequence; positions come from the position map. */
#include "encoders/shared/segments.h"

struct rerope {
    struct length window;
    size_t near; /* w in tokens */
};

static const struct option options[] = {
    {"window", OPTION_LENGTH, offsetof(struct rerope, window), "0.25L", 0.001, 1e9, NULL,
     "w: keys at this distance, in tokens, and beyond all have it"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct rerope *rerope = state;
    (void)message;
    rerope->near = length_tokens(rerope->window, shape->trained_length);
    return STATUS_OK;
}

static size_t segments(const void *state, const struct site *site, size_t query, size_t keys,
                       struct segment out[SEGMENTS_MAX])
{
    const struct rerope *rerope = state;
    (void)site;
    return segments_near_far(out, query, keys, rerope->near);
}

static void plane(const void *state, const struct site *site, unsigned plane, enum side side,
                  const struct positions *in, double *out)
{
    const struct rerope *rerope = state;
    double far = side == QUERY ? (double)rerope->near : 0;
    (void)site;
    for (size_t i = 0; i < in->count; i++)
        out[i] = plane == 0 ? in->at[i] : far;
}

const struct encoder encoder_rerope = {
    .name = "rerope",
    .summary = "distances end at a window: keys beyond it look equally far",
    .citation = "Su 2023, Rectified rotary position embeddings, github.com/bojone/rerope",
    .version = 1,
    .attentions = CAUSAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct rerope),
    .options = options,
    .prepare = prepare,
    .segments = segments,
    .planes = 2,
    .plane = plane,
};
