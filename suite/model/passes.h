/* passes.h -- the parts of a pass; private to model/. */
#ifndef LEXBENCH_PASSES_H
#define LEXBENCH_PASSES_H

#include "model/workspace.h"

/* task(context, t, worker) for t = 0..tasks-1 on the workers that share the pass. */
void pass_share(struct workspace *workspace, size_t tasks, void *context,
                void (*task)(void *context, size_t task, size_t worker));

/* The encoding of a layer for sequence s of the chunk; gradients of another length, or of other positions, are
 * flushed to dw first. */
struct encoding *pass_encoding(struct workspace *workspace, const real *w, real *dw, const struct chunk *chunk,
                               size_t s, size_t layer);

/* Attention of every sequence of the chunk: from norm and query_key_value to attention (rows, width). */
void pass_attention(struct workspace *workspace, const real *w, real *dw, const struct chunk *chunk, size_t layer);
/* Backward: dattention -> dquery_key_value (written); adds to dnorm what token terms take from the input. */
void pass_attention_backward(real *dw, struct workspace *workspace, const real *w, const struct chunk *chunk,
                             size_t layer);

/* Token embedding, additive encoders, dropout: into the first layer's input.  Backward from dx. */
void pass_embedding(struct workspace *workspace, const real *w, real *dw, const struct chunk *chunk);
void pass_embedding_backward(real *dw, struct workspace *workspace, const real *w, const struct chunk *chunk);

/* Dropout (Srivastava et al. 2014) of rows first..first+rows-1 of the chunk, x being the first of them, at one
 * place of one layer: the same mask forward and backward, because it is a function of the sequence's stream,
 * layer, place and element. */
void pass_dropout(real *x, const struct workspace *workspace, const struct chunk *chunk, size_t layer, size_t place,
                  size_t first, size_t rows);

#endif
