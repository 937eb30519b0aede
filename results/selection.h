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

struct selection {
    const struct results *results;
    size_t dataset, configuration, protocol;
    enum measure measure;
};

/* What became of one variant at one length, over all seeds and folds. */
struct outcome {
    struct summary summary;             /* of the finite scores */
    size_t asked, measured;             /* cells asked; cells with a finite score */
    const struct cell *unmeasured;      /* the first that was asked and has none; NULL */
};

const char *measure_name(enum measure measure);         /* "loss" */
const char *measure_unit(enum measure measure);         /* "nats per token", "per cent" */
bool measure_lower_is_better(enum measure measure);
/* In the unit; NAN when the cell has none. */
double measure_value(enum measure measure, const struct cell *cell);

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

/* What stands where no score does: "refused", "failed", "missing", "not finite", "none", "-". */
const char *outcome_word(const struct outcome *outcome, enum measure measure);

/* Was anything asked at this length of any variant; of this variant at any length? */
bool selection_uses_length(const struct selection *selection, size_t length);
bool selection_uses_variant(const struct selection *selection, size_t variant);
double selection_ratio(const struct selection *selection, size_t length);       /* n/L */

/* "2 seeds", "1 seed", "2 seeds x 3 folds". */
void selection_print_replicates(struct text *out, const struct selection *selection);

#endif
