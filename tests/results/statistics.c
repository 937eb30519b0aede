/* Summaries against values worked out by hand. */
#include "tests/test.h"

#include <math.h>

#include "results/statistics/statistics.h"

static void by_hand(void **state)
{
    const double values[] = {2, 4, 4, 4, 5, 5, 7, 9}; /* sum of squared differences: 32 */
    struct summary s = statistics_summary(values, 8);
    (void)state;
    assert_int_equal(s.count, 8);
    assert_true(s.mean == 5);
    assert_true(s.minimum == 2);
    assert_true(s.maximum == 9);
    assert_true(fabs(s.deviation - sqrt(32.0 / 7)) < 1e-15);
}

static void few(void **state)
{
    const double value = 0.1;
    struct summary s = statistics_summary(NULL, 0);
    (void)state;
    assert_int_equal(s.count, 0);
    assert_true(isnan(s.mean) && isnan(s.minimum) && isnan(s.maximum) && isnan(s.deviation));
    s = statistics_summary(&value, 1);
    assert_true(s.mean == value && s.minimum == value && s.maximum == value);
    assert_true(isnan(s.deviation));
}

/* Equal values have that mean and no deviation; a large offset loses no digits of the deviation. */
static void rounding(void **state)
{
    const double equal[] = {0.1, 0.1, 0.1};
    const double offset[] = {1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16};
    struct summary s = statistics_summary(equal, 3);
    (void)state;
    assert_true(s.mean == 0.1);
    assert_true(s.deviation == 0);
    s = statistics_summary(offset, 4);
    assert_true(s.mean == 1e9 + 10);
    assert_true(fabs(s.deviation - sqrt(30)) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(few),
                                       cmocka_unit_test(rounding)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
