/* pass.c -- a chunk through the whole model, forward beside backward.
 *
 * Dense layers run over blocks of MODEL_ROWS tokens, so that what lies between two products stays in
 * cache and evaluation needs memory for one block of the wide feed-forward part only. */
#include <string.h>

#include "kernels/product.h"
#include "model/passes.h"
#include "support/memory.h"
#include "support/threads.h"
#include "support/traps.h"

struct block {
    size_t first, rows;
};

static struct block block_of(size_t index, size_t rows)
{
    struct block block = {.first = index * MODEL_ROWS};

    block.rows = rows - block.first < MODEL_ROWS ? rows - block.first : MODEL_ROWS;
    return block;
}

static size_t block_count(size_t rows)
{
    return (rows + MODEL_ROWS - 1) / MODEL_ROWS;
}

/* A pass under way; what blocks share. */
struct pass {
    struct workspace *workspace;
    const real *w;
    real *dw;
    const struct chunk *chunk;
    size_t layer;
    real *out;                          /* of the layer */
    double *nll;
    unsigned char *hit;
    void (*block)(const struct pass *pass, struct block block, struct scratch *scratch);
};

static void run_block(void *context, size_t index, size_t worker)
{
    const struct pass *pass = context;

    pass->block(pass, block_of(index, pass->chunk->sequences * pass->chunk->padded),
                &pass->workspace->scratch[worker]);
}

/* Every block of the chunk, on the workers that share the pass. */
static void for_blocks(struct pass *pass,
                       void (*block)(const struct pass *pass, struct block block, struct scratch *scratch))
{
    size_t count = block_count(pass->chunk->sequences * pass->chunk->padded);

    pass->block = block;
    if (pass->workspace->workers > 1)
        threads_run(pass->workspace->workers, count, pass, run_block);
    else
        for (size_t i = 0; i < count; i++)
            run_block(pass, i, 0);
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

/* out = in + dropout(scratch->branch + bias); out may be in. */
static void add_branch(real *out, const real *in, struct scratch *scratch, const real *bias, const struct pass *pass,
                       size_t place, struct block block)
{
    const struct kernels *kernels = pass->workspace->model->kernels;
    size_t width = pass->workspace->model->shape.width;

    kernels->add_rows(scratch->branch, bias, block.rows, width);
    pass_dropout(scratch->branch, pass->workspace, pass->chunk, pass->layer, place, block.first, block.rows);
    if (out != in)
        memcpy(out, in, block.rows * width * sizeof(real));
    kernels->add(out, scratch->branch, block.rows * width);
}

/* --- one layer -------------------------------------------------------------------------------------- */

static void before_attention(const struct pass *pass, struct block b, struct scratch *scratch)
{
    const struct model *model = pass->workspace->model;
    const struct layer_places *place = &model->layer[pass->layer];
    const struct layer_activations *a = &pass->workspace->layer[pass->layer];
    size_t width = model->shape.width, at = b.first * width;

    (void)scratch;
    model->kernels->normalise(a->attention_norm + at, a->attention_mean + b.first, a->attention_inverse + b.first,
                              a->in + at, pass->w + place->attention_gain, pass->w + place->attention_bias, b.rows,
                              width);
    dense(a->query_key_value + 3 * at, a->attention_norm + at, pass->w + place->query_key_value, b.rows, 3 * width,
          width);
    model->kernels->add_rows(a->query_key_value + 3 * at, pass->w + place->query_key_value_bias, b.rows, 3 * width);
}

/* In evaluation the wide activations of a block are gone with the next. */
static void after_attention(const struct pass *pass, struct block b, struct scratch *scratch)
{
    const struct model *model = pass->workspace->model;
    const struct layer_places *place = &model->layer[pass->layer];
    const struct kernels *kernels = model->kernels;
    const struct layer_activations *a = &pass->workspace->layer[pass->layer];
    size_t width = model->shape.width, hidden = model->hidden, at = b.first * width;
    real *expanded = pass->workspace->training ? a->hidden + b.first * hidden : scratch->hidden;
    real *active = pass->workspace->training ? a->active + b.first * hidden : scratch->active;
    const real *w = pass->w;

    dense(scratch->branch, a->attention + at, w + place->output, b.rows, width, width);
    add_branch(a->middle + at, a->in + at, scratch, w + place->output_bias, pass, 1, b);
    kernels->normalise(a->feed_forward_norm + at, a->feed_forward_mean + b.first, a->feed_forward_inverse + b.first,
                       a->middle + at, w + place->feed_forward_gain, w + place->feed_forward_bias, b.rows, width);
    dense(expanded, a->feed_forward_norm + at, w + place->expand, b.rows, hidden, width);
    kernels->gelu(active, expanded, w + place->expand_bias, b.rows, hidden);
    dense(scratch->branch, active, w + place->contract, b.rows, width, hidden);
    add_branch(pass->out + at, a->middle + at, scratch, w + place->contract_bias, pass, 2, b);
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

    for (size_t i = 0; i < block_count(rows); i++) {
        struct block b = block_of(i, rows);
        size_t at = b.first * width;
        real *dx = workspace->dx + at, *dnorm = workspace->dnorm + at, *branch = workspace->scratch->branch;
        memcpy(branch, dx, b.rows * width * sizeof(real));
        pass_dropout(branch, workspace, chunk, layer, 2, b.first, b.rows);
        dense_backward(workspace->dhidden, false, dw + place->contract, dw + place->contract_bias, branch,
                       a->active + b.first * hidden, w + place->contract, b.rows, width, hidden, kernels);
        kernels->gelu_backward(workspace->dhidden, workspace->dhidden, a->hidden + b.first * hidden,
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
    for (size_t i = 0; i < block_count(rows); i++) {
        struct block b = block_of(i, rows);
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

/* Gradient of the head and the last norm, from that of the logits; into workspace->dx. */
static void head_backward(const struct pass *pass, struct block b, const real *logits, const real *matrix,
                          size_t matrix_stride)
{
    struct workspace *workspace = pass->workspace;
    const struct model *model = workspace->model;
    size_t width = model->shape.width, vocabulary = model->vocabulary, at = b.first * width;
    size_t stride = memory_round_up(vocabulary, VECTOR_LANES);
    const real *norm = workspace->out_norm + at;
    real *dmatrix = pass->dw + (model->options.tied ? model->token_embedding : model->head);

    product(workspace->dnorm + at, width, logits, stride, false, matrix, matrix_stride, !model->options.tied, false,
            b.rows, width, vocabulary);
    if (model->options.tied)
        product(dmatrix, width, logits, stride, true, norm, width, false, true, vocabulary, width, b.rows);
    else
        product(dmatrix, vocabulary, norm, width, true, logits, stride, false, true, width, vocabulary, b.rows);
    memset(workspace->dx + at, 0, b.rows * width * sizeof(real));
    model->kernels->normalise_backward(workspace->dx + at, pass->dw + model->final_gain, pass->dw + model->final_bias,
                                       workspace->dnorm + at, workspace->out + at, pass->w + model->final_gain,
                                       workspace->out_mean + b.first, workspace->out_inverse + b.first, b.rows,
                                       width);
}

static void head(const struct pass *pass, struct block b, struct scratch *scratch)
{
    struct workspace *workspace = pass->workspace;
    const struct model *model = workspace->model;
    size_t width = model->shape.width, vocabulary = model->vocabulary, at = b.first * width;
    size_t stride = memory_round_up(vocabulary, VECTOR_LANES);
    const real *matrix = pass->w + (model->options.tied ? model->token_embedding : model->head);
    size_t matrix_stride = model->options.tied ? width : vocabulary;

    model->kernels->normalise(workspace->out_norm + at, workspace->out_mean + b.first,
                              workspace->out_inverse + b.first, workspace->out + at, pass->w + model->final_gain,
                              pass->w + model->final_bias, b.rows, width);
    product(scratch->logits, stride, workspace->out_norm + at, width, false, matrix, matrix_stride,
            model->options.tied, false, b.rows, vocabulary, width);
    model->kernels->cross_entropy(scratch->logits, stride, pass->nll + b.first, pass->hit + b.first,
                                  pass->chunk->targets + b.first, pass->dw != NULL, 1, b.rows, vocabulary);
    if (pass->dw)
        head_backward(pass, b, scratch->logits, matrix, matrix_stride);
}

/* --- whole passes ----------------------------------------------------------------------------------- */

static void forward(struct pass *pass)
{
    struct workspace *workspace = pass->workspace;
    size_t layers = workspace->model->shape.layers;

    pass_embedding(workspace, pass->w, pass->dw, pass->chunk);
    for (pass->layer = 0; pass->layer < layers; pass->layer++) {
        pass->out = pass->layer + 1 < layers ? workspace->layer[pass->layer + 1].in : workspace->out;
        for_blocks(pass, before_attention);
        pass_attention(workspace, pass->w, pass->dw, pass->chunk, pass->layer);
        for_blocks(pass, after_attention);
    }
    for_blocks(pass, head);
}

void model_forward(double *nll, unsigned char *hit, struct workspace *workspace, const real *w,
                   const struct chunk *chunk)
{
    struct pass pass = {.workspace = workspace, .w = w, .chunk = chunk, .nll = nll, .hit = hit};
    int traps = traps_begin();

    workspace_poison(workspace);
    forward(&pass);
    traps_end(traps);
}

void model_forward_backward(real *dw, double *nll, unsigned char *hit, struct workspace *workspace, const real *w,
                            const struct chunk *chunk)
{
    struct pass pass = {.workspace = workspace, .w = w, .dw = dw, .chunk = chunk, .nll = nll, .hit = hit};
    int traps = traps_begin();

    workspace_poison(workspace);
    forward(&pass);
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
