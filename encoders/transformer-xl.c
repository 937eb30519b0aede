/* transformer-xl.c -- relative positions by a projected sinusoid of the distance, and two learned vectors.
 *
 *   logit_ij = (q_i . k_j + u . k_j + (q_i + v) . W R(i - j)) / sqrt(d)
 *   R(x) = [sin(x w_t), cos(x w_t)],   w_t = 10000^(-2t/D),  t = 0..D/2-1
 *
 * i, j positions of query and key, d head width, D width of the model; u, v (heads, d) are shared by all
 * layers (the program's default), W (d, D) is per head and layer; all start normal, deviation 0.02.
 * Dai, Yang, Yang, Carbonell, Le, Salakhutdinov 2019, section 3.3.  The first term is the content term.
 *
 * Programs differ in the index of R: in one of them it is n - 1 - distance, so that results depend on the
 * length; another stops at a distance of 1,000.  Here it is the distance, whatever it is.
 *
 * Computed without a vector per pair: with a = W^T (q_i + v), sin((i-j) w) = sin(i w) cos(j w) -
 * cos(i w) sin(j w) and its like, a . R(i - j) = y_i . R(j), where y_i is a turned by the query's angles. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "encoders/encoder.h"

static size_t pairs_of(const struct shape *shape)
{
    return shape->width / 2;
}

/* content_bias u (heads, d), position_bias v (heads, d), then per layer W (heads, d, 2 pairs). */
static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    (void)state;
    if (out) {
        out[0] = (struct parameter){
            .name = "content_bias", .rank = 2, .extent = {shape->heads, shape->head_width}};
        out[1] = out[0];
        snprintf(out[1].name, sizeof out[1].name, "position_bias");
    }
    for (size_t layer = 0; out && layer < shape->layers; layer++) {
        out[2 + layer] = (struct parameter){
            .rank = 3, .extent = {shape->heads, shape->head_width, 2 * pairs_of(shape)}, .decayed = true};
        snprintf(out[2 + layer].name, sizeof out->name, "layer%zu.projection", layer);
    }
    return 2 + shape->layers;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    size_t count = shape->heads * shape->head_width * (parameter < 2 ? 1 : 2 * pairs_of(shape));
    (void)state;
    for (size_t i = 0; i < count; i++)
        w[i] = (real)(0.02 * random_normal(key, i));
}

/* Where things lie: weights of this layer's heads, the table and the scratch of a strip. */
struct places {
    size_t width, pairs;                  /* d, D/2 */
    size_t content, position, projection; /* u, v, W of head 0 */
    const double *frequency;              /* (pairs) w_t */
    const real *sine, *cosine;            /* R(j) of keys: (pairs, keys) each */
    real *y, *dy;                         /* (2 pairs) */
    double *a;                            /* (2 pairs) */
};

static struct places places_of(const struct site *site, const struct strip *strip)
{
    const struct shape *shape = site->shape;
    size_t vectors = shape->heads * shape->head_width, keys = strip->key->count;
    struct places at = {.width = shape->head_width, .pairs = pairs_of(shape), .position = vectors};
    at.projection = 2 * vectors + site->layer * vectors * 2 * at.pairs;
    at.frequency = strip->table;
    at.sine = (const real *)(at.frequency + at.pairs);
    at.cosine = at.sine + at.pairs * keys;
    at.a = strip->scratch;
    at.y = (real *)(at.a + 2 * at.pairs);
    at.dy = at.y + 2 * at.pairs;
    return at;
}

static size_t strip_scratch(const void *state, const struct site *site, size_t rows, size_t keys)
{
    (void)state, (void)rows, (void)keys;
    return pairs_of(site->shape) * (2 * sizeof(double) + 4 * sizeof(real));
}

static size_t strip_table(const void *state, const struct site *site, size_t keys)
{
    (void)state;
    return pairs_of(site->shape) * (sizeof(double) + 2 * keys * sizeof(real));
}

/* The frequencies, then sines and cosines of all keys. */
static void strip_begin(const void *state, const struct site *site, const struct positions *query,
                        const struct positions *key, void *table)
{
    size_t pairs = pairs_of(site->shape);
    double *frequency = table;
    real *sine = (real *)(frequency + pairs), *cosine = sine + pairs * key->count;
    (void)state, (void)query;
    for (size_t t = 0; t < pairs; t++) {
        frequency[t] = pow(10000, -2 * (double)t / (double)site->shape->width);
        for (size_t j = 0; j < key->count; j++) {
            sine[t * key->count + j] = (real)sin(key->at[j] * frequency[t]);
            cosine[t * key->count + j] = (real)cos(key->at[j] * frequency[t]);
        }
    }
}

/* a = W^T (q + v), then y: with s, c of the query's angle,
 * y_sin = s a_cos - c a_sin, y_cos = s a_sin + c a_cos. */
static void query_wave(struct places *at, const real *w, size_t head, const real *q, double position)
{
    const real *v = w + at->position + head * at->width;
    const real *projection = w + at->projection + head * at->width * 2 * at->pairs;
    for (size_t t = 0; t < 2 * at->pairs; t++)
        at->a[t] = 0;
    for (size_t e = 0; e < at->width; e++)
        for (size_t t = 0; t < 2 * at->pairs; t++)
            at->a[t] += ((double)q[e] + (double)v[e]) * (double)projection[e * 2 * at->pairs + t];
    for (size_t t = 0; t < at->pairs; t++) {
        double angle = position * at->frequency[t], s = sin(angle), c = cos(angle);
        at->y[t] = (real)(s * at->a[at->pairs + t] - c * at->a[t]);
        at->y[at->pairs + t] = (real)(s * at->a[t] + c * at->a[at->pairs + t]);
    }
}

/* terms (seen) = u . k_j + y . R(j) */
static void terms_of(real *terms, const struct places *at, const real *u, const real *k, size_t seen,
                     size_t keys)
{
    for (size_t j = 0; j < seen; j++) {
        real sum = 0;
        for (size_t e = 0; e < at->width; e++)
            sum += u[e] * k[j * at->width + e];
        terms[j] = sum;
    }
    for (size_t t = 0; t < at->pairs; t++) {
        const real *sine = at->sine + t * keys, *cosine = at->cosine + t * keys;
        for (size_t j = 0; j < seen; j++)
            terms[j] += at->y[t] * sine[j] + at->y[at->pairs + t] * cosine[j];
    }
}

static void strip(const void *state, const real *w, const struct site *site, const struct strip *strip)
{
    size_t keys = strip->key->count;
    struct places at = places_of(site, strip);
    real factor = (real)(1 / sqrt((double)at.width));
    (void)state;
    for (size_t r = 0; r < site->shape->heads * strip->rows; r++) {
        size_t head = r / strip->rows, i = strip->first + r % strip->rows, seen = i + 1 < keys ? i + 1 : keys;
        real *row = strip->logits + r * keys;
        query_wave(&at, w, head, strip->q + (head * site->length + i) * at.width, strip->query->at[i]);
        terms_of(row, &at, w + at.content + head * at.width, strip->k + head * site->length * at.width, seen,
                 keys);
        for (size_t j = 0; j < seen; j++)
            row[j] = strip->content[r * keys + j] + strip->bias[r * keys + j] + factor * row[j];
        for (size_t j = seen; j < keys; j++)
            row[j] = 0;
    }
}

/* From g (seen), the gradient of the terms: adds to du and dk, and writes dy. */
static void terms_backward(real *du, real *dk, struct places *at, const real *u, const real *k, const real *g,
                           real factor, size_t seen, size_t keys)
{
    for (size_t j = 0; j < seen; j++)
        for (size_t e = 0; e < at->width; e++) {
            du[e] += factor * g[j] * k[j * at->width + e];
            dk[j * at->width + e] += factor * g[j] * u[e];
        }
    for (size_t t = 0; t < at->pairs; t++) {
        real sine = 0, cosine = 0;
        for (size_t j = 0; j < seen; j++) {
            sine += g[j] * at->sine[t * keys + j];
            cosine += g[j] * at->cosine[t * keys + j];
        }
        at->dy[t] = factor * sine;
        at->dy[at->pairs + t] = factor * cosine;
    }
}

/* From dy: da, and from it the gradients of q, v and W. */
static void query_backward(real *dq, real *dw, struct places *at, const real *w, size_t head, const real *q,
                           double position)
{
    size_t v = at->position + head * at->width,
           projection = at->projection + head * at->width * 2 * at->pairs;
    for (size_t t = 0; t < at->pairs; t++) {
        double angle = position * at->frequency[t], s = sin(angle), c = cos(angle);
        double sine = (double)at->dy[t], cosine = (double)at->dy[at->pairs + t];
        at->a[t] = s * cosine - c * sine;
        at->a[at->pairs + t] = s * sine + c * cosine;
    }
    for (size_t e = 0; e < at->width; e++) {
        double sum = 0, input = (double)q[e] + (double)w[v + e];
        for (size_t t = 0; t < 2 * at->pairs; t++) {
            size_t place = projection + e * 2 * at->pairs + t;
            sum += at->a[t] * (double)w[place];
            dw[place] += (real)(at->a[t] * input);
        }
        dq[e] += (real)sum;
        dw[v + e] += (real)sum;
    }
}

static void strip_backward(const void *state, const real *w, const struct site *site,
                           const struct strip *strip, real *dw)
{
    size_t keys = strip->key->count;
    struct places at = places_of(site, strip);
    real factor = (real)(1 / sqrt((double)at.width));
    (void)state;
    for (size_t r = 0; r < site->shape->heads * strip->rows; r++) {
        size_t head = r / strip->rows, i = strip->first + r % strip->rows, seen = i + 1 < keys ? i + 1 : keys;
        size_t keys_at = head * site->length * at.width, query_at = keys_at + i * at.width;
        size_t content_at = at.content + head * at.width;
        const real *g = strip->dlogits + r * keys;
        terms_backward(dw + content_at, strip->dk + keys_at, &at, w + content_at, strip->k + keys_at, g,
                       factor, seen, keys);
        query_backward(strip->dq + query_at, dw, &at, w, head, strip->q + query_at, strip->query->at[i]);
        for (size_t j = 0; j < keys; j++)
            strip->dcontent[r * keys + j] = strip->dbias[r * keys + j] = j < seen ? g[j] : 0;
    }
}

const struct encoder encoder_transformer_xl = {
    .name = "transformer-xl",
    .summary = "a projected sinusoid of the distance and two learned vectors, against query and key",
    .citation = "Dai, Yang, Yang, Carbonell, Le, Salakhutdinov 2019, Transformer-XL, arXiv:1901.02860",
    .version = 1,
    .attentions = CAUSAL,
    .flags = ENCODER_RELATIVE,
    .parameters = parameters,
    .initialise = initialise,
    .strip_scratch = strip_scratch,
    .strip_table = strip_table,
    .strip_begin = strip_begin,
    .strip = strip,
    .strip_backward = strip_backward,
};
