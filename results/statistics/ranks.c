/* ranks.c -- many variants compared over several blocks, by ranks.
 *
 *   Friedman   N blocks, k variants, R_j the sum of the ranks of variant j, t the sizes of groups of ties:
 *                chi2 = (12 sum R_j^2 - 3 N^2 k (k+1)^2) / (N k (k+1) - sum (t^3 - t) / (k-1))
 *              on k - 1 degrees of freedom (Friedman 1937; ties: Conover 1999, section 5.8).  Demsar's
 *              equation leaves the correction for ties out
 *   Iman and   F = (N-1) chi2 / (N (k-1) - chi2) on k - 1 and (k-1)(N-1) degrees of freedom (1980), less
 *   Davenport  conservative
 *   Nemenyi    CD = q sqrt(k (k+1) / (6N)), q the quantile of the studentised range of k groups over
 *              sqrt 2 (Demsar 2006, "Statistical comparisons of classifiers over multiple data sets",
 *              section 3.2.2 and table 5) */
#include <math.h>

#include "results/statistics/statistics.h"

/* Does a stand before b? */
static bool before(double a, double b, bool lower_is_better)
{
    if (isnan(a) || isnan(b))
        return !isnan(a) && isnan(b);
    return lower_is_better ? a < b : a > b;
}

void statistics_ranks(double *rank, const double *values, bool lower_is_better, size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = i;
        for (; at > 0 && before(values[i], values[order[at - 1]], lower_is_better); at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count; end++)
            if (before(values[order[first]], values[order[end]], lower_is_better))
                break;
        for (size_t i = first; i < end; i++) /* the average of first + 1 .. end */
            rank[order[i]] = (double)(first + 1 + end) / 2;
    }
}

/* The sum of t^3 - t over the groups of ties of one block. */
static double ties(const double *rank, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) { /* each member of a group of t adds t^2 - 1 */
        double equal = 0;
        for (size_t j = 0; j < count; j++)
            equal += rank[j] == rank[i];
        sum += equal * equal - 1;
    }
    return sum;
}

struct friedman statistics_friedman(const double *rank, size_t blocks, size_t variants)
{
    const double n = (double)blocks, k = (double)variants;
    struct friedman out = {.chi_square = NAN, .p_chi_square = NAN, .f = NAN, .p_f = NAN};
    double squares = 0, tied = 0;
    if (blocks < 2 || variants < 2)
        return out;
    for (size_t v = 0; v < variants; v++) {
        double sum = 0;
        for (size_t b = 0; b < blocks; b++)
            sum += rank[b * variants + v];
        squares += sum * sum;
    }
    for (size_t b = 0; b < blocks; b++)
        tied += ties(&rank[b * variants], variants);
    const double scale = n * k * (k + 1) - tied / (k - 1);
    if (!(scale > 0))
        return out;
    out.chi_square = (12 * squares - 3 * n * n * k * (k + 1) * (k + 1)) / scale;
    out.p_chi_square = chi_square_upper(fmax(0, out.chi_square), k - 1);
    const double rest = n * (k - 1) - out.chi_square;
    out.f = rest > 1e-12 * n * k ? (n - 1) * out.chi_square / rest : INFINITY;
    out.p_f = fisher_upper(fmax(0, out.f), k - 1, (k - 1) * (n - 1));
    return out;
}

double statistics_critical_difference(size_t variants, size_t blocks, double p)
{
    const double k = (double)variants;
    if (variants < 2 || blocks < 2)
        return NAN;
    return studentised_range_quantile(1 - p, variants) / sqrt(2) * sqrt(k * (k + 1) / (6 * (double)blocks));
}

bool statistics_critical_difference_tells(double difference, size_t variants)
{
    return difference <= (double)variants / 2;
}

double statistics_mean_reciprocal(const double *rank, size_t stride, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += 1 / rank[i * stride];
    return count > 0 ? sum / (double)count : NAN;
}
