/* latex.c -- the tables for LaTeX with booktabs: best values bold, the spread behind \pm, what has no
 * number in italics and its reasons below. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "results/tables/table.h"
#include "results/tables/walk.h"
#include "support/label.h"

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
        if (strncmp(at, "†", strlen("†")) == 0) {
            text_append(out, "\\textdagger{}");
            at += strlen("†") - 1;
        } else if (command)
            text_append(out, "%s", command);
        else
            text_append(out, "%s%c", strchr("_&%#${}", *at) ? "\\" : "", *at);
    }
    out->failed = out->failed || plain.failed;
    text_release(&plain);
}

static void print_caption(struct text *out, struct table *table)
{
    text_append(out, "\\caption{");
    table_title(out, table, "");
    text_append(out, "; ");
    table_place(out, table);
    text_append(out, ", ");
    selection_print_replicates(out, &table->of);
    text_append(out, ".  ");
    const char *spread = selection_spread_words(&table->of, table->values);
    if (spread) {
        text_append(out, "Mean $\\pm$ ");
        print_name(out, spread);
        text_append(out, ".  ");
    }
    text_append(out, "Bold: best of its column.}\n");
}

static bool begin(struct text *out, struct table *table)
{
    text_append(out, "\n\\begin{table}\n\\centering\n");
    print_caption(out, table);
    text_append(out, "\\begin{tabular}{l");
    for (size_t c = 0; c < table->columns; c++)
        text_append(out, "r");
    text_append(out, "}\n\\toprule\nvariant");
    for (size_t c = 0; c < table->columns; c++) {
        text_append(out, " & ");
        table_length(out, table, c);
    }
    text_append(out, " \\\\\n\\midrule\n");
    return true;
}

/* Braces: a name that begins with [ would be an option of the line before. */
static void row(struct text *out, struct table *table, size_t variant)
{
    text_append(out, "{");
    table_variant(out, table->of.results, variant, print_name);
    text_append(out, "}");
}

static void entry(struct text *out, struct table *table, size_t variant, size_t column,
                  const struct outcome *outcome)
{
    const int digits = measure_digits(table->of.measure);
    const double spread = summary_spread(&outcome->summary);
    text_append(out, " & ");
    if (outcome->asked == 0) {
        text_append(out, "--");
    } else if (outcome->measured == 0) {
        text_append(out, "\\textit{%s}", outcome_word(outcome, table->of.measure));
    } else {
        const bool best = table_is_best(table, variant, column, outcome);
        print_name(out, table_seen(table, variant, column));
        text_append(out, best ? "\\textbf{%.*f}" : "%.*f", digits, outcome->summary.mean);
        if (!isnan(spread))
            text_append(out, " $\\pm$ %.*f", digits, spread);
    }
}

static void row_end(struct text *out, struct table *table)
{
    (void)table;
    text_append(out, " \\\\\n");
}

static void print_note(struct text *out, const struct table *table, const struct text *note)
{
    (void)table;
    text_append(out, "\\par{\\footnotesize %s}\n", text_string(note));
}

static void end(struct text *out, struct table *table)
{
    text_append(out, "\\bottomrule\n\\end{tabular}\n");
    table_notes(out, table, print_note);
    text_append(out, "\\end{table}\n");
}

void table_latex(struct text *out, const struct results *results)
{
    static const struct table_printer printer = {.name = print_name,
                                                 .length = "$%.3gL$ (%" PRId64 ")",
                                                 .begin = begin,
                                                 .row = row,
                                                 .entry = entry,
                                                 .row_end = row_end,
                                                 .end = end};
    text_append(out, "%% \\usepackage{booktabs}\n");
    table_walk(out, results, &printer, NULL);
}

const struct table_format table_format_latex = {
    .name = "latex",
    .summary = "for people, with booktabs",
    .write = table_latex,
};
