/* cost.h -- scores against costs: what one panel shows (private to results/figure_cost*.c). */
#ifndef LEXBENCH_FIGURE_COST_H
#define LEXBENCH_FIGURE_COST_H

#include <stdbool.h>
#include <stddef.h>

#include "results/figures/sheet.h"
#include "results/findings/selection.h"

#define COST_RIGHT 1.6 /* room to the right of the axes, in em */

/* What a variant costs, and in which direction it is better. */
struct cost {
    const char *title;
    double unit;
    bool more_is_better;
};

struct box { /* inches */
    double left, bottom, right, top;
};

struct dot {
    size_t variant;
    double x, y;
    bool front; /* on the Pareto front */
    bool seen;  /* the variant was trained on this length: never on the front */
};

/* One panel: one table, one cost. */
struct scatter {
    struct selection of;
    const struct cost *cost;
    size_t length, count, boxes, skipped; /* skipped: a score, but no such cost */
    struct dot *dot;                      /* (variants) */
    struct box *box;                      /* (4 variants): taken by markers, labels and the front */
    double x_minimum, x_maximum, y_minimum, y_maximum;
    bool x_logarithmic, y_logarithmic;
    double left, right, bottom, top; /* of the axes, in inches */
};

/* Where a dot stands on the sheet. */
double cost_x(const struct scatter *scatter, const struct dot *dot);
double cost_y(const struct scatter *scatter, const struct dot *dot);

/* Writes the name of a dot, and how many more have its place, where it is free around it, and takes that
 * place; a thin line leads there when it is far. */
void cost_label(struct text *out, struct scatter *scatter, const struct dot *dot, size_t more,
                const struct sheet *sheet);

#endif
