/* dape.c -- a small network, over heads, from logits and biases to a further bias: data-adaptive positions.
 *
 *   logit = A + B + f(A, B),   f = W2 a(W1 [A, B] + b1) + b2,   2H -> hidden -> H,  a(x) = max(x, 0.01 x)
 *
 * A (H) the content terms of a pair of query and key, divided by sqrt(d), B (H) the biases of the other
 * components: `alibi + dape`, `kerple-log + dape`, `fire + dape`.  One f per layer; W and b start uniform in
 * +-1/sqrt(inputs), as linear layers of the program do.  Zheng, Gao, Shi, Huang, Li, Xiong, Ren, Ng,
 * Jiang, Li, Li 2024.
 *
 * kernel = 3 is DAPE-V2 (Zheng, Gao, Shi, Xiong, Sun, Li, Huang, Ren, Ng, Jiang, Li, Li 2024): both layers
 * are convolutions of 1 x 3 over the keys of a row.  A, B count as zero after the query (the program's tril),
 * or it would see the future.  Hidden units after the query count as zero too: in the program the first
 * of them is not, except in the last row, so that its rows depend on what follows. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "encoders/encoder.h"

enum { FIRST_WEIGHT, FIRST_BIAS, SECOND_WEIGHT, SECOND_BIAS, PARAMETERS };

struct dape {
    size_t hidden, kernel;
};

static const struct option options[] = {
    {"hidden", OPTION_SIZE, offsetof(struct dape, hidden), "32", 1, 4096, NULL,
     "hidden units of the network"},
    {"kernel", OPTION_SIZE, offsetof(struct dape, kernel), "1", 1, 63, NULL,
     "keys that it sees at once, an odd number: 1 DAPE, 3 DAPE-V2"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    const struct dape *dape = state;
    (void)shape;
    if (dape->kernel % 2 == 0)
        return message_set(message, STATUS_WRONG,
                           "kernel is %zu; it is an odd number, as many keys on either side", dape->kernel);
    return STATUS_OK;
}

/* Weights are (kernel, inputs, outputs). */
static struct parameter parameter_of(const struct dape *dape, const struct shape *shape, size_t kind)
{
    const struct parameter kinds[PARAMETERS] = {
        {.rank = 3, .extent = {dape->kernel, 2 * shape->heads, dape->hidden}, .decayed = true},
        {.rank = 1, .extent = {dape->hidden}},
        {.rank = 3, .extent = {dape->kernel, dape->hidden, shape->heads}, .decayed = true},
        {.rank = 1, .extent = {shape->heads}},
    };
    return kinds[kind];
}

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    static const char *const names[PARAMETERS] = {"first.weight", "first.bias", "second.weight",
                                                  "second.bias"};
    for (size_t p = 0; out && p < PARAMETERS * shape->layers; p++) {
        out[p] = parameter_of(state, shape, p % PARAMETERS);
        snprintf(out[p].name, sizeof out[p].name, "layer%zu.%s", p / PARAMETERS, names[p % PARAMETERS]);
    }
    return PARAMETERS * shape->layers;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    const struct dape *dape = state;
    struct parameter kind = parameter_of(dape, shape, parameter % PARAMETERS);
    size_t inputs = dape->kernel * (parameter % PARAMETERS < SECOND_WEIGHT ? 2 * shape->heads : dape->hidden);
    size_t count = kind.rank == 1 ? kind.extent[0] : kind.extent[0] * kind.extent[1] * kind.extent[2];
    for (size_t i = 0; i < count; i++)
        w[i] = (real)((2 * random_uniform(key, i) - 1) / sqrt((double)inputs));
}

/* One convolution, its parameters, and their gradient where it is wanted. */
struct layer {
    size_t kernel, inputs, outputs;
    const real *weight, *bias;
    real *dweight, *dbias;
};

static void layers_of(struct layer out[2], const struct dape *dape, const struct site *site, const real *w,
                      real *dw)
{
    size_t kernel = dape->kernel, heads = site->shape->heads, hidden = dape->hidden;
    size_t first = kernel * 2 * heads * hidden, second = kernel * hidden * heads;
    size_t at = site->layer * (first + hidden + second + heads);
    out[0] = (struct layer){kernel, 2 * heads, hidden, w + at, w + at + first, NULL, NULL};
    out[1] = (struct layer){kernel, hidden, heads, w + at + first + hidden, w + at + first + hidden + second,
                            NULL,   NULL};
    for (size_t l = 0; dw && l < 2; l++) {
        out[l].dweight = dw + (out[l].weight - w);
        out[l].dbias = dw + (out[l].bias - w);
    }
}

/* Keys j for which key j + offset of a convolution lies in 0..seen-1. */
static void overlap(size_t *first, size_t *end, const struct layer *layer, size_t k, size_t seen)
{
    size_t half = layer->kernel / 2, before = k < half ? half - k : 0, after = k > half ? k - half : 0;
    *first = before < seen ? before : seen;
    *end = after < seen ? seen - after : 0;
    if (*end < *first)
        *end = *first;
}

/* out (outputs, seen) = bias + sum_k in (inputs, seen) moved by k - kernel/2; rows are `stride` apart. */
static void convolve(real *out, const struct layer *layer, const real *in, size_t seen, size_t stride)
{
    size_t half = layer->kernel / 2, first, end;
    for (size_t o = 0; o < layer->outputs; o++)
        for (size_t j = 0; j < seen; j++)
            out[o * stride + j] = layer->bias[o];
    for (size_t k = 0; k < layer->kernel; k++) {
        overlap(&first, &end, layer, k, seen);
        for (size_t i = 0; i < layer->inputs; i++)
            for (size_t o = 0; o < layer->outputs; o++) {
                real weight = layer->weight[(k * layer->inputs + i) * layer->outputs + o];
                real *to = out + o * stride;
                const real *from = in + i * stride;
                for (size_t j = first; j < end; j++)
                    to[j] += weight * from[j + k - half];
            }
    }
}

/* din (inputs, seen), written; adds to the gradients of weight and bias. */
static void convolve_backward(real *din, const struct layer *layer, const real *in, const real *dout,
                              size_t seen, size_t stride)
{
    size_t half = layer->kernel / 2, first, end;
    for (size_t i = 0; i < layer->inputs; i++)
        memset(din + i * stride, 0, seen * sizeof *din);
    for (size_t o = 0; o < layer->outputs; o++)
        for (size_t j = 0; j < seen; j++)
            layer->dbias[o] += dout[o * stride + j];
    for (size_t k = 0; k < layer->kernel; k++) {
        overlap(&first, &end, layer, k, seen);
        for (size_t i = 0; i < layer->inputs; i++)
            for (size_t o = 0; o < layer->outputs; o++) {
                size_t at = (k * layer->inputs + i) * layer->outputs + o;
                real weight = layer->weight[at], sum = 0;
                const real *g = dout + o * stride, *from = in + i * stride;
                real *to = din + i * stride;
                for (size_t j = first; j < end; j++) {
                    sum += g[j] * from[j + k - half];
                    to[j + k - half] += weight * g[j];
                }
                layer->dweight[at] += sum;
            }
    }
}

/* Of one query: A and B (2 heads, keys), hidden before and after the activation, and gradients of them. */
struct row {
    real *in, *before, *after, *out; /* (2H), (hidden), (hidden), (H), each of `keys` */
};

static struct row row_of(const struct dape *dape, const struct site *site, size_t keys, void *scratch)
{
    struct row row = {.in = scratch};
    row.before = row.in + 2 * site->shape->heads * keys;
    row.after = row.before + dape->hidden * keys;
    row.out = row.after + dape->hidden * keys;
    return row;
}

static size_t row_size(const struct dape *dape, const struct site *site, size_t keys)
{
    return (3 * site->shape->heads + 2 * dape->hidden) * keys;
}

static size_t strip_scratch(const void *state, const struct site *site, size_t rows, size_t keys)
{
    (void)rows;
    return 2 * row_size(state, site, keys) * sizeof(real); /* values and gradients of one row */
}

static void forward(struct row *row, const struct layer layers[2], const real *content, const real *bias,
                    size_t seen, size_t keys, size_t stride)
{
    size_t heads = layers[1].outputs;
    for (size_t h = 0; h < heads; h++) {
        memcpy(row->in + h * keys, content + h * stride, seen * sizeof(real));
        memcpy(row->in + (heads + h) * keys, bias + h * stride, seen * sizeof(real));
    }
    convolve(row->before, &layers[0], row->in, seen, keys);
    for (size_t u = 0; u < layers[0].outputs; u++)
        for (size_t j = 0; j < seen; j++) {
            real x = row->before[u * keys + j];
            row->after[u * keys + j] = x > 0 ? x : (real)0.01 * x;
        }
    convolve(row->out, &layers[1], row->after, seen, keys);
}

static void strip(const void *state, const real *w, const struct site *site, const struct strip *strip)
{
    size_t keys = strip->key->count, stride = strip->rows * keys;
    struct row row = row_of(state, site, keys, strip->scratch);
    struct layer layers[2];
    layers_of(layers, state, site, w, NULL);
    for (size_t r = 0; r < strip->rows; r++) {
        size_t at = r * keys, seen = strip->first + r + 1 < keys ? strip->first + r + 1 : keys;
        forward(&row, layers, strip->content + at, strip->bias + at, seen, keys, stride);
        for (size_t h = 0; h < site->shape->heads; h++, at += stride) {
            for (size_t j = 0; j < seen; j++)
                strip->logits[at + j] = strip->content[at + j] + strip->bias[at + j] + row.out[h * keys + j];
            for (size_t j = seen; j < keys; j++)
                strip->logits[at + j] = 0;
        }
    }
}

static void strip_backward(const void *state, const real *w, const struct site *site,
                           const struct strip *strip, real *dw)
{
    size_t keys = strip->key->count, stride = strip->rows * keys, heads = site->shape->heads;
    struct row row = row_of(state, site, keys, strip->scratch);
    struct row d = row_of(state, site, keys, (real *)strip->scratch + row_size(state, site, keys));
    struct layer layers[2];
    layers_of(layers, state, site, w, dw);
    for (size_t r = 0; r < strip->rows; r++) {
        size_t at = r * keys, seen = strip->first + r + 1 < keys ? strip->first + r + 1 : keys;
        forward(&row, layers, strip->content + at, strip->bias + at, seen, keys, stride);
        for (size_t h = 0; h < heads; h++)
            memcpy(d.out + h * keys, strip->dlogits + at + h * stride, seen * sizeof(real));
        convolve_backward(d.after, &layers[1], row.after, d.out, seen, keys);
        for (size_t u = 0; u < layers[0].outputs; u++)
            for (size_t j = 0; j < seen; j++)
                d.before[u * keys + j] =
                    d.after[u * keys + j] * (row.before[u * keys + j] > 0 ? 1 : (real)0.01);
        convolve_backward(d.in, &layers[0], row.in, d.before, seen, keys);
        for (size_t h = 0; h < heads; h++, at += stride) {
            for (size_t j = 0; j < seen; j++) {
                strip->dcontent[at + j] = strip->dlogits[at + j] + d.in[h * keys + j];
                strip->dbias[at + j] = strip->dlogits[at + j] + d.in[(heads + h) * keys + j];
            }
            for (size_t j = seen; j < keys; j++)
                strip->dcontent[at + j] = strip->dbias[at + j] = 0;
        }
    }
}

const struct encoder encoder_dape = {
    .name = "dape",
    .summary = "a network over heads that adapts the biases of other encoders to the content terms",
    .citation =
        "Zheng, Gao, Shi, Huang, Li, Xiong, Ren, Ng, Jiang, Li, Li 2024, DAPE: Data-adaptive positional "
        "encoding for length extrapolation, arXiv:2405.14722; DAPE V2, arXiv:2410.04798",
    .version = 1,
    .attentions = CAUSAL,
    .axes = AXES_ANY,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct dape),
    .options = options,
    .prepare = prepare,
    .parameters = parameters,
    .initialise = initialise,
    .strip_scratch = strip_scratch,
    .strip = strip,
    .strip_backward = strip_backward,
};
