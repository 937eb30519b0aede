/* kerple-log.c -- a penalty on the logarithm of the distance, both of its numbers learned.
 *
 *   b_h(i, j) = -r1 ln(1 + r2 |i - j|),   r1, r2 > 0 per head
 *
 * i, j positions of query and key.  r1 starts uniform in 0..2, r2 in 0..1; one pair per head serves all
 * layers, as in the authors' program (others have a pair for each layer).  Chi, Fan, Ramadge, Rudnicky
 * 2022 (the logarithmic kernel).
 *
 * floor: the program moves a weight below 0.01 back to 0.01 before every use.  A hook does not write
 * weights, so here r = floor + |w - floor|: the same range, and a weight at the floor can leave it.
 * floor = 0 takes it away. */
#include <math.h>

#include "encoders/encoder.h"
#include "encoders/shared/slopes.h"

struct kerple {
    double floor;
};

static const struct option options[] = {
    {"floor", OPTION_REAL, offsetof(struct kerple, floor), "0.01", 0, 1, NULL,
     "r1 and r2 are kept at or above this"},
    {.name = NULL},
};

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    (void)state;
    if (out) {
        out[0] = (struct parameter){.name = "strength", .rank = 1, .extent = {shape->heads}};
        out[1] = (struct parameter){.name = "rate", .rank = 1, .extent = {shape->heads}};
    }
    return 2;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    (void)state;
    for (size_t h = 0; h < shape->heads; h++)
        w[h] = (real)((parameter == 0 ? 2 : 1) * random_uniform(key, h));
}

static void bias(const void *state, const real *w, const struct site *site, const double *query,
                 const double *key, size_t count, real *b)
{
    const struct kerple *kerple = state;
    size_t heads = site->shape->heads;
    double change;
    for (size_t h = 0; h < heads; h++) {
        double strength = slope_above(&change, kerple->floor, w[h]);
        double rate = slope_above(&change, kerple->floor, w[heads + h]);
        for (size_t j = 0; j < count; j++)
            b[h * count + j] = (real)(-strength * log1p(rate * fabs(*query - key[j])));
    }
}

static void bias_backward(const void *state, const real *w, const struct site *site, const double *query,
                          const double *key, size_t count, const real *db, real *dw)
{
    const struct kerple *kerple = state;
    size_t heads = site->shape->heads;
    double strength_change, rate_change;
    for (size_t h = 0; h < heads; h++) {
        double strength = slope_above(&strength_change, kerple->floor, w[h]);
        double rate = slope_above(&rate_change, kerple->floor, w[heads + h]);
        double dstrength = 0, drate = 0;
        for (size_t j = 0; j < count; j++) {
            double distance = fabs(*query - key[j]), g = (double)db[h * count + j];
            dstrength -= g * log1p(rate * distance);
            drate -= g * strength * distance / (1 + rate * distance);
        }
        dw[h] += (real)(strength_change * dstrength);
        dw[heads + h] += (real)(rate_change * drate);
    }
}

const struct encoder encoder_kerple_log = {
    .name = "kerple-log",
    .summary = "a penalty on the logarithm of the distance, strength and rate learned per head",
    .citation =
        "Chi, Fan, Ramadge, Rudnicky 2022, KERPLE: Kernelized relative positional embedding for length "
        "extrapolation, arXiv:2205.09921",
    .version = 1,
    .attentions = CAUSAL | BIDIRECTIONAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct kerple),
    .options = options,
    .parameters = parameters,
    .initialise = initialise,
    .bias = bias,
    .bias_backward = bias_backward,
};
