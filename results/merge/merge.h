/* merge.h -- many trials and results files, one results: the union of their coordinates.
 *
 * Sources are added one after the other; what is kept of each is copied, so memory is that of the
 * result, however many files bring it.  Equal duplicates are one.  STATUS_FAILED with a sentence that
 * names both sources:
 *   - two cells of one place that are not equal (a missing cell yields to any other)
 *   - two trainings at one place; names that mean two things
 *   - two numerics revisions, instruction sets, dataset versions or inputs, or scored sets, unless
 *     they may be mixed: then results.mixed says in what */
#ifndef LEXBENCH_MERGE_H
#define LEXBENCH_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "results/store/results.h"
#include "results/store/trial.h"

struct merge_options {
    bool allow_mixed;
    bool no_items; /* leave the scores of single items out */
};

struct merger;
enum status merger_create(struct merger **out, const struct merge_options *options, struct message *message);
void merger_release(struct merger *merger); /* NULL is fine */

/* source: what sentences call it, a path. */
enum status merger_add_trial(struct merger *merger, const struct trial *trial, const char *source,
                             struct message *message);
enum status merger_add_results(struct merger *merger, const struct results *results, const char *source,
                               struct message *message);

/* Variants keep the order in which `order` (count names) lists them; others follow by name, and all
 * else is sorted.  The merger is of no more use but to be released.  results_release() after
 * success. */
enum status merger_finish(struct results *out, struct merger *merger, const char *const *order,
                          size_t order_count, struct message *message);

#endif
