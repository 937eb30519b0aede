/* lengths.c -- effective lengths, and how many seeds solved each task in range: a table for each
 * configuration, two columns for a task and one for a text. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "results/findings/selection.h"
#include "results/findings/trained_length.h"
#include "results/tables/grid.h"
#include "support/memory.h"

/* What one column is of. */
struct column {
    struct selection of;
    bool task, solved; /* solved: not n*, but the seeds that solved it at L */
};

struct lengths {
    const struct results *results;
    enum table_style style;
    size_t columns;
    struct column *column;                /* room for two a table */
    size_t *index;                        /* (lengths) those of a column, ascending */
    bool gap, seen;                       /* a ?, a † stands in the table */
    double *values, *reference, *scratch; /* (lengths, seeds), (seeds), (seeds) */
};

static bool is_score(const struct selection *selection)
{
    const struct protocol_record *protocol = &selection->results->protocol[selection->protocol];
    return selection->measure == MEASURE_EXACT_MATCH ||
           (selection->measure == MEASURE_NLL && strcmp(protocol->kind, "fixed-targets") == 0);
}

/* The index of L among the lengths of the results, or their number. */
static size_t trained_at(const struct selection *selection)
{
    size_t n = 0;
    while (n < selection->results->lengths && selection_ratio(selection, n) != 1)
        n++;
    return n;
}

static void find_columns(struct lengths *lengths, size_t configuration)
{
    struct selection selection;
    lengths->columns = 0;
    for (size_t i = 0; i < selection_tables(lengths->results); i++) {
        if (!selection_table(&selection, lengths->results, i) || selection.configuration != configuration ||
            !is_score(&selection) || trained_at(&selection) == lengths->results->lengths)
            continue;
        const bool task = selection.measure == MEASURE_EXACT_MATCH;
        selection.stored = true;
        if (task)
            lengths->column[lengths->columns++] = (struct column){selection, task, true};
        lengths->column[lengths->columns++] = (struct column){selection, task, false};
    }
}

/* The seeds that have a score at L, and theirs at every length: *count lengths, *seeds seeds. */
static void gather(struct lengths *lengths, const struct selection *of, size_t variant, size_t *count,
                   size_t *seeds)
{
    const size_t trained = trained_at(of);
    *count = *seeds = 0;
    for (size_t n = 0; n < lengths->results->lengths; n++)
        if (selection_uses_length(of, n))
            lengths->index[(*count)++] = n;
    for (size_t s = 0; s < lengths->results->seeds; s++)
        if (!isnan(selection_seed_value(of, variant, trained, s)))
            lengths->scratch[(*seeds)++] = (double)s;
    for (size_t s = 0; s < *seeds; s++) {
        const size_t seed = (size_t)lengths->scratch[s];
        lengths->reference[s] = selection_seed_value(of, variant, trained, seed);
        for (size_t n = 0; n < *count; n++)
            lengths->values[n * *seeds + s] = selection_seed_value(of, variant, lengths->index[n], seed);
    }
}

static void print_solved(struct text *out, struct lengths *lengths, const struct selection *of,
                         size_t variant)
{
    size_t count, seeds;
    gather(lengths, of, variant, &count, &seeds);
    if (seeds == 0)
        text_append(out, "-");
    else
        text_append(out, "%zu of %zu", statistics_solved(lengths->reference, seeds), seeds);
}

/* "<64": not even the first; "256+": all there are. */
static void print_end(struct text *out, const struct lengths *lengths, size_t count, bool any, size_t index)
{
    const int64_t *length = lengths->results->length;
    if (!any)
        text_append(out, "<%" PRId64, length[lengths->index[0]]);
    else
        text_append(out, "%" PRId64 "%s", length[lengths->index[index]], index + 1 == count ? "+" : "");
}

/* Was it fine-tuned on sequences longer than L? */
static bool saw_more(const struct results *results, size_t variant, size_t configuration)
{
    return trained_length(results, variant, configuration) >
           results->configuration[configuration].training_length;
}

static void print_effective(struct text *out, struct lengths *lengths, const struct column *column,
                            size_t variant)
{
    size_t count, seeds;
    gather(lengths, &column->of, variant, &count, &seeds);
    if (seeds == 0 || count == 0) {
        const size_t trained = trained_at(&column->of);
        const struct outcome outcome = selection_outcome(&column->of, variant, trained, lengths->values);
        text_append(out, "%s", outcome_word(&outcome, column->of.measure));
        return;
    }
    if (column->task && statistics_solved(lengths->reference, seeds) == 0) {
        text_append(out, "not learnt");
        return;
    }
    const struct effective_length found =
        statistics_effective_length(lengths->values, lengths->reference, count, seeds,
                                    column->task ? LENGTH_SCORE : LENGTH_LOSS, lengths->scratch);
    if (found.any && selection_saw(&column->of, variant, lengths->index[found.last])) {
        text_append(out, "†");
        lengths->seen = true;
    }
    print_end(out, lengths, count, found.any, found.last);
    if (found.gap) {
        text_append(out, "?");
        lengths->gap = true;
    }
    if (seeds < 2)
        return;
    text_append(out, found.interval ? " [" : " (");
    print_end(out, lengths, count, found.low_any, found.low);
    text_append(out, " to ");
    print_end(out, lengths, count, found.high_any, found.high);
    text_append(out, found.interval ? "]" : ")");
}

static void print_header(struct text *out, const struct lengths *lengths, const struct column *column)
{
    const struct results *results = lengths->results;
    table_grid_name(out, results->dataset[column->of.dataset].name, lengths->style);
    if (column->solved) {
        text_append(out, ": solved");
        return;
    }
    text_append(out, " ");
    table_grid_name(out, results->protocol[column->of.protocol].name, lengths->style);
    text_append(out, ": n*");
}

static void print_heading(struct text *out, const struct lengths *lengths, size_t configuration)
{
    const char *strong = lengths->style == TABLE_MARKDOWN ? "**" : "";
    text_append(out, "%s%seffective length n*, tokens%s\nconfiguration ", out->length > 0 ? "\n" : "", strong,
                strong);
    table_grid_name(out, lengths->results->configuration[configuration].name, lengths->style);
    text_append(out, ", trained at L = %" PRId64 "\n\n",
                lengths->results->configuration[configuration].training_length);
}

static void print_legend(struct text *out, const struct lengths *lengths)
{
    bool task = false, text = false;
    struct text note = {0}, finetuned = {0};
    for (size_t c = 0; c < lengths->columns; c++) {
        task = task || lengths->column[c].task;
        text = text || !lengths->column[c].task;
    }
    text_append(&note, "n*: the largest n where, as at all shorter ones,");
    if (task)
        text_append(&note, " the score is at least 90 %% of that at L%s", text ? ";" : "");
    if (text)
        text_append(&note, " the 95 %% upper bound of loss(n) - loss(L) is below 0.01 nat");
    text_append(
        &note, ". +: the longest that was tried. [ ]: 95 %% interval; ( ): range, with fewer than 5 seeds%s.",
        text ? ", where the mean decides" : "");
    if (lengths->gap)
        text_append(&note, " ?: it ends where a seed has no score.");
    if (task)
        text_append(&note, " solved: seeds with at least 90 %% at L.");
    selection_print_finetuned(&finetuned, &lengths->column[0].of, 1);
    if (finetuned.length > 0)
        text_append(&note, " %s.", text_string(&finetuned));
    if (lengths->seen)
        text_append(&note,
                    " † before n*: not beyond what the variant was trained on; such variants stand last.");
    text_carry(out, &finetuned);
    text_release(&finetuned);
    text_append(out, "\n");
    table_note(out, &note, lengths->style);
    text_release(&note);
}

static void print_row(struct grid_of_texts *grid, size_t row, struct lengths *lengths, size_t variant)
{
    table_grid_variant(table_grid_cell(grid, row, 0), lengths->results, variant, lengths->style);
    for (size_t c = 0; c < lengths->columns; c++) {
        struct text *cell = table_grid_cell(grid, row, c + 1);
        if (lengths->column[c].solved)
            print_solved(cell, lengths, &lengths->column[c].of, variant);
        else
            print_effective(cell, lengths, &lengths->column[c], variant);
    }
}

static void print_configuration(struct text *out, struct lengths *lengths, size_t configuration)
{
    struct grid_of_texts grid;
    lengths->gap = lengths->seen = false;
    find_columns(lengths, configuration);
    if (lengths->columns == 0)
        return;
    if (!table_grid_begin(&grid, lengths->results->variants + 1, lengths->columns + 1)) {
        out->failed = true;
        return;
    }
    text_append(table_grid_cell(&grid, 0, 0), "variant");
    for (size_t c = 0; c < lengths->columns; c++)
        print_header(table_grid_cell(&grid, 0, c + 1), lengths, &lengths->column[c]);
    size_t row = 0;
    for (int more = 0; more <= 1; more++) /* those that were trained on more than L stand last */
        for (size_t v = 0; v < lengths->results->variants; v++)
            if (saw_more(lengths->results, v, configuration) == (more == 1))
                print_row(&grid, ++row, lengths, v);
    print_heading(out, lengths, configuration);
    table_grid_end(out, &grid, lengths->style);
    print_legend(out, lengths);
}

void table_lengths(struct text *out, const struct results *results, enum table_style style)
{
    struct lengths lengths = {.results = results, .style = style};
    lengths.column = memory_allocate(2 * selection_tables(results), sizeof *lengths.column, "a table", NULL);
    lengths.index = memory_allocate(results->lengths, sizeof *lengths.index, "a table", NULL);
    lengths.values =
        memory_allocate(results->lengths * results->seeds, sizeof *lengths.values, "a table", NULL);
    lengths.reference = memory_allocate(results->seeds, sizeof *lengths.reference, "a table", NULL);
    lengths.scratch = memory_allocate(results->seeds, sizeof *lengths.scratch, "a table", NULL);
    if (lengths.column && lengths.index && lengths.values && lengths.reference && lengths.scratch)
        for (size_t c = 0; c < results->configurations; c++)
            print_configuration(out, &lengths, c);
    else
        out->failed = true;
    memory_release(lengths.column);
    memory_release(lengths.index);
    memory_release(lengths.values);
    memory_release(lengths.reference);
    memory_release(lengths.scratch);
}
