/* kernels.h -- the row-wise kernels, one set per instruction set (vector.c compiled for each).
 *
 * Sums run over VECTOR_LANES fixed lanes and then a fixed tree, so that one instruction set always
 * gives the same bits.  Rows are contiguous unless a stride is named. */
#ifndef LEXBENCH_KERNELS_H
#define LEXBENCH_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/isa.h"
#include "support/real.h"

enum { VECTOR_LANES = 16, MULTIPLY_ADD_CHAINS = 12 };

struct adamw_step { /* one step of AdamW, the same for every parameter */
    double rate, beta1, beta2, epsilon;
    double weight_decay;             /* 0 for parameters that are not decayed */
    double correction1, correction2; /* 1 - beta^t */
    double gradient_scale;           /* clipping, and 1/count of the mean */
};

struct kernels {
    /* x = exp(x); count a multiple of VECTOR_LANES.  0 below -80 (1e-35), so exp(-inf) = 0. */
    void (*exponential)(real *x, size_t count);

    /* Layer normalisation (Ba, Kiros, Hinton 2016): out = gain (in - mean) / sqrt(variance + 1e-5) + bias.
     * mean, inverse (rows) are kept for the way back; backward adds to din, dgain, dbias. */
    void (*normalise)(real *out, real *mean, real *inverse, const real *in, const real *gain,
                      const real *bias, size_t rows, size_t width);
    void (*normalise_backward)(real *din, real *dgain, real *dbias, const real *dout, const real *in,
                               const real *gain, const real *mean, const real *inverse, size_t rows,
                               size_t width);

    /* out = gelu(in + bias), tanh form (Hendrycks and Gimpel 2016): x sigmoid(2u), u = sqrt(2/pi) (x + 0.044715
     * x^3); slope = gelu'(in + bias) for the way back, NULL = not wanted.  slope, or else out, may be in. */
    void (*gelu)(real *out, real *slope, const real *in, const real *bias, size_t rows, size_t width);
    void (*multiply)(real *out, const real *in, size_t count); /* out *= in */

    void (*add)(real *out, const real *in, size_t count); /* out += in */
    /* out(rows, width) = in + row; out may be in */
    void (*add_rows)(real *out, const real *in, const real *row, size_t rows, size_t width);
    void (*sum_rows)(real *out, const real *in, size_t rows, size_t width); /* out(width) += sum */

    /* out(rows, head_width) = factor[i] * common * R(in), pairs rotated by tables (rows, head_width/2);
     * cosine NULL = not rotated; factor NULL = 1; rotated = 0: pairs (2t, 2t+1), else (t, t + rotated/2).
     * Backward: din = common * factor * R^T(dout), added to it when `accumulate`. */
    void (*rotate)(real *out, const real *in, size_t in_stride, const real *cosine, const real *sine,
                   const real *factor, real common, size_t rotated, size_t rows, size_t head_width);
    void (*rotate_backward)(real *din, size_t din_stride, bool accumulate, const real *dout,
                            const real *cosine, const real *sine, const real *factor, real common,
                            size_t rotated, size_t rows, size_t head_width);

    void (*transpose)(real *out, const real *in, size_t rows, size_t columns); /* out(columns, rows) */

    /* One tile of an online softmax (Milakov and Gimelshein 2018): scores(rows, stride) become exp(score -
     * new maximum), maximum and sum (rows) are updated, rescale(rows) is what earlier sums were multiplied
     * by.  end (rows): where the columns end that a row sees, a multiple of VECTOR_LANES; masked ones before it
     * hold -inf, those from it to count are not read and become 0. */
    void (*softmax_tile)(real *scores, size_t stride, size_t rows, const size_t *end, size_t count,
                         real *maximum, real *sum, real *rescale);
    /* scores become probabilities p = exp(score - log_sum); gradient becomes p (gradient - delta).  end,
     * count: as above. */
    void (*softmax_tile_backward)(real *scores, real *gradient, size_t stride, size_t rows, const size_t *end,
                                  size_t count, const real *log_sum, const real *delta);

    /* Cross-entropy of each row's logits(stride): nll[i] in nats, hit[i] = the target is the (first) largest.
     * gradient: logits become weight (softmax - one-hot), zero in rows whose target is negative (their nll
     * and hit are 0).  Columns vocabulary..stride-1 are scratch. stride: a multiple of VECTOR_LANES. */
    void (*cross_entropy)(real *logits, size_t stride, double *nll, unsigned char *hit, const int32_t *target,
                          bool gradient, real weight, size_t rows, size_t vocabulary);

    /* rounds * MULTIPLY_ADD_CHAINS * VECTOR_LANES independent multiply-adds and nothing else: the speed that
     * no product can beat.  The result is there so that no compiler leaves the work out. */
    double (*multiply_adds)(size_t rounds);

    double (*square_sum)(const real *x, size_t count);
    void (*adamw)(real *w, real *first, real *second, const real *gradient, const struct adamw_step *step,
                  size_t count);
};

/* The kernels of an instruction set that this processor has (isa_choose). */
const struct kernels *kernels_for(enum isa isa);

#endif
