/* gates.c -- a running sum of gates, in double: it falls without end while the differences stay small. */
#include "encoders/shared/gates.h"

#include <math.h>
#include <stdio.h>

static size_t layer_size(const struct shape *shape)
{
    return shape->heads * (shape->width + 1);
}

size_t gates_parameters(const char *name, const struct shape *shape, struct parameter *out)
{
    for (size_t layer = 0; out && layer < shape->layers; layer++) {
        struct parameter *weight = &out[2 * layer], *bias = weight + 1;
        *weight = (struct parameter){.rank = 2, .extent = {shape->heads, shape->width}, .decayed = true};
        *bias = (struct parameter){.rank = 1, .extent = {shape->heads}};
        snprintf(weight->name, sizeof weight->name, "layer%zu.%s.weight", layer, name);
        snprintf(bias->name, sizeof bias->name, "layer%zu.%s.bias", layer, name);
    }
    return 2 * shape->layers;
}

void gates_initialise(double bias, const struct shape *shape, size_t parameter, struct key key, real *w)
{
    const bool is_bias = parameter % 2 == 1;
    for (size_t i = 0; i < (is_bias ? shape->heads : shape->heads * shape->width); i++)
        w[i] = (real)(is_bias ? bias : 0.02 * random_normal(key, i));
}

/* x . w + b */
static double opening(const real *x, const real *w, real bias, size_t width)
{
    double sum = (double)bias;
    for (size_t k = 0; k < width; k++)
        sum += (double)x[k] * (double)w[k];
    return sum;
}

void gates_sum(double sign, const real *w, const struct site *site, const real *x, double *c)
{
    const struct shape *shape = site->shape;
    const real *weight = w + site->layer * layer_size(shape), *bias = weight + shape->heads * shape->width;
    for (size_t h = 0; h < shape->heads; h++) {
        double sum = 0;
        for (size_t i = 0; i < site->length; i++) {
            const double z =
                sign * opening(x + i * shape->width, weight + h * shape->width, bias[h], shape->width);
            sum += fmin(z, 0) - log1p(exp(-fabs(z))); /* ln sigma(z), without overflow */
            c[h * site->length + i] = sum;
        }
    }
}

void gates_sum_backward(double sign, const real *w, const struct site *site, const real *x, const double *dc,
                        real *dx, real *dw)
{
    const struct shape *shape = site->shape;
    const size_t width = shape->width, layer = site->layer * layer_size(shape);
    const real *weight = w + layer, *bias = weight + shape->heads * width;
    real *dweight = dw + layer, *dbias = dweight + shape->heads * width;
    for (size_t h = 0; h < shape->heads; h++) {
        double df = 0;
        for (size_t i = site->length; i-- > 0;) {
            const double z = sign * opening(x + i * width, weight + h * width, bias[h], width);
            df += dc[h * site->length + i]; /* f_i is part of every c from i on */
            const real dz = (real)(sign * df / (1 + exp(z)));
            for (size_t k = 0; k < width; k++) {
                dx[i * width + k] += dz * weight[h * width + k];
                dweight[h * width + k] += dz * x[i * width + k];
            }
            dbias[h] += dz;
        }
    }
}
