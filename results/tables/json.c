/* json.c -- the tables as one JSON object.  Every number reads back as the same double; null
 * stands where there is none. */
#include <inttypes.h>

#include "results/findings/selection.h"
#include "results/tables/grid.h"
#include "results/tables/table.h"
#include "support/memory.h"
#include "support/threads.h"

static void add_string(struct text *out, const char *separator, const char *name, const char *value)
{
    text_append(out, "%s\"%s\": ", separator, name);
    text_append_json(out, value);
}

static void add_number(struct text *out, const char *name, double value)
{
    text_append(out, ", \"%s\": ", name);
    text_append_number(out, value);
}

static void add_cell(struct text *out, const struct selection *selection, size_t length,
                     const struct outcome *outcome, const struct interval *bootstrap, bool best)
{
    text_append(out, "{\"length\": %" PRId64, selection->results->length[length]);
    add_number(out, "n_over_L", selection_ratio(selection, length));
    add_number(out, "mean", outcome->summary.mean);
    add_number(out, "minimum", outcome->summary.minimum);
    add_number(out, "maximum", outcome->summary.maximum);
    add_number(out, "deviation", outcome->summary.deviation);
    add_number(out, "low", summary_interval(&outcome->summary).low);
    add_number(out, "high", summary_interval(&outcome->summary).high);
    if (selection->measure == MEASURE_NLL) {
        add_number(out, "bootstrap_low", bootstrap->low);
        add_number(out, "bootstrap_high", bootstrap->high);
    }
    text_append(out, ", \"seeds\": %zu, \"asked\": %zu, \"best\": %s", outcome->measured, outcome->asked,
                best ? "true" : "false");
    add_string(out, ", ", "status",
               outcome->unmeasured ? outcome_word(outcome, selection->measure) : "measured");
    add_string(out, ", ", "reason", outcome->unmeasured ? outcome->unmeasured->reason : "");
    text_append(out, "}");
}

static void add_row(struct text *out, const struct selection *selection, size_t variant,
                    const struct interval *bootstrap, const double *best, double *values)
{
    const char *separator = "";
    add_string(out, "        {", "variant", selection->results->variant[variant].name);
    text_append(out, ", \"cells\": [");
    for (size_t n = 0; n < selection->results->lengths; n++) {
        const struct outcome outcome = selection_outcome(selection, variant, n, values);
        if (outcome.asked == 0)
            continue;
        text_append(out, "%s\n          ", separator);
        add_cell(out, selection, n, &outcome, &bootstrap[selection_bootstrap_index(selection, variant, n)],
                 outcome.measured > 0 && outcome.summary.mean == best[n]);
        separator = ",";
    }
    text_append(out, "]}");
}

static void add_table(struct text *out, const struct selection *selection, const struct interval *bootstrap,
                      double *best, double *values)
{
    const struct results *results = selection->results;
    const struct protocol_record *protocol = &results->protocol[selection->protocol];
    const struct configuration_record *configuration = &results->configuration[selection->configuration];
    const char *separator = "";
    for (size_t n = 0; n < results->lengths; n++)
        best[n] = selection_best(selection, n, values);
    add_string(out, "    {", "dataset", results->dataset[selection->dataset].name);
    add_string(out, ", ", "configuration", configuration->name);
    text_append(out, ", \"training_length\": %" PRId64, configuration->training_length);
    add_string(out, ",\n      ", "protocol", protocol->name);
    add_string(out, ", ", "targets", protocol->targets);
    add_string(out, ", ", "metric", measure_key(selection->measure));
    add_string(out, ", ", "unit", measure_key_unit(selection->measure));
    text_append(out, ", \"lower_is_better\": %s,\n      \"rows\": [",
                !measure_ordered(selection->measure)          ? "null"
                : measure_lower_is_better(selection->measure) ? "true"
                                                              : "false");
    for (size_t v = 0; v < results->variants; v++) {
        if (!selection_uses_variant(selection, v))
            continue;
        text_append(out, "%s\n", separator);
        add_row(out, selection, v, bootstrap, best, values);
        separator = ",";
    }
    text_append(out, "]}");
}

void table_json(struct text *out, const struct results *results)
{
    const char *separator = "";
    struct selection selection;
    double *best = memory_allocate(results->lengths, sizeof *best, "a table", NULL);
    double *values = memory_allocate(results->seeds * results->folds, sizeof *values, "a table", NULL);
    struct interval *bootstrap = selection_bootstrap(results, threads_available(), NULL);
    if (!best || !values || !bootstrap) {
        out->failed = true;
        goto done;
    }
    add_string(out, "{\n  ", "title", results->title);
    text_append(out, ",\n  \"numerics_revision\": %" PRId64, results->numerics_revision);
    add_string(out, ",\n  ", "instruction_set", results->instruction_set);
    add_string(out, ",\n  ", "mixed", results->mixed ? results->mixed : "");
    text_append(out, ",\n  \"tables\": [");
    for (size_t i = 0; i < selection_tables(results); i++) {
        if (!selection_table(&selection, results, i))
            continue;
        selection.stored = true;
        text_append(out, "%s\n", separator);
        add_table(out, &selection, bootstrap, best, values);
        separator = ",";
    }
    text_append(out, "]");
    table_claims_json(out, results);
    text_append(out, "\n}\n");
done:
    memory_release(bootstrap);
    memory_release(best);
    memory_release(values);
}
