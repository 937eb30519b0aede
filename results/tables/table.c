/* table.c -- results as text and Markdown tables.
 *
 * A column holds mean ± spread over seeds (selection.h says which spread). */
#include "results/tables/table.h"

#include <inttypes.h>
#include <math.h>

#include "results/findings/selection.h"
#include "results/tables/grid.h"
#include "support/memory.h"

enum { SPREAD_WIDTH = 4 /* of " ±0." */ };

/* A table on its way: what it shows, and room for the scores of one cell. */
struct table {
    struct selection of;
    enum table_style style;
    size_t columns, *column; /* (columns) indices of lengths */
    double *best;            /* (columns) NAN: nothing to mark */
    double *values;          /* (replicates) */
    bool spread, marked;     /* is any ± shown; is any best value marked */
};

static struct outcome outcome_at(const struct table *table, size_t variant, size_t column)
{
    return selection_outcome(&table->of, variant, table->column[column], table->values);
}

static void print_length(struct text *out, const struct table *table, size_t column)
{
    text_append(out, "%.3gL %" PRId64, selection_ratio(&table->of, table->column[column]),
                table->of.results->length[table->column[column]]);
}

static void print_entry(struct text *out, const struct table *table, size_t variant, size_t column)
{
    struct outcome outcome = outcome_at(table, variant, column);
    if (outcome.measured == 0) {
        text_append(out, "%s", outcome_word(&outcome, table->of.measure));
        return;
    }
    const int digits = measure_digits(table->of.measure);
    const bool best = outcome.summary.mean == table->best[column];
    const char *before = !best ? "" : table->style == TABLE_MARKDOWN ? "**" : "*";
    const char *after = best && table->style == TABLE_MARKDOWN ? "**" : "";
    double spread = summary_spread(&outcome.summary);
    text_append(out, "%s%.*f%s", before, digits, outcome.summary.mean, after);
    if (!isnan(spread))
        text_append(out, " ±%.*f", digits, spread);
    else if (table->spread && table->style == TABLE_TEXT)
        text_append(out, "%*s", SPREAD_WIDTH + digits, ""); /* points stay under points */
}

static void print_name(struct text *out, const struct table *table, const char *name)
{
    table_grid_name(out, name, table->style);
}

/* ---- what stands above ---- */

static void print_heading(struct text *out, const struct table *table)
{
    const struct results *results = table->of.results;
    const struct protocol_record *protocol = &results->protocol[table->of.protocol];
    const char *strong = table->style == TABLE_MARKDOWN ? "**" : "";
    text_append(out, "%s", strong);
    print_name(out, table, results->dataset[table->of.dataset].name);
    text_append(out, ": %s, %s%s", measure_name(table->of.measure), measure_unit(table->of.measure), strong);
    if (measure_ordered(table->of.measure))
        text_append(out, " (%s is better)", measure_lower_is_better(table->of.measure) ? "lower" : "higher");
    text_append(out, "\n");
    text_append(out, "protocol ");
    print_name(out, table, protocol->name);
    if (protocol->targets[0]) {
        text_append(out, " (targets: ");
        print_name(out, table, protocol->targets);
        text_append(out, ")");
    }
    text_append(out, ", configuration ");
    print_name(out, table, results->configuration[table->of.configuration].name);
    text_append(out, ", ");
    selection_print_replicates(out, &table->of);
    text_append(out, "\n\n");
}

static void print_rows(struct text *out, const struct table *table)
{
    const size_t variants = table->of.results->variants;
    struct grid_of_texts grid;
    size_t rows = 1;
    for (size_t v = 0; v < variants; v++)
        rows += selection_uses_variant(&table->of, v);
    if (!table_grid_begin(&grid, rows, table->columns + 1)) {
        out->failed = true;
        return;
    }
    text_append(table_grid_cell(&grid, 0, 0), "variant");
    for (size_t c = 0; c < table->columns; c++)
        print_length(table_grid_cell(&grid, 0, c + 1), table, c);
    for (size_t v = 0, row = 1; v < variants; v++) {
        if (!selection_uses_variant(&table->of, v))
            continue;
        print_name(table_grid_cell(&grid, row, 0), table, table->of.results->variant[v].name);
        for (size_t c = 0; c < table->columns; c++)
            print_entry(table_grid_cell(&grid, row, c + 1), table, v, c);
        row++;
    }
    table_grid_end(out, &grid, table->style);
}

/* ---- what stands below ---- */

static void print_note(struct text *out, const struct table *table, size_t variant, size_t first, size_t end)
{
    const struct outcome outcome = outcome_at(table, variant, first);
    struct text note = {0};
    text_append(&note, "- ");
    print_name(&note, table, table->of.results->variant[variant].name);
    text_append(&note, " at ");
    for (size_t c = first; c < end; c++) {
        text_append(&note, "%s", c > first ? ", " : "");
        print_length(&note, table, c);
    }
    text_append(&note, ": %s", outcome_word(&outcome, table->of.measure));
    if (outcome.measured > 0)
        text_append(&note, " in %zu of %zu", outcome.asked - outcome.measured, outcome.asked);
    if (outcome.unmeasured->reason[0]) {
        text_append(&note, " (");
        print_name(&note, table, outcome.unmeasured->reason);
        text_append(&note, ")");
    }
    table_note(out, &note, table->style);
    text_release(&note);
}

/* Variants whose cells of a column are the same to the bit, as "rope = rope-ntk". */
static void print_twins_of(struct text *out, const struct table *table, size_t column)
{
    const size_t variants = table->of.results->variants;
    bool first = true;
    for (size_t v = 0; v < variants; v++) {
        bool begun = false;
        if (selection_twin(&table->of, v, table->column[column]) != v)
            continue;
        for (size_t w = v + 1; w < variants; w++) {
            if (selection_twin(&table->of, w, table->column[column]) != v)
                continue;
            if (!begun) {
                text_append(out, "%s", first ? "" : "; ");
                print_name(out, table, table->of.results->variant[v].name);
            }
            text_append(out, " = ");
            print_name(out, table, table->of.results->variant[w].name);
            begun = true;
            first = false;
        }
    }
}

static bool print_twins(struct text *out, const struct table *table)
{
    bool any = false;
    for (size_t c = 0; c < table->columns; c++) {
        struct text note = {0}, twins = {0};
        print_twins_of(&twins, table, c);
        text_append(&note, "- equal to the bit at ");
        print_length(&note, table, c);
        text_append(&note, ": %s", text_string(&twins));
        if (twins.length > 0) {
            if (!any && table->style == TABLE_MARKDOWN)
                text_append(out, "\n");
            table_note(out, &note, table->style);
            any = true;
        }
        text_carry(out, &twins);
        text_release(&note);
        text_release(&twins);
    }
    return any;
}

/* Why and for which lengths: a run of columns with the same story is one note. */
static void print_notes(struct text *out, const struct table *table)
{
    bool first = !print_twins(out, table);
    for (size_t v = 0; v < table->of.results->variants; v++)
        for (size_t c = 0, end; c < table->columns; c = end) {
            const struct outcome outcome = outcome_at(table, v, c);
            for (end = c + 1; end < table->columns; end++) {
                const struct outcome next = outcome_at(table, v, end);
                if (!outcome_same(&outcome, &next))
                    break;
            }
            if (!outcome.unmeasured)
                continue;
            if (first && table->style == TABLE_MARKDOWN) /* a list begins after a blank line */
                text_append(out, "\n");
            first = false;
            print_note(out, table, v, c, end);
        }
}

static void print_legend(struct text *out, const struct table *table)
{
    const char *spread = selection_spread_words(&table->of, table->values);
    const char *mark = table->style == TABLE_MARKDOWN ? "bold" : "*";
    if (table->spread || table->marked)
        text_append(out, "\n");
    if (table->spread)
        text_append(out, "mean ± %s%s", spread, table->marked ? "; " : "\n");
    if (table->marked)
        text_append(out, "%s: best of its column\n", mark);
}

/* ---- one table ---- */

static void print_table(struct text *out, const struct table *table)
{
    print_heading(out, table);
    print_rows(out, table);
    print_legend(out, table);
    print_notes(out, table);
}

static void make_table(struct text *out, const struct selection *selection, enum table_style style)
{
    const struct results *results = selection->results;
    struct table table = {.of = *selection, .style = style};
    table.column = memory_allocate(results->lengths, sizeof *table.column, "a table", NULL);
    table.best = memory_allocate(results->lengths, sizeof *table.best, "a table", NULL);
    table.values = memory_allocate(selection_replicates(selection), sizeof *table.values, "a table", NULL);
    if (!table.column || !table.best || !table.values) {
        out->failed = true;
        goto done;
    }
    for (size_t n = 0; n < results->lengths; n++)
        if (selection_uses_length(selection, n))
            table.column[table.columns++] = n;
    for (size_t c = 0; c < table.columns; c++) {
        table.best[c] = selection_best(&table.of, table.column[c], table.values);
        table.marked = table.marked || !isnan(table.best[c]);
        for (size_t v = 0; v < results->variants; v++)
            table.spread = table.spread || outcome_at(&table, v, c).measured > 1;
    }
    if (out->length > 0)
        text_append(out, "\n");
    print_table(out, &table);
done:
    memory_release(table.column);
    memory_release(table.best);
    memory_release(table.values);
}

static void write_tables(struct text *out, const struct results *results, enum table_style style)
{
    struct selection selection;
    for (size_t i = 0; i < selection_tables(results); i++)
        if (selection_table(&selection, results, i))
            make_table(out, &selection, style);
    table_lengths(out, results, style);
    table_ranks(out, results, style);
    table_tuning(out, results, style);
    table_claims(out, results, style);
}

void table_text(struct text *out, const struct results *results)
{
    write_tables(out, results, TABLE_TEXT);
}

void table_markdown(struct text *out, const struct results *results)
{
    write_tables(out, results, TABLE_MARKDOWN);
}
