/* paired.c -- two variants on the same seeds, by their differences d_i; several such tests.
 *
 *   t test     t = m / (s / sqrt n) on n - 1 degrees of freedom; interval m +- t(0.975, n - 1) s / sqrt n
 *              (Student 1908)
 *   effect     g = J(n-1) m / s,  J(v) = Gamma(v/2) / (sqrt(v/2) Gamma((v-1)/2)): the standardised mean
 *              difference d_z, without its bias in small samples (Hedges 1981, equation 6e).  J(1) = 0: two
 *              pairs say nothing of it
 *   sign flip  under the hypothesis each d_i is as likely to be -d_i: p is the share of the 2^n sign
 *              assignments whose sum is at most the one observed (Fisher 1935, "The design of experiments",
 *              section 21).  Sums within rounding of the observed one count as equal.  Beyond 20 values by
 *              draws, p = (1 + hits)/(1 + draws), which keeps the level (Phipson and Smyth 2010)
 *   Holm       p ascending: adjusted p_(i) = max_{j <= i} min(1, (m - j + 1) p_(j)), which holds the chance
 *              of any false rejection under any dependence (Holm 1979, "A simple sequentially rejective
 *              multiple test procedure") */
#include <float.h>
#include <math.h>

#include "results/statistics/statistics.h"

static const double level_of_interval = 0.95;

/* ---- Student's test ---- */

static double hedges_factor(double freedom)
{
    int sign;
    return exp(lgamma_r(freedom / 2, &sign) - lgamma_r((freedom - 1) / 2, &sign)) / sqrt(freedom / 2);
}

struct paired statistics_paired(const double *differences, size_t count)
{
    const struct summary summary = statistics_summary(differences, count);
    const double half = statistics_half_width(&summary, level_of_interval), freedom = (double)count - 1;
    struct paired out = {.count = count,
                         .mean = summary.mean,
                         .deviation = summary.deviation,
                         .t = NAN,
                         .p_two_sided = NAN,
                         .p_less = NAN,
                         .p_greater = NAN,
                         .interval = {summary.mean - half, summary.mean + half},
                         .effect = NAN};
    if (count < 2)
        return out;
    out.t = summary.mean / (summary.deviation / sqrt((double)count));
    if (count > 2)
        out.effect = hedges_factor(freedom) * summary.mean / summary.deviation;
    if (count < SEEDS_LEAST)
        return out;
    out.p_greater = student_upper(out.t, freedom);
    out.p_less = student_upper(-out.t, freedom);
    out.p_two_sided = 2 * student_upper(fabs(out.t), freedom);
    return out;
}

/* ---- sign flips ---- */

/* All assignments, in the order of a Gray code: one sign changes at a time.  Sums are formed anew at each
 * 2^10th, so that rounding does not gather. */
static double flip_exactly(const double *differences, size_t count, double limit)
{
    const size_t assignments = (size_t)1 << count, fresh = 1023;
    size_t hits = 0, flipped = 0;
    double sum = 0;
    for (size_t i = 0; i < assignments; i++) {
        if (i > 0) {
            const size_t bit = (size_t)__builtin_ctzll(i);
            flipped ^= (size_t)1 << bit;
            sum += (flipped >> bit & 1 ? -2 : 2) * differences[bit];
        }
        if ((i & fresh) == 0) {
            sum = 0;
            for (size_t d = 0; d < count; d++)
                sum += (flipped >> d & 1 ? -1 : 1) * differences[d];
        }
        hits += sum <= limit;
    }
    return (double)hits / (double)assignments;
}

static double flip_by_draws(const double *differences, size_t count, double limit, struct key key)
{
    const size_t words = (count + 63) / 64;
    size_t hits = 0;
    for (size_t i = 0; i < SIGN_FLIP_DRAWS; i++) {
        double sum = 0;
        uint64_t bits = 0;
        for (size_t d = 0; d < count; d++, bits >>= 1) {
            if (d % 64 == 0)
                bits = random_bits(key, i * words + d / 64);
            sum += (bits & 1 ? -1 : 1) * differences[d];
        }
        hits += sum <= limit;
    }
    return (double)(1 + hits) / (double)(1 + SIGN_FLIP_DRAWS);
}

double statistics_sign_flip(const double *differences, size_t count, struct key key)
{
    double sum = 0, size = 0;
    if (count < SEEDS_LEAST)
        return NAN;
    for (size_t i = 0; i < count; i++) {
        sum += differences[i];
        size += fabs(differences[i]);
    }
    const double limit = sum + 4096 * DBL_EPSILON * size;
    return count <= SIGN_FLIP_EXACT ? flip_exactly(differences, count, limit)
                                    : flip_by_draws(differences, count, limit, key);
}

double statistics_sign_flip_least(size_t count)
{
    return count <= SIGN_FLIP_EXACT ? ldexp(1, -(int)count) : 1.0 / (1 + SIGN_FLIP_DRAWS);
}

size_t statistics_seeds_needed(size_t tests, double level)
{
    size_t seeds = SEEDS_LEAST;
    while (seeds < SIGN_FLIP_EXACT && (double)tests * statistics_sign_flip_least(seeds) > level)
        seeds++;
    return seeds;
}

/* ---- several tests ---- */

void statistics_holm(double *adjusted, const double *p, size_t *order, size_t count)
{
    size_t tests = 0;
    for (size_t i = 0; i < count; i++) { /* ascending, NAN left out */
        size_t at = tests;
        if (isnan(p[i])) {
            adjusted[i] = NAN;
            continue;
        }
        for (; at > 0 && p[order[at - 1]] > p[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
        tests++;
    }
    double most = 0;
    for (size_t i = 0; i < tests; i++) {
        most = fmax(most, fmin(1, (double)(tests - i) * p[order[i]]));
        adjusted[order[i]] = most;
    }
}
