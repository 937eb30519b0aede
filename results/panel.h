/* panel.h -- what one panel of a figure shows and where its labels stand: geometry, no gnuplot
 * (private to results/). */
#ifndef LEXBENCH_PANEL_H
#define LEXBENCH_PANEL_H

#include <stdbool.h>
#include <stddef.h>

#include "results/selection.h"

/* Text sizes and distances, in inches. */
#define PANEL_TEXT_SIZE   0.111     /* the base font: 8 points */
#define PANEL_LABEL_PITCH 0.165     /* between the base lines of two labels */

/* A variant with a finite score at one length at least. */
struct panel_curve {
    size_t variant;
    double last_ratio, last_value;  /* where its line ends */
    bool   complete;                /* it ends at the longest length of the panel */
    double label;                   /* height of its label: 0 bottom .. 1 top of the axis */
};

struct panel {
    struct selection of;
    double x_minimum, x_maximum;    /* n/L */
    double y_minimum, y_maximum;
    bool   y_logarithmic;
    double height;                  /* of the axes, in inches */
    size_t curves, hidden;          /* hidden: variants asked that have no score at all */
    struct panel_curve *curve;      /* (curves) in the order of variants */
    double *values;                 /* (replicates) room for selection_outcome */
};

/* The selection must have a score of its measure.  STATUS_FAILED: no memory. */
enum status panel_make(struct panel *panel, const struct selection *selection, struct message *message);
void panel_release(struct panel *panel);

/* Moves at(count) apart to at least `gap`, inside 0..1, each as little as can be (least squares; the
 * order is kept).  When they cannot all fit they spread evenly.  order(count) is room. */
void panel_push_apart(double *at, size_t *order, size_t count, double gap);

/* An estimate of the width of a text, in units of its size, on the wide side. */
double panel_text_width(const char *text);

#endif
