/* retrieval.c -- exact match by length and depth of the needle: a heat map for each variant, the best
 * first. */
#include <math.h>

#include "results/figures/kinds.h"
#include "results/figures/panels.h"
#include "results/figures/plot_text.h"
#include "support/memory.h"

enum { FEW = 12, MOST_COLUMNS = 5 };

static const double left_em = 4.4, right_em = 6.2, gap_em = 1.4, title_em = 1.5;

/* All heat maps of one table. */
struct heat {
    struct selection of;
    size_t variants, *variant; /* (variants) from the best to the worst */
    double *merit;             /* (all variants) mean over lengths and depths, in per cent */
    size_t lengths, *length;   /* (lengths) indices that were taken */
};

/* Mean over replicates, in per cent; NAN = none. */
static double value_at(const struct selection *of, size_t variant, size_t length, size_t depth)
{
    double sum = 0;
    size_t count = 0;
    for (size_t r = 0; r < selection_replicates(of); r++) {
        const struct cell *cell = selection_cell(of, variant, length, r);
        if (cell->status == CELL_MEASURED && cell->retrieval && isfinite(cell->retrieval[depth])) {
            sum += 100 * cell->retrieval[depth];
            count++;
        }
    }
    return count > 0 ? sum / (double)count : NAN;
}

static bool taken_at(const struct selection *of, size_t length)
{
    for (size_t v = 0; v < of->results->variants; v++)
        for (size_t d = 0; d < of->results->depths; d++)
            if (!isnan(value_at(of, v, length, d)))
                return true;
    return false;
}

/* Lengths that the variant saw in training: up to L, or of a fine-tune further. */
static size_t count_seen(const struct heat *heat, size_t variant)
{
    size_t seen = 0;
    for (size_t n = 0; n < heat->lengths; n++)
        seen += selection_ratio(&heat->of, heat->length[n]) <= 1 ||
                selection_saw(&heat->of, variant, heat->length[n]);
    return seen;
}

/* Does a score beyond L count for it that it was trained on? */
static bool is_apart(const struct heat *heat, size_t variant)
{
    for (size_t n = 0; n < heat->lengths; n++)
        if (selection_saw(&heat->of, variant, heat->length[n]))
            return true;
    return false;
}

static bool is_better(const struct heat *heat, size_t a, size_t b)
{
    if (is_apart(heat, a) != is_apart(heat, b))
        return is_apart(heat, b);
    return heat->merit[a] > heat->merit[b];
}

static void rank(struct heat *heat)
{
    const struct results *results = heat->of.results;
    for (size_t v = 0; v < results->variants; v++) {
        double sum = 0;
        size_t count = 0;
        for (size_t n = 0; n < heat->lengths; n++)
            for (size_t d = 0; d < results->depths; d++) {
                const double value = value_at(&heat->of, v, heat->length[n], d);
                sum += isnan(value) ? 0 : value;
                if (!isnan(value))
                    count++;
            }
        if (count == 0)
            continue;
        heat->merit[v] = sum / (double)(heat->lengths * results->depths);
        size_t at = heat->variants++;
        for (; at > 0 && is_better(heat, v, heat->variant[at - 1]); at--)
            heat->variant[at] = heat->variant[at - 1];
        heat->variant[at] = v;
    }
}

static struct panel_grid lay_out(const struct heat *heat, const struct sheet *sheet)
{
    const double em = sheet->em, gap = gap_em * em;
    const bool few = heat->variants <= FEW;
    struct panel_grid grid =
        panel_grid_of(heat->variants, left_em * em, sheet->width - (left_em + right_em) * em,
                      (sheet->size->fixed ? 7
                       : few              ? 13
                                          : 9) *
                          em,
                      gap, MOST_COLUMNS);
    grid.width = fmin(grid.width, 4.2);
    grid.pitch_x = grid.width + gap;
    grid.height = few ? fmin(2.4, fmax(1.1, 1.45 * em * (double)heat->of.results->depths)) : 0.75;
    grid.pitch_y = grid.height + (title_em + 0.7) * em;
    return grid;
}

static enum status begin(void *block, bool *any, const struct selection *of, struct message *message)
{
    const struct results *results = of->results;
    struct heat *heat = block;
    heat->of = *of;
    heat->variant = memory_allocate(results->variants, sizeof *heat->variant, "a figure", message);
    heat->merit = memory_allocate(results->variants, sizeof *heat->merit, "a figure", message);
    heat->length = memory_allocate(results->lengths, sizeof *heat->length, "a figure", message);
    if (!heat->variant || !heat->merit || !heat->length)
        return STATUS_FAILED;
    for (size_t n = 0; n < results->lengths; n++)
        if (taken_at(of, n)) {
            heat->length[heat->lengths++] = n;
        }
    rank(heat);
    *any = heat->variants > 0;
    return STATUS_OK;
}

static void end(void *block)
{
    struct heat *heat = block;
    memory_release(heat->variant);
    memory_release(heat->merit);
    memory_release(heat->length);
}

/* ---- drawing ---- */

static void write_data(struct text *out, const struct heat *heat, size_t p, size_t variant)
{
    text_append(out, "$heat_%zu_%zu << EOD\n", p + 1, variant + 1);
    for (size_t d = 0; d < heat->of.results->depths; d++)
        for (size_t n = 0; n < heat->lengths; n++) {
            const double value = value_at(&heat->of, variant, heat->length[n], d);
            if (isnan(value))
                text_append(out, "%zu %zu NaN\n", n, d);
            else
                text_append(out, "%zu %zu %.6g\n", n, d, value);
        }
    text_append(out, "EOD\n");
}

static void write_ticks(struct text *out, const struct heat *heat, const struct panel_grid *grid,
                        const struct sheet *sheet, bool x_labels, bool y_labels)
{
    const struct results *results = heat->of.results;
    const double cell = grid->width / (double)heat->lengths;
    const size_t every = (size_t)fmax(1, ceil(2.6 * sheet->em / cell));
    const size_t depth_every =
        (size_t)fmax(1, ceil(1.3 * sheet->em * (double)results->depths / grid->height));
    text_append(out, "set xtics (");
    for (size_t n = 0; n < heat->lengths; n++) {
        struct text label = {0};
        if (x_labels && n % every == 0)
            plot_text_ratio(&label, selection_ratio(&heat->of, heat->length[n]));
        text_append(out, "%s", n > 0 ? ", " : "");
        plot_text_quoted(out, text_string(&label));
        text_append(out, " %zu", n);
        text_carry(out, &label);
        text_release(&label);
    }
    text_append(out, ")\nset ytics (");
    for (size_t d = 0; d < results->depths; d++)
        if (y_labels && d % depth_every == 0)
            text_append(out, "%s\"%.0f %%%%\" %zu", d > 0 ? ", " : "", 100 * results->depth[d], d);
        else
            text_append(out, "%s\"\" %zu", d > 0 ? ", " : "", d);
    text_append(out, ")\n");
}

static void write_map(struct text *out, const struct heat *heat, const struct panel_grid *grid, size_t p,
                      size_t place, const struct sheet *sheet, double top)
{
    const double em = sheet->em, x = grid->left + (double)(place % grid->columns) * grid->pitch_x;
    const double y = top - (double)(place / grid->columns) * grid->pitch_y - title_em * em;
    const size_t variant = heat->variant[place], depths = heat->of.results->depths;
    const size_t seen = count_seen(heat, variant);
    const bool numbers =
        grid->width / (double)heat->lengths >= 2.1 * em && grid->height / (double)depths >= 1.2 * em;
    write_data(out, heat, p, variant);
    sheet_axes(out, sheet, x, x + grid->width, y - grid->height, y);
    write_ticks(out, heat, grid, sheet, place + grid->columns >= heat->variants, place % grid->columns == 0);
    text_append(out,
                "set xrange [-0.5:%zu.5]; set yrange [%zu.5:-0.5]\n"
                "set object 1 rectangle from graph 0, graph 0 to graph 1, graph 1 fc rgb '#e3e3e3' fs solid "
                "1 noborder behind\n",
                heat->lengths - 1, depths - 1);
    if (seen > 0 && seen < heat->lengths)
        text_append(out,
                    "set arrow from first %zu.5, graph -0.02 to first %zu.5, graph 1.02 nohead lc rgb "
                    "'#d4001a' lw 1.8 front\n",
                    seen - 1, seen - 1);
    panel_name(out, sheet, place + 1, heat->of.results, variant, x, y + title_em * em / 2, grid->width);
    text_append(out, "plot $heat_%zu_%zu using 1:2:3 with image pixels", p + 1, variant + 1);
    if (numbers)
        text_append(out,
                    ", $heat_%zu_%zu using ($3 == $3 ? $1 : 1/0):2:(sprintf('%%.0f', $3)):($3 > 55 ? "
                    "0x222222 : 0xffffff)"
                    " with labels textcolor rgb variable font note_font",
                    p + 1, variant + 1);
    text_append(out, "\nunset label; unset arrow; unset object; unset colorbox\n");
}

static void make_words(struct sheet_words *words, const struct heat *heat)
{
    sheet_words_title(words, &heat->of, "retrieval (exact match, %)");
    sheet_words_place(words, &heat->of);
    text_append(&words->subtitle, "mean of ");
    selection_print_replicates(&words->subtitle, &heat->of);
    text_append(&words->subtitle,
                ".  Down: depth of the needle, 0 %% is the beginning; across: evaluation length ÷ "
                "training length; red line: the end of what was seen in training.  Ranked by the mean of all "
                "cells%s%s.",
                heat->variants < 2 ? "" : ", those not measured as 0",
                is_apart(heat, heat->variant[heat->variants - 1]) ? "; last, those trained on lengths beyond"
                                                                  : "");
    figure_note(&words->note, &heat->of, 1);
    if (words->note.length > 0)
        text_append(&words->note, "  Grey: not measured.");
}

static double draw(struct text *out, void *block, size_t p, const struct sheet *sheet, double top)
{
    const struct heat *heat = block;
    const struct panel_grid grid = lay_out(heat, sheet);
    const double em = sheet->em, columns = (double)grid.columns;
    struct sheet_words words = {.note = {0}};
    if (out)
        text_append(out, "\n# ---- panel %zu ----\n", p + 1);
    make_words(&words, heat);
    const double maps = top - sheet_heading(out, sheet, &words, grid.left, top);
    double y = maps - (double)grid.rows * grid.pitch_y + 0.7 * em - 1.8 * em;
    y -= sheet_foot(out, sheet, &words, grid.left, y);
    if (out) {
        const double bar = grid.left + columns * grid.pitch_x - gap_em * em + 1.2 * em;
        const double low = maps - title_em * em - grid.height;
        text_append(
            out, "set colorbox user origin screen %.5f, screen %.5f size screen %.5f, screen %.5f noborder\n",
            bar / sheet->width, low / sheet->height, em / sheet->width, grid.height / sheet->height);
        for (size_t i = 0; i < heat->variants; i++)
            write_map(out, heat, &grid, p, i, sheet, maps);
    }
    sheet_words_release(&words);
    return top - y;
}

static void settings(struct text *out, const void *blocks)
{
    (void)blocks;
    sheet_palette(out);
    text_append(
        out,
        "set cbrange [0:100]; set cbtics ('0 %%%%' 0, '50 %%%%' 50, '100 %%%%' 100) scale 0 font note_font\n"
        "set style fill solid 1 noborder\n"
        "unset grid; set border 0; set tics scale 0\n");
}

static enum status draw_figures(struct figure_list *list, const struct figure_wish *wish,
                                struct message *message)
{
    static const struct panels panels = {.about = "retrieval by length and depth",
                                         .settings = settings,
                                         .draw = draw,
                                         .caption = "Retrieval by evaluation length and depth of the needle",
                                         .size = sizeof(struct heat),
                                         .begin = begin,
                                         .end = end};
    return wish->results->depths > 0 ? panels_figures(list, wish, &panels, message) : STATUS_OK;
}

const struct figure_kind figure_kind_retrieval = {
    .name = "retrieval",
    .summary = "exact match by length and depth of the needle",
    .needs = "exact match by depth of a needle",
    .draw = draw_figures,
};
