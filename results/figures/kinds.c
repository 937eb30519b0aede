/* kinds.c -- the kinds of figures: a word for each, in the order in which they are drawn. */
#include "results/figures/kinds.h"

#define KINDS(X)      X(matrix) X(score) X(position) X(retrieval) X(ranks) X(cost) X(curves)

#define DECLARE(kind) extern const struct figure_kind figure_kind_##kind;
KINDS(DECLARE)

#define ADDRESS(kind) &figure_kind_##kind,
const struct figure_kind *const figure_kinds[] = {KINDS(ADDRESS) NULL};

enum status figure_draw(struct figure_list *list, const struct figure_kind *kind,
                        const struct figure_wish *wish, struct message *message)
{
    list->kind = kind->name;
    return kind->draw(list, wish, message);
}
