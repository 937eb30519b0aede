/* pass.c -- a chunk through the whole model, forward beside backward.
 *
 * Dense layers run over blocks of MODEL_ROWS tokens, so that what lies between two products stays in
 * cache and evaluation needs memory for one block of the wide feed-forward part only. */
#include <string.h>

#include "kernels/product.h"
#include "model/passes.h"
#include "support/memory.h"
#include "support/traps.h"

struct block {
    size_t first, rows;
};

static bool next_block(struct block *block, size_t rows)
{
    block->first += block->rows;
    block->rows = rows - block->first < MODEL_ROWS ? rows - block->first : MODEL_ROWS;
    return block->rows > 0;
}

/* y(rows, out) = x(rows, in) w(in, out) */
static void dense(real *y, const real *x, const real *w, size_t rows, size_t out, size_t in)
{
    product(y, out, x, in, false, w, out, false, false, rows, out, in);
}

/* dx (written, or added to) = dy w^T;  dw += x^T dy;  dbias += sum of dy */
static void dense_backward(real *dx, bool accumulate, real *dw, real *dbias, const real *dy, const real *x,
                           const real *w, size_t rows, size_t out, size_t in, const struct kernels *kernels)
{
    product(dx, in, dy, out, false, w, out, true, accumulate, rows, in, out);
    product(dw, out, x, in, true, dy, out, false, true, in, out, rows);
    if (dbias)
        kernels->sum_rows(dbias, dy, rows, out);
}

/* out = in + dropout(branch + bias); out may be in. */
static void add_branch(real *out, const real *in, struct workspace *workspace, const real *bias,
                       const struct chunk *chunk, size_t layer, size_t place, struct block block)
{
    const struct kernels *kernels = workspace->model->kernels;
    size_t width = workspace->model->shape.width;

    kernels->add_rows(workspace->branch, bias, block.rows, width);
    pass_dropout(workspace->branch, workspace, chunk, layer, place, block.first, block.rows);
    if (out != in)
        memcpy(out, in, block.rows * width * sizeof(real));
    kernels->add(out, workspace->branch, block.rows * width);
}

/* --- one layer -------------------------------------------------------------------------------------- */

/* In evaluation the wide activations of a block overwrite those of the block before. */
static real *wide(const struct workspace *workspace, real *base, struct block block)
{
    return workspace->training ? base + block.first * workspace->model->hidden : base;
}

static void layer_forward(real *out, struct workspace *workspace, const real *w, real *dw, const struct chunk *chunk,
                          size_t layer)
{
    const struct model *model = workspace->model;
    const struct layer_places *place = &model->layer[layer];
    const struct kernels *kernels = model->kernels;
    struct layer_activations *a = &workspace->layer[layer];
    size_t width = model->shape.width, hidden = model->hidden, rows = chunk->sequences * chunk->padded;

    for (struct block b = {0}; next_block(&b, rows);) {
        size_t at = b.first * width;
        kernels->normalise(a->attention_norm + at, a->attention_mean + b.first, a->attention_inverse + b.first,
                           a->in + at, w + place->attention_gain, w + place->attention_bias, b.rows, width);
        dense(a->query_key_value + 3 * at, a->attention_norm + at, w + place->query_key_value, b.rows, 3 * width,
              width);
        kernels->add_rows(a->query_key_value + 3 * at, w + place->query_key_value_bias, b.rows, 3 * width);
    }
    pass_attention(workspace, w, dw, chunk, layer);
    for (struct block b = {0}; next_block(&b, rows);) {
        size_t at = b.first * width;
        real *expanded = wide(workspace, a->hidden, b), *active = wide(workspace, a->active, b);
        dense(workspace->branch, a->attention + at, w + place->output, b.rows, width, width);
        add_branch(a->middle + at, a->in + at, workspace, w + place->output_bias, chunk, layer, 1, b);
        kernels->normalise(a->feed_forward_norm + at, a->feed_forward_mean + b.first,
                           a->feed_forward_inverse + b.first, a->middle + at, w + place->feed_forward_gain,
                           w + place->feed_forward_bias, b.rows, width);
        dense(expanded, a->feed_forward_norm + at, w + place->expand, b.rows, hidden, width);
        kernels->gelu(active, expanded, w + place->expand_bias, b.rows, hidden);
        dense(workspace->branch, active, w + place->contract, b.rows, width, hidden);
        add_branch(out + at, a->middle + at, workspace, w + place->contract_bias, chunk, layer, 2, b);
    }
}

/* dx, the gradient of the layer's output, becomes that of its input. */
static void layer_backward(real *dw, struct workspace *workspace, const real *w, const struct chunk *chunk,
                           size_t layer)
{
    const struct model *model = workspace->model;
    const struct layer_places *place = &model->layer[layer];
    const struct kernels *kernels = model->kernels;
    struct layer_activations *a = &workspace->layer[layer];
    size_t width = model->shape.width, hidden = model->hidden, rows = chunk->sequences * chunk->padded;

    for (struct block b = {0}; next_block(&b, rows);) {
        size_t at = b.first * width;
        real *dx = workspace->dx + at, *dnorm = workspace->dnorm + at, *branch = workspace->branch;
        memcpy(branch, dx, b.rows * width * sizeof(real));
        pass_dropout(branch, workspace, chunk, layer, 2, b.first, b.rows);
        dense_backward(workspace->dhidden, false, dw + place->contract, dw + place->contract_bias, branch,
                       wide(workspace, a->active, b), w + place->contract, b.rows, width, hidden, kernels);
        kernels->gelu_backward(workspace->dhidden, workspace->dhidden, wide(workspace, a->hidden, b),
                               b.rows * hidden);
        dense_backward(dnorm, false, dw + place->expand, dw + place->expand_bias, workspace->dhidden,
                       a->feed_forward_norm + at, w + place->expand, b.rows, hidden, width, kernels);
        kernels->normalise_backward(dx, dw + place->feed_forward_gain, dw + place->feed_forward_bias, dnorm,
                                    a->middle + at, w + place->feed_forward_gain, a->feed_forward_mean + b.first,
                                    a->feed_forward_inverse + b.first, b.rows, width);
        memcpy(branch, dx, b.rows * width * sizeof(real));
        pass_dropout(branch, workspace, chunk, layer, 1, b.first, b.rows);
        dense_backward(workspace->dattention + at, false, dw + place->output, dw + place->output_bias, branch,
                       a->attention + at, w + place->output, b.rows, width, width, kernels);
    }
    memset(workspace->dnorm, 0, rows * width * sizeof(real));
    pass_attention_backward(dw, workspace, w, chunk, layer);
    for (struct block b = {0}; next_block(&b, rows);) {
        size_t at = b.first * width;
        dense_backward(workspace->dnorm + at, true, dw + place->query_key_value, dw + place->query_key_value_bias,
                       workspace->dquery_key_value + 3 * at, a->attention_norm + at, w + place->query_key_value,
                       b.rows, 3 * width, width, kernels);
        kernels->normalise_backward(workspace->dx + at, dw + place->attention_gain, dw + place->attention_bias,
                                    workspace->dnorm + at, a->in + at, w + place->attention_gain,
                                    a->attention_mean + b.first, a->attention_inverse + b.first, b.rows, width);
    }
}

/* --- head ------------------------------------------------------------------------------------------- */

/* Logits, loss and (dw not NULL) the gradient of the head, the last norm, and workspace->dx. */
static void head(real *dw, double *nll, unsigned char *hit, struct workspace *workspace, const real *w,
                 const struct chunk *chunk)
{
    const struct model *model = workspace->model;
    const struct kernels *kernels = model->kernels;
    size_t width = model->shape.width, vocabulary = model->vocabulary, rows = chunk->sequences * chunk->padded;
    size_t stride = memory_round_up(vocabulary, VECTOR_LANES);
    const real *matrix = w + (model->options.tied ? model->token_embedding : model->head);
    size_t matrix_stride = model->options.tied ? width : vocabulary;
    real *logits = workspace->logits;

    for (struct block b = {0}; next_block(&b, rows);) {
        size_t at = b.first * width;
        real *norm = workspace->out_norm + (workspace->training ? at : 0);
        kernels->normalise(norm, workspace->out_mean + b.first, workspace->out_inverse + b.first,
                           workspace->out + at, w + model->final_gain, w + model->final_bias, b.rows, width);
        product(logits, stride, norm, width, false, matrix, matrix_stride, model->options.tied, false, b.rows,
                vocabulary, width);
        kernels->cross_entropy(logits, stride, nll + b.first, hit + b.first, chunk->targets + b.first, dw != NULL, 1,
                               b.rows, vocabulary);
        if (!dw)
            continue;
        real *dmatrix = dw + (model->options.tied ? model->token_embedding : model->head);
        product(workspace->dnorm + at, width, logits, stride, false, matrix, matrix_stride, !model->options.tied,
                false, b.rows, width, vocabulary);
        if (model->options.tied)
            product(dmatrix, width, logits, stride, true, norm, width, false, true, vocabulary, width, b.rows);
        else
            product(dmatrix, vocabulary, norm, width, true, logits, stride, false, true, width, vocabulary, b.rows);
        memset(workspace->dx + at, 0, b.rows * width * sizeof(real));
        kernels->normalise_backward(workspace->dx + at, dw + model->final_gain, dw + model->final_bias,
                                    workspace->dnorm + at, workspace->out + at, w + model->final_gain,
                                    workspace->out_mean + b.first, workspace->out_inverse + b.first, b.rows, width);
    }
}

/* --- whole passes ----------------------------------------------------------------------------------- */

static void layers_forward(struct workspace *workspace, const real *w, real *dw, const struct chunk *chunk)
{
    size_t layers = workspace->model->shape.layers;

    pass_embedding(workspace, w, dw, chunk);
    for (size_t l = 0; l < layers; l++)
        layer_forward(l + 1 < layers ? workspace->layer[l + 1].in : workspace->out, workspace, w, dw, chunk, l);
}

void model_forward(double *nll, unsigned char *hit, struct workspace *workspace, const real *w,
                   const struct chunk *chunk)
{
    int traps = traps_begin();

    workspace_poison(workspace);
    layers_forward(workspace, w, NULL, chunk);
    head(NULL, nll, hit, workspace, w, chunk);
    traps_end(traps);
}

void model_forward_backward(real *dw, double *nll, unsigned char *hit, struct workspace *workspace, const real *w,
                            const struct chunk *chunk)
{
    int traps = traps_begin();

    workspace_poison(workspace);
    layers_forward(workspace, w, dw, chunk);
    head(dw, nll, hit, workspace, w, chunk);
    for (size_t l = workspace->model->shape.layers; l-- > 0;)
        layer_backward(dw, workspace, w, chunk, l);
    pass_embedding_backward(dw, workspace, w, chunk);
    traps_end(traps);
}

void model_flush(real *dw, struct workspace *workspace)
{
    const struct composition *composition = &workspace->model->composition;
    bool learned = false;

    for (size_t c = 0; c < composition->count; c++)
        learned = learned || composition->at[c].encoder->parameters;
    for (size_t l = 0; learned && l < workspace->encodings; l++) {
        encoding_flush(workspace->encoding[l], dw);
        encoding_forget(workspace->encoding[l]);
    }
}
