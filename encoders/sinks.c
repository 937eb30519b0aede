/* sinks.c -- attention sinks: a window, and the first tokens kept as if they stood right before it.
 *
 *   query i sees  j < S  and  i - j < W;  once i >= S + W, positions are those of a cache:
 *   i - j < W:  (i, j);      j < S:  (S + W - 1, j)
 *
 * i query, j key, S sinks, W recent keys, the query's own included: a cache of S + W keys, numbered
 * 0..S+W-1 from the first sink on, the query last.  Until the cache is full all is plain.
 *
 * S = 4 is the paper's at every L: it makes up for a missing first token that all sequences share, and
 * does not grow with them.  W + S is half of L in the paper's figures (2,048 for LLaMA-2), hence 0.5L.
 * positions = text leaves every token where it stands: the same mask without the cache's numbers, which
 * the paper finds to matter.  Places are counted in the sequence; positions come from the map.
 * Xiao, Tian, Chen, Han, Lewis 2024 (StreamingLLM). */
#include "encoders/shared/segments.h"

enum { CACHE, TEXT };

struct sinks {
    struct length sinks, recent;
    int positions;
    size_t first, width; /* S, W in tokens */
};

static const char *const position_names[] = {"cache", "text", NULL};

static const struct option options[] = {
    {"sinks", OPTION_LENGTH, offsetof(struct sinks, sinks), "4", 0.001, 1e9, NULL,
     "S: how many first tokens every query sees"},
    {"recent", OPTION_LENGTH, offsetof(struct sinks, recent), "0.5L", 0.001, 1e9, NULL,
     "W: how many last keys a query sees, in tokens, itself included"},
    {"positions", OPTION_CHOICE, offsetof(struct sinks, positions), "cache", 0, 0, position_names,
     "sinks lie right before the recent keys, or where they stand in the text"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct sinks *sinks = state;
    (void)message;
    sinks->first = length_tokens(sinks->sinks, shape->trained_length);
    sinks->width = length_tokens(sinks->recent, shape->trained_length);
    return STATUS_OK;
}

static size_t segments(const void *state, const struct site *site, size_t query, size_t keys,
                       struct segment out[SEGMENTS_MAX])
{
    const struct sinks *sinks = state;
    (void)site;
    return segments_first_last(out, query, keys, sinks->first, sinks->width);
}

static void plane(const void *state, const struct site *site, unsigned plane, enum side side,
                  const struct positions *in, double *out)
{
    const struct sinks *sinks = state;
    size_t last = sinks->first + sinks->width - 1;
    bool cached = plane == 1 && side == QUERY && sinks->positions == CACHE;
    (void)site;
    for (size_t i = 0; i < in->count; i++)
        out[i] = in->at[cached && i > last ? last : i];
}

const struct encoder encoder_sinks = {
    .name = "sinks",
    .summary = "a query sees the last keys, and the first few as if they stood right before them",
    .citation = "Xiao, Tian, Chen, Han, Lewis 2024, Efficient streaming language models with attention "
                "sinks, arXiv:2309.17453",
    .version = 1,
    .attentions = CAUSAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct sinks),
    .options = options,
    .prepare = prepare,
    .segments = segments,
    .planes = 2,
    .plane = plane,
};
