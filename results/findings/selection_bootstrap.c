/* selection_bootstrap.c -- the nested bootstrap of all mean losses of some results at once. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "results/findings/selection.h"
#include "support/memory.h"

enum { DRAWS = 10000 };

size_t selection_bootstrap_index(const struct selection *selection, size_t variant, size_t length)
{
    const struct results *results = selection->results;
    const size_t place = (variant * results->datasets + selection->dataset) * results->configurations;
    return ((place + selection->configuration) * results->protocols + selection->protocol) *
               results->lengths +
           length;
}

/* A stream of the place's own, by its names. */
static struct key key_of(const struct selection *of, size_t variant, size_t length)
{
    const struct results *results = of->results;
    char names[5 * NAME_SIZE];
    snprintf(names, sizeof names, "bootstrap\n%s\n%s\n%s\n%s\n%" PRId64, results->variant[variant].name,
             results->dataset[of->dataset].name, results->configuration[of->configuration].name,
             results->protocol[of->protocol].name, results->length[length]);
    return key_named(0, names);
}

/* The items of all seeds that were asked; seeds = 0 when one has none. */
static void gather(struct bootstrap_cell *out, struct moments *moments, const struct selection *of,
                   size_t variant, size_t length)
{
    const size_t folds = of->results->folds;
    *out = (struct bootstrap_cell){.seed = moments};
    for (size_t s = 0; s < of->results->seeds; s++) {
        const struct cell *asked = NULL;
        size_t count = 0;
        for (size_t f = 0; f < folds; f++) {
            const struct cell *cell = selection_cell(of, variant, length, s * folds + f);
            if (cell->status == CELL_NOT_ASKED)
                continue;
            asked = cell;
            count++;
        }
        if (count == 0)
            continue;
        if (count > 1 || asked->status != CELL_MEASURED || asked->items == 0 || !isfinite(asked->nll)) {
            out->seeds = 0;
            return;
        }
        moments[out->seeds++] = statistics_moments(asked->score, asked->items);
    }
    if (out->seeds < BOOTSTRAP_SEEDS_LEAST)
        out->seeds = 0;
    else
        out->key = key_of(of, variant, length);
}

static void gather_all(struct bootstrap_cell *cells, struct moments *moments, const struct results *results)
{
    struct selection of = {.results = results};
    for (of.dataset = 0; of.dataset < results->datasets; of.dataset++)
        for (of.configuration = 0; of.configuration < results->configurations; of.configuration++)
            for (of.protocol = 0; of.protocol < results->protocols; of.protocol++)
                for (size_t v = 0; v < results->variants; v++)
                    for (size_t n = 0; n < results->lengths; n++) {
                        const size_t index = selection_bootstrap_index(&of, v, n);
                        gather(&cells[index], &moments[index * results->seeds], &of, v, n);
                    }
}

struct interval *selection_bootstrap(const struct results *results, size_t workers, struct message *message)
{
    const struct bootstrap_options options = {.draws = DRAWS, .level = 0.95, .workers = workers};
    const size_t count = results->variants * results->datasets * results->configurations *
                         results->protocols * results->lengths;
    struct interval *out = memory_allocate(count, sizeof *out, "a bootstrap", message);
    struct bootstrap_cell *cells = memory_allocate(count, sizeof *cells, "a bootstrap", message);
    struct moments *moments =
        memory_allocate(count * results->seeds, sizeof *moments, "a bootstrap", message);
    enum status status = out && cells && moments ? STATUS_OK : STATUS_FAILED;
    if (!status) {
        gather_all(cells, moments, results);
        status = statistics_bootstrap(out, cells, count, &options, message);
    }
    memory_release(cells);
    memory_release(moments);
    if (!status)
        return out;
    memory_release(out);
    return NULL;
}
