/* latex.c -- the tables for LaTeX with booktabs: best values bold, the spread behind \pm, what has no
 * number in italics and its reasons below. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "results/findings/selection.h"
#include "results/tables/table.h"
#include "support/label.h"
#include "support/memory.h"

struct table {
    struct selection of;
    size_t columns, *column; /* (columns) indices of lengths */
    double *best, *values;   /* (columns), (replicates) */
};

/* What LaTeX prints as the character; NULL = the character itself.  The second hyphen in a row would make
 * a dash of both. */
static const char *command_of(char character, char before)
{
    switch (character) {
    case '\\':
        return "\\textbackslash{}";
    case '~':
        return "\\textasciitilde{}";
    case '^':
        return "\\textasciicircum{}";
    case '<':
        return "\\textless{}";
    case '>':
        return "\\textgreater{}";
    case '|':
        return "\\textbar{}";
    case '-':
        return before == '-' ? "{}-" : NULL;
    default:
        return NULL;
    }
}

static void print_name(struct text *out, const char *name)
{
    struct text plain = {0};
    char before = '\0';
    label_plain(&plain, name);
    for (const char *at = text_string(&plain); *at; before = *at++) {
        const char *command = command_of(*at, before);
        if (command)
            text_append(out, "%s", command);
        else
            text_append(out, "%s%c", strchr("_&%#${}", *at) ? "\\" : "", *at);
    }
    out->failed = out->failed || plain.failed;
    text_release(&plain);
}

static void print_length(struct text *out, const struct table *table, size_t column)
{
    const size_t length = table->column[column];
    text_append(out, "$%.3gL$ (%" PRId64 ")", selection_ratio(&table->of, length),
                table->of.results->length[length]);
}

static struct outcome outcome_at(const struct table *table, size_t variant, size_t column)
{
    return selection_outcome(&table->of, variant, table->column[column], table->values);
}

static void print_entry(struct text *out, const struct table *table, size_t variant, size_t column)
{
    const struct outcome outcome = outcome_at(table, variant, column);
    const int digits = measure_digits(table->of.measure);
    const double spread = summary_spread(&outcome.summary);
    if (outcome.asked == 0) {
        text_append(out, "--");
    } else if (outcome.measured == 0) {
        text_append(out, "\\textit{%s}", outcome_word(&outcome, table->of.measure));
    } else {
        const bool best = outcome.summary.mean == table->best[column];
        text_append(out, best ? "\\textbf{%.*f}" : "%.*f", digits, outcome.summary.mean);
        if (!isnan(spread))
            text_append(out, " $\\pm$ %.*f", digits, spread);
    }
}

static void print_caption(struct text *out, const struct table *table)
{
    const struct selection *of = &table->of;
    const struct protocol_record *protocol = &of->results->protocol[of->protocol];
    struct text replicates = {0};
    selection_print_replicates(&replicates, of);
    text_append(out, "\\caption{");
    print_name(out, of->results->dataset[of->dataset].name);
    text_append(out, ": %s, %s", measure_name(of->measure), measure_unit(of->measure));
    if (measure_ordered(of->measure))
        text_append(out, " (%s is better)", measure_lower_is_better(of->measure) ? "lower" : "higher");
    text_append(out, "; protocol ");
    print_name(out, protocol->name);
    if (protocol->targets[0]) {
        text_append(out, " (targets: ");
        print_name(out, protocol->targets);
        text_append(out, ")");
    }
    text_append(out, ", configuration ");
    print_name(out, of->results->configuration[of->configuration].name);
    text_append(out, ", %s.  ", text_string(&replicates));
    const char *spread = selection_spread_words(of, table->values);
    if (spread) {
        text_append(out, "Mean $\\pm$ ");
        print_name(out, spread);
        text_append(out, ".  ");
    }
    text_append(out, "Bold: best of its column.}\n");
    text_carry(out, &replicates);
    text_release(&replicates);
}

static void print_rows(struct text *out, const struct table *table)
{
    text_append(out, "\\toprule\nvariant");
    for (size_t c = 0; c < table->columns; c++) {
        text_append(out, " & ");
        print_length(out, table, c);
    }
    text_append(out, " \\\\\n\\midrule\n");
    for (size_t v = 0; v < table->of.results->variants; v++) {
        if (!selection_uses_variant(&table->of, v))
            continue;
        /* Braces: a name that begins with [ would be an option of the line before. */
        text_append(out, "{");
        print_name(out, table->of.results->variant[v].name);
        text_append(out, "}");
        for (size_t c = 0; c < table->columns; c++) {
            text_append(out, " & ");
            print_entry(out, table, v, c);
        }
        text_append(out, " \\\\\n");
    }
    text_append(out, "\\bottomrule\n");
}

static void print_note(struct text *out, const struct table *table, size_t variant, size_t first, size_t end)
{
    const struct outcome outcome = outcome_at(table, variant, first);
    text_append(out, "\\par{\\footnotesize ");
    print_name(out, table->of.results->variant[variant].name);
    text_append(out, " at ");
    for (size_t c = first; c < end; c++) {
        text_append(out, "%s", c > first ? ", " : "");
        print_length(out, table, c);
    }
    text_append(out, ": %s", outcome_word(&outcome, table->of.measure));
    if (outcome.measured > 0)
        text_append(out, " in %zu of %zu", outcome.asked - outcome.measured, outcome.asked);
    if (outcome.unmeasured->reason[0]) {
        text_append(out, " (");
        print_name(out, outcome.unmeasured->reason);
        text_append(out, ")");
    }
    text_append(out, "}\n");
}

/* Why and for which lengths a number is missing: a run of columns with the same story is one note. */
static void print_notes(struct text *out, const struct table *table)
{
    for (size_t v = 0; v < table->of.results->variants; v++)
        for (size_t c = 0, end; c < table->columns; c = end) {
            const struct outcome outcome = outcome_at(table, v, c);
            for (end = c + 1; end < table->columns; end++) {
                const struct outcome next = outcome_at(table, v, end);
                if (!outcome_same(&outcome, &next))
                    break;
            }
            if (outcome.unmeasured)
                print_note(out, table, v, c, end);
        }
}

static void print_table(struct text *out, struct table *table)
{
    const struct results *results = table->of.results;
    table->columns = 0;
    for (size_t n = 0; n < results->lengths; n++)
        if (selection_uses_length(&table->of, n))
            table->column[table->columns++] = n;
    for (size_t c = 0; c < table->columns; c++)
        table->best[c] = selection_best(&table->of, table->column[c], table->values);
    text_append(out, "\n\\begin{table}\n\\centering\n");
    print_caption(out, table);
    text_append(out, "\\begin{tabular}{l");
    for (size_t c = 0; c < table->columns; c++)
        text_append(out, "r");
    text_append(out, "}\n");
    print_rows(out, table);
    text_append(out, "\\end{tabular}\n");
    print_notes(out, table);
    text_append(out, "\\end{table}\n");
}

void table_latex(struct text *out, const struct results *results)
{
    struct table table = {.columns = 0};
    table.column = memory_allocate(results->lengths, sizeof *table.column, "a table", NULL);
    table.best = memory_allocate(results->lengths, sizeof *table.best, "a table", NULL);
    table.values = memory_allocate(results->seeds * results->folds, sizeof *table.values, "a table", NULL);
    if (!table.column || !table.best || !table.values) {
        out->failed = true;
        goto done;
    }
    text_append(out, "%% \\usepackage{booktabs}\n");
    for (size_t i = 0; i < selection_tables(results); i++)
        if (selection_table(&table.of, results, i))
            print_table(out, &table);
done:
    memory_release(table.column);
    memory_release(table.best);
    memory_release(table.values);
}
