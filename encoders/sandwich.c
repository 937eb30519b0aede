/* sandwich.c -- the inner product of sinusoidal position vectors, as a bias.
 *
 *   b_h(i, j) = H / (8 h) sum_t (cos((i - j) 10000^(-2t/D)) - 1),   t = 0..D/2-1,  h = 1..H
 *
 * i, j positions of query and key, D = 128 the width of the vectors, not of the model.  The sum of
 * cosines is p_i . p_j of sinusoidal.c; the -1 makes the bias 0 at distance 0 and never positive, as the
 * authors' program does (it subtracts D/2); a constant changes no softmax.  Nothing is learned.
 * Chi, Fan, Rudnicky, Ramadge 2023, appendix E.  One public copy forgets the cosine and
 * begins at t = 1: it is a penalty linear in the distance, not this. */
#include <math.h>

#include "encoders/encoder.h"

struct sandwich {
    size_t width;
    double base;
};

static const struct option options[] = {
    {"width", OPTION_SIZE, offsetof(struct sandwich, width), "128", 2, 65536, NULL,
     "D: width of the sinusoidal vectors; half as many cosines are summed"},
    {"base", OPTION_REAL, offsetof(struct sandwich, base), "10000", 1, 1e12, NULL,
     "the longest wavelength is about 2 pi times this, in tokens"},
    {.name = NULL},
};

static void bias(const void *state, const real *w, const struct site *site, const double *query,
                 const double *key, size_t count, real *b)
{
    const struct sandwich *sandwich = state;
    size_t heads = site->shape->heads, pairs = sandwich->width / 2;
    double step = pow(sandwich->base, -2.0 / (double)sandwich->width);
    (void)w;
    for (size_t j = 0; j < count; j++) {
        double sum = 0, angle = *query - key[j];
        for (size_t t = 0; t < pairs; t++, angle *= step)
            sum += cos(angle) - 1;
        for (size_t h = 0; h < heads; h++)
            b[h * count + j] = (real)(sum * (double)heads / (8 * ((double)h + 1)));
    }
}

const struct encoder encoder_sandwich = {
    .name = "sandwich",
    .summary = "the inner product of sinusoidal vectors as a bias, with a fixed strength per head",
    .citation =
        "Chi, Fan, Rudnicky, Ramadge 2023, Dissecting Transformer length extrapolation via the lens of "
        "receptive field analysis, arXiv:2212.10356",
    .version = 1,
    .attentions = CAUSAL | BIDIRECTIONAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct sandwich),
    .options = options,
    .bias = bias,
};
