/* self-extend.c -- grouped positions for far keys, the model's own for near ones.
 *
 *   i - j <  w:  positions (i, j)
 *   i - j >= w:  positions (floor(i/G) + w - floor(w/G),  floor(j/G))
 *
 * i query, j key, w neighbour window, G group: every position stays below L up to
 * n = (L - w) G + w.  Jin, Han, Yang, Jiang, Liu, Chang, Chen, Hu 2024.
 * Erratum: the authors' program divides w by G with / at prefill and // at decoding, which differ
 * when G does not divide w; here it is the floor everywhere.
 *
 * The authors run LLaMA-2 (L = 4,096) with w = 1,024, hence 0.25L; any G that reaches n will do
 * ("2 to 64 are reasonable"), and 8 reaches 6.25L with that window.
 *
 * Which keys are near is decided by place in the sequence; positions come from the position map.
 * Not RELATIVE: floor(i/G) - floor(j/G) is unchanged only by shifts of whole groups. */
#include <math.h>

#include "encoders/shared/segments.h"

struct self_extend {
    size_t group;
    struct length window;
    size_t near; /* w in tokens */
};

static const struct option options[] = {
    {"group", OPTION_SIZE, offsetof(struct self_extend, group), "8", 1, 1 << 20, NULL,
     "G: how many far tokens share one position"},
    {"window", OPTION_LENGTH, offsetof(struct self_extend, window), "0.25L", 0.001, 1e9, NULL,
     "w: keys nearer than this, in tokens, keep their own positions"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct self_extend *extend = state;
    (void)message;
    extend->near = length_tokens(extend->window, shape->trained_length);
    return STATUS_OK;
}

static size_t segments(const void *state, const struct site *site, size_t query, size_t keys,
                       struct segment out[SEGMENTS_MAX])
{
    const struct self_extend *extend = state;
    (void)site;
    return segments_near_far(out, query, keys, extend->near);
}

static void plane(const void *state, const struct site *site, unsigned plane, enum side side,
                  const struct positions *in, double *out)
{
    const struct self_extend *extend = state;
    double group = (double)extend->group;
    double offset = side == QUERY ? (double)(extend->near - extend->near / extend->group) : 0;
    (void)site;
    for (size_t i = 0; i < in->count; i++)
        out[i] = plane == 0 ? in->at[i] : floor(in->at[i] / group) + offset;
}

const struct encoder encoder_self_extend = {
    .name = "self-extend",
    .summary = "far keys share positions in groups, near keys keep theirs; for evaluation",
    .citation = "Jin, Han, Yang, Jiang, Liu, Chang, Chen, Hu 2024, Self-Extend, arXiv:2401.01325",
    .version = 1,
    .attentions = CAUSAL,
    .flags = ENCODER_EVALUATION_ONLY,
    .state_size = sizeof(struct self_extend),
    .options = options,
    .prepare = prepare,
    .segments = segments,
    .planes = 2,
    .plane = plane,
};
