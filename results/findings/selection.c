/* selection.c -- one dataset, configuration and protocol out of the results. */
#include "results/findings/selection.h"

#include <math.h>
#include <string.h>

#include "results/findings/trained_length.h"

size_t selection_replicates(const struct selection *selection)
{
    return selection->results->seeds * selection->results->folds;
}

const struct cell *selection_cell(const struct selection *selection, size_t variant, size_t length,
                                  size_t replicate)
{
    const struct results *results = selection->results;
    return results_cell(results, results_index(results, variant, selection->dataset, selection->configuration,
                                               replicate / results->folds, replicate % results->folds,
                                               selection->protocol, length));
}

double selection_value(const struct selection *selection, const struct cell *cell)
{
    const struct dataset_record *dataset = &selection->results->dataset[selection->dataset];
    const double scale = selection->stored ? 1 : measure_scale(selection->measure);
    if (selection->measure == MEASURE_ACCURACY_CORRECTED)
        return scale * statistics_chance_corrected(measure_stored(MEASURE_ACCURACY, cell), dataset->chance);
    return scale * measure_stored(selection->measure, cell);
}

/* Was any seed of any variant asked at this length in a fold? */
static bool has_fold(const struct selection *selection, size_t length, size_t fold)
{
    const struct results *results = selection->results;
    for (size_t v = 0; v < results->variants; v++)
        for (size_t s = 0; s < results->seeds; s++)
            if (selection_cell(selection, v, length, s * results->folds + fold)->status != CELL_NOT_ASKED)
                return true;
    return false;
}

/* The score of a seed; *asked: of any of its folds, *unmeasured: the first cell without a score, if any.  A
 * fold that others have and this seed has not is one without a score: means over other folds do not compare.
 */
static double seed_value(const struct selection *selection, size_t variant, size_t length, size_t seed,
                         bool *asked, const struct cell **unmeasured)
{
    const size_t folds = selection->results->folds;
    const struct cell *absent = NULL;
    double sum = 0;
    size_t count = 0;
    *asked = false;
    *unmeasured = NULL;
    for (size_t f = 0; f < folds; f++) {
        const struct cell *cell = selection_cell(selection, variant, length, seed * folds + f);
        if (cell->status == CELL_NOT_ASKED) {
            if (folds > 1 && !absent && has_fold(selection, length, f))
                absent = cell;
            continue;
        }
        const double value = selection_value(selection, cell);
        *asked = true;
        if (isfinite(value)) {
            sum += value;
            count++;
        } else if (!*unmeasured) {
            *unmeasured = cell;
        }
    }
    if (*asked && !*unmeasured)
        *unmeasured = absent;
    return *unmeasured || count == 0 ? NAN : sum / (double)count;
}

double selection_seed_value(const struct selection *selection, size_t variant, size_t length, size_t seed)
{
    const struct cell *unmeasured;
    bool asked;
    return seed_value(selection, variant, length, seed, &asked, &unmeasured);
}

struct outcome selection_outcome(const struct selection *selection, size_t variant, size_t length,
                                 double *values)
{
    struct outcome out = {.asked = 0};
    for (size_t s = 0; s < selection->results->seeds; s++) {
        const struct cell *unmeasured;
        bool asked;
        const double value = seed_value(selection, variant, length, s, &asked, &unmeasured);
        out.asked += asked;
        if (isfinite(value))
            values[out.measured++] = value;
        if (!out.unmeasured)
            out.unmeasured = unmeasured;
    }
    out.summary = statistics_summary(values, out.measured);
    return out;
}

/* Do two cells have the same numbers, and any? */
static bool same_numbers(const struct cell *a, const struct cell *b)
{
    return a->status == CELL_MEASURED && b->status == CELL_MEASURED &&
           memcmp(&a->nll, &b->nll, sizeof a->nll) == 0 &&
           memcmp(&a->accuracy, &b->accuracy, sizeof a->accuracy) == 0 &&
           memcmp(&a->exact_match, &b->exact_match, sizeof a->exact_match) == 0 && isfinite(a->nll);
}

size_t selection_twin(const struct selection *selection, size_t variant, size_t length)
{
    for (size_t other = 0; other < variant; other++) {
        size_t same = 0, asked = 0;
        for (size_t r = 0; r < selection_replicates(selection); r++) {
            const struct cell *cell = selection_cell(selection, variant, length, r);
            asked += cell->status != CELL_NOT_ASKED;
            same += same_numbers(cell, selection_cell(selection, other, length, r));
        }
        if (same > 0 && same == asked)
            return other;
    }
    return variant;
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
    case CELL_NOT_ASKED: /* a fold that others have */
        return "missing";
    case CELL_MEASURED:
        return measure == MEASURE_NLL ? "not finite" : "none";
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
                if (isfinite(measure_stored(measure, selection_cell(selection, v, n, r))))
                    return true;
    return false;
}

double selection_ratio(const struct selection *selection, size_t length)
{
    const struct results *results = selection->results;
    return (double)results->length[length] /
           (double)results->configuration[selection->configuration].training_length;
}

/* Does a measure say more than exact match?  With one answer per example accuracy is the same. */
static bool differs(const struct selection *selection, enum measure measure)
{
    const struct results *results = selection->results;
    for (size_t v = 0; v < results->variants; v++)
        for (size_t n = 0; n < results->lengths; n++)
            for (size_t r = 0; r < selection_replicates(selection); r++) {
                const struct cell *cell = selection_cell(selection, v, n, r);
                const double value = measure_stored(measure, cell);
                if (isfinite(value) && value != cell->exact_match)
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
    const bool task = selection_has(out, MEASURE_EXACT_MATCH);
    switch (out->measure) {
    case MEASURE_NLL:
        return !task;
    case MEASURE_EXACT_MATCH:
        return task;
    case MEASURE_EXACT_MATCH_FORCED:
    case MEASURE_ACCURACY:
        return task && differs(out, out->measure);
    case MEASURE_ACCURACY_CORRECTED:
        return task && results->dataset[out->dataset].chance == 0.5;
    case MEASURE_ATTENTION_ENTROPY:
    case MEASURE_ATTENTION_DISTANCE:
    case MEASURE_ATTENTION_FIRST:
        break;
    }
    return selection_has(out, out->measure);
}

bool selection_saw(const struct selection *selection, size_t variant, size_t length)
{
    const struct results *results = selection->results;
    const int64_t n = results->length[length];
    return n > results->configuration[selection->configuration].training_length &&
           n <= trained_length(results, variant, selection->configuration);
}

double summary_spread(const struct summary *summary)
{
    if (summary->count < 2)
        return NAN;
    if (summary->count < MANY_SEEDS)
        return (summary->maximum - summary->minimum) / 2;
    return statistics_half_width(summary, 0.95);
}

struct interval summary_interval(const struct summary *summary)
{
    const double half = statistics_half_width(summary, 0.95);
    return (struct interval){summary->mean - half, summary->mean + half};
}

const char *selection_spread_words(const struct selection *selection, double *values)
{
    bool few = false, many = false;
    for (size_t v = 0; v < selection->results->variants; v++)
        for (size_t n = 0; n < selection->results->lengths; n++) {
            const size_t measured = selection_outcome(selection, v, n, values).measured;
            few = few || (measured >= 2 && measured < MANY_SEEDS);
            many = many || measured >= MANY_SEEDS;
        }
    if (few && many)
        return "95 % interval over seeds (Student's t), of fewer than 5 half the range";
    return many ? "95 % interval over seeds (Student's t)" : few ? "half the range over seeds" : NULL;
}

double selection_best(const struct selection *selection, size_t length, double *values)
{
    double least = INFINITY, most = -INFINITY;
    if (!measure_ordered(selection->measure))
        return NAN;
    for (size_t v = 0; v < selection->results->variants; v++) {
        struct outcome outcome = selection_outcome(selection, v, length, values);
        if (outcome.measured == 0 || selection_saw(selection, v, length))
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
