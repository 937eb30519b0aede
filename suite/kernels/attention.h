/* attention.h -- exact attention of queries to keys in tiles: memory linear in both, the same kernel for
 * training and evaluation (Dao et al. 2022, FlashAttention, Algorithms 1 and 2, without its two-level
 * memory; Milakov and Gimelshein 2018 for the online softmax).
 *
 *   logit_ij = q_i^(p) . k_j^(p) + b_ij + c_i - c'_j      p: the plane in which query i sees key j; with decay,
 *                                                         each dimension of the content fades with distance
 *   out_i    = sum_j softmax_j(logit_ij) v_j              over the keys in some span of query i
 *
 * The kernel knows no encoder: the model describes an attention by this plain struct.  Queries come
 * scaled (1/sqrt(head width) and all) and rotated, once per plane.  Tiles have constant sizes for every
 * instruction set and are visited in ascending order; tiles without a visible key are skipped. */
#ifndef LEXBENCH_ATTENTION_H
#define LEXBENCH_ATTENTION_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/kernels.h"
#include "support/profile.h"
#include "support/real.h"
#include "support/status.h"

enum {
    ATTENTION_ROWS = 128,      /* queries of a tile, at most */
    ATTENTION_KEYS = 512,      /* keys of a tile; a multiple of VECTOR_LANES */
    ATTENTION_STRIP_ROWS = 16, /* queries of a strip */
    ATTENTION_PLANES = 4,
    ATTENTION_SPANS = 57, /* of one query, at most */
    ATTENTION_STRIPS = 8
};

struct attention_span { /* keys first..end-1, seen in a plane */
    size_t first, end;
    unsigned plane;
};

/* Which keys a query sees, all in plane 0, where no spans say so. */
enum attention_mask {
    ATTENTION_CAUSAL,        /* those up to its own place */
    ATTENTION_BIDIRECTIONAL, /* all */
    ATTENTION_CROSS          /* all, of another sequence: the query has no place among them */
};

struct attention {
    size_t heads, head_width;
    enum attention_mask mask;
    size_t queries, keys; /* of a sequence with itself both are n */
    size_t first_query;   /* query i stands at key first_query + i; with ATTENTION_CROSS 0 */
    unsigned planes;      /* 1..ATTENTION_PLANES */
    /* (heads, queries, head_width) and (heads, keys, head_width) each */
    const real *query[ATTENTION_PLANES], *key[ATTENTION_PLANES], *value;

    /* Dimension d of the content is multiplied by exp(-decay_d (p_i - p_j)), p the positions of the plane. */
    const double *decay;                                                 /* (head_width); NULL = none */
    const double *query_at[ATTENTION_PLANES], *key_at[ATTENTION_PLANES]; /* (queries), (keys) */

    /* Which keys a query sees, ascending and disjoint; NULL = what the mask says. */
    size_t (*spans)(const void *context, size_t query, size_t keys, struct attention_span *out);

    /* Bias that depends on the distance alone: table[plane](heads, table_width), of query i and key j at
     * table_zero + j - (first_query + i), which is never below 0.  NULL = none. */
    const real *table[ATTENTION_PLANES];
    size_t table_width, table_zero;

    /* Any other bias of one query against keys first..first+count-1: writes out[head * stride + j]. */
    void (*bias)(const void *context, unsigned plane, size_t query, size_t first, size_t count, real *out,
                 size_t stride);
    void (*bias_backward)(void *context, unsigned plane, size_t query, size_t first, size_t count,
                          const real *dout, size_t stride);

    /* c (heads, queries), c' (heads, keys); both NULL = none. */
    const double *query_token, *key_token;

    /* (queries) whose output somebody reads; the gradients of others must be 0.  Tiles and strips without any
     * are skipped, and their rows of out and log_sum not written.  NULL = all. */
    const bool *wanted;

    /* Strips, run in order: logits(heads, rows, keys) from content and bias of the same shape. */
    size_t strips;
    void (*strip)(const void *context, size_t strip, size_t first, size_t rows, const real *content,
                  const real *bias, real *logits);
    void (*strip_backward)(void *context, size_t strip, size_t first, size_t rows, const real *content,
                           const real *bias, const real *dlogits, real *dcontent, real *dbias);
    void *context;           /* of all five */
    struct profile *profile; /* NULL = not wanted */
};

struct attention_gradient { /* all added to; those whose forward is NULL are not touched */
    real *query[ATTENTION_PLANES], *key[ATTENTION_PLANES], *value;
    real *table[ATTENTION_PLANES];
    double *query_token, *key_token; /* the same array where forward has one for both */
};

/* Scratch of one worker. */
struct attention_workspace;
/* strip_keys: of the longest attention with strips; 0 = without strips.  decays: with decay. */
enum status attention_workspace_create(struct attention_workspace **out, size_t heads, size_t head_width,
                                       size_t strips, size_t strip_keys, bool decays,
                                       struct message *message);
/* What such a workspace takes, in bytes; SIZE_MAX when there is no memory even to count it. */
size_t attention_workspace_bytes(size_t heads, size_t head_width, size_t strips, size_t strip_keys,
                                 bool decays);
void attention_workspace_release(struct attention_workspace *workspace);

/* A forward pass falls into parts (tiles or strips of queries) that write different rows of out and may run
 * on different workers, each with its own workspace; together they are attention_forward, to the bit. */
size_t attention_parts(const struct attention *attention);
void attention_forward_part(real *out, size_t out_stride, real *log_sum, const struct attention *attention,
                            struct attention_workspace *workspace, const struct kernels *kernels,
                            size_t part);

/* out (queries, heads * head_width) with a row stride; log_sum (heads, queries): log of the softmax
 * denominator, for backward (+inf where a query sees no key; its output is 0). */
void attention_forward(real *out, size_t out_stride, real *log_sum, const struct attention *attention,
                       struct attention_workspace *workspace, const struct kernels *kernels);

/* dout, out: (queries, heads * head_width) with row strides. */
void attention_backward(struct attention_gradient *gradient, const real *dout, size_t dout_stride,
                        const real *out, size_t out_stride, const real *log_sum,
                        const struct attention *attention, struct attention_workspace *workspace,
                        const struct kernels *kernels);

/* The spans of keys that a query sees, at most ATTENTION_SPANS. */
size_t attention_spans(const struct attention *attention, size_t query, struct attention_span *out);

/* What query i has to do with key j in a plane, before any bias: the definition, in double. */
double attention_content_of(const struct attention *attention, size_t head, size_t i, size_t j,
                            unsigned plane);
/* All its biases: `bias`, which the callback gave, and those of tables and tokens. */
double attention_bias_of(const struct attention *attention, double bias, size_t head, size_t i, size_t j,
                         unsigned plane);

/* The definition, straight from the formula with a (queries, keys) matrix per head: the reference for tests. */
enum status attention_naive(real *out, const struct attention *attention, struct message *message);

#endif
