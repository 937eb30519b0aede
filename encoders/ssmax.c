/* ssmax.c -- scalable softmax: logits grow with the logarithm of how many keys a query sees.
 *
 *   q_i -> q_i (s_h ln n_i + b_h),   n_i = i + 1
 *
 * i = 0, 1, ... place of the query, so n_i keys under causal attention; s_h, b_h learned per head and
 * layer.  softmax(s ln n z) is n^(s z) normalised: a lead of 1/s over the other logits keeps its
 * share however many keys there are.  b (shift = on) is the paper's variant that trains a little
 * faster and extrapolates worse.  The first query sees one key: its logit does not matter.
 *
 * s starts where the mean of s ln n_i over a training sequence is 1: L / ln L!.  For L = 1,024 that is
 * 0.169; programs for that length start at 0.168.  Others start at 1, six times as sharp.
 * Nakanishi 2025.  With `window` a query sees fewer keys than n_i; the formula does not know. */
#include <math.h>
#include <stdio.h>

#include "encoders/encoder.h"

struct ssmax {
    double start; /* 0 = auto */
    bool shift;
    double first; /* value of s at first */
};

static const struct option options[] = {
    {"start", OPTION_FACTOR, offsetof(struct ssmax, start), "auto", 0.001, 100, NULL,
     "first value of s; auto: L / ln L!"},
    {"shift", OPTION_BOOLEAN, offsetof(struct ssmax, shift), "off", 0, 0, NULL,
     "learn b too, which starts at 0"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct ssmax *ssmax = state;
    double trained = (double)shape->trained_length;
    if (shape->trained_length < 2)
        return message_set(message, STATUS_WRONG,
                           "ln n is 0 for all queries at L = %zu; choose a training length of at least 2",
                           shape->trained_length);
    ssmax->first = ssmax->start > 0 ? ssmax->start : trained / lgamma(trained + 1);
    return STATUS_OK;
}

/* Per layer: strength (heads), then with shift = on: shift (heads). */
static size_t arrays(const struct ssmax *ssmax)
{
    return ssmax->shift ? 2 : 1;
}

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    size_t each = arrays(state);
    for (size_t p = 0; out && p < each * shape->layers; p++) {
        out[p] = (struct parameter){.rank = 1, .extent = {shape->heads}};
        snprintf(out[p].name, sizeof out[p].name, "layer%zu.%s", p / each, p % each ? "shift" : "strength");
    }
    return each * shape->layers;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    const struct ssmax *ssmax = state;
    (void)key;
    for (size_t h = 0; h < shape->heads; h++)
        w[h] = parameter % arrays(ssmax) ? 0 : (real)ssmax->first;
}

static void scale(const void *state, const real *w, const struct site *site, size_t head,
                  const struct positions *query, real *s)
{
    const struct ssmax *ssmax = state;
    size_t heads = site->shape->heads;
    const real *own = w + site->layer * arrays(ssmax) * heads + head;
    for (size_t i = 0; i < query->count; i++)
        s[i] = own[0] * (real)log((double)i + 1) + (ssmax->shift ? own[heads] : 0);
}

static void scale_backward(const void *state, const real *w, const struct site *site, size_t head,
                           const struct positions *query, const real *ds, real *dw)
{
    const struct ssmax *ssmax = state;
    size_t heads = site->shape->heads;
    real *own = dw + site->layer * arrays(ssmax) * heads + head;
    double strength = 0, shift = 0;
    (void)w;
    for (size_t i = 0; i < query->count; i++) {
        strength += log((double)i + 1) * (double)ds[i];
        shift += (double)ds[i];
    }
    own[0] += (real)strength;
    if (ssmax->shift)
        own[heads] += (real)shift;
}

const struct encoder encoder_ssmax = {
    .name = "ssmax",
    .summary = "logits multiplied by s ln n, s learned per head, n the keys a query sees",
    .citation = "Nakanishi 2025, Scalable-softmax is superior for attention, arXiv:2501.19399",
    .version = 1,
    .attentions = CAUSAL,
    .axes = AXES_ANY,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct ssmax),
    .options = options,
    .prepare = prepare,
    .parameters = parameters,
    .initialise = initialise,
    .scale = scale,
    .scale_backward = scale_backward,
};
