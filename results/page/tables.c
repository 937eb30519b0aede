/* tables.c -- scores as tables: mean, and under it the interval or range; what has no score says why. */
#include <inttypes.h>
#include <math.h>

#include "results/figures/figure.h"
#include "results/page/private.h"
#include "results/tables/walk.h"

static bool begin(struct text *out, struct table *table)
{
    text_append(out, "<h3>");
    table_title(out, table, "");
    text_append(out, "</h3>\n<p class=\"soft\">");
    table_place(out, table);
    text_append(out, "; ");
    figure_spread_words(out, &table->of);
    text_append(out, ".  Bold: best of its column.</p>\n"
                     "<div class=\"box\"><table><thead><tr><th scope=\"col\">variant</th>");
    for (size_t c = 0; c < table->columns; c++) {
        text_append(out, "<th scope=\"col\" class=\"length\">");
        table_length(out, table, c);
        text_append(out, "</th>");
    }
    text_append(out, "</tr></thead>\n<tbody>\n");
    return true;
}

static void row(struct text *out, struct table *table, size_t variant)
{
    text_append(out, "<tr><th scope=\"row\">");
    table_variant(out, table->of.results, variant, html_text);
    text_append(out, "</th>");
}

static void entry(struct text *out, struct table *table, size_t variant, size_t column,
                  const struct outcome *outcome)
{
    const int digits = measure_digits(table->of.measure);
    if (outcome->measured == 0) {
        text_append(out, "<td class=\"number none\"");
        if (outcome->unmeasured && outcome->unmeasured->reason[0]) {
            text_append(out, " title=\"");
            html_text(out, outcome->unmeasured->reason);
            text_append(out, "\"");
        }
        text_append(out, ">%s</td>", outcome_word(outcome, table->of.measure));
        return;
    }
    const struct spread spread = figure_spread(table->values, outcome->measured);
    text_append(out, "<td class=\"number%s\">%s%.*f",
                table_is_best(table, variant, column, outcome) ? " best" : "",
                table_seen(table, variant, column), digits, spread.mean);
    if (spread.count > 1)
        text_append(out, "<small>%.*f to %.*f</small>", digits, spread.low, digits, spread.high);
    if (outcome->measured < outcome->asked)
        text_append(out, "<small>%zu of %zu</small>", outcome->measured, outcome->asked);
    text_append(out, "</td>");
}

static void row_end(struct text *out, struct table *table)
{
    (void)table;
    text_append(out, "</tr>\n");
}

static void floors(struct text *out, const struct table *table)
{
    const struct selection *of = &table->of;
    bool any = false;
    struct text row = {0};
    text_append(&row, "<tr><th scope=\"row\">floor</th>");
    for (size_t c = 0; c < table->columns; c++) {
        const double floor = figure_floor(of, table->column[c]);
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

static void end(struct text *out, struct table *table)
{
    struct text note = {0};
    floors(out, table);
    text_append(out, "</tbody></table></div>\n");
    figure_note(&note, &table->of, 1);
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
    static const struct table_printer printer = {.name = html_text,
                                                 .length = "%.3g L<br/>%" PRId64,
                                                 .begin = begin,
                                                 .row = row,
                                                 .entry = entry,
                                                 .row_end = row_end,
                                                 .end = end};
    text_append(out, "<h2 id=\"tables\">Tables</h2>\n");
    if (table_walk(out, results, &printer, NULL) == 0)
        text_append(out, "<p>The results hold no score.</p>\n");
}
