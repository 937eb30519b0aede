/* attention_statistics.c -- rows of attention, from the definition in attention.h, one query after the other. */
#include "kernels/attention_statistics.h"

#include <math.h>
#include <string.h>

struct row { /* (heads, keys) each */
    real *content, *bias, *logits;
    size_t query, spans;
    struct attention_span span[ATTENTION_SPANS];
};

size_t attention_statistics_scratch(size_t heads, size_t keys)
{
    return 3 * heads * keys;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Content and bias of the keys in sight; zero elsewhere. */
static void fill_row(struct row *row, const struct attention *attention)
{
    size_t n = attention->keys, i = row->query;
    memset(row->content, 0, attention->heads * n * sizeof(real));
    memset(row->bias, 0, attention->heads * n * sizeof(real));
    for (size_t s = 0; s < row->spans; s++) {
        const struct attention_span *span = &row->span[s];
        unsigned plane = span->plane;
        for (size_t j = span->first; attention->bias && j < span->end; j += ATTENTION_KEYS)
            attention->bias(attention->context, plane, i, j, smaller(span->end - j, ATTENTION_KEYS),
                            row->bias + j, n);
        for (size_t h = 0; h < attention->heads; h++)
            for (size_t j = span->first; j < span->end; j++) {
                double written = (double)row->bias[h * n + j];
                row->content[h * n + j] = (real)attention_content_of(attention, h, i, j, plane);
                row->bias[h * n + j] = (real)attention_bias_of(attention, written, h, i, j, plane);
            }
    }
}

/* The strips take their turns, as in the definition: what one gives is content to the next. */
static void finish_row(struct row *row, const struct attention *attention)
{
    size_t size = attention->heads * attention->keys;
    for (size_t i = 0; i < size; i++)
        row->logits[i] = row->content[i] + row->bias[i];
    for (size_t k = 0; k < attention->strips; k++) {
        attention->strip(attention->context, k, row->query, 1, row->content, row->bias, row->logits);
        memcpy(row->content, row->logits, size * sizeof(real));
        memset(row->bias, 0, size * sizeof(real));
    }
}

static void add_head(struct attention_statistics *out, const struct row *row,
                     const struct attention *attention, const real *logits)
{
    double highest = -INFINITY, sum = 0, weighted = 0, distance = 0, first = 0;
    double place = (double)(attention->first_query + row->query);
    for (size_t s = 0; s < row->spans; s++)
        for (size_t j = row->span[s].first; j < row->span[s].end; j++)
            highest = fmax(highest, (double)logits[j]);
    if (!(highest > -INFINITY))
        return; /* it sees no key */
    for (size_t s = 0; s < row->spans; s++)
        for (size_t j = row->span[s].first; j < row->span[s].end; j++) {
            double below = (double)logits[j] - highest, p = exp(below);
            sum += p;
            weighted += p > 0 ? p * below : 0;
            distance += attention->mask == ATTENTION_CROSS ? 0 : p * fabs(place - (double)j);
            first += j == 0 ? p : 0;
        }
    out->entropy += log(sum) - weighted / sum;
    out->distance += distance / sum;
    out->first += first / sum;
    out->queries++;
}

void attention_statistics_add(struct attention_statistics *out, const struct attention *attention,
                              real *scratch)
{
    size_t n = attention->queries, size = attention->heads * attention->keys;
    size_t step = (n + ATTENTION_STATISTICS_QUERIES - 1) / ATTENTION_STATISTICS_QUERIES;
    struct row row = {.content = scratch, .bias = scratch + size, .logits = scratch + 2 * size};
    for (row.query = (n - 1) % step; row.query < n; row.query += step) {
        row.spans = attention_spans(attention, row.query, row.span);
        fill_row(&row, attention);
        finish_row(&row, attention);
        for (size_t h = 0; h < attention->heads; h++)
            add_head(out, &row, attention, row.logits + h * attention->keys);
    }
}
