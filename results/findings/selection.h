/* selection.h -- what one table or one panel shows: the cells of one dataset, configuration and
 * protocol, under one measure (private to results/). */
#ifndef LEXBENCH_SELECTION_H
#define LEXBENCH_SELECTION_H

#include <stdbool.h>
#include <stddef.h>

#include "results/statistics/statistics.h"
#include "results/store/cell.h"
#include "results/store/results.h"
#include "support/status.h"
#include "support/text.h"

enum measure {
    MEASURE_NLL,
    MEASURE_EXACT_MATCH,
    MEASURE_EXACT_MATCH_FORCED, /* without the token that ends an answer */
    MEASURE_ACCURACY,
    MEASURE_ACCURACY_CORRECTED, /* for chance; not stored: it needs the dataset's chance */
    MEASURE_ATTENTION_ENTROPY,
    MEASURE_ATTENTION_DISTANCE,
    MEASURE_ATTENTION_FIRST
};
enum { MEASURES = 8, MANY_SEEDS = SEEDS_LEAST };

struct selection {
    const struct results *results;
    size_t dataset, configuration, protocol;
    enum measure measure;
    bool stored; /* shares from 0 to 1, as in results.h5, not per cent */
};

/* What became of one variant at one length, over all seeds; a seed's score is the mean of its folds, and
 * there is none where a fold has none. */
struct outcome {
    struct summary summary;        /* of the finite scores */
    size_t asked, measured;        /* seeds asked; seeds with a finite score */
    const struct cell *unmeasured; /* the first that was asked and has none; NULL */
};

/* measure.c */
const char *measure_name(enum measure measure);     /* "loss" */
const char *measure_unit(enum measure measure);     /* "nats per token", "per cent" */
const char *measure_key(enum measure measure);      /* in results.h5: "nll" */
const char *measure_key_unit(enum measure measure); /* there: "nat", "1" */
double measure_scale(enum measure measure);         /* from what is stored to the unit */
int measure_digits(enum measure measure);           /* after the point, for people */
bool measure_lower_is_better(enum measure measure);
bool measure_ordered(enum measure measure);            /* is one value better than another? */
bool measure_main(enum measure measure);               /* loss, exact match: what figures and ranks are of */
bool measure_is_stored(enum measure measure);          /* is it a variable of results.h5? */
bool measure_find(enum measure *out, const char *key); /* by its key; false = there is none */
/* In the unit; NAN when the cell has none. */
double measure_value(enum measure measure, const struct cell *cell);
/* As in results.h5: a share is from 0 to 1. */
double measure_stored(enum measure measure, const struct cell *cell);

/* The tables of results: one for each dataset, configuration and protocol of which anything was asked.
 * A task shows exact match, and accuracy where that says more (corrected for chance where answers are
 * binary); a text shows the loss; attention is shown where it was taken.
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

/* The score of a cell, as selection->stored says; of one seed over its folds, NAN = none. */
double selection_value(const struct selection *selection, const struct cell *cell);
double selection_seed_value(const struct selection *selection, size_t variant, size_t length, size_t seed);

/* The first variant before this one whose cells at a length all have the same numbers, to the bit;
 * `variant` itself when there is none. */
size_t selection_twin(const struct selection *selection, size_t variant, size_t length);

/* Is a length longer than L and yet one that the variant was trained on (trained_length.h)?  Its score there is no
 * extrapolation: it is marked, and is neither ranked nor the best. */
bool selection_saw(const struct selection *selection, size_t variant, size_t length);

/* values(replicates) is room for the scores; *out.summary is of those. */
struct outcome selection_outcome(const struct selection *selection, size_t variant, size_t length,
                                 double *values);

/* What follows ±: half the range below MANY_SEEDS scores, because an interval of so few says little; from
 * there on half the 95 % interval of the mean (Student's).  NAN below two. */
double summary_spread(const struct summary *summary);
/* What it is, in words, for all cells of a table; NULL where none has two scores. */
const char *selection_spread_words(const struct selection *selection, double *values);
/* The 95 % interval of the mean; NAN below MANY_SEEDS scores. */
struct interval summary_interval(const struct summary *summary);

/* The best mean at a length of all variants that did not see it in training beyond L, when two or more have one and
 * they are not all the same; else NAN. */
double selection_best(const struct selection *selection, size_t length, double *values);

/* What stands where no score does: "refused", "failed", "missing", "not finite", "none", "-". */
const char *outcome_word(const struct outcome *outcome, enum measure measure);

/* Is the same missing in both, for the same reason? */
bool outcome_same(const struct outcome *a, const struct outcome *b);

/* selection_bootstrap.c: the nested bootstrap's 95 % interval of the mean loss of every place, by
 * selection_bootstrap_index(); NAN where there are fewer than BOOTSTRAP_SEEDS_LEAST seeds, items are
 * missing, or a seed has several folds.  In new memory (memory_release); NULL and a sentence when there is
 * none. */
struct interval *selection_bootstrap(const struct results *results, size_t workers, struct message *message);
size_t selection_bootstrap_index(const struct selection *selection, size_t variant, size_t length);

/* selection_finetuned.c: "†4L: fine-tuned, trained on 4L (256 tokens)", for each mark (trained_length.h) of the
 * variants that these selections (count) of the same results hold, "; " between them; nothing without fine-tunes. */
void selection_print_finetuned(struct text *out, const struct selection *selections, size_t count);
/* Do they hold a score that selection_saw() is true of? */
bool selection_any_saw(const struct selection *selections, size_t count);

/* Was anything asked at this length of any variant; of this variant at any length? */
bool selection_uses_length(const struct selection *selection, size_t length);
bool selection_uses_variant(const struct selection *selection, size_t variant);
double selection_ratio(const struct selection *selection, size_t length); /* n/L */

/* "2 seeds", "1 seed", "2 seeds x 3 folds". */
void selection_print_replicates(struct text *out, const struct selection *selection);

#endif
