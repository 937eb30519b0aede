/* attention_decay.c -- content that fades with distance:
 *
 *   content_ij = sum_d q_id k_jd exp(-rate_d (p_i - p_j))
 *
 * as a product of q_id exp(-rate_d (p_i - r)) and k_jd exp(rate_d (p_j - r)), r the position of a tile's first
 * query.  With one r for the whole sequence, as published, the factor of a far key overflows a float; with the
 * tile's own, only keys on the diagonal have one above 1, and by little. */
#include <string.h>

#include "kernels/attention_private.h"
#include "support/memory.h"

/* factor(count, head_width) = exp(sign rate_d (at_i - origin)); has room up to whole vectors. */
static void factors(real *factor, const struct attention *attention, const struct kernels *kernels,
                    const double *at, size_t count, double origin, double sign)
{
    size_t width = attention->head_width, size = count * width, padded = memory_round_up(size, VECTOR_LANES);
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < width; d++)
            factor[i * width + d] = (real)(sign * attention->decay[d] * (at[i] - origin));
    memset(factor + size, 0, (padded - size) * sizeof(real));
    kernels->exponential(factor, padded);
}

static void multiply_rows(real *restrict out, const real *restrict a, const real *restrict b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = a[i] * b[i];
}

static void add_multiplied(real *restrict out, const real *restrict a, const real *restrict b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] += a[i] * b[i];
}

void attention_decay(struct attention_workspace *workspace, const struct attention *attention,
                     const struct attention_tile *tile, unsigned plane, const real *query, const real *key)
{
    struct attention_decayed *decayed = &workspace->decayed;
    const double *query_at = attention->query_at[plane] + tile->row,
                 *key_at = attention->key_at[plane] + tile->key;
    size_t width = attention->head_width;
    factors(decayed->query_factor, attention, workspace->kernels, query_at, tile->rows, query_at[0], -1);
    factors(decayed->key_factor, attention, workspace->kernels, key_at, tile->keys, query_at[0], 1);
    multiply_rows(decayed->query, query, decayed->query_factor, tile->rows * width);
    multiply_rows(decayed->key, key, decayed->key_factor, tile->keys * width);
}

void attention_decay_backward(real *dquery, real *dkey, const struct attention_workspace *workspace,
                              const struct attention *attention, const struct attention_tile *tile)
{
    const struct attention_decayed *decayed = &workspace->decayed;
    add_multiplied(dquery, decayed->dquery, decayed->query_factor, tile->rows * attention->head_width);
    add_multiplied(dkey, decayed->dkey, decayed->key_factor, tile->keys * attention->head_width);
}
