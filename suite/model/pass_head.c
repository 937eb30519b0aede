/* pass_head.c -- from the last layer's output to losses, and the way back. */
#include <string.h>

#include "kernels/product.h"
#include "model/pass.h"
#include "support/memory.h"

/* Where row i of a block stands in the chunk. */
static size_t row_of(const struct pass *pass, struct block block, size_t i)
{
    return pass->scored ? pass->scored->row[block.first + i] : block.first + i;
}

/* Gradient of the head and the last norm, from that of the logits; into workspace->dx. */
static void head_backward(const struct pass *pass, struct block b, const real *logits, const real *matrix)
{
    struct workspace *workspace = pass->workspace;
    const struct model *model = workspace->model;
    size_t width = model->shape.width, vocabulary = model->vocabulary, at = b.first * width;
    size_t stride = memory_round_up(vocabulary, VECTOR_LANES);
    const real *norm = workspace->out_norm + at;
    real *dmatrix = pass->dw + (model->options.tied ? model->token_embedding : model->head);
    struct profile *profile = workspace->scratch->profile;
    struct matrix_out to = {dmatrix, model->options.tied ? width : vocabulary,
                            pass->accumulate || b.first > 0};
    product_profiled(profile, PROFILE_PRODUCTS, matrix_set(workspace->dnorm + at, width),
                     matrix_of(logits, stride),
                     matrix_of(model->options.tied ? matrix : pass->transposed + model->head, width), b.rows,
                     width, vocabulary);
    if (model->options.tied)
        product_profiled(profile, PROFILE_PRODUCTS, to, matrix_transposed(logits, stride),
                         matrix_of(norm, width), vocabulary, width, b.rows);
    else
        product_profiled(profile, PROFILE_PRODUCTS, to, matrix_transposed(norm, width),
                         matrix_of(logits, stride), width, vocabulary, b.rows);
    memset(workspace->dx + at, 0, b.rows * width * sizeof(real));
    model->kernels->normalise_backward(
        workspace->dx + at, pass->dw + model->final_gain, pass->dw + model->final_bias, workspace->dnorm + at,
        workspace->out + at, pass->w + model->final_gain, workspace->out_mean + b.first,
        workspace->out_inverse + b.first, b.rows, width);
}

/* nll and hit of a block, and logits become their gradient. */
static void losses(const struct pass *pass, struct block b, real *logits, size_t stride)
{
    const struct model *model = pass->workspace->model;
    int32_t target[MODEL_ROWS] = {0};
    unsigned char hit[MODEL_ROWS];
    double nll[MODEL_ROWS];
    for (size_t i = 0; i < b.rows; i++)
        target[i] = pass->chunk->targets[row_of(pass, b, i)];
    model->kernels->cross_entropy(logits, stride, nll, hit, target, pass->dw != NULL, 1, b.rows,
                                  model->vocabulary);
    for (size_t i = 0; i < b.rows; i++) {
        pass->nll[row_of(pass, b, i)] = nll[i];
        pass->hit[row_of(pass, b, i)] = hit[i];
    }
}

void pass_head(const struct pass *pass, struct block b, struct scratch *scratch)
{
    struct workspace *workspace = pass->workspace;
    const struct model *model = workspace->model;
    size_t width = model->shape.width, vocabulary = model->vocabulary, at = b.first * width;
    size_t stride = memory_round_up(vocabulary, VECTOR_LANES);
    const real *matrix = pass->w + (model->options.tied ? model->token_embedding : model->head);
    struct matrix head = {matrix, model->options.tied ? width : vocabulary, model->options.tied};
    model->kernels->normalise(workspace->out_norm + at, workspace->out_mean + b.first,
                              workspace->out_inverse + b.first, workspace->out + at,
                              pass->w + model->final_gain, pass->w + model->final_bias, b.rows, width);
    product_profiled(scratch->profile, PROFILE_PRODUCTS, matrix_set(scratch->logits, stride),
                     matrix_of(workspace->out_norm + at, width), head, b.rows, vocabulary, width);
    losses(pass, b, scratch->logits, stride);
    if (pass->dw)
        head_backward(pass, b, scratch->logits, matrix);
}
