/* encoding.h -- turns the hooks of a composition into the plain tables that the attention kernel reads:
 * positions per plane, rotation tables, query scales, bias tables.
 *
 * An encoding is one worker's, for one layer at a time, and is rebuilt only when layer, length, weights or
 * drawn positions change.  Backward collects the gradients of its tables over sequences and hands them to
 * the encoders once (encoding_flush), in a fixed order. */
#ifndef LEXBENCH_ENCODING_H
#define LEXBENCH_ENCODING_H

#include "kernels/attention.h"
#include "model/model.h"
#include "support/buffers.h"

_Static_assert((int)ATTENTION_PLANES == (int)PLANES_MAX && (int)ATTENTION_SPANS == (int)SPANS_MAX,
               "the kernel has room for the planes and spans of any composition");

/* A bias of relative encoders over the whole distances lowest..lowest+span-1 (planes with integer positions). */
struct distance_table {
    double lowest;          /* q - k of entry 0 */
    size_t span;            /* 0 = not in use */
    real *value, *gradient; /* (heads, span) */
};

struct encoding {
    const struct model *model;
    const real *weights;
    size_t longest; /* n that the buffers hold */
    bool training;  /* gradients are wanted */
    bool built;
    struct site site;
    struct key key;         /* of the drawn positions; zero when nothing is drawn */
    struct buffers buffers; /* all that follows; what is not needed is NULL */

    double *at; /* the sequence's own positions */
    struct positions positions;
    unsigned planes;
    double *plane_at[PLANES_MAX][2]; /* by side; plane 0 of a single plane: at */
    struct positions plane[PLANES_MAX][2];

    const struct component *rotation;                  /* whose angles; NULL = nothing turns */
    size_t rotated;                                    /* as kernels->rotate */
    real *cosine[PLANES_MAX][2], *sine[PLANES_MAX][2]; /* (n, head_width/2) */
    double *angle, *angle_gradient[PLANES_MAX][2];     /* gradient: only when angles have weights */
    double *decay;                                     /* (head_width) by dimension; NULL = none */
    bool scales;
    real *scale, *scale_gradient;               /* (heads, n): product over components */
    real *component_scale, *component_gradient; /* (n) */

    bool tabulated[PLANES_MAX];
    real *table[PLANES_MAX], *table_gradient[PLANES_MAX]; /* (heads, n) at j - i + n - 1 */
    struct distance_table distance[PLANES_MAX];
    bool row_bias;                          /* some bias is formed row by row */
    real *table_part;                       /* (heads, distances): what one component adds to a table */
    double *table_key;                      /* (distances): positions that have them */
    bool cuts;                              /* segments: some component narrows what is seen */
    size_t strips, strip[ATTENTION_STRIPS]; /* components with a strip, in order */
    unsigned char *strip_table[ATTENTION_STRIPS];
    bool tokens;
};

/* longest: the largest n; training: buffers for gradients too. */
enum status encoding_create(struct encoding **out, const struct model *model, size_t longest, bool training,
                            struct message *message);
void encoding_release(struct encoding *encoding);
/* What such an encoding takes, in bytes; SIZE_MAX when there is no memory even to count it. */
size_t encoding_bytes(const struct model *model, size_t longest, bool training);

/* Are the tables for this pass there already?  Never with marks, which change under the same address. */
bool encoding_is_built(const struct encoding *encoding, const real *weights, const struct site *site,
                       struct key key, const int32_t *marks);
/* Makes the tables for this pass; nothing to do when they are there already. */
void encoding_build(struct encoding *encoding, const real *weights, const struct site *site, struct key key,
                    const int32_t *marks);
/* Weights have changed: the next encoding_build starts anew. */
void encoding_forget(struct encoding *encoding);
/* Adds what backward passes have collected to dw (all weights of the model). */
void encoding_flush(struct encoding *encoding, real *dw);

/* The spans of a query: segments of all components, intersected, within what causality allows. */
size_t encoding_spans(const struct encoding *encoding, size_t query, size_t keys, struct attention_span *out);
/* Biases without a table, for keys first..first+count-1.  row: scratch of the caller (heads, count). */
void encoding_bias(const struct encoding *encoding, real *row, unsigned plane, size_t query, size_t first,
                   size_t count, real *out, size_t stride);
void encoding_bias_backward(struct encoding *encoding, real *row, real *dw, unsigned plane, size_t query,
                            size_t first, size_t count, const real *dout, size_t stride);

#endif
