/* attention_tile.c -- what a tile of logits consists of, forward and backward. */
#include <math.h>
#include <string.h>

#include "kernels/attention_private.h"
#include "kernels/product.h"
#include "support/memory.h"

/* ---- which keys its queries see ---- */

bool attention_any_wanted(const struct attention *attention, size_t row, size_t rows)
{
    for (size_t r = row; attention->wanted && r < row + rows; r++)
        if (attention->wanted[r])
            return true;
    return !attention->wanted;
}

size_t attention_spans(const struct attention *attention, size_t query, struct attention_span *out)
{
    size_t end = attention->keys, place = attention->first_query + query;
    if (attention->spans)
        return attention->spans(attention->context, query, attention->keys, out);
    if (attention->mask == ATTENTION_CAUSAL && place + 1 < end)
        end = place + 1;
    out[0] = (struct attention_span){.first = 0, .end = end, .plane = 0};
    return 1;
}

size_t attention_row_spans(struct attention_workspace *workspace, const struct attention *attention,
                           size_t row, size_t rows)
{
    size_t end = 0, used = 0;
    for (size_t r = 0; r < rows; r++) {
        workspace->row_first[r] = used;
        size_t count = attention_spans(attention, row + r, workspace->row_span + used);
        used += count;
        if (count > 0 && workspace->row_span[used - 1].end > end)
            end = workspace->row_span[used - 1].end;
    }
    workspace->row_first[rows] = used;
    return end;
}

struct attention_tile attention_cut(struct attention_workspace *workspace, size_t row, size_t rows,
                                    size_t key, size_t keys)
{
    struct attention_tile tile = {.row = row, .rows = rows, .key = key, .keys = keys};
    size_t used = 0;
    for (size_t r = 0; r < rows; r++) {
        workspace->first[r] = used;
        for (size_t s = workspace->row_first[r]; s < workspace->row_first[r + 1]; s++) {
            struct attention_span cut = workspace->row_span[s];
            cut.first = cut.first > key ? cut.first - key : 0;
            cut.end = cut.end > key ? cut.end - key : 0;
            if (cut.end > keys)
                cut.end = keys;
            if (cut.first >= cut.end)
                continue;
            workspace->span[used++] = cut;
            tile.planes |= 1u << cut.plane;
        }
        bool sees = used > workspace->first[r];
        workspace->end[r] = sees ? memory_round_up(workspace->span[used - 1].end, VECTOR_LANES) : 0;
    }
    workspace->first[rows] = used;
    return tile;
}

static void fill(real *x, size_t count, real value)
{
    for (size_t i = 0; i < count; i++)
        x[i] = value;
}

/* Row r of attention_fill_outside(). */
static void fill_row(real *x, const struct attention_workspace *workspace, size_t r, int plane,
                     size_t columns, real value)
{
    size_t done = 0;
    for (size_t s = workspace->first[r]; s < workspace->first[r + 1]; s++) {
        const struct attention_span *span = &workspace->span[s];
        if (plane >= 0 && span->plane != (unsigned)plane)
            continue;
        fill(x + done, span->first - done, value);
        done = span->end;
    }
    fill(x + done, columns - done, value);
}

void attention_fill_outside(real *x, size_t stride, const struct attention_workspace *workspace,
                            const struct attention_tile *tile, int plane, size_t columns, real value)
{
    for (size_t r = 0; r < tile->rows; r++)
        fill_row(x + r * stride, workspace, r, plane, columns, value);
}

void attention_mask(real *scores, size_t stride, const struct attention_workspace *workspace,
                    const struct attention_tile *tile)
{
    for (size_t r = 0; r < tile->rows; r++)
        fill_row(scores + r * stride, workspace, r, -1, workspace->end[r], (real)-INFINITY);
}

/* ---- content that fades with distance ---- */

/* content_ij = sum_d q_id k_jd exp(-rate_d (p_i - p_j))
 *
 * as a product of q_id exp(-rate_d (p_i - r)) and k_jd exp(rate_d (p_j - r)), r the position of a tile's first
 * query.  With one r for the whole sequence, as published, the factor of a far key overflows a float; with the
 * tile's own, only keys behind it have one above 1: under a causal mask those on the diagonal, by little. */

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

/* Fills workspace->decayed for the queries and keys of a tile in a plane, which begin at query and key. */
static void decay(struct attention_workspace *workspace, const struct attention *attention,
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

/* Adds decayed.dquery and .dkey, times the factors that decay() left. */
static void decay_backward(real *dquery, real *dkey, const struct attention_workspace *workspace,
                           const struct attention *attention, const struct attention_tile *tile)
{
    const struct attention_decayed *decayed = &workspace->decayed;
    add_multiplied(dquery, decayed->dquery, decayed->query_factor, tile->rows * attention->head_width);
    add_multiplied(dkey, decayed->dkey, decayed->key_factor, tile->keys * attention->head_width);
}

/* ---- content ---- */

/* Where the tile's queries, or its keys, begin in an array of them all. */
static size_t query_place(const struct attention *attention, const struct attention_tile *tile, size_t head)
{
    return (head * attention->queries + tile->row) * attention->head_width;
}

static size_t key_place(const struct attention *attention, const struct attention_tile *tile, size_t head)
{
    return (head * attention->keys + tile->key) * attention->head_width;
}

/* Copies the places of one plane. */
static void select_plane(real *to, const real *from, size_t stride,
                         const struct attention_workspace *workspace, const struct attention_tile *tile,
                         unsigned plane)
{
    for (size_t r = 0; r < tile->rows; r++)
        for (size_t s = workspace->first[r]; s < workspace->first[r + 1]; s++) {
            const struct attention_span *span = &workspace->span[s];
            if (span->plane == plane)
                memcpy(to + r * stride + span->first, from + r * stride + span->first,
                       (span->end - span->first) * sizeof(real));
        }
}

void attention_content(real *scores, real *other, size_t stride, const struct attention *attention,
                       struct attention_workspace *workspace, const struct attention_tile *tile, size_t head)
{
    bool single = (tile->planes & (tile->planes - 1)) == 0;
    size_t width = attention->head_width;
    for (unsigned p = 0; p < attention->planes; p++) {
        const real *query = attention->query[p] + query_place(attention, tile, head);
        const real *key = attention->key[p] + key_place(attention, tile, head);
        if (!(tile->planes & (1u << p)))
            continue;
        if (attention->decay) {
            decay(workspace, attention, tile, p, query, key);
            query = workspace->decayed.query;
            key = workspace->decayed.key;
        }
        product_profiled(attention->profile, PROFILE_ATTENTION_PRODUCTS,
                         matrix_set(single ? scores : other, stride), matrix_of(query, width),
                         matrix_transposed(key, width), tile->rows, tile->keys, width);
        if (!single)
            select_plane(scores, other, stride, workspace, tile, p);
    }
}

/* dquery += d key, dkey += d^T query for one plane of a tile. */
static void plane_backward(struct attention_gradient *gradient, const real *d, size_t stride,
                           const struct attention *attention, struct attention_workspace *workspace,
                           const struct attention_tile *tile, size_t head, unsigned p)
{
    const real *query = attention->query[p] + query_place(attention, tile, head);
    const real *key = attention->key[p] + key_place(attention, tile, head);
    real *dquery = gradient->query[p] + query_place(attention, tile, head);
    real *dkey = gradient->key[p] + key_place(attention, tile, head);
    size_t width = attention->head_width;
    struct matrix_out to_query = matrix_add(dquery, width), to_key = matrix_add(dkey, width);
    if (attention->decay) {
        decay(workspace, attention, tile, p, query, key);
        query = workspace->decayed.query;
        key = workspace->decayed.key;
        to_query = matrix_set(workspace->decayed.dquery, width);
        to_key = matrix_set(workspace->decayed.dkey, width);
    }
    product_profiled(attention->profile, PROFILE_ATTENTION_PRODUCTS, to_query, matrix_of(d, stride),
                     matrix_of(key, width), tile->rows, width, tile->keys);
    product_profiled(attention->profile, PROFILE_ATTENTION_PRODUCTS, to_key, matrix_transposed(d, stride),
                     matrix_of(query, width), tile->keys, width, tile->rows);
    if (attention->decay)
        decay_backward(dquery, dkey, workspace, attention, tile);
}

void attention_content_backward(struct attention_gradient *gradient, const real *dscores, real *other,
                                size_t stride, const struct attention *attention,
                                struct attention_workspace *workspace, const struct attention_tile *tile,
                                size_t head)
{
    bool single = (tile->planes & (tile->planes - 1)) == 0;
    for (unsigned p = 0; p < attention->planes; p++) {
        if (!(tile->planes & (1u << p)))
            continue;
        if (!single) {
            select_plane(other, dscores, stride, workspace, tile, p);
            attention_fill_outside(other, stride, workspace, tile, (int)p, tile->keys, 0);
        }
        plane_backward(gradient, single ? dscores : other, stride, attention, workspace, tile, head, p);
    }
}

/* ---- biases ---- */

/* The table's value for (query, first key of the span): neighbouring keys follow. */
static size_t table_place(const struct attention *attention, const struct attention_tile *tile, size_t head,
                          size_t r, size_t first)
{
    return head * attention->table_width + (attention->table_zero + tile->key + first) -
           (attention->first_query + tile->row + r);
}

void attention_add_tables(real *scores, size_t stride, const struct attention *attention,
                          const struct attention_workspace *workspace, const struct attention_tile *tile,
                          size_t head)
{
    for (size_t r = 0; r < tile->rows; r++)
        for (size_t s = workspace->first[r]; s < workspace->first[r + 1]; s++) {
            const struct attention_span *span = &workspace->span[s];
            const real *table = attention->table[span->plane];
            if (!table)
                continue;
            table += table_place(attention, tile, head, r, span->first);
            for (size_t j = span->first; j < span->end; j++)
                scores[r * stride + j] += table[j - span->first];
        }
}

void attention_table_backward(struct attention_gradient *gradient, const real *dscores, size_t stride,
                              const struct attention *attention, const struct attention_workspace *workspace,
                              const struct attention_tile *tile, size_t head)
{
    for (size_t r = 0; r < tile->rows; r++)
        for (size_t s = workspace->first[r]; s < workspace->first[r + 1]; s++) {
            const struct attention_span *span = &workspace->span[s];
            real *dtable = gradient->table[span->plane];
            if (!attention->table[span->plane] || !dtable)
                continue;
            dtable += table_place(attention, tile, head, r, span->first);
            for (size_t j = span->first; j < span->end; j++)
                dtable[j - span->first] += dscores[r * stride + j];
        }
}

/* Differences from the tile's first query: they stay exact where c itself has grown large. */
void attention_add_token(real *scores, size_t stride, const struct attention *attention,
                         const struct attention_workspace *workspace, const struct attention_tile *tile,
                         size_t head)
{
    const double *query = attention->query_token + head * attention->queries + tile->row;
    const double *key = attention->key_token + head * attention->keys + tile->key;
    for (size_t r = 0; r < tile->rows; r++) {
        real here = (real)(query[r] - query[0]);
        for (size_t s = workspace->first[r]; s < workspace->first[r + 1]; s++)
            for (size_t j = workspace->span[s].first; j < workspace->span[s].end; j++)
                scores[r * stride + j] += here - (real)(key[j] - query[0]);
    }
}

void attention_token_backward(struct attention_gradient *gradient, const real *dscores, size_t stride,
                              const struct attention *attention, const struct attention_tile *tile,
                              size_t head)
{
    double *dquery = gradient->query_token + head * attention->queries + tile->row;
    double *dkey = gradient->key_token + head * attention->keys + tile->key;
    for (size_t r = 0; r < tile->rows; r++) {
        double row = 0;
        for (size_t j = 0; j < tile->keys; j++) {
            double d = (double)dscores[r * stride + j];
            row += d;
            dkey[j] -= d;
        }
        dquery[r] += row;
    }
}
