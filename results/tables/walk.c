/* walk.c -- tables, variants, lengths, in the order of the results. */
#include "results/tables/walk.h"

#include <string.h>

#include "results/findings/trained_length.h"
#include "results/findings/training_options.h"
#include "support/memory.h"

static struct outcome outcome_at(const struct table *table, size_t variant, size_t column)
{
    return selection_outcome(&table->of, variant, table->column[column], table->values);
}

static void walk_rows(struct text *out, struct table *table)
{
    const struct table_printer *printer = table->printer;
    for (size_t v = 0; v < table->of.results->variants; v++) {
        if (!selection_uses_variant(&table->of, v))
            continue;
        if (printer->row)
            printer->row(out, table, v);
        for (size_t c = 0; c < table->columns; c++) {
            const struct outcome outcome = outcome_at(table, v, c);
            printer->entry(out, table, v, c, &outcome);
        }
        if (printer->row_end)
            printer->row_end(out, table);
    }
}

static void find_columns(struct table *table)
{
    table->columns = 0;
    for (size_t n = 0; n < table->of.results->lengths; n++)
        if (selection_uses_length(&table->of, n)) {
            table->best[table->columns] = selection_best(&table->of, n, table->values);
            table->column[table->columns++] = n;
        }
}

size_t table_walk(struct text *out, const struct results *results, const struct table_printer *printer,
                  void *context)
{
    struct table table = {.printer = printer, .context = context};
    table.column = memory_allocate(results->lengths, sizeof *table.column, "a table", NULL);
    table.best = memory_allocate(results->lengths, sizeof *table.best, "a table", NULL);
    table.values =
        memory_allocate(results->seeds * results->folds + 1, sizeof *table.values, "a table", NULL);
    const bool room = table.column && table.best && table.values;
    out->failed = out->failed || !room;
    for (size_t i = 0; room && i < selection_tables(results); i++) {
        if (!selection_table(&table.of, results, i))
            continue;
        table.of.stored = printer->stored;
        find_columns(&table);
        if (printer->begin && !printer->begin(out, &table))
            continue;
        walk_rows(out, &table);
        if (printer->end)
            printer->end(out, &table);
        table.index++;
    }
    memory_release(table.column);
    memory_release(table.best);
    memory_release(table.values);
    return table.index;
}

/* ---- words ---- */

void table_title(struct text *out, const struct table *table, const char *strong)
{
    const enum measure measure = table->of.measure;
    text_append(out, "%s", strong);
    table->printer->name(out, table->of.results->dataset[table->of.dataset].name);
    text_append(out, ": %s, %s%s", measure_name(measure), measure_unit(measure), strong);
    if (measure_ordered(measure))
        text_append(out, " (%s is better)", measure_lower_is_better(measure) ? "lower" : "higher");
}

void table_place(struct text *out, const struct table *table)
{
    const struct results *results = table->of.results;
    const struct protocol_record *protocol = &results->protocol[table->of.protocol];
    text_append(out, "protocol ");
    table->printer->name(out, protocol->name);
    if (protocol->targets[0]) {
        text_append(out, " (targets: ");
        table->printer->name(out, protocol->targets);
        text_append(out, ")");
    }
    text_append(out, ", configuration ");
    table->printer->name(out, results->configuration[table->of.configuration].name);
}

void table_length(struct text *out, const struct table *table, size_t column)
{
    const size_t length = table->column[column];
    text_append(out, table->printer->length, selection_ratio(&table->of, length),
                table->of.results->length[length]);
}

void table_variant(struct text *out, const struct results *results, size_t variant,
                   void (*name)(struct text *out, const char *name))
{
    struct text mark = {0};
    name(out, results->variant[variant].name);
    trained_mark(&mark, results, variant);
    if (mark.length > 0) {
        text_append(out, " ");
        name(out, text_string(&mark));
    }
    text_carry(out, &mark);
    text_release(&mark);
}

const char *table_seen(const struct table *table, size_t variant, size_t column)
{
    return selection_saw(&table->of, variant, table->column[column]) ? "†" : "";
}

bool table_is_best(const struct table *table, size_t variant, size_t column, const struct outcome *outcome)
{
    return outcome->measured > 0 && outcome->summary.mean == table->best[column] &&
           !selection_saw(&table->of, variant, table->column[column]);
}

/* "†4L: fine-tuned, trained on 4L (256 tokens).  A score with † ..." */
static void finetuned_note(struct text *out, const struct table *table,
                           void (*print)(struct text *out, const struct table *table,
                                         const struct text *note))
{
    struct text legend = {0}, note = {0};
    selection_print_finetuned(&legend, &table->of, 1);
    if (legend.length > 0) {
        table->printer->name(&note, text_string(&legend));
        if (selection_any_saw(&table->of, 1))
            text_append(&note, ". ");
        if (selection_any_saw(&table->of, 1))
            table->printer->name(&note,
                                 "† before a score: the variant was trained on this length, which is no "
                                 "extrapolation and never the best of its column");
        print(out, table, &note);
    }
    text_carry(out, &legend);
    text_carry(out, &note);
    text_release(&legend);
    text_release(&note);
}

static void append_note(struct text *out, const struct table *table, size_t variant, size_t first, size_t end,
                        const struct outcome *outcome)
{
    table_variant(out, table->of.results, variant, table->printer->name);
    for (size_t c = first; c < end; c++) {
        text_append(out, "%s", c > first ? ", " : " at ");
        table_length(out, table, c);
    }
    text_append(out, ": %s", outcome_word(outcome, table->of.measure));
    if (outcome->measured > 0)
        text_append(out, " in %zu of %zu", outcome->asked - outcome->measured, outcome->asked);
    if (outcome->unmeasured->reason[0]) {
        text_append(out, " (");
        table->printer->name(out, outcome->unmeasured->reason);
        text_append(out, ")");
    }
}

/* A note for each option of training in which the variants of the table differ. */
static void option_notes(struct text *out, const struct table *table,
                         void (*print)(struct text *out, const struct table *table, const struct text *note))
{
    const struct selection *of = &table->of;
    struct text lines = {0};
    training_options_unequal(&lines, of->results, of->dataset, of->configuration, table->printer->name);
    for (const char *line = text_string(&lines); *line;) {
        const size_t bytes = strcspn(line, "\n");
        struct text note = {0};
        text_append(&note, "not trained alike: ");
        text_append_bytes(&note, line, bytes);
        print(out, table, &note);
        text_carry(out, &note);
        text_release(&note);
        line += bytes + (line[bytes] == '\n');
    }
    text_carry(out, &lines);
    text_release(&lines);
}

void table_notes(struct text *out, struct table *table,
                 void (*print)(struct text *out, const struct table *table, const struct text *note))
{
    finetuned_note(out, table, print);
    for (size_t v = 0; v < table->of.results->variants; v++)
        for (size_t c = 0, end; c < table->columns; c = end) {
            const struct outcome outcome = outcome_at(table, v, c);
            bool same = true;
            for (end = c + 1; end < table->columns && same; end += same) {
                const struct outcome next = outcome_at(table, v, end);
                same = outcome_same(&outcome, &next);
            }
            if (!outcome.unmeasured)
                continue;
            struct text note = {0};
            append_note(&note, table, v, c, end, &outcome);
            print(out, table, &note);
            text_carry(out, &note);
            text_release(&note);
        }
    option_notes(out, table, print);
}
