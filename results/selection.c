/* selection.c -- one dataset, configuration and protocol out of the results. */
#include "results/selection.h"

#include <math.h>
#include <string.h>

const char *measure_name(enum measure measure)
{
    static const char *const names[] = {"loss", "exact match", "accuracy"};
    return names[measure];
}

const char *measure_unit(enum measure measure)
{
    return measure == MEASURE_NLL ? "nats per token" : "per cent";
}

const char *measure_key(enum measure measure)
{
    static const char *const keys[] = {"nll", "exact_match", "accuracy"};
    return keys[measure];
}

const char *measure_key_unit(enum measure measure)
{
    return measure == MEASURE_NLL ? "nat" : "1";
}

int measure_digits(enum measure measure)
{
    return measure == MEASURE_NLL ? 3 : 1;
}

bool measure_lower_is_better(enum measure measure)
{
    return measure == MEASURE_NLL;
}

double measure_stored(enum measure measure, const struct cell *cell)
{
    if (cell->status != CELL_MEASURED)
        return NAN;
    switch (measure) {
    case MEASURE_NLL:
        break;
    case MEASURE_EXACT_MATCH:
        return cell->exact_match;
    case MEASURE_ACCURACY:
        return cell->accuracy;
    }
    return cell->nll;
}

double measure_value(enum measure measure, const struct cell *cell)
{
    return (measure == MEASURE_NLL ? 1 : 100) * measure_stored(measure, cell);
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
        double value = (selection->stored ? measure_stored : measure_value)(selection->measure, cell);
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

bool outcome_same(const struct outcome *a, const struct outcome *b)
{
    return a->measured == b->measured && a->asked == b->asked && a->unmeasured && b->unmeasured &&
           a->unmeasured->status == b->unmeasured->status &&
           strcmp(a->unmeasured->reason, b->unmeasured->reason) == 0;
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

/* Does accuracy say more than exact match?  With one answer per example they are the same. */
static bool accuracy_differs(const struct selection *selection)
{
    const struct results *results = selection->results;
    for (size_t v = 0; v < results->variants; v++)
        for (size_t n = 0; n < results->lengths; n++)
            for (size_t r = 0; r < selection_replicates(selection); r++) {
                const struct cell *cell = selection_cell(selection, v, n, r);
                if (cell->status == CELL_MEASURED && isfinite(cell->accuracy) &&
                    cell->accuracy != cell->exact_match)
                    return true;
            }
    return false;
}

size_t selection_tables(const struct results *results)
{
    return results->datasets * results->configurations * results->protocols * MEASURES;
}

bool selection_table(struct selection *out, const struct results *results, size_t index)
{
    const size_t place = index / MEASURES;
    *out = (struct selection){.results = results,
                              .protocol = place % results->protocols,
                              .configuration = place / results->protocols % results->configurations,
                              .dataset = place / results->protocols / results->configurations,
                              .measure = (enum measure)(index % MEASURES)};
    if (!selection_asked(out))
        return false;
    bool task = selection_has(out, MEASURE_EXACT_MATCH);
    switch (out->measure) {
    case MEASURE_NLL:
        return !task;
    case MEASURE_EXACT_MATCH:
        return task;
    case MEASURE_ACCURACY:
        return task && accuracy_differs(out);
    }
    return false;
}

double summary_spread(const struct summary *summary)
{
    if (summary->count < 2)
        return NAN;
    if (summary->count < MANY_SEEDS)
        return (summary->maximum - summary->minimum) / 2;
    return summary->deviation;
}

double selection_best(const struct selection *selection, size_t length, double *values)
{
    double least = INFINITY, most = -INFINITY;
    for (size_t v = 0; v < selection->results->variants; v++) {
        struct outcome outcome = selection_outcome(selection, v, length, values);
        if (outcome.measured == 0)
            continue;
        least = fmin(least, outcome.summary.mean);
        most = fmax(most, outcome.summary.mean);
    }
    if (!(least < most))
        return NAN;
    return measure_lower_is_better(selection->measure) ? least : most;
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
