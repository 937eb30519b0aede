/* dual-chunk.c -- dual chunk attention: positions begin again in every chunk.
 *
 *   keys:     j mod c
 *   queries:  i mod c                       for keys of the same chunk
 *             min(i mod c + c, e)           for keys of the chunk before
 *             f                             for keys of older chunks
 *   rule = paper:    c = size,          e = f = L - 1               (equations 2, 5 and 7)
 *   rule = program:  c = size - local,  e = size,  f = min(2c - 1, size)
 *
 * i query, j key, L training length: no distance exceeds L - 1, or size.  The paper runs LLaMA-2 (L =
 * 4,096) with size 3,072, hence 0.75L; the program has the same size and local = 0.125L (L/16 in an
 * earlier version).  magnitude = on: the program multiplies cos and sin by 0.05 ln(n/L) + 1 for n > L;
 * its own comment says that the paper's results did without.  Here the queries take the square.
 *
 * Within a chunk i mod c - j mod c = i - j, so plane 0 has the sequence's own positions.  The other
 * planes count places, so position maps other than a shift are refused.
 * An, Huang, Zhang, Gong, Qiu, Zhou, Kong 2024. */
#include <math.h>

#include "encoders/encoder.h"

enum { PAPER, PROGRAM };
enum { SAME, BEFORE, OLDER, PLANES };

struct dual_chunk {
    struct length size, local;
    int rule;
    bool magnitude;
    size_t chunk, end, far; /* c, e, f */
};

static const char *const rule_names[] = {"paper", "program", NULL};

static const struct option options[] = {
    {"rule", OPTION_CHOICE, offsetof(struct dual_chunk, rule), "paper", 0, 0, rule_names,
     "chunks of size and distances to L - 1, or chunks of size - local and distances to size"},
    {"size", OPTION_LENGTH, offsetof(struct dual_chunk, size), "0.75L", 0.001, 1e9, NULL,
     "of a chunk, in tokens"},
    {"local", OPTION_LENGTH, offsetof(struct dual_chunk, local), "0.125L", 0.001, 1e9, NULL,
     "rule = program: by how many tokens its chunks are shorter"},
    {"magnitude", OPTION_BOOLEAN, offsetof(struct dual_chunk, magnitude), "off", 0, 0, NULL,
     "multiply queries beyond L by (0.05 ln(n/L) + 1)^2"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct dual_chunk *dual = state;
    size_t trained = shape->trained_length, size = length_tokens(dual->size, trained);
    size_t local = length_tokens(dual->local, trained);
    if (dual->rule == PAPER && size > trained)
        return message_set(message, STATUS_WRONG,
                           "size is %zu tokens at L = %zu, and keys would pass L - 1; choose at most 1L",
                           size, trained);
    if (dual->rule == PROGRAM && local >= size)
        return message_set(message, STATUS_WRONG,
                           "local is %zu tokens and leaves nothing of size, %zu; choose it smaller", local,
                           size);
    dual->chunk = dual->rule == PAPER ? size : size - local;
    dual->end = dual->rule == PAPER ? trained - 1 : size;
    dual->far = dual->rule == PAPER || 2 * dual->chunk - 1 > size ? dual->end : 2 * dual->chunk - 1;
    return STATUS_OK;
}

static const char *refuses(const void *state, const struct site *site, const struct positions *positions)
{
    (void)state, (void)site;
    for (size_t i = 0; i < positions->count; i++)
        if (!(fabs(positions->at[i] - positions->at[0] - (double)i) < 1e-6))
            return "its chunks count places, and the position map changes their distances; use identity";
    return NULL;
}

static size_t segments(const void *state, const struct site *site, size_t query, size_t keys,
                       struct segment out[SEGMENTS_MAX])
{
    const struct dual_chunk *dual = state;
    size_t end = query + 1 < keys ? query + 1 : keys, own = query - query % dual->chunk, count = 0;
    size_t before = own > dual->chunk ? own - dual->chunk : 0;
    const struct segment all[PLANES] = {{0, before, OLDER}, {before, own, BEFORE}, {own, end, SAME}};
    (void)site;
    for (size_t s = 0; s < PLANES; s++) {
        struct segment cut = all[s];
        cut.end = cut.end < end ? cut.end : end;
        if (cut.first < cut.end)
            out[count++] = cut;
    }
    return count;
}

static void plane(const void *state, const struct site *site, unsigned plane, enum side side,
                  const struct positions *in, double *out)
{
    const struct dual_chunk *dual = state;
    (void)site;
    for (size_t i = 0; i < in->count; i++) {
        size_t within = i % dual->chunk, next = within + dual->chunk;
        if (plane == SAME)
            out[i] = in->at[i];
        else if (side == KEY)
            out[i] = (double)within;
        else
            out[i] = (double)(plane == OLDER ? dual->far : next < dual->end ? next : dual->end);
    }
}

static void scale(const void *state, const real *w, const struct site *site, size_t head,
                  const struct positions *query, real *s)
{
    const struct dual_chunk *dual = state;
    double stretch = (double)site->length / (double)site->shape->trained_length;
    double m = dual->magnitude && stretch > 1 ? 0.05 * log(stretch) + 1 : 1;
    (void)w, (void)head;
    for (size_t i = 0; i < query->count; i++)
        s[i] = (real)(m * m);
}

const struct encoder encoder_dual_chunk = {
    .name = "dual-chunk",
    .summary = "positions begin again in every chunk; keys of older chunks look equally far",
    .citation = "An, Huang, Zhang, Gong, Qiu, Zhou, Kong 2024, Training-free long-context scaling of large "
                "language models, arXiv:2402.17463",
    .version = 1,
    .attentions = CAUSAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct dual_chunk),
    .options = options,
    .prepare = prepare,
    .refuses = refuses,
    .segments = segments,
    .planes = PLANES,
    .plane = plane,
    .scale = scale,
};
