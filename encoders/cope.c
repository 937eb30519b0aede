/* cope.c -- contextual position encoding: positions count what the content says to count.
 *
 *   g_it = sigma(a_it),   p_ij = min(g_ij + g_i,j+1 + ... + g_ii,  npos - 1)
 *   z_i[r] = s q_i . e[r],   z_ij = (1 - f) z_i[floor p_ij] + f z_i[ceil p_ij],  f = p_ij - floor p_ij
 *   logit_ij = a_ij + b_ij + z_ij
 *
 * a content term (q_i . k_j / sqrt(d)), b the biases of other components, e (npos, head_width) per
 * layer, shared by its heads, zero at first.  divide = on: s = 1/sqrt(d), (q.k + q.e)/sqrt(d), the
 * authors' default; off: s = 1, their --cope-nodiv and other programs.
 * Golovneva, Wang, Weston, Sukhbaatar 2024.
 *
 * npos: the authors' program takes the block length + 1, hence 1L; the row that is missing here
 * would need L gates that are all 1.  The position map plays no part: this encoder makes its own
 * positions.  p grows from the query backwards, so a key's position needs all keys after it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "encoders/encoder.h"

struct cope {
    struct length npos;
    bool divide;
    size_t rows; /* npos in tokens */
};

static const struct option options[] = {
    {"npos", OPTION_LENGTH, offsetof(struct cope, npos), "1L", 0.001, 1e9, NULL,
     "rows of the table: contextual positions end at npos - 1"},
    {"divide", OPTION_BOOLEAN, offsetof(struct cope, divide), "on", 0, 0, NULL,
     "divide the positional term by sqrt(head width) too"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct cope *cope = state;
    (void)message;
    cope->rows = length_tokens(cope->npos, shape->trained_length);
    return STATUS_OK;
}

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    const struct cope *cope = state;
    for (size_t layer = 0; out && layer < shape->layers; layer++) {
        out[layer] = (struct parameter){.rank = 2, .extent = {cope->rows, shape->head_width}};
        snprintf(out[layer].name, sizeof out[layer].name, "layer%zu.table", layer);
    }
    return shape->layers;
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    const struct cope *cope = state;
    (void)parameter, (void)key;
    for (size_t i = 0; i < cope->rows * shape->head_width; i++)
        w[i] = 0;
}

static double sigmoid(double x)
{
    double e = exp(-fabs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/* One query of one head. */
struct row {
    const real *q, *e;        /* (width), (rows, width) */
    size_t width, rows, seen; /* seen: keys 0..seen-1 are not after the query */
    double factor;            /* s */
    double *term;             /* (rows) z_i, of which the first `known` are worked out */
    size_t known;
};

/* A key's place between two rows of the table. */
struct place {
    size_t low, high;
    double share;
};

/* Where position p falls; works out z_i up to there (p only grows along a row). */
static struct place place_of(struct row *row, double p)
{
    double last = (double)(row->rows - 1), clamped = p < last ? p : last;
    struct place place = {.low = (size_t)clamped};
    place.high = place.low + 1 < row->rows ? place.low + 1 : place.low;
    place.share = clamped - (double)place.low;
    for (; row->known <= place.high; row->known++) {
        const real *e = row->e + row->known * row->width;
        double sum = 0;
        for (size_t k = 0; k < row->width; k++)
            sum += (double)row->q[k] * (double)e[k];
        row->term[row->known] = row->factor * sum;
    }
    return place;
}

static struct row row_of(const struct cope *cope, const real *w, const struct site *site, const real *q,
                         size_t head, size_t query, size_t keys, double *term)
{
    size_t width = site->shape->head_width;
    return (struct row){
        .q = q + (head * site->length + query) * width,
        .e = w + site->layer * cope->rows * width,
        .width = width,
        .rows = cope->rows,
        .seen = query + 1 < keys ? query + 1 : keys,
        .factor = cope->divide ? 1 / sqrt((double)width) : 1,
        .term = term,
    };
}

static size_t strip_scratch(const void *state, const struct site *site, size_t rows, size_t keys)
{
    const struct cope *cope = state;
    (void)site, (void)rows;
    return (2 * cope->rows + keys) * sizeof(double); /* z, dz, dp of one row */
}

static void strip(const void *state, const real *w, const struct site *site, const struct strip *strip)
{
    size_t keys = strip->key->count;
    for (size_t r = 0; r < site->shape->heads * strip->rows; r++) {
        struct row row = row_of(state, w, site, strip->q, r / strip->rows, strip->first + r % strip->rows,
                                keys, strip->scratch);
        const real *a = strip->content + r * keys, *b = strip->bias + r * keys;
        double p = 0;
        for (size_t j = row.seen; j-- > 0;) {
            p += sigmoid((double)a[j]);
            struct place place = place_of(&row, p);
            double low = row.term[place.low], high = row.term[place.high];
            strip->logits[r * keys + j] = a[j] + b[j] + (real)(low + place.share * (high - low));
        }
        for (size_t j = row.seen; j < keys; j++)
            strip->logits[r * keys + j] = 0;
    }
}

/* Writes da and db (keys) from dl (keys); adds to dz (rows), which was zero. */
static void row_backward(real *da, real *db, double *dz, double *dp, struct row *row, const real *a,
                         const real *dl, size_t keys)
{
    double p = 0, dgate = 0;
    for (size_t j = row->seen; j-- > 0;) {
        p += sigmoid((double)a[j]);
        struct place place = place_of(row, p);
        double g = (double)dl[j];
        dz[place.low] += (1 - place.share) * g;
        dz[place.high] += place.share * g;
        /* At the clamp low = high: the difference, and with it dp, is 0. */
        dp[j] = (row->term[place.high] - row->term[place.low]) * g;
    }
    /* Gate t is part of p_ij for every j <= t. */
    for (size_t j = 0; j < row->seen; j++) {
        double gate = sigmoid((double)a[j]);
        dgate += dp[j];
        da[j] = dl[j] + (real)(dgate * gate * (1 - gate));
        db[j] = dl[j];
    }
    for (size_t j = row->seen; j < keys; j++)
        da[j] = db[j] = 0;
}

static void strip_backward(const void *state, const real *w, const struct site *site,
                           const struct strip *strip, real *dw)
{
    const struct cope *cope = state;
    size_t keys = strip->key->count;
    double *term = strip->scratch, *dz = term + cope->rows, *dp = dz + cope->rows;
    for (size_t r = 0; r < site->shape->heads * strip->rows; r++) {
        struct row row =
            row_of(cope, w, site, strip->q, r / strip->rows, strip->first + r % strip->rows, keys, term);
        real *dq_row = strip->dq + (row.q - strip->q), *de = dw + (row.e - w);
        memset(dz, 0, cope->rows * sizeof *dz);
        row_backward(strip->dcontent + r * keys, strip->dbias + r * keys, dz, dp, &row,
                     strip->content + r * keys, strip->dlogits + r * keys, keys);
        for (size_t n = 0; n < row.known; n++) {
            real g = (real)(row.factor * dz[n]);
            for (size_t i = 0; i < row.width; i++) {
                dq_row[i] += g * row.e[n * row.width + i];
                de[n * row.width + i] += g * row.q[i];
            }
        }
    }
}

const struct encoder encoder_cope = {
    .name = "cope",
    .summary = "positions that count gates between query and key, looked up in a learned table",
    .citation = "Golovneva, Wang, Weston, Sukhbaatar 2024, Contextual position encoding, arXiv:2405.18719",
    .version = 1,
    .attentions = CAUSAL,
    .axes = AXES_ANY,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct cope),
    .options = options,
    .prepare = prepare,
    .parameters = parameters,
    .initialise = initialise,
    .strip_scratch = strip_scratch,
    .strip = strip,
    .strip_backward = strip_backward,
};
