/* kinds.h -- the kinds of figures (private to results/).  A kind is one file, which ends in one exported
 * const struct figure_kind figure_kind_<name>, and that name in kinds.c. */
#ifndef LEXBENCH_FIGURE_KINDS_H
#define LEXBENCH_FIGURE_KINDS_H

#include "results/figures/figure.h"

struct figure_kind {
    const char *name, *summary;
    const char *needs; /* what results must hold: "retrieval by depth" */
    /* Adds one figure for each dataset, or one; none where the results hold nothing of it. */
    enum status (*draw)(struct figure_list *list, const struct figure_wish *wish, struct message *message);
};
extern const struct figure_kind *const figure_kinds[]; /* ends with NULL */

/* The figures of one kind, named after it. */
enum status figure_draw(struct figure_list *list, const struct figure_kind *kind,
                        const struct figure_wish *wish, struct message *message);

#endif
