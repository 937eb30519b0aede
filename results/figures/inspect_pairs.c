/* inspect_pairs.c -- how far pairs of dimensions turn, and the published bounds of their base. */
#include <math.h>
#include <stdio.h>

#include "results/figures/inspect.h"

static const char trained_colour[] = "#333333", now_colour[] = "#D55E00", base_colour[] = "#0072B2";

static void range_of(double *low, double *high, const struct inspected_array *array)
{
    for (size_t t = 0; t < array->extent[0]; t++)
        if (array->values[t] > 0) {
            *low = fmin(*low, array->values[t]);
            *high = fmax(*high, array->values[t]);
        }
}

/* A name with its mark (0 = none), over the axes at the k-th place. */
static void write_legend(struct text *out, const struct inspect_figure *figure,
                         const struct panel_place *axes, const char *name, const char *colour, int marker,
                         size_t k)
{
    const struct sheet *sheet = figure->sheet;
    const double y = axes->top + (0.9 + 1.15 * (double)k) * sheet->em;
    char look[80];
    if (marker > 0)
        text_append(out, "set label '' at screen %.5f, screen %.5f point pt %d lc rgb '%s' ps 0.8*mark\n",
                    (axes->left + 0.4 * sheet->em) / sheet->width, y / sheet->height, marker, colour);
    snprintf(look, sizeof look, "left textcolor rgb '%s' font note_font", colour);
    sheet_text(out, sheet, name, axes->left + (marker > 0 ? sheet->em : 0), y, look);
}

static void write_turns(struct text *out, size_t block, const struct inspected_array *array, const char *name)
{
    text_append(out, "$%s_%zu << EOD\n", name, block);
    for (size_t t = 0; t < array->extent[0]; t++)
        if (array->values[t] > 0)
            text_append(out, "%zu %.8g\n", t + 1, array->values[t]);
    text_append(out, "EOD\n");
}

void inspect_turns(struct text *out, struct inspect_figure *figure, const struct panel_place *place)
{
    const struct sheet *sheet = figure->sheet;
    const struct inspected_array *turns = inspected_find(figure->length, "turns");
    const struct inspected_array *trained = inspected_find(figure->length, "turns_trained");
    const double pairs = (double)turns->extent[0];
    const size_t block = figure->blocks++;
    struct panel_place axes = *place;
    double low = 1, high = 1;
    char now[60], before[60];
    axes.top -= 2 * 1.15 * sheet->em;
    range_of(&low, &high, turns);
    range_of(&low, &high, trained);
    snprintf(now, sizeof now, "at n = %zu", figure->length->length);
    snprintf(before, sizeof before, "in training, L = %zu", figure->inspected->trained_length);
    write_turns(out, block, turns, "turns");
    write_turns(out, block, trained, "trained");
    inspect_panel_begin(out, figure, place, "Full circles of each pair of dimensions");
    sheet_axes(out, sheet, axes.left, axes.right, axes.bottom, axes.top);
    inspect_panel_names(out, figure, &axes, "pair, the fastest first", "circles");
    text_append(out, "set xrange [0.3:%.8g]; set logscale y 10; set yrange [%.8g:%.8g]\n", pairs + 0.7,
                low / 2, high * 2);
    inspect_ticks(out, "x", 1, pairs, 8);
    inspect_logarithmic_ticks(out, "y", low / 2, high * 2, 10,
                              (size_t)((axes.top - axes.bottom) / (2 * sheet->em)));
    text_append(
        out,
        "set object 1 rectangle from graph 0, first 1 to graph 1, graph 1 fc rgb shade fillstyle solid 1 "
        "noborder behind\n"
        "set arrow from graph 0, first 1 to graph 1, first 1 nohead lc rgb grey lw 1 dt (6,4) back\n");
    write_legend(out, figure, &axes, now, now_colour, 7, 1);
    write_legend(out, figure, &axes, before, trained_colour, 6, 0);
    text_append(out,
                "plot $turns_%zu using 1:2 with points pt 7 lc rgb '%s' ps 0.8*mark, "
                "$trained_%zu using 1:2 with points pt 6 lc rgb '%s' ps 0.8*mark lw 1\n",
                block, now_colour, block, trained_colour);
    inspect_panel_end(out);
}

/* ---- bounds ---- */

static void write_bound(struct text *out, const struct inspect_figure *figure, const struct panel_place *axes,
                        double length, const char *name, double left, double right)
{
    const struct sheet *sheet = figure->sheet;
    const double x = axes->left + (axes->right - axes->left) * log(length / left) / log(right / left);
    if (length < left || length > right)
        return;
    text_append(
        out,
        "set arrow from first %.8g, graph 0 to first %.8g, graph 1 nohead lc rgb grey lw 1 dt (6,4) back\n",
        length, length);
    sheet_text(out, sheet, name, x, axes->top + 0.7 * sheet->em, "center textcolor rgb grey font note_font");
}

void inspect_bounds(struct text *out, struct inspect_figure *figure, const struct panel_place *place)
{
    const struct sheet *sheet = figure->sheet;
    const double base = inspected_value(figure->length, "rotation_base");
    const double n = (double)figure->length->length, trained = (double)figure->inspected->trained_length;
    const double left = fmin(trained, published_bounds[0].length) / 2;
    const double right = fmax(n, published_bounds[PUBLISHED_BOUNDS - 1].length) * 2;
    const double low = fmin(base, published_bounds[0].base) / 3;
    const double high = fmax(base, published_bounds[PUBLISHED_BOUNDS - 1].base) * 3;
    const size_t block = figure->blocks++;
    struct panel_place axes = *place;
    char words[80];
    axes.top -= 2 * 1.15 * sheet->em;
    text_append(out, "$bounds_%zu << EOD\n", block);
    for (size_t i = 0; i < PUBLISHED_BOUNDS; i++)
        text_append(out, "%.8g %.8g\n", published_bounds[i].length, published_bounds[i].base);
    text_append(out, "EOD\n");
    inspect_panel_begin(out, figure, place, "Least base for a context (Men et al. 2024, d = 128)");
    sheet_axes(out, sheet, axes.left, axes.right, axes.bottom, axes.top);
    inspect_panel_names(out, figure, &axes, "context, tokens", "base");
    text_append(out, "set logscale x 2; set logscale y 10; set xrange [%.8g:%.8g]; set yrange [%.8g:%.8g]\n",
                left, right, low, high);
    inspect_logarithmic_ticks(out, "x", left, right, 2,
                              (size_t)((axes.right - axes.left) / (3.2 * sheet->em)));
    inspect_logarithmic_ticks(out, "y", low, high, 10, (size_t)((axes.top - axes.bottom) / (2 * sheet->em)));
    write_bound(out, figure, &axes, trained, "L", left, right);
    if (n > trained)
        write_bound(out, figure, &axes, n, n < 4 * trained ? "      n" : "n", left, right);
    snprintf(words, sizeof words, "line: this base, %.6g", base);
    text_append(out,
                "set arrow from graph 0, first %.8g to graph 1, first %.8g nohead lc rgb '%s' lw 1.5 back\n",
                base, base, base_colour);
    write_legend(out, figure, &axes, words, base_colour, 0, 1);
    text_append(out,
                "plot $bounds_%zu using 1:2 with linespoints pt 7 lc rgb '%s' lw 1 dt solid ps 0.7*mark\n",
                block, trained_colour);
    inspect_panel_end(out);
}
