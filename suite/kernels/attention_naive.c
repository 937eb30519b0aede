/* attention_naive.c -- attention straight from its definition, one (n, n) matrix per head. */
#include <math.h>

#include "kernels/attention.h"
#include "support/memory.h"

/* The plane in which query i sees key j; -1 = masked. */
static int visible(const struct attention *attention, size_t i, size_t j)
{
    struct attention_span span[ATTENTION_SPANS];
    size_t count;
    if (!attention->spans)
        return j <= i ? 0 : -1;
    count = attention->spans(attention->context, i, attention->count, span);
    for (size_t s = 0; s < count; s++)
        if (span[s].first <= j && j < span[s].end)
            return (int)span[s].plane;
    return -1;
}

double attention_content_of(const struct attention *attention, size_t head, size_t i, size_t j,
                            unsigned plane)
{
    size_t width = attention->head_width, n = attention->count;
    const real *q = attention->query[plane] + (head * n + i) * width;
    const real *k = attention->key[plane] + (head * n + j) * width;
    double sum = 0;
    for (size_t d = 0; d < width; d++) {
        double apart = attention->decay ? attention->query_at[plane][i] - attention->key_at[plane][j] : 0;
        sum += (double)q[d] * (double)k[d] * (attention->decay ? exp(-attention->decay[d] * apart) : 1);
    }
    return sum;
}

/* Content and bias (heads, n, n), zero where masked. */
static void terms(real *contents, real *biases, real *one, const struct attention *attention)
{
    size_t n = attention->count;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            int plane = visible(attention, i, j);
            if (plane >= 0 && attention->bias)
                attention->bias(attention->context, (unsigned)plane, i, j, 1, one, 1);
            for (size_t h = 0; plane >= 0 && h < attention->heads; h++) {
                double bias = attention->bias ? (double)one[h] : 0;
                if (attention->table[plane])
                    bias += (double)attention->table[plane][h * attention->table_width + j + n - 1 - i];
                if (attention->token)
                    bias += attention->token[h * n + i] - attention->token[h * n + j];
                contents[(h * n + i) * n + j] =
                    (real)attention_content_of(attention, h, i, j, (unsigned)plane);
                biases[(h * n + i) * n + j] = (real)bias;
            }
        }
}

static void row_output(real *out, const real *logits, const struct attention *attention, size_t head,
                       size_t i)
{
    size_t n = attention->count, width = attention->head_width;
    double highest = -INFINITY, sum = 0;
    for (size_t d = 0; d < width; d++)
        out[d] = 0;
    for (size_t j = 0; j < n; j++)
        if (visible(attention, i, j) >= 0 && (double)logits[j] > highest)
            highest = (double)logits[j];
    for (size_t j = 0; j < n; j++)
        if (visible(attention, i, j) >= 0)
            sum += exp((double)logits[j] - highest);
    for (size_t j = 0; j < n; j++)
        for (size_t d = 0; visible(attention, i, j) >= 0 && d < width; d++)
            out[d] += (real)(exp((double)logits[j] - highest) / sum *
                             (double)attention->value[(head * n + j) * width + d]);
}

enum status attention_naive(real *out, const struct attention *attention, struct message *message)
{
    size_t n = attention->count, heads = attention->heads, size = heads * n * n;
    real *contents = memory_allocate(size, sizeof(real), "naive attention", message);
    real *biases = memory_allocate(size, sizeof(real), "naive attention", message);
    real *logits = memory_allocate(size, sizeof(real), "naive attention", message);
    real *one = memory_allocate(heads, sizeof(real), "naive attention", message);
    enum status status = STATUS_FAILED;
    if (!contents || !biases || !logits || !one)
        goto done;
    terms(contents, biases, one, attention);
    for (size_t i = 0; i < size; i++)
        logits[i] = contents[i] + biases[i];
    for (size_t k = 0; k < attention->strips; k++) {
        attention->strip(attention->context, k, 0, n, contents, biases, logits);
        for (size_t i = 0; i < size; i++) {
            contents[i] = logits[i];
            biases[i] = 0;
        }
    }
    for (size_t h = 0; h < heads; h++)
        for (size_t i = 0; i < n; i++)
            row_output(out + i * heads * attention->head_width + h * attention->head_width,
                       logits + (h * n + i) * n, attention, h, i);
    status = STATUS_OK;
done:
    memory_release(contents);
    memory_release(biases);
    memory_release(logits);
    memory_release(one);
    return status;
}
