/* numbers.c -- the numbers that figures show: the one place where they come from (statistics.h). */
#include <math.h>

#include "results/figures/figure.h"

static const double level = 0.95;

struct spread figure_spread(const double *values, size_t count)
{
    const struct summary summary = statistics_summary(values, count);
    const double half = statistics_half_width(&summary, level);
    struct spread out = {count, summary.mean, summary.minimum, summary.maximum};
    if (!isnan(half)) {
        out.low = out.mean - half;
        out.high = out.mean + half;
    }
    return out;
}

void figure_spread_words(struct text *out, const struct selection *selection)
{
    const size_t seeds = selection->results->seeds;
    if (seeds > 1)
        text_append(out, "mean and %s ", seeds >= SEEDS_LEAST ? "95 % interval over" : "range of");
    selection_print_replicates(out, selection);
}

double figure_floor(const struct selection *selection, size_t length)
{
    for (size_t v = 0; v < selection->results->variants; v++) {
        double sum = 0;
        size_t count = 0;
        for (size_t r = 0; r < selection_replicates(selection); r++) {
            const struct cell *cell = selection_cell(selection, v, length, r);
            if (cell->status == CELL_MEASURED && isfinite(cell->floor)) {
                sum += cell->floor;
                count++;
            }
        }
        if (count > 0)
            return sum / (double)count;
    }
    return NAN;
}

double figure_critical_difference(size_t variants, size_t blocks)
{
    const double difference = statistics_critical_difference(variants, blocks, 1 - level);
    return statistics_critical_difference_tells(difference, variants) ? difference : NAN;
}
