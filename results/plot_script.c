/* plot_script.c -- writes the script.
 *
 * Colours are those of Okabe and Ito (2008, Color Universal Design), darkened where they were too pale
 * for text on white, without yellow; marker and dash vary too, so that a figure without colour can be
 * read. */
#include "results/plot_script.h"

#include <inttypes.h>
#include <math.h>

#include "results/label.h"
#include "results/plot_text.h"

/* Inches around the axes of a panel. */
static const double above = 0.78, below = 0.86, left = 0.72, least_width = 7.2, least_axes = 4.2;
static const double label_size = 0.95, title_size = 1.15, note_size = 0.86; /* of the base font */
static const double marker_distance = 0.13, label_distance = 0.24, edge = 0.12;

static const char *const colours[] = {"#0072B2", "#D55E00", "#00805D", "#B85C8E",
                                      "#B87A00", "#2F8FC9", "#000000"};
static const int markers[] = {7, 5, 9, 11, 13, 15, 6, 4, 8, 10, 12, 14, 2};
static const char *const dashes[] = {"solid", "(14,5)", "(4,4)", "(14,4,4,4)"};
enum { COLOURS = 7, MARKERS = 13, DASHES = 4 };

/* The figure, in inches; panels are stacked from the top. */
struct page {
    double width, height, axes_end; /* axes_end: right end of the axes */
};

static double text_inches(struct text *out, void (*make)(struct text *, const struct panel *),
                          const struct panel *panel, double size)
{
    struct text text = {0};
    make(&text, panel);
    double width = panel_text_width(text_string(&text)) * size * PANEL_TEXT_SIZE;
    text_carry(out, &text);
    text_release(&text);
    return width;
}

/* Wide enough for every label and title; out is what the page is for. */
static struct page lay_out(struct text *out, const struct panel *panels, size_t count)
{
    struct page page = {.width = least_width};
    double labels = 0;
    for (size_t p = 0; p < count; p++) {
        for (size_t i = 0; i < panels[p].curves; i++) {
            struct text text = {0};
            plot_text_label(&text, &panels[p], &panels[p].curve[i]);
            labels = fmax(labels, panel_text_width(text_string(&text)) * label_size * PANEL_TEXT_SIZE);
            text_carry(out, &text);
            text_release(&text);
        }
        page.width =
            fmax(page.width, left + text_inches(out, plot_text_title, &panels[p], title_size) + edge);
        page.width =
            fmax(page.width, left + text_inches(out, plot_text_subtitle, &panels[p], note_size) + edge);
        page.height += above + panels[p].height + below;
    }
    labels += label_distance + edge;
    page.width = fmax(page.width, left + least_axes + labels);
    page.axes_end = page.width - labels;
    return page;
}

/* ---- what holds for the whole figure ---- */

static void write_head(struct text *out, struct page page)
{
    text_append(
        out,
        "# score.gp -- score against evaluation length.  The data are in this file.\n"
        "#   gnuplot score.gp                   draws score.png\n"
        "#   gnuplot -e \"fmt='svg'\" score.gp    draws score.svg; fmt can be png, svg or pdf\n"
        "if (!exists('fmt')) fmt = 'png'\n"
        "if (!exists('out')) out = 'score'\n"
        "if (!exists('font')) font = 'Lato'\n"
        "if (fmt ne 'png' && fmt ne 'svg' && fmt ne 'pdf') exit error 'fmt can be png, svg or pdf'\n"
        "W = %.3f        # inches\n"
        "H = %.3f\n"
        "set encoding utf8\n"
        "base = fmt eq 'png' ? 22 : fmt eq 'svg' ? 11 : 8\n"
        "if (fmt eq 'png') set terminal pngcairo enhanced size ceil(W*200),ceil(H*200) "
        "font sprintf('%%s,%%g', font, base) fontscale 1 linewidth 2 pointscale 1.5 background '#ffffff'\n"
        "if (fmt eq 'svg') set terminal svg enhanced size ceil(W*96),ceil(H*96) dynamic "
        "font sprintf('%%s, DejaVu Sans, sans-serif,%%g', font, base) linewidth 1 background '#ffffff'\n"
        "if (fmt eq 'pdf') set terminal pdfcairo enhanced size W,H "
        "font sprintf('%%s,%%g', font, base) fontscale 1 linewidth 1 background '#ffffff'\n"
        "set output out.'.'.fmt\n"
        "title_font = sprintf(',%%g', %g*base); label_font = sprintf(',%%g', %g*base); "
        "note_font = sprintf(',%%g', %g*base)\n"
        "mark = fmt eq 'png' ? 1 : fmt eq 'svg' ? 0.6 : 0.75\n"
        "ink = '#333333'; grey = '#6f6f6f'; faint = '#dddddd'; shade = '#f1f3f5'\n",
        page.width, page.height, title_size, label_size, note_size);
    text_append(out, "set key off\n"
                     "set border 3 lc rgb grey lw 0.8\n"
                     "set tics out nomirror scale 0.6,0.3 textcolor rgb ink\n"
                     "set grid ytics lt 1 lc rgb faint lw 0.6 dt solid\n"
                     "set logscale x 2\n"
                     "set format x ''\n");
}

/* One look per variant, the same in every panel.  Names are strings, not comments: gnuplot looks into
 * comments for a backslash at their end. */
static void write_looks(struct text *out, const struct results *results)
{
    for (size_t v = 0; v < results->variants; v++) {
        struct text name = {0};
        label_plain(&name, results->variant[v].name);
        text_append(out, "name_%zu = ", v + 1);
        plot_text_quoted(out, &name);
        text_carry(out, &name);
        text_release(&name);
        text_append(out, "\nset linetype %zu lc rgb '%s' lw 1.7 dt %s pt %d\n", v + 1, colours[v % COLOURS],
                    dashes[v / COLOURS % DASHES], markers[v % MARKERS]);
    }
}

/* ---- data ---- */

/* $mean_<panel>_<variant>: n/L and mean.  $seed_...: n/L and every score.  A length that was asked
 * and gave none breaks the line. */
static void write_data(struct text *out, const struct panel *panel, size_t p, size_t variant)
{
    const struct results *results = panel->of.results;
    bool broken = false;
    text_append(out, "$mean_%zu_%zu << EOD\n", p + 1, variant + 1);
    for (size_t n = 0; n < results->lengths; n++) {
        struct outcome outcome = selection_outcome(&panel->of, variant, n, panel->values);
        if (outcome.measured > 0)
            text_append(out, "%s%.10g %.10g\n", broken ? "\n" : "", selection_ratio(&panel->of, n),
                        outcome.summary.mean);
        broken = outcome.measured == 0 && outcome.asked > 0;
    }
    text_append(out, "EOD\n$seed_%zu_%zu << EOD\n", p + 1, variant + 1);
    for (size_t n = 0; n < results->lengths; n++) {
        struct outcome outcome = selection_outcome(&panel->of, variant, n, panel->values);
        for (size_t i = 0; i < outcome.measured; i++)
            text_append(out, "%.10g %.10g\n", selection_ratio(&panel->of, n), panel->values[i]);
    }
    text_append(out, "EOD\n");
}

/* ---- axes ---- */

/* "1×" over "64", as many as do not touch. */
static void write_length_ticks(struct text *out, const struct panel *panel)
{
    const double span = log2(panel->x_maximum / panel->x_minimum);
    double last = -INFINITY;
    const char *comma = "";
    text_append(out, "set xtics (");
    for (size_t n = 0; n < panel->of.results->lengths; n++) {
        if (!selection_uses_length(&panel->of, n))
            continue;
        double ratio = selection_ratio(&panel->of, n), at = log2(ratio);
        if (at - last < 0.09 * span || ratio < panel->x_minimum || ratio > panel->x_maximum)
            continue;
        last = at;
        text_append(out, "%s\"", comma);
        plot_text_ratio(out, ratio);
        text_append(out, "\\n%" PRId64 "\" %.10g", panel->of.results->length[n], ratio);
        comma = ", ";
    }
    text_append(out, ")\n");
}

static void write_score_ticks(struct text *out, const struct panel *panel)
{
    if (!panel->y_logarithmic) {
        const double span = panel->y_maximum - panel->y_minimum;
        if (panel->of.measure == MEASURE_NLL)
            text_append(out, "unset logscale y\nset ytics autofreq; set format y '%%.%df'\n",
                        span >= 1     ? 1
                        : span >= 0.1 ? 2
                                      : 3);
        else
            text_append(out, "unset logscale y\nset ytics 0,20,100; set format y '%%g'\n");
        return;
    }
    static const double digits[] = {1, 2, 3, 5, 7};
    const char *comma = "";
    text_append(out, "set logscale y\nset ytics (");
    for (double decade = pow(10, floor(log10(panel->y_minimum))); decade <= panel->y_maximum; decade *= 10)
        for (size_t i = 0; i < sizeof digits / sizeof *digits; i++) {
            double value = digits[i] * decade;
            if (value < panel->y_minimum || value > panel->y_maximum)
                continue;
            text_append(out, "%s\"%.4g\" %.4g", comma, value, value);
            comma = ", ";
        }
    text_append(out, ")\n");
}

static void write_axes(struct text *out, const struct panel *panel, struct page page, double top)
{
    text_append(out, "set lmargin at screen %.5f; set rmargin at screen %.5f\n", left / page.width,
                page.axes_end / page.width);
    text_append(out, "set tmargin at screen %.5f; set bmargin at screen %.5f\n", top / page.height,
                (top - panel->height) / page.height);
    text_append(out, "set xrange [%.6g:%.6g]; set yrange [%.6g:%.6g]\n", panel->x_minimum, panel->x_maximum,
                panel->y_minimum, panel->y_maximum);
    write_length_ticks(out, panel);
    write_score_ticks(out, panel);
    text_append(
        out,
        "set object 1 rectangle from graph 0, graph 0 to first 1, graph 1 fc rgb shade"
        " fillstyle solid 1 noborder behind\n"
        "set arrow 1 from first 1, graph 0 to first 1, graph 1 nohead lc rgb grey lw 0.8 dt (6,4) back\n");
}

/* ---- texts ---- */

/* A text at inches from the left and the bottom of the page. */
static void write_text(struct text *out, const struct text *value, struct page page, double x, double y,
                       const char *look)
{
    text_append(out, "set label ");
    plot_text_quoted(out, value);
    text_append(out, " at screen %.5f, screen %.5f %s\n", x / page.width, y / page.height, look);
}

static void write_titles(struct text *out, const struct panel *panel, struct page page, double top)
{
    /* One length alone at 1 leaves no room to the right of it. */
    const bool extrapolates = log2(panel->x_maximum) > 0.2 * log2(panel->x_maximum / panel->x_minimum);
    struct text plain = {0}, title = {0}, subtitle = {0};
    plot_text_title(&plain, panel);
    plot_text_bold(&title, text_string(&plain));
    plot_text_subtitle(&subtitle, panel);
    write_text(out, &title, page, left, top + 0.58, "left textcolor rgb '#111111' font title_font enhanced");
    write_text(out, &subtitle, page, left, top + 0.38, "left textcolor rgb grey font note_font noenhanced");
    text_append(out,
                "set label 'seen in training' at first 1, screen %.5f right offset -0.6,0 textcolor rgb grey"
                " font note_font\n",
                (top + 0.1) / page.height);
    if (extrapolates)
        text_append(out,
                    "set label 'extrapolation →' at first 1, screen %.5f left offset 0.6,0 textcolor rgb grey"
                    " font note_font\n",
                    (top + 0.1) / page.height);
    text_append(out,
                "set label 'evaluation length ÷ training length, and in tokens' at screen %.5f, screen %.5f"
                " center textcolor rgb ink font label_font\n",
                (left + page.axes_end) / 2 / page.width, (top - panel->height - 0.55) / page.height);
    text_carry(out, &plain);
    text_carry(out, &title);
    text_carry(out, &subtitle);
    text_release(&plain);
    text_release(&title);
    text_release(&subtitle);
}

/* Marker and name at the right; a thin line leads to it from a curve that goes all the way. */
static void write_label(struct text *out, const struct panel *panel, const struct panel_curve *curve,
                        struct page page, double top)
{
    const double y = top - panel->height * (1 - curve->label);
    const double marker = page.axes_end + marker_distance;
    const size_t look = curve->variant + 1;
    struct text name = {0};
    plot_text_label(&name, panel, curve);
    if (curve->complete)
        text_append(out,
                    "set arrow from first %.10g, first %.10g to screen %.5f, screen %.5f nohead lc rgb '%s'"
                    " lw 0.6 dt solid back\n",
                    curve->last_ratio, curve->last_value, (marker - 0.04) / page.width, y / page.height,
                    colours[curve->variant % COLOURS]);
    text_append(out, "set label '' at screen %.5f, screen %.5f point lt %zu lw 1 ps mark\n",
                marker / page.width, y / page.height, look);
    text_append(out, "set label ");
    plot_text_quoted(out, &name);
    text_append(out, " at screen %.5f, screen %.5f left textcolor lt %zu font label_font noenhanced\n",
                (page.axes_end + label_distance) / page.width, y / page.height, look);
    text_carry(out, &name);
    text_release(&name);
}

/* ---- panels ---- */

static void write_plot(struct text *out, const struct panel *panel, size_t p)
{
    const bool dots = selection_replicates(&panel->of) > 1;
    const char *command = "plot ";
    for (size_t i = 0; i < panel->curves; i++, command = ", \\\n     ")
        text_append(out, "%s$mean_%zu_%zu using 1:2 with lines lt %zu", command, p + 1,
                    panel->curve[i].variant + 1, panel->curve[i].variant + 1);
    for (size_t i = 0; i < panel->curves && dots; i++)
        text_append(out, "%s$seed_%zu_%zu using 1:2 with points lt %zu pt 7 ps 0.3*mark", command, p + 1,
                    panel->curve[i].variant + 1, panel->curve[i].variant + 1);
    for (size_t i = 0; i < panel->curves; i++) {
        const size_t look = panel->curve[i].variant + 1;
        const int marker = markers[panel->curve[i].variant % MARKERS];
        if (marker >= 4 && marker % 2 == 0) /* an open marker stays open: its filled form in white */
            text_append(out, "%s$mean_%zu_%zu using 1:2 with points pt %d ps mark lc rgb '#ffffff'", command,
                        p + 1, look, marker + 1);
        text_append(out, "%s$mean_%zu_%zu using 1:2 with points lt %zu lw 1 ps mark", command, p + 1, look,
                    look);
    }
    text_append(out, "\n");
}

static void write_panel(struct text *out, const struct panel *panel, size_t p, struct page page, double top)
{
    text_append(out, "\n# ---- panel %zu ----\n", p + 1);
    for (size_t i = 0; i < panel->curves; i++)
        write_data(out, panel, p, panel->curve[i].variant);
    write_axes(out, panel, page, top);
    write_titles(out, panel, page, top);
    for (size_t i = 0; i < panel->curves; i++)
        write_label(out, panel, &panel->curve[i], page, top);
    write_plot(out, panel, p);
    text_append(out, "unset label; unset arrow; unset object\n");
}

void plot_script(struct text *out, const struct panel *panels, size_t count)
{
    const struct page page = lay_out(out, panels, count);
    double top = page.height;
    write_head(out, page);
    write_looks(out, panels[0].of.results);
    text_append(out, "set multiplot\n");
    for (size_t p = 0; p < count; p++) {
        write_panel(out, &panels[p], p, page, top - above);
        top -= above + panels[p].height + below;
    }
    text_append(out, "\nunset multiplot\nset output\n");
}
