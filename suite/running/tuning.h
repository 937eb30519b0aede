/* tuning.h -- a tuning against what is on disk.  Private to this folder. */
#ifndef LEXBENCH_COMMANDS_TUNING_H
#define LEXBENCH_COMMANDS_TUNING_H

#include "experiment/plan.h"
#include "support/status.h"

/* When every candidate of the tuning has its score, the plan becomes the experiment with the chosen
 * values; else it stays the tuning (plan->next is not NULL).  STATUS_FAILED names a trained part for which
 * every candidate has failed. */
enum status tuning_resolve(struct plan *plan, const char *out, const char *instruction_set,
                           struct message *message);

#endif
