/* figures.h -- synthetic results that hold numbers for every kind of figure. */
#ifndef LEXBENCH_TESTS_FIGURES_H
#define LEXBENCH_TESTS_FIGURES_H

#include "results/figures/plot.h"
#include "tests/results/synthetic.h"
#include "tests/test.h"

enum { FIGURES_DEPTHS = 5 };

/* Losses by position and a floor for text, retrieval for recall, in every measured cell. */
static inline void figures_fill(struct results *results)
{
    memory_release(results->depth);
    results->depths = FIGURES_DEPTHS;
    results->depth = memory_allocate(FIGURES_DEPTHS, sizeof *results->depth, "test", NULL);
    for (size_t d = 0; d < FIGURES_DEPTHS; d++)
        results->depth[d] = (double)d / (FIGURES_DEPTHS - 1);
    for (size_t c = 0; c < results->cells; c++) {
        struct cell *cell = &results->cell[c];
        const size_t i = results->place[c];
        const size_t variant =
            i / (results->lengths * results->protocols * results->seeds * results->datasets);
        const double growth = synthetic_noise(results->variant[variant].name, 1, 2, 3);
        const double wobble = synthetic_noise("wobble", (int64_t)i, 1, 1);
        if (cell->status != CELL_MEASURED)
            continue;
        cell->tokens_per_second =
            1e5 * (0.5 + synthetic_noise(results->variant[variant].name, 3, 3, 3)) * (1 + 0.02 * wobble);
        cell->peak_memory = 1e6 * (40 + 30 * synthetic_noise(results->variant[variant].name, 4, 4, 4));
        if (isnan(cell->exact_match)) {
            cell->floor = 1.8;
            cell->position_nll = memory_allocate(POSITION_BINS, sizeof(double), "test", NULL);
            cell->position_floor = memory_allocate(POSITION_BINS, sizeof(double), "test", NULL);
            for (size_t b = 0; b < POSITION_BINS; b++) {
                const double at = (double)position_bin_first(b);
                const bool holds = at <= (double)cell->length &&
                                   (b == 0 || position_bin_first(b - 1) < position_bin_first(b));
                cell->position_floor[b] = holds ? 1.7 + 2 / sqrt(at) : NAN;
                cell->position_nll[b] = holds ? 1.75 + 0.3 * growth + 2.2 / sqrt(at) + 0.1 * wobble +
                                                    (at > 64 ? growth * log2(at / 64) : 0)
                                              : NAN;
            }
        } else {
            cell->retrieval = memory_allocate(FIGURES_DEPTHS, sizeof(double), "test", NULL);
            for (size_t d = 0; d < FIGURES_DEPTHS; d++)
                cell->retrieval[d] =
                    fmax(0, fmin(1, cell->exact_match - 0.2 * growth * fabs(results->depth[d] - 0.8) +
                                        0.05 * wobble));
        }
    }
}

/* ---- drawing into a folder of the test ---- */

static char folder[256];

static inline int figures_set_up(void **state)
{
    (void)state;
    synthetic_folder(folder, sizeof folder);
    return 0;
}

static inline int figures_tear_down(void **state)
{
    (void)state;
    synthetic_remove(folder);
    return 0;
}

static inline char *contents(const char *name)
{
    struct message message;
    unsigned char *bytes = NULL;
    size_t size;
    char *path = file_join(folder, name);
    if (file_read(&bytes, &size, path, &message))
        fail_msg("%s", message.text);
    memory_release(path);
    return (char *)bytes;
}

static inline bool have_gnuplot(void)
{
    return system("gnuplot --version >/dev/null 2>&1") == 0;
}

/* Draws; skips the rest of a test where there is no gnuplot. */
static inline void draw(const struct results *results, const struct plot_request *request,
                        struct text *written)
{
    struct message message = {.text = ""};
    if (!have_gnuplot())
        skip();
    if (plot_draw(results, folder, request, written, &message))
        fail_msg("%s", message.text);
}

static inline void assert_has(const char *script, const char *words)
{
    if (!strstr(script, words))
        fail_msg("no `%s` in the script or figure:\n%.3000s", words, script);
}

static inline void assert_file_has(const char *name, const char *words)
{
    char *bytes = contents(name);
    assert_has(bytes, words);
    memory_release(bytes);
}

#endif
