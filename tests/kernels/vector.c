/* Every row-wise kernel of every instruction set of this processor against plain double arithmetic; the
 * exponential at every lane; matrix products against the plain loop. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "kernels/kernels.h"
#include "kernels/product.h"
#include "support/rng.h"

static const double tolerance = 40 * (double)REAL_EPSILON;

/* Calls the check for each instruction set that this processor has. */
static void for_each_isa(void (*check)(const struct kernels *kernels))
{
    static const char *const names[] = {"plain", "avx2", "avx512"};
    struct message message;
    enum isa isa;
    for (size_t i = 0; i < 3; i++)
        if (!isa_choose(&isa, names[i], &message))
            check(kernels_for(isa));
}

static void fill(real *x, size_t count, const char *name)
{
    struct key key = key_named(11, name);
    for (size_t i = 0; i < count; i++)
        x[i] = (real)random_normal(key, i);
}

static void assert_near(double found, double expected, double scale, const char *what)
{
    if (!(fabs(found - expected) <= tolerance * (scale + fabs(expected))))
        fail_msg("%s: %.12g instead of %.12g", what, found, expected);
}

static void check_exponential(const struct kernels *kernels)
{
    real x[VECTOR_LANES];
    for (int i = -4000; i <= 600; i++) {
        real value = (real)i * (real)0.037, first;
        for (size_t lane = 0; lane < VECTOR_LANES; lane++)
            x[lane] = value;
        kernels->exponential(x, VECTOR_LANES);
        first = x[0];
        if (value < -80) /* may be taken as 0 */
            assert_true(first >= 0 && (double)first <= 2e-35);
        else
            assert_near((double)first, exp((double)value), 0, "exp");
        for (size_t lane = 0; lane < VECTOR_LANES; lane++) { /* alone in its lane: same bits */
            for (size_t other = 0; other < VECTOR_LANES; other++)
                x[other] = (real)other - 9;
            x[lane] = value;
            kernels->exponential(x, VECTOR_LANES);
            assert_memory_equal(&x[lane], &first, sizeof(real));
        }
    }
    for (size_t lane = 0; lane < VECTOR_LANES; lane++)
        x[lane] = (real)-INFINITY;
    kernels->exponential(x, VECTOR_LANES);
    for (size_t lane = 0; lane < VECTOR_LANES; lane++)
        assert_true(x[lane] == 0);
}

static void test_exponential_at_every_lane(void **state)
{
    (void)state;
    for_each_isa(check_exponential);
}

enum { ROWS = 3, WIDTH = 37 };

static void check_normalise(const struct kernels *kernels)
{
    real in[ROWS * WIDTH], gain[WIDTH], bias[WIDTH], out[ROWS * WIDTH], mean[ROWS], inverse[ROWS];
    fill(in, ROWS * WIDTH, "in");
    fill(gain, WIDTH, "gain");
    fill(bias, WIDTH, "bias");
    kernels->normalise(out, mean, inverse, in, gain, bias, ROWS, WIDTH);
    for (size_t r = 0; r < ROWS; r++) {
        double centre = 0, variance = 0;
        for (size_t i = 0; i < WIDTH; i++)
            centre += (double)in[r * WIDTH + i] / WIDTH;
        for (size_t i = 0; i < WIDTH; i++)
            variance += pow((double)in[r * WIDTH + i] - centre, 2) / WIDTH;
        for (size_t i = 0; i < WIDTH; i++)
            assert_near((double)out[r * WIDTH + i],
                        ((double)in[r * WIDTH + i] - centre) / sqrt(variance + 1e-5) * (double)gain[i] +
                            (double)bias[i],
                        1, "normalise");
    }
}

static double gelu_exactly(double x)
{
    return x / (1 + exp(-2 * 0.7978845608028654 * (x + 0.044715 * x * x * x)));
}

static void check_gelu(const struct kernels *kernels)
{
    real in[ROWS * WIDTH], kept[ROWS * WIDTH], bias[WIDTH], out[ROWS * WIDTH], plain[ROWS * WIDTH];
    fill(in, ROWS * WIDTH, "in");
    fill(bias, WIDTH, "bias");
    in[5] = 100; /* far out on both sides: no overflow may show */
    in[6] = -100;
    memcpy(kept, in, sizeof in);
    kernels->gelu(plain, NULL, in, bias, ROWS, WIDTH);
    kernels->gelu(out, in, in, bias, ROWS, WIDTH);
    assert_memory_equal(out, plain, sizeof out);
    for (size_t i = 0; i < ROWS * WIDTH; i++) {
        double x = (double)(kept[i] + bias[i % WIDTH]), step = 1e-5;
        assert_near((double)out[i], gelu_exactly(x), 1, "gelu");
        double slope = (gelu_exactly(x + step) - gelu_exactly(x - step)) / (2 * step);
        if (fabs((double)in[i] - slope) > 1e-5)
            fail_msg("slope of gelu at %g: %g instead of %g", x, (double)in[i], slope);
    }
}

static void check_transpose(const struct kernels *kernels)
{
    enum { COLUMNS = 70, LONG = 45 };
    real in[LONG * COLUMNS], out[COLUMNS * LONG];
    fill(in, LONG * COLUMNS, "matrix");
    kernels->transpose(out, in, LONG, COLUMNS);
    for (size_t r = 0; r < LONG; r++)
        for (size_t c = 0; c < COLUMNS; c++)
            assert_true(out[c * LONG + r] == in[r * COLUMNS + c]);
}

static void check_rotate(const struct kernels *kernels)
{
    enum { HEAD = 12, HALF = HEAD / 2 };
    static const size_t rotated[] = {0, HEAD, 8};
    real in[ROWS * HEAD], cosine[ROWS * HALF], sine[ROWS * HALF], factor[ROWS], out[ROWS * HEAD],
        back[ROWS * HEAD];
    fill(in, ROWS * HEAD, "in");
    fill(sine, ROWS * HALF, "angle");
    fill(factor, ROWS, "factor");
    for (size_t i = 0; i < ROWS * HALF; i++) {
        cosine[i] = (real)cos((double)sine[i]);
        sine[i] = (real)sin((double)sine[i]);
    }
    for (size_t k = 0; k < 3; k++) {
        kernels->rotate(out, in, HEAD, cosine, sine, factor, 2, rotated[k], ROWS, HEAD);
        for (size_t r = 0; r < ROWS; r++) {
            double before = 0, after = 0, f = 2 * (double)factor[r];
            for (size_t i = 0; i < HEAD; i++) { /* a rotation keeps the norm */
                before += pow(f * (double)in[r * HEAD + i], 2);
                after += pow((double)out[r * HEAD + i], 2);
            }
            assert_near(after, before, 1, "norm");
        }
        size_t first = 0, second = rotated[k] ? rotated[k] / 2 : 1;
        assert_near((double)out[first],
                    2 * (double)factor[0] *
                        ((double)in[first] * (double)cosine[0] - (double)in[second] * (double)sine[0]),
                    1, "first of a pair");
        memset(back, 0x55, sizeof back); /* and its transpose undoes it */
        for (int times = 1; times <= 2; times++) {
            kernels->rotate_backward(back, HEAD, times > 1, out, cosine, sine, factor, 2, rotated[k], ROWS,
                                     HEAD);
            for (size_t i = 0; i < ROWS * HEAD; i++)
                assert_near((double)back[i], times * 4 * pow((double)factor[i / HEAD], 2) * (double)in[i], 1,
                            "back");
        }
    }
}

static void check_cross_entropy(const struct kernels *kernels)
{
    enum { VOCABULARY = 37, STRIDE = 48 };
    real logits[ROWS * STRIDE], kept[ROWS * STRIDE];
    int32_t target[ROWS] = {3, -1, 36};
    unsigned char hit[ROWS];
    double nll[ROWS];
    fill(logits, ROWS * STRIDE, "logits");
    logits[2 * STRIDE + 36] = 50;
    memcpy(kept, logits, sizeof logits);
    kernels->cross_entropy(logits, STRIDE, nll, hit, target, true, 1, ROWS, VOCABULARY);
    for (size_t r = 0; r < ROWS; r++) {
        double sum = 0;
        for (size_t i = 0; i < VOCABULARY; i++)
            sum += exp((double)kept[r * STRIDE + i]);
        if (target[r] < 0) {
            assert_true(nll[r] == 0 && hit[r] == 0);
        } else {
            double expected = log(sum) - (double)kept[r * STRIDE + (size_t)target[r]];
            assert_near(nll[r], expected, 10, "cross-entropy");
        }
        for (size_t i = 0; i < VOCABULARY; i++) {
            double probability = exp((double)kept[r * STRIDE + i]) / sum,
                   one = (int32_t)i == target[r] ? 1 : 0;
            assert_near((double)logits[r * STRIDE + i], target[r] < 0 ? 0 : probability - one, 1, "gradient");
        }
    }
    assert_int_equal(hit[2], 1);
}

/* Loshchilov and Hutter 2019, Algorithm 2, in double. */
static void check_adamw(const struct kernels *kernels)
{
    struct adamw_step step = {.rate = 0.01,
                              .beta1 = 0.9,
                              .beta2 = 0.99,
                              .epsilon = 1e-8,
                              .weight_decay = 0.1,
                              .gradient_scale = 0.5};
    real w[WIDTH], first[WIDTH] = {0}, second[WIDTH] = {0}, gradient[WIDTH];
    double expected[WIDTH], m[WIDTH] = {0}, v[WIDTH] = {0};
    fill(w, WIDTH, "w");
    for (size_t i = 0; i < WIDTH; i++)
        expected[i] = (double)w[i];
    for (int t = 1; t <= 5; t++) {
        fill(gradient, WIDTH, t % 2 ? "odd" : "even");
        step.correction1 = 1 - pow(step.beta1, t);
        step.correction2 = 1 - pow(step.beta2, t);
        kernels->adamw(w, first, second, gradient, &step, WIDTH);
        for (size_t i = 0; i < WIDTH; i++) {
            double g = 0.5 * (double)gradient[i];
            m[i] = 0.9 * m[i] + 0.1 * g;
            v[i] = 0.99 * v[i] + 0.01 * g * g;
            expected[i] -=
                0.01 * (m[i] / step.correction1 / (sqrt(v[i] / step.correction2) + 1e-8) + 0.1 * expected[i]);
        }
    }
    for (size_t i = 0; i < WIDTH; i++)
        assert_near((double)w[i], expected[i], 1, "adamw");
}

static void test_rows(void **state)
{
    (void)state;
    for_each_isa(check_normalise);
    for_each_isa(check_gelu);
    for_each_isa(check_transpose);
    for_each_isa(check_rotate);
    for_each_isa(check_cross_entropy);
    for_each_isa(check_adamw);
}

static void test_products(void **state)
{
    enum { M = 37, N = 19, K = 23 };
    static real a[M * K], b[K * N], c[M * N], expected[M * N];
    (void)state;
    fill(a, M * K, "a");
    fill(b, K * N, "b");
    for (int kind = 0; kind < 8; kind++) {
        struct matrix factor_a = kind & 1 ? matrix_transposed(a, M) : matrix_of(a, K);
        struct matrix factor_b = kind & 2 ? matrix_transposed(b, K) : matrix_of(b, N);
        bool accumulate = kind & 4;
        fill(c, M * N, "c");
        memcpy(expected, c, sizeof c);
        product((struct matrix_out){c, N, accumulate}, factor_a, factor_b, M, N, K);
        product_plain((struct matrix_out){expected, N, accumulate}, factor_a, factor_b, M, N, K);
        for (size_t i = 0; i < M * N; i++)
            assert_near((double)c[i], (double)expected[i], 5, "product");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exponential_at_every_lane),
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_products),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
