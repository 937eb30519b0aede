/* The bootstrap against one that draws item by item, its bits, and effective lengths by hand. */
#include "tests/test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/statistics/statistics.h"
#include "support/memory.h"
#include "support/threads.h"

enum { CELLS = 40, SEEDS = 6, ITEMS = 50 };

/* Skewed items: a seed's own level and an exponential. */
static void make_items(float *items, size_t cell)
{
    const struct key key = key_with(key_named(1, "items"), cell);
    for (size_t s = 0; s < SEEDS; s++)
        for (size_t i = 0; i < ITEMS; i++)
            items[s * ITEMS + i] =
                (float)(2 + 0.1 * random_normal(key, s) - log(1 - random_uniform(key, 100 + s * ITEMS + i)));
}

static void make_cells(struct bootstrap_cell *cells, struct moments *moments, float *items)
{
    for (size_t c = 0; c < CELLS; c++) {
        make_items(items, c);
        for (size_t s = 0; s < SEEDS; s++)
            moments[c * SEEDS + s] = statistics_moments(&items[s * ITEMS], ITEMS);
        cells[c] = (struct bootstrap_cell){&moments[c * SEEDS], SEEDS, key_with(key_named(2, "cell"), c)};
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The reference: seeds and items are drawn one by one. */
static struct interval naive(const float *items, size_t draws, double tail)
{
    const struct key key = key_named(3, "naive");
    double *value = memory_allocate(draws, sizeof *value, "test", NULL);
    size_t at = 0;
    for (size_t b = 0; b < draws; b++) {
        for (size_t s = 0; s < SEEDS; s++) {
            const size_t seed = random_below(key, at++, SEEDS);
            double sum = 0;
            for (size_t i = 0; i < ITEMS; i++)
                sum += (double)items[seed * ITEMS + random_below(key, at++, ITEMS)];
            value[b] += sum / ITEMS / SEEDS;
        }
    }
    qsort(value, draws, sizeof *value, compare);
    const size_t rank = (size_t)(tail * (double)draws);
    const struct interval out = {value[rank], value[draws - 1 - rank]};
    memory_release(value);
    return out;
}

static void as_item_by_item(void **state)
{
    enum { DRAWS = 20000 };
    const struct bootstrap_options options = {.draws = DRAWS, .level = 0.95, .plain = true, .workers = 1};
    float items[SEEDS * ITEMS];
    struct moments moments[CELLS * SEEDS];
    struct bootstrap_cell cells[CELLS];
    struct interval found[CELLS];
    (void)state;
    make_cells(cells, moments, items);
    assert_int_equal(statistics_bootstrap(found, cells, CELLS, &options, NULL), STATUS_OK);
    for (size_t c = 0; c < 5; c++) {
        make_items(items, c);
        const struct interval wanted = naive(items, DRAWS, 0.025);
        const double width = wanted.high - wanted.low;
        if (!(fabs(found[c].low - wanted.low) < 0.03 * width &&
              fabs(found[c].high - wanted.high) < 0.03 * width))
            fail_msg("cell %zu: [%g, %g], item by item [%g, %g]", c, found[c].low, found[c].high, wanted.low,
                     wanted.high);
    }
}

/* Equal seeds: the mean of 5 means of 20 items of skewness 2 has deviation 0.1 and skewness 0.2, so its
 * percentiles are 0.1 (z + 0.2 (z^2 - 1) / 6), z = +-1.96: -0.1865 and 0.2055. */
static void skewed(void **state)
{
    const struct bootstrap_options options = {.draws = 200000, .level = 0.95, .plain = true, .workers = 1};
    struct moments moments[5];
    const struct bootstrap_cell cell = {moments, 5, key_named(6, "cell")};
    struct interval found;
    (void)state;
    for (size_t s = 0; s < 5; s++)
        moments[s] = (struct moments){.count = 20, .mean = 0, .variance = 1, .skewness = 2};
    assert_int_equal(statistics_bootstrap(&found, &cell, 1, &options, NULL), STATUS_OK);
    if (!(fabs(found.low + 0.1865) < 0.003 && fabs(found.high - 0.2055) < 0.003))
        fail_msg("[%g, %g]", found.low, found.high);
}

/* Expanded percentiles of many items without skewness are about Student's interval. */
static void expanded(void **state)
{
    const struct bootstrap_options options = {.draws = 100000, .level = 0.95, .workers = 2};
    struct moments moments[20];
    double mean[20];
    struct interval found;
    (void)state;
    for (size_t s = 0; s < 20; s++) {
        mean[s] = normal_quantile(((double)s + 0.5) / 20);
        moments[s] = (struct moments){.count = 1000000, .mean = mean[s], .variance = 1};
    }
    const struct bootstrap_cell cell = {moments, 20, key_named(4, "cell")};
    const struct summary summary = statistics_summary(mean, 20);
    const double half = statistics_half_width(&summary, 0.95);
    assert_int_equal(statistics_bootstrap(&found, &cell, 1, &options, NULL), STATUS_OK);
    assert_true(fabs(found.low + half) < 0.05 * half && fabs(found.high - half) < 0.05 * half);
}

static void same_bits(void **state)
{
    struct bootstrap_options options = {.draws = 2000, .level = 0.95, .workers = 1};
    float items[SEEDS * ITEMS];
    struct moments moments[CELLS * SEEDS];
    struct bootstrap_cell cells[CELLS];
    struct interval one[CELLS], other[CELLS], alone;
    (void)state;
    make_cells(cells, moments, items);
    assert_int_equal(statistics_bootstrap(one, cells, CELLS, &options, NULL), STATUS_OK);
    for (size_t workers = 2; workers <= 8; workers *= 2) {
        options.workers = workers;
        memset(other, 0, sizeof other);
        assert_int_equal(statistics_bootstrap(other, cells, CELLS, &options, NULL), STATUS_OK);
        assert_memory_equal(one, other, sizeof one);
    }
    /* a cell does not know the others */
    assert_int_equal(statistics_bootstrap(&alone, &cells[17], 1, &options, NULL), STATUS_OK);
    assert_memory_equal(&alone, &one[17], sizeof alone);
    cells[17].key.low++;
    assert_int_equal(statistics_bootstrap(&alone, &cells[17], 1, &options, NULL), STATUS_OK);
    assert_memory_not_equal(&alone, &one[17], sizeof alone);
}

static void limits(void **state)
{
    const struct bootstrap_options options = {.draws = 1000, .level = 0.95, .workers = 1};
    const float equal[] = {2, 2, 2}, binary[] = {0, 0, 0, 1};
    struct moments moments[5], none;
    struct interval found;
    (void)state;
    for (size_t s = 0; s < 5; s++)
        moments[s] = statistics_moments(equal, 3);
    struct bootstrap_cell cell = {moments, 5, key_named(5, "cell")};
    assert_int_equal(statistics_bootstrap(&found, &cell, 1, &options, NULL), STATUS_OK);
    assert_true(fabs(found.low - 2) < 1e-15 && fabs(found.high - 2) < 1e-15);
    cell.seeds = 4; /* too few */
    assert_int_equal(statistics_bootstrap(&found, &cell, 1, &options, NULL), STATUS_OK);
    assert_true(isnan(found.low) && isnan(found.high));
    cell.seeds = 5; /* a seed without items */
    moments[3] = none = statistics_moments(equal, 0);
    assert_int_equal(none.count, 0);
    assert_int_equal(statistics_bootstrap(&found, &cell, 1, &options, NULL), STATUS_OK);
    assert_true(isnan(found.low));
    /* p = 1/4: variance p (1-p), skewness (1-2p)/sqrt(p(1-p)) */
    const struct moments coin = statistics_moments(binary, 4);
    assert_true(coin.mean == 0.25 && coin.variance == 0.1875);
    assert_true(fabs(coin.skewness - 0.5 / sqrt(0.1875)) < 1e-15);
}

/* ---- effective length ---- */

enum { LENGTHS = 4 };

static void lengths_of_tasks(void **state)
{
    const double reference[] = {1.0, 0.9, 1.0, 0.95, 1.0};
    double values[LENGTHS][5], scratch[5];
    (void)state;
    for (size_t s = 0; s < 5; s++) {
        values[0][s] = reference[s];
        values[1][s] = reference[s] - 0.05;
        values[2][s] = reference[s] * 0.5;
        values[3][s] = reference[s]; /* well again, but 4L is not */
    }
    struct effective_length found =
        statistics_effective_length(&values[0][0], reference, LENGTHS, 5, LENGTH_SCORE, scratch);
    assert_true(found.any && found.last == 1 && found.interval && !found.complete);
    assert_true(found.low_any && found.low == 1 && found.high_any && found.high == 1);
    /* one seed far off: the mean is still within, the upper bound is not, and the ends are apart */
    values[1][2] = 0.6;
    found = statistics_effective_length(&values[0][0], reference, LENGTHS, 5, LENGTH_SCORE, scratch);
    assert_true(found.last == 0 && found.low == 0 && found.high == 1);
    values[2][0] = NAN; /* a gap ends it */
    values[1][2] = 0.95;
    found = statistics_effective_length(&values[0][0], reference, LENGTHS, 5, LENGTH_SCORE, scratch);
    assert_true(found.last == 1 && found.high == 1 && found.gap);
    for (size_t s = 0; s < 5; s++)
        values[2][s] = 1;
    found = statistics_effective_length(&values[0][0], reference, LENGTHS, 5, LENGTH_SCORE, scratch);
    assert_true(found.last == 3 && found.complete && !found.gap);
    /* of two seeds one has not learnt the task: nothing it keeps is an end */
    const double half[] = {1, 0};
    double few[3][2] = {{1, 0}, {0.95, 0}, {0.3, 0}};
    found = statistics_effective_length(&few[0][0], half, 3, 2, LENGTH_SCORE, scratch);
    assert_true(found.last == 1 && found.low == 1 && found.high == 1);
}

/* loss(n) - loss(L) of five seeds: mean m, deviation s; the one-sided bound is m + 2.1318 s / sqrt 5. */
static void lengths_of_text(void **state)
{
    const double reference[] = {2.0, 2.1, 1.9, 2.05, 2.0};
    const double up[] = {1, -1, 0.5, -0.5, 0}; /* deviation 0.790569 */
    const double bound = 2.1318 / sqrt(5) * 0.790569;
    double values[3][5], scratch[5];
    (void)state;
    for (size_t s = 0; s < 5; s++) {
        values[0][s] = reference[s];
        values[1][s] = reference[s] + 0.001 + 0.99 * 0.009 / bound * up[s];
        values[2][s] = reference[s] + 0.001 + 1.01 * 0.009 / bound * up[s];
    }
    struct effective_length found =
        statistics_effective_length(&values[0][0], reference, 3, 5, LENGTH_LOSS, scratch);
    assert_true(found.any && found.last == 1 && !found.complete);
    assert_true(found.low == 0); /* 2.776 for 2.132 */
    assert_true(found.high == 2);
    /* below five seeds the mean decides, and the ends are those of single seeds */
    double few[3][2] = {{2, 2}, {2.005, 2.03}, {2.006, 2.0}};
    const double at[] = {2, 2};
    found = statistics_effective_length(&few[0][0], at, 3, 2, LENGTH_LOSS, scratch);
    assert_true(!found.interval && found.last == 0 && found.low == 0 && found.high == 2);
    few[0][0] = few[0][1] = NAN;
    found = statistics_effective_length(&few[0][0], at, 3, 2, LENGTH_LOSS, scratch);
    assert_false(found.any || found.complete);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_item_by_item), cmocka_unit_test(skewed),
                                       cmocka_unit_test(expanded),        cmocka_unit_test(same_bits),
                                       cmocka_unit_test(limits),          cmocka_unit_test(lengths_of_tasks),
                                       cmocka_unit_test(lengths_of_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
