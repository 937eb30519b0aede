/* vector.c -- the row-wise kernels in plain C, compiled once per instruction set (VECTOR_ISA names it). */
#include <math.h>
#include <string.h>

#include "kernels/kernels.h"
#include "kernels/vector_lanes.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)

/* Four vectors' worth of running sums or maxima: enough to hide the latency of an addition. */
enum { WIDE = 4 * LANES };

static void exponential(real *x, size_t count)
{
    real sum[LANES] = {0};
    for (size_t i = 0; i < count; i += LANES)
        exponential_lanes(x + i, sum, 0);
}

static real row_sum(const real *x, size_t count)
{
    real lane[WIDE] = {0};
    size_t i = 0;
    for (; i + WIDE <= count; i += WIDE)
        for (size_t l = 0; l < WIDE; l++)
            lane[l] += x[i + l];
    for (size_t l = 0; i + l < count; l++)
        lane[l] += x[i + l];
    return lanes_sum(lane, WIDE);
}

/* ---- normalisation ---- */

static void normalise(real *restrict out, real *restrict mean, real *restrict inverse,
                      const real *restrict in, const real *restrict gain, const real *restrict bias,
                      size_t rows, size_t width)
{
    for (size_t r = 0; r < rows; r++, in += width, out += width) {
        real centre = row_sum(in, width) / (real)width, lane[LANES] = {0}, scale;
        size_t i = 0;
        for (; i + LANES <= width; i += LANES)
            for (size_t l = 0; l < LANES; l++)
                lane[l] += (in[i + l] - centre) * (in[i + l] - centre);
        for (size_t l = 0; i + l < width; l++)
            lane[l] += (in[i + l] - centre) * (in[i + l] - centre);
        scale = 1 / (real)sqrt((double)(lanes_sum(lane, LANES) / (real)width) + 1e-5);
        for (i = 0; i < width; i++)
            out[i] = (in[i] - centre) * scale * gain[i] + bias[i];
        mean[r] = centre;
        inverse[r] = scale;
    }
}

/* One lane of the two sums over a row that the gradient needs. */
static inline void backward_lane(real *plain, real *weighted, real dout, real in, real gain, real mean,
                                 real inverse)
{
    real d = dout * gain;
    *plain += d;
    *weighted += d * ((in - mean) * inverse);
}

static void normalise_backward(real *restrict din, real *restrict dgain, real *restrict dbias,
                               const real *restrict dout, const real *restrict in, const real *restrict gain,
                               const real *restrict mean, const real *restrict inverse, size_t rows,
                               size_t width)
{
    for (size_t r = 0; r < rows; r++, in += width, dout += width, din += width) {
        real plain[LANES] = {0}, weighted[LANES] = {0}, mean_plain, mean_weighted;
        size_t at = 0;
        for (; at + LANES <= width; at += LANES)
            for (size_t l = 0; l < LANES; l++)
                backward_lane(&plain[l], &weighted[l], dout[at + l], in[at + l], gain[at + l], mean[r],
                              inverse[r]);
        for (size_t l = 0; at + l < width; l++)
            backward_lane(&plain[l], &weighted[l], dout[at + l], in[at + l], gain[at + l], mean[r],
                          inverse[r]);
        mean_plain = lanes_sum(plain, LANES) / (real)width;
        mean_weighted = lanes_sum(weighted, LANES) / (real)width;
        for (size_t i = 0; i < width; i++) {
            real x = (in[i] - mean[r]) * inverse[r];
            din[i] += (dout[i] * gain[i] - mean_plain - x * mean_weighted) * inverse[r];
            dgain[i] += dout[i] * x;
            dbias[i] += dout[i];
        }
    }
}

/* ---- GELU ---- */

/* Values go through in blocks that stay in the first-level cache, one simple loop after the other: the
 * compiler makes vectors of each, and no vector is stored and loaded again at once. */
enum { GELU_BLOCK = 256 };

static const real gelu_slope = (real)0.7978845608028654, gelu_cubic = (real)0.044715;

/* x = in + bias, gate = 1 / (1 + exp(-2u)) = sigmoid(2u); the places up to the next multiple of LANES are
 * scratch. */
static inline void gelu_gate(real x[GELU_BLOCK], real gate[GELU_BLOCK], const real *in, const real *bias,
                             size_t count)
{
    size_t padded = (count + LANES - 1) / LANES * LANES;
    for (size_t i = count; i < padded; i++)
        gate[i] = 0;
    for (size_t i = 0; i < count; i++) {
        x[i] = in[i] + bias[i];
        gate[i] = -2 * gelu_slope * x[i] * (1 + gelu_cubic * x[i] * x[i]);
    }
    exponential(gate, padded);
    for (size_t i = 0; i < count; i++)
        gate[i] = 1 / (1 + gate[i]);
}

static void gelu(real *out, real *slope, const real *in, const real *bias, size_t rows, size_t width)
{
    real gate[GELU_BLOCK], x[GELU_BLOCK];
    for (size_t at = 0; at < rows * width; at += width)
        for (size_t first = 0; first < width; first += GELU_BLOCK) {
            size_t count = width - first < GELU_BLOCK ? width - first : GELU_BLOCK;
            real *to = out + at + first, *rise = slope ? slope + at + first : NULL;
            gelu_gate(x, gate, in + at + first, bias + first, count);
            for (size_t i = 0; i < count; i++)
                to[i] = x[i] * gate[i];
            for (size_t i = 0; rise && i < count; i++) {
                real inner = 2 * gelu_slope * (1 + 3 * gelu_cubic * x[i] * x[i]);
                rise[i] = gate[i] * (1 + x[i] * (1 - gate[i]) * inner);
            }
        }
}

static void multiply(real *restrict out, const real *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] *= in[i];
}

/* ---- sums of rows ---- */

static void add(real *restrict out, const real *restrict in, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] += in[i];
}

static void add_rows(real *out, const real *in, const real *row, size_t rows, size_t width)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < width; i++)
            out[r * width + i] = in[r * width + i] + row[i];
}

static void sum_rows(real *out, const real *in, size_t rows, size_t width)
{
    for (size_t r = 0; r < rows; r++)
        add(out, in + r * width, width);
}

/* ---- rotation ---- */

/* One row of pairs (t * step, t * step + apart); inlined for each kind of pairs, so that step is a constant. */
static inline void rotate_pairs(real *restrict out, const real *restrict in, const real *restrict cosine,
                                const real *restrict sine, real factor, size_t pairs, size_t step,
                                size_t apart)
{
    for (size_t t = 0; t < pairs; t++) {
        real x = in[t * step], y = in[t * step + apart];
        out[t * step] = factor * (x * cosine[t] - y * sine[t]);
        out[t * step + apart] = factor * (x * sine[t] + y * cosine[t]);
    }
}

static inline void rotate_pairs_backward(real *restrict din, const real *restrict dout,
                                         const real *restrict cosine, const real *restrict sine,
                                         bool accumulate, real factor, size_t pairs, size_t step,
                                         size_t apart)
{
    for (size_t t = 0; t < pairs; t++) {
        real x = dout[t * step], y = dout[t * step + apart];
        real before_x = accumulate ? din[t * step] : 0, before_y = accumulate ? din[t * step + apart] : 0;
        din[t * step] = before_x + factor * (x * cosine[t] + y * sine[t]);
        din[t * step + apart] = before_y + factor * (y * cosine[t] - x * sine[t]);
    }
}

static void rotate(real *out, const real *in, size_t in_stride, const real *cosine, const real *sine,
                   const real *factor, real common, size_t rotated, size_t rows, size_t head_width)
{
    size_t half = head_width / 2, turned = !cosine ? 0 : rotated ? rotated : head_width;
    for (size_t r = 0; r < rows; r++, in += in_stride, out += head_width) {
        real f = factor ? factor[r] * common : common;
        if (turned && rotated)
            rotate_pairs(out, in, cosine + r * half, sine + r * half, f, rotated / 2, 1, rotated / 2);
        else if (turned)
            rotate_pairs(out, in, cosine + r * half, sine + r * half, f, half, 2, 1);
        for (size_t i = turned; i < head_width; i++)
            out[i] = f * in[i];
    }
}

static inline void rotate_row_backward(real *din, const real *dout, const real *cosine, const real *sine,
                                       bool accumulate, real factor, size_t rotated, size_t turned,
                                       size_t head_width)
{
    if (turned && rotated)
        rotate_pairs_backward(din, dout, cosine, sine, accumulate, factor, rotated / 2, 1, rotated / 2);
    else if (turned)
        rotate_pairs_backward(din, dout, cosine, sine, accumulate, factor, head_width / 2, 2, 1);
    for (size_t i = turned; i < head_width; i++)
        din[i] = (accumulate ? din[i] : 0) + factor * dout[i];
}

static void rotate_backward(real *din, size_t din_stride, bool accumulate, const real *dout,
                            const real *cosine, const real *sine, const real *factor, real common,
                            size_t rotated, size_t rows, size_t head_width)
{
    size_t turned = !cosine ? 0 : rotated ? rotated : head_width, tables = cosine ? head_width / 2 : 0;
    for (size_t r = 0; r < rows;
         r++, din += din_stride, dout += head_width, cosine += tables, sine += tables) {
        real f = factor ? factor[r] * common : common;
        if (accumulate)
            rotate_row_backward(din, dout, cosine, sine, true, f, rotated, turned, head_width);
        else
            rotate_row_backward(din, dout, cosine, sine, false, f, rotated, turned, head_width);
    }
}

/* ---- transposition ---- */

/* Squares of a few vectors: their rows and columns stay in the first-level cache. */
enum { SQUARE = 32 };

static void transpose(real *restrict out, const real *restrict in, size_t rows, size_t columns)
{
    for (size_t row = 0; row < rows; row += SQUARE)
        for (size_t column = 0; column < columns; column += SQUARE)
            for (size_t c = column; c < columns && c < column + SQUARE; c++)
                for (size_t r = row; r < rows && r < row + SQUARE; r++)
                    out[c * rows + r] = in[r * columns + c];
}

/* ---- softmax ---- */

static real row_maximum(const real *x, size_t count)
{
    real lane[WIDE];
    size_t i = 0;
    for (size_t l = 0; l < WIDE; l++)
        lane[l] = -INFINITY;
    for (; i + WIDE <= count; i += WIDE)
        for (size_t l = 0; l < WIDE; l++)
            lane[l] = x[i + l] > lane[l] ? x[i + l] : lane[l];
    for (size_t l = 0; i + l < count; l++)
        lane[l] = x[i + l] > lane[l] ? x[i + l] : lane[l];
    return lanes_maximum(lane, WIDE);
}

/* x = exp(x - shift) over count (a multiple of LANES); returns the sum. */
static real exponential_sum(real *x, real shift, size_t count)
{
    real sum[LANES] = {0};
    for (size_t i = 0; i < count; i += LANES)
        exponential_lanes(x + i, sum, shift);
    return lanes_sum(sum, LANES);
}

/* maximum becomes the new one; rescale = exp(old - new), 1 where nothing is visible yet: exp(-inf + inf) is no
 * number. */
static void raise_maximum(real *maximum, real *rescale, const real *scores, size_t stride, size_t rows,
                          const size_t *end)
{
    for (size_t r = 0; r < rows; r += LANES) {
        size_t block = rows - r < LANES ? rows - r : LANES;
        real factor[LANES] = {0};
        for (size_t l = 0; l < block; l++) {
            real highest = row_maximum(scores + (r + l) * stride, end[r + l]), before = maximum[r + l];
            maximum[r + l] = highest > before ? highest : before;
            factor[l] = maximum[r + l] == (real)-INFINITY ? 0 : before - maximum[r + l];
        }
        exponential(factor, LANES);
        memcpy(rescale + r, factor, block * sizeof(real));
    }
}

static void softmax_tile(real *scores, size_t stride, size_t rows, const size_t *end, size_t count,
                         real *maximum, real *sum, real *rescale)
{
    raise_maximum(maximum, rescale, scores, stride, rows, end);
    for (size_t r = 0; r < rows; r++, scores += stride) {
        size_t seen = maximum[r] == (real)-INFINITY ? 0 : end[r];
        if (seen > 0)
            sum[r] = sum[r] * rescale[r] + exponential_sum(scores, maximum[r], seen);
        memset(scores + seen, 0, (count - seen) * sizeof(real));
    }
}

static void softmax_tile_backward(real *scores, real *gradient, size_t stride, size_t rows, const size_t *end,
                                  size_t count, const real *log_sum, const real *delta)
{
    for (size_t r = 0; r < rows; r++, scores += stride, gradient += stride) {
        exponential_sum(scores, log_sum[r], end[r]);
        for (size_t i = 0; i < end[r]; i++)
            gradient[i] = scores[i] * (gradient[i] - delta[r]);
        memset(scores + end[r], 0, (count - end[r]) * sizeof(real));
        memset(gradient + end[r], 0, (count - end[r]) * sizeof(real));
    }
}

/* ---- cross-entropy ---- */

static size_t first_maximum(const real *x, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (x[i] > x[best])
            best = i;
    return best;
}

static void cross_entropy(real *logits, size_t stride, double *nll, unsigned char *hit, const int32_t *target,
                          bool gradient, real weight, size_t rows, size_t vocabulary)
{
    for (size_t r = 0; r < rows; r++, logits += stride) {
        nll[r] = 0;
        hit[r] = 0;
        if (target[r] < 0) {
            if (gradient)
                memset(logits, 0, vocabulary * sizeof(real));
            continue;
        }
        for (size_t i = vocabulary; i < stride; i++)
            logits[i] = -INFINITY;
        real highest = row_maximum(logits, stride), wanted = logits[target[r]], sum;
        hit[r] = wanted == highest && first_maximum(logits, vocabulary) == (size_t)target[r];
        sum = exponential_sum(logits, highest, stride);
        nll[r] = log((double)sum) + (double)highest - (double)wanted;
        if (gradient) {
            real scale = weight / sum;
            for (size_t i = 0; i < vocabulary; i++)
                logits[i] *= scale;
            logits[target[r]] -= weight;
        }
    }
}

/* ---- optimiser ---- */

static double square_sum(const real *x, size_t count)
{
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            lane[l] += (double)x[i + l] * (double)x[i + l];
    for (size_t l = 0; i + l < count; l++)
        lane[l] += (double)x[i + l] * (double)x[i + l];
    for (size_t step = LANES / 2; step > 0; step /= 2)
        for (size_t l = 0; l < step; l++)
            lane[l] += lane[l + step];
    return lane[0];
}

static void adamw(real *w, real *first, real *second, const real *gradient, const struct adamw_step *step,
                  size_t count)
{
    real beta1 = (real)step->beta1, beta2 = (real)step->beta2, scale = (real)step->gradient_scale;
    real rate = (real)(step->rate / step->correction1), decay = (real)(1 - step->rate * step->weight_decay);
    real correction = (real)(1 / step->correction2), epsilon = (real)step->epsilon;
    for (size_t i = 0; i < count; i++) {
        real g = gradient[i] * scale;
        first[i] = beta1 * first[i] + (1 - beta1) * g;
        second[i] = beta2 * second[i] + (1 - beta2) * g * g;
        real root = sizeof(real) == sizeof(float) ? (real)sqrtf((float)(second[i] * correction))
                                                  : (real)sqrt((double)(second[i] * correction));
        w[i] = w[i] * decay - rate * first[i] / (root + epsilon);
    }
}

extern const struct kernels JOIN(kernels_, VECTOR_ISA);
const struct kernels JOIN(kernels_, VECTOR_ISA) = {
    .exponential = exponential,
    .normalise = normalise,
    .normalise_backward = normalise_backward,
    .gelu = gelu,
    .multiply = multiply,
    .add = add,
    .add_rows = add_rows,
    .sum_rows = sum_rows,
    .rotate = rotate,
    .rotate_backward = rotate_backward,
    .transpose = transpose,
    .softmax_tile = softmax_tile,
    .softmax_tile_backward = softmax_tile_backward,
    .cross_entropy = cross_entropy,
    .multiply_adds = multiply_adds,
    .square_sum = square_sum,
    .adamw = adamw,
};
