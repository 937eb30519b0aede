/* sinusoidal.c -- sines and cosines of the position, added to the token embeddings.
 *
 *   P(p, 2t) = sin(p / b^(2t/D)),   P(p, 2t+1) = cos(p / b^(2t/D)),   b = 10000
 *
 * p position (any real number), D width of the model, t = 0..D/2-1; an odd D ends in a sine.
 * Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser, Polosukhin 2017, section 3.5.  Some
 * programs put all sines before all cosines: the same up to a fixed permutation of columns.
 * Angles are formed in double: in float the cosine is wrong by 6e-4 at position 16,000. */
#include <math.h>

#include "encoders/encoder.h"

struct sinusoidal {
    double base;
};

static const struct option options[] = {{"base", OPTION_REAL, offsetof(struct sinusoidal, base), "10000", 1,
                                         1e12, NULL, "the longest wavelength is 2 pi times this, in tokens"},
                                        {.name = NULL}};

static void add(const void *state, const real *w, const struct site *site, const struct positions *positions,
                real *x)
{
    const struct sinusoidal *sinusoidal = state;
    size_t width = site->shape->width;

    (void)w;
    for (size_t column = 0; column < width; column += 2) {
        double frequency = pow(sinusoidal->base, -(double)column / (double)width);
        for (size_t i = 0; i < positions->count; i++) {
            double angle = positions->at[i] * frequency;
            x[i * width + column] += (real)sin(angle);
            if (column + 1 < width)
                x[i * width + column + 1] += (real)cos(angle);
        }
    }
}

const struct encoder encoder_sinusoidal = {
    .name = "sinusoidal",
    .summary = "sines and cosines of the position, added to the token embeddings",
    .citation = "Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser, Polosukhin 2017, "
                "Attention is all you need, arXiv:1706.03762",
    .version = 1,
    .state_size = sizeof(struct sinusoidal),
    .options = options,
    .add = add,
};
