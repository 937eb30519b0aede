/* alibi.c -- attention with linear biases.
 *
 *   b_h(i, j) = -m_h |i - j|,   m_h = 2^(-8 (h+1) / H)   for H a power of two
 *
 * i, j positions of query and key, h = 0..H-1 the head.  Other numbers of heads take the slopes of
 * the lower power of two P, then every other slope of 2P (the authors' program).  Added after the
 * content term was divided by sqrt(d).  The paper writes -m (i - j) for causal attention, where
 * positions ascend; the absolute value keeps it a penalty when a position map makes a key's position
 * larger (wrap), and serves both directions alike (one public program adds m / 2 for keys after the
 * query).
 *
 * slopes = learned: m_h = e^(w_h), w starts at ln of the fixed slopes, one per head for all layers; the
 * exponential keeps m positive (the paper does not say how; learned ones did not extrapolate, section 3).
 * Press, Smith, Lewis 2022. */
#include <math.h>

#include "encoders/encoder.h"
#include "encoders/shared/slopes.h"

enum { SLOPES_FIXED, SLOPES_LEARNED };

struct alibi {
    int slopes;
};

static const char *const slopes_choices[] = {"fixed", "learned", NULL};

static const struct option options[] = {
    {"slopes", OPTION_CHOICE, offsetof(struct alibi, slopes), "fixed", 0, 0, slopes_choices,
     "the published slopes, or learned ones that begin there"},
    {.name = NULL},
};

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    const struct alibi *alibi = state;
    if (alibi->slopes == SLOPES_FIXED)
        return 0;
    if (out)
        out[0] = (struct parameter){.name = "slope", .rank = 1, .extent = {shape->heads}};
    return 1;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    (void)state, (void)parameter, (void)key;
    for (size_t h = 0; h < shape->heads; h++)
        w[h] = (real)log(slope_alibi(h, shape->heads));
}

static void bias(const void *state, const real *w, const struct site *site, const double *query,
                 const double *key, size_t count, real *b)
{
    const struct alibi *alibi = state;
    size_t heads = site->shape->heads;
    for (size_t h = 0; h < heads; h++) {
        double m = alibi->slopes == SLOPES_LEARNED ? exp((double)w[h]) : slope_alibi(h, heads);
        for (size_t j = 0; j < count; j++)
            b[h * count + j] = (real)(-m * fabs(*query - key[j]));
    }
}

static void bias_backward(const void *state, const real *w, const struct site *site, const double *query,
                          const double *key, size_t count, const real *db, real *dw)
{
    const struct alibi *alibi = state;
    for (size_t h = 0; h < site->shape->heads && alibi->slopes == SLOPES_LEARNED; h++) {
        double sum = 0;
        for (size_t j = 0; j < count; j++)
            sum -= (double)db[h * count + j] * fabs(*query - key[j]);
        dw[h] += (real)(sum * exp((double)w[h])); /* dm/dw = m */
    }
}

const struct encoder encoder_alibi = {
    .name = "alibi",
    .summary = "a penalty linear in the distance, with a slope per head",
    .citation = "Press, Smith, Lewis 2022, Train short, test long, arXiv:2108.12409",
    .version = 1,
    .attentions = CAUSAL | BIDIRECTIONAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct alibi),
    .options = options,
    .parameters = parameters,
    .initialise = initialise,
    .bias = bias,
    .bias_backward = bias_backward,
};
