/* Distributions against tables, closed forms, and (where it is installed) GSL: see statistics_gsl.sh. */
#include "tests/test.h"

#include <math.h>

#include "results/statistics/statistics.h"

static void near(double value, double wanted, double relative)
{
    if (!(fabs(value - wanted) <= relative * fabs(wanted)))
        fail_msg("%.17g is not %.17g", value, wanted);
}

/* I_x(a, b) of whole a, b is a binomial tail: sum over j >= a of C(n, j) x^j (1-x)^(n-j), n = a + b - 1. */
static double binomial_tail(double x, int a, int b)
{
    double sum = 0;
    for (int j = a; j <= a + b - 1; j++)
        sum += exp(lgamma(a + b) - lgamma(j + 1) - lgamma(a + b - j)) * pow(x, j) * pow(1 - x, a + b - 1 - j);
    return sum;
}

static void beta(void **state)
{
    (void)state;
    for (int a = 1; a < 12; a++)
        for (int b = 1; b < 12; b++)
            for (double x = 0.05; x < 1; x += 0.05)
                near(incomplete_beta(x, a, b), binomial_tail(x, a, b), 1e-12);
    /* the arcsine law */
    for (double x = 0.01; x < 1; x += 0.01)
        near(incomplete_beta(x, 0.5, 0.5), 2 / acos(-1) * asin(sqrt(x)), 1e-12);
    assert_true(incomplete_beta(0, 2, 3) == 0 && incomplete_beta(1, 2, 3) == 1);
    assert_true(isnan(incomplete_beta(-0.1, 1, 1)) && isnan(incomplete_beta(NAN, 1, 1)));
}

/* Q(n, x) of whole n is a Poisson tail; Q(1/2, x) = erfc(sqrt x). */
static void gamma_function(void **state)
{
    (void)state;
    for (double x = 0.1; x < 40; x *= 1.3) {
        double term = exp(-x), sum = 0;
        for (int n = 1; n < 20; n++) {
            sum += term;
            term *= x / n;
            near(incomplete_gamma_upper(n, x), sum, 1e-11);
        }
        near(incomplete_gamma_upper(0.5, x), erfc(sqrt(x)), 1e-11);
    }
    assert_true(incomplete_gamma_upper(2, 0) == 1 && incomplete_gamma_upper(2, INFINITY) == 0);
}

/* One and two degrees of freedom have closed forms; the quantiles are those of every table of t
 * (Fisher and Yates 1938, table III), to its digits. */
static void student(void **state)
{
    (void)state;
    for (double t = -30; t < 30; t += 0.7) {
        near(student_upper(t, 1), 0.5 - atan(t) / acos(-1), 1e-12);
        near(student_upper(t, 2), 0.5 * (1 - t / sqrt(2 + t * t)), 1e-10);
    }
    const double table[][3] = {{0.975, 4, 2.776}, {0.95, 4, 2.132},   {0.975, 9, 2.262},
                               {0.995, 9, 3.250}, {0.975, 1, 12.706}, {0.975, 120, 1.980}};
    for (size_t i = 0; test_row("table", i, sizeof table / sizeof *table); i++)
        assert_true(fabs(student_quantile(table[i][0], table[i][1]) - table[i][2]) < 6e-4);
    for (double p = 0.001; p < 1; p += 0.01) {
        near(1 - student_upper(student_quantile(p, 7), 7), p, 1e-12);
        near(normal_lower(normal_quantile(p)), p, 1e-12);
    }
    near(normal_quantile(0.975), 1.959963984540054, 1e-14); /* Abramowitz and Stegun, table 26.5 */
    assert_true(student_upper(INFINITY, 4) == 0 && student_upper(-INFINITY, 4) == 1);
    assert_true(isnan(student_upper(NAN, 4)) && isnan(student_quantile(0, 4)) && isnan(normal_quantile(1)));
}

/* F(1, v) is t squared; with 2 degrees above it has a closed form; chi-square of 2 is exponential. */
static void fisher(void **state)
{
    (void)state;
    for (double f = 0.1; f < 40; f *= 1.5) {
        near(fisher_upper(f, 1, 9), 2 * student_upper(sqrt(f), 9), 1e-12);
        near(fisher_upper(f, 2, 10), pow(1 + f / 5, -5), 1e-11);
        near(chi_square_upper(f, 2), exp(-f / 2), 1e-11);
    }
    near(chi_square_upper(7.814727903251179, 3), 0.05, 1e-12); /* A&S table 26.8: 7.81473 */
    assert_true(fisher_upper(INFINITY, 3, 4) == 0 && isnan(fisher_upper(-1, 3, 4)));
}

/* Two groups: the range is |N(0, 2)|.  Demsar 2006, table 5 (a), has q / sqrt 2 for 2 to 10 groups. */
static void range(void **state)
{
    const double table05[] = {1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164};
    const double table10[] = {1.645, 2.052, 2.291, 2.459, 2.589, 2.693, 2.780, 2.855, 2.920};
    (void)state;
    for (double q = 0.25; q < 8; q += 0.25)
        assert_true(fabs(studentised_range_upper(q, 2) - erfc(q / 2)) < 1e-12);
    for (size_t i = 0; i < 9; i++) {
        assert_true(fabs(studentised_range_quantile(0.95, i + 2) / sqrt(2) - table05[i]) < 1.01e-3);
        assert_true(fabs(studentised_range_quantile(0.90, i + 2) / sqrt(2) - table10[i]) < 1.01e-3);
    }
    assert_true(isnan(studentised_range_upper(3, 1)) && studentised_range_upper(0, 5) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(beta), cmocka_unit_test(gamma_function),
                                       cmocka_unit_test(student), cmocka_unit_test(fisher),
                                       cmocka_unit_test(range)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
