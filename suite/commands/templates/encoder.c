/* NAME.c -- one line: what it does.
 *
 *   b_h(i, j) = -s_h |i - j| / u,   i, j positions of query and key, h the head, u the unit
 *
 * The formula in full, each symbol, where the paper is followed and where not, errata included.
 * This template is a complete encoder: each head learns how much a key loses with its distance.
 * Take out what your method does not need; encoders/encoder.h is the contract, and
 * encoders/README.md says which hook does what and which file is nearest to your method. */
#include <math.h>

#include "encoders/encoder.h"

/* The options, and what prepare() derives from them.  Copied by memcpy: no pointers into itself. */
struct settings {
    double start;
    struct length unit; /* tokens, or a fraction of L: `0.5L` */
    double tokens;      /* the unit, in tokens */
};

/* One row is the parser, the default, the range, the help text and a line in every result. */
static const struct option options[] = {
    {"start", OPTION_REAL, offsetof(struct settings, start), "0.1", -100, 100, NULL,
     "s of every head before training"},
    {"unit", OPTION_LENGTH, offsetof(struct settings, unit), "1L", 0.001, 1e9, NULL,
     "the distance, in tokens, that costs s"},
    {.name = NULL},
};

/* Once, before anything else: what hooks need, worked out.  Refuse what can't be with a sentence:
 * return message_set(message, STATUS_WRONG, "what is wrong; what would be right"). */
static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct settings *settings = state;
    (void)message;
    settings->tokens = (double)length_tokens(settings->unit, shape->trained_length);
    return STATUS_OK;
}

/* The learned numbers: how many arrays, and (out not NULL) which.  One slope per head, the same in
 * all layers. */
static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    (void)state;
    if (out)
        out[0] = (struct parameter){.name = "slope", .rank = 1, .extent = {shape->heads}};
    return 1;
}

/* Before training.  A random start takes its numbers from the key: random_normal(key, index). */
static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    const struct settings *settings = state;
    (void)parameter, (void)key;
    for (size_t h = 0; h < shape->heads; h++)
        w[h] = (real)settings->start;
}

/* Distances in double: positions may be fractions, and large. */
static double cost(const struct settings *settings, double query, double key)
{
    return -fabs(query - key) / settings->tokens;
}

/* b(heads, count): written, not added.  w: the first of our parameters. */
static void bias(const void *state, const real *w, const struct site *site, const double *query,
                 const double *key, size_t count, real *b)
{
    const struct settings *settings = state;
    for (size_t h = 0; h < site->shape->heads; h++)
        for (size_t j = 0; j < count; j++)
            b[h * count + j] = w[h] * (real)cost(settings, *query, key[j]);
}

/* db(heads, count) is given; gradients of w add.  The tests compare it with differences of bias(). */
static void bias_backward(const void *state, const real *w, const struct site *site, const double *query,
                          const double *key, size_t count, const real *db, real *dw)
{
    const struct settings *settings = state;
    (void)w;
    for (size_t h = 0; h < site->shape->heads; h++)
        for (size_t j = 0; j < count; j++)
            dw[h] += (real)cost(settings, *query, key[j]) * db[h * count + j];
}

const struct encoder encoder_SYMBOL = {
    .name = "NAME",
    .summary = "a penalty linear in the distance, with a learned slope per head",
    .citation = "names year, title, where it stands",
    .version = 1,                         /* raise it whenever results may change */
    .attentions = CAUSAL | BIDIRECTIONAL, /* |query - key|: keys on both sides alike */
    .flags = ENCODER_RELATIVE,            /* logits see positions through differences alone */
    .state_size = sizeof(struct settings),
    .options = options,
    .prepare = prepare,
    .parameters = parameters,
    .initialise = initialise,
    .bias = bias,
    .bias_backward = bias_backward,
};
