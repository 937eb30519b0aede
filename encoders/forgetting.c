/* forgetting.c -- a forget gate per head and token, as a bias that data decide.
 *
 *   logit_ij += f_(j+1) + ... + f_i = c_i - c_j,   c_i = f_0 + ... + f_i,   f_t = ln sigma(x_t . w_h + b_h)
 *
 * x_t (width) the input of the attention; w_h, b_h per head and layer.  f <= 0, so a key fades with
 * every token after it, faster where a gate closes.  b starts at 5 (f = -0.0067: an open gate, a
 * half-life of 103 tokens); w starts normal with deviation 0.02.  c is summed in double: it falls
 * without end while the differences stay small.  Lin, Nikishin, He, Courville 2025 (FoX).  The
 * position map plays no part. */
#include <math.h>
#include <stdio.h>

#include "encoders/encoder.h"

/* Per layer: gate.weight (heads, width), then gate.bias (heads). */
static size_t layer_size(const struct shape *shape)
{
    return shape->heads * (shape->width + 1);
}

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    (void)state;
    for (size_t layer = 0; out && layer < shape->layers; layer++) {
        struct parameter *weight = &out[2 * layer], *bias = weight + 1;
        *weight = (struct parameter){.rank = 2, .extent = {shape->heads, shape->width}, .decayed = true};
        *bias = (struct parameter){.rank = 1, .extent = {shape->heads}};
        snprintf(weight->name, sizeof weight->name, "layer%zu.gate.weight", layer);
        snprintf(bias->name, sizeof bias->name, "layer%zu.gate.bias", layer);
    }
    return 2 * shape->layers;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    bool bias = parameter % 2 == 1;
    (void)state;
    for (size_t i = 0; i < (bias ? shape->heads : shape->heads * shape->width); i++)
        w[i] = bias ? 5 : (real)(0.02 * random_normal(key, i));
}

/* x . w + b of one gate. */
static double gate(const real *x, const real *w, real bias, size_t width)
{
    double sum = (double)bias;
    for (size_t k = 0; k < width; k++)
        sum += (double)x[k] * (double)w[k];
    return sum;
}

static void token(const void *state, const real *w, const struct site *site, const real *x, double *c)
{
    const struct shape *shape = site->shape;
    const real *weight = w + site->layer * layer_size(shape), *bias = weight + shape->heads * shape->width;
    (void)state;
    for (size_t h = 0; h < shape->heads; h++) {
        double sum = 0;
        for (size_t i = 0; i < site->length; i++) {
            double z = gate(x + i * shape->width, weight + h * shape->width, bias[h], shape->width);
            sum += fmin(z, 0) - log1p(exp(-fabs(z))); /* ln sigma(z), without overflow */
            c[h * site->length + i] = sum;
        }
    }
}

static void token_backward(const void *state, const real *w, const struct site *site, const real *x,
                           const double *dc, real *dx, real *dw)
{
    const struct shape *shape = site->shape;
    size_t width = shape->width, layer = site->layer * layer_size(shape);
    const real *weight = w + layer, *bias = weight + shape->heads * width;
    real *dweight = dw + layer, *dbias = dweight + shape->heads * width;
    (void)state;
    for (size_t h = 0; h < shape->heads; h++) {
        double df = 0;
        for (size_t i = site->length; i-- > 0;) {
            double z = gate(x + i * width, weight + h * width, bias[h], width);
            df += dc[h * site->length + i]; /* f_i is part of every c from i on */
            real dz = (real)(df / (1 + exp(z)));
            for (size_t k = 0; k < width; k++) {
                dx[i * width + k] += dz * weight[h * width + k];
                dweight[h * width + k] += dz * x[i * width + k];
            }
            dbias[h] += dz;
        }
    }
}

const struct encoder encoder_forgetting = {
    .name = "forgetting",
    .summary = "a forget gate per head and token: keys fade by what came after them",
    .citation = "Lin, Nikishin, He, Courville 2025, Forgetting Transformer, arXiv:2503.02130",
    .version = 1,
    .attentions = CAUSAL,
    .axes = AXES_ANY,
    .flags = ENCODER_RELATIVE,
    .parameters = parameters,
    .initialise = initialise,
    .token = token,
    .token_backward = token_backward,
};
