/* Tests and ranks against published worked examples. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "results/statistics/statistics.h"

static const struct key key = {1, 2};

static void within(double value, double wanted, double tolerance)
{
    if (!(fabs(value - wanted) <= tolerance))
        fail_msg("%.17g is not %.17g", value, wanted);
}

/* Cushny and Peebles 1905, as Student 1908 took them: hours of sleep gained by ten patients, the second
 * drug less the first.  R, help page of t.test: t.test(extra ~ group, data = sleep, paired = TRUE) gives
 * t = -4.0621, df = 9, p-value = 0.002833, 95 percent interval -2.4598858 -0.7001142 (first less second). */
static void sleep_data(void **state)
{
    const double first[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
    const double second[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    double d[10];
    (void)state;
    for (size_t i = 0; i < 10; i++)
        d[i] = first[i] - second[i];
    const struct paired paired = statistics_paired(d, 10);
    assert_int_equal(paired.count, 10);
    within(paired.t, -4.0621, 5e-5);
    within(paired.p_two_sided, 0.002833, 5e-7);
    within(paired.p_less, 0.002833 / 2, 5e-7);
    within(paired.p_greater, 1 - 0.002833 / 2, 5e-7);
    within(paired.interval.low, -2.4598858, 5e-8);
    within(paired.interval.high, -0.7001142, 5e-8);
    within(paired.mean, -1.58, 1e-12);
    within(paired.deviation, 1.229995, 5e-7);
    /* d_z = -1.58 / 1.229995; J(9) = 0.9139, as 1 - 3/35 = 0.9143 nearly (Hedges 1981, table 1: .914) */
    within(paired.effect, -1.28456 * 0.91387, 2e-4);
}

static void few_pairs(void **state)
{
    const double d[] = {-1, -2, -3, -4}, equal[] = {0.5, 0.5, 0.5, 0.5, 0.5}, zero[5] = {0};
    (void)state;
    struct paired paired = statistics_paired(d, 4);
    within(paired.mean, -2.5, 0);
    assert_true(isnan(paired.p_two_sided) && isnan(paired.p_less) && isnan(paired.interval.low));
    assert_true(isfinite(paired.t) && isfinite(paired.effect));
    assert_true(isnan(statistics_sign_flip(d, 4, key)));
    paired = statistics_paired(equal, 5);
    assert_true(paired.t == INFINITY && paired.p_greater == 0 && paired.p_less == 1);
    paired = statistics_paired(zero, 5);
    assert_true(isnan(paired.t) && isnan(paired.p_two_sided));
    assert_true(statistics_sign_flip(zero, 5, key) == 1);
    assert_true(isnan(statistics_paired(d, 1).t) && isnan(statistics_paired(d, 2).effect));
}

/* Darwin's maize, Fisher 1935, sections 17 and 21: cross- less self-fertilised height in eighths of an inch.
 * Of 32,768 assignments of signs 863 have a sum of 314 or more (and 863 of -314 or less: 5.267 per cent). */
static void maize(void **state)
{
    const double d[] = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};
    double other[15], thrice[45];
    (void)state;
    for (size_t i = 0; i < 15; i++)
        other[i] = -d[i];
    assert_true(statistics_sign_flip(other, 15, key) == 863.0 / 32768);
    /* as fractions that no double holds, the ties are the same */
    for (size_t i = 0; i < 15; i++)
        other[i] = -0.1 * d[i];
    assert_true(statistics_sign_flip(other, 15, key) == 863.0 / 32768);
    within(statistics_paired(d, 15).t, 2.148, 5e-4); /* section 17 */
    within(statistics_paired(d, 15).p_two_sided, 0.0497, 5e-5);

    /* More seeds than are enumerated: the draws come near the normal limit, and are the same each time. */
    for (size_t i = 0; i < 45; i++)
        thrice[i] = -0.3 * d[i % 15];
    const double drawn = statistics_sign_flip(thrice, 45, key);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < 45; i++) {
        sum += thrice[i];
        squares += thrice[i] * thrice[i];
    }
    within(drawn, normal_lower(sum / sqrt(squares)), 2e-3);
    assert_true(drawn == statistics_sign_flip(thrice, 45, key));
    assert_true(drawn != statistics_sign_flip(thrice, 45, (struct key){1, 3}));
    assert_true(drawn >= statistics_sign_flip_least(45));
}

/* All seeds on one side: the least p there is. */
static void attainable(void **state)
{
    const double d[] = {-1, -2, -0.5, -3, -1, -2, -2};
    (void)state;
    for (size_t n = 5; n <= 7; n++) {
        assert_true(statistics_sign_flip(d, n, key) == ldexp(1, -(int)n));
        assert_true(statistics_sign_flip_least(n) == ldexp(1, -(int)n));
    }
    assert_int_equal(statistics_seeds_needed(1, 0.05), 5); /* 1/32 */
    assert_int_equal(statistics_seeds_needed(2, 0.05), 6); /* 2/64; 2/32 is too much */
    assert_int_equal(statistics_seeds_needed(3, 0.05), 6); /* 3/64 = 0.047 */
    assert_int_equal(statistics_seeds_needed(4, 0.05), 7);
    assert_int_equal(statistics_seeds_needed(10, 0.05), 8);
}

/* By hand after Holm 1979: sorted .01 .02 .03 .04 times 4 3 2 1 = .04 .06 .06 .04, each at least the one
 * before.  (R: p.adjust(c(.03, .01, NA, .04, .02), "holm").) */
static void holm(void **state)
{
    const double p[] = {0.03, 0.01, NAN, 0.04, 0.02}, wanted[] = {0.06, 0.04, NAN, 0.06, 0.06};
    double adjusted[5], many[] = {0.5, 0.4, 0.9};
    size_t order[5];
    (void)state;
    statistics_holm(adjusted, p, order, 5);
    for (size_t i = 0; i < 5; i++)
        if (isnan(wanted[i]))
            assert_true(isnan(adjusted[i]));
        else
            within(adjusted[i], wanted[i], 1e-15);
    statistics_holm(many, many, order, 3);
    for (size_t i = 0; i < 3; i++)
        assert_true(many[i] == 1);
}

/* ---- ranks ---- */

/* Demsar 2006, table 6: AUC of C4.5, C4.5+m, C4.5+cf, C4.5+m+cf on 14 data sets; mean ranks 3.143, 2.000,
 * 2.893, 1.964; chi-square 9.28 without correction for ties, F 3.69 of it; CD at 0.05 1.25, at 0.10 1.12. (On
 * `voting` the paper ranks the third before the fourth, whose printed digits are the same.) */
enum { SETS = 14, TREES = 4 };
static const double trees[SETS][TREES] = {
    {0.763, 0.768, 0.771, 0.798},   {0.599, 0.591, 0.590, 0.569}, {0.954, 0.971, 0.968, 0.967},
    {0.628, 0.661, 0.654, 0.657},   {0.882, 0.888, 0.886, 0.898}, {0.936, 0.931, 0.916, 0.931},
    {0.661, 0.668, 0.609, 0.685},   {0.583, 0.583, 0.563, 0.625}, {0.775, 0.838, 0.866, 0.875},
    {1.000, 1.000, 1.000, 1.000},   {0.940, 0.962, 0.965, 0.962}, {0.619, 0.666, 0.614, 0.669},
    {0.972, 0.981, 0.97501, 0.975}, {0.957, 0.978, 0.946, 0.970}};

static void demsar(void **state)
{
    const double wanted[] = {3.143, 2.000, 2.893, 1.964};
    double rank[SETS * TREES], mean[TREES] = {0};
    size_t order[TREES];
    (void)state;
    for (size_t b = 0; b < SETS; b++) {
        statistics_ranks(&rank[b * TREES], trees[b], false, order, TREES);
        for (size_t v = 0; v < TREES; v++)
            mean[v] += rank[b * TREES + v] / SETS;
    }
    for (size_t v = 0; v < TREES; v++)
        within(mean[v], wanted[v], 5e-4);
    /* Three pairs of equals and one four: sum of t^3 - t = 3 * 6 + 60. */
    const double tied = 3 * 6 + 60, with_ties = 280.0 / (280.0 - tied / 3);
    const struct friedman friedman = statistics_friedman(rank, SETS, TREES);
    within(friedman.chi_square, 9.28 * with_ties, 6e-3 * with_ties);
    within(13 * 9.28 / (42 - 9.28), 3.69, 5e-3); /* so F there */
    within(friedman.f, 13 * friedman.chi_square / (42 - friedman.chi_square), 1e-12);
    within(friedman.p_f, fisher_upper(friedman.f, 3, 39), 1e-15);
    within(statistics_critical_difference(TREES, SETS, 0.05), 1.25, 5e-3);
    within(statistics_critical_difference(TREES, SETS, 0.10), 1.12, 5e-3);
    assert_true(statistics_critical_difference_tells(1.25, TREES));
    /* 40 variants on 4 blocks: 40 * 41 / 24 = 68 */
    assert_false(statistics_critical_difference_tells(statistics_critical_difference(40, 4, 0.05), 40));
}

/* Hollander and Wolfe 1973, page 140: times to round first base, three ways, 22 players.  R, help page of
 * friedman.test: chi-squared = 11.143, df = 2, p-value = 0.003805. */
static void rounding_times(void **state)
{
    static const double times[22][3] = {
        {5.40, 5.50, 5.55}, {5.85, 5.70, 5.75}, {5.20, 5.60, 5.50}, {5.55, 5.50, 5.40}, {5.90, 5.85, 5.70},
        {5.45, 5.55, 5.60}, {5.40, 5.40, 5.35}, {5.45, 5.50, 5.35}, {5.25, 5.15, 5.00}, {5.85, 5.80, 5.70},
        {5.25, 5.20, 5.10}, {5.65, 5.55, 5.45}, {5.60, 5.35, 5.45}, {5.05, 5.00, 4.95}, {5.50, 5.50, 5.40},
        {5.45, 5.55, 5.50}, {5.55, 5.55, 5.35}, {5.45, 5.50, 5.55}, {5.50, 5.45, 5.25}, {5.65, 5.60, 5.40},
        {5.70, 5.65, 5.55}, {6.30, 6.30, 6.25}};
    double rank[66];
    size_t order[3];
    (void)state;
    for (size_t b = 0; b < 22; b++)
        statistics_ranks(&rank[b * 3], times[b], true, order, 3);
    const struct friedman friedman = statistics_friedman(rank, 22, 3);
    within(friedman.chi_square, 11.143, 5e-4);
    within(friedman.p_chi_square, 0.003805, 5e-7);
}

static void rank_rules(void **state)
{
    const double values[] = {3, NAN, 1, 3, NAN, 2};
    const double lower[] = {3.5, 5.5, 1, 3.5, 5.5, 2}, higher[] = {1.5, 5.5, 4, 1.5, 5.5, 3};
    const double agree[] = {1, 2, 3, 1, 2, 3, 1, 2, 3}, same[] = {2, 2, 2, 2, 2, 2};
    double rank[6];
    size_t order[6];
    (void)state;
    statistics_ranks(rank, values, true, order, 6);
    assert_memory_equal(rank, lower, sizeof lower);
    statistics_ranks(rank, values, false, order, 6);
    assert_memory_equal(rank, higher, sizeof higher);
    struct friedman friedman = statistics_friedman(agree, 3, 3);
    within(friedman.chi_square, 6, 1e-12); /* N (k - 1), the most there is */
    assert_true(isinf(friedman.f) && friedman.p_f == 0);
    assert_true(isnan(statistics_friedman(same, 2, 3).chi_square));
    assert_true(isnan(statistics_friedman(agree, 1, 3).chi_square));
    within(statistics_mean_reciprocal(agree + 1, 3, 3), 0.5, 0);
    within(statistics_mean_reciprocal(lower, 1, 6), (2 / 3.5 + 2 / 5.5 + 1 + 0.5) / 6, 1e-15);
}

/* ---- summaries ---- */

static void chance(void **state)
{
    const double solved[] = {0.9, 0.89, 1, 0.2};
    (void)state;
    within(statistics_chance_corrected(0.75, 0.5), 0.5, 0);
    within(statistics_chance_corrected(0.5, 0.5), 0, 0);
    within(statistics_chance_corrected(0.25, 0.5), -0.5, 0);
    assert_true(isnan(statistics_chance_corrected(1, 1)));
    assert_int_equal(statistics_solved(solved, 4), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sleep_data),     cmocka_unit_test(few_pairs),  cmocka_unit_test(maize),
        cmocka_unit_test(attainable),     cmocka_unit_test(holm),       cmocka_unit_test(demsar),
        cmocka_unit_test(rounding_times), cmocka_unit_test(rank_rules), cmocka_unit_test(chance)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
