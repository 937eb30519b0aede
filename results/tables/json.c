/* json.c -- the tables as one JSON object.  Every number reads back as the same double; null
 * stands where there is none. */
#include <inttypes.h>

#include "results/tables/grid.h"
#include "results/tables/table.h"
#include "results/tables/walk.h"
#include "support/memory.h"
#include "support/threads.h"

struct json {
    struct interval *bootstrap; /* of every place (selection_bootstrap) */
    const char *row_separator, *cell_separator;
};

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

static bool begin(struct text *out, struct table *table)
{
    const struct selection *of = &table->of;
    const struct protocol_record *protocol = &of->results->protocol[of->protocol];
    const struct configuration_record *configuration = &of->results->configuration[of->configuration];
    struct json *json = table->context;
    text_append(out, "%s\n", table->index > 0 ? "," : "");
    add_string(out, "    {", "dataset", of->results->dataset[of->dataset].name);
    add_string(out, ", ", "configuration", configuration->name);
    text_append(out, ", \"training_length\": %" PRId64, configuration->training_length);
    add_string(out, ",\n      ", "protocol", protocol->name);
    add_string(out, ", ", "targets", protocol->targets);
    add_string(out, ", ", "metric", measure_key(of->measure));
    add_string(out, ", ", "unit", measure_key_unit(of->measure));
    text_append(out, ", \"lower_is_better\": %s,\n      \"rows\": [",
                !measure_ordered(of->measure)          ? "null"
                : measure_lower_is_better(of->measure) ? "true"
                                                       : "false");
    json->row_separator = "";
    return true;
}

static void row(struct text *out, struct table *table, size_t variant)
{
    struct json *json = table->context;
    text_append(out, "%s\n", json->row_separator);
    add_string(out, "        {", "variant", table->of.results->variant[variant].name);
    text_append(out, ", \"cells\": [");
    json->row_separator = ",";
    json->cell_separator = "";
}

static void entry(struct text *out, struct table *table, size_t variant, size_t column,
                  const struct outcome *outcome)
{
    const struct selection *of = &table->of;
    const size_t length = table->column[column];
    const bool best = outcome->measured > 0 && outcome->summary.mean == table->best[column];
    struct json *json = table->context;
    if (outcome->asked == 0)
        return;
    text_append(out, "%s\n          {\"length\": %" PRId64, json->cell_separator,
                of->results->length[length]);
    json->cell_separator = ",";
    add_number(out, "n_over_L", selection_ratio(of, length));
    add_number(out, "mean", outcome->summary.mean);
    add_number(out, "minimum", outcome->summary.minimum);
    add_number(out, "maximum", outcome->summary.maximum);
    add_number(out, "deviation", outcome->summary.deviation);
    add_number(out, "low", summary_interval(&outcome->summary).low);
    add_number(out, "high", summary_interval(&outcome->summary).high);
    if (of->measure == MEASURE_NLL) {
        const struct interval *bootstrap = &json->bootstrap[selection_bootstrap_index(of, variant, length)];
        add_number(out, "bootstrap_low", bootstrap->low);
        add_number(out, "bootstrap_high", bootstrap->high);
    }
    text_append(out, ", \"seeds\": %zu, \"asked\": %zu, \"best\": %s", outcome->measured, outcome->asked,
                best ? "true" : "false");
    add_string(out, ", ", "status", outcome->unmeasured ? outcome_word(outcome, of->measure) : "measured");
    add_string(out, ", ", "reason", outcome->unmeasured ? outcome->unmeasured->reason : "");
    text_append(out, "}");
}

static void end(struct text *out, struct table *table)
{
    (void)table;
    text_append(out, "]}");
}

void table_json(struct text *out, const struct results *results)
{
    static const struct table_printer printer = {
        .stored = true, .begin = begin, .row = row, .entry = entry, .row_end = end, .end = end};
    struct json json = {.bootstrap = selection_bootstrap(results, threads_available(), NULL)};
    if (!json.bootstrap) {
        out->failed = true;
        return;
    }
    add_string(out, "{\n  ", "title", results->title);
    text_append(out, ",\n  \"numerics_revision\": %" PRId64, results->numerics_revision);
    add_string(out, ",\n  ", "instruction_set", results->instruction_set);
    add_string(out, ",\n  ", "mixed", results->mixed ? results->mixed : "");
    text_append(out, ",\n  \"tables\": [");
    table_walk(out, results, &printer, &json);
    text_append(out, "]");
    table_claims_json(out, results);
    text_append(out, "\n}\n");
    memory_release(json.bootstrap);
}
