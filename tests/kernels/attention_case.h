/* attention_case.h -- attentions of every hook kind, for the tests of the kernel. */
#ifndef LEXBENCH_ATTENTION_CASE_H
#define LEXBENCH_ATTENTION_CASE_H

#include <math.h>
#include <string.h>

#include "kernels/attention.h"
#include "support/memory.h"
#include "support/rng.h"

enum { CASE_HEADS = 3, CASE_WIDTH = 4 };

enum case_kind {
    CASE_CAUSAL = 0,
    CASE_TABLE = 1,
    CASE_BIAS = 2,
    CASE_TOKEN = 4,
    CASE_WINDOW =
        8, /* the 21 keys at the query, and on both sides of it where it sees both, and the first 3 */
    CASE_PLANES = 16, /* keys nearer than 30 in plane 0, the others in plane 1 */
    CASE_STRIP = 32,  /* two strips in a row */
    CASE_BLIND = 64,  /* the query at every 5th place sees nothing */
    CASE_DECAY = 128,
    CASE_KINDS = 256
};

/* The numbers that an attention depends on, one flat array so that a test can move them. */
struct attention_case {
    unsigned kinds;
    struct attention attention;
    real *values, *gradients; /* (size) */
    size_t size;
    double *token,
        *token_gradient; /* (tokens): of keys (heads, keys), and of queries where these stand apart */
    size_t tokens;
    double *at;          /* (queries) positions, then (keys) */
    real *bias_strength; /* in values: 1 number per head, what the bias callbacks scale */
    real *bias_strength_gradient;
};

/* Of a query that stands at `place`: keys first..end-1 before the near ones, these, and those behind them. */
static inline size_t case_spans(const void *context, size_t query, size_t keys, struct attention_span *out)
{
    const struct attention_case *c = context;
    bool causal = c->attention.mask == ATTENTION_CAUSAL;
    size_t place = c->attention.first_query + query, near = c->kinds & CASE_PLANES ? 30 : 21, count = 0;
    size_t end = causal && place + 1 < keys ? place + 1 : keys;
    size_t near_end = causal || place + near > end ? end : place + near;
    size_t near_first = place + 1 > near ? place + 1 - near : 0;
    unsigned far_plane = c->kinds & CASE_PLANES ? 1 : 0;
    if ((c->kinds & CASE_BLIND) && place % 5 == 4)
        return 0;
    if (!(c->kinds & (CASE_WINDOW | CASE_PLANES)))
        near_first = 0, near_end = end;
    if (near_first > end) /* more queries than keys */
        near_first = end;
    size_t before_end = c->kinds & CASE_WINDOW && near_first > 3 ? 3 : near_first;
    if (before_end > 0)
        out[count++] = (struct attention_span){0, before_end, far_plane};
    if (near_first < near_end)
        out[count++] = (struct attention_span){near_first, near_end, 0};
    if (near_end < end && !(c->kinds & CASE_WINDOW))
        out[count++] = (struct attention_span){near_end, end, far_plane};
    return count;
}

static inline double case_bias_value(const struct attention_case *c, unsigned plane, size_t query, size_t key,
                                     size_t head)
{
    size_t place = c->attention.first_query + query;
    return sin(0.1 * (double)place + 0.3 * (double)key + (double)head + 2.0 * plane);
}

static inline void case_bias(const void *context, unsigned plane, size_t query, size_t first, size_t count,
                             real *out, size_t stride)
{
    const struct attention_case *c = context;
    for (size_t h = 0; h < CASE_HEADS; h++)
        for (size_t j = 0; j < count; j++)
            out[h * stride + j] = c->bias_strength[h] * (real)case_bias_value(c, plane, query, first + j, h);
}

static inline void case_bias_backward(void *context, unsigned plane, size_t query, size_t first, size_t count,
                                      const real *dout, size_t stride)
{
    struct attention_case *c = context;
    for (size_t h = 0; h < CASE_HEADS; h++)
        for (size_t j = 0; j < count; j++)
            c->bias_strength_gradient[h] +=
                dout[h * stride + j] * (real)case_bias_value(c, plane, query, first + j, h);
}

/* The mask lets query i see keys 0..case_allowed()-1. */
static inline size_t case_allowed(const struct attention_case *c, size_t i)
{
    size_t end = c->attention.first_query + i + 1, keys = c->attention.keys;
    return c->attention.mask == ATTENTION_CAUSAL && end < keys ? end : keys;
}

/* Strip 0: content + 0.5 bias + 0.3 sin(content); strip 1: the mean of a logit and the next head's.
 * Only allowed keys are read. */
static inline void case_strip(const void *context, size_t strip, size_t first, size_t rows,
                              const real *content, const real *bias, real *logits)
{
    const struct attention_case *c = context;
    size_t keys = c->attention.keys;
    for (size_t h = 0; h < CASE_HEADS; h++)
        for (size_t r = 0; r < rows; r++)
            for (size_t j = 0; j < case_allowed(c, first + r); j++) {
                size_t at = (h * rows + r) * keys + j, next = ((h + 1) % CASE_HEADS * rows + r) * keys + j;
                logits[at] = strip == 0 ? content[at] + bias[at] / 2 + (real)(0.3 * sin((double)content[at]))
                                        : (content[at] + content[next]) / 2;
            }
}

static inline void case_strip_backward(void *context, size_t strip, size_t first, size_t rows,
                                       const real *content, const real *bias, const real *dlogits,
                                       real *dcontent, real *dbias)
{
    const struct attention_case *c = context;
    size_t keys = c->attention.keys;
    (void)bias;
    memset(dcontent, 0, CASE_HEADS * rows * keys * sizeof(real));
    memset(dbias, 0, CASE_HEADS * rows * keys * sizeof(real));
    for (size_t h = 0; h < CASE_HEADS; h++)
        for (size_t r = 0; r < rows; r++)
            for (size_t j = 0; j < case_allowed(c, first + r); j++) {
                size_t at = (h * rows + r) * keys + j, next = ((h + 1) % CASE_HEADS * rows + r) * keys + j;
                if (strip == 0) {
                    dcontent[at] += dlogits[at] * (real)(1 + 0.3 * cos((double)content[at]));
                    dbias[at] += dlogits[at] / 2;
                } else {
                    dcontent[at] += dlogits[at] / 2;
                    dcontent[next] += dlogits[at] / 2;
                }
            }
}

static inline real *case_take(const struct attention_case *c, size_t *used, size_t count)
{
    real *at = c->values + *used;
    *used += count;
    return at;
}

/* Fills *c with random numbers; release with case_release.  Of a causal attention the queries are the last of a
 * sequence, of a bidirectional one they stand in its middle. */
static inline void case_create(struct attention_case *c, unsigned kinds, enum attention_mask mask,
                               size_t queries, size_t keys)
{
    size_t of_queries = CASE_HEADS * queries * CASE_WIDTH, of_keys = CASE_HEADS * keys * CASE_WIDTH, used = 0;
    size_t apart = keys > queries && mask != ATTENTION_CROSS ? keys - queries : 0;
    bool itself = mask != ATTENTION_CROSS && queries == keys;
    size_t query_tokens = itself ? 0 : CASE_HEADS * queries, width = queries + keys + 1;
    struct attention *a = &c->attention;
    struct key key = key_named(7, "attention case");
    /* keys after the query grow instead of fading, so that where these are seen it must be slow */
    static const double decay[2][CASE_WIDTH] = {{0.02, 0.001, 0, 0.3}, {0.002, 0.001, 0, 0.003}};
    *c = (struct attention_case){
        .kinds = kinds,
        .size = 2 * of_queries + 3 * of_keys + 2 * CASE_HEADS * width + CASE_HEADS,
        .tokens = CASE_HEADS * keys + query_tokens,
    };
    c->values = memory_allocate(c->size, sizeof(real), "case", NULL);
    c->gradients = memory_allocate(c->size, sizeof(real), "case", NULL);
    c->token = memory_allocate(c->tokens, sizeof(double), "case", NULL);
    c->token_gradient = memory_allocate(c->tokens, sizeof(double), "case", NULL);
    for (size_t i = 0; i < c->size; i++)
        c->values[i] = (real)random_normal(key, i);
    for (size_t i = 0; i < c->tokens; i++)
        c->token[i] = 1000 + random_normal(key, c->size + i);
    *a = (struct attention){.heads = CASE_HEADS,
                            .head_width = CASE_WIDTH,
                            .mask = mask,
                            .queries = queries,
                            .keys = keys,
                            .first_query = mask == ATTENTION_BIDIRECTIONAL ? apart / 2 : apart,
                            .context = c};
    a->planes = kinds & CASE_PLANES ? 2 : 1;
    c->at = memory_allocate(queries + keys, sizeof(double), "case", NULL);
    for (size_t i = 0; i < queries; i++)
        c->at[i] = 100 + 0.5 * (double)(a->first_query + i);
    for (size_t j = 0; j < keys; j++)
        c->at[queries + j] = 100 + 0.5 * (double)j;
    a->decay = kinds & CASE_DECAY ? decay[mask != ATTENTION_CAUSAL] : NULL;
    for (size_t p = 0; p < 2; p++) {
        a->query_at[p] = c->at;
        a->key_at[p] = c->at + queries;
        a->query[p] = case_take(c, &used, of_queries);
        a->key[p] = case_take(c, &used, of_keys);
    }
    a->value = case_take(c, &used, of_keys);
    a->table_width = width;
    a->table_zero = a->first_query + queries;
    for (size_t p = 0; p < 2; p++) {
        real *table = case_take(c, &used, CASE_HEADS * width);
        a->table[p] = (kinds & CASE_TABLE) && p < a->planes ? table : NULL;
    }
    c->bias_strength = case_take(c, &used, CASE_HEADS);
    c->bias_strength_gradient = c->gradients + (c->bias_strength - c->values);
    a->spans = kinds & (CASE_WINDOW | CASE_PLANES | CASE_BLIND) ? case_spans : NULL;
    a->bias = kinds & CASE_BIAS ? case_bias : NULL;
    a->bias_backward = kinds & CASE_BIAS ? case_bias_backward : NULL;
    a->key_token = kinds & CASE_TOKEN ? c->token : NULL;
    a->query_token = kinds & CASE_TOKEN ? c->token + (itself ? 0 : CASE_HEADS * keys) : NULL;
    a->strips = kinds & CASE_STRIP ? 2 : 0;
    a->strip = case_strip;
    a->strip_backward = case_strip_backward;
}

static inline void case_release(struct attention_case *c)
{
    memory_release(c->values);
    memory_release(c->gradients);
    memory_release(c->token);
    memory_release(c->token_gradient);
    memory_release(c->at);
}

#endif
