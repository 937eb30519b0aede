/* selection.c -- one dataset, configuration and protocol out of the results. */
#include "results/selection.h"

#include <math.h>

const char *measure_name(enum measure measure)
{
    static const char *const names[] = {"loss", "exact match", "accuracy"};
    return names[measure];
}

const char *measure_unit(enum measure measure)
{
    return measure == MEASURE_NLL ? "nats per token" : "per cent";
}

bool measure_lower_is_better(enum measure measure)
{
    return measure == MEASURE_NLL;
}

double measure_value(enum measure measure, const struct cell *cell)
{
    if (cell->status != CELL_MEASURED)
        return NAN;
    switch (measure) {
    case MEASURE_NLL:
        break;
    case MEASURE_EXACT_MATCH:
        return 100 * cell->exact_match;
    case MEASURE_ACCURACY:
        return 100 * cell->accuracy;
    }
    return cell->nll;
}

size_t selection_replicates(const struct selection *selection)
{
    return selection->results->seeds * selection->results->folds;
}

const struct cell *selection_cell(const struct selection *selection, size_t variant, size_t length,
                                  size_t replicate)
{
    const struct results *results = selection->results;
    return &results->cell[results_index(results, variant, selection->dataset, selection->configuration,
                                        replicate / results->folds, replicate % results->folds,
                                        selection->protocol, length)];
}

struct outcome selection_outcome(const struct selection *selection, size_t variant, size_t length,
                                 double *values)
{
    struct outcome out = {.asked = 0};
    for (size_t r = 0; r < selection_replicates(selection); r++) {
        const struct cell *cell = selection_cell(selection, variant, length, r);
        if (cell->status == CELL_NOT_ASKED)
            continue;
        double value = measure_value(selection->measure, cell);
        out.asked++;
        if (isfinite(value))
            values[out.measured++] = value;
        else if (!out.unmeasured)
            out.unmeasured = cell;
    }
    out.summary = statistics_summary(values, out.measured);
    return out;
}

const char *outcome_word(const struct outcome *outcome, enum measure measure)
{
    if (!outcome->unmeasured)
        return "-";
    switch (outcome->unmeasured->status) {
    case CELL_REFUSED:
        return "refused";
    case CELL_FAILED:
        return "failed";
    case CELL_MISSING:
        return "missing";
    case CELL_MEASURED:
        return measure == MEASURE_NLL ? "not finite" : "none";
    case CELL_NOT_ASKED:
        break;
    }
    return "-";
}

bool selection_uses_length(const struct selection *selection, size_t length)
{
    for (size_t v = 0; v < selection->results->variants; v++)
        for (size_t r = 0; r < selection_replicates(selection); r++)
            if (selection_cell(selection, v, length, r)->status != CELL_NOT_ASKED)
                return true;
    return false;
}

bool selection_uses_variant(const struct selection *selection, size_t variant)
{
    for (size_t n = 0; n < selection->results->lengths; n++)
        for (size_t r = 0; r < selection_replicates(selection); r++)
            if (selection_cell(selection, variant, n, r)->status != CELL_NOT_ASKED)
                return true;
    return false;
}

bool selection_asked(const struct selection *selection)
{
    for (size_t n = 0; n < selection->results->lengths; n++)
        if (selection_uses_length(selection, n))
            return true;
    return false;
}

bool selection_has(const struct selection *selection, enum measure measure)
{
    for (size_t v = 0; v < selection->results->variants; v++)
        for (size_t n = 0; n < selection->results->lengths; n++)
            for (size_t r = 0; r < selection_replicates(selection); r++)
                if (isfinite(measure_value(measure, selection_cell(selection, v, n, r))))
                    return true;
    return false;
}

double selection_ratio(const struct selection *selection, size_t length)
{
    const struct results *results = selection->results;
    return (double)results->length[length] /
           (double)results->configuration[selection->configuration].training_length;
}

/* A seed or fold counts where any of its cells was asked. */
static size_t count_used(const struct selection *selection, bool folds)
{
    const struct results *results = selection->results;
    size_t used = 0, count = folds ? results->folds : results->seeds;
    for (size_t i = 0; i < count; i++) {
        bool asked = false;
        for (size_t r = 0; r < selection_replicates(selection) && !asked; r++) {
            if ((folds ? r % results->folds : r / results->folds) != i)
                continue;
            for (size_t v = 0; v < results->variants && !asked; v++)
                for (size_t n = 0; n < results->lengths && !asked; n++)
                    asked = selection_cell(selection, v, n, r)->status != CELL_NOT_ASKED;
        }
        used += asked;
    }
    return used;
}

void selection_print_replicates(struct text *out, const struct selection *selection)
{
    size_t seeds = count_used(selection, false), folds = count_used(selection, true);
    text_append(out, "%zu seed%s", seeds, seeds == 1 ? "" : "s");
    if (folds > 1)
        text_append(out, " × %zu folds", folds);
}
