/* alibi.c -- attention with linear biases.
 *
 *   b_h(i, j) = -m_h |i - j|,   m_h = 2^(-8 (h+1) / H)   for H a power of two
 *
 * i, j positions of query and key, h = 0..H-1 the head.  Other numbers of heads take the slopes of
 * the lower power of two P, then every other slope of 2P (the authors' program).  Added after the
 * content term was divided by sqrt(d); slopes are fixed: learned ones did not extrapolate (section
 * 3).  The paper writes -m (i - j) for causal attention, where positions ascend; the absolute value
 * keeps it a penalty when a position map makes a key's position larger (wrap).
 * Press, Smith, Lewis 2022. */
#include <math.h>

#include "encoders/encoder.h"

static double slope(size_t head, size_t heads)
{
    size_t power = 1;

    while (2 * power <= heads)
        power *= 2;
    if (head < power)
        return exp2(-8.0 * (double)(head + 1) / (double)power);
    return exp2(-8.0 * (double)(2 * (head - power) + 1) / (double)(2 * power));
}

static void bias(const void *state, const real *w, const struct site *site, const double *query,
                 const double *key, size_t count, real *b)
{
    size_t heads = site->shape->heads;

    (void)state, (void)w;
    for (size_t h = 0; h < heads; h++) {
        double m = slope(h, heads);
        for (size_t j = 0; j < count; j++)
            b[h * count + j] = (real)(-m * fabs(*query - key[j]));
    }
}

const struct encoder encoder_alibi = {
    .name = "alibi",
    .summary = "a penalty linear in the distance, with a fixed slope per head",
    .citation = "Press, Smith, Lewis 2022, Train short, test long, arXiv:2108.12409",
    .version = 1,
    .flags = ENCODER_RELATIVE,
    .bias = bias,
};
