/* figure.h -- what figures are made of: sizes, numbers, words (private to results/). */
#ifndef LEXBENCH_FIGURE_H
#define LEXBENCH_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

#include "results/findings/selection.h"
#include "results/store/results.h"
#include "support/status.h"
#include "support/text.h"

enum { FIGURE_NAME_SIZE = 160 };

/* Where a figure will stand. */
struct figure_size {
    const char *name, *summary;
    double width;  /* inches */
    double points; /* of the base font */
    bool fixed;    /* no wider whatever the labels need */
};
extern const struct figure_size figure_sizes[]; /* ends with name = NULL; the first is the default */

/* One figure, ready to be drawn. */
struct figure {
    char name[FIGURE_NAME_SIZE]; /* of its files: only letters, digits, -, _ and . */
    const char *kind;
    size_t dataset;      /* whose it is; results->datasets = of all */
    struct text script;  /* gnuplot's, the data inside */
    struct text caption; /* what is to be seen, in plain words, for those who cannot see it */
};
struct figure_list {
    const char *kind; /* of the figures that are added next */
    size_t count, capacity;
    struct figure *figure;
};
void figure_list_release(struct figure_list *list);
/* A new figure named kind-dataset, or kind alone for all datasets.  NULL: no memory. */
struct figure *figure_add(struct figure_list *list, const struct results *results, size_t dataset,
                          struct message *message);

/* What is asked for. */
struct figure_wish {
    const struct results *results;
    const struct figure_size *size;
    const char *dataset, *protocol; /* NULL = all */
};
/* The tables (selection_table) that the wish takes in, of the main measure of each. */
bool figure_selection(struct selection *out, const struct figure_wish *wish, size_t index);

/* ---- numbers: numbers.c ---- */

/* Where a mean lies: a 95 % t interval over SEEDS_LEAST values or more, else their range. */
struct spread {
    size_t count;
    double mean, low, high; /* NAN of no values */
};
struct spread figure_spread(const double *values, size_t count);
/* "95 % interval of the mean over 5 seeds", "range of 2 seeds"; "1 seed". */
void figure_spread_words(struct text *out, const struct selection *selection);

/* The mean over seeds and folds of the Bayes-optimal loss at a length, from the first variant that has it:
 * all score the same targets.  NAN = not known. */
double figure_floor(const struct selection *selection, size_t length);
/* The critical difference of mean ranks of `variants` over `blocks`; NAN where it says nothing, that is
 * where it exceeds half the number of variants. */
double figure_critical_difference(size_t variants, size_t blocks);

/* ---- what is missing: notes.c ---- */

/* "Refused: 2 of 5 cells of learned (reason).  Missing: ..." of all that these selections (count) of the same
 * results have; what the marks of fine-tunes mean; nothing when all is measured and
 * there are none. */
void figure_note(struct text *out, const struct selection *selections, size_t count);
/* What the marks behind fine-tuned variants mean; figure_note says it, too. */
void figure_note_finetuned(struct text *out, const struct selection *selections, size_t count);

#endif
