/* sample.c -- choice without replacement: every outcome equally likely. */
#include "datasets/shared/sample.h"

#include <math.h>

#include "support/memory.h"
#include "tests/test.h"

static struct key nth_key(uint64_t index)
{
    return key_with(key_named(2, "test of samples"), index);
}

/* Each of the 5 * 4 * 3 ordered choices of 3 among 5: chi-square with 59 degrees of freedom, mean 59 and
 * deviation sqrt(118); five deviations above is a defect. */
static void every_order_of_every_subset(void **unused)
{
    enum { TRIALS = 60000, BOUND = 5, COUNT = 3, CHOICES = 60 };
    double times[BOUND * BOUND * BOUND] = {0}, square = 0;
    size_t different = 0;
    (void)unused;
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        int32_t out[COUNT], scratch[2 * COUNT];
        sample_distinct(out, scratch, nth_key(trial), COUNT, BOUND);
        for (size_t i = 0; i < COUNT; i++) {
            assert_in_range(out[i], 0, BOUND - 1);
            for (size_t j = 0; j < i; j++)
                assert_int_not_equal(out[i], out[j]);
        }
        times[(out[0] * BOUND + out[1]) * BOUND + out[2]]++;
    }
    for (size_t i = 0; i < BOUND * BOUND * BOUND; i++) {
        different += times[i] > 0;
        square += times[i] > 0 ? pow(times[i] - TRIALS / (double)CHOICES, 2) / (TRIALS / (double)CHOICES) : 0;
    }
    assert_int_equal(different, CHOICES);
    if (square > 59 + 5 * sqrt(118))
        fail_msg("chi-square %g over 60 choices", square);
}

/* All of them, and few of very many. */
static void extremes(void **unused)
{
    enum { COUNT = 300000 };
    int32_t *out = memory_allocate(3 * COUNT, sizeof *out, "numbers", NULL), few[2], scratch[4],
            *seen = out + COUNT;
    size_t in_place = 0;
    (void)unused;
    assert_non_null(out);
    sample_distinct(out, out + COUNT, nth_key(1), COUNT, COUNT);
    for (size_t i = 0; i < COUNT; i++)
        seen[i] = 0;
    for (size_t i = 0; i < COUNT; i++) {
        assert_in_range(out[i], 0, COUNT - 1);
        assert_int_equal(seen[out[i]]++, 0);
        in_place += out[i] == (int32_t)i;
    }
    assert_true(in_place < 20); /* one in the mean */
    for (uint64_t i = 0; i < 1000; i++) {
        sample_distinct(few, scratch, nth_key(i), 2, (size_t)1 << 31);
        assert_true(few[0] >= 0 && few[1] >= 0 && few[0] != few[1]);
    }
    sample_distinct(few, scratch, nth_key(1), 0, 5);
    sample_distinct(few, scratch, nth_key(1), 1, 1);
    assert_int_equal(few[0], 0);
    memory_release(out);
}

/* Each of the 10 subsets of 2 among 5: chi-square with 9 degrees of freedom. */
static void one_by_one(void **unused)
{
    enum { TRIALS = 20000 };
    double times[32] = {0}, square = 0;
    (void)unused;
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        size_t subset = 0, chosen = 0;
        for (size_t i = 0; i < 5; i++)
            if (sample_next(nth_key(trial), i, 2 - chosen, 5 - i)) {
                subset |= (size_t)1 << i;
                chosen++;
            }
        assert_int_equal(chosen, 2);
        times[subset]++;
    }
    for (size_t i = 0; i < 32; i++)
        square += times[i] > 0 ? pow(times[i] - TRIALS / 10.0, 2) / (TRIALS / 10.0) : 0;
    if (square > 9 + 5 * sqrt(18))
        fail_msg("chi-square %g over 10 subsets", square);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_order_of_every_subset),
        cmocka_unit_test(extremes),
        cmocka_unit_test(one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
