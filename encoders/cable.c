/* cable.c -- biases that the tokens themselves decide, accumulated along the sequence.
 *
 *   logit_ij = q_i . k_j + c_i - c_j,   c_i = f_0 + ... + f_i,   f_t = -softplus(x_t . w_h + b_h)
 *
 * x_t (width) the input of the attention; w_h (starts normal, deviation 0.02), b_h (starts at 0) per head
 * and layer.  With f_t = ln sigma(-(x_t . w_h + b_h)) it is the forget gate of forgetting.c with its sign
 * turned and another beginning: at b = 0 a key loses ln 2 with every token.
 *
 * divide: the authors' program divides by sqrt(width / width) = 1, so its content term has no
 * 1/sqrt(head width) (divide = off); on is the usual attention.  c is summed in double.  The position map
 * plays no part.  Veisi, Amirzadeh, Mansourian 2025. */
#include <math.h>
#include <stdio.h>

#include "encoders/encoder.h"

struct cable {
    bool divide;
};

static const struct option options[] = {
    {"divide", OPTION_BOOLEAN, offsetof(struct cable, divide), "off", 0, 0, NULL,
     "divide the content term by sqrt(head width)"},
    {.name = NULL},
};

/* Per layer: fade.weight (heads, width), then fade.bias (heads). */
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
        snprintf(weight->name, sizeof weight->name, "layer%zu.fade.weight", layer);
        snprintf(bias->name, sizeof bias->name, "layer%zu.fade.bias", layer);
    }
    return 2 * shape->layers;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    bool bias = parameter % 2 == 1;
    (void)state;
    for (size_t i = 0; i < (bias ? shape->heads : shape->heads * shape->width); i++)
        w[i] = bias ? 0 : (real)(0.02 * random_normal(key, i));
}

/* x . w + b */
static double fade(const real *x, const real *w, real bias, size_t width)
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
            double z = fade(x + i * shape->width, weight + h * shape->width, bias[h], shape->width);
            sum -= fmax(z, 0) + log1p(exp(-fabs(z))); /* softplus(z), without overflow */
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
            double z = fade(x + i * width, weight + h * width, bias[h], width);
            df += dc[h * site->length + i]; /* f_i is part of every c from i on */
            real dz = (real)(-df / (1 + exp(-z)));
            for (size_t k = 0; k < width; k++) {
                dx[i * width + k] += dz * weight[h * width + k];
                dweight[h * width + k] += dz * x[i * width + k];
            }
            dbias[h] += dz;
        }
    }
}

static void scale(const void *state, const real *w, const struct site *site, size_t head,
                  const struct positions *query, real *s)
{
    const struct cable *cable = state;
    (void)w, (void)head;
    for (size_t i = 0; i < query->count; i++)
        s[i] = cable->divide ? 1 : (real)sqrt((double)site->shape->head_width);
}

/* The scale has no weights. */
static void scale_backward(const void *state, const real *w, const struct site *site, size_t head,
                           const struct positions *query, const real *ds, real *dw)
{
    (void)state, (void)w, (void)site, (void)head, (void)query, (void)ds, (void)dw;
}

const struct encoder encoder_cable = {
    .name = "cable",
    .summary = "a bias that each token adds to, accumulated along the sequence; content not divided",
    .citation =
        "Veisi, Amirzadeh, Mansourian 2025, Context-aware biases for length extrapolation, arXiv:2503.08067",
    .version = 1,
    .attentions = CAUSAL,
    .axes = AXES_ANY,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct cable),
    .options = options,
    .parameters = parameters,
    .initialise = initialise,
    .scale = scale,
    .scale_backward = scale_backward,
    .token = token,
    .token_backward = token_backward,
};
