/* attention_strip.c -- attention for encoders that rewrite whole strips of logits.
 *
 * A strip is ATTENTION_STRIP_ROWS queries against all n keys, all heads together, so memory stays linear
 * in n.  Content and biases are formed as in a tile that is n keys wide; the strips' functions run in
 * order, each on what the one before wrote (only the first sees the bias); then mask, softmax, values. */
#include <math.h>
#include <string.h>

#include "kernels/attention_private.h"
#include "kernels/product.h"
#include "support/memory.h"

/* Content, bias and the chain of strips: workspace->content[strips] holds the logits, unmasked. */
static struct attention_tile strip_logits(struct attention_workspace *workspace,
                                          const struct attention *attention, size_t row, size_t rows)
{
    size_t n = attention->keys, size = rows * n;
    struct attention_tile tile;
    attention_row_spans(workspace, attention, row, rows);
    tile = attention_cut(workspace, row, rows, 0, n);
    memset(workspace->strip_bias, 0, attention->heads * size * sizeof(real));
    if (attention->planes > 1) /* keys in no span keep no content of an earlier strip */
        memset(workspace->content[0], 0, attention->heads * size * sizeof(real));
    for (size_t h = 0; h < attention->heads; h++) {
        attention_content(workspace->content[0] + h * size, workspace->strip_other, n, attention, workspace,
                          &tile, h);
        attention_add_tables(workspace->strip_bias + h * size, n, attention, workspace, &tile, h);
        if (attention->query_token)
            attention_add_token(workspace->strip_bias + h * size, n, attention, workspace, &tile, h);
    }
    for (size_t r = 0; attention->bias && r < rows; r++)
        for (size_t s = workspace->first[r]; s < workspace->first[r + 1]; s++) {
            const struct attention_span *span = &workspace->span[s];
            real *written = workspace->dlogits; /* free until the way back */
            size_t count = span->end - span->first;
            attention->bias(attention->context, span->plane, row + r, span->first, count, written, count);
            for (size_t h = 0; h < attention->heads; h++)
                for (size_t j = 0; j < count; j++)
                    workspace->strip_bias[h * size + r * n + span->first + j] += written[h * count + j];
        }
    for (size_t k = 0; k < attention->strips; k++)
        attention->strip(attention->context, k, row, rows, workspace->content[k],
                         k == 0 ? workspace->strip_bias : workspace->zero, workspace->content[k + 1]);
    return tile;
}

/* One head's logits on padded rows, -inf where masked. */
static void head_scores(struct attention_workspace *workspace, const struct attention *attention,
                        const struct attention_tile *tile, size_t head)
{
    size_t n = attention->keys, padded = memory_round_up(n, VECTOR_LANES);
    const real *logits = workspace->content[attention->strips] + head * tile->rows * n;
    for (size_t r = 0; r < tile->rows; r++)
        memcpy(workspace->strip_scores + r * padded, logits + r * n, n * sizeof(real));
    attention_mask(workspace->strip_scores, padded, workspace, tile);
}

static void head_forward(real *out, size_t out_stride, real *log_sum, const struct attention *attention,
                         struct attention_workspace *workspace, const struct kernels *kernels,
                         const struct attention_tile *tile, size_t head)
{
    size_t n = attention->keys, width = attention->head_width, padded = memory_round_up(n, VECTOR_LANES);
    head_scores(workspace, attention, tile, head);
    for (size_t r = 0; r < tile->rows; r++) {
        workspace->maximum[r] = (real)-INFINITY;
        workspace->sum[r] = 0;
    }
    kernels->softmax_tile(workspace->strip_scores, padded, tile->rows, workspace->end, padded,
                          workspace->maximum, workspace->sum, workspace->rescale);
    product_profiled(attention->profile, PROFILE_ATTENTION_PRODUCTS, matrix_set(workspace->output, width),
                     matrix_of(workspace->strip_scores, padded),
                     matrix_of(attention->value + head * n * width, width), tile->rows, width, n);
    for (size_t r = 0; r < tile->rows; r++) {
        real sum = workspace->sum[r], inverse = sum > 0 || sum != sum ? 1 / sum : 0;
        for (size_t d = 0; d < width; d++)
            out[(tile->row + r) * out_stride + head * width + d] = workspace->output[r * width + d] * inverse;
        log_sum[head * attention->queries + tile->row + r] =
            inverse == 0 ? (real)INFINITY : workspace->maximum[r] + (real)log((double)sum);
    }
}

void attention_strip_forward(real *out, size_t out_stride, real *log_sum, const struct attention *attention,
                             struct attention_workspace *workspace, const struct kernels *kernels, size_t row,
                             size_t rows)
{
    struct attention_tile tile = strip_logits(workspace, attention, row, rows);
    for (size_t h = 0; h < attention->heads; h++)
        head_forward(out, out_stride, log_sum, attention, workspace, kernels, &tile, h);
}

/* Gradient of one head's logits into workspace->dlogits (0 where masked); adds to that of the values. */
static void head_backward(struct attention_gradient *gradient, const real *dout, size_t dout_stride,
                          const real *out, size_t out_stride, const real *log_sum,
                          const struct attention *attention, struct attention_workspace *workspace,
                          const struct kernels *kernels, const struct attention_tile *tile, size_t head)
{
    size_t n = attention->keys, width = attention->head_width, padded = memory_round_up(n, VECTOR_LANES);
    const real *dout_head = dout + tile->row * dout_stride + head * width;
    const real *out_head = out + tile->row * out_stride + head * width;
    head_scores(workspace, attention, tile, head);
    memset(workspace->strip_gradient, 0, tile->rows * padded * sizeof(real));
    product_profiled(attention->profile, PROFILE_ATTENTION_PRODUCTS,
                     matrix_set(workspace->strip_gradient, padded), matrix_of(dout_head, dout_stride),
                     matrix_transposed(attention->value + head * n * width, width), tile->rows, n, width);
    for (size_t r = 0; r < tile->rows; r++) {
        real sum = 0;
        for (size_t d = 0; d < width; d++)
            sum += dout_head[r * dout_stride + d] * out_head[r * out_stride + d];
        workspace->delta[r] = sum;
    }
    kernels->softmax_tile_backward(workspace->strip_scores, workspace->strip_gradient, padded, tile->rows,
                                   workspace->end, padded, log_sum + head * attention->queries + tile->row,
                                   workspace->delta);
    product_profiled(attention->profile, PROFILE_ATTENTION_PRODUCTS,
                     matrix_add(gradient->value + head * n * width, width),
                     matrix_transposed(workspace->strip_scores, padded), matrix_of(dout_head, dout_stride), n,
                     width, tile->rows);
    for (size_t r = 0; r < tile->rows; r++)
        memcpy(workspace->dlogits + (head * tile->rows + r) * n, workspace->strip_gradient + r * padded,
               n * sizeof(real));
}

/* Back through the chain of strips: dlogits become the gradients of content and bias. */
static void chain_backward(struct attention_workspace *workspace, const struct attention *attention,
                           const struct attention_tile *tile)
{
    size_t size = attention->heads * tile->rows * attention->keys;
    for (size_t k = attention->strips; k-- > 0;) {
        attention->strip_backward(attention->context, k, tile->row, tile->rows, workspace->content[k],
                                  k == 0 ? workspace->strip_bias : workspace->zero, workspace->dlogits,
                                  workspace->dcontent, workspace->strip_dbias);
        memcpy(workspace->dlogits, workspace->dcontent, size * sizeof(real));
    }
}

void attention_strip_backward(struct attention_gradient *gradient, const real *dout, size_t dout_stride,
                              const real *out, size_t out_stride, const real *log_sum,
                              const struct attention *attention, struct attention_workspace *workspace,
                              const struct kernels *kernels)
{
    size_t n = attention->keys;
    for (size_t row = 0; row < attention->queries; row += ATTENTION_STRIP_ROWS) {
        size_t left = attention->queries - row;
        size_t rows = left < ATTENTION_STRIP_ROWS ? left : ATTENTION_STRIP_ROWS, size = rows * n;
        if (!attention_any_wanted(attention, row, rows))
            continue;
        struct attention_tile tile = strip_logits(workspace, attention, row, rows);
        for (size_t h = 0; h < attention->heads; h++)
            head_backward(gradient, dout, dout_stride, out, out_stride, log_sum, attention, workspace,
                          kernels, &tile, h);
        chain_backward(workspace, attention, &tile);
        for (size_t h = 0; h < attention->heads; h++) {
            real *dcontent = workspace->dcontent + h * size, *dbias = workspace->strip_dbias + h * size;
            attention_fill_outside(dcontent, n, workspace, &tile, -1, n, 0);
            attention_fill_outside(dbias, n, workspace, &tile, -1, n, 0);
            attention_content_backward(gradient, dcontent, workspace->strip_other, n, attention, workspace,
                                       &tile, h);
            attention_table_backward(gradient, dbias, n, attention, workspace, &tile, h);
            if (attention->query_token)
                attention_token_backward(gradient, dbias, n, attention, &tile, h);
        }
        for (size_t r = 0; attention->bias_backward && r < rows; r++)
            for (size_t s = workspace->first[r]; s < workspace->first[r + 1]; s++) {
                const struct attention_span *span = &workspace->span[s];
                attention->bias_backward(attention->context, span->plane, row + r, span->first,
                                         span->end - span->first,
                                         workspace->strip_dbias + r * n + span->first, size);
            }
    }
}
