/* pass.h -- the parts of a pass; private to model/. */
#ifndef LEXBENCH_PASS_H
#define LEXBENCH_PASS_H

#include "model/workspace.h"

/* Rows that pass through the dense layers at once. */
struct block {
    size_t first, rows;
};

/* A pass under way; what blocks share. */
struct pass {
    struct workspace *workspace;
    const real *w, *transposed; /* model_transpose() */
    real *dw;
    bool accumulate; /* to dw; else its former content is not read */
    const struct chunk *chunk;
    size_t layer;
    const struct scored_rows *scored; /* after the last mixer, where not every row goes on; else NULL */
    size_t rows;                      /* that go on */
    real *out;                        /* of the layer */
    double *nll;
    unsigned char *hit;
    void (*block)(const struct pass *pass, struct block block, struct scratch *scratch);
};

/* Blocks of so many rows, and one of them. */
size_t pass_blocks(size_t rows);
struct block pass_block(size_t index, size_t rows);
/* Every block of the rows that go on, on the workers that share the pass. */
void pass_for_blocks(struct pass *pass,
                     void (*block)(const struct pass *pass, struct block block, struct scratch *scratch));

/* The encoding of a layer for sequence s of the chunk; gradients of another length, or of other positions, are
 * flushed to dw first. */
struct encoding *pass_encoding(struct workspace *workspace, const real *w, real *dw,
                               const struct chunk *chunk, size_t s, size_t layer);

/* Token embedding, additive encoders, dropout: into the first layer's input.  Backward from dx. */
void pass_embedding(struct workspace *workspace, const real *w, real *dw, const struct chunk *chunk);
void pass_embedding_backward(real *dw, struct workspace *workspace, const real *w, const struct chunk *chunk);

/* Last norm, head and losses of a block; in training the way back too, to workspace->dx. */
void pass_head(const struct pass *pass, struct block block, struct scratch *scratch);

/* Where dropout acts; the number is in the key of its mask. */
enum dropout_place { DROPOUT_EMBEDDING, DROPOUT_MIXER, DROPOUT_FEED_FORWARD };

/* Dropout (Srivastava et al. 2014) at one place of one layer: the same mask forward and backward, because it
 * is a function of the sequence's stream, layer, place and element.  x: rows first..first+rows-1 of the
 * chunk, or, where `row` is not NULL, its rows row[first], row[first + 1], ... */
void pass_dropout(real *x, const struct workspace *workspace, const struct chunk *chunk, size_t layer,
                  enum dropout_place place, const size_t *row, size_t first, size_t rows);

/* Fills workspace->scored. */
void pass_scored(struct workspace *workspace, const struct chunk *chunk);
/* Rows first..first+rows-1 of scored->row, out of in, one after the other into out (which may be in, from 0
 * on). */
void pass_gather(real *out, const real *in, const struct scored_rows *scored, size_t first, size_t rows,
                 size_t width);
/* Back again: x(scored->count, width) becomes x(rows, width), 0 in the rows that are not listed. */
void pass_scatter(real *x, const struct scored_rows *scored, size_t rows, size_t width);

#endif
