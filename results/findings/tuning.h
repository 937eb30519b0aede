/* tuning.h -- the sweep of hyperparameters that was trained before an experiment, and what it chose.
 *
 * Scores are of the validation block at n = L; a record never holds a score of the test block. */
#ifndef LEXBENCH_TUNING_H
#define LEXBENCH_TUNING_H

#include <stdbool.h>

#include "results/store/records.h"
#include "results/store/results.h"
#include "results/store/trial.h"
#include "support/status.h"

/* What a trial of a tuning says (trial->tuning is not empty). */
void tuning_take(struct tuning_record *out, const struct trial *trial);

/* Is there a score, or is it settled that there is none (the loss is not finite)?  A candidate that
 * failed otherwise is to be trained again. */
bool tuning_settled(const struct tuning_record *record);

/* Sorts by dataset, configuration, variant, candidate, and marks the chosen one of each group: the
 * lowest nll, or where there is an exact match the highest of it and then the lowest nll; of equals the
 * first. */
void tuning_choose(struct tuning_record *records, size_t count);

/* Sorts, drops equal duplicates, chooses.  STATUS_FAILED names the two that stand for one candidate and
 * are not equal. */
enum status tuning_unite(struct tuning_record *records, size_t *count, struct message *message);

/* The first difference of two sweeps in a sentence, false = none.  Both sorted. */
bool tuning_difference(char *out, size_t size, const struct results *a, const char *name_a,
                       const struct results *b, const char *name_b);

#endif
