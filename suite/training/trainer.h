/* trainer.h -- one step of a training, and the buffers it needs.  Private to this folder. */
#ifndef LEXBENCH_TRAINER_H
#define LEXBENCH_TRAINER_H

#include "batches/batch.h"
#include "kernels/kernels.h"
#include "model/workspace.h"
#include "training/checkpoint.h"

/* Gradients are summed over so many partial sums, in a fixed binary tree. */
enum { TRAINER_SLOTS_LEAST = 8, TRAINER_SLOTS_MAX = 16 };

struct trainer_worker {
    struct workspace *workspace;
    struct batch batch;
};

struct trainer {
    const struct training_request *request;
    struct checkpoint state; /* what a step reads and leaves; step: the one under way */
    real *transposed;        /* matrices of state.w, for the way back */
    real *gradient[TRAINER_SLOTS_MAX];
    size_t slots, sequences; /* sequences: of a chunk */
    size_t workers;
    struct trainer_worker worker[TRAINER_SLOTS_MAX];
    double *sequence_nll;    /* (batch) */
    size_t *sequence_scored; /* (batch) */
    double *square;          /* (parts) of the weights */
    struct buffers buffers;  /* hold addresses of the above: a trainer does not move */
    struct adamw_step step;
    double began, saved; /* seconds, monotonic: of this run, of the last checkpoint */
};

/* Fills a zeroed trainer (state.curve and state.points stay); w is what is trained.  trainer_destroy() also
 * after a failure. */
enum status trainer_create(struct trainer *trainer, real *w, const struct training_request *request,
                           struct message *message);
void trainer_destroy(struct trainer *trainer);

/* From now on the workers' time goes to request->profile, where there is one; called before and after the
 * steps. */
void trainer_profile(const struct trainer *trainer);

/* Step state.step (which stays): the mean loss of its scored targets; NAN when it is not finite, or the
 * gradient is not, and then no weight has changed. */
double trainer_step(struct trainer *trainer);

#endif
