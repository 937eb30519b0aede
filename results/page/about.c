/* about.c -- what was run, what is missing, how to repeat it. */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "results/findings/selection.h"
#include "results/findings/trained_length.h"
#include "results/page/private.h"
#include "results/tables/walk.h"

static void counted(struct text *out, size_t count, const char *singular)
{
    text_append(out, "%zu %s%s", count, singular, count == 1 ? "" : "s");
}

static void open_table(struct text *out, const char *const *columns)
{
    text_append(out, "<div class=\"box\"><table><thead><tr>");
    for (; *columns; columns++)
        text_append(out, "<th scope=\"col\">%s</th>", *columns);
    text_append(out, "</tr></thead>\n<tbody>\n");
}

static void close_table(struct text *out)
{
    text_append(out, "</tbody></table></div>\n");
}

static void row(struct text *out, const char *name)
{
    text_append(out, "<tr><th scope=\"row\">");
    html_text(out, name);
    text_append(out, "</th>");
}

static void row_variant(struct text *out, const struct results *results, size_t variant)
{
    text_append(out, "<tr><th scope=\"row\">");
    table_variant(out, results, variant, html_text);
    text_append(out, "</th>");
}

static void entry(struct text *out, const char *value)
{
    text_append(out, "<td class=\"long\">");
    html_text(out, value);
    text_append(out, "</td>");
}

static void number(struct text *out, int64_t value)
{
    text_append(out, "<td class=\"number\">%" PRId64 "</td>", value);
}

/* ---- what was run ---- */

static void variants(struct text *out, const struct results *results)
{
    static const char *const columns[] = {"variant", "encoder", "positions", "trained as", NULL};
    open_table(out, columns);
    for (size_t v = 0; v < results->variants; v++) {
        const struct variant_record *variant = &results->variant[v];
        struct text mark = {0}, trained = {0};
        trained_mark(&mark, results, v);
        trained_print(&trained, results, v);
        row_variant(out, results, v);
        entry(out, variant->encoder);
        entry(out, variant->positions);
        entry(out, variant->evaluation_only || mark.length > 0 ? text_string(&trained) : "the same");
        text_append(out, "</tr>\n");
        text_carry(out, &trained);
        text_release(&mark);
        text_release(&trained);
    }
    close_table(out);
}

/* Steps and parameters over the variants: one number, or the least and the most. */
static void budget(struct text *out, const struct results *results, size_t dataset, size_t configuration,
                   bool steps)
{
    int64_t least = 0, most = 0;
    for (size_t v = 0; v < results->variants; v++) {
        const struct budget *at =
            &results->budget[(v * results->datasets + dataset) * results->configurations + configuration];
        const int64_t value = steps ? at->steps : at->parameters;
        if (value > 0 && (least == 0 || value < least))
            least = value;
        most = value > most ? value : most;
    }
    text_append(out, "<td class=\"number\">");
    if (least == most)
        text_append(out, "%" PRId64 "</td>", most);
    else
        text_append(out, "%" PRId64 " to %" PRId64 "</td>", least, most);
}

static void datasets(struct text *out, const struct results *results)
{
    static const char *const columns[] = {
        "dataset", "version", "configuration", "layers",        "heads", "width",
        "L",       "steps",   "parameters",    "input SHA-256", NULL};
    open_table(out, columns);
    for (size_t d = 0; d < results->datasets; d++)
        for (size_t c = 0; c < results->configurations; c++) {
            const struct configuration_record *configuration = &results->configuration[c];
            row(out, results->dataset[d].name);
            number(out, results->dataset[d].version);
            entry(out, configuration->name);
            number(out, configuration->layers);
            number(out, configuration->heads);
            number(out, configuration->width);
            number(out, configuration->training_length);
            budget(out, results, d, c, true);
            budget(out, results, d, c, false);
            text_append(out, "<td>%.12s%s</td></tr>\n",
                        results->dataset[d].input_sha256[0] ? results->dataset[d].input_sha256 : "none",
                        results->dataset[d].input_sha256[0] ? "…" : "");
        }
    close_table(out);
}

static void protocols(struct text *out, const struct results *results)
{
    static const char *const columns[] = {"protocol", "kind", "targets", NULL};
    open_table(out, columns);
    for (size_t p = 0; p < results->protocols; p++) {
        row(out, results->protocol[p].name);
        entry(out, results->protocol[p].kind);
        entry(out, results->protocol[p].targets);
        text_append(out, "</tr>\n");
    }
    close_table(out);
}

void html_what(struct text *out, const struct results *results)
{
    text_append(out, "<h2 id=\"run\">What was run</h2>\n<p>");
    counted(out, results->variants, "variant");
    text_append(out, " on ");
    counted(out, results->datasets, "dataset");
    text_append(out, ", ");
    counted(out, results->configurations, "configuration");
    text_append(out, ", ");
    counted(out, results->seeds, "seed");
    if (results->folds > 1) {
        text_append(out, ", ");
        counted(out, results->folds, "fold");
    }
    text_append(out, ": ");
    counted(out, results->trainings, "training");
    text_append(out, ", evaluated under ");
    counted(out, results->protocols, "protocol");
    text_append(out, " at ");
    counted(out, results->lengths, "length");
    text_append(out, ".</p>\n");
    if (results->mixed) {
        text_append(out, "<p><b>Merged from sources that differ:</b></p>\n<pre>");
        html_lines(out, results->mixed);
        text_append(out, "</pre>\n");
    }
    datasets(out, results);
    variants(out, results);
    protocols(out, results);
}

/* ---- what is missing ---- */

struct count {
    size_t asked, without;
    const struct cell *first; /* without a score */
};

static struct count count_status(const struct selection *of, size_t variant, enum cell_status status)
{
    struct count out = {.asked = 0};
    for (size_t n = 0; n < of->results->lengths; n++)
        for (size_t r = 0; r < selection_replicates(of); r++) {
            const struct cell *cell = selection_cell(of, variant, n, r);
            if (cell->status == CELL_NOT_ASKED)
                continue;
            out.asked++;
            if (cell->status != status ||
                (status == CELL_MEASURED && isfinite(measure_value(of->measure, cell))))
                continue;
            out.without++;
            if (!out.first)
                out.first = cell;
        }
    return out;
}

static size_t missing_rows(struct text *out, const struct selection *of)
{
    static const struct {
        enum cell_status status;
        const char *word;
    } kinds[] = {{CELL_REFUSED, "refused"},
                 {CELL_FAILED, "failed"},
                 {CELL_MISSING, "missing"},
                 {CELL_MEASURED, "not finite"}};
    const struct results *results = of->results;
    size_t rows = 0;
    for (size_t v = 0; v < results->variants; v++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
            const struct count count = count_status(of, v, kinds[k].status);
            if (count.without == 0)
                continue;
            row_variant(out, results, v);
            entry(out, results->dataset[of->dataset].name);
            entry(out, results->configuration[of->configuration].name);
            entry(out, results->protocol[of->protocol].name);
            text_append(out, "<td class=\"none\">%s</td><td class=\"number\">%zu of %zu</td>", kinds[k].word,
                        count.without, count.asked);
            entry(out, count.first->reason);
            text_append(out, "</tr>\n");
            rows++;
        }
    return rows;
}

void html_missing(struct text *out, const struct results *results)
{
    static const char *const columns[] = {"variant", "dataset", "configuration",   "protocol",
                                          "what",    "cells",   "why (the first)", NULL};
    struct text table = {0};
    struct selection of;
    size_t rows = 0;
    text_append(out, "<h2 id=\"missing\">What is missing, and why</h2>\n");
    open_table(&table, columns);
    for (size_t i = 0; i < selection_tables(results); i++)
        if (selection_table(&of, results, i) && measure_main(of.measure))
            rows += missing_rows(&table, &of);
    close_table(&table);
    text_append(out, "%s",
                rows > 0 ? text_string(&table)
                         : "<p>Nothing: every cell that was asked for has a score.</p>\n");
    text_carry(out, &table);
    text_release(&table);
}

/* ---- how to repeat it ---- */

static void trainings(struct text *out, const struct results *results)
{
    static const char *const columns[] = {"training", "variant", "dataset", "configuration",
                                          "seed",     "fold",    NULL};
    const size_t replicates = results->seeds * results->folds;
    text_append(out, "<details><summary>Training ids</summary>\n");
    open_table(out, columns);
    for (size_t i = 0; i < results->variants * results->datasets * results->configurations * replicates;
         i++) {
        const size_t place = i / replicates;
        if (!results->training_id[i][0])
            continue;
        row(out, results->training_id[i]);
        entry(out, results->variant[place / results->configurations / results->datasets].name);
        entry(out, results->dataset[place / results->configurations % results->datasets].name);
        entry(out, results->configuration[place % results->configurations].name);
        number(out, results->seed[i % replicates / results->folds]);
        number(out, results->fold[i % results->folds]);
        text_append(out, "</tr>\n");
    }
    close_table(out);
    text_append(out, "</details>\n");
}

void html_repeat(struct text *out, const struct results *results)
{
    text_append(out, "<h2 id=\"repeat\">How to repeat it</h2>\n<pre>lexbench run ");
    html_shell_word(out, results->title);
    text_append(out, "\nlexbench report RESULTS --format html\nlexbench compare RESULTS OTHER</pre>\n"
                     "<p>The first takes the name of an experiment that ships, or its file.  The same "
                     "experiment, program, "
                     "libraries and instruction set give the same numbers to the last bit, whatever the "
                     "number of threads: "
                     "<code>compare</code> says whether they are.  Instruction set <code>");
    html_text(out, results->instruction_set);
    text_append(out, "</code>, numerics revision %" PRId64 ", page by lexbench %s.</p>\n",
                results->numerics_revision, LEXBENCH_VERSION);
    trainings(out, results);
    for (size_t i = 0; i < results->trainings; i++) {
        if (!results->training[i].manifest)
            continue;
        text_append(out, "<details><summary>Manifest of training ");
        html_text(out, results->training[i].id);
        text_append(out, ": everything that decided its numbers</summary>\n<pre>");
        html_lines(out, results->training[i].manifest);
        text_append(out, "</pre></details>\n");
    }
}
