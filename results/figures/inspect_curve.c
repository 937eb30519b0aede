/* inspect_curve.c -- curves over distances or places: a mean with its spread, or one for each head. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/figures/inspect.h"

enum { HEADS_LABELLED = 8 };

static const double label_gap = 0.06;

/* ---- data ---- */

static bool is_spread(const struct inspected_array *array)
{
    return strcmp(array->dimension[array->rank - 1], "spread") == 0;
}

/* Abscissae: the coordinate along the curve. */
static const struct inspected_array *along(const struct inspect_figure *figure,
                                           const struct inspected_array *array)
{
    return inspected_find(figure->length, is_spread(array) ? array->dimension[0] : array->dimension[1]);
}

static size_t curves_of(const struct inspected_array *array)
{
    return is_spread(array) ? 1 : array->extent[0];
}

static double value_at(const struct inspected_array *array, size_t curve, size_t i, size_t column)
{
    return is_spread(array) ? array->values[3 * i + column] : array->values[curve * array->extent[1] + i];
}

/* A place of a query counts from 1 here, so that all have a logarithm; distance 0 is left out. */
static double abscissa(const struct inspected_array *x, size_t i)
{
    return strcmp(x->name, "query") == 0 ? x->values[i] + 1 : x->values[i];
}

/* "x mean low high"; a key that is not seen breaks the curve. */
static void write_data(struct text *out, const struct inspect_figure *figure,
                       const struct inspect_curve *curve, size_t block)
{
    const struct inspected_array *array = curve->array, *x = along(figure, array);
    for (size_t c = 0; c < curves_of(array); c++) {
        bool broken = false, begun = false;
        text_append(out, "$curve_%zu_%zu << EOD\n", block, c);
        for (size_t i = 0; i < x->extent[0]; i++) {
            const double mean = value_at(array, c, i, 0);
            if (abscissa(x, i) < 1)
                continue;
            if (!isnan(mean)) {
                text_append(out, "%s%.10g %.8g %.8g %.8g\n", broken && begun ? "\n" : "", abscissa(x, i),
                            mean, value_at(array, c, i, 1), value_at(array, c, i, 2));
                begun = true;
            }
            broken = isnan(mean);
        }
        text_append(out, "EOD\n");
    }
}

/* The range of the data where none is given. */
static void range_of(double *low, double *high, const struct inspect_figure *figure,
                     const struct inspect_curve *curve)
{
    const struct inspected_array *array = curve->array, *x = along(figure, array);
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t c = 0; c < curves_of(array); c++)
        for (size_t i = 0; i < x->extent[0]; i++)
            for (size_t column = 0; column < 3; column++) {
                const double value = value_at(array, c, i, column);
                if (isnan(value) || abscissa(x, i) < 1 || (curve->y_logarithmic && value <= 0))
                    continue;
                *low = fmin(*low, value);
                *high = fmax(*high, value);
            }
    if (!(*low <= *high))
        *low = *high = curve->y_logarithmic ? 1 : 0;
    if (curve->y_logarithmic) {
        *low = fmax(*low, 0.1) / 1.3;
        *high *= 1.3;
        return;
    }
    const double edge = *high - *low > 1e-12 * (1 + fabs(*low)) ? 0.05 * (*high - *low) : 1;
    *low -= edge;
    *high += edge;
}

/* ---- markers ---- */

/* A line in the axes; its words stand over them, in its colour. */
static void write_markers(struct text *out, const struct inspect_figure *figure,
                          const struct panel_place *axes, const struct inspect_curve *curve)
{
    const struct sheet *sheet = figure->sheet;
    for (size_t m = 0; m < curve->markers; m++) {
        const struct inspect_marker *marker = &curve->marker[m];
        const double y = axes->top + (0.9 + 1.15 * (double)(curve->markers - 1 - m)) * sheet->em;
        char look[80];
        text_append(out,
                    "set arrow from first %.8g, graph 0 to first %.8g, graph 1 nohead lc rgb '%s' lw 1.2 dt "
                    "%s back\n",
                    marker->x, marker->x, marker->colour, marker->dash);
        text_append(out,
                    "set arrow from screen %.5f, screen %.5f to screen %.5f, screen %.5f nohead lc rgb '%s' "
                    "lw 1.2 dt "
                    "%s\n",
                    axes->left / sheet->width, y / sheet->height,
                    (axes->left + 1.6 * sheet->em) / sheet->width, y / sheet->height, marker->colour,
                    marker->dash);
        snprintf(look, sizeof look, "left textcolor rgb '%s' font note_font noenhanced", marker->colour);
        sheet_text(out, sheet, marker->label, axes->left + 2 * sheet->em, y, look);
    }
}

/* ---- heads ---- */

static bool is_labelled(size_t head, size_t heads)
{
    return heads > 1 && (heads <= HEADS_LABELLED || head == 0 || head + 1 == heads);
}

/* Do all heads have the same curve? */
static bool are_alike(const struct inspected_array *array)
{
    for (size_t h = 1; h < array->extent[0]; h++)
        for (size_t i = 0; i < array->extent[1]; i++) {
            const double first = array->values[i], other = array->values[h * array->extent[1] + i];
            if (first != other && !(isnan(first) && isnan(other)))
                return false;
        }
    return true;
}

/* "head 1" at the right of its curve's end; "all heads" where they are one curve. */
static void write_heads(struct text *out, const struct inspect_figure *figure, const struct panel_place *axes,
                        const struct inspect_curve *curve, double low, double high)
{
    const struct inspected_array *array = curve->array;
    const bool alike = curves_of(array) > 1 && are_alike(array);
    const size_t heads = alike ? 1 : curves_of(array);
    double at[HEADS_LABELLED + 2];
    size_t order[HEADS_LABELLED + 2], head[HEADS_LABELLED + 2], count = 0;
    for (size_t h = 0; h < heads; h++) {
        double value = NAN;
        if (!alike && !is_labelled(h, heads))
            continue;
        for (size_t i = 0; i < array->extent[1]; i++)
            if (!isnan(value_at(array, h, i, 0)))
                value = value_at(array, h, i, 0);
        head[count] = h;
        at[count++] = isnan(value) ? 0 : fmin(fmax((value - low) / (high - low), 0), 1);
    }
    sheet_push_apart(at, order, count, 1.15 * SHEET_NOTE * figure->sheet->em / (axes->top - axes->bottom));
    for (size_t i = 0; i < count; i++) {
        char name[32], look[80];
        if (alike)
            snprintf(name, sizeof name, "all heads");
        else
            snprintf(name, sizeof name, "head %zu", head[i] + 1);
        snprintf(look, sizeof look, "left textcolor rgb '%s' font note_font",
                 sheet_colour(alike ? curves_of(array) - 1 : head[i])); /* the last is drawn on top */
        sheet_text(out, figure->sheet, name, axes->right + label_gap,
                   axes->bottom + at[i] * (axes->top - axes->bottom), look);
    }
}

/* ---- drawing ---- */

static void write_plot(struct text *out, const struct inspect_curve *curve, size_t block)
{
    const size_t curves = curves_of(curve->array);
    const char *separator = "plot ";
    if (curve->diagonal) {
        text_append(out, "plot x with lines lc rgb grey lw 1 dt (2,3)");
        separator = ", ";
    }
    if (is_spread(curve->array)) {
        text_append(out,
                    "%s$curve_%zu_0 using 1:3:4 with filledcurves fc rgb '#0072B2' fs transparent solid 0.2 "
                    "noborder, "
                    "$curve_%zu_0 using 1:2 with lines lc rgb '#0072B2' lw 1.5 dt solid\n",
                    separator, block, block);
        return;
    }
    for (size_t c = 0; c < curves; c++, separator = ", ")
        text_append(out, "%s$curve_%zu_%zu using 1:2 with lines lc rgb '%s' lw 1.5 dt solid", separator,
                    block, c, sheet_colour(c));
    text_append(out, "\n");
}

void inspect_curve(struct text *out, struct inspect_figure *figure, const struct panel_place *place,
                   const struct inspect_curve *curve)
{
    const struct sheet *sheet = figure->sheet;
    const struct inspected_array *x = along(figure, curve->array);
    const double x_maximum = fmax(abscissa(x, x->extent[0] - 1), 2);
    const size_t block = figure->blocks++;
    struct panel_place axes = *place;
    double low = curve->y_minimum, high = curve->y_maximum;
    axes.top -= 1.15 * sheet->em * (double)curve->markers;
    if (isnan(low))
        range_of(&low, &high, figure, curve);
    write_data(out, figure, curve, block);
    inspect_panel_begin(out, figure, place, curve->title);
    sheet_axes(out, sheet, axes.left, axes.right, axes.bottom, axes.top);
    inspect_panel_names(out, figure, &axes, curve->x_name, curve->y_name);
    text_append(out, "set logscale x 2; set xrange [1:%.8g]; set yrange [%.8g:%.8g]\n", x_maximum, low, high);
    inspect_logarithmic_ticks(out, "x", 1, x_maximum, 2,
                              (size_t)((axes.right - axes.left) / (3.2 * sheet->em)));
    if (curve->y_logarithmic) {
        text_append(out, "set logscale y 2\n");
        inspect_logarithmic_ticks(out, "y", low, high, 2,
                                  (size_t)((axes.top - axes.bottom) / (2 * sheet->em)));
    } else {
        inspect_ticks(out, "y", low, high, (size_t)((axes.top - axes.bottom) / (2 * sheet->em)));
    }
    write_markers(out, figure, &axes, curve);
    if (!is_spread(curve->array))
        write_heads(out, figure, &axes, curve, low, high);
    write_plot(out, curve, block);
    inspect_panel_end(out);
}
