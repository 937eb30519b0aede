/* figures.h -- synthetic results that hold numbers for every kind of figure. */
#ifndef LEXBENCH_TESTS_FIGURES_H
#define LEXBENCH_TESTS_FIGURES_H

#include "tests/results/synthetic.h"

enum { FIGURES_DEPTHS = 5 };

/* Losses by position and a floor for text, retrieval for recall, in every measured cell. */
static inline void figures_fill(struct results *results)
{
    memory_release(results->depth);
    results->depths = FIGURES_DEPTHS;
    results->depth = memory_allocate(FIGURES_DEPTHS, sizeof *results->depth, "test", NULL);
    for (size_t d = 0; d < FIGURES_DEPTHS; d++)
        results->depth[d] = (double)d / (FIGURES_DEPTHS - 1);
    for (size_t i = 0; i < results->variants * results->datasets * results->seeds * results->protocols * results->lengths; i++) {
        struct cell *cell = &results->cell[i];
        const size_t variant = i / (results->lengths * results->protocols * results->seeds * results->datasets);
        const double growth = synthetic_noise(results->variant[variant].name, 1, 2, 3);
        const double wobble = synthetic_noise("wobble", (int64_t)i, 1, 1);
        if (cell->status != CELL_MEASURED)
            continue;
        cell->tokens_per_second = 1e5 * (0.5 + synthetic_noise(results->variant[variant].name, 3, 3, 3)) * (1 + 0.02 * wobble);
        cell->peak_memory = 1e6 * (40 + 30 * synthetic_noise(results->variant[variant].name, 4, 4, 4));
        if (isnan(cell->exact_match)) {
            cell->floor = 1.8;
            cell->position_nll = memory_allocate(POSITION_BINS, sizeof(double), "test", NULL);
            cell->position_floor = memory_allocate(POSITION_BINS, sizeof(double), "test", NULL);
            for (size_t b = 0; b < POSITION_BINS; b++) {
                const double at = (double)position_bin_first(b);
                const bool holds = at <= (double)cell->length && (b == 0 || position_bin_first(b - 1) < position_bin_first(b));
                cell->position_floor[b] = holds ? 1.7 + 2 / sqrt(at) : NAN;
                cell->position_nll[b] = holds ? 1.75 + 0.3 * growth + 2.2 / sqrt(at) + 0.1 * wobble +
                                                    (at > 64 ? growth * log2(at / 64) : 0)
                                              : NAN;
            }
        } else {
            cell->retrieval = memory_allocate(FIGURES_DEPTHS, sizeof(double), "test", NULL);
            for (size_t d = 0; d < FIGURES_DEPTHS; d++)
                cell->retrieval[d] = fmax(0, fmin(1, cell->exact_match - 0.2 * growth * fabs(results->depth[d] - 0.8) + 0.05 * wobble));
        }
    }
}

#endif
