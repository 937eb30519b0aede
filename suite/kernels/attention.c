/* attention.c -- tiled attention, forward and backward. */
#include "kernels/attention.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernels/attention_private.h"
#include "kernels/product.h"
#include "support/memory.h"

enum { STRIDE = ATTENTION_KEYS };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void describe(struct attention_workspace *workspace, size_t heads, size_t head_width, size_t strips,
                     size_t strip_keys, bool decays)
{
    const size_t tile = (size_t)ATTENTION_ROWS * ATTENTION_KEYS, rows = heads * ATTENTION_ROWS;
    workspace->strip_keys = memory_round_up(strip_keys, VECTOR_LANES);
    const size_t one = ATTENTION_STRIP_ROWS * workspace->strip_keys, strip = heads * one;
    const size_t decayed = decays ? ATTENTION_ROWS * head_width : 0;
    const size_t keys = decays ? larger(ATTENTION_KEYS, workspace->strip_keys) * head_width : 0;
    const struct buffer buffers[] = {
        BUFFER(workspace->scores, tile, BUFFER_PASS),
        BUFFER(workspace->other, tile, BUFFER_PASS),
        BUFFER(workspace->gradient, tile, BUFFER_PASS),
        BUFFER(workspace->bias, heads * tile, BUFFER_PASS),
        BUFFER(workspace->dbias, heads * tile, BUFFER_PASS),
        BUFFER(workspace->output, rows * head_width, BUFFER_PASS),
        BUFFER(workspace->maximum, rows, BUFFER_PASS),
        BUFFER(workspace->sum, rows, BUFFER_PASS),
        BUFFER(workspace->delta, rows, BUFFER_PASS),
        BUFFER(workspace->row_span, (size_t)ATTENTION_ROWS * ATTENTION_SPANS, BUFFER_PASS),
        BUFFER(workspace->span, (size_t)ATTENTION_ROWS * ATTENTION_SPANS, BUFFER_PASS),
        BUFFER(workspace->zero, strip, BUFFER_ZEROED),
        BUFFER(workspace->strip_bias, strip, BUFFER_PASS),
        BUFFER(workspace->dlogits, strip, BUFFER_PASS),
        BUFFER(workspace->dcontent, strip, BUFFER_PASS),
        BUFFER(workspace->strip_dbias, strip, BUFFER_PASS),
        BUFFER(workspace->strip_scores, one, BUFFER_PASS),
        BUFFER(workspace->strip_gradient, one, BUFFER_PASS),
        BUFFER(workspace->strip_other, one, BUFFER_PASS),
        BUFFER(workspace->decayed.query_factor, decayed, BUFFER_PASS),
        BUFFER(workspace->decayed.query, decayed, BUFFER_PASS),
        BUFFER(workspace->decayed.dquery, decayed, BUFFER_PASS),
        BUFFER(workspace->decayed.key_factor, keys, BUFFER_PASS),
        BUFFER(workspace->decayed.key, keys, BUFFER_PASS),
        BUFFER(workspace->decayed.dkey, keys, BUFFER_PASS),
    };
    buffers_add(&workspace->buffers, buffers, sizeof buffers / sizeof *buffers);
    for (size_t i = 0; strips > 0 && i <= strips; i++)
        buffers_add(&workspace->buffers, &BUFFER(workspace->content[i], strip, BUFFER_PASS), 1);
}

enum status attention_workspace_create(struct attention_workspace **out, size_t heads, size_t head_width,
                                       size_t strips, size_t strip_keys, bool decays, struct message *message)
{
    struct attention_workspace *workspace = memory_allocate(1, sizeof *workspace, "attention", message);
    if (!workspace)
        return STATUS_FAILED;
    describe(workspace, heads, head_width, strips, strip_keys, decays);
    if (buffers_allocate(&workspace->buffers, "attention", message)) {
        attention_workspace_release(workspace);
        return STATUS_FAILED;
    }
    *out = workspace;
    return STATUS_OK;
}

size_t attention_workspace_bytes(size_t heads, size_t head_width, size_t strips, size_t strip_keys,
                                 bool decays)
{
    struct attention_workspace *workspace = memory_allocate(1, sizeof *workspace, "attention", NULL);
    if (!workspace)
        return SIZE_MAX;
    describe(workspace, heads, head_width, strips, strip_keys, decays);
    size_t bytes = buffers_bytes(&workspace->buffers);
    attention_workspace_release(workspace);
    return bytes > SIZE_MAX - sizeof *workspace ? SIZE_MAX : bytes + sizeof *workspace;
}

void attention_workspace_release(struct attention_workspace *workspace)
{
    if (workspace)
        buffers_release(&workspace->buffers);
    memory_release(workspace);
}

/* Nothing that an earlier pass left is to be read. */
static void poison(struct attention_workspace *workspace)
{
    buffers_poison(&workspace->buffers, BUFFER_PASS);
}

/* The biases that are no table, for all heads of a tile: (heads, rows, STRIDE). */
static void tile_bias(real *bias, const struct attention *attention,
                      const struct attention_workspace *workspace, const struct attention_tile *tile)
{
    for (size_t r = 0; r < tile->rows; r++)
        for (size_t s = workspace->first[r]; s < workspace->first[r + 1]; s++) {
            const struct attention_span *span = &workspace->span[s];
            attention->bias(attention->context, span->plane, tile->row + r, tile->key + span->first,
                            span->end - span->first, bias + r * STRIDE + span->first,
                            (size_t)ATTENTION_ROWS * STRIDE);
        }
}

static void tile_bias_backward(const real *dbias, const struct attention *attention,
                               const struct attention_workspace *workspace, const struct attention_tile *tile)
{
    for (size_t r = 0; r < tile->rows; r++)
        for (size_t s = workspace->first[r]; s < workspace->first[r + 1]; s++) {
            const struct attention_span *span = &workspace->span[s];
            attention->bias_backward(attention->context, span->plane, tile->row + r, tile->key + span->first,
                                     span->end - span->first, dbias + r * STRIDE + span->first,
                                     (size_t)ATTENTION_ROWS * STRIDE);
        }
}

/* All terms of the logits of one head; masked places and padding hold -inf. */
static void tile_scores(struct attention_workspace *workspace, const struct attention *attention,
                        const struct attention_tile *tile, size_t head)
{
    attention_content(workspace->scores, workspace->other, STRIDE, attention, workspace, tile, head);
    if (attention->table[0] || attention->planes > 1)
        attention_add_tables(workspace->scores, STRIDE, attention, workspace, tile, head);
    if (attention->bias) {
        const real *bias = workspace->bias + head * ATTENTION_ROWS * STRIDE;
        for (size_t r = 0; r < tile->rows; r++)
            for (size_t s = workspace->first[r]; s < workspace->first[r + 1]; s++)
                for (size_t j = workspace->span[s].first; j < workspace->span[s].end; j++)
                    workspace->scores[r * STRIDE + j] += bias[r * STRIDE + j];
    }
    if (attention->query_token)
        attention_add_token(workspace->scores, STRIDE, attention, workspace, tile, head);
    attention_mask(workspace->scores, STRIDE, workspace, tile);
}

static void rows_forward(real *out, size_t out_stride, real *log_sum, const struct attention *attention,
                         struct attention_workspace *workspace, const struct kernels *kernels, size_t row,
                         size_t rows)
{
    size_t heads = attention->heads, width = attention->head_width;
    size_t end = attention_row_spans(workspace, attention, row, rows);
    memset(workspace->output, 0, heads * ATTENTION_ROWS * width * sizeof(real));
    memset(workspace->sum, 0, heads * ATTENTION_ROWS * sizeof(real));
    for (size_t i = 0; i < heads * ATTENTION_ROWS; i++)
        workspace->maximum[i] = (real)-INFINITY;
    for (size_t key = 0; key < end; key += ATTENTION_KEYS) {
        struct attention_tile tile =
            attention_cut(workspace, row, rows, key, smaller(ATTENTION_KEYS, end - key));
        if (tile.planes == 0)
            continue;
        if (attention->bias)
            tile_bias(workspace->bias, attention, workspace, &tile);
        for (size_t h = 0; h < heads; h++) {
            real *output = workspace->output + h * ATTENTION_ROWS * width;
            tile_scores(workspace, attention, &tile, h);
            kernels->softmax_tile(workspace->scores, STRIDE, rows, workspace->end,
                                  memory_round_up(tile.keys, VECTOR_LANES),
                                  workspace->maximum + h * ATTENTION_ROWS,
                                  workspace->sum + h * ATTENTION_ROWS, workspace->rescale);
            for (size_t r = 0; r < rows; r++)
                for (size_t d = 0; d < width; d++)
                    output[r * width + d] *= workspace->rescale[r];
            product_profiled(attention->profile, PROFILE_ATTENTION_PRODUCTS, matrix_add(output, width),
                             matrix_of(workspace->scores, STRIDE),
                             matrix_of(attention->value + (h * attention->keys + key) * width, width), rows,
                             width, tile.keys);
        }
    }
    for (size_t h = 0; h < heads; h++)
        for (size_t r = 0; r < rows; r++) {
            real sum = workspace->sum[h * ATTENTION_ROWS + r], inverse = sum > 0 || sum != sum ? 1 / sum : 0;
            const real *from = workspace->output + (h * ATTENTION_ROWS + r) * width;
            for (size_t d = 0; d < width; d++)
                out[(row + r) * out_stride + h * width + d] = from[d] * inverse;
            log_sum[h * attention->queries + row + r] =
                inverse == 0 ? (real)INFINITY
                             : workspace->maximum[h * ATTENTION_ROWS + r] + (real)log((double)sum);
        }
}

/* Half as many where a causal attention is short, because half of a tile on the diagonal is masked. */
static size_t part_rows(const struct attention *attention)
{
    if (attention->strips > 0)
        return ATTENTION_STRIP_ROWS;
    return attention->mask == ATTENTION_CAUSAL && attention->queries < 1024 ? ATTENTION_ROWS / 2
                                                                            : ATTENTION_ROWS;
}

size_t attention_parts(const struct attention *attention)
{
    size_t rows = part_rows(attention);
    return (attention->queries + rows - 1) / rows;
}

void attention_forward_part(real *out, size_t out_stride, real *log_sum, const struct attention *attention,
                            struct attention_workspace *workspace, const struct kernels *kernels, size_t part)
{
    size_t tile = part_rows(attention), row = part * tile;
    size_t rows = smaller(tile, attention->queries - row);
    if (!attention_any_wanted(attention, row, rows))
        return;
    poison(workspace);
    workspace->kernels = kernels;
    if (attention->strips > 0)
        attention_strip_forward(out, out_stride, log_sum, attention, workspace, kernels, row, rows);
    else
        rows_forward(out, out_stride, log_sum, attention, workspace, kernels, row, rows);
}

void attention_forward(real *out, size_t out_stride, real *log_sum, const struct attention *attention,
                       struct attention_workspace *workspace, const struct kernels *kernels)
{
    for (size_t part = 0; part < attention_parts(attention); part++)
        attention_forward_part(out, out_stride, log_sum, attention, workspace, kernels, part);
}

static void tile_backward(struct attention_gradient *gradient, const real *dout, size_t dout_stride,
                          const real *log_sum, const struct attention *attention,
                          struct attention_workspace *workspace, const struct kernels *kernels,
                          const struct attention_tile *tile, size_t head)
{
    size_t width = attention->head_width, first_key = (head * attention->keys + tile->key) * width;
    size_t padded = memory_round_up(tile->keys, VECTOR_LANES);
    const real *dout_head = dout + tile->row * dout_stride + head * width;
    tile_scores(workspace, attention, tile, head);
    product_profiled(attention->profile, PROFILE_ATTENTION_PRODUCTS, matrix_set(workspace->gradient, STRIDE),
                     matrix_of(dout_head, dout_stride),
                     matrix_transposed(attention->value + first_key, width), tile->rows, tile->keys, width);
    for (size_t r = 0; r < tile->rows; r++)
        for (size_t j = tile->keys; j < padded; j++)
            workspace->gradient[r * STRIDE + j] = 0;
    kernels->softmax_tile_backward(workspace->scores, workspace->gradient, STRIDE, tile->rows, workspace->end,
                                   padded, log_sum + head * attention->queries + tile->row,
                                   workspace->delta + head * ATTENTION_ROWS);
    product_profiled(attention->profile, PROFILE_ATTENTION_PRODUCTS,
                     matrix_add(gradient->value + first_key, width),
                     matrix_transposed(workspace->scores, STRIDE), matrix_of(dout_head, dout_stride),
                     tile->keys, width, tile->rows);
    attention_content_backward(gradient, workspace->gradient, workspace->other, STRIDE, attention, workspace,
                               tile, head);
    attention_table_backward(gradient, workspace->gradient, STRIDE, attention, workspace, tile, head);
    if (attention->query_token)
        attention_token_backward(gradient, workspace->gradient, STRIDE, attention, tile, head);
    if (attention->bias_backward)
        memcpy(workspace->dbias + head * ATTENTION_ROWS * STRIDE, workspace->gradient,
               tile->rows * STRIDE * sizeof(real));
}

/* delta_i = dout_i . out_i = sum_j p_ij dp_ij, what softmax subtracts on its way back. */
static void rows_delta(real *delta, const real *dout, size_t dout_stride, const real *out, size_t out_stride,
                       const struct attention *attention, size_t row, size_t rows)
{
    size_t width = attention->head_width;
    for (size_t h = 0; h < attention->heads; h++)
        for (size_t r = 0; r < rows; r++) {
            const real *a = dout + (row + r) * dout_stride + h * width;
            const real *b = out + (row + r) * out_stride + h * width;
            real sum = 0;
            for (size_t d = 0; d < width; d++)
                sum += a[d] * b[d];
            delta[h * ATTENTION_ROWS + r] = sum;
        }
}

void attention_backward(struct attention_gradient *gradient, const real *dout, size_t dout_stride,
                        const real *out, size_t out_stride, const real *log_sum,
                        const struct attention *attention, struct attention_workspace *workspace,
                        const struct kernels *kernels)
{
    poison(workspace);
    workspace->kernels = kernels;
    if (attention->strips > 0) {
        attention_strip_backward(gradient, dout, dout_stride, out, out_stride, log_sum, attention, workspace,
                                 kernels);
        return;
    }
    for (size_t row = 0, tile_rows = part_rows(attention); row < attention->queries; row += tile_rows) {
        size_t rows = smaller(tile_rows, attention->queries - row);
        if (!attention_any_wanted(attention, row, rows))
            continue;
        size_t end = attention_row_spans(workspace, attention, row, rows);
        rows_delta(workspace->delta, dout, dout_stride, out, out_stride, attention, row, rows);
        for (size_t key = 0; key < end; key += ATTENTION_KEYS) {
            struct attention_tile tile =
                attention_cut(workspace, row, rows, key, smaller(ATTENTION_KEYS, end - key));
            if (tile.planes == 0)
                continue;
            if (attention->bias)
                tile_bias(workspace->bias, attention, workspace, &tile);
            for (size_t h = 0; h < attention->heads; h++)
                tile_backward(gradient, dout, dout_stride, log_sum, attention, workspace, kernels, &tile, h);
            if (attention->bias_backward)
                tile_bias_backward(workspace->dbias, attention, workspace, &tile);
        }
    }
}
