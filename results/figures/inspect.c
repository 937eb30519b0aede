/* inspect.c -- an encoder by itself at one length: a row of panels for each place where it acts. */
#include "results/figures/inspect.h"

#include <math.h>
#include <stdio.h>

#include "results/figures/inspected_plot.h"
#include "results/figures/panels.h"
#include "results/figures/plot_text.h"
#include "results/figures/publish.h"
#include "support/label.h"
#include "support/memory.h"

/* Inches, and ems around the axes. */
static const double map_left = 0.64, map_size = 2.35, curve_left = 4.2, right_edge = 0.62, height = 2.35;
static const double names_em = 3.4, gap_em = 0.9;

/* ---- rows of panels ---- */

/* A vertical line at the value of this name, where it lies inside; the first of all is at the training
 * length. */
struct marked {
    const char *value, *colour, *label;
};

/* A row is drawn where its array is there: a map, and beside it a curve; or one of them alone. */
static const struct row {
    const char *array, *title; /* of the map; the title NULL: no map */
    bool similarity;           /* its colours are from -1 to 1 */
    const char *curve;         /* the array of the curve; NULL: pairs of dimensions */
    const char *curve_title, *x_name, *y_name;
    double limit;  /* the curve lies between -limit and limit; NAN: as the data do */
    bool apparent; /* logarithmic, with the diagonal */
    struct marked marked[INSPECT_MARKERS_MAX];
} rows[] = {
    {"additive_similarity", "Added vectors: cosine of two places", true, "additive_similarity_by_distance",
     "by distance: mean and range", "distance, tokens", "cosine", 1.05},
    {"rotation_similarity",
     "Rotation: what is left of all-ones content",
     true,
     "rotation_similarity_by_distance",
     "by distance: mean and range",
     "distance, tokens",
     "share left",
     1.05,
     false,
     {{"rotation_negative", "#D55E00", "negative first at"},
      {"rotation_critical_length", "#B85C8E", "critical dimension lasts to"},
      {"rotation_bound", "#0072B2", "published bound of its base"}}},
    {"turns"},
    {"bias",
     "Bias of logits: head 1",
     false,
     "bias_by_distance",
     "of the last query, by distance, each head",
     "distance, tokens",
     "bias",
     NAN,
     false,
     {{"bias_constant_from", "#D55E00", "constant from"}}},
    {"apparent_distance", "Keys seen, and the distance they appear at", false,
     "apparent_distance_by_distance", "by distance; dotted: the same", "distance, tokens", "apparent", NAN,
     true},
    {"query_scale", NULL, false, "query_scale", "Factor of the content term of a query",
     "place of the query, from 1", "factor", NAN},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void add_marker(struct inspect_curve *curve, const struct inspect_figure *figure, double x,
                       const char *colour, const char *dash, const char *label)
{
    struct inspect_marker *marker = &curve->marker[curve->markers];
    if (isnan(x) || x < 1 || x > (double)(figure->length->length - 1) ||
        curve->markers == INSPECT_MARKERS_MAX)
        return;
    *marker = (struct inspect_marker){x, colour, dash, ""};
    snprintf(marker->label, sizeof marker->label, x < 100 ? "%s %.4g" : "%s %.0f", label, x);
    curve->markers++;
}

static void draw_pairs(struct text *out, struct inspect_figure *figure, struct panel_place left,
                       const struct panel_place *right)
{
    const bool base = !isnan(inspected_value(figure->length, "rotation_base"));
    left.right = base ? left.right + 0.5 : right->right;
    inspect_turns(out, figure, &left);
    if (base)
        inspect_bounds(out, figure, right);
}

static void draw_row(struct text *out, struct inspect_figure *figure, const struct row *row, double top)
{
    const struct inspected_length *length = figure->length;
    const struct panel_place left = {map_left, map_left + map_size, top - height, top};
    const struct panel_place right = {row->title || !row->curve ? curve_left : map_left,
                                      figure->sheet->width - right_edge, top - height, top};
    if (!row->curve) {
        draw_pairs(out, figure, left, &right);
        return;
    }
    struct inspect_curve curve = {.array = inspected_find(length, row->curve),
                                  .title = row->curve_title,
                                  .x_name = row->x_name,
                                  .y_name = row->y_name,
                                  .y_minimum = -row->limit,
                                  .y_maximum = row->limit,
                                  .y_logarithmic = row->apparent,
                                  .diagonal = row->apparent};
    if (row->title)
        inspect_map(out, figure, &left, inspected_find(length, row->array), 0, row->similarity, row->title);
    add_marker(&curve, figure, (double)figure->inspected->trained_length, "#6f6f6f", "(6,4)", "L =");
    for (const struct marked *at = row->marked; at->value; at++)
        add_marker(&curve, figure, inspected_value(length, at->value), at->colour, "(2,3)", at->label);
    inspect_curve(out, figure, &right, &curve);
}

/* ---- words ---- */

static void heading(struct text *title, struct text *subtitle, const struct inspect_figure *figure)
{
    const struct inspected *inspected = figure->inspected;
    const double ratio = (double)figure->length->length / (double)inspected->trained_length;
    plot_text_name(title, inspected->variant, PLOT_NAME_SHOWN);
    text_append(title, ": untrained, n = %zu (", figure->length->length);
    plot_text_ratio(title, ratio);
    text_append(title, " L)");
    label_plain(subtitle, text_string(&inspected->encoder));
    text_append(subtitle, "; positions ");
    label_plain(subtitle, text_string(&inspected->positions));
    text_append(subtitle, "; layer %zu of %zu, %zu heads of width %zu, L = %zu.", inspected->layer,
                inspected->layers, inspected->heads, inspected->width / inspected->heads,
                inspected->trained_length);
}

static bool is_zero(const struct inspected_array *array)
{
    for (size_t i = 0; array && i < array->extent[0] * array->extent[1]; i++)
        if (array->values[i] != 0 && !isnan(array->values[i]))
            return false;
    return array != NULL;
}

static void note(struct text *out, const struct inspect_figure *figure, size_t drawn)
{
    const struct inspected *inspected = figure->inspected;
    if (figure->length->refusal[0]) {
        text_append(out, "There is no pass of this length: ");
        label_plain(out, figure->length->refusal);
        text_append(out, ".");
        return;
    }
    if (drawn == 0 && inspected->content.length == 0)
        text_append(out,
                    "Nothing here acts on positions: to a query, all keys before it stand at the same place. "
                    "What is left of order is the causal mask.  ");
    else if (drawn > 0)
        text_append(out, "Maps: grey where a key is not seen%s.  ",
                    figure->length->length > inspected->trained_length ? "; dashed lines: the training length"
                                                                       : "");
    if (is_zero(inspected_find(figure->length, "bias_by_distance")))
        text_append(out, "Every bias of a key that is seen is 0 before training.  ");
    if (inspected->content.length > 0) {
        text_append(out, "Not shown, because it depends on the text: ");
        label_plain(out, text_string(&inspected->content));
        text_append(out, ".  ");
    }
    text_append(out, "Does not act on: %s.", text_string(&inspected->idle));
}

/* ---- whole ---- */

static double row_pitch(const struct sheet *sheet)
{
    return height + (INSPECT_TITLE + names_em + gap_em) * sheet->em;
}

/* Labels that stand already are drawn with the first plot. */
static void write_rows(struct text *out, struct inspect_figure *figure, size_t drawn, double top)
{
    if (drawn == 0)
        text_append(out,
                    "unset border; unset xtics; unset ytics; unset grid; set xrange [0:1]; set yrange [0:1]\n"
                    "plot 2 with lines lc rgb '#ffffff'\n");
    for (size_t r = 0; r < ROWS; r++)
        if (inspected_find(figure->length, rows[r].array)) {
            text_append(out, "\n# ---- %s ----\n", rows[r].array);
            draw_row(out, figure, &rows[r], top - INSPECT_TITLE * figure->sheet->em);
            top -= row_pitch(figure->sheet);
        }
}

static double draw(struct text *out, void *block, size_t p, const struct sheet *sheet, double top)
{
    struct inspect_figure *figure = block;
    const double margin = 0.5 * sheet->em;
    struct sheet_words words = {.note = {0}};
    size_t drawn = 0;
    (void)p;
    figure->sheet = sheet;
    for (size_t r = 0; r < ROWS; r++)
        drawn += inspected_find(figure->length, rows[r].array) != NULL;
    heading(&words.title, &words.subtitle, figure);
    note(&words.note, figure, drawn);
    const double first = top - sheet_heading(out, sheet, &words, margin, top);
    const double bottom = first - (double)drawn * row_pitch(sheet);
    const double foot = sheet_foot(out, sheet, &words, margin, bottom);
    if (out && !out->failed) /* without memory `first` is no place */
        write_rows(out, figure, drawn, first);
    sheet_words_release(&words);
    return top - bottom + foot;
}

enum status inspected_plot_check(const char *formats, struct message *message)
{
    bool wanted[PUBLISH_WORDS];
    return publish_words(wanted, formats, "format", publish_format, message);
}

enum status inspected_plot(const struct inspected *inspected, const char *folder, const char *formats,
                           struct text *written, struct message *message)
{
    static const struct panels panels = {.about = "an encoder by itself", .draw = draw};
    bool wanted[PUBLISH_WORDS];
    enum status status = publish_words(wanted, formats, "format", publish_format, message);
    for (size_t i = 0; !status && i < inspected->lengths; i++) {
        struct sheet sheet = sheet_of(&figure_sizes[0]);
        struct inspect_figure block = {.inspected = inspected, .length = &inspected->at[i]};
        struct figure figure = {.kind = "inspect"};
        snprintf(figure.name, sizeof figure.name, "n%zu", inspected->at[i].length);
        panels_script(&figure.script, &sheet, figure.name, &panels, &block, 1);
        status = figure_publish(folder, &figure, wanted, written, message);
        text_release(&figure.script);
    }
    return status;
}
