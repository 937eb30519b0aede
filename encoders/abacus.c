/* abacus.c -- a learned vector per place of a digit in its number, added to the token embeddings.
 *
 *   P(p) = E[p],   p = 0 for tokens that are no digits, else place of the digit (from 1) + k
 *
 * E (rows, width); the position map `coupling` makes p from the marks of the dataset and draws k, uniform
 * in 0..99 for a whole batch in training and 0 at evaluation: positions = coupling(draw=batch).  Under
 * another map p is that map's position.  Numbers are written with the lowest digit first.
 * McLeish, Bansal, Stein, Jain, Kirchenbauer, Bartoldson, Kailkhura, Bhatele, Geiping, Schwarzschild,
 * Goldstein 2024.
 *
 * rows: 1,024 in the authors' program, at sequences of about 63 tokens (two numbers of 20 digits and their
 * sum), hence 16L.  E starts normal with deviation 0.02, as learned.c (the program leaves it at 1).  A
 * digit whose place lies beyond the table takes its last row: which places a length brings is known only
 * when the example is there. */
#include <math.h>

#include "encoders/encoder.h"

struct abacus {
    struct length length;
    size_t rows; /* length in tokens */
};

static const struct option options[] = {
    {"rows", OPTION_LENGTH, offsetof(struct abacus, length), "16L", 0.001, 1e9, NULL,
     "rows of the table: places of digits and their offset"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct abacus *abacus = state;
    (void)message;
    abacus->rows = length_tokens(abacus->length, shape->trained_length);
    return STATUS_OK;
}

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    const struct abacus *abacus = state;
    if (out)
        out[0] = (struct parameter){.name = "table", .rank = 2, .extent = {abacus->rows, shape->width}};
    return 1;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    const struct abacus *abacus = state;
    (void)parameter;
    for (size_t i = 0; i < abacus->rows * shape->width; i++)
        w[i] = (real)(0.02 * random_normal(key, i));
}

/* The row of a position: the nearest of the table. */
static size_t row_of(const struct abacus *abacus, double position)
{
    double last = (double)(abacus->rows - 1);
    return (size_t)fmin(fmax(floor(position + 0.5), 0), last);
}

static void add(const void *state, const real *w, const struct site *site, const struct positions *positions,
                real *x)
{
    size_t width = site->shape->width;
    for (size_t i = 0; i < positions->count; i++) {
        const real *row = w + row_of(state, positions->at[i]) * width;
        for (size_t k = 0; k < width; k++)
            x[i * width + k] += row[k];
    }
}

static void add_backward(const void *state, const real *w, const struct site *site,
                         const struct positions *positions, const real *dx, real *dw)
{
    size_t width = site->shape->width;
    (void)w;
    for (size_t i = 0; i < positions->count; i++) {
        real *row = dw + row_of(state, positions->at[i]) * width;
        for (size_t k = 0; k < width; k++)
            row[k] += dx[i * width + k];
    }
}

const struct encoder encoder_abacus = {
    .name = "abacus",
    .summary = "a learned vector per place of a digit in its number, added to the token embeddings",
    .citation = "McLeish, Bansal, Stein, Jain, Kirchenbauer, Bartoldson, Kailkhura, Bhatele, Geiping, "
                "Schwarzschild, Goldstein 2024, Transformers can do arithmetic with the right embeddings, "
                "arXiv:2405.17399",
    .version = 1,
    .attentions = CAUSAL | BIDIRECTIONAL | CROSS,
    .state_size = sizeof(struct abacus),
    .options = options,
    .prepare = prepare,
    .parameters = parameters,
    .initialise = initialise,
    .add = add,
    .add_backward = add_backward,
};
