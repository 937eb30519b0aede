/* layer.c -- one layer: norm, the products around the mixer, residual and feed-forward part, forward beside
 * backward. */
#include "model/layer.h"

#include <string.h>

#include "kernels/product.h"

/* ---- products ---- */

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

static void drop(real *x, const struct pass *pass, enum dropout_place place, struct block block)
{
    pass_dropout(x, pass->workspace, pass->chunk, pass->layer, place, pass->scored ? pass->scored->row : NULL,
                 block.first, block.rows);
}

/* out = in + dropout(x w + bias), x (rows, width_in); out may be in. */
static void residual(real *out, const real *in, const real *x, const real *w, const real *bias,
                     size_t width_in, enum dropout_place place, const struct pass *pass, struct block block,
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
static const real *residual_backward(const real *dx, enum dropout_place place, const struct pass *pass,
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

/* ---- the mixer ---- */

/* Sequence s of the chunk, whose rows begin at `row`.  In the last layer only scored tokens are asked. */
static struct mixing mixing_of(const struct pass *pass, size_t s, size_t row)
{
    struct workspace *workspace = pass->workspace;
    const struct model *model = workspace->model;
    const struct layer_activations *a = &workspace->layer[pass->layer];
    size_t width = model->shape.width, own = model->layer[pass->layer].own;
    bool training = pass->dw != NULL, last = pass->layer + 1 == model->shape.layers;
    return (struct mixing){
        .workspace = workspace,
        .encoding = pass_encoding(workspace, pass->w, pass->dw, pass->chunk, s, pass->layer),
        .layer = pass->layer,
        .sequence = s,
        .row = row,
        .n = pass->chunk->count[s],
        .w = pass->w + own,
        .norm = a->mixer_norm + row * width,
        .projected = a->projected + row * model->projected,
        .wanted = last ? workspace->scored.wanted + row : NULL,
        .out = a->mixed + row * width,
        .dw = training ? pass->dw + own : NULL,
        .model_dw = pass->dw,
        .dout = training ? workspace->dmixed + row * width : NULL,
        .dprojected = training ? workspace->dprojected + row * model->projected : NULL,
        .dnorm = training ? workspace->dnorm + row * width : NULL,
    };
}

/* Every sequence of the chunk. */
static void mix(const struct pass *pass, void (*mixer)(const struct mixing *mixing))
{
    struct profile *profile = pass->workspace->scratch->profile;
    enum profile_part before = profile_switch(profile, PROFILE_ATTENTION);
    for (size_t s = 0, row = 0; s < pass->chunk->sequences; row += pass->chunk->count[s++]) {
        struct mixing mixing = mixing_of(pass, s, row);
        mixer(&mixing);
    }
    profile_switch(profile, before);
}

/* ---- around it ---- */

static void before_mixer(const struct pass *pass, struct block b, struct scratch *scratch)
{
    const struct model *model = pass->workspace->model;
    const struct layer_places *place = &model->layer[pass->layer];
    const struct layer_activations *a = &pass->workspace->layer[pass->layer];
    size_t width = model->shape.width, columns = model->projected, at = b.first * width;
    model->kernels->normalise(a->mixer_norm + at, a->mixer_mean + b.first, a->mixer_inverse + b.first,
                              a->in + at, pass->w + place->mixer_gain, pass->w + place->mixer_bias, b.rows,
                              width);
    dense(a->projected + b.first * columns, false, a->mixer_norm + at, pass->w + place->projection, b.rows,
          columns, width, scratch);
    model->kernels->add_rows(a->projected + b.first * columns, a->projected + b.first * columns,
                             pass->w + place->projection_bias, b.rows, columns);
}

/* Only scored rows go on: the stream so far and what the mixer gave, moved together. */
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
    pass_gather(a->scored_mixed, a->mixed, scored, 0, pass->rows, workspace->model->shape.width);
}

/* In evaluation the wide activations of a block are gone with the next. */
static void after_mixer(const struct pass *pass, struct block b, struct scratch *scratch)
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
             (pass->scored ? a->scored_mixed : a->mixed) + at, w + place->output, w + place->output_bias,
             width, DROPOUT_MIXER, pass, b, scratch);
    kernels->normalise(a->feed_forward_norm + at, a->feed_forward_mean + b.first,
                       a->feed_forward_inverse + b.first, a->middle + at, w + place->feed_forward_gain,
                       w + place->feed_forward_bias, b.rows, width);
    dense(expanded, false, a->feed_forward_norm + at, w + place->expand, b.rows, hidden, width, scratch);
    kernels->gelu(active, pass->dw ? expanded : NULL, expanded, w + place->expand_bias, b.rows, hidden);
    residual(pass->out + at, a->middle + at, active, w + place->contract, w + place->contract_bias, hidden,
             DROPOUT_FEED_FORWARD, pass, b, scratch);
}

/* From the layer's output to what the mixer gave: workspace->dx and ->dmixed of a block. */
static void after_mixer_backward(const struct pass *pass, struct block b)
{
    struct workspace *workspace = pass->workspace;
    const struct model *model = workspace->model;
    const struct layer_places *place = &model->layer[pass->layer];
    const struct kernels *kernels = model->kernels;
    const struct layer_activations *a = &workspace->layer[pass->layer];
    size_t width = model->shape.width, hidden = model->hidden, at = b.first * width;
    real *dx = workspace->dx + at, *dnorm = workspace->dnorm + at, *dhidden = workspace->dhidden,
         *dw = pass->dw;
    const real *w = pass->w, *mixed = a->mixed + at;
    bool more = pass->accumulate || b.first > 0;
    dense_backward(
        (struct dense_gradient){dhidden, false, dw + place->contract, more, dw + place->contract_bias},
        residual_backward(dx, DROPOUT_FEED_FORWARD, pass, b), a->active + b.first * hidden,
        w + place->contract, b.rows, width, hidden, pass);
    kernels->multiply(dhidden, a->hidden + b.first * hidden, b.rows * hidden);
    dense_backward((struct dense_gradient){dnorm, false, dw + place->expand, more, dw + place->expand_bias},
                   dhidden, a->feed_forward_norm + at, w + place->expand, b.rows, hidden, width, pass);
    kernels->normalise_backward(dx, dw + place->feed_forward_gain, dw + place->feed_forward_bias, dnorm,
                                a->middle + at, w + place->feed_forward_gain, a->feed_forward_mean + b.first,
                                a->feed_forward_inverse + b.first, b.rows, width);
    if (pass->scored) {
        pass_gather(dnorm, a->mixed, pass->scored, b.first, b.rows, width); /* it has been used up */
        mixed = dnorm;
    }
    dense_backward((struct dense_gradient){workspace->dmixed + at, false, dw + place->output, more,
                                           dw + place->output_bias},
                   residual_backward(dx, DROPOUT_MIXER, pass, b), mixed, w + place->output, b.rows, width,
                   width, pass);
}

/* tokens: the mixer has left in dnorm what token terms of encoders take from the layer's input. */
static void before_mixer_backward(const struct pass *pass, struct block b, bool tokens)
{
    struct workspace *workspace = pass->workspace;
    const struct layer_places *place = &workspace->model->layer[pass->layer];
    const struct layer_activations *a = &workspace->layer[pass->layer];
    size_t width = workspace->model->shape.width, columns = workspace->model->projected, at = b.first * width;
    real *dnorm = workspace->dnorm + at, *dw = pass->dw;
    dense_backward((struct dense_gradient){dnorm, tokens, dw + place->projection,
                                           pass->accumulate || b.first > 0, dw + place->projection_bias},
                   workspace->dprojected + b.first * columns, a->mixer_norm + at, pass->w + place->projection,
                   b.rows, columns, width, pass);
    workspace->model->kernels->normalise_backward(
        workspace->dx + at, dw + place->mixer_gain, dw + place->mixer_bias, dnorm, a->in + at,
        pass->w + place->mixer_gain, a->mixer_mean + b.first, a->mixer_inverse + b.first, b.rows, width);
}

/* The way back of keep_scored(). */
static void spread_scored(struct pass *pass)
{
    struct workspace *workspace = pass->workspace;
    size_t rows = chunk_rows(pass->chunk), width = workspace->model->shape.width;
    if (!pass->scored)
        return;
    pass_scatter(workspace->dx, pass->scored, rows, width);
    pass_scatter(workspace->dmixed, pass->scored, rows, width);
    pass->scored = NULL;
    pass->rows = rows;
}

/* ---- the whole ---- */

void layer_forward(struct pass *pass)
{
    const struct model *model = pass->workspace->model;
    pass_for_blocks(pass, before_mixer);
    mix(pass, model->mixer.kind->forward);
    if (pass->layer + 1 == model->shape.layers)
        keep_scored(pass);
    pass_for_blocks(pass, after_mixer);
}

void layer_backward(struct pass *pass)
{
    struct workspace *workspace = pass->workspace;
    bool tokens = composition_hooks(&workspace->model->composition) & HOOK_TOKEN;
    for (size_t i = 0; i < pass_blocks(pass->rows); i++)
        after_mixer_backward(pass, pass_block(i, pass->rows));
    spread_scored(pass);
    if (tokens)
        memset(workspace->dnorm, 0, pass->rows * workspace->model->shape.width * sizeof(real));
    mix(pass, workspace->model->mixer.kind->backward);
    for (size_t i = 0; i < pass_blocks(pass->rows); i++)
        before_mixer_backward(pass, pass_block(i, pass->rows), tokens);
}
