/* chart_script.c -- the script of charts: curves labelled beside their ends, or a grid (chart_grid.c). */
#include <math.h>

#include "results/figures/chart.h"
#include "results/figures/plot_text.h"

enum { CURVES_LABELLED = 12 }; /* more are a tangle */

static const double left_em = 4.6, least_axes = 4.2, axes_height = 2.9, axes_height_fixed = 2.1;
static const double marker_distance = 1.2, label_distance = 2.1, pitch = 1.48; /* em */
static const double labels_at_most = 0.44; /* of the width of a fixed sheet */

static void curve_label(struct text *out, const struct chart *chart, const struct chart_curve *curve)
{
    plot_text_variant(out, chart->results, curve->variant, PLOT_NAME_SHOWN);
    if (!curve->complete)
        text_append(out, " (not to %s)", text_string(&chart->end_words));
}

/* Inches of the widest label beside a chart. */
static double labels_width(const struct chart *chart, const struct sheet *sheet)
{
    double widest = chart->floored ? sheet_inches(sheet, "floor", SHEET_LABEL) : 0;
    for (size_t i = 0; i < chart->curves; i++) {
        struct text label = {0};
        curve_label(&label, chart, &chart->curve[i]);
        widest = fmax(widest, sheet_inches(sheet, text_string(&label), SHEET_LABEL));
        text_release(&label);
    }
    return widest + (label_distance + 0.8) * sheet->em;
}

/* Where the axes of labelled charts stand. */
struct frame {
    double left, right, height;
};

static double axes_inches(const struct chart *chart, const struct sheet *sheet)
{
    const double least = sheet->size->fixed ? axes_height_fixed : axes_height;
    return fmax(least, pitch * sheet->em * (double)(chart->curves + chart->floored));
}

/* ---- one labelled chart ---- */

static void write_region(struct text *out, const struct chart *chart, const struct sheet *sheet,
                         const struct frame *frame, double y)
{
    const double share = chart->x_logarithmic ? log(chart->trained / chart->x_minimum) /
                                                    log(chart->x_maximum / chart->x_minimum)
                                              : 0;
    const double at = frame->left + share * (frame->right - frame->left);
    const double room = frame->right - at;
    sheet_text(out, sheet, "seen in training",
               fmax(frame->left + sheet_inches(sheet, "seen in training", SHEET_NOTE), at - 0.4 * sheet->em),
               y, "right textcolor rgb grey font note_font");
    if (room > sheet_inches(sheet, "extrapolation →", SHEET_NOTE) + sheet->em)
        sheet_text(out, sheet, "extrapolation →",
                   fmax(at, frame->left + sheet_inches(sheet, "seen in training", SHEET_NOTE)) +
                       0.6 * sheet->em,
                   y, "left textcolor rgb grey font note_font");
}

/* Marker and name at the right; a thin line leads to it from a curve that goes all the way. */
static void write_label(struct text *out, const struct chart *chart, const struct chart_curve *curve,
                        const struct sheet *sheet, const struct frame *frame, double bottom)
{
    const double y = bottom + frame->height * curve->label,
                 marker = frame->right + marker_distance * sheet->em;
    const size_t look = curve->variant + 1;
    struct text label = {0};
    curve_label(&label, chart, curve);
    if (curve->complete)
        text_append(out,
                    "set arrow from first %.10g, first %.10g to screen %.5f, screen %.5f nohead lc rgb '%s'"
                    " lw 0.6 dt solid back\n",
                    curve->last_x, curve->last_value, (marker - 0.35 * sheet->em) / sheet->width,
                    y / sheet->height, sheet_colour(curve->variant));
    text_append(out, "set label '' at screen %.5f, screen %.5f point lt %zu lw 1 ps mark\n",
                marker / sheet->width, y / sheet->height, look);
    text_append(out, "set label ");
    plot_text_quoted(out, text_string(&label));
    text_append(out, " at screen %.5f, screen %.5f left textcolor lt %zu font label_font noenhanced\n",
                (frame->right + label_distance * sheet->em) / sheet->width, y / sheet->height, look);
    text_carry(out, &label);
    text_release(&label);
}

static void write_floor_label(struct text *out, const struct chart *chart, const struct sheet *sheet,
                              const struct frame *frame, double bottom)
{
    const double y = bottom + frame->height * chart->floor_label,
                 x = frame->right + label_distance * sheet->em;
    text_append(out,
                "set arrow from first %.10g, first %.10g to screen %.5f, screen %.5f nohead lc rgb ink lw "
                "1.4 dt (2,3) back\n",
                chart->floor_x, chart->floor_last, (x - 0.5 * sheet->em) / sheet->width, y / sheet->height);
    sheet_text(out, sheet, "floor", x, y, "left textcolor rgb ink font label_font");
}

static void write_plot(struct text *out, const struct chart *chart, size_t p)
{
    const char *command = "plot ";
    for (size_t i = 0; i < chart->curves; i++, command = ", \\\n     ") {
        const size_t look = chart->curve[i].variant + 1;
        text_append(out, "%s$curve_%zu_%zu using 1:3:4 with filledcurves lt %zu", command, p + 1, look, look);
    }
    for (size_t i = 0; i < chart->curves; i++)
        if (chart->curve[i].dots.length > 0)
            text_append(out, "%s$dots_%zu_%zu using 1:2 with points lt %zu pt 7 ps 0.3*mark", command, p + 1,
                        chart->curve[i].variant + 1, chart->curve[i].variant + 1);
    if (chart->floored)
        text_append(out, "%s$floor_%zu using 1:2 with lines lc rgb ink lw 1.4 dt (2,3)", command, p + 1);
    for (size_t i = 0; i < chart->curves; i++)
        text_append(out, "%s$curve_%zu_%zu using 1:2 with lines lt %zu", command, p + 1,
                    chart->curve[i].variant + 1, chart->curve[i].variant + 1);
    for (size_t i = 0; i < chart->curves; i++) {
        const size_t look = chart->curve[i].variant + 1;
        /* Of many points only some are marked, each curve's at other places. */
        const size_t every = 1 + (chart->curve[i].points - 1) / 12;
        const size_t first = every > 1 ? i * every / chart->curves : 0;
        if (sheet_marker_is_open(look - 1)) /* an open marker stays open: its filled form in white */
            text_append(
                out, "%s$curve_%zu_%zu using 1:2 every %zu::%zu with points pt %d ps mark lc rgb '#ffffff'",
                command, p + 1, look, every, first, sheet_marker(look - 1) + 1);
        text_append(out, "%s$curve_%zu_%zu using 1:2 every %zu::%zu with points lt %zu lw 1 ps mark", command,
                    p + 1, look, every, first, look);
    }
    text_append(out, "\n");
}

static void write_trained(struct text *out, const struct chart *chart)
{
    if (isnan(chart->trained))
        return;
    text_append(out,
                "set object 1 rectangle from graph 0, graph 0 to first %.10g, graph 1 fc rgb shade"
                " fillstyle solid 1 noborder behind\n"
                "set arrow 1 from first %.10g, graph 0 to first %.10g, graph 1 nohead lc rgb grey lw 0.8 dt "
                "(6,4) back\n",
                chart->trained, chart->trained, chart->trained);
}

/* A bar across the curve of a fine-tune, where what it saw in training ends. */
static void write_trained_curves(struct text *out, const struct chart *chart)
{
    for (size_t i = 0; i < chart->curves; i++) {
        const struct chart_curve *curve = &chart->curve[i];
        for (int side = -1; side <= 1 && chart_curve_saw_more(chart, curve) && !isnan(curve->trained_value);
             side += 2)
            text_append(
                out,
                "set arrow from first %.10g, first %.10g length character 0.8 angle %d nohead lt %zu lw 2.4 "
                "dt solid front\n",
                curve->trained, curve->trained_value, 90 * side, curve->variant + 1);
    }
}

/* Height of the block; drawn below `top` when out is not NULL. */
static double labelled(struct text *out, const struct chart *chart, size_t p, const struct sheet *sheet,
                       double top)
{
    const struct frame place = {left_em * sheet->em, sheet->width - chart->labels, axes_inches(chart, sheet)};
    const struct frame *frame = &place;
    const double em = sheet->em;
    double y = top - sheet_heading(out, sheet, &chart->words, frame->left, top);
    if (!isnan(chart->trained)) {
        y -= SHEET_LINE * SHEET_NOTE * em;
        if (out)
            write_region(out, chart, sheet, frame, y + SHEET_LINE * SHEET_NOTE * em / 2);
        y -= 0.3 * em;
    }
    const double bottom = y - frame->height;
    const double title = bottom - (1.5 + 1.3 * (double)chart_tick_lines(chart)) * em;
    if (out) {
        text_carry(out, &chart->x_title);
        text_carry(out, &chart->end_words);
        chart_write_data(out, chart, p);
        sheet_axes(out, sheet, frame->left, frame->right, bottom, y);
        chart_write_axes(out, chart, sheet, frame->right - frame->left, frame->height, true, true);
        write_trained(out, chart);
        write_trained_curves(out, chart);
        sheet_centred(out, sheet, text_string(&chart->x_title), (frame->left + frame->right) / 2, title);
        for (size_t i = 0; i < chart->curves; i++)
            write_label(out, chart, &chart->curve[i], sheet, frame, bottom);
        if (chart->floored)
            write_floor_label(out, chart, sheet, frame, bottom);
    }
    y = title - 0.8 * em;
    y -= sheet_foot(out, sheet, &chart->words, frame->left, y);
    if (out) {
        write_plot(out, chart, p);
        text_append(out, "unset label; unset arrow; unset object\n");
    }
    return top - y;
}

/* ---- the figure ---- */

static bool tangled(const struct chart *chart, const struct sheet *sheet)
{
    return chart->curves > CURVES_LABELLED ||
           (sheet->size->fixed && labels_width(chart, sheet) > labels_at_most * sheet->width);
}

/* Losses under several protocols of one dataset stand on the same scale. */
static void share_scale(struct chart *charts, size_t count)
{
    double low = INFINITY, high = -INFINITY;
    bool logarithmic = false, percent = false;
    for (size_t i = 0; i < count; i++) {
        low = fmin(low, charts[i].y_minimum);
        high = fmax(high, charts[i].y_maximum);
        logarithmic = logarithmic || charts[i].y_logarithmic;
        percent = percent || charts[i].percent;
    }
    for (size_t i = 0; i < count && !percent; i++) {
        charts[i].y_minimum = low;
        charts[i].y_maximum = high;
        charts[i].y_logarithmic = logarithmic && low > 0;
    }
}

enum status chart_prepare(void *blocks, size_t count, struct sheet *sheet, struct message *message)
{
    struct chart *charts = blocks;
    bool grid = false;
    double labels = 0;
    for (size_t p = 0; p < count; p++) {
        grid = grid || tangled(&charts[p], sheet);
        labels = fmax(labels, labels_width(&charts[p], sheet));
        if (chart_place_labels(&charts[p], pitch * sheet->em / axes_inches(&charts[p], sheet), message))
            return STATUS_FAILED;
    }
    if (!sheet->size->fixed && !grid)
        sheet->width = fmax(sheet->width, left_em * sheet->em + least_axes + labels);
    for (size_t p = 0; p < count; p++) {
        charts[p].grid = grid;
        charts[p].labels = labels;
    }
    return STATUS_OK;
}

enum status chart_prepare_together(void *blocks, size_t count, struct sheet *sheet, struct message *message)
{
    share_scale(blocks, count);
    return chart_prepare(blocks, count, sheet, message);
}

void chart_settings(struct text *out, const void *blocks)
{
    const struct chart *charts = blocks;
    sheet_looks(out, charts->results);
}

double chart_draw(struct text *out, void *block, size_t p, const struct sheet *sheet, double top)
{
    const struct chart *chart = block;
    if (out)
        text_append(out, "\n# ---- panel %zu ----\n", p + 1);
    return chart->grid ? chart_grid(out, chart, p, sheet, top) : labelled(out, chart, p, sheet, top);
}
