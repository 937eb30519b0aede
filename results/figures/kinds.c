/* kinds.c -- the kinds of figures, a row for each. */
#include "results/figures/kinds.h"

const struct figure_kind figure_kinds[] = {
    {"matrix", "all scores at one glance: variants x lengths of each dataset, as colours and numbers",
     "scores", figure_matrix},
    {"score", "score against n/L, with the floor where one is known", "scores", figure_score},
    {"position", "loss against the position in the longest window, with the floor", "losses by position",
     figure_position},
    {"retrieval", "exact match by length and depth of the needle", "exact match by depth of a needle",
     figure_retrieval},
    {"ranks", "mean rank of each variant, with the critical difference where it tells",
     "scores of two or more variants on two or more datasets", figure_ranks},
    {"cost", "quality at the longest length against speed and memory, with the Pareto front",
     "scores beside speed or memory", figure_cost},
    {"curves", "training loss against training steps", "losses of trainings by step", figure_curves},
    {.name = NULL},
};

enum status figure_draw(struct figure_list *list, const struct figure_kind *kind,
                        const struct figure_wish *wish, struct message *message)
{
    list->kind = kind->name;
    return kind->draw(list, wish, message);
}
