/* json.c -- the tables as one JSON object.  Every number reads back as the same double; null
 * stands where there is none. */
#include <inttypes.h>

#include "results/findings/claims.h"
#include "results/findings/trained_length.h"
#include "results/store/fields.h"
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
    text_append(out, ", \"trained_on\": %" PRId64 ", \"cells\": [",
                trained_length(table->of.results, variant, table->of.configuration));
    json->row_separator = ",";
    json->cell_separator = "";
}

static void entry(struct text *out, struct table *table, size_t variant, size_t column,
                  const struct outcome *outcome)
{
    const struct selection *of = &table->of;
    const size_t length = table->column[column];
    const bool best = table_is_best(table, variant, column, outcome);
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
    text_append(out, ", \"seeds\": %zu, \"asked\": %zu, \"best\": %s, \"trained_on_it\": %s",
                outcome->measured, outcome->asked, best ? "true" : "false",
                selection_saw(of, variant, length) ? "true" : "false");
    add_string(out, ", ", "status", outcome->unmeasured ? outcome_word(outcome, of->measure) : "measured");
    add_string(out, ", ", "reason", outcome->unmeasured ? outcome->unmeasured->reason : "");
    text_append(out, "}");
}

static void end(struct text *out, struct table *table)
{
    (void)table;
    text_append(out, "]}");
}

/* ---- claims ---- */

static void add_place(struct text *out, const struct results *results, const struct claim_place *place)
{
    add_string(out, "{", "dataset", results->dataset[place->dataset].name);
    add_string(out, ", ", "configuration", results->configuration[place->configuration].name);
    text_append(out, ", \"left_length\": %" PRId64 ", \"right_length\": %" PRId64 ", \"pairs\": %zu",
                place->length[0], place->length[1], place->paired.count);
    add_number(out, "difference", place->paired.mean);
    add_number(out, "low", place->paired.interval.low);
    add_number(out, "high", place->paired.interval.high);
    add_number(out, "p", place->p);
    add_number(out, "p_holm", place->adjusted);
    add_number(out, "p_t_two_sided", place->paired.p_two_sided);
    add_number(out, "hedges_g", place->paired.effect);
    text_append(out, "}");
}

static void add_claims(struct text *out, const struct results *results)
{
    text_append(out, ",\n  \"claims\": [");
    for (size_t i = 0; i < results->claims; i++) {
        const struct claim_record *claim = &results->claim[i];
        struct judgement judgement;
        struct text verdict = {0};
        if (claims_judge(&judgement, results, claim, NULL))
            out->failed = true;
        judgement_print(&verdict, &judgement);
        text_append(out, "%s\n    {", i > 0 ? "," : "");
        for (const struct field *field = claim_fields; field->name; field++)
            add_string(out, field == claim_fields ? "" : ", ", field->name,
                       (const char *)claim + field->offset);
        add_string(out, ",\n      ", "verdict", text_string(&verdict));
        text_append(out, ", \"places\": [");
        for (size_t p = 0; p < judgement.places; p++) {
            text_append(out, "%s", p > 0 ? ", " : "");
            add_place(out, results, &judgement.place[p]);
        }
        text_append(out, "]}");
        text_carry(out, &verdict);
        text_release(&verdict);
        judgement_release(&judgement);
    }
    text_append(out, "]");
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
    add_claims(out, results);
    text_append(out, "\n}\n");
    memory_release(json.bootstrap);
}

const struct table_format table_format_json = {
    .name = "json",
    .summary = "the same as one object",
    .write = table_json,
};
