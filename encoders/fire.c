/* fire.c -- functional interpolation for relative positions.
 *
 *   b_h(i, j) = f_h( psi(i - j) / (psi(max(i, T)) + 1e-6) ),   psi(x) = ln(|c x| + 1)
 *   f(x) = W2 relu(W1 x + b1) + b2,   1 -> hidden -> heads,   T = |m T0|
 *
 * i, j positions of query and key; c (starts at 0.1) bends the distances, the threshold T (m starts
 * at 1) keeps early queries from being stretched; the quotient lies in [0, 1] at every length.  Not
 * relative: it sees i.  psi with the absolute value and the small number in the denominator are the
 * authors' program's; the paper prints ln(c x + 1).  Li, You, Guruganesh, Ainslie, Ontanon, Zaheer,
 * Sanghai, Yang, Kumar, Bhojanapalli 2023.
 *
 * threshold: the program's T0 = 512 at the paper's L = 2,048, hence 0.25L.  Every layer has its own
 * f, c, m; shared = on is the paper's FIRE-S.  W and b start uniform in +-1/sqrt(inputs), as linear
 * layers of the program do.  Keys are worked through in blocks, so hidden needs no scratch. */
#include <math.h>
#include <stdio.h>

#include "encoders/encoder.h"

enum { FIRST_WEIGHT, FIRST_BIAS, SECOND_WEIGHT, SECOND_BIAS, CURVE, THRESHOLD, PARAMETERS };
enum { BLOCK = 64 };

struct fire {
    size_t hidden;
    struct length threshold;
    bool shared;
    double start; /* T0, in tokens */
};

static const struct option options[] = {
    {"hidden", OPTION_SIZE, offsetof(struct fire, hidden), "32", 1, 4096, NULL,
     "hidden units of the function of the normalised distance"},
    {"threshold", OPTION_LENGTH, offsetof(struct fire, threshold), "0.25L", 0.001, 1e9, NULL,
     "T0: queries before this position, in tokens, are normalised by it (then learned)"},
    {"shared", OPTION_BOOLEAN, offsetof(struct fire, shared), "off", 0, 0, NULL,
     "one function for all layers (FIRE-S) instead of one per layer"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct fire *fire = state;
    (void)message;
    fire->start = (double)length_tokens(fire->threshold, shape->trained_length);
    return STATUS_OK;
}

/* One layer's parameters, one after the other in the order of the enumeration above. */
static const struct parameter kinds[PARAMETERS] = {
    {.name = "first.weight", .decayed = true},
    {.name = "first.bias"},
    {.name = "second.weight", .decayed = true},
    {.name = "second.bias"},
    {.name = "curve"},
    {.name = "threshold"},
};

static size_t extent(const struct fire *fire, const struct shape *shape, size_t kind)
{
    const size_t extents[PARAMETERS] = {
        fire->hidden, fire->hidden, shape->heads * fire->hidden, shape->heads, 1, 1};
    return extents[kind];
}

static size_t offset(const struct fire *fire, const struct site *site, size_t kind)
{
    size_t before = fire->shared ? 0 : site->layer * PARAMETERS, sum = 0;
    for (size_t p = 0; p < before + kind; p++)
        sum += extent(fire, site->shape, p % PARAMETERS);
    return sum;
}

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    const struct fire *fire = state;
    size_t count = PARAMETERS * (fire->shared ? 1 : shape->layers);
    for (size_t p = 0; out && p < count; p++) {
        size_t kind = p % PARAMETERS;
        out[p] = kinds[kind];
        out[p].rank = kind == SECOND_WEIGHT ? 2 : 1;
        out[p].extent[0] = kind == SECOND_WEIGHT ? shape->heads : extent(fire, shape, kind);
        out[p].extent[1] = kind == SECOND_WEIGHT ? fire->hidden : 0;
        if (!fire->shared)
            snprintf(out[p].name, sizeof out[p].name, "layer%zu.%s", p / PARAMETERS, kinds[kind].name);
    }
    return count;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    const struct fire *fire = state;
    size_t kind = parameter % PARAMETERS;
    double bound = kind < SECOND_WEIGHT ? 1 : 1 / sqrt((double)fire->hidden);
    for (size_t i = 0; i < extent(fire, shape, kind); i++)
        w[i] = kind == CURVE       ? (real)0.1
               : kind == THRESHOLD ? 1
                                   : (real)(bound * (2 * random_uniform(key, i) - 1));
}

/* The normalisation of one query, and what its gradient needs. */
struct normaliser {
    double curve, edge, psi;  /* c, max(i, T), psi(edge) + 1e-6 */
    double edge_by_threshold; /* d edge / d m */
};

static struct normaliser normaliser_of(const struct fire *fire, const real *w, double query)
{
    double curve = (double)w[0], multiplier = (double)w[1], threshold = fabs(multiplier * fire->start);
    struct normaliser out = {.curve = curve, .edge = fmax(query, threshold)};
    out.psi = log1p(fabs(curve * out.edge)) + 1e-6;
    if (threshold > query)
        out.edge_by_threshold = copysign(fire->start, multiplier);
    return out;
}

static void bias(const void *state, const real *w, const struct site *site, const double *query,
                 const double *key, size_t count, real *b)
{
    const struct fire *fire = state;
    const real *first = w + offset(fire, site, FIRST_WEIGHT), *first_bias = first + fire->hidden;
    const real *second = first_bias + fire->hidden, *second_bias = second + site->shape->heads * fire->hidden;
    struct normaliser by = normaliser_of(fire, w + offset(fire, site, CURVE), *query);
    size_t heads = site->shape->heads;
    real x[BLOCK], unit[BLOCK];
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t keys = count - start < BLOCK ? count - start : BLOCK;
        for (size_t j = 0; j < keys; j++)
            x[j] = (real)(log1p(fabs(by.curve * (*query - key[start + j]))) / by.psi);
        for (size_t h = 0; h < heads; h++)
            for (size_t j = 0; j < keys; j++)
                b[h * count + start + j] = second_bias[h];
        for (size_t u = 0; u < fire->hidden; u++) {
            for (size_t j = 0; j < keys; j++) {
                real before = first[u] * x[j] + first_bias[u];
                unit[j] = before > 0 ? before : 0;
            }
            for (size_t h = 0; h < heads; h++)
                for (size_t j = 0; j < keys; j++)
                    b[h * count + start + j] += second[h * fire->hidden + u] * unit[j];
        }
    }
}

/* dx (keys) of one block, written; adds to the gradients of both layers of f. */
static void block_backward(real *dx, real *dw, const real *w, const real *x, const real *db, size_t count,
                           size_t keys, size_t heads, size_t hidden)
{
    const real *first = w, *first_bias = first + hidden, *second = first_bias + hidden;
    real *dfirst = dw, *dfirst_bias = dfirst + hidden, *dsecond = dfirst_bias + hidden;
    real *dsecond_bias = dsecond + heads * hidden;
    for (size_t j = 0; j < keys; j++)
        dx[j] = 0;
    for (size_t h = 0; h < heads; h++)
        for (size_t j = 0; j < keys; j++)
            dsecond_bias[h] += db[h * count + j];
    for (size_t u = 0; u < hidden; u++) {
        for (size_t j = 0; j < keys; j++) {
            real unit = first[u] * x[j] + first_bias[u], dunit = 0;
            if (!(unit > 0))
                continue;
            for (size_t h = 0; h < heads; h++) {
                dsecond[h * hidden + u] += db[h * count + j] * unit;
                dunit += db[h * count + j] * second[h * hidden + u];
            }
            dfirst[u] += dunit * x[j];
            dfirst_bias[u] += dunit;
            dx[j] += dunit * first[u];
        }
    }
}

static void bias_backward(const void *state, const real *w, const struct site *site, const double *query,
                          const double *key, size_t count, const real *db, real *dw)
{
    const struct fire *fire = state;
    size_t layer = offset(fire, site, FIRST_WEIGHT), last = offset(fire, site, CURVE);
    struct normaliser by = normaliser_of(fire, w + last, *query);
    double sign = by.curve < 0 ? -1 : 1, dcurve = 0, dpsi = 0;
    real x[BLOCK], dx[BLOCK];
    for (size_t start = 0; start < count; start += BLOCK) {
        size_t keys = count - start < BLOCK ? count - start : BLOCK;
        for (size_t j = 0; j < keys; j++)
            x[j] = (real)(log1p(fabs(by.curve * (*query - key[start + j]))) / by.psi);
        block_backward(dx, dw + layer, w + layer, x, db + start, count, keys, site->shape->heads,
                       fire->hidden);
        for (size_t j = 0; j < keys; j++) {
            double distance = fabs(*query - key[start + j]);
            dcurve += (double)dx[j] / by.psi * sign * distance / (1 + fabs(by.curve) * distance);
            dpsi -= (double)(dx[j] * x[j]) / by.psi;
        }
    }
    dcurve += dpsi * sign * fabs(by.edge) / (1 + fabs(by.curve * by.edge));
    dw[last] += (real)dcurve;
    dw[last + 1] += (real)(dpsi * fabs(by.curve) / (1 + fabs(by.curve * by.edge)) * by.edge_by_threshold);
}

const struct encoder encoder_fire = {
    .name = "fire",
    .summary = "a learned function of the distance divided by the query's position, both in logarithms",
    .citation = "Li, You, Guruganesh, Ainslie, Ontanon, Zaheer, Sanghai, Yang, Kumar, Bhojanapalli 2023, "
                "FIRE, arXiv:2310.04418",
    .version = 1,
    .attentions = CAUSAL,
    .state_size = sizeof(struct fire),
    .options = options,
    .prepare = prepare,
    .parameters = parameters,
    .initialise = initialise,
    .bias = bias,
    .bias_backward = bias_backward,
};
