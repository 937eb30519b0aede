/* panels.h -- figures that consist of blocks, one under the other: each a heading, panels, and a foot
 * (private to results/). */
#ifndef LEXBENCH_FIGURE_PANELS_H
#define LEXBENCH_FIGURE_PANELS_H

#include <stdbool.h>
#include <stddef.h>

#include "results/figures/figure.h"
#include "results/figures/sheet.h"

/* A kind of figure.  Blocks are the kind's own structs. */
struct panels {
    const char *about;                                      /* what the head of the script says it is */
    void (*settings)(struct text *out, const void *blocks); /* NULL, or commands before the first block */
    /* The p-th block from `top` downwards, in inches: returns its height; out NULL: only measures. */
    double (*draw)(struct text *out, void *block, size_t p, const struct sheet *sheet, double top);

    /* The rest is for panels_figures. */
    const char *caption; /* what is to be seen, for those who cannot see it */
    size_t size;         /* of a block */
    bool once;           /* one block for each configuration, whatever the protocol; else for each table */
    /* The block (zero so far) of a table; *any: is there anything to draw.  To be released whatever comes of
     * it. */
    enum status (*begin)(void *block, bool *any, const struct selection *of, struct message *message);
    void (*end)(void *block);
    /* NULL, or what blocks decide together: may widen the sheet. */
    enum status (*prepare)(void *blocks, size_t count, struct sheet *sheet, struct message *message);
};

/* One figure for each dataset: a block for each of its tables that the wish takes in. */
enum status panels_figures(struct figure_list *list, const struct figure_wish *wish,
                           const struct panels *panels, struct message *message);

/* The script of blocks (count) on a sheet whose height they decide.  name: of the figure. */
void panels_script(struct text *out, struct sheet *sheet, const char *name, const struct panels *panels,
                   void *blocks, size_t count);

/* ---- a grid of panels of equal size, from the left, row by row ---- */

struct panel_grid {
    size_t columns, rows;
    double left, width, height, pitch_x,
        pitch_y; /* of the axes of one panel, and from panel to panel: inches */
};
/* As many columns for `count` panels as `room` inches hold panels of `least` with gaps between, `most` at most;
 * heights are the caller's. */
struct panel_grid panel_grid_of(size_t count, double left, double room, double least, double gap,
                                size_t most);

/* Over a panel of this width: "2  rope", its place in a ranking and as much of the name of a variant as fits. */
void panel_name(struct text *out, const struct sheet *sheet, size_t place, const struct results *results,
                size_t variant, double x, double y, double width);

#endif
