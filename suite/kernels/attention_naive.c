/* attention_naive.c -- attention straight from its definition, one (queries, keys) matrix per head. */
#include <math.h>
#include <string.h>

#include "kernels/attention.h"
#include "support/buffers.h"

/* The plane in which query i sees key j; -1 = masked. */
static int visible(const struct attention *attention, size_t i, size_t j)
{
    struct attention_span span[ATTENTION_SPANS];
    size_t count;
    if (!attention->spans)
        return attention->mask == ATTENTION_CAUSAL && j > attention->first_query + i ? -1 : 0;
    count = attention->spans(attention->context, i, attention->keys, span);
    for (size_t s = 0; s < count; s++)
        if (span[s].first <= j && j < span[s].end)
            return (int)span[s].plane;
    return -1;
}

double attention_content_of(const struct attention *attention, size_t head, size_t i, size_t j,
                            unsigned plane)
{
    size_t width = attention->head_width;
    const real *q = attention->query[plane] + (head * attention->queries + i) * width;
    const real *k = attention->key[plane] + (head * attention->keys + j) * width;
    double sum = 0;
    for (size_t d = 0; d < width; d++) {
        double apart = attention->decay ? attention->query_at[plane][i] - attention->key_at[plane][j] : 0;
        sum += (double)q[d] * (double)k[d] * (attention->decay ? exp(-attention->decay[d] * apart) : 1);
    }
    return sum;
}

double attention_bias_of(const struct attention *attention, double bias, size_t head, size_t i, size_t j,
                         unsigned plane)
{
    if (attention->table[plane])
        bias += (double)attention->table[plane][head * attention->table_width + attention->table_zero + j -
                                                (attention->first_query + i)];
    if (attention->query_token)
        bias += attention->query_token[head * attention->queries + i] -
                attention->key_token[head * attention->keys + j];
    return bias;
}

struct naive {
    const struct attention *attention;
    int *plane;                       /* (queries, keys): in which a query sees a key; -1 = masked */
    real *contents, *biases, *logits; /* (heads, queries, keys); content and bias zero where masked */
    real *one;                        /* (heads) */
    struct buffers buffers;
};

static enum status allocate(struct naive *naive, struct message *message)
{
    const struct attention *attention = naive->attention;
    size_t pairs = attention->queries * attention->keys, size = attention->heads * pairs;
    const struct buffer rows[] = {
        BUFFER(naive->plane, pairs, BUFFER_KEPT),          BUFFER(naive->contents, size, BUFFER_ZEROED),
        BUFFER(naive->biases, size, BUFFER_ZEROED),        BUFFER(naive->logits, size, BUFFER_ZEROED),
        BUFFER(naive->one, attention->heads, BUFFER_KEPT),
    };
    buffers_add(&naive->buffers, rows, sizeof rows / sizeof rows[0]);
    return buffers_allocate(&naive->buffers, "naive attention", message);
}

static void terms(struct naive *naive)
{
    const struct attention *attention = naive->attention;
    size_t keys = attention->keys;
    for (size_t i = 0; i < attention->queries; i++)
        for (size_t j = 0; j < keys; j++) {
            int plane = naive->plane[i * keys + j] = visible(attention, i, j);
            if (plane >= 0 && attention->bias)
                attention->bias(attention->context, (unsigned)plane, i, j, 1, naive->one, 1);
            for (size_t h = 0; plane >= 0 && h < attention->heads; h++) {
                size_t at = (h * attention->queries + i) * keys + j;
                double bias = attention->bias ? (double)naive->one[h] : 0;
                naive->contents[at] = (real)attention_content_of(attention, h, i, j, (unsigned)plane);
                naive->biases[at] = (real)attention_bias_of(attention, bias, h, i, j, (unsigned)plane);
            }
        }
}

/* What one strip gives is content to the next. */
static void strips(struct naive *naive)
{
    const struct attention *attention = naive->attention;
    size_t size = attention->heads * attention->queries * attention->keys;
    for (size_t i = 0; i < size; i++)
        naive->logits[i] = naive->contents[i] + naive->biases[i];
    for (size_t k = 0; k < attention->strips; k++) {
        attention->strip(attention->context, k, 0, attention->queries, naive->contents, naive->biases,
                         naive->logits);
        memcpy(naive->contents, naive->logits, size * sizeof(real));
        memset(naive->biases, 0, size * sizeof(real));
    }
}

static void row_output(real *out, const struct naive *naive, size_t head, size_t i)
{
    const struct attention *attention = naive->attention;
    size_t keys = attention->keys, width = attention->head_width;
    const int *plane = naive->plane + i * keys;
    const real *logits = naive->logits + (head * attention->queries + i) * keys;
    const real *value = attention->value + head * keys * width;
    double highest = -INFINITY, sum = 0;
    for (size_t d = 0; d < width; d++)
        out[d] = 0;
    for (size_t j = 0; j < keys; j++)
        if (plane[j] >= 0 && (double)logits[j] > highest)
            highest = (double)logits[j];
    for (size_t j = 0; j < keys; j++)
        if (plane[j] >= 0)
            sum += exp((double)logits[j] - highest);
    for (size_t j = 0; j < keys; j++)
        for (size_t d = 0; plane[j] >= 0 && d < width; d++)
            out[d] += (real)(exp((double)logits[j] - highest) / sum * (double)value[j * width + d]);
}

enum status attention_naive(real *out, const struct attention *attention, struct message *message)
{
    struct naive naive = {.attention = attention};
    enum status status = allocate(&naive, message);
    if (!status) {
        terms(&naive);
        strips(&naive);
        for (size_t h = 0; h < attention->heads; h++)
            for (size_t i = 0; i < attention->queries; i++)
                row_output(out + (i * attention->heads + h) * attention->head_width, &naive, h, i);
    }
    buffers_release(&naive.buffers);
    return status;
}
