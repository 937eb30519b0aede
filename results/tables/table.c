/* table.c -- results as text and Markdown tables.
 *
 * A column holds mean ± spread over seeds (selection.h says which spread). */
#include "results/tables/table.h"

#include <inttypes.h>
#include <math.h>

#include "results/tables/grid.h"
#include "results/tables/walk.h"
#include "support/label.h"

enum { SPREAD_WIDTH = 4 /* of " ±0." */ };

struct people {
    enum table_style style;
    struct grid_of_texts grid;
    size_t row;          /* that is filled */
    bool spread, marked; /* is any ± shown; is any best value marked */
};

static void find_marks(struct people *people, const struct table *table)
{
    people->spread = selection_spread_words(&table->of, table->values) != NULL;
    people->marked = false;
    for (size_t c = 0; c < table->columns; c++)
        people->marked = people->marked || !isnan(table->best[c]);
}

static bool begin(struct text *out, struct table *table)
{
    struct people *people = table->context;
    size_t rows = 1;
    find_marks(people, table);
    for (size_t v = 0; v < table->of.results->variants; v++)
        rows += selection_uses_variant(&table->of, v);
    if (!table_grid_begin(&people->grid, rows, table->columns + 1)) {
        out->failed = true;
        return false;
    }
    text_append(out, "%s", out->length > 0 ? "\n" : "");
    table_title(out, table, people->style == TABLE_MARKDOWN ? "**" : "");
    text_append(out, "\n");
    table_place(out, table);
    text_append(out, ", ");
    selection_print_replicates(out, &table->of);
    text_append(out, "\n\n");
    text_append(table_grid_cell(&people->grid, 0, 0), "variant");
    for (size_t c = 0; c < table->columns; c++)
        table_length(table_grid_cell(&people->grid, 0, c + 1), table, c);
    people->row = 0;
    return true;
}

static void row(struct text *out, struct table *table, size_t variant)
{
    struct people *people = table->context;
    (void)out;
    table_variant(table_grid_cell(&people->grid, ++people->row, 0), table->of.results, variant,
                  table->printer->name);
}

static void entry(struct text *out, struct table *table, size_t variant, size_t column,
                  const struct outcome *outcome)
{
    struct people *people = table->context;
    out = table_grid_cell(&people->grid, people->row, column + 1);
    if (outcome->measured == 0) {
        text_append(out, "%s", outcome_word(outcome, table->of.measure));
        return;
    }
    const int digits = measure_digits(table->of.measure);
    const bool best = table_is_best(table, variant, column, outcome);
    const char *before = !best ? "" : people->style == TABLE_MARKDOWN ? "**" : "*";
    const char *after = best && people->style == TABLE_MARKDOWN ? "**" : "";
    const double spread = summary_spread(&outcome->summary);
    text_append(out, "%s%s%.*f%s", table_seen(table, variant, column), before, digits, outcome->summary.mean,
                after);
    if (!isnan(spread))
        text_append(out, " ±%.*f", digits, spread);
    else if (people->spread && people->style == TABLE_TEXT)
        text_append(out, "%*s", SPREAD_WIDTH + digits, ""); /* points stay under points */
}

/* ---- what stands below ---- */

static void print_note(struct text *out, const struct table *table, const struct text *note)
{
    const struct people *people = table->context;
    struct text item = {0};
    text_append(&item, "- %s", text_string(note));
    table_note(out, &item, people->style);
    text_release(&item);
}

/* Variants whose cells of a column are the same to the bit, as "rope = rope-ntk". */
static void append_twins(struct text *out, const struct table *table, size_t column)
{
    const size_t variants = table->of.results->variants, length = table->column[column];
    bool first = true;
    for (size_t v = 0; v < variants; v++) {
        bool begun = false;
        if (selection_twin(&table->of, v, length) != v)
            continue;
        for (size_t w = v + 1; w < variants; w++) {
            if (selection_twin(&table->of, w, length) != v)
                continue;
            if (!begun) {
                text_append(out, "%s", first ? "" : "; ");
                table_variant(out, table->of.results, v, table->printer->name);
            }
            text_append(out, " = ");
            table_variant(out, table->of.results, w, table->printer->name);
            begun = true;
            first = false;
        }
    }
}

static void print_twins(struct text *out, const struct table *table)
{
    for (size_t c = 0; c < table->columns; c++) {
        struct text note = {0}, twins = {0};
        append_twins(&twins, table, c);
        text_append(&note, "equal to the bit at ");
        table_length(&note, table, c);
        text_append(&note, ": %s", text_string(&twins));
        if (twins.length > 0)
            print_note(out, table, &note);
        text_carry(out, &twins);
        text_carry(out, &note);
        text_release(&note);
        text_release(&twins);
    }
}

static void end(struct text *out, struct table *table)
{
    struct people *people = table->context;
    const bool markdown = people->style == TABLE_MARKDOWN;
    struct text notes = {0};
    table_grid_end(out, &people->grid, people->style);
    if (people->spread || people->marked)
        text_append(out, "\n");
    if (people->spread)
        text_append(out, "mean ± %s%s", selection_spread_words(&table->of, table->values),
                    people->marked ? "; " : "\n");
    if (people->marked)
        text_append(out, "%s: best of its column\n", markdown ? "bold" : "*");
    print_twins(&notes, table);
    table_notes(&notes, table, print_note);
    /* In Markdown a list begins after a blank line. */
    text_append(out, "%s%s", markdown && notes.length > 0 ? "\n" : "", text_string(&notes));
    text_carry(out, &notes);
    text_release(&notes);
}

static void write_tables(struct text *out, const struct results *results, enum table_style style)
{
    struct people people = {.style = style};
    const struct table_printer printer = {.name = style == TABLE_MARKDOWN ? label_markdown : label_plain,
                                          .length = "%.3gL %" PRId64,
                                          .begin = begin,
                                          .row = row,
                                          .entry = entry,
                                          .end = end};
    table_walk(out, results, &printer, &people);
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

const struct table_format table_format_text = {
    .name = "text",
    .summary = "for a terminal: losses in nats per token, shares in per cent",
    .write = table_text,
    .compare = table_comparison_text,
};

const struct table_format table_format_markdown = {
    .name = "markdown",
    .summary = "the same as Markdown",
    .write = table_markdown,
    .compare = table_comparison_markdown,
};
