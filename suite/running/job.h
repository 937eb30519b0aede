/* job.h -- one planned training and the evaluations on it, from what is on disk to what was asked for. */
#ifndef LEXBENCH_JOB_H
#define LEXBENCH_JOB_H

#include "running/job_training.h"
#include "running/lease.h"

/* Trains (or reads the weights), evaluates what is not done, writes trial files.  When training fails, its
 * trial files say so in every cell.  STATUS_FAILED with a sentence when anything failed;
 * STATUS_CHECKPOINTED when a stop was asked (signals.h): what was done is saved.  *elsewhere: another process
 * works on it, the watch says who, and nothing was done here.
 *
 * A fine-tune begins with the weights of its parent.  Where these are not there it trains the parent, with the
 * parent's lease in hand; when another process has that, the fine-tune counts as elsewhere too.
 * parent_failure: why the parent could not be trained a moment ago (NULL = it was not tried): then it is not
 * tried again. */
enum status job_run(bool *elsewhere, struct lease_watch *watch, const struct job_setting *setting,
                    size_t training, const char *parent_failure, struct message *message);
/* A process that was killed at its very end leaves a checkpoint or a lease of a training that is done. */
void job_tidy(const struct job_setting *setting, size_t training);

#endif
