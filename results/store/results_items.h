/* results_items.h -- the scores of single items in results.h5 (private to results/). */
#ifndef LEXBENCH_RESULTS_ITEMS_H
#define LEXBENCH_RESULTS_ITEMS_H

#include "results/store/hdf5_helpers.h"
#include "results/store/results.h"

/* /items/<dataset>/<protocol>/<length>: score(variant, configuration, seed, fold, item), NaN where a
 * cell has no items; item_key(configuration, fold, item), -1 beyond their number; a group for every
 * place where any cell has items.  All cells of one place, configuration and fold that have items must
 * have the same. */
void results_put_items(struct hdf5_file *file, const struct results *results);
/* Gives them back to the measured cells; statuses and dimensions must be there already. */
void results_get_items(struct hdf5_file *file, struct results *results);

#endif
