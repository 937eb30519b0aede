/* inspect.c -- an encoder by itself at one length: a row of panels for each place where it acts. */
#include "results/figures/inspect.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/figures/inspected_plot.h"
#include "results/figures/plot_text.h"
#include "results/figures/publish.h"
#include "support/label.h"
#include "support/memory.h"

/* Inches, and ems around the axes. */
static const double map_left = 0.64, map_size = 2.35, curve_left = 4.2, right_edge = 0.62, height = 2.35;
static const double title_em = INSPECT_TITLE, names_em = 3.4, gap_em = 0.9;

/* ---- rows of panels ---- */

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

static struct panel_place map_place(const struct inspect_figure *figure, double top)
{
    (void)figure;
    return (struct panel_place){map_left, map_left + map_size, top - height, top};
}

static struct panel_place curve_place(const struct inspect_figure *figure, double top)
{
    return (struct panel_place){curve_left, figure->page->width - right_edge, top - height, top};
}

static void row_additive(struct text *out, struct inspect_figure *figure, double top)
{
    const struct panel_place left = map_place(figure, top), right = curve_place(figure, top);
    struct inspect_curve curve = {.array = inspected_find(figure->length, "additive_similarity_by_distance"),
                                  .title = "by distance: mean and range",
                                  .x_name = "distance, tokens",
                                  .y_name = "cosine",
                                  .y_minimum = -1.05,
                                  .y_maximum = 1.05};
    inspect_map(out, figure, &left, inspected_find(figure->length, "additive_similarity"), 0, true,
                "Added vectors: cosine of two places");
    add_marker(&curve, figure, (double)figure->inspected->trained_length, "#6f6f6f", "(6,4)", "L =");
    inspect_curve(out, figure, &right, &curve);
}

static void row_rotation(struct text *out, struct inspect_figure *figure, double top)
{
    const struct panel_place left = map_place(figure, top), right = curve_place(figure, top);
    const struct inspected_length *length = figure->length;
    struct inspect_curve curve = {.array = inspected_find(length, "rotation_similarity_by_distance"),
                                  .title = "by distance: mean and range",
                                  .x_name = "distance, tokens",
                                  .y_name = "share left",
                                  .y_minimum = -1.05,
                                  .y_maximum = 1.05};
    inspect_map(out, figure, &left, inspected_find(length, "rotation_similarity"), 0, true,
                "Rotation: what is left of all-ones content");
    add_marker(&curve, figure, (double)figure->inspected->trained_length, "#6f6f6f", "(6,4)", "L =");
    add_marker(&curve, figure, inspected_value(length, "rotation_negative"), "#D55E00", "(2,3)",
               "negative first at");
    add_marker(&curve, figure, inspected_value(length, "rotation_critical_length"), "#B85C8E", "(2,3)",
               "critical dimension lasts to");
    add_marker(&curve, figure, inspected_value(length, "rotation_bound"), "#0072B2", "(2,3)",
               "published bound of its base");
    inspect_curve(out, figure, &right, &curve);
}

static void row_pairs(struct text *out, struct inspect_figure *figure, double top)
{
    const bool base = !isnan(inspected_value(figure->length, "rotation_base"));
    const struct panel_place right = curve_place(figure, top);
    struct panel_place left = map_place(figure, top);
    left.right = base ? left.right + 0.5 : right.right;
    inspect_turns(out, figure, &left);
    if (base)
        inspect_bounds(out, figure, &right);
}

static void row_bias(struct text *out, struct inspect_figure *figure, double top)
{
    const struct panel_place left = map_place(figure, top), right = curve_place(figure, top);
    struct inspect_curve curve = {.array = inspected_find(figure->length, "bias_by_distance"),
                                  .title = "of the last query, by distance, each head",
                                  .x_name = "distance, tokens",
                                  .y_name = "bias",
                                  .y_minimum = NAN};
    inspect_map(out, figure, &left, inspected_find(figure->length, "bias"), 0, false,
                "Bias of logits: head 1");
    add_marker(&curve, figure, (double)figure->inspected->trained_length, "#6f6f6f", "(6,4)", "L =");
    add_marker(&curve, figure, inspected_value(figure->length, "bias_constant_from"), "#D55E00", "(2,3)",
               "constant from");
    inspect_curve(out, figure, &right, &curve);
}

static void row_keys(struct text *out, struct inspect_figure *figure, double top)
{
    const struct panel_place left = map_place(figure, top), right = curve_place(figure, top);
    struct inspect_curve curve = {.array = inspected_find(figure->length, "apparent_distance_by_distance"),
                                  .title = "by distance; dotted: the same",
                                  .x_name = "distance, tokens",
                                  .y_name = "apparent",
                                  .y_minimum = NAN,
                                  .y_logarithmic = true,
                                  .diagonal = true};
    inspect_map(out, figure, &left, inspected_find(figure->length, "apparent_distance"), 0, false,
                "Keys seen, and the distance they appear at");
    add_marker(&curve, figure, (double)figure->inspected->trained_length, "#6f6f6f", "(6,4)", "L =");
    inspect_curve(out, figure, &right, &curve);
}

static void row_scale(struct text *out, struct inspect_figure *figure, double top)
{
    const struct panel_place place = {map_left, figure->page->width - right_edge, top - height, top};
    struct inspect_curve curve = {.array = inspected_find(figure->length, "query_scale"),
                                  .title = "Factor of the content term of a query",
                                  .x_name = "place of the query, from 1",
                                  .y_name = "factor",
                                  .y_minimum = NAN};
    add_marker(&curve, figure, (double)figure->inspected->trained_length, "#6f6f6f", "(6,4)", "L =");
    inspect_curve(out, figure, &place, &curve);
}

/* A row is drawn where its array is there. */
static const struct row {
    const char *array;
    void (*draw)(struct text *out, struct inspect_figure *figure, double top);
} rows[] = {{"additive_similarity", row_additive},
            {"rotation_similarity", row_rotation},
            {"turns", row_pairs},
            {"bias", row_bias},
            {"apparent_distance", row_keys},
            {"query_scale", row_scale}};
enum { ROWS = sizeof rows / sizeof *rows };

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

static double row_pitch(const struct page *page)
{
    return height + (title_em + names_em + gap_em) * page->em;
}

/* Rows from `top` downwards; labels that stand already are drawn with the first plot. */
static void write_rows(struct text *out, struct inspect_figure *figure, size_t drawn, double top)
{
    if (drawn == 0)
        text_append(out,
                    "unset border; unset xtics; unset ytics; unset grid; set xrange [0:1]; set yrange [0:1]\n"
                    "plot 2 with lines lc rgb '#ffffff'\n");
    for (size_t r = 0; r < ROWS && !out->failed; r++) /* without memory `top` is no place */
        if (inspected_find(figure->length, rows[r].array)) {
            text_append(out, "\n# ---- %s ----\n", rows[r].array);
            rows[r].draw(out, figure, top - title_em * figure->page->em);
            top -= row_pitch(figure->page);
        }
}

static void script(struct text *out, const struct inspected *inspected, const struct inspected_length *length,
                   const char *name)
{
    struct page page = page_of(&figure_sizes[0]);
    struct inspect_figure figure = {.inspected = inspected, .length = length, .page = &page};
    const double margin = 0.5 * page.em;
    struct text title = {0}, subtitle = {0}, foot = {0};
    size_t drawn = 0;
    for (size_t r = 0; r < ROWS; r++)
        drawn += inspected_find(length, rows[r].array) != NULL;
    heading(&title, &subtitle, &figure);
    note(&foot, &figure, drawn);
    const double of_rows = (double)drawn * row_pitch(&page);
    page.height = 2 * margin + page_heading(NULL, &page, &title, &subtitle, margin, 0) + of_rows +
                  page_foot(NULL, &page, &foot, margin, 0);
    page_head(out, &page, name, "an encoder by itself");
    if (!out->failed) { /* without memory the page has no height */
        double top = page.height - margin;
        text_append(out, "set multiplot\n");
        top -= page_heading(out, &page, &title, &subtitle, margin, top);
        page_foot(out, &page, &foot, margin, top - of_rows);
        write_rows(out, &figure, drawn, top);
        text_append(out, "\nunset multiplot\nset output\n");
    }
    text_release(&title);
    text_release(&subtitle);
    text_release(&foot);
}

enum status inspected_plot_check(const char *formats, struct message *message)
{
    bool wanted[PUBLISH_WORDS];
    return publish_words(wanted, formats, "format", publish_format, message);
}

enum status inspected_plot(const struct inspected *inspected, const char *folder, const char *formats,
                           struct text *written, struct message *message)
{
    bool wanted[PUBLISH_WORDS];
    enum status status = publish_words(wanted, formats, "format", publish_format, message);
    for (size_t i = 0; !status && i < inspected->lengths; i++) {
        struct figure figure = {.kind = "inspect"};
        snprintf(figure.name, sizeof figure.name, "n%zu", inspected->at[i].length);
        script(&figure.script, inspected, &inspected->at[i], figure.name);
        status = figure_publish(folder, &figure, wanted, written, message);
        text_release(&figure.script);
    }
    return status;
}
