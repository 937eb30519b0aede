/* t5.c -- a learned bias per bucket of distances.
 *
 *   b_h(i, j) = B[h][bucket(i - j)];  for whole distances n >= 0, E = buckets / 2:
 *   bucket(n) = n                                                    for n < E
 *             = E + floor(ln(n/E) / ln(D/E) (buckets - E))           else, at most buckets - 1
 *
 * B (heads, buckets) is shared by all layers; buckets = 32; D = 128, the distance from which all
 * fall into the last bucket.  Causal rule: keys after the query would count as n = 0.  T5 itself
 * adds B as it is; two other programs multiply it by sqrt(head width), which scale = on does.  Raffel et
 * al. 2020, section 2.1.
 *
 * distance defaults to 128 tokens, not to the paper's ratio 0.25L (128 at L = 512): the buckets
 * below E are tokens, not fractions, so at L = 64 a quarter would end at 16 = E and leave half of
 * the buckets empty.  A fraction can be asked for; at most E is refused.  What a default of 128
 * means at L <= 113: the last buckets are first met, untrained, beyond L.
 *
 * B starts at zero: no distance is preferred before data speak, and the first step is that of no
 * encoder; public programs differ here. */
#include <math.h>

#include "encoders/encoder.h"

struct t5 {
    size_t buckets;
    struct length distance;
    bool scale;
    double per_log; /* buckets per unit of ln(n/E) */
    real factor;    /* of B */
};

static const struct option options[] = {
    {"buckets", OPTION_SIZE, offsetof(struct t5, buckets), "32", 2, 4096, NULL,
     "learned biases per head; the first half stands for single distances"},
    {"distance", OPTION_LENGTH, offsetof(struct t5, distance), "128", 0.001, 1e9, NULL,
     "distance, in tokens, from which all share the last bucket; more than buckets / 2"},
    {"scale", OPTION_BOOLEAN, offsetof(struct t5, scale), "off", 0, 0, NULL,
     "multiply the biases by sqrt(head width)"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct t5 *t5 = state;
    size_t exact = t5->buckets / 2, distance = length_tokens(t5->distance, shape->trained_length);
    if (distance <= exact)
        return message_set(message, STATUS_WRONG,
                           "distance is %zu tokens at L = %zu, but the first %zu of %zu buckets stand for "
                           "single distances; choose distance of at least %zu, or fewer buckets",
                           distance, shape->trained_length, exact, t5->buckets, exact + 1);
    t5->per_log = (double)(t5->buckets - exact) / log((double)distance / (double)exact);
    t5->factor = t5->scale ? (real)sqrt((double)shape->head_width) : 1;
    return STATUS_OK;
}

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    const struct t5 *t5 = state;
    if (out)
        out[0] = (struct parameter){.name = "bias", .rank = 2, .extent = {shape->heads, t5->buckets}};
    return 1;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    const struct t5 *t5 = state;
    (void)parameter, (void)key;
    for (size_t i = 0; i < shape->heads * t5->buckets; i++)
        w[i] = 0;
}

/* The small additions keep a distance that is whole but for rounding (positions p/s or shifted),
 * and a logarithm that is, in the bucket where exact arithmetic puts it. */
static size_t bucket(const struct t5 *t5, double distance)
{
    double n = floor(fmax(distance, 0) + 1e-6), further;
    size_t exact = t5->buckets / 2;
    if (n < (double)exact)
        return (size_t)n;
    further = floor(log(n / (double)exact) * t5->per_log + 1e-9);
    return exact + (size_t)fmin(further, (double)(t5->buckets - exact - 1));
}

static void bias(const void *state, const real *w, const struct site *site, const double *query,
                 const double *key, size_t count, real *b)
{
    const struct t5 *t5 = state;
    for (size_t j = 0; j < count; j++) {
        size_t column = bucket(t5, *query - key[j]);
        for (size_t h = 0; h < site->shape->heads; h++)
            b[h * count + j] = t5->factor * w[h * t5->buckets + column];
    }
}

static void bias_backward(const void *state, const real *w, const struct site *site, const double *query,
                          const double *key, size_t count, const real *db, real *dw)
{
    const struct t5 *t5 = state;
    (void)w;
    for (size_t j = 0; j < count; j++) {
        size_t column = bucket(t5, *query - key[j]);
        for (size_t h = 0; h < site->shape->heads; h++)
            dw[h * t5->buckets + column] += t5->factor * db[h * count + j];
    }
}

const struct encoder encoder_t5 = {
    .name = "t5",
    .summary = "a learned bias per head and bucket of distances, buckets growing with distance",
    .citation = "Raffel, Shazeer, Roberts, Lee, Narang, Matena, Zhou, Li, Liu 2020, arXiv:1910.10683",
    .version = 1,
    .attentions = CAUSAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct t5),
    .options = options,
    .prepare = prepare,
    .parameters = parameters,
    .initialise = initialise,
    .bias = bias,
    .bias_backward = bias_backward,
};
