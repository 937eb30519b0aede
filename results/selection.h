/* selection.h -- what one table or one panel shows: the cells of one dataset, configuration and
 * protocol, under one measure (private to results/). */
#ifndef LEXBENCH_SELECTION_H
#define LEXBENCH_SELECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "results/statistics.h"
#include "results/store.h"
#include "support/text.h"

enum measure { MEASURE_NLL, MEASURE_EXACT_MATCH, MEASURE_ACCURACY };
enum { MEASURES = 3, MANY_SEEDS = 5 };

struct selection {
    const struct results *results;
    size_t dataset, configuration, protocol;
    enum measure measure;
    bool stored;                        /* shares from 0 to 1, as in results.h5, not per cent */
};

/* What became of one variant at one length, over all seeds and folds. */
struct outcome {
    struct summary summary;             /* of the finite scores */
    size_t asked, measured;             /* cells asked; cells with a finite score */
    const struct cell *unmeasured;      /* the first that was asked and has none; NULL */
};

const char *measure_name(enum measure measure);         /* "loss" */
const char *measure_unit(enum measure measure);         /* "nats per token", "per cent" */
const char *measure_key(enum measure measure);          /* in results.h5: "nll" */
const char *measure_key_unit(enum measure measure);     /* there: "nat", "1" */
int measure_digits(enum measure measure);               /* after the point, for people */
bool measure_lower_is_better(enum measure measure);
/* In the unit; NAN when the cell has none. */
double measure_value(enum measure measure, const struct cell *cell);
/* As in results.h5: a share is from 0 to 1. */
double measure_stored(enum measure measure, const struct cell *cell);

/* The tables of results: one for each dataset, configuration and protocol of which anything was asked.
 * A task shows exact match, and accuracy where that says more; a text shows the loss.
 * index < selection_tables(): candidates in order; false where there is no such table. */
size_t selection_tables(const struct results *results);
bool selection_table(struct selection *out, const struct results *results, size_t index);

/* Does any cell of (dataset, configuration, protocol) have a status other than not asked; has any a
 * value of the measure? */
bool selection_asked(const struct selection *selection);
bool selection_has(const struct selection *selection, enum measure measure);

/* Cell of a variant at a length, by replicate (0 .. seeds * folds - 1). */
const struct cell *selection_cell(const struct selection *selection, size_t variant, size_t length,
                                  size_t replicate);
size_t selection_replicates(const struct selection *selection);

/* values(replicates) is room for the scores; *out.summary is of those. */
struct outcome selection_outcome(const struct selection *selection, size_t variant, size_t length,
                                 double *values);

/* What follows ±: half the range below MANY_SEEDS scores, because a standard deviation of so few says
 * little; from there on the standard deviation.  NAN below two. */
double summary_spread(const struct summary *summary);

/* The best mean of all variants at a length, when two or more have one and they are not all the same;
 * else NAN. */
double selection_best(const struct selection *selection, size_t length, double *values);

/* What stands where no score does: "refused", "failed", "missing", "not finite", "none", "-". */
const char *outcome_word(const struct outcome *outcome, enum measure measure);

/* Is the same missing in both, for the same reason? */
bool outcome_same(const struct outcome *a, const struct outcome *b);

/* Was anything asked at this length of any variant; of this variant at any length? */
bool selection_uses_length(const struct selection *selection, size_t length);
bool selection_uses_variant(const struct selection *selection, size_t variant);
double selection_ratio(const struct selection *selection, size_t length);       /* n/L */

/* "2 seeds", "1 seed", "2 seeds x 3 folds". */
void selection_print_replicates(struct text *out, const struct selection *selection);

#endif
