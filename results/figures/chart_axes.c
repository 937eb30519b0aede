/* chart_axes.c -- data blocks, scales and ticks of a chart. */
#include <math.h>
#include <string.h>

#include "results/figures/chart.h"
#include "results/figures/plot_text.h"

void chart_write_data(struct text *out, const struct chart *chart, size_t p)
{
    for (size_t i = 0; i < chart->curves; i++) {
        const struct chart_curve *curve = &chart->curve[i];
        text_append(out, "$curve_%zu_%zu << EOD\n%sEOD\n", p + 1, curve->variant + 1,
                    text_string(&curve->data));
        if (curve->dots.length > 0)
            text_append(out, "$dots_%zu_%zu << EOD\n%sEOD\n", p + 1, curve->variant + 1,
                        text_string(&curve->dots));
        text_carry(out, &curve->data);
        text_carry(out, &curve->dots);
    }
    if (chart->floored)
        text_append(out, "$floor_%zu << EOD\n%sEOD\n", p + 1, text_string(&chart->floor));
    text_carry(out, &chart->floor);
}

size_t chart_tick_lines(const struct chart *chart)
{
    size_t lines = 1;
    for (size_t i = 0; i < chart->ticks; i++)
        if (strchr(chart->tick[i].label, '\n'))
            lines = 2;
    return lines;
}

/* In inches from the left of the axes. */
static double place(const struct chart *chart, double x, double width)
{
    if (chart->x_logarithmic)
        return width * log(x / chart->x_minimum) / log(chart->x_maximum / chart->x_minimum);
    return width * (x - chart->x_minimum) / (chart->x_maximum - chart->x_minimum);
}

/* The wider of the lines of a label. */
static double label_inches(const struct sheet *sheet, const char *label)
{
    char line[CHART_TICK_SIZE];
    double widest = 0;
    while (*label) {
        const size_t bytes = strcspn(label, "\n");
        memcpy(line, label, bytes);
        line[bytes] = '\0';
        widest = fmax(widest, sheet_inches(sheet, line, SHEET_LABEL));
        label += bytes + (label[bytes] == '\n');
    }
    return widest;
}

/* Do labels at every k-th tick, counted from `from`, stand apart? */
static bool apart(const struct chart *chart, const struct sheet *sheet, double width, size_t from, size_t k)
{
    double taken = -INFINITY;
    for (size_t i = from % k; i < chart->ticks; i += k) {
        const double at = place(chart, chart->tick[i].x, width);
        const double half = label_inches(sheet, chart->tick[i].label) / 2 + 0.3 * sheet->em;
        if (at - half < taken)
            return false;
        taken = at + half;
    }
    return true;
}

/* Marked at all places; labelled at the end of training and every k-th from there, so that they do not touch.
 */
static void write_x_ticks(struct text *out, const struct chart *chart, const struct sheet *sheet,
                          double width, bool labels)
{
    const char *comma = "";
    size_t from = 0, k = 1;
    for (size_t i = 0; i < chart->ticks; i++)
        if (chart->tick[i].x == chart->trained)
            from = i;
    while (k < chart->ticks && !apart(chart, sheet, width, from, k))
        k++;
    text_append(out, "set xtics (");
    for (size_t i = 0; i < chart->ticks; i++) {
        const struct chart_tick *tick = &chart->tick[i];
        if (tick->x < chart->x_minimum || tick->x > chart->x_maximum)
            continue;
        text_append(out, "%s\"", comma);
        comma = ", ";
        for (const char *c = tick->label; labels && i % k == from % k && *c; c++)
            text_append(out, *c == '\n' ? "\\n" : "%c", *c);
        text_append(out, "\" %.10g", tick->x);
    }
    text_append(out, ")\n");
}

/* At 1, 2, 5 of each decade, more or fewer as there is room. */
static void write_logarithmic_ticks(struct text *out, const struct chart *chart, size_t most, bool labels)
{
    static const double digits[3][5] = {{1, 2, 3, 5, 7}, {1, 2, 5, 0, 0}, {1, 0, 0, 0, 0}};
    const char *comma = "";
    const double decades = log10(chart->y_maximum / chart->y_minimum);
    const size_t set = decades * 5 <= (double)most ? 0 : decades * 3 <= (double)most ? 1 : 2;
    text_append(out, "set ytics (");
    for (double decade = pow(10, floor(log10(chart->y_minimum))); decade <= chart->y_maximum; decade *= 10)
        for (size_t i = 0; i < 5 && digits[set][i] > 0; i++) {
            const double value = digits[set][i] * decade;
            if (value < chart->y_minimum || value > chart->y_maximum)
                continue;
            if (labels)
                text_append(out, "%s\"%.4g\" %.4g", comma, value, value);
            else
                text_append(out, "%s\"\" %.4g", comma, value);
            comma = ", ";
        }
    text_append(out, ")\n");
}

void chart_write_axes(struct text *out, const struct chart *chart, const struct sheet *sheet, double width,
                      double height, bool x_labels, bool y_labels)
{
    const size_t most = (size_t)fmax(2, floor(height / (2.2 * sheet->em)));
    text_append(out, "set xrange [%.6g:%.6g]; set yrange [%.6g:%.6g]\n", chart->x_minimum, chart->x_maximum,
                chart->y_minimum, chart->y_maximum);
    text_append(out, "%s\n", chart->x_logarithmic ? "set logscale x 2" : "unset logscale x");
    text_append(out, "%s\n", chart->y_logarithmic ? "set logscale y 10" : "unset logscale y");
    if (chart->ticks > 0)
        write_x_ticks(out, chart, sheet, width, x_labels);
    else
        sheet_ticks(out, "x", chart->x_minimum, chart->x_maximum, (size_t)fmax(2, width / (5 * sheet->em)),
                    x_labels);
    text_append(out, "set format y '%s'\n", y_labels ? "%g" : "");
    if (chart->y_logarithmic)
        write_logarithmic_ticks(out, chart, most, y_labels);
    else if (chart->percent)
        text_append(out, "set ytics 0,%d,100\n", most >= 6 ? 20 : 50);
    else
        sheet_ticks(out, "y", chart->y_minimum, chart->y_maximum, most, y_labels);
}
