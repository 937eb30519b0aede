/* tables.c -- scores as tables: mean, and under it the interval or range; what has no score says why. */
#include <inttypes.h>
#include <math.h>

#include "results/figures/figure.h"
#include "results/page/private.h"
#include "support/memory.h"

static void heading(struct text *out, const struct selection *of)
{
    const struct results *results = of->results;
    const struct protocol_record *protocol = &results->protocol[of->protocol];
    text_append(out, "<h3>");
    html_text(out, results->dataset[of->dataset].name);
    text_append(out, ": %s, %s (%s is better)</h3>\n<p class=\"soft\">protocol ", measure_name(of->measure),
                measure_unit(of->measure), measure_lower_is_better(of->measure) ? "lower" : "higher");
    html_text(out, protocol->name);
    if (protocol->targets[0]) {
        text_append(out, " (targets: ");
        html_text(out, protocol->targets);
        text_append(out, ")");
    }
    text_append(out, ", configuration ");
    html_text(out, results->configuration[of->configuration].name);
    text_append(out, "; ");
    figure_spread_words(out, of);
    text_append(out, ".  Bold: best of its column.</p>\n");
}

static void entry(struct text *out, const struct selection *of, size_t variant, size_t length, double best,
                  double *values)
{
    const struct outcome outcome = selection_outcome(of, variant, length, values);
    const int digits = measure_digits(of->measure);
    if (outcome.measured == 0) {
        text_append(out, "<td class=\"number none\"");
        if (outcome.unmeasured && outcome.unmeasured->reason[0]) {
            text_append(out, " title=\"");
            html_text(out, outcome.unmeasured->reason);
            text_append(out, "\"");
        }
        text_append(out, ">%s</td>", outcome_word(&outcome, of->measure));
        return;
    }
    const struct spread spread = figure_spread(values, outcome.measured);
    text_append(out, "<td class=\"number%s\">%.*f", spread.mean == best ? " best" : "", digits, spread.mean);
    if (spread.count > 1)
        text_append(out, "<small>%.*f to %.*f</small>", digits, spread.low, digits, spread.high);
    if (outcome.measured < outcome.asked)
        text_append(out, "<small>%zu of %zu</small>", outcome.measured, outcome.asked);
    text_append(out, "</td>");
}

static void floors(struct text *out, const struct selection *of)
{
    bool any = false;
    struct text row = {0};
    text_append(&row, "<tr><th scope=\"row\">floor</th>");
    for (size_t n = 0; n < of->results->lengths; n++) {
        if (!selection_uses_length(of, n))
            continue;
        const double floor = figure_floor(of, n);
        any = any || !isnan(floor);
        if (isnan(floor))
            text_append(&row, "<td></td>");
        else
            text_append(&row, "<td class=\"number\">%.*f</td>", measure_digits(of->measure), floor);
    }
    if (any && of->measure == MEASURE_NLL)
        text_append(out, "%s</tr>\n", text_string(&row));
    text_carry(out, &row);
    text_release(&row);
}

static void table(struct text *out, const struct selection *of, double *values)
{
    const struct results *results = of->results;
    heading(out, of);
    text_append(out, "<div class=\"box\"><table><thead><tr><th scope=\"col\">variant</th>");
    for (size_t n = 0; n < results->lengths; n++)
        if (selection_uses_length(of, n))
            text_append(out, "<th scope=\"col\" class=\"length\">%.3g L<br/>%" PRId64 "</th>",
                        selection_ratio(of, n), results->length[n]);
    text_append(out, "</tr></thead>\n<tbody>\n");
    for (size_t v = 0; v < results->variants; v++) {
        if (!selection_uses_variant(of, v))
            continue;
        text_append(out, "<tr><th scope=\"row\">");
        html_text(out, results->variant[v].name);
        text_append(out, "</th>");
        for (size_t n = 0; n < results->lengths; n++)
            if (selection_uses_length(of, n))
                entry(out, of, v, n, selection_best(of, n, values), values);
        text_append(out, "</tr>\n");
    }
    floors(out, of);
    text_append(out, "</tbody></table></div>\n");
    struct text note = {0};
    figure_note(&note, of, 1);
    if (note.length > 0) {
        text_append(out, "<p class=\"soft\">");
        html_text(out, text_string(&note));
        text_append(out, "</p>\n");
    }
    text_carry(out, &note);
    text_release(&note);
}

void html_tables(struct text *out, const struct results *results)
{
    double *values = memory_allocate(results->seeds * results->folds + 1, sizeof *values, "a table", NULL);
    struct selection of;
    size_t count = 0;
    text_append(out, "<h2 id=\"tables\">Tables</h2>\n");
    out->failed = out->failed || !values;
    for (size_t i = 0; i < selection_tables(results) && values; i++)
        if (selection_table(&of, results, i)) {
            table(out, &of, values);
            count++;
        }
    if (count == 0)
        text_append(out, "<p>The results hold no score.</p>\n");
    memory_release(values);
}
