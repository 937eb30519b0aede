/* csv.c -- the tables as comma-separated values in tidy form: a row per variant and length.
 *
 * Quoting is that of RFC 4180: a value with a comma, a quote, an end of line or a blank at its edge is
 * quoted, and a quote inside is written twice.  Lines end in LF, as Unix tools, pandas and R read them. */
#include "results/tables/csv.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "results/findings/trained_length.h"
#include "results/tables/table.h"
#include "results/tables/walk.h"

/* ---- values, shared with long.c ---- */

static bool needs_quotes(const char *value)
{
    const size_t size = strlen(value);
    return strpbrk(value, ",\"\r\n") || (size > 0 && (value[0] == ' ' || value[size - 1] == ' '));
}

void csv_text(struct text *out, bool first, const char *value)
{
    text_append(out, "%s", first ? "" : ",");
    if (!needs_quotes(value)) {
        text_append(out, "%s", value);
        return;
    }
    text_append(out, "\"");
    for (; *value; value++)
        text_append(out, *value == '"' ? "\"\"" : "%c", *value);
    text_append(out, "\"");
}

void csv_number(struct text *out, double value)
{
    text_append(out, ",");
    if (isfinite(value))
        text_append_number(out, value);
}

void csv_integer(struct text *out, int64_t value)
{
    text_append(out, ",%" PRId64, value);
}

/* ---- rows ---- */

static void entry(struct text *out, struct table *table, size_t variant, size_t column,
                  const struct outcome *outcome)
{
    const struct selection *of = &table->of;
    const struct results *results = of->results;
    const size_t length = table->column[column];
    if (outcome->asked == 0)
        return;
    csv_text(out, true, results->dataset[of->dataset].name);
    csv_text(out, false, results->configuration[of->configuration].name);
    csv_text(out, false, results->protocol[of->protocol].name);
    csv_text(out, false, measure_key(of->measure));
    csv_text(out, false, results->variant[variant].name);
    csv_integer(out, results->length[length]);
    csv_number(out, selection_ratio(of, length));
    csv_number(out, outcome->summary.mean);
    csv_number(out, outcome->summary.minimum);
    csv_number(out, outcome->summary.maximum);
    csv_number(out, summary_interval(&outcome->summary).low);
    csv_number(out, summary_interval(&outcome->summary).high);
    csv_integer(out, (int64_t)outcome->measured);
    csv_text(out, false, outcome->unmeasured ? outcome_word(outcome, of->measure) : "measured");
    csv_integer(out, (int64_t)outcome->asked);
    csv_text(out, false, outcome->unmeasured ? outcome->unmeasured->reason : "");
    csv_integer(out, trained_length(results, variant, of->configuration));
    text_append(out, "\n");
}

void table_csv(struct text *out, const struct results *results)
{
    static const struct table_printer printer = {.stored = true, .entry = entry};
    text_append(out, "dataset,configuration,protocol,metric,variant,length,n_over_L,mean,minimum,maximum,"
                     "low,high,seeds,status,asked,reason,trained_on\n");
    table_walk(out, results, &printer, NULL);
}

const struct table_format table_format_csv = {
    .name = "csv",
    .summary = "a row of comma-separated values per variant and length",
    .write = table_csv,
};
