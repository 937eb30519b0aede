/* chart_grid.c -- many curves as small multiples: a panel for each variant, from the best to the worst,
 * with all the others in grey behind it. */
#include <math.h>

#include "results/figures/chart.h"
#include "results/figures/plot_text.h"
#include "support/memory.h"

static const double left_em = 4.6, right_em = 1.5, title_em = 1.5;
enum { MOST_COLUMNS = 5 };

struct grid {
    size_t columns, rows;
    double left, width, height, pitch_x, pitch_y; /* of the axes of one panel, and from panel to panel */
};

static struct grid lay_out(const struct chart *chart, const struct page *page)
{
    const double em = page->em, room = page->width - (left_em + right_em) * em;
    const double least = page->size->fixed ? 7.6 * em : 11 * em;
    /* Labels at both ends of a linear axis reach beyond it. */
    const double gap = (chart->ticks > 0 ? 1.2 : 2.6) * em;
    struct grid grid = {.left = left_em * em};
    grid.columns = (size_t)fmax(1, floor((room + gap) / (least + gap)));
    if (grid.columns > MOST_COLUMNS)
        grid.columns = MOST_COLUMNS;
    if (chart->curves <= 8 && grid.columns > 4)
        grid.columns = 4;
    if (grid.columns > chart->curves)
        grid.columns = chart->curves;
    grid.rows = (chart->curves + grid.columns - 1) / grid.columns;
    grid.pitch_x = (room + gap) / (double)grid.columns;
    grid.width = grid.pitch_x - gap;
    grid.height = fmin(0.72 * grid.width, page->size->fixed ? 0.74 : 0.9);
    grid.pitch_y = grid.height + (title_em + 0.6) * em;
    return grid;
}

/* "1 rope", as much of it as fits; open-ended curves say so in the data. */
static void write_title(struct text *out, const struct chart *chart, const struct chart_curve *curve,
                        size_t place, const struct page *page, double x, double y, double width)
{
    struct text name = {0};
    size_t most = PLOT_NAME_SHOWN;
    do {
        name.length = 0;
        text_append(&name, "%zu  ", place);
        plot_text_name(&name, chart->results->variant[curve->variant].name, most);
    } while (page_inches(page, text_string(&name), PAGE_NOTE) > width && --most > 6);
    page_text(out, page, text_string(&name), x, y, "left textcolor rgb '#111111' font note_font noenhanced");
    text_carry(out, &name);
    text_release(&name);
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

static void write_panels(struct text *out, const struct chart *chart, size_t p, const struct page *page,
                         const struct grid *grid, const size_t *order, double top)
{
    chart_write_data(out, chart, p);
    write_all(out, chart, p);
    for (size_t i = 0; i < chart->curves; i++) {
        const struct chart_curve *curve = &chart->curve[order[i]];
        const size_t row = i / grid->columns, column = i % grid->columns;
        const double x = grid->left + (double)column * grid->pitch_x;
        const double y = top - (double)row * grid->pitch_y - title_em * page->em;
        page_axes(out, page, x, x + grid->width, y - grid->height, y);
        chart_write_axes(out, chart, page, grid->width, grid->height, i + grid->columns >= chart->curves,
                         column == 0);
        if (!isnan(chart->trained))
            text_append(out,
                        "set object 1 rectangle from graph 0, graph 0 to first %.10g, graph 1 fc rgb shade"
                        " fillstyle solid 1 noborder behind\n",
                        chart->trained);
        write_title(out, chart, curve, i + 1, page, x, y + title_em * page->em / 2, grid->width);
        write_plot(out, chart, curve, p);
        text_append(out, "unset label; unset object\n");
    }
}

double chart_grid(struct text *out, const struct chart *chart, size_t p, const struct page *page, double top)
{
    const double em = page->em;
    const struct grid grid = lay_out(chart, page);
    struct text legend = {0};
    text_append(&legend, "%s  Ranked by the %s %s at %s; grey: the others%s%s.",
                text_string(&chart->subtitle), chart->percent ? "highest" : "lowest",
                chart->percent ? "share" : "loss", text_string(&chart->end_words),
                isnan(chart->trained) ? "" : "; shaded: seen in training",
                chart->floored ? "; dotted: the floor, which no predictor can beat" : "");
    const double panels = top - page_heading(out, page, &chart->title, &legend, grid.left, top);
    double y = panels - (double)grid.rows * grid.pitch_y + 0.6 * em;
    y -= (1.5 + 1.3 * (double)chart_tick_lines(chart)) * em;
    if (out)
        page_centred(out, page, text_string(&chart->x_title), (grid.left + page->width - right_em * em) / 2,
                     y);
    y -= 0.8 * em;
    y -= page_foot(out, page, &chart->note, grid.left, y);
    if (out) {
        size_t *order = memory_allocate(chart->curves, sizeof *order, "the panels of a figure", NULL);
        if (order) {
            chart_rank(order, chart);
            write_panels(out, chart, p, page, &grid, order, panels);
        }
        out->failed = out->failed || !order || legend.failed || chart->x_title.failed;
        memory_release(order);
    }
    text_release(&legend);
    return top - y;
}
