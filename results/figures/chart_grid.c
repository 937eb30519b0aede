/* chart_grid.c -- many curves as small multiples: a panel for each variant, from the best to the worst,
 * with all the others in grey behind it. */
#include <math.h>

#include "results/figures/chart.h"
#include "results/figures/plot_text.h"
#include "support/memory.h"

static const double left_em = 4.6, right_em = 1.5, title_em = 1.5;

static struct panel_grid lay_out(const struct chart *chart, const struct sheet *sheet)
{
    const double em = sheet->em, room = sheet->width - (left_em + right_em) * em;
    const double least = sheet->size->fixed ? 7.6 * em : 11 * em;
    /* Labels at both ends of a linear axis reach beyond it. */
    const double gap = (chart->ticks > 0 ? 1.2 : 2.6) * em;
    struct panel_grid grid =
        panel_grid_of(chart->curves, left_em * em, room, least, gap, chart->curves <= 8 ? 4 : 5);
    grid.height = fmin(0.72 * grid.width, sheet->size->fixed ? 0.74 : 0.9);
    grid.pitch_y = grid.height + (title_em + 0.6) * em;
    return grid;
}

static void write_plot(struct text *out, const struct chart *chart, const struct chart_curve *curve, size_t p)
{
    const size_t look = curve->variant + 1, every = 1 + (curve->points - 1) / 6;
    text_append(out, "plot $all_%zu using 1:2 with lines lc rgb pale lw 0.5 dt solid", p + 1);
    if (chart->floored)
        text_append(out, ", $floor_%zu using 1:2 with lines lc rgb ink lw 1.4 dt (2,3)", p + 1);
    text_append(out, ", $curve_%zu_%zu using 1:3:4 with filledcurves lc rgb '#0072B2'", p + 1, look);
    text_append(out, ", $curve_%zu_%zu using 1:2 with lines lc rgb '#0072B2' lw 1.7 dt solid", p + 1, look);
    text_append(out, ", $curve_%zu_%zu using 1:2 every %zu with points lc rgb '#0072B2' pt 7 ps 0.55*mark\n",
                p + 1, look, every);
}

/* All curves in one block, a gap between them. */
static void write_all(struct text *out, const struct chart *chart, size_t p)
{
    text_append(out, "$all_%zu << EOD\n", p + 1);
    for (size_t i = 0; i < chart->curves; i++)
        text_append(out, "%s%s", i > 0 ? "\n" : "", text_string(&chart->curve[i].data));
    text_append(out, "EOD\n");
}

static void write_panels(struct text *out, const struct chart *chart, size_t p, const struct sheet *sheet,
                         const struct panel_grid *grid, const size_t *order, double top)
{
    chart_write_data(out, chart, p);
    write_all(out, chart, p);
    for (size_t i = 0; i < chart->curves; i++) {
        const struct chart_curve *curve = &chart->curve[order[i]];
        const size_t row = i / grid->columns, column = i % grid->columns;
        const double x = grid->left + (double)column * grid->pitch_x;
        const double y = top - (double)row * grid->pitch_y - title_em * sheet->em;
        sheet_axes(out, sheet, x, x + grid->width, y - grid->height, y);
        chart_write_axes(out, chart, sheet, grid->width, grid->height, i + grid->columns >= chart->curves,
                         column == 0);
        if (!isnan(chart->trained))
            text_append(out,
                        "set object 1 rectangle from graph 0, graph 0 to first %.10g, graph 1 fc rgb shade"
                        " fillstyle solid 1 noborder behind\n",
                        curve->trained);
        panel_name(out, sheet, i + 1, chart->results, curve->variant, x, y + title_em * sheet->em / 2,
                   grid->width);
        write_plot(out, chart, curve, p);
        text_append(out, "unset label; unset object\n");
    }
}

double chart_grid(struct text *out, const struct chart *chart, size_t p, const struct sheet *sheet,
                  double top)
{
    const double em = sheet->em;
    const struct panel_grid grid = lay_out(chart, sheet);
    struct sheet_words words = chart->words;
    words.subtitle = (struct text){0};
    text_append(&words.subtitle, "%s  Ranked by the %s %s at %s; grey: the others%s%s%s.",
                text_string(&chart->words.subtitle), chart->percent ? "highest" : "lowest",
                chart->percent ? "share" : "loss", text_string(&chart->end_words),
                isnan(chart->trained) ? "" : "; shaded: seen in training",
                chart_any_apart(chart) ? "; last, those trained on that length" : "",
                chart->floored ? "; dotted: the floor, which no predictor can beat" : "");
    const double panels = top - sheet_heading(out, sheet, &words, grid.left, top);
    double y = panels - (double)grid.rows * grid.pitch_y + 0.6 * em;
    y -= (1.5 + 1.3 * (double)chart_tick_lines(chart)) * em;
    if (out)
        sheet_centred(out, sheet, text_string(&chart->x_title),
                      (grid.left + sheet->width - right_em * em) / 2, y);
    y -= 0.8 * em;
    y -= sheet_foot(out, sheet, &words, grid.left, y);
    if (out) {
        size_t *order = memory_allocate(chart->curves, sizeof *order, "the panels of a figure", NULL);
        if (order) {
            chart_rank(order, chart);
            write_panels(out, chart, p, sheet, &grid, order, panels);
        }
        out->failed = out->failed || !order || words.subtitle.failed || chart->x_title.failed;
        memory_release(order);
    }
    text_release(&words.subtitle);
    return top - y;
}
