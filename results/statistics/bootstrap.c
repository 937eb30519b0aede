/* bootstrap.c -- the nested bootstrap of a mean: seeds outside, items inside.
 *
 * A draw takes S seeds with replacement, and of each seed taken the mean of its I items taken with
 * replacement; its value is the mean of the S means (Davison and Hinkley 1997, section 3.8).
 *
 * The inner mean is not drawn item by item, but from its own distribution, which is known: its mean m,
 * variance v/I and skewness g/sqrt I follow from the plug-in moments of the items, and to the third
 * cumulant it is m + sqrt(v/I) (z + g (z^2 - 1) / (6 sqrt I)) with z normal (Cornish and Fisher 1938; Hall
 * 1992, "The bootstrap and Edgeworth expansion", section 3.3), off by O(1/I).  So the work does not grow
 * with I.  z is one of DEVIATES equally likely ones, the middles of strata of the normal distribution.
 *
 * Interval: percentiles.  Those of the tails alpha/2 are too narrow for a few seeds, for two reasons: a
 * resample has the variance (S-1)/S s^2, and no allowance is made for s being an estimate.  Hesterberg
 * (2015, "What teachers should know about the bootstrap", section 5.3) expands the tail to
 *   alpha'/2 = Phi(-sqrt(S/(S-1)) t(1 - alpha/2, S-1))
 * so that for normal data the interval is about Student's.  README.md has what both cover.
 *
 * Number j of draw i of a cell is word j of the cell's own stream: the same for any number of workers. */
#include "results/statistics/statistics.h"

#include <math.h>
#include <stdint.h>

#include "support/memory.h"
#include "support/threads.h"

enum { DEVIATE_BITS = 10, DEVIATES = 1 << DEVIATE_BITS, WORDS = 4 /* of a block */ };

struct moments statistics_moments(const float *items, size_t count)
{
    struct moments out = {.count = count, .mean = NAN};
    double sum = 0, second = 0, third = 0;
    if (count == 0)
        return out;
    for (size_t i = 0; i < count; i++)
        sum += (double)items[i];
    out.mean = sum / (double)count;
    for (size_t i = 0; i < count; i++) {
        const double d = (double)items[i] - out.mean;
        second += d * d;
        third += d * d * d;
    }
    out.variance = second / (double)count;
    if (out.variance > 0)
        out.skewness = third / (double)count / (out.variance * sqrt(out.variance));
    return out;
}

/* ---- one cell ---- */

struct stage { /* the inner mean of a seed: constant + linear z + square z^2 */
    double constant, linear, square;
};

static struct stage stage_of(const struct moments *seed, size_t seeds)
{
    const double items = (double)seed->count, scale = 1 / (double)seeds;
    const double linear = sqrt(seed->variance / items), square = linear * seed->skewness / (6 * sqrt(items));
    return (struct stage){scale * (seed->mean - square), scale * linear, scale * square};
}

/* value(draws) */
static void draw(double *value, const struct bootstrap_cell *cell, const struct stage *stage,
                 const double *deviate, size_t draws)
{
    const uint32_t key[2] = {(uint32_t)cell->key.low, (uint32_t)(cell->key.low >> 32)};
    const size_t blocks = (cell->seeds + WORDS - 1) / WORDS;
    for (size_t i = 0; i < draws; i++) {
        double sum = 0;
        for (size_t b = 0; b < blocks; b++) {
            const uint64_t at = i * blocks + b;
            const uint32_t counter[4] = {(uint32_t)at, (uint32_t)(at >> 32), (uint32_t)cell->key.high,
                                         (uint32_t)(cell->key.high >> 32)};
            uint32_t word[WORDS];
            random_philox(word, counter, key);
            for (size_t j = 0; j < WORDS && b * WORDS + j < cell->seeds; j++) {
                const double z = deviate[word[j] & (DEVIATES - 1)];
                const size_t seed =
                    (size_t)((uint64_t)(word[j] >> DEVIATE_BITS) * cell->seeds >> (32 - DEVIATE_BITS));
                sum += stage[seed].constant + z * (stage[seed].linear + z * stage[seed].square);
            }
        }
        value[i] = sum;
    }
}

/* The value of rank k (from 0), by Hoare's selection: what lies before it is no greater. */
static double select_rank(double *value, size_t count, size_t k)
{
    size_t first = 0, last = count - 1;
    while (first < last) {
        const double a = value[first], b = value[first + (last - first) / 2], c = value[last];
        const double pivot = fmax(fmin(a, b), fmin(fmax(a, b), c));
        size_t i = first, j = last;
        for (;;) {
            while (value[i] < pivot)
                i++;
            while (pivot < value[j])
                j--;
            if (i >= j)
                break;
            const double swapped = value[i];
            value[i++] = value[j];
            value[j--] = swapped;
        }
        if (k <= j) /* first..j are at most the pivot, the rest at least */
            last = j;
        else
            first = j + 1;
    }
    return value[k];
}

/* ---- all cells ---- */

struct bootstrap {
    struct interval *out;
    const struct bootstrap_cell *cell;
    const struct bootstrap_options *options;
    size_t most_seeds;
    size_t *rank;        /* (most_seeds + 1) of the low percentile, by number of seeds */
    double *deviate;     /* (DEVIATES) */
    double *value;       /* (workers, draws) */
    struct stage *stage; /* (workers, most_seeds) */
};

static void task(void *context, size_t index, size_t worker)
{
    const struct bootstrap *bootstrap = context;
    const struct bootstrap_cell *cell = &bootstrap->cell[index];
    const size_t draws = bootstrap->options->draws, rank = bootstrap->rank[cell->seeds];
    double *value = &bootstrap->value[worker * draws];
    struct stage *stage = &bootstrap->stage[worker * bootstrap->most_seeds];
    struct interval *out = &bootstrap->out[index];
    *out = (struct interval){NAN, NAN};
    if (cell->seeds < SEEDS_LEAST)
        return;
    for (size_t s = 0; s < cell->seeds; s++) {
        if (cell->seed[s].count == 0 || !isfinite(cell->seed[s].mean) || !isfinite(cell->seed[s].variance))
            return;
        stage[s] = stage_of(&cell->seed[s], cell->seeds);
    }
    draw(value, cell, stage, bootstrap->deviate, draws);
    out->low = select_rank(value, draws, rank);
    out->high = select_rank(value, draws, draws - 1 - rank);
}

/* The low percentile's rank for each number of seeds. */
static void fill_ranks(size_t *rank, size_t most_seeds, const struct bootstrap_options *options)
{
    for (size_t s = SEEDS_LEAST; s <= most_seeds; s++) {
        const double freedom = (double)(s - 1), half = (1 - options->level) / 2;
        const double t = student_quantile(1 - half, freedom);
        const double tail = options->plain ? half : normal_lower(-sqrt((double)s / freedom) * t);
        rank[s] = (size_t)(tail * (double)options->draws);
    }
}

/* Middles of equally likely strata, scaled to variance 1. */
static void fill_deviates(double deviate[DEVIATES])
{
    double squares = 0;
    for (size_t i = 0; i < DEVIATES; i++) {
        deviate[i] = normal_quantile(((double)i + 0.5) / DEVIATES);
        squares += deviate[i] * deviate[i];
    }
    for (size_t i = 0; i < DEVIATES; i++)
        deviate[i] /= sqrt(squares / DEVIATES);
}

enum status statistics_bootstrap(struct interval *out, const struct bootstrap_cell *cells, size_t count,
                                 const struct bootstrap_options *options, struct message *message)
{
    struct bootstrap bootstrap = {.out = out, .cell = cells, .options = options, .most_seeds = SEEDS_LEAST};
    const size_t workers = options->workers > 0 ? options->workers : 1;
    enum status status = STATUS_FAILED;
    for (size_t i = 0; i < count; i++)
        if (cells[i].seeds > bootstrap.most_seeds)
            bootstrap.most_seeds = cells[i].seeds;
    bootstrap.rank =
        memory_allocate(bootstrap.most_seeds + 1, sizeof *bootstrap.rank, "a bootstrap", message);
    bootstrap.deviate = memory_allocate(DEVIATES, sizeof *bootstrap.deviate, "a bootstrap", message);
    bootstrap.value = memory_workspace(workers * options->draws, sizeof *bootstrap.value,
                                       "the draws of a bootstrap", message);
    bootstrap.stage =
        memory_workspace(workers * bootstrap.most_seeds, sizeof *bootstrap.stage, "a bootstrap", message);
    if (bootstrap.rank && bootstrap.deviate && bootstrap.value && bootstrap.stage && options->draws > 0) {
        fill_ranks(bootstrap.rank, bootstrap.most_seeds, options);
        fill_deviates(bootstrap.deviate);
        threads_run(workers, count, &bootstrap, task);
        status = STATUS_OK;
    }
    memory_release(bootstrap.rank);
    memory_release(bootstrap.deviate);
    memory_release(bootstrap.value);
    memory_release(bootstrap.stage);
    return status;
}
