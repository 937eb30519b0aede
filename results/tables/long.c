/* long.c -- no summary: one row of comma-separated values per seed, fold and cell, with all
 * coordinates, all metrics, and what became of it.  For pandas, R and others who do their own statistics. */
#include <math.h>

#include "results/findings/selection.h"
#include "results/findings/trained_length.h"
#include "results/store/cell.h"
#include "results/store/records.h"
#include "results/store/results.h"
#include "results/tables/csv.h"
#include "results/tables/table.h"

/* A measured cell without one finite number says so, as the tables do. */
static const char *status_of(const struct cell *cell)
{
    if (cell->status == CELL_MEASURED && !isfinite(cell->nll) && !isfinite(cell->accuracy) &&
        !isfinite(cell->exact_match))
        return "not finite";
    return cell_status_name(cell->status);
}

static void print_row(struct text *out, const struct results *results, size_t place, const struct cell *cell)
{
    size_t at[CELL_RANK];
    results_coordinates(at, results, place, CELL_RANK);
    const struct variant_record *variant = &results->variant[at[0]];
    const struct configuration_record *configuration = &results->configuration[at[2]];
    const int64_t length = results->length[at[6]];
    csv_text(out, true, results->dataset[at[1]].name);
    csv_text(out, false, configuration->name);
    csv_text(out, false, results->protocol[at[5]].name);
    csv_text(out, false, variant->name);
    csv_integer(out, results->seed[at[3]]);
    csv_integer(out, results->fold[at[4]]);
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
    csv_integer(out, trained_length(results, at[0], at[2]));
    csv_text(out, false, results->training_id[place / (results->protocols * results->lengths)]);
    text_append(out, "\n");
}

void table_long(struct text *out, const struct results *results)
{
    text_append(out, "dataset,configuration,protocol,variant,seed,fold,length,training_length,n_over_L");
    for (int measure = 0; measure < MEASURES; measure++)
        if (measure_is_stored((enum measure)measure))
            text_append(out, ",%s", measure_key((enum measure)measure));
    text_append(out, ",scored_tokens,status,reason,encoder,positions,trained_as,trained_on,training_id\n");
    for (size_t i = 0; i < results->cells; i++)
        if (results->cell[i].status != CELL_NOT_ASKED)
            print_row(out, results, results->place[i], &results->cell[i]);
}

const struct table_format table_format_long = {
    .name = "long",
    .summary = "no summary: comma-separated, a row for every seed and cell",
    .write = table_long,
};
