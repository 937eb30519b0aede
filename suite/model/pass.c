/* pass.c -- a chunk through the whole model, forward beside backward.
 *
 * Dense layers run over blocks of MODEL_ROWS tokens, so that what lies between two products stays in
 * cache and evaluation needs memory for one block of the wide feed-forward part only. */
#include <string.h>

#include "kernels/product.h"
#include "model/passes.h"
#include "support/threads.h"
#include "support/traps.h"

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

static void run_block(void *context, size_t index, size_t worker)
{
    const struct pass *pass = context;
    struct scratch *scratch = &pass->workspace->scratch[worker];
    enum profile_part before = profile_switch(scratch->profile, PROFILE_ROWS);
    pass->block(pass, block_of(index, pass->rows), scratch);
    profile_switch(scratch->profile, before);
}

/* Every block, on the workers that share the pass. */
static void for_blocks(struct pass *pass,
                       void (*block)(const struct pass *pass, struct block block, struct scratch *scratch))
{
    size_t count = block_count(pass->rows);
    pass->block = block;
    if (pass->workspace->workers > 1)
        pass_share(pass->workspace, count, pass, run_block);
    else
        for (size_t i = 0; i < count; i++)
            run_block(pass, i, 0);
}

/* y(rows, out), written or added to: x(rows, in) w(in, out) */
static void dense(real *y, bool accumulate, const real *x, const real *w, size_t rows, size_t out, size_t in,
                  struct scratch *scratch)
{
    product_profiled(scratch->profile, PROFILE_PRODUCTS, (struct matrix_out){y, out, accumulate},
                     matrix_of(x, in), matrix_of(w, out), rows, out, in);
}

/* One product of a pass and where its gradients go. */
struct dense_gradient {
    real *dx;
    bool accumulate; /* to dx */
    real *dw;
    bool accumulate_weights;
    real *dbias;
};

/* dx = dy w^T, dw = x^T dy, each written or added to;  dbias += sum of dy.  w: a matrix of pass->w. */
static void dense_backward(struct dense_gradient to, const real *dy, const real *x, const real *w,
                           size_t rows, size_t out, size_t in, const struct pass *pass)
{
    struct profile *profile = pass->workspace->scratch->profile;
    product_profiled(profile, PROFILE_PRODUCTS, (struct matrix_out){to.dx, in, to.accumulate},
                     matrix_of(dy, out), matrix_of(pass->transposed + (w - pass->w), in), rows, in, out);
    product_profiled(profile, PROFILE_PRODUCTS, (struct matrix_out){to.dw, out, to.accumulate_weights},
                     matrix_transposed(x, in), matrix_of(dy, out), in, out, rows);
    pass->workspace->model->kernels->sum_rows(to.dbias, dy, rows, out);
}

static bool drops(const struct pass *pass)
{
    return pass->chunk->dropout && pass->workspace->model->options.dropout > 0;
}

static void drop(real *x, const struct pass *pass, size_t place, struct block block)
{
    pass_dropout(x, pass->workspace, pass->chunk, pass->layer, place, pass->scored ? pass->scored->row : NULL,
                 block.first, block.rows);
}

/* out = in + dropout(x w + bias), x (rows, width_in); out may be in. */
static void residual(real *out, const real *in, const real *x, const real *w, const real *bias,
                     size_t width_in, size_t place, const struct pass *pass, struct block block,
                     struct scratch *scratch)
{
    const struct kernels *kernels = pass->workspace->model->kernels;
    size_t width = pass->workspace->model->shape.width;
    if (!drops(pass)) {
        kernels->add_rows(out, in, bias, block.rows, width);
        dense(out, true, x, w, block.rows, width, width_in, scratch);
        return;
    }
    dense(scratch->branch, false, x, w, block.rows, width, width_in, scratch);
    kernels->add_rows(scratch->branch, scratch->branch, bias, block.rows, width);
    drop(scratch->branch, pass, place, block);
    if (out != in)
        memcpy(out, in, block.rows * width * sizeof(real));
    kernels->add(out, scratch->branch, block.rows * width);
}

/* The gradient of what residual() added: that of its output, through dropout. */
static const real *residual_backward(const real *dx, size_t place, const struct pass *pass,
                                     struct block block)
{
    size_t width = pass->workspace->model->shape.width;
    real *branch = pass->workspace->scratch->branch;
    if (!drops(pass))
        return dx;
    memcpy(branch, dx, block.rows * width * sizeof(real));
    drop(branch, pass, place, block);
    return branch;
}

/* --- one layer -------------------------------------------------------------------------------------- */

static void before_attention(const struct pass *pass, struct block b, struct scratch *scratch)
{
    const struct model *model = pass->workspace->model;
    const struct layer_places *place = &model->layer[pass->layer];
    const struct layer_activations *a = &pass->workspace->layer[pass->layer];
    size_t width = model->shape.width, at = b.first * width;
    model->kernels->normalise(a->attention_norm + at, a->attention_mean + b.first,
                              a->attention_inverse + b.first, a->in + at, pass->w + place->attention_gain,
                              pass->w + place->attention_bias, b.rows, width);
    dense(a->query_key_value + 3 * at, false, a->attention_norm + at, pass->w + place->query_key_value,
          b.rows, 3 * width, width, scratch);
    model->kernels->add_rows(a->query_key_value + 3 * at, a->query_key_value + 3 * at,
                             pass->w + place->query_key_value_bias, b.rows, 3 * width);
}

/* Only scored rows go on: the stream so far and what attention gave, moved together. */
static void keep_scored(struct pass *pass)
{
    struct workspace *workspace = pass->workspace;
    const struct layer_activations *a = &workspace->layer[pass->layer];
    const struct scored_rows *scored = &workspace->scored;
    if (scored->count == pass->rows)
        return;
    pass->scored = scored;
    pass->rows = scored->count;
    pass_gather(a->middle, a->in, scored, 0, pass->rows, workspace->model->shape.width);
    pass_gather(a->feed_forward_norm, a->attention, scored, 0, pass->rows, workspace->model->shape.width);
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
    residual(a->middle + at, (pass->scored ? a->middle : a->in) + at,
             (pass->scored ? a->feed_forward_norm : a->attention) + at, w + place->output,
             w + place->output_bias, width, 1, pass, b, scratch);
    kernels->normalise(a->feed_forward_norm + at, a->feed_forward_mean + b.first,
                       a->feed_forward_inverse + b.first, a->middle + at, w + place->feed_forward_gain,
                       w + place->feed_forward_bias, b.rows, width);
    dense(expanded, false, a->feed_forward_norm + at, w + place->expand, b.rows, hidden, width, scratch);
    kernels->gelu(active, pass->dw ? expanded : NULL, expanded, w + place->expand_bias, b.rows, hidden);
    residual(pass->out + at, a->middle + at, active, w + place->contract, w + place->contract_bias, hidden, 2,
             pass, b, scratch);
}

/* From the layer's output to what attention gave: workspace->dx and ->dattention of a block. */
static void after_attention_backward(const struct pass *pass, struct block b)
{
    struct workspace *workspace = pass->workspace;
    const struct model *model = workspace->model;
    const struct layer_places *place = &model->layer[pass->layer];
    const struct kernels *kernels = model->kernels;
    const struct layer_activations *a = &workspace->layer[pass->layer];
    size_t width = model->shape.width, hidden = model->hidden, at = b.first * width;
    real *dx = workspace->dx + at, *dnorm = workspace->dnorm + at, *dhidden = workspace->dhidden,
         *dw = pass->dw;
    const real *w = pass->w, *attention = a->attention + at;
    bool more = pass->accumulate || b.first > 0;
    dense_backward(
        (struct dense_gradient){dhidden, false, dw + place->contract, more, dw + place->contract_bias},
        residual_backward(dx, 2, pass, b), a->active + b.first * hidden, w + place->contract, b.rows, width,
        hidden, pass);
    kernels->multiply(dhidden, a->hidden + b.first * hidden, b.rows * hidden);
    dense_backward((struct dense_gradient){dnorm, false, dw + place->expand, more, dw + place->expand_bias},
                   dhidden, a->feed_forward_norm + at, w + place->expand, b.rows, hidden, width, pass);
    kernels->normalise_backward(dx, dw + place->feed_forward_gain, dw + place->feed_forward_bias, dnorm,
                                a->middle + at, w + place->feed_forward_gain, a->feed_forward_mean + b.first,
                                a->feed_forward_inverse + b.first, b.rows, width);
    if (pass->scored) {
        pass_gather(dnorm, a->attention, pass->scored, b.first, b.rows, width); /* it has been used up */
        attention = dnorm;
    }
    dense_backward((struct dense_gradient){workspace->dattention + at, false, dw + place->output, more,
                                           dw + place->output_bias},
                   residual_backward(dx, 1, pass, b), attention, w + place->output, b.rows, width, width,
                   pass);
}

/* tokens: token terms have left their share in dnorm. */
static void before_attention_backward(const struct pass *pass, struct block b, bool tokens)
{
    struct workspace *workspace = pass->workspace;
    const struct layer_places *place = &workspace->model->layer[pass->layer];
    const struct layer_activations *a = &workspace->layer[pass->layer];
    size_t width = workspace->model->shape.width, at = b.first * width;
    real *dnorm = workspace->dnorm + at, *dw = pass->dw;
    dense_backward((struct dense_gradient){dnorm, tokens, dw + place->query_key_value,
                                           pass->accumulate || b.first > 0, dw + place->query_key_value_bias},
                   workspace->dquery_key_value + 3 * at, a->attention_norm + at,
                   pass->w + place->query_key_value, b.rows, 3 * width, width, pass);
    workspace->model->kernels->normalise_backward(
        workspace->dx + at, dw + place->attention_gain, dw + place->attention_bias, dnorm, a->in + at,
        pass->w + place->attention_gain, a->attention_mean + b.first, a->attention_inverse + b.first, b.rows,
        width);
}

/* The way back of keep_scored(). */
static void spread_scored(struct pass *pass)
{
    struct workspace *workspace = pass->workspace;
    size_t rows = chunk_rows(pass->chunk), width = workspace->model->shape.width;
    if (!pass->scored)
        return;
    pass_scatter(workspace->dx, pass->scored, rows, width);
    pass_scatter(workspace->dattention, pass->scored, rows, width);
    pass->scored = NULL;
    pass->rows = rows;
}

/* dx, the gradient of the layer's output, becomes that of its input. */
static void layer_backward(struct pass *pass)
{
    struct workspace *workspace = pass->workspace;
    bool tokens = workspace->encoding[0]->tokens;
    for (size_t i = 0; i < block_count(pass->rows); i++)
        after_attention_backward(pass, block_of(i, pass->rows));
    spread_scored(pass);
    if (tokens)
        memset(workspace->dnorm, 0, pass->rows * workspace->model->shape.width * sizeof(real));
    pass_attention_backward(pass->dw, workspace, pass->w, pass->chunk, pass->layer);
    for (size_t i = 0; i < block_count(pass->rows); i++)
        before_attention_backward(pass, block_of(i, pass->rows), tokens);
}

/* --- whole passes ----------------------------------------------------------------------------------- */

static void forward(struct pass *pass)
{
    struct workspace *workspace = pass->workspace;
    size_t layers = workspace->model->shape.layers, rows = chunk_rows(pass->chunk);
    pass->rows = rows;
    pass_scored(workspace, pass->chunk);
    memset(pass->nll, 0, rows * sizeof *pass->nll);
    memset(pass->hit, 0, rows);
    pass_embedding(workspace, pass->w, pass->dw, pass->chunk);
    for (pass->layer = 0; pass->layer < layers; pass->layer++) {
        pass->out = pass->layer + 1 < layers ? workspace->layer[pass->layer + 1].in : workspace->out;
        for_blocks(pass, before_attention);
        pass_attention(workspace, pass->w, pass->dw, pass->chunk, pass->layer);
        if (pass->layer + 1 == layers)
            keep_scored(pass);
        for_blocks(pass, after_attention);
    }
    for_blocks(pass, pass_head);
}

void pass_share(struct workspace *workspace, size_t tasks, void *context,
                void (*task)(void *context, size_t task, size_t worker))
{
    enum profile_part before = profile_switch(workspace->scratch->profile, PROFILE_WAITING);
    threads_run(workspace->workers, tasks, context, task);
    profile_switch(workspace->scratch->profile, before);
}

void model_forward(double *nll, unsigned char *hit, struct workspace *workspace, const real *w,
                   const struct chunk *chunk)
{
    struct pass pass = {.workspace = workspace, .w = w, .chunk = chunk, .nll = nll, .hit = hit};
    enum profile_part before = profile_switch(workspace->scratch->profile, PROFILE_ROWS);
    int traps = traps_begin();
    workspace_poison(workspace);
    forward(&pass);
    traps_end(traps);
    profile_switch(workspace->scratch->profile, before);
}

void model_transpose(real *transposed, const struct model *model, const real *w, size_t p)
{
    const struct model_parameter *parameter = &model->parameter[p];
    if (parameter->product)
        model->kernels->transpose(transposed + parameter->offset, w + parameter->offset, parameter->extent[0],
                                  parameter->extent[1]);
}

/* What is only ever added to begins with zeros. */
static void clear_sums(real *dw, const struct model *model)
{
    for (size_t p = 0; p < model->parameters; p++)
        if (!model->parameter[p].product)
            memset(dw + model->parameter[p].offset, 0, model->parameter[p].size * sizeof(real));
}

void model_forward_backward(real *dw, bool accumulate, double *nll, unsigned char *hit,
                            struct workspace *workspace, const real *w, const real *transposed,
                            const struct chunk *chunk)
{
    struct pass pass = {.workspace = workspace,
                        .w = w,
                        .transposed = transposed,
                        .dw = dw,
                        .accumulate = accumulate,
                        .chunk = chunk,
                        .nll = nll,
                        .hit = hit};
    enum profile_part before = profile_switch(workspace->scratch->profile, PROFILE_ROWS);
    int traps = traps_begin();
    workspace_poison(workspace);
    if (!accumulate)
        clear_sums(dw, workspace->model);
    forward(&pass);
    for (pass.layer = workspace->model->shape.layers; pass.layer-- > 0;)
        layer_backward(&pass);
    pass_embedding_backward(dw, workspace, w, chunk);
    traps_end(traps);
    profile_switch(workspace->scratch->profile, before);
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
