/* chart.h -- curves of variants over one axis: what they are and where they stand (private to results/).
 *
 * A figure fills a chart: chart_begin, chart_curve, chart_point and chart_dot, chart_finish.  How it is
 * drawn depends on how many curves there are and how much room (chart_script). */
#ifndef LEXBENCH_CHART_H
#define LEXBENCH_CHART_H

#include <stdbool.h>
#include <stddef.h>

#include "results/figures/figure.h"
#include "results/figures/panels.h"
#include "results/figures/sheet.h"

enum { CHART_TICK_SIZE = 48 };

struct chart_curve {
    size_t variant, points;
    double last_x, last_value; /* where its line ends */
    double trained;            /* where what this variant saw in training ends; NAN = the axis does not say */
    double trained_value;      /* its height there, NAN where it does not go on beyond */
    bool complete;             /* it ends where the longest of the chart does */
    double label;              /* height of its label: 0 bottom .. 1 top of the axis */
    struct text data;          /* lines "x mean low high"; a blank line breaks the curve */
    struct text dots;          /* lines "x value", one for each seed */
};

struct chart {
    const struct results *results;
    struct sheet_words words;
    struct text x_title, end_words; /* end_words: where curves end, "16×" */
    bool lower_is_better, percent, x_logarithmic, y_logarithmic, floored;
    double trained; /* where training at L ended on this axis; NAN = it does not say */
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
    double *values; /* (replicates) room */
    bool grid;      /* small multiples, not curves labelled beside their ends */
    double labels;  /* inches of the widest label of the figure */
};

/* STATUS_FAILED: no memory. */
enum status chart_begin(struct chart *chart, const struct selection *of, size_t ticks,
                        struct message *message);

/* trained: where training of this variant ended on the axis; chart->trained, or beyond it of a fine-tune. */
struct chart_curve *chart_curve(struct chart *chart, size_t variant, double trained);
void chart_point(struct chart *chart, struct chart_curve *curve, double x, const struct spread *spread,
                 bool gap);
void chart_dot(struct chart *chart, struct chart_curve *curve, double x, double value);
/* Says below the chart what the bar across the curve of a fine-tune is, where there is one. */
void chart_note_trained(struct chart *chart);
void chart_floor(struct chart *chart, double x, double value);
void chart_tick(struct chart *chart, double x, const char *label);
/* Drops a curve that got no point; ranges of the axes; label heights for axes of `height` inches are
 * chart_place_labels'.  Returns whether there is any curve. */
bool chart_finish(struct chart *chart);

/* pitch: least distance of two labels as a share of the height of the axes. */
enum status chart_place_labels(struct chart *chart, double pitch, struct message *message);

/* order(curves): curves from the best at their end to the worst; those that end early come last, and behind them
 * those that end in what a fine-tune saw in training. */
void chart_rank(size_t *order, const struct chart *chart);
bool chart_any_apart(const struct chart *chart);
/* Is it of a variant that saw more in training than the others? */
bool chart_curve_saw_more(const struct chart *chart, const struct chart_curve *curve);

/* ---- chart_script.c: what a struct panels of charts has as its functions ---- */

/* Few curves are labelled beside their ends, many become ranked small multiples, each with all others in grey.
 * Together: losses on one scale. */
enum status chart_prepare(void *blocks, size_t count, struct sheet *sheet, struct message *message);
enum status chart_prepare_together(void *blocks, size_t count, struct sheet *sheet, struct message *message);
void chart_settings(struct text *out, const void *blocks);
double chart_draw(struct text *out, void *block, size_t p, const struct sheet *sheet, double top);
void chart_end(void *block);

/* ---- chart_axes.c: what both ways of drawing share ---- */

/* Data blocks $curve_P_V, $dots_P_V and $floor_P of panel p (from 0). */
void chart_write_data(struct text *out, const struct chart *chart, size_t p);
/* Ranges and scales; ticks as many as do not touch on axes of these inches; x_labels, y_labels: are their
 * labels shown? */
void chart_write_axes(struct text *out, const struct chart *chart, const struct sheet *sheet, double width,
                      double height, bool x_labels, bool y_labels);
/* Lines of the tick labels: 1 or 2. */
size_t chart_tick_lines(const struct chart *chart);

/* ---- chart_grid.c ---- */

/* Height of a chart's block as small multiples, in inches; drawn when out is not NULL, below `top`. */
double chart_grid(struct text *out, const struct chart *chart, size_t p, const struct sheet *sheet,
                  double top);

#endif
