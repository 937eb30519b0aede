/* shards.h -- a plan in N parts for N processes. */
#ifndef LEXBENCH_SHARDS_H
#define LEXBENCH_SHARDS_H

#include "experiment/plan.h"
#include "support/status.h"

struct shard {
    size_t index, count; /* index 1..count; count 0 = the whole plan */
};

/* "2/8"; NULL = the whole plan. */
enum status shard_read(struct shard *out, const char *value, struct message *message);

/* of(plan->trainings): the shard of each, 1..count.  The costliest first (then by id), each to the shard
 * that has the least to do so far: a function of the plan alone, whatever is done already. */
enum status shards_deal(size_t *of, const struct plan *plan, size_t count, struct message *message);

#endif
