/* figure_ranks.c -- mean ranks of variants over blocks.
 *
 * A block is one seed and fold of one dataset, configuration and protocol, at the longest length asked there.
 * A variant without a score there is last; a block that does not ask all variants is left out. */
#include <math.h>
#include <stdio.h>

#include "results/figure.h"
#include "results/page.h"
#include "results/plot_text.h"
#include "support/memory.h"

struct ranks {
    const struct results *results;
    size_t variants, *variant; /* (variants) those that are ranked */
    size_t blocks, left_out, tables;
    double *rank;  /* (blocks, variants) before sorting */
    double *mean;  /* (variants) */
    double *value; /* (variants) room */
    size_t *order; /* (variants) room; in the end from the best to the worst */
    double critical;
};

static size_t longest(const struct selection *of)
{
    size_t length = of->results->lengths;
    for (size_t n = 0; n < of->results->lengths; n++)
        if (selection_uses_length(of, n))
            length = n;
    return length;
}

/* Appends the ranks of a block when it asks all variants. */
static void add_block(struct ranks *ranks, const struct selection *of, size_t length, size_t replicate)
{
    bool all = true, any = false;
    for (size_t i = 0; i < ranks->variants; i++) {
        const struct cell *cell = selection_cell(of, ranks->variant[i], length, replicate);
        all = all && cell->status != CELL_NOT_ASKED;
        ranks->value[i] = measure_value(of->measure, cell);
        if (!isfinite(ranks->value[i]))
            ranks->value[i] = NAN;
        any = any || !isnan(ranks->value[i]);
    }
    ranks->left_out += !all || !any;
    if (!all || !any)
        return;
    statistics_ranks(&ranks->rank[ranks->blocks * ranks->variants], ranks->value,
                     measure_lower_is_better(of->measure), ranks->order, ranks->variants);
    ranks->blocks++;
}

static void find_variants(struct ranks *ranks, const struct figure_wish *wish)
{
    for (size_t v = 0; v < wish->results->variants; v++)
        for (size_t i = 0; i < selection_tables(wish->results); i++) {
            struct selection of;
            if (figure_selection(&of, wish, i) && selection_has(&of, of.measure) &&
                selection_uses_variant(&of, v)) {
                ranks->variant[ranks->variants++] = v;
                break;
            }
        }
}

static void sort_by_mean(struct ranks *ranks)
{
    size_t *order = ranks->order;
    for (size_t i = 0; i < ranks->variants; i++) {
        double sum = 0;
        for (size_t b = 0; b < ranks->blocks; b++)
            sum += ranks->rank[b * ranks->variants + i];
        ranks->mean[i] = sum / (double)ranks->blocks;
        size_t at = i;
        for (; at > 0 && ranks->mean[order[at - 1]] > ranks->mean[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
}

/* ---- drawing ---- */

static void words(struct text *title, struct text *subtitle, struct text *note, const struct ranks *ranks)
{
    text_append(title, "Mean rank, 1 is best (rank of %zu)", ranks->variants);
    text_append(
        subtitle,
        "over %zu blocks: %zu combination%s of dataset, configuration and protocol at the longest length, "
        "%zu seed%s",
        ranks->blocks, ranks->tables, ranks->tables == 1 ? "" : "s", ranks->results->seeds,
        ranks->results->seeds == 1 ? "" : "s");
    if (ranks->results->folds > 1)
        text_append(subtitle, " × %zu folds", ranks->results->folds);
    text_append(subtitle, " each; ties share ranks, no score is last.  Small dots: ranks in single blocks.");
    if (!isnan(ranks->critical))
        text_append(subtitle, "  Shaded: not told from the best (critical difference %.2f, Nemenyi, 5 %%).",
                    ranks->critical);
    else
        text_append(
            note,
            "No critical difference is drawn: over so few blocks it exceeds half the number of variants.");
    if (ranks->left_out > 0)
        text_append(note, "%s%zu block%s left out: not asked of all variants, or without any score.",
                    note->length > 0 ? "  " : "", ranks->left_out, ranks->left_out == 1 ? "" : "s");
}

static void write_data(struct text *out, const struct ranks *ranks)
{
    text_append(out, "$ranks << EOD\n");
    for (size_t i = 0; i < ranks->variants; i++)
        for (size_t b = 0; b < ranks->blocks; b++)
            text_append(out, "%.10g %zu\n", ranks->rank[b * ranks->variants + ranks->order[i]], i + 1);
    text_append(out, "EOD\n$means << EOD\n");
    for (size_t i = 0; i < ranks->variants; i++)
        text_append(out, "%.10g %zu\n", ranks->mean[ranks->order[i]], i + 1);
    text_append(out, "EOD\n");
}

static void write_rows(struct text *out, const struct ranks *ranks)
{
    text_append(out, "set ytics scale 0 (");
    for (size_t i = 0; i < ranks->variants; i++)
        text_append(out, "%s\"\" %zu", i > 0 ? ", " : "", i + 1);
    text_append(out, ")\nset xrange [0.5:%zu.5]; set yrange [%zu.6:0.4]\n", ranks->variants, ranks->variants);
    if (!isnan(ranks->critical))
        text_append(out,
                    "set object rectangle from first %.6g, graph 0 to first %.6g, graph 1 fc rgb shade fs "
                    "solid 1 noborder behind\n",
                    ranks->mean[ranks->order[0]], ranks->mean[ranks->order[0]] + ranks->critical);
}

static void script(struct text *out, const struct ranks *ranks, const struct figure_size *size,
                   const char *name)
{
    struct page page = page_of(size);
    const double em = page.em, pitch = 1.5 * em, margin = 0.5 * em;
    struct text title = {0}, subtitle = {0}, note = {0};
    double names = 0;
    size_t most = size->fixed ? 24 : PLOT_NAME_SHOWN;
    for (size_t i = 0; i < ranks->variants; i++) {
        struct text label = {0};
        plot_text_name(&label, ranks->results->variant[ranks->variant[i]].name, most);
        names = fmax(names, page_inches(&page, text_string(&label), PAGE_LABEL));
        text_carry(out, &label);
        text_release(&label);
    }
    words(&title, &subtitle, &note, ranks);
    const double left = names + 4.6 * em, right = page.width - em,
                 rows = pitch * ((double)ranks->variants + 0.2);
    const double heading = page_heading(NULL, &page, &title, &subtitle, margin, 0);
    page.height =
        margin + heading + 0.3 * em + rows + 3.6 * em + page_foot(NULL, &page, &note, margin, 0) + margin;
    page_head(out, &page, name, "mean ranks");
    page_looks(out, ranks->results);
    write_data(out, ranks);
    const double top = page.height - margin - heading - 0.3 * em;
    page_heading(out, &page, &title, &subtitle, margin, page.height - margin);
    page_axes(out, &page, left, right, top - rows, top);
    write_rows(out, ranks);
    page_ticks(out, "x", 0.5, (double)ranks->variants + 0.5, (size_t)fmax(3, (right - left) / (2.2 * em)),
               true);
    page_centred(out, &page, "mean rank", (left + right) / 2, top - rows - 2.5 * em);
    page_foot(out, &page, &note, margin, top - rows - 3.3 * em);
    for (size_t i = 0; i < ranks->variants; i++) {
        const double y = top - pitch * ((double)i + 0.6);
        const size_t variant = ranks->variant[ranks->order[i]];
        char value[24];
        struct text label = {0};
        plot_text_name(&label, ranks->results->variant[variant].name, most);
        page_text(out, &page, text_string(&label), left - 3.9 * em, y,
                  "right textcolor rgb ink font label_font noenhanced");
        snprintf(value, sizeof value, "%.2f", ranks->mean[ranks->order[i]]);
        page_text(out, &page, value, left - 0.8 * em, y, "right textcolor rgb grey font note_font");
        text_carry(out, &label);
        text_release(&label);
    }
    text_append(out, "plot $ranks using 1:2 with points pt 7 ps 0.4*mark lc rgb '#b5b5b5', \\\n"
                     "     $means using 1:2 with points pt 7 ps 1.15*mark lc rgb '#0072B2'\nset output\n");
    text_carry(out, &title);
    text_carry(out, &subtitle);
    text_carry(out, &note);
    text_release(&title);
    text_release(&subtitle);
    text_release(&note);
}

/* ---- the figure ---- */

static void rank_all(struct ranks *ranks, const struct figure_wish *wish)
{
    for (size_t i = 0; i < selection_tables(wish->results); i++) {
        struct selection of;
        if (!figure_selection(&of, wish, i) || !selection_has(&of, of.measure))
            continue;
        const size_t before = ranks->blocks, length = longest(&of);
        for (size_t r = 0; r < selection_replicates(&of); r++)
            add_block(ranks, &of, length, r);
        ranks->tables += ranks->blocks > before;
    }
}

static enum status make(struct figure_list *list, const struct figure_wish *wish, struct message *message)
{
    const struct results *results = wish->results;
    const size_t blocks = selection_tables(results) * results->seeds * results->folds;
    enum status status = STATUS_FAILED;
    struct ranks ranks = {.results = results};
    ranks.order = memory_allocate(results->variants, sizeof *ranks.order, "a figure", message);
    ranks.variant = memory_allocate(results->variants, sizeof *ranks.variant, "a figure", message);
    ranks.mean = memory_allocate(results->variants, sizeof *ranks.mean, "a figure", message);
    ranks.value = memory_allocate(results->variants, sizeof *ranks.value, "a figure", message);
    ranks.rank = memory_allocate(blocks * results->variants, sizeof *ranks.rank, "a figure", message);
    if (!ranks.order || !ranks.variant || !ranks.mean || !ranks.value || !ranks.rank)
        goto done;
    status = STATUS_OK;
    find_variants(&ranks, wish);
    rank_all(&ranks, wish);
    if (ranks.blocks < 2 || ranks.variants < 2)
        goto done;
    sort_by_mean(&ranks);
    ranks.critical = figure_critical_difference(ranks.variants, ranks.blocks);
    struct figure *figure = figure_add(list, figure_ranks.name, results, results->datasets, message);
    status = figure ? STATUS_OK : STATUS_FAILED;
    if (figure) {
        script(&figure->script, &ranks, wish->size, figure->name);
        text_append(&figure->caption, "Mean rank of each variant, the best first");
    }
done:
    memory_release(ranks.order);
    memory_release(ranks.variant);
    memory_release(ranks.mean);
    memory_release(ranks.value);
    memory_release(ranks.rank);
    return status;
}

const struct figure_kind figure_ranks = {
    "ranks", "mean rank of each variant, with the critical difference where it tells", make};
