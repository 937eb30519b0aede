/* sheet_labels.c -- labels beside the ends of curves, moved apart.
 *
 * Labels want to stand at y_i, sorted, and may not be closer than g.  With z_i = y_i - i g the least
 * sum of squared moves is the isotonic regression of z (pool adjacent violators; Barlow et al. 1972,
 * Statistical Inference under Order Restrictions), and bounds are met by clamping it. */
#include <math.h>

#include "results/figures/sheet.h"

static void sort_by_value(size_t *order, const double *at, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t j = i;
        for (; j > 0 && at[order[j - 1]] > at[i]; j--)
            order[j] = order[j - 1];
        order[j] = i;
    }
}

/* Replaces z(count) in this order by its isotonic regression: blocks whose means descend are pooled. */
static void pool(double *z, const size_t *order, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        size_t first = i;
        double mean = z[order[i]];
        while (first > 0 && z[order[first - 1]] > mean) {
            size_t begin = first - 1; /* the block before has one value */
            double before = z[order[begin]];
            while (begin > 0 && z[order[begin - 1]] == before)
                begin--;
            mean =
                (mean * (double)(i + 1 - first) + before * (double)(first - begin)) / (double)(i + 1 - begin);
            first = begin;
        }
        for (size_t j = first; j <= i; j++)
            z[order[j]] = mean;
    }
}

void sheet_push_apart(double *at, size_t *order, size_t count, double gap)
{
    if (count == 0)
        return;
    sort_by_value(order, at, count);
    if (gap * (double)(count - 1) > 1)
        gap = 1 / (double)(count - 1);
    for (size_t i = 0; i < count; i++)
        at[order[i]] -= gap * (double)i;
    pool(at, order, count);
    const double highest = 1 - gap * (double)(count - 1);
    for (size_t i = 0; i < count; i++)
        at[order[i]] = fmax(0, fmin(highest, at[order[i]])) + gap * (double)i;
}
