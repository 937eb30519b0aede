/* learned.c -- a learned vector per position, added to the token embeddings.
 *
 *   P(p) = E[p]   for whole p < rows;   else   (1 - f) E[r] + f E[r+1],  r = floor(p),  f = p - r
 *
 * E (rows, width), rows = L the training length: there is no row for a position never seen in training,
 * so a longer pass is refused unless a position map brings every position below L.  More rows serve
 * position maps that meet them in training (random-offset, randomised).  The blend of
 * neighbouring rows is the table interpolation of Zhu et al. 2024 (LongEmbed, section 4.2,
 * arXiv:2404.12096); beyond the last row there is no right neighbour and the last row is held, which
 * happens to the last n/L - 1 positions of an interpolated pass.
 * Gehring, Auli, Grangier, Yarats, Dauphin 2017 (the table); initial deviation 0.02 as in GPT-2. */
#include <math.h>
#include <stdio.h>

#include "encoders/encoder.h"

struct learned {
    struct length length;
    size_t rows;       /* length in tokens */
    char refusal[160]; /* the clause, ready made: hooks allocate nothing */
};

static const struct option options[] = {
    {"rows", OPTION_LENGTH, offsetof(struct learned, length), "1L", 0.001, 1e9, NULL,
     "positions that have a row, in tokens"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct learned *learned = state;
    (void)message;
    learned->rows = length_tokens(learned->length, shape->trained_length);
    snprintf(learned->refusal, sizeof learned->refusal,
             "its table has %zu rows, for positions 0 to %zu; the position maps clamp, wrap and "
             "interpolate bring all positions there",
             learned->rows, learned->rows - 1);
    return STATUS_OK;
}

static const char *refuses(const void *state, const struct site *site, const struct positions *positions)
{
    const struct learned *learned = state;
    (void)site;
    for (size_t i = 0; i < positions->count; i++)
        if (!(positions->at[i] >= 0 && positions->at[i] < (double)learned->rows))
            return learned->refusal;
    return NULL;
}

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    const struct learned *learned = state;
    if (out)
        out[0] = (struct parameter){.name = "table", .rank = 2, .extent = {learned->rows, shape->width}};
    return 1;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    const struct learned *learned = state;
    (void)parameter;
    for (size_t i = 0; i < learned->rows * shape->width; i++)
        w[i] = (real)(0.02 * random_normal(key, i));
}

/* The two rows of a position and the share of the second. */
struct blend {
    size_t left, right;
    real share;
};

static struct blend blend_of(double position, size_t rows)
{
    size_t left = (size_t)position;
    if (left + 1 >= rows)
        return (struct blend){rows - 1, rows - 1, 0};
    return (struct blend){left, left + 1, (real)(position - (double)left)};
}

static void add(const void *state, const real *w, const struct site *site, const struct positions *positions,
                real *x)
{
    const struct learned *learned = state;
    size_t width = site->shape->width;
    for (size_t i = 0; i < positions->count; i++) {
        struct blend blend = blend_of(positions->at[i], learned->rows);
        const real *left = w + blend.left * width, *right = w + blend.right * width;
        for (size_t k = 0; k < width; k++)
            x[i * width + k] += (1 - blend.share) * left[k] + blend.share * right[k];
    }
}

static void add_backward(const void *state, const real *w, const struct site *site,
                         const struct positions *positions, const real *dx, real *dw)
{
    const struct learned *learned = state;
    size_t width = site->shape->width;
    (void)w;
    for (size_t i = 0; i < positions->count; i++) {
        struct blend blend = blend_of(positions->at[i], learned->rows);
        real *left = dw + blend.left * width, *right = dw + blend.right * width;
        for (size_t k = 0; k < width; k++) {
            left[k] += (1 - blend.share) * dx[i * width + k];
            right[k] += blend.share * dx[i * width + k];
        }
    }
}

const struct encoder encoder_learned = {
    .name = "learned",
    .summary = "a learned vector per position, added to the token embeddings; no row beyond L",
    .citation = "Gehring, Auli, Grangier, Yarats, Dauphin 2017, Convolutional sequence to sequence "
                "learning, arXiv:1705.03122",
    .version = 1,
    .attentions = CAUSAL | BIDIRECTIONAL | CROSS,
    .state_size = sizeof(struct learned),
    .options = options,
    .prepare = prepare,
    .refuses = refuses,
    .parameters = parameters,
    .initialise = initialise,
    .add = add,
    .add_backward = add_backward,
};
