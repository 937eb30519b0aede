/* chart.h -- curves of variants over one axis: what they are and where they stand (private to results/).
 *
 * A figure fills a chart: chart_begin, chart_curve, chart_point and chart_dot, chart_finish.  How it is
 * drawn depends on how many curves there are and how much room (chart_script). */
#ifndef LEXBENCH_CHART_H
#define LEXBENCH_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "results/figures/figure.h"
#include "results/figures/page.h"

enum { CHART_TICK_SIZE = 48 };

struct chart_curve {
    size_t variant, points;
    double last_x, last_value; /* where its line ends */
    bool complete;             /* it ends where the longest of the chart does */
    double label;              /* height of its label: 0 bottom .. 1 top of the axis */
    struct text data;          /* lines "x mean low high"; a blank line breaks the curve */
    struct text dots;          /* lines "x value", one for each seed */
};

struct chart {
    const struct results *results;
    struct text title, subtitle, note, x_title, end_words; /* end_words: where curves end, "16×" */
    bool lower_is_better, percent, x_logarithmic, y_logarithmic, floored;
    double trained; /* where training ended on this axis; NAN = it does not say */
    double x_minimum, x_maximum, y_minimum, y_maximum;
    double x_last; /* of the data; x_maximum is of the axis */
    size_t ticks, curves, tick_capacity;
    struct chart_tick { /* none: at round numbers */
        double x;
        char label[CHART_TICK_SIZE]; /* lines are divided by "\n" */
    } * tick;
    struct chart_curve *curve;  /* room for all variants */
    struct text floor;          /* data of the best possible curve */
    double floor_x, floor_last; /* its end */
    double floor_label;
};

/* STATUS_FAILED: no memory. */
enum status chart_begin(struct chart *chart, const struct results *results, size_t ticks,
                        struct message *message);
void chart_release(struct chart *chart);

struct chart_curve *chart_curve(struct chart *chart, size_t variant);
void chart_point(struct chart *chart, struct chart_curve *curve, double x, const struct spread *spread,
                 bool gap);
void chart_dot(struct chart *chart, struct chart_curve *curve, double x, double value);
void chart_floor(struct chart *chart, double x, double value);
void chart_tick(struct chart *chart, double x, const char *label);
/* Drops a curve that got no point; ranges of the axes; label heights for axes of `height` inches are
 * chart_place_labels'. */
void chart_finish(struct chart *chart);

/* pitch: least distance of two labels as a share of the height of the axes. */
enum status chart_place_labels(struct chart *chart, double pitch, struct message *message);

/* order(curves): curves from the best at their end to the worst; those that end early come last. */
void chart_rank(size_t *order, const struct chart *chart);

/* The script of one figure of charts, one under the other: few curves are labelled beside their ends, many
 * become ranked small multiples, each with all others in grey.  name, about: page_head's. */
enum status chart_script(struct text *out, struct chart *charts, size_t count, const struct figure_size *size,
                         const char *name, const char *about, struct message *message);

/* ---- chart_figures.c ---- */

/* A kind of figure that consists of charts. */
struct chart_recipe {
    const char *about, *caption;
    /* Makes the chart of one table of the results (chart_begin first, whatever happens after); one without
     * curves is left out.  The chart is the caller's, also when memory runs out. */
    enum status (*fill)(struct chart *chart, const struct selection *table, struct message *message);
    bool protocols; /* one for each protocol, all on the scale of the figure; else the first asked */
};
/* One figure for each dataset. */
enum status chart_figures(struct figure_list *list, const struct figure_wish *wish,
                          const struct chart_recipe *recipe, struct message *message);

/* ---- chart_axes.c: what both ways of drawing share ---- */

/* Data blocks $curve_P_V, $dots_P_V and $floor_P of panel p (from 0). */
void chart_write_data(struct text *out, const struct chart *chart, size_t p);
/* Ranges and scales; ticks as many as do not touch on axes of these inches; x_labels, y_labels: are their
 * labels shown? */
void chart_write_axes(struct text *out, const struct chart *chart, const struct page *page, double width,
                      double height, bool x_labels, bool y_labels);
/* Lines of the tick labels: 1 or 2. */
size_t chart_tick_lines(const struct chart *chart);

/* ---- chart_grid.c ---- */

/* Height of a chart's block as small multiples, in inches; drawn when out is not NULL, below `top`. */
double chart_grid(struct text *out, const struct chart *chart, size_t p, const struct page *page, double top);

#endif
