/* temperature.c -- logits multiplied by a number, one for all or learned per head.
 *
 *   q -> q m_h
 *
 * learned = off: m = value everywhere, for evaluation: a model without positions reads further when
 * its logits are multiplied by a little more than 1 (1.2 carries the authors' from 2,048 to 4,096 tokens).
 * learned = on: m_h per head and layer, starting at value.  The paper (HeadScale) tunes these numbers
 * alone, after the training; in a training from scratch the other weights can learn the same.
 * m is the inverse of a temperature.
 * Wang, Ji, Wu, Yan, Gui, Zhang, Huang, Wang 2024. */
#include <stdio.h>

#include "encoders/encoder.h"

struct temperature {
    double value;
    bool learned;
};

static const struct option options[] = {
    {"value", OPTION_REAL, offsetof(struct temperature, value), "1", 0.001, 1000, NULL,
     "m, or what it starts from: logits are multiplied by it"},
    {"learned", OPTION_BOOLEAN, offsetof(struct temperature, learned), "on", 0, 0, NULL,
     "one m per head and layer, learned, or the value for all"},
    {.name = NULL},
};

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    const struct temperature *temperature = state;
    if (!temperature->learned)
        return 0;
    for (size_t layer = 0; out && layer < shape->layers; layer++) {
        out[layer] = (struct parameter){.rank = 1, .extent = {shape->heads}};
        snprintf(out[layer].name, sizeof out[layer].name, "layer%zu.multiplier", layer);
    }
    return shape->layers;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    const struct temperature *temperature = state;
    (void)parameter, (void)key;
    for (size_t h = 0; h < shape->heads; h++)
        w[h] = (real)temperature->value;
}

static void scale(const void *state, const real *w, const struct site *site, size_t head,
                  const struct positions *query, real *s)
{
    const struct temperature *temperature = state;
    real m = temperature->learned ? w[site->layer * site->shape->heads + head] : (real)temperature->value;
    for (size_t i = 0; i < query->count; i++)
        s[i] = m;
}

static void scale_backward(const void *state, const real *w, const struct site *site, size_t head,
                           const struct positions *query, const real *ds, real *dw)
{
    const struct temperature *temperature = state;
    double sum = 0;
    (void)w;
    for (size_t i = 0; i < query->count; i++)
        sum += (double)ds[i];
    if (temperature->learned)
        dw[site->layer * site->shape->heads + head] += (real)sum;
}

const struct encoder encoder_temperature = {
    .name = "temperature",
    .summary = "logits multiplied by a number, given or learned per head",
    .citation = "Wang, Ji, Wu, Yan, Gui, Zhang, Huang, Wang 2024, Length generalization of causal "
                "transformers without position encoding, arXiv:2404.12224",
    .version = 1,
    .attentions = CAUSAL | BIDIRECTIONAL | CROSS,
    .axes = AXES_ANY,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct temperature),
    .options = options,
    .parameters = parameters,
    .initialise = initialise,
    .scale = scale,
    .scale_backward = scale_backward,
};
