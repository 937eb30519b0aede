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
    CASE_WINDOW = 8,  /* the last 21 keys and the first 3 */
    CASE_PLANES = 16, /* keys nearer than 30 in plane 0, the others in plane 1 */
    CASE_STRIP = 32,  /* two strips in a row */
    CASE_BLIND = 64,  /* every 5th query sees nothing */
    CASE_DECAY = 128,
    CASE_KINDS = 256
};

/* The numbers that an attention depends on, one flat array so that a test can move them. */
struct attention_case {
    unsigned kinds;
    size_t n;
    struct attention attention;
    real *values, *gradients;       /* (size) */
    double *token, *token_gradient; /* (heads, n) */
    double *at;                     /* (n) positions */
    size_t size;
    real *bias_strength; /* in values: 1 number per head, what the bias callbacks scale */
    real *bias_strength_gradient;
};

static inline size_t case_spans(const void *context, size_t query, size_t keys, struct attention_span *out)
{
    const struct attention_case *c = context;
    size_t count = 0, end = query + 1 < keys ? query + 1 : keys, near = c->kinds & CASE_PLANES ? 30 : 21;
    if ((c->kinds & CASE_BLIND) && query % 5 == 4)
        return 0;
    if (!(c->kinds & (CASE_WINDOW | CASE_PLANES)) || end <= near) {
        out[0] = (struct attention_span){0, end, 0};
        return 1;
    }
    size_t far = c->kinds & CASE_PLANES ? end - near : 3;
    if (far > end - near)
        far = end - near;
    if (c->kinds & CASE_WINDOW && far > 3)
        far = 3;
    out[count++] = (struct attention_span){0, far, c->kinds & CASE_PLANES ? 1 : 0};
    out[count++] = (struct attention_span){end - near, end, 0};
    return count;
}

static inline double case_bias_value(unsigned plane, size_t query, size_t key, size_t head)
{
    return sin(0.1 * (double)query + 0.3 * (double)key + (double)head + 2.0 * plane);
}

static inline void case_bias(const void *context, unsigned plane, size_t query, size_t first, size_t count,
                             real *out, size_t stride)
{
    const struct attention_case *c = context;
    for (size_t h = 0; h < CASE_HEADS; h++)
        for (size_t j = 0; j < count; j++)
            out[h * stride + j] = c->bias_strength[h] * (real)case_bias_value(plane, query, first + j, h);
}

static inline void case_bias_backward(void *context, unsigned plane, size_t query, size_t first, size_t count,
                                      const real *dout, size_t stride)
{
    struct attention_case *c = context;
    for (size_t h = 0; h < CASE_HEADS; h++)
        for (size_t j = 0; j < count; j++)
            c->bias_strength_gradient[h] +=
                dout[h * stride + j] * (real)case_bias_value(plane, query, first + j, h);
}

/* Strip 0: content + 0.5 bias + 0.3 sin(content); strip 1: the mean of a logit and the next head's.
 * Only allowed keys are read. */
static inline void case_strip(const void *context, size_t strip, size_t first, size_t rows,
                              const real *content, const real *bias, real *logits)
{
    const struct attention_case *c = context;
    for (size_t h = 0; h < CASE_HEADS; h++)
        for (size_t r = 0; r < rows; r++)
            for (size_t j = 0; j <= first + r && j < c->n; j++) {
                size_t at = (h * rows + r) * c->n + j, next = ((h + 1) % CASE_HEADS * rows + r) * c->n + j;
                logits[at] = strip == 0 ? content[at] + bias[at] / 2 + (real)(0.3 * sin((double)content[at]))
                                        : (content[at] + content[next]) / 2;
            }
}

static inline void case_strip_backward(void *context, size_t strip, size_t first, size_t rows,
                                       const real *content, const real *bias, const real *dlogits,
                                       real *dcontent, real *dbias)
{
    const struct attention_case *c = context;
    (void)bias;
    memset(dcontent, 0, CASE_HEADS * rows * c->n * sizeof(real));
    memset(dbias, 0, CASE_HEADS * rows * c->n * sizeof(real));
    for (size_t h = 0; h < CASE_HEADS; h++)
        for (size_t r = 0; r < rows; r++)
            for (size_t j = 0; j <= first + r && j < c->n; j++) {
                size_t at = (h * rows + r) * c->n + j, next = ((h + 1) % CASE_HEADS * rows + r) * c->n + j;
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

/* Fills *c with random numbers; release with case_release. */
static inline void case_create(struct attention_case *c, unsigned kinds, size_t n)
{
    size_t part = CASE_HEADS * n * CASE_WIDTH, used = 0;
    struct attention *a = &c->attention;
    struct key key = key_named(7, "attention case");
    static const double decay[CASE_WIDTH] = {0.02, 0.001, 0, 0.3};
    *c = (struct attention_case){.kinds = kinds, .n = n, .size = 5 * part + 2 * CASE_HEADS * n + CASE_HEADS};
    c->values = memory_allocate(c->size, sizeof(real), "case", NULL);
    c->gradients = memory_allocate(c->size, sizeof(real), "case", NULL);
    c->token = memory_allocate(CASE_HEADS * n, sizeof(double), "case", NULL);
    c->token_gradient = memory_allocate(CASE_HEADS * n, sizeof(double), "case", NULL);
    for (size_t i = 0; i < c->size; i++)
        c->values[i] = (real)random_normal(key, i);
    for (size_t i = 0; i < CASE_HEADS * n; i++)
        c->token[i] = 1000 + random_normal(key, c->size + i);
    *a = (struct attention){
        .heads = CASE_HEADS, .head_width = CASE_WIDTH, .count = n, .planes = 1, .context = c};
    a->planes = kinds & CASE_PLANES ? 2 : 1;
    c->at = memory_allocate(n, sizeof(double), "case", NULL);
    for (size_t i = 0; i < n; i++)
        c->at[i] = 100 + 0.5 * (double)i;
    a->decay = kinds & CASE_DECAY ? decay : NULL;
    for (size_t p = 0; p < 2; p++) {
        a->query_at[p] = a->key_at[p] = c->at;
        a->query[p] = case_take(c, &used, part);
        a->key[p] = case_take(c, &used, part);
    }
    a->value = case_take(c, &used, part);
    a->table_width = n;
    for (size_t p = 0; p < 2; p++) {
        real *table = case_take(c, &used, CASE_HEADS * n);
        a->table[p] = (kinds & CASE_TABLE) && p < a->planes ? table : NULL;
    }
    c->bias_strength = case_take(c, &used, CASE_HEADS);
    c->bias_strength_gradient = c->gradients + (c->bias_strength - c->values);
    a->spans = kinds & (CASE_WINDOW | CASE_PLANES | CASE_BLIND) ? case_spans : NULL;
    a->bias = kinds & CASE_BIAS ? case_bias : NULL;
    a->bias_backward = kinds & CASE_BIAS ? case_bias_backward : NULL;
    a->token = kinds & CASE_TOKEN ? c->token : NULL;
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
