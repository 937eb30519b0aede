/* Coverage and rejection rates under a null hypothesis, 10,000 simulations each, and the time of a large
 * bootstrap.  The program prints the figures that stand in results/README.md. */
#include "tests/test.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "results/statistics/statistics.h"
#include "support/memory.h"
#include "support/threads.h"

enum { SIMULATIONS = 10000, ITEMS = 100, MOST_SEEDS = 20 };

/* A score of a seed: its own level, normal with deviation 1, and the mean of its items, exponential with
 * deviation 1 (skewed, as losses are).  The true mean is 0.  moments may be NULL. */
static double simulate(struct moments *moments, struct key key, size_t seed)
{
    float items[ITEMS];
    const double level = random_normal(key_with(key, 0), seed);
    const struct key stream = key_with(key, 1 + seed);
    double sum = 0;
    for (size_t i = 0; i < ITEMS; i++) {
        items[i] = (float)(level - log(1 - random_uniform(stream, i)) - 1);
        sum += (double)items[i];
    }
    if (moments)
        *moments = statistics_moments(items, ITEMS);
    return sum / ITEMS;
}

static bool covers(struct interval interval)
{
    return interval.low <= 0 && 0 <= interval.high;
}

static double share(size_t hits)
{
    return 100.0 * (double)hits / SIMULATIONS;
}

/* ---- intervals ---- */

static void coverage_with(size_t seeds)
{
    struct moments *moments = memory_allocate(SIMULATIONS * seeds, sizeof *moments, "test", NULL);
    struct bootstrap_cell *cell = memory_allocate(SIMULATIONS, sizeof *cell, "test", NULL);
    struct interval *plain = memory_allocate(SIMULATIONS, sizeof *plain, "test", NULL);
    struct interval *expanded = memory_allocate(SIMULATIONS, sizeof *expanded, "test", NULL);
    struct bootstrap_options options = {.draws = 10000, .level = 0.95, .workers = threads_available()};
    size_t student = 0, percentile = 0, wide = 0;
    for (size_t i = 0; i < SIMULATIONS; i++) {
        const struct key key = key_with(key_named(seeds, "coverage"), i);
        double value[MOST_SEEDS];
        for (size_t s = 0; s < seeds; s++)
            value[s] = simulate(&moments[i * seeds + s], key, s);
        const struct summary summary = statistics_summary(value, seeds);
        const double half = statistics_half_width(&summary, 0.95);
        student += covers((struct interval){summary.mean - half, summary.mean + half});
        cell[i] = (struct bootstrap_cell){&moments[i * seeds], seeds, key_with(key, 12345)};
    }
    assert_int_equal(statistics_bootstrap(expanded, cell, SIMULATIONS, &options, NULL), STATUS_OK);
    options.plain = true;
    assert_int_equal(statistics_bootstrap(plain, cell, SIMULATIONS, &options, NULL), STATUS_OK);
    for (size_t i = 0; i < SIMULATIONS; i++) {
        percentile += covers(plain[i]);
        wide += covers(expanded[i]);
    }
    print_message(
        "%2zu seeds: 95 %% intervals cover: Student %.1f %%, nested bootstrap with expanded percentiles "
        "%.1f %%, with plain percentiles %.1f %%\n",
        seeds, share(student), share(wide), share(percentile));
    memory_release(moments);
    memory_release(cell);
    memory_release(plain);
    memory_release(expanded);
    assert_true(share(student) > 93 && share(student) < 97);
    if (seeds >= BOOTSTRAP_SEEDS_LEAST)
        assert_true(share(wide) > 93 && share(wide) < 97);
}

static void coverage(void **state)
{
    (void)state;
    coverage_with(5);
    coverage_with(6);
    coverage_with(7);
    coverage_with(8);
    coverage_with(10);
    coverage_with(20);
}

/* What no interval of so few seeds covers: very skewed scores, and seeds that learn the task or do not. */
static void hard_cases(void **state)
{
    const size_t counts[] = {5, 10, 20};
    (void)state;
    for (size_t c = 0; c < 3; c++) {
        const size_t seeds = counts[c];
        size_t skewed = 0, split = 0;
        for (size_t i = 0; i < SIMULATIONS; i++) {
            const struct key key = key_with(key_named(seeds, "hard cases"), i);
            double a[MOST_SEEDS], b[MOST_SEEDS];
            for (size_t s = 0; s < seeds; s++) {
                a[s] = exp(random_normal(key, s)) - exp(0.5);
                b[s] = (random_uniform(key, MOST_SEEDS + s) < 0.7) - 0.7;
            }
            const struct summary first = statistics_summary(a, seeds), second = statistics_summary(b, seeds);
            skewed += fabs(first.mean) <= statistics_half_width(&first, 0.95);
            split += fabs(second.mean) <= statistics_half_width(&second, 0.95);
        }
        print_message(
            "%2zu seeds: Student's 95 %% interval covers: log-normal scores %.1f %%, a task that 70 %% of "
            "seeds learn %.1f %%\n",
            seeds, share(skewed), share(split));
        assert_true(share(skewed) > 80 && share(split) > 70);
    }
}

/* ---- tests ---- */

/* The rate of a test that may be conservative: within three standard errors of 5 per cent, or below. */
static void assert_level(size_t rejected, double least)
{
    assert_true(share(rejected) < 5 + 3 * 0.22);
    assert_true(share(rejected) > least);
}

static void rejections_with(size_t seeds)
{
    size_t student = 0, flips = 0, family = 0;
    for (size_t i = 0; i < SIMULATIONS; i++) {
        const struct key key = key_with(key_named(seeds, "rejection"), i);
        double p[4], adjusted[4];
        size_t order[4];
        for (size_t t = 0; t < 4; t++) {
            double difference[MOST_SEEDS];
            for (size_t s = 0; s < seeds; s++)
                difference[s] = simulate(NULL, key_with(key, t), s);
            p[t] = statistics_sign_flip(difference, seeds, key);
            if (t == 0)
                student += statistics_paired(difference, seeds).p_two_sided <= 0.05;
        }
        flips += p[0] <= 0.05;
        statistics_holm(adjusted, p, order, 4);
        family += adjusted[0] <= 0.05 || adjusted[1] <= 0.05 || adjusted[2] <= 0.05 || adjusted[3] <= 0.05;
    }
    const double attainable = 100 * floor(0.05 * ldexp(1, (int)seeds)) * ldexp(1, -(int)seeds);
    print_message("%2zu seeds: rejected at 5 %%: paired t %.1f %%, sign flip %.1f %% (attainable %.1f %%), "
                  "any of 4 sign flips after Holm %.1f %%\n",
                  seeds, share(student), share(flips), attainable, share(family));
    assert_level(student, 5 - 3 * 0.22);
    assert_level(flips, attainable - 3 * 0.22);
    assert_level(family, -1);
}

static void rejections(void **state)
{
    (void)state;
    rejections_with(5);
    rejections_with(8);
    rejections_with(10);
}

static void ranks(void **state)
{
    enum { BLOCKS = 12, VARIANTS = 5 };
    const double difference = statistics_critical_difference(VARIANTS, BLOCKS, 0.05);
    size_t chi_square = 0, f = 0, nemenyi = 0;
    (void)state;
    for (size_t i = 0; i < SIMULATIONS; i++) {
        const struct key key = key_with(key_named(1, "ranks"), i);
        double rank[BLOCKS * VARIANTS], value[VARIANTS], mean[VARIANTS] = {0}, least = 1e9, most = 0;
        size_t order[VARIANTS];
        for (size_t b = 0; b < BLOCKS; b++) {
            for (size_t v = 0; v < VARIANTS; v++)
                value[v] = random_normal(key, b * VARIANTS + v);
            statistics_ranks(&rank[b * VARIANTS], value, true, order, VARIANTS);
            for (size_t v = 0; v < VARIANTS; v++)
                mean[v] += rank[b * VARIANTS + v] / BLOCKS;
        }
        for (size_t v = 0; v < VARIANTS; v++) {
            least = fmin(least, mean[v]);
            most = fmax(most, mean[v]);
        }
        const struct friedman friedman = statistics_friedman(rank, BLOCKS, VARIANTS);
        chi_square += friedman.p_chi_square <= 0.05;
        f += friedman.p_f <= 0.05;
        nemenyi += most - least > difference;
    }
    print_message("%d variants on %d blocks: rejected at 5 %%: Friedman %.1f %%, Iman and Davenport %.1f %%, "
                  "any pair beyond Nemenyi's difference %.1f %%\n",
                  VARIANTS, BLOCKS, share(chi_square), share(f), share(nemenyi));
    assert_level(chi_square, 3.5);
    assert_level(f, 4);
    assert_level(nemenyi, 3);
}

/* ---- time ---- */

static double now(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

/* 10,000 cells of 5 seeds with 256 items each, from the items on; all other statistics beside them. */
static void speed(void **state)
{
    enum { CELLS = 10000, SEEDS = 5, MANY = 256 };
    const size_t workers = threads_available() < 2 ? threads_available() : 2;
    const struct bootstrap_options options = {.draws = 10000, .level = 0.95, .workers = workers};
    struct moments *moments = memory_allocate(CELLS * SEEDS, sizeof *moments, "test", NULL);
    struct bootstrap_cell *cell = memory_allocate(CELLS, sizeof *cell, "test", NULL);
    struct interval *first = memory_allocate(CELLS, sizeof *first, "test", NULL);
    struct interval *again = memory_allocate(CELLS, sizeof *again, "test", NULL);
    float *items = memory_allocate((size_t)CELLS * SEEDS * MANY, sizeof *items, "test", NULL);
    const struct key key = key_named(1, "speed");
    (void)state;
    for (size_t i = 0; i < (size_t)CELLS * SEEDS * MANY; i++)
        items[i] = (float)random_uniform(key, i);
    const double start = now(CLOCK_MONOTONIC), work = now(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t c = 0; c < CELLS; c++) {
        double mean[SEEDS];
        for (size_t s = 0; s < SEEDS; s++) {
            moments[c * SEEDS + s] = statistics_moments(&items[(c * SEEDS + s) * MANY], MANY);
            mean[s] = moments[c * SEEDS + s].mean - 0.5;
        }
        cell[c] = (struct bootstrap_cell){&moments[c * SEEDS], SEEDS, key_with(key, c)};
        assert_true(statistics_paired(mean, SEEDS).p_two_sided >= 0);
        assert_true(statistics_sign_flip(mean, SEEDS, key) > 0);
    }
    assert_int_equal(statistics_bootstrap(first, cell, CELLS, &options, NULL), STATUS_OK);
    const double took = now(CLOCK_MONOTONIC) - start, worked = now(CLOCK_PROCESS_CPUTIME_ID) - work;
    assert_int_equal(statistics_bootstrap(again, cell, CELLS, &options, NULL), STATUS_OK);
    assert_memory_equal(first, again, CELLS * sizeof *first);
    print_message(
        "%d cells of %d seeds x %d items, %d draws, %zu threads: %.2f s, %.2f s of processor time\n", CELLS,
        SEEDS, MANY, 10000, workers, took, worked);
    memory_release(moments);
    memory_release(cell);
    memory_release(first);
    memory_release(again);
    memory_release(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(coverage), cmocka_unit_test(hard_cases),
                                       cmocka_unit_test(rejections), cmocka_unit_test(ranks),
                                       cmocka_unit_test(speed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
