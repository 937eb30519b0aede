/* inspect_map.c -- a number for each query and key, as colours.
 *
 * Sequential maps are viridis (sheet_palette).  Alikeness has a sign: there blue is unlike,
 * white 0, red alike (the poles of ColorBrewer's RdBu, Harrower and Brewer 2003). */
#include <math.h>

#include "results/figures/inspect.h"

static const double bar_gap = 0.08, bar_width = 0.11;

static const char similarity_palette[] = "set palette maxcolors 256 defined (-1 '#2166ac', -0.5 '#92c5de', 0 "
                                         "'#f7f7f7', 0.5 '#f4a582', 1 '#b2182b')\n";
static void write_data(struct text *out, size_t block, const double *values, size_t rows, size_t columns)
{
    text_append(out, "$map_%zu << EOD\n", block);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++)
            if (isnan(values[i * columns + j]))
                text_append(out, "%sNaN", j > 0 ? " " : "");
            else
                text_append(out, "%s%.4g", j > 0 ? " " : "", values[i * columns + j]);
        text_append(out, "\n");
    }
    text_append(out, "EOD\n");
}

static void range_of(double *low, double *high, const double *values, size_t count)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i])) {
            *low = fmin(*low, values[i]);
            *high = fmax(*high, values[i]);
        }
    if (!(*low <= *high))
        *low = *high = 0;
    if (*high - *low < 1e-12 * (1 + fabs(*low))) /* one value alone has a scale, too */
        *high += 1;
}

static void write_scale(struct text *out, const struct inspect_figure *figure,
                        const struct panel_place *place, double low, double high)
{
    const struct sheet *sheet = figure->sheet;
    text_append(out,
                "set colorbox user origin screen %.5f, screen %.5f size screen %.5f, screen %.5f noborder\n"
                "set cbrange [%.8g:%.8g]\n",
                (place->right + bar_gap) / sheet->width, place->bottom / sheet->height,
                bar_width / sheet->width, (place->top - place->bottom) / sheet->height, low, high);
    inspect_ticks(out, "cb", low, high, 5);
    text_append(out, "set cbtics scale 0 font note_font offset -0.8,0\n");
}

/* Where queries and keys pass the training length. */
static void write_trained(struct text *out, const struct inspect_figure *figure)
{
    const double trained = (double)figure->inspected->trained_length - 0.5;
    if (figure->length->length <= figure->inspected->trained_length)
        return;
    text_append(
        out,
        "set arrow from first %.8g, graph 0 to first %.8g, graph 1 nohead lc rgb '#111111' lw 0.9 dt (5,4) "
        "front\n"
        "set arrow from graph 0, first %.8g to graph 1, first %.8g nohead lc rgb '#111111' lw 0.9 dt (5,4) "
        "front\n",
        trained, trained, trained, trained);
}

void inspect_map(struct text *out, struct inspect_figure *figure, const struct panel_place *place,
                 const struct inspected_array *array, size_t head, bool similarity, const char *title)
{
    const size_t rows = array->extent[array->rank - 2], columns = array->extent[array->rank - 1];
    const double *values = array->values + head * rows * columns;
    const double last = (double)(figure->length->length - 1), step = last / (double)(columns - 1);
    const size_t block = figure->blocks++;
    double low = -1, high = 1;
    if (!similarity)
        range_of(&low, &high, values, rows * columns);
    write_data(out, block, values, rows, columns);
    inspect_panel_begin(out, figure, place, title);
    inspect_panel_names(out, figure, place, "key", "query");
    text_append(
        out,
        "unset grid; set border 0; set xtics scale 0; set ytics scale 0; set style fill solid 1 noborder\n");
    text_append(out, "set xrange [%.8g:%.8g]; set yrange [%.8g:%.8g]\n", -step / 2, last + step / 2,
                last + step / 2, -step / 2);
    inspect_ticks(out, "x", 0, last + 1, 4);
    inspect_ticks(out, "y", 0, last + 1, 4);
    if (similarity)
        text_append(out, "%s", similarity_palette);
    else
        sheet_palette(out);
    write_scale(out, figure, place, low, high);
    text_append(out,
                "set object 1 rectangle from graph 0, graph 0 to graph 1, graph 1 fc rgb '#e3e3e3' fillstyle "
                "solid 1 noborder behind\n");
    write_trained(out, figure);
    text_append(out, "plot $map_%zu matrix using ($1*%.12g):($2*%.12g):3 with image\n", block, step, step);
    inspect_panel_end(out);
}
