/* attention_private.h -- what attention.c, attention_strip.c and attention_tile.c share. */
#ifndef LEXBENCH_ATTENTION_PRIVATE_H
#define LEXBENCH_ATTENTION_PRIVATE_H

#include <stdbool.h>

#include "kernels/attention.h"
#include "support/buffers.h"

/* Queries and keys of a tile, times their factors, and the gradients of these; (rows or keys, head_width). */
struct attention_decayed {
    real *query_factor, *query, *dquery, *key_factor, *key, *dkey;
};

struct attention_workspace {
    struct buffers buffers;           /* all that follows; what is not needed is NULL */
    const struct kernels *kernels;    /* of the pass under way */
    struct attention_decayed decayed; /* NULL without decay */
    /* one tile of one head, (ATTENTION_ROWS, ATTENTION_KEYS) each */
    real *scores, *other, *gradient;
    real *bias, *dbias;          /* (heads, ATTENTION_ROWS, ATTENTION_KEYS) */
    real *output;                /* (heads, ATTENTION_ROWS, head_width) */
    real *maximum, *sum, *delta; /* (heads, ATTENTION_ROWS) */
    real rescale[ATTENTION_ROWS];
    /* Spans of the queries of a tile or strip, and those cut to the keys of a tile: of query r those from
     * first[r] to first[r + 1], so that the usual one each stand side by side; (ATTENTION_ROWS *
     * ATTENTION_SPANS). */
    struct attention_span *row_span, *span;
    size_t row_first[ATTENTION_ROWS + 1], first[ATTENTION_ROWS + 1];
    size_t end[ATTENTION_ROWS]; /* of the last of a query's spans, rounded up to VECTOR_LANES */
    /* strips, (heads, ATTENTION_STRIP_ROWS, keys rounded up) each; content[k]: before strip k */
    size_t strip_keys;
    real *content[ATTENTION_STRIPS + 1], *strip_bias, *zero, *dlogits, *dcontent, *strip_dbias;
    real *strip_scores, *strip_gradient, *strip_other; /* one head's, rows on padded strides */
};

struct attention_tile {
    size_t row, rows, key, keys;
    unsigned planes; /* bit p: plane p is present */
};

/* Whether any of these queries is wanted. */
bool attention_any_wanted(const struct attention *attention, size_t row, size_t rows);
/* Fills row_span for queries row..row+rows-1; returns the end of the keys that any of them sees. */
size_t attention_row_spans(struct attention_workspace *workspace, const struct attention *attention,
                           size_t row, size_t rows);
/* Cuts row_span to keys key..key+keys-1. */
struct attention_tile attention_cut(struct attention_workspace *workspace, size_t row, size_t rows,
                                    size_t key, size_t keys);
/* (rows, keys) of head into scores, stride apart, plane by plane; places in no span are left as they fall. */
void attention_content(real *scores, real *other, size_t stride, const struct attention *attention,
                       struct attention_workspace *workspace, const struct attention_tile *tile, size_t head);
/* Adds the token term c_i - c'_j. */
void attention_add_token(real *scores, size_t stride, const struct attention *attention,
                         const struct attention_workspace *workspace, const struct attention_tile *tile,
                         size_t head);
/* -inf outside the spans, up to workspace->end. */
void attention_mask(real *scores, size_t stride, const struct attention_workspace *workspace,
                    const struct attention_tile *tile);
/* `value` in every place that is in no span (of `plane`, or of any when plane is negative), up to `columns`. */
void attention_fill_outside(real *x, size_t stride, const struct attention_workspace *workspace,
                            const struct attention_tile *tile, int plane, size_t columns, real value);
/* Adds the gradients of queries, keys and tables for dscores (rows, keys), which is 0 outside the spans. */
void attention_content_backward(struct attention_gradient *gradient, const real *dscores, real *other,
                                size_t stride, const struct attention *attention,
                                struct attention_workspace *workspace, const struct attention_tile *tile,
                                size_t head);
void attention_table_backward(struct attention_gradient *gradient, const real *dscores, size_t stride,
                              const struct attention *attention, const struct attention_workspace *workspace,
                              const struct attention_tile *tile, size_t head);
void attention_add_tables(real *scores, size_t stride, const struct attention *attention,
                          const struct attention_workspace *workspace, const struct attention_tile *tile,
                          size_t head);
void attention_token_backward(struct attention_gradient *gradient, const real *dscores, size_t stride,
                              const struct attention *attention, const struct attention_tile *tile,
                              size_t head);

void attention_strip_forward(real *out, size_t out_stride, real *log_sum, const struct attention *attention,
                             struct attention_workspace *workspace, const struct kernels *kernels, size_t row,
                             size_t rows);
void attention_strip_backward(struct attention_gradient *gradient, const real *dout, size_t dout_stride,
                              const real *out, size_t out_stride, const real *log_sum,
                              const struct attention *attention, struct attention_workspace *workspace,
                              const struct kernels *kernels);

#endif
