/* table.c -- results as text and Markdown tables; the other formats have a file each.
 *
 * A column holds mean ± spread over seeds (selection.h says which spread). */
#include "results/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/html.h"
#include "results/label.h"
#include "results/selection.h"
#include "results/table_formats.h"
#include "results/table_tuning.h"
#include "support/memory.h"

enum { LINE_WIDTH = 100, GAP = 2, SPREAD_WIDTH = 4 /* of " ±0." */ };

/* A table on its way: what it shows, and room for the scores of one cell. */
struct table {
    struct selection of;
    enum table_format format;
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
    const char *before = !best ? "" : table->format == TABLE_MARKDOWN ? "**" : "*";
    const char *after = best && table->format == TABLE_MARKDOWN ? "**" : "";
    double spread = summary_spread(&outcome.summary);
    text_append(out, "%s%.*f%s", before, digits, outcome.summary.mean, after);
    if (!isnan(spread))
        text_append(out, " ±%.*f", digits, spread);
    else if (table->spread && table->format == TABLE_TEXT)
        text_append(out, "%*s", SPREAD_WIDTH + digits, ""); /* points stay under points */
}

/* Right-aligned when width is not 0. */
static void print_padded(struct text *out, const char *text, size_t width)
{
    size_t taken = label_width(text);
    for (size_t i = taken; i < width; i++)
        text_append(out, " ");
    text_append(out, "%s", text);
}

static void print_name(struct text *out, const struct table *table, const char *name)
{
    if (table->format == TABLE_MARKDOWN)
        label_markdown(out, name);
    else
        label_plain(out, name);
}

/* ---- what stands above ---- */

static void print_heading(struct text *out, const struct table *table)
{
    const struct results *results = table->of.results;
    const struct protocol_record *protocol = &results->protocol[table->of.protocol];
    const char *strong = table->format == TABLE_MARKDOWN ? "**" : "";
    text_append(out, "%s", strong);
    print_name(out, table, results->dataset[table->of.dataset].name);
    text_append(out, ": %s, %s%s (%s is better)\n", measure_name(table->of.measure),
                measure_unit(table->of.measure), strong,
                measure_lower_is_better(table->of.measure) ? "lower" : "higher");
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

/* ---- rows ---- */

/* out is what the widths are for. */
static size_t entry_width(struct text *out, const struct table *table, size_t column)
{
    struct text entry = {0};
    print_length(&entry, table, column);
    size_t width = label_width(text_string(&entry));
    text_carry(out, &entry);
    text_release(&entry);
    for (size_t v = 0; v < table->of.results->variants; v++) {
        entry = (struct text){0};
        if (selection_uses_variant(&table->of, v))
            print_entry(&entry, table, v, column);
        size_t taken = label_width(text_string(&entry));
        width = taken > width ? taken : width;
        text_carry(out, &entry);
        text_release(&entry);
    }
    return width;
}

static size_t name_width(struct text *out, const struct table *table)
{
    size_t width = strlen("variant");
    for (size_t v = 0; v < table->of.results->variants; v++) {
        struct text name = {0};
        print_name(&name, table, table->of.results->variant[v].name);
        size_t taken = label_width(text_string(&name));
        if (selection_uses_variant(&table->of, v) && taken > width)
            width = taken;
        text_carry(out, &name);
        text_release(&name);
    }
    return width;
}

/* One row of columns first .. end-1; variant == variants is the header. */
static void print_text_row(struct text *out, const struct table *table, size_t variant, size_t first,
                           size_t end, size_t names)
{
    const bool header = variant == table->of.results->variants;
    struct text cell = {0};
    if (header)
        text_append(&cell, "variant");
    else
        print_name(&cell, table, table->of.results->variant[variant].name);
    text_append(out, "%s", text_string(&cell));
    for (size_t i = label_width(text_string(&cell)); i < names; i++)
        text_append(out, " ");
    for (size_t c = first; c < end; c++) {
        text_carry(out, &cell);
        text_release(&cell);
        cell = (struct text){0};
        if (header)
            print_length(&cell, table, c);
        else
            print_entry(&cell, table, variant, c);
        print_padded(out, text_string(&cell), entry_width(out, table, c) + GAP);
    }
    text_carry(out, &cell);
    text_release(&cell);
    while (out->length > 0 && out->bytes[out->length - 1] == ' ')
        out->length--;
    text_append(out, "\n");
}

/* As many columns at a time as a line holds. */
static void print_text_rows(struct text *out, const struct table *table)
{
    const size_t variants = table->of.results->variants, names = name_width(out, table);
    for (size_t first = 0, end; first < table->columns; first = end) {
        size_t width = names;
        for (end = first; end < table->columns; end++) {
            width += entry_width(out, table, end) + GAP;
            if (width > LINE_WIDTH && end > first)
                break;
        }
        if (first > 0)
            text_append(out, "\n");
        print_text_row(out, table, variants, first, end, names);
        for (size_t v = 0; v < variants; v++)
            if (selection_uses_variant(&table->of, v))
                print_text_row(out, table, v, first, end, names);
    }
}

static void print_markdown_rows(struct text *out, const struct table *table)
{
    text_append(out, "| variant |");
    for (size_t c = 0; c < table->columns; c++) {
        text_append(out, " ");
        print_length(out, table, c);
        text_append(out, " |");
    }
    text_append(out, "\n|:--|");
    for (size_t c = 0; c < table->columns; c++)
        text_append(out, "--:|");
    text_append(out, "\n");
    for (size_t v = 0; v < table->of.results->variants; v++) {
        if (!selection_uses_variant(&table->of, v))
            continue;
        text_append(out, "| ");
        print_name(out, table, table->of.results->variant[v].name);
        text_append(out, " |");
        for (size_t c = 0; c < table->columns; c++) {
            text_append(out, " ");
            print_entry(out, table, v, c);
            text_append(out, " |");
        }
        text_append(out, "\n");
    }
}

/* ---- what stands below ---- */

/* Breaks a note between words; lines after the first are indented. */
static void print_wrapped(struct text *out, const char *note)
{
    size_t column = 0;
    while (*note) {
        size_t bytes = strcspn(note, " ");
        char word[REASON_SIZE * 4];
        snprintf(word, sizeof word, "%.*s", (int)(bytes < sizeof word ? bytes : sizeof word - 1), note);
        size_t width = label_width(word);
        if (column > 0 && column + 1 + width > LINE_WIDTH) {
            text_append(out, "\n   ");
            column = 3;
        }
        text_append(out, "%s%s", column > 0 ? " " : "", word);
        column += width + (column > 0);
        note += bytes + strspn(note + bytes, " ");
    }
    text_append(out, "\n");
}

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
    if (table->format == TABLE_TEXT)
        print_wrapped(out, text_string(&note));
    else
        text_append(out, "%s\n", text_string(&note));
    text_carry(out, &note);
    text_release(&note);
}

/* Why and for which lengths: a run of columns with the same story is one note. */
static void print_notes(struct text *out, const struct table *table)
{
    bool first = true;
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
            if (first && table->format == TABLE_MARKDOWN) /* a list begins after a blank line */
                text_append(out, "\n");
            first = false;
            print_note(out, table, v, c, end);
        }
}

static void print_legend(struct text *out, const struct table *table)
{
    const char *spread = selection_replicates(&table->of) < MANY_SEEDS ? "half the range over seeds"
                                                                       : "standard deviation over seeds";
    const char *mark = table->format == TABLE_MARKDOWN ? "bold" : "*";
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
    if (table->format == TABLE_MARKDOWN)
        print_markdown_rows(out, table);
    else
        print_text_rows(out, table);
    print_legend(out, table);
    print_notes(out, table);
}

static void make_table(struct text *out, const struct selection *selection, enum table_format format)
{
    const struct results *results = selection->results;
    struct table table = {.of = *selection, .format = format};
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

static void write_tables(struct text *out, const struct results *results, enum table_format format)
{
    struct selection selection;
    for (size_t i = 0; i < selection_tables(results); i++)
        if (selection_table(&selection, results, i))
            make_table(out, &selection, format);
    table_tuning(out, results, format);
}

void table_write(struct text *out, const struct results *results, enum table_format format)
{
    switch (format) {
    case TABLE_TEXT:
    case TABLE_MARKDOWN:
        write_tables(out, results, format);
        break;
    case TABLE_CSV:
        table_csv(out, results);
        break;
    case TABLE_JSON:
        table_json(out, results);
        break;
    case TABLE_LATEX:
        table_latex(out, results);
        break;
    case TABLE_LONG:
        table_long(out, results);
        break;
    case TABLE_HTML:
        html_write(out, results, NULL, 0);
        break;
    }
}
