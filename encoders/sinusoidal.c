/* sinusoidal.c -- sines and cosines of the position, added to the token embeddings.
 *
 *   P(p, 2t) = s S(w_t p),   P(p, 2t+1) = s C(w_t p),   t = 0..K-1,   K = D/2
 *
 * p position (any real number), D width of the model; an odd D ends in S.  Angles are formed in double: in
 * float the cosine is wrong by 6e-4 at position 16,000.
 *
 * schedule   geometric  w_t = b^(-2t/D): Vaswani et al. 2017, section 3.5, with b = 10000
 *            linear     w_t = 1 - (t/K) (1 - 1/b): from 1 down towards 1/b, where geometric goes too
 *            constant   w_t = 1/b for every t: one period
 *            article    S(b p / D^a) in every column, a = exponent.  It occurs in print,
 *                       p = sin(10000 i / d^a), for what should be the first: the column is missing from it,
 *                       so all columns are alike.  A layer normalisation takes the mean of the columns away,
 *                       and with it all of this: such a model has no positional encoder at all
 * function   sine-cosine  S = sin, C = cos
 *            triangle     S(x) = 2/pi asin(sin x), C(x) = S(x + pi/2): same period and sign, straight lines
 *            square       S(x) = 1 where sin x >= 0, else -1;  C the same of cos x
 * period     the longest period of the schedule, 2 pi b tokens, in place of the base
 * scale      fixed: s = 1;  learned: one number that starts at D^(-1/2) (scaled sinusoidal, of
 *            x-transformers)
 *
 * Some programs put all sines before all cosines: the same up to a fixed permutation of columns. */
#include <math.h>

#include "encoders/encoder.h"

enum { SINE_COSINE, TRIANGLE, SQUARE };
enum { GEOMETRIC, LINEAR, CONSTANT, ARTICLE };
enum { SCALE_FIXED, SCALE_LEARNED };

struct sinusoidal {
    double base, period, exponent; /* period: 0 = by the base */
    int function, schedule, scale;
};

static const char *const function_choices[] = {"sine-cosine", "triangle", "square", NULL};
static const char *const schedule_choices[] = {"geometric", "linear", "constant", "article", NULL};
static const char *const scale_choices[] = {"fixed", "learned", NULL};

static const struct option options[] = {
    {"base", OPTION_REAL, offsetof(struct sinusoidal, base), "10000", 1, 1e12, NULL,
     "the longest wavelength is 2 pi times this, in tokens"},
    {"period", OPTION_FACTOR, offsetof(struct sinusoidal, period), "auto", 1, 1e13, NULL,
     "the longest wavelength, in tokens, instead of a base; auto: 2 pi base"},
    {"function", OPTION_CHOICE, offsetof(struct sinusoidal, function), "sine-cosine", 0, 0, function_choices,
     "the two waves of a pair of columns"},
    {"schedule", OPTION_CHOICE, offsetof(struct sinusoidal, schedule), "geometric", 0, 0, schedule_choices,
     "how frequencies go from pair to pair"},
    {"exponent", OPTION_REAL, offsetof(struct sinusoidal, exponent), "1", -16, 16, NULL,
     "a of the schedule `article`"},
    {"scale", OPTION_CHOICE, offsetof(struct sinusoidal, scale), "fixed", 0, 0, scale_choices,
     "added as it is, or times one learned number"},
    {.name = NULL},
};

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    const struct sinusoidal *sinusoidal = state;
    (void)shape;
    if (sinusoidal->scale == SCALE_FIXED)
        return 0;
    if (out)
        out[0] = (struct parameter){.name = "scale", .rank = 1, .extent = {1}};
    return 1;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    (void)state, (void)parameter, (void)key;
    w[0] = (real)(1 / sqrt((double)shape->width));
}

/* w_t of the pair that begins at this column. */
static double frequency_of(const struct sinusoidal *sinusoidal, size_t column, size_t width)
{
    const double turn = 6.283185307179586476925286766559;
    double base = sinusoidal->period > 0 ? sinusoidal->period / turn : sinusoidal->base;
    double share = (double)column / (double)width;
    switch (sinusoidal->schedule) {
    case LINEAR:
        return 1 - share * (1 - 1 / base);
    case CONSTANT:
        return 1 / base;
    case ARTICLE:
        return base / pow((double)width, sinusoidal->exponent);
    default:
        return pow(base, -share);
    }
}

/* S, or with cosine C, of an angle. */
static double wave(int function, bool cosine, double angle)
{
    double sine = cosine ? cos(angle) : sin(angle);
    switch (function) {
    case TRIANGLE:
        return 0.63661977236758134308 * asin(sine); /* 2/pi */
    case SQUARE:
        return sine >= 0 ? 1 : -1;
    default:
        return sine;
    }
}

/* Column by column: x (count, width) gets scale * P, or with x NULL the sum of dx * P is returned. */
static double columns(const struct sinusoidal *sinusoidal, const struct positions *positions, size_t width,
                      double scale, real *x, const real *dx)
{
    double sum = 0;
    for (size_t column = 0; column < width; column++) {
        double frequency = frequency_of(sinusoidal, column - column % 2, width);
        bool cosine = column % 2 == 1 && sinusoidal->schedule != ARTICLE;
        for (size_t i = 0; i < positions->count; i++) {
            double p = wave(sinusoidal->function, cosine, positions->at[i] * frequency);
            if (x)
                x[i * width + column] += (real)(scale * p);
            else
                sum += (double)dx[i * width + column] * p;
        }
    }
    return sum;
}

static void add(const void *state, const real *w, const struct site *site, const struct positions *positions,
                real *x)
{
    const struct sinusoidal *sinusoidal = state;
    columns(sinusoidal, positions, site->shape->width, sinusoidal->scale == SCALE_LEARNED ? (double)w[0] : 1,
            x, NULL);
}

static void add_backward(const void *state, const real *w, const struct site *site,
                         const struct positions *positions, const real *dx, real *dw)
{
    const struct sinusoidal *sinusoidal = state;
    (void)w;
    if (sinusoidal->scale == SCALE_LEARNED)
        dw[0] += (real)columns(sinusoidal, positions, site->shape->width, 1, NULL, dx);
}

const struct encoder encoder_sinusoidal = {
    .name = "sinusoidal",
    .summary = "sines and cosines of the position, added to the token embeddings",
    .citation = "Vaswani, Shazeer, Parmar, Uszkoreit, Jones, Gomez, Kaiser, Polosukhin 2017, "
                "Attention is all you need, arXiv:1706.03762",
    .version = 1,
    .attentions = CAUSAL | BIDIRECTIONAL | CROSS,
    .state_size = sizeof(struct sinusoidal),
    .options = options,
    .parameters = parameters,
    .initialise = initialise,
    .add = add,
    .add_backward = add_backward,
};
