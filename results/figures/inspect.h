/* inspect.h -- the panels of a figure of an encoder by itself (private to results/). */
#ifndef LEXBENCH_FIGURE_INSPECT_H
#define LEXBENCH_FIGURE_INSPECT_H

#include <stdbool.h>

#include "results/figures/sheet.h"
#include "results/store/inspected.h"

#define INSPECT_TITLE 1.6 /* height of what stands over a panel, in em */

/* Axes, in inches from the lower left corner of the sheet. */
struct panel_place {
    double left, right, bottom, top;
};

/* What all panels of a figure draw from. */
struct inspect_figure {
    const struct inspected *inspected;
    const struct inspected_length *length;
    const struct sheet *sheet;
    size_t blocks; /* data blocks written so far: their names are numbered */
};

/* ---- inspect_panel.c ---- */

/* Above the axes, over the left end: what the panel shows. */
void inspect_panel_begin(struct text *out, const struct inspect_figure *figure,
                         const struct panel_place *place, const char *title);
void inspect_panel_names(struct text *out, const struct inspect_figure *figure,
                         const struct panel_place *place, const char *x_name, const char *y_name);
void inspect_panel_end(struct text *out);
/* set xtics or ytics: round numbers, `most` at most, written as 500, 20k, 1M. */
void inspect_ticks(struct text *out, const char *axis, double minimum, double maximum, size_t most);
/* The same on a logarithmic axis: powers of `factor`, or every k-th of them. */
void inspect_logarithmic_ticks(struct text *out, const char *axis, double minimum, double maximum,
                               double factor, size_t most);

/* ---- inspect_map.c ---- */

/* A map (query, key), or of one head when it has three dimensions: queries downwards, a scale at the right;
 * what is NAN is grey.  similarity: colours from -1 to 1; else from the lowest to the highest. */
void inspect_map(struct text *out, struct inspect_figure *figure, const struct panel_place *place,
                 const struct inspected_array *array, size_t head, bool similarity, const char *title);

/* ---- inspect_curve.c ---- */

/* A vertical line in the axes, and words in its colour over them. */
struct inspect_marker {
    double x; /* NAN = there is none */
    const char *colour, *dash;
    char label[80];
};
enum { INSPECT_MARKERS_MAX = 5 };

struct inspect_curve {
    const struct inspected_array
        *array; /* (distance, 3): mean, low, high; or (head, distance), (head, query) */
    const char *title, *x_name, *y_name;
    double y_minimum, y_maximum;  /* NAN = of the data */
    bool y_logarithmic, diagonal; /* diagonal: y = x, dotted */
    size_t markers;
    struct inspect_marker marker[INSPECT_MARKERS_MAX];
};
/* Over the logarithm of distances, or of places of queries. */
void inspect_curve(struct text *out, struct inspect_figure *figure, const struct panel_place *place,
                   const struct inspect_curve *curve);

/* ---- inspect_pairs.c ---- */

/* Full circles of each pair of dimensions, in training and at this length. */
void inspect_turns(struct text *out, struct inspect_figure *figure, const struct panel_place *place);
/* The base of this encoder between the published lower bounds for context lengths. */
void inspect_bounds(struct text *out, struct inspect_figure *figure, const struct panel_place *place);

#endif
