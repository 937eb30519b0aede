/* long.c -- no summary: one row of comma-separated values per seed, fold and cell, with all
 * coordinates, all metrics, and what became of it.  For pandas, R and others who do their own statistics. */
#include <math.h>

#include "results/findings/selection.h"
#include "results/store/cell.h"
#include "results/store/records.h"
#include "results/store/results.h"
#include "results/tables/csv.h"
#include "results/tables/table.h"

/* The coordinates of a cell, decoded from its place in C order. */
struct place {
    size_t variant, dataset, configuration, seed, fold, protocol, length;
};

static size_t take(size_t *index, size_t extent)
{
    const size_t digit = *index % extent;
    *index /= extent;
    return digit;
}

static struct place place_of(const struct results *results, size_t index)
{
    struct place at;
    at.length = take(&index, results->lengths);
    at.protocol = take(&index, results->protocols);
    at.fold = take(&index, results->folds);
    at.seed = take(&index, results->seeds);
    at.configuration = take(&index, results->configurations);
    at.dataset = take(&index, results->datasets);
    at.variant = index;
    return at;
}

/* A measured cell without one finite number says so, as the tables do. */
static const char *status_of(const struct cell *cell)
{
    if (cell->status == CELL_MEASURED && !isfinite(cell->nll) && !isfinite(cell->accuracy) &&
        !isfinite(cell->exact_match))
        return "not finite";
    return cell_status_name(cell->status);
}

static void print_row(struct text *out, const struct results *results, const struct place *at,
                      const struct cell *cell)
{
    const struct variant_record *variant = &results->variant[at->variant];
    const struct configuration_record *configuration = &results->configuration[at->configuration];
    const int64_t length = results->length[at->length];
    const size_t training =
        results_training_index(results, at->variant, at->dataset, at->configuration, at->seed, at->fold);
    csv_text(out, true, results->dataset[at->dataset].name);
    csv_text(out, false, configuration->name);
    csv_text(out, false, results->protocol[at->protocol].name);
    csv_text(out, false, variant->name);
    csv_integer(out, results->seed[at->seed]);
    csv_integer(out, results->fold[at->fold]);
    csv_integer(out, length);
    csv_integer(out, configuration->training_length);
    csv_number(out, (double)length / (double)configuration->training_length);
    for (int measure = 0; measure < MEASURES; measure++)
        if (measure_is_stored((enum measure)measure))
            csv_number(out, measure_stored((enum measure)measure, cell));
    csv_integer(out, cell->scored_tokens);
    csv_text(out, false, status_of(cell));
    csv_text(out, false, cell->reason);
    csv_text(out, false, variant->encoder);
    csv_text(out, false, variant->positions);
    csv_text(out, false, variant->trained_as);
    csv_text(out, false, results->training_id[training]);
    text_append(out, "\n");
}

void table_long(struct text *out, const struct results *results)
{
    const size_t cells = results->variants * results->datasets * results->configurations * results->seeds *
                         results->folds * results->protocols * results->lengths;
    text_append(out, "dataset,configuration,protocol,variant,seed,fold,length,training_length,n_over_L");
    for (int measure = 0; measure < MEASURES; measure++)
        if (measure_is_stored((enum measure)measure))
            text_append(out, ",%s", measure_key((enum measure)measure));
    text_append(out, ",scored_tokens,status,reason,encoder,positions,trained_as,training_id\n");
    for (size_t i = 0; i < cells; i++) {
        const struct place at = place_of(results, i);
        if (results->cell[i].status != CELL_NOT_ASKED)
            print_row(out, results, &at, &results->cell[i]);
    }
}
