/* kinds.h -- the kinds of figures.  A kind is one file and one row in kinds.c (private to results/). */
#ifndef LEXBENCH_FIGURE_KINDS_H
#define LEXBENCH_FIGURE_KINDS_H

#include "results/figures/figure.h"

struct figure_kind {
    const char *name, *summary;
    const char *needs; /* what results must hold: "retrieval by depth" */
    /* Adds one figure for each dataset, or one; none where the results hold nothing of it. */
    figure_drawer *draw;
};
extern const struct figure_kind figure_kinds[]; /* ends with name = NULL */

/* The figures of one kind, named after it. */
enum status figure_draw(struct figure_list *list, const struct figure_kind *kind,
                        const struct figure_wish *wish, struct message *message);

#endif
