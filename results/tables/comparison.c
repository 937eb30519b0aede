/* comparison.c -- every variant against one of them, paired by seed: the difference of the means, its
 * interval, its size, and whether it stands after Holm's correction over the table. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "results/findings/selection.h"
#include "results/tables/grid.h"
#include "results/tables/table.h"
#include "support/memory.h"

static const double level = 0.05;

struct comparison_table {
    struct selection of;
    enum table_style style;
    size_t baseline, columns;
    size_t *column;        /* (lengths) indices */
    struct paired *paired; /* (variants, columns) variant - baseline; count 0: none */
    double *p;             /* (variants, columns) */
    size_t *order;         /* (variants * columns) */
    double *values;        /* (replicates) */
};

static void compare(struct comparison_table *table, size_t variant, size_t c)
{
    struct paired *paired = &table->paired[variant * table->columns + c];
    size_t pairs = 0;
    for (size_t s = 0; s < table->of.results->seeds; s++) {
        const double a = selection_seed_value(&table->of, variant, table->column[c], s);
        const double b = selection_seed_value(&table->of, table->baseline, table->column[c], s);
        if (!isnan(a) && !isnan(b))
            table->values[pairs++] = a - b;
    }
    *paired = statistics_paired(table->values, pairs);
    table->p[variant * table->columns + c] = variant == table->baseline ? NAN : paired->p_two_sided;
}

static void compare_all(struct comparison_table *table)
{
    const size_t variants = table->of.results->variants;
    table->columns = 0;
    for (size_t n = 0; n < table->of.results->lengths; n++)
        if (selection_uses_length(&table->of, n))
            table->column[table->columns++] = n;
    for (size_t v = 0; v < variants; v++)
        for (size_t c = 0; c < table->columns; c++)
            compare(table, v, c);
    statistics_holm(table->p, table->p, table->order, variants * table->columns);
}

/* ---- print ---- */

static void print_entry(struct text *out, const struct comparison_table *table, size_t variant, size_t c)
{
    const struct paired *paired = &table->paired[variant * table->columns + c];
    const int digits = measure_digits(table->of.measure);
    if (paired->count == 0) {
        const struct outcome own = selection_outcome(&table->of, variant, table->column[c], table->values);
        if (own.unmeasured || own.asked == 0)
            text_append(out, "%s", outcome_word(&own, table->of.measure));
        else
            text_append(out, "no pair");
        return;
    }
    text_append(out, "%+.*f", digits, paired->mean);
    if (!isnan(paired->interval.low))
        text_append(out, " ±%.*f", digits, paired->mean - paired->interval.low);
    if (paired->count >= SEEDS_LEAST && isfinite(paired->effect))
        text_append(out, " g %+.1f", paired->effect);
    if (table->p[variant * table->columns + c] <= level)
        text_append(out, "%s", table->style == TABLE_MARKDOWN ? "\\*" : "*");
}

static void print_heading(struct text *out, const struct comparison_table *table)
{
    const struct results *results = table->of.results;
    const char *strong = table->style == TABLE_MARKDOWN ? "**" : "";
    text_append(out, "%s%s", out->length > 0 ? "\n" : "", strong);
    table_grid_name(out, results->dataset[table->of.dataset].name, table->style);
    text_append(out, ": %s less that of ", measure_name(table->of.measure));
    table_grid_name(out, results->variant[table->baseline].name, table->style);
    text_append(out, ", %s%s (%s is better)\nprotocol ", measure_unit(table->of.measure), strong,
                measure_lower_is_better(table->of.measure) ? "below 0" : "above 0");
    table_grid_name(out, results->protocol[table->of.protocol].name, table->style);
    text_append(out, ", configuration ");
    table_grid_name(out, results->configuration[table->of.configuration].name, table->style);
    text_append(out, ", ");
    selection_print_replicates(out, &table->of);
    text_append(out, "\n\n");
}

static void print_legend(struct text *out, const struct comparison_table *table)
{
    size_t few = 0, fewer = 0, asked = 0;
    struct text note = {0};
    for (size_t i = 0; i < table->of.results->variants * table->columns; i++)
        few += table->paired[i].count > 0 && table->paired[i].count < SEEDS_LEAST;
    for (size_t v = 0; v < table->of.results->variants; v++)
        for (size_t c = 0; c < table->columns; c++) {
            asked = selection_outcome(&table->of, v, table->column[c], table->values).asked;
            fewer += table->paired[v * table->columns + c].count > 0 &&
                     table->paired[v * table->columns + c].count < asked;
        }
    text_append(
        &note,
        "mean of differences paired by seed ± 95 %% interval (Student's t); g: Hedges's g; *: p at most "
        "0.05 (paired t, Holm over the table)");
    if (few > 0)
        text_append(&note, "; without interval: undecided, needs %d seeds", SEEDS_LEAST);
    if (fewer > 0)
        text_append(&note, "; %zu place%s without some of the seeds", fewer, fewer == 1 ? "" : "s");
    text_append(out, "\n");
    table_note(out, &note, table->style);
    text_release(&note);
}

static void print_table(struct text *out, struct comparison_table *table)
{
    const struct results *results = table->of.results;
    struct grid_of_texts grid;
    size_t rows = 1;
    compare_all(table);
    for (size_t v = 0; v < results->variants; v++)
        rows += v != table->baseline && selection_uses_variant(&table->of, v);
    if (!table_grid_begin(&grid, rows, table->columns + 1)) {
        out->failed = true;
        return;
    }
    text_append(table_grid_cell(&grid, 0, 0), "variant");
    for (size_t c = 0; c < table->columns; c++)
        text_append(table_grid_cell(&grid, 0, c + 1), "%.3gL %" PRId64,
                    selection_ratio(&table->of, table->column[c]), results->length[table->column[c]]);
    for (size_t v = 0, row = 1; v < results->variants; v++) {
        if (v == table->baseline || !selection_uses_variant(&table->of, v))
            continue;
        table_grid_name(table_grid_cell(&grid, row, 0), results->variant[v].name, table->style);
        for (size_t c = 0; c < table->columns; c++)
            print_entry(table_grid_cell(&grid, row, c + 1), table, v, c);
        row++;
    }
    print_heading(out, table);
    table_grid_end(out, &grid, table->style);
    print_legend(out, table);
}

static enum status find_baseline(size_t *out, const struct results *results, const char *baseline,
                                 struct message *message)
{
    enum { NAMES_MAX = 256 };
    const char *names[NAMES_MAX];
    char suggestion[512];
    size_t count = 0;
    for (*out = 0; *out < results->variants; (*out)++)
        if (strcmp(results->variant[*out].name, baseline) == 0)
            return STATUS_OK;
    for (; count < results->variants && count < NAMES_MAX; count++)
        names[count] = results->variant[count].name;
    text_suggest(suggestion, sizeof suggestion, baseline, names, count);
    return message_set(message, STATUS_WRONG, "these results have no variant `%.100s`: %s", baseline,
                       suggestion);
}

static enum status compare_with(struct text *out, const struct results *results, const char *baseline,
                                enum table_style style, struct message *message)
{
    struct comparison_table table = {.style = style};
    struct selection selection;
    const size_t places = results->variants * results->lengths;
    enum status status = find_baseline(&table.baseline, results, baseline, message);
    if (status)
        return status;
    table.column = memory_allocate(results->lengths, sizeof *table.column, "a comparison", message);
    table.paired = memory_allocate(places, sizeof *table.paired, "a comparison", message);
    table.p = memory_allocate(places, sizeof *table.p, "a comparison", message);
    table.order = memory_allocate(places, sizeof *table.order, "a comparison", message);
    table.values =
        memory_allocate(results->seeds * results->folds, sizeof *table.values, "a comparison", message);
    if (!table.column || !table.paired || !table.p || !table.order || !table.values)
        status = STATUS_FAILED;
    for (size_t i = 0; !status && i < selection_tables(results); i++)
        if (selection_table(&selection, results, i) && measure_main(selection.measure) &&
            selection_uses_variant(&selection, table.baseline)) {
            table.of = selection;
            print_table(out, &table);
        }
    memory_release(table.column);
    memory_release(table.paired);
    memory_release(table.p);
    memory_release(table.order);
    memory_release(table.values);
    return status;
}

enum status table_comparison_text(struct text *out, const struct results *results, const char *baseline,
                                  struct message *message)
{
    return compare_with(out, results, baseline, TABLE_TEXT, message);
}

enum status table_comparison_markdown(struct text *out, const struct results *results, const char *baseline,
                                      struct message *message)
{
    return compare_with(out, results, baseline, TABLE_MARKDOWN, message);
}
