/* tuning.h -- the sweep of a tuning as tables for people. */
#ifndef LEXBENCH_TABLE_TUNING_H
#define LEXBENCH_TABLE_TUNING_H

#include "results/tables/table.h"

/* One table per dataset and configuration, one row per trained part, one column per combination: the
 * score on the validation block at n = L, the chosen one marked.  Nothing without a tuning. */
void table_tuning(struct text *out, const struct results *results, enum table_format format);

#endif
