/* training_options.h -- were the trainings that stand in one table trained alike?
 *
 * Steps and parameters are dimensions of results; rate, batch and the other options of [training] stand in
 * the manifest of a training.  They may differ on purpose (options of a variant, a rate tuned for each), and
 * whoever reads the table should know. */
#ifndef LEXBENCH_TRAINING_OPTIONS_H
#define LEXBENCH_TRAINING_OPTIONS_H

#include "results/store/results.h"
#include "support/text.h"

/* A line for each option in which trainings of this dataset and configuration differ: "training.rate is
 * 0.003 in alibi; else 0.006".  Options that an older training does not name are at their default.  What
 * comes from files is written by `name`. */
void training_options_unequal(struct text *out, const struct results *results, size_t dataset,
                              size_t configuration, void (*name)(struct text *out, const char *name));

#endif
