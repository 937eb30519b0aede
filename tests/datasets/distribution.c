/* distribution.c -- Dirichlet variates have their moments, draws their frequencies. */
#include "tests/test.h"

#include <math.h>

#include "datasets/shared/distribution.h"

/* One part of a symmetric Dirichlet is Beta(a, (k - 1) a): its mean, its variance, and the entropy of the
 * whole, which has mean psi(k a + 1) - psi(a + 1) (Wolpert and Wolf 1995, equation 8). */
static double digamma(double x)
{
    double shift = 0;
    for (; x < 20; x++)
        shift -= 1 / x;
    return shift + log(x) - 1 / (2 * x) - 1 / (12 * x * x) + 1 / (120 * x * x * x * x);
}

static void check_moments(double a, size_t k)
{
    enum { TRIALS = 20000 };
    double p[16], mean = 0, square = 0, entropy = 0, entropy_square = 0, variance, deviation;
    for (uint64_t t = 0; t < TRIALS; t++) {
        double sum = 0, own = 0;
        distribution_dirichlet(p, key_with(key_named(1, "dirichlet"), t), a, k);
        for (size_t j = 0; j < k; j++) {
            assert_true(p[j] >= 0 && p[j] <= 1);
            sum += p[j];
            own -= p[j] > 0 ? p[j] * log(p[j]) : 0;
        }
        assert_true(fabs(sum - 1) < 1e-12);
        mean += p[t % k] / TRIALS;
        square += (p[t % k] - 1.0 / (double)k) * (p[t % k] - 1.0 / (double)k) / TRIALS;
        entropy += own / TRIALS;
        entropy_square += own * own / TRIALS;
    }
    variance = (1.0 / (double)k) * (1 - 1.0 / (double)k) / ((double)k * a + 1);
    deviation = sqrt((entropy_square - entropy * entropy) / TRIALS);
    if (fabs(mean - 1.0 / (double)k) > 5 * sqrt(variance / TRIALS))
        fail_msg("a = %g, k = %zu: mean %g", a, k, mean);
    if (fabs(square - variance) > 0.06 * variance)
        fail_msg("a = %g, k = %zu: variance %g, expected %g", a, k, square, variance);
    if (fabs(entropy - digamma((double)k * a + 1) + digamma(a + 1)) > 5 * deviation)
        fail_msg("a = %g, k = %zu: entropy %g, expected %g", a, k, entropy,
                 digamma((double)k * a + 1) - digamma(a + 1));
}

static void dirichlet_moments(void **state)
{
    (void)state;
    check_moments(1, 2);
    check_moments(1, 7);
    check_moments(0.3, 4);
    check_moments(0.01, 3);
    check_moments(20, 16);
}

/* Beta(2, 2): a whole distribution, not only moments. */
static void dirichlet_of_two_follows_the_beta_distribution(void **state)
{
    enum { TRIALS = 20000, CELLS = 10 };
    double count[CELLS] = {0}, square = 0;
    (void)state;
    for (uint64_t t = 0; t < TRIALS; t++) {
        double p[2];
        distribution_dirichlet(p, key_with(key_named(2, "beta"), t), 2, 2);
        count[(size_t)fmin(p[0] * CELLS, CELLS - 1)]++;
    }
    for (size_t c = 0; c < CELLS; c++) { /* distribution function 3 x^2 - 2 x^3 */
        double low = (double)c / CELLS, high = (double)(c + 1) / CELLS;
        double expected = TRIALS * (high * high * (3 - 2 * high) - low * low * (3 - 2 * low));
        square += (count[c] - expected) * (count[c] - expected) / expected;
    }
    assert_true(square < CELLS - 1 + 5 * sqrt(2.0 * (CELLS - 1)));
}

static void draws(void **state)
{
    const double p[] = {0, 0.25, 0, 0.5, 0.25, 0};
    (void)state;
    assert_int_equal(distribution_draw(p, 6, 0), 1);
    assert_int_equal(distribution_draw(p, 6, 0.2499), 1);
    assert_int_equal(distribution_draw(p, 6, 0.25), 3);
    assert_int_equal(distribution_draw(p, 6, 0.7499), 3);
    assert_int_equal(distribution_draw(p, 6, 0.75), 4);
    assert_int_equal(distribution_draw(p, 6, 1), 4); /* never the last one, which has probability 0 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dirichlet_moments),
        cmocka_unit_test(dirichlet_of_two_follows_the_beta_distribution),
        cmocka_unit_test(draws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
