/* comparison.c -- every variant against one of them, paired by seed: the difference of the means, its
 * interval, its size, and whether it stands after Holm's correction over the table. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "results/tables/grid.h"
#include "results/tables/table.h"
#include "results/tables/walk.h"
#include "support/label.h"
#include "support/memory.h"

static const double level = 0.05;

struct comparison {
    enum table_style style;
    struct grid_of_texts grid;
    size_t row; /* that is filled */
    size_t baseline;
    struct paired *paired; /* (variants, columns) variant - baseline; count 0: none */
    double *p;             /* (variants, columns) */
    size_t *order;         /* (variants * columns) */
    size_t few, fewer;     /* pairs without an interval; with fewer seeds than were asked */
};

static void compare(struct comparison *comparison, struct table *table, size_t variant, size_t c)
{
    struct paired *paired = &comparison->paired[variant * table->columns + c];
    size_t pairs = 0;
    for (size_t s = 0; s < table->of.results->seeds; s++) {
        const double a = selection_seed_value(&table->of, variant, table->column[c], s);
        const double b = selection_seed_value(&table->of, comparison->baseline, table->column[c], s);
        if (!isnan(a) && !isnan(b))
            table->values[pairs++] = a - b;
    }
    *paired = statistics_paired(table->values, pairs);
    comparison->p[variant * table->columns + c] = variant == comparison->baseline ? NAN : paired->p_two_sided;
}

static void compare_all(struct comparison *comparison, struct table *table)
{
    const size_t variants = table->of.results->variants;
    for (size_t v = 0; v < variants; v++)
        for (size_t c = 0; c < table->columns; c++)
            compare(comparison, table, v, c);
    statistics_holm(comparison->p, comparison->p, comparison->order, variants * table->columns);
}

/* ---- print ---- */

static bool begin(struct text *out, struct table *table)
{
    const struct results *results = table->of.results;
    struct comparison *comparison = table->context;
    const enum measure measure = table->of.measure;
    const char *strong = comparison->style == TABLE_MARKDOWN ? "**" : "";
    size_t rows = 0;
    if (!measure_main(measure) || !selection_uses_variant(&table->of, comparison->baseline))
        return false;
    for (size_t v = 0; v < results->variants; v++) /* that of the baseline is the header's */
        rows += selection_uses_variant(&table->of, v);
    if (!table_grid_begin(&comparison->grid, rows, table->columns + 1)) {
        out->failed = true;
        return false;
    }
    compare_all(comparison, table);
    text_append(table_grid_cell(&comparison->grid, 0, 0), "variant");
    for (size_t c = 0; c < table->columns; c++)
        table_length(table_grid_cell(&comparison->grid, 0, c + 1), table, c);
    comparison->row = comparison->few = comparison->fewer = 0;
    text_append(out, "%s%s", out->length > 0 ? "\n" : "", strong);
    table->printer->name(out, results->dataset[table->of.dataset].name);
    text_append(out, ": %s less that of ", measure_name(measure));
    table_variant(out, results, comparison->baseline, table->printer->name);
    text_append(out, ", %s%s (%s is better)\nprotocol ", measure_unit(measure), strong,
                measure_lower_is_better(measure) ? "below 0" : "above 0");
    table->printer->name(out, results->protocol[table->of.protocol].name);
    text_append(out, ", configuration ");
    table->printer->name(out, results->configuration[table->of.configuration].name);
    text_append(out, ", ");
    selection_print_replicates(out, &table->of);
    text_append(out, "\n\n");
    return true;
}

static void row(struct text *out, struct table *table, size_t variant)
{
    struct comparison *comparison = table->context;
    (void)out;
    if (variant != comparison->baseline)
        table_variant(table_grid_cell(&comparison->grid, ++comparison->row, 0), table->of.results, variant,
                      table->printer->name);
}

static void entry(struct text *out, struct table *table, size_t variant, size_t column,
                  const struct outcome *outcome)
{
    struct comparison *comparison = table->context;
    const struct paired *paired = &comparison->paired[variant * table->columns + column];
    const int digits = measure_digits(table->of.measure);
    const bool seen = selection_saw(&table->of, variant, table->column[column]) ||
                      selection_saw(&table->of, comparison->baseline, table->column[column]);
    comparison->few += paired->count > 0 && paired->count < SEEDS_LEAST;
    comparison->fewer += paired->count > 0 && paired->count < outcome->asked;
    if (variant == comparison->baseline)
        return;
    out = table_grid_cell(&comparison->grid, comparison->row, column + 1);
    if (paired->count == 0) {
        text_append(out, "%s",
                    outcome->unmeasured || outcome->asked == 0 ? outcome_word(outcome, table->of.measure)
                                                               : "no pair");
        return;
    }
    text_append(out, "%s%+.*f", seen ? "†" : "", digits, paired->mean);
    if (!isnan(paired->interval.low))
        text_append(out, " ±%.*f", digits, paired->mean - paired->interval.low);
    if (paired->count >= SEEDS_LEAST && isfinite(paired->effect))
        text_append(out, " g %+.1f", paired->effect);
    if (comparison->p[variant * table->columns + column] <= level)
        text_append(out, "%s", comparison->style == TABLE_MARKDOWN ? "\\*" : "*");
}

/* "†4L: fine-tuned, trained on 4L (256 tokens). ..." */
static void finetuned(struct text *out, const struct table *table)
{
    const struct comparison *comparison = table->context;
    struct text legend = {0}, note = {0};
    selection_print_finetuned(&legend, &table->of, 1);
    if (legend.length > 0) {
        table->printer->name(&note, text_string(&legend));
        if (selection_any_saw(&table->of, 1))
            text_append(&note, ". † before a difference: one of the two was trained on this length");
        table_note(out, &note, comparison->style);
    }
    text_carry(out, &legend);
    text_carry(out, &note);
    text_release(&legend);
    text_release(&note);
}

static void end(struct text *out, struct table *table)
{
    struct comparison *comparison = table->context;
    struct text note = {0};
    table_grid_end(out, &comparison->grid, comparison->style);
    text_append(
        &note,
        "mean of differences paired by seed ± 95 %% interval (Student's t); g: Hedges's g; *: p at most "
        "0.05 (paired t, Holm over the table)");
    if (comparison->few > 0)
        text_append(&note, "; without interval: undecided, needs %d seeds", SEEDS_LEAST);
    if (comparison->fewer > 0)
        text_append(&note, "; %zu place%s without some of the seeds", comparison->fewer,
                    comparison->fewer == 1 ? "" : "s");
    text_append(out, "\n");
    table_note(out, &note, comparison->style);
    text_release(&note);
    finetuned(out, table);
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
    const struct table_printer printer = {.name = style == TABLE_MARKDOWN ? label_markdown : label_plain,
                                          .length = "%.3gL %" PRId64,
                                          .begin = begin,
                                          .row = row,
                                          .entry = entry,
                                          .end = end};
    struct comparison comparison = {.style = style};
    const size_t places = results->variants * results->lengths;
    enum status status = find_baseline(&comparison.baseline, results, baseline, message);
    if (status)
        return status;
    comparison.paired = memory_allocate(places, sizeof *comparison.paired, "a comparison", message);
    comparison.p = memory_allocate(places, sizeof *comparison.p, "a comparison", message);
    comparison.order = memory_allocate(places, sizeof *comparison.order, "a comparison", message);
    if (comparison.paired && comparison.p && comparison.order)
        table_walk(out, results, &printer, &comparison);
    else
        status = STATUS_FAILED;
    memory_release(comparison.paired);
    memory_release(comparison.p);
    memory_release(comparison.order);
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
