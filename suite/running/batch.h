/* batch.h -- the trainings of a schedule that are to do, side by side. */
#ifndef LEXBENCH_BATCH_H
#define LEXBENCH_BATCH_H

#include "running/schedule.h"
#include "support/status.h"

struct batch_request {
    size_t jobs, threads, limit; /* 0 = not given */
    bool reverse, discard_weights, quiet;
    bool no_wait;                              /* not for trainings that another process has */
    double checkpoint_interval, lease_timeout; /* seconds; 0 = not given */
};
extern const double batch_lease_timeout; /* what 0 means */

struct batch_end {
    size_t failed;    /* trainings of which something failed: each was named on standard error */
    size_t elsewhere; /* trainings that another process has; with no_wait only */
};

/* Trains and evaluates.  What another process holds comes last, and is waited for until it is done or
 * its process is dead.  STATUS_CHECKPOINTED with a sentence when a stop was asked (signals.h). */
enum status batch_run(struct batch_end *end, const struct schedule *schedule,
                      const struct batch_request *request, struct message *message);

#endif
