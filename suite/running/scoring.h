/* scoring.h -- one variant on trained weights: every protocol at every length, into a trial. */
#ifndef LEXBENCH_SCORING_H
#define LEXBENCH_SCORING_H

#include "evaluation/evaluation.h"
#include "experiment/plan.h"
#include "results/store/trial.h"
#include "running/trained_model.h"
#include "support/progress.h"

struct scoring_request {
    const struct plan *plan;
    size_t training;                     /* index into the plan */
    const struct trained_model *trained; /* as the training left it: without a model when there was none */
    const char *failure; /* why there are no weights: the reason of every cell; NULL = they are there */
    enum isa isa;
    size_t threads;
    struct progress *progress;
    /* Called for every measured cell, with the losses of its tokens; NULL = they are not wanted. */
    void (*observe)(void *observer, const struct cell *cell, const struct evaluation *evaluation);
    void *observer;
};

/* Scores evaluation e of the training; what the training tells (curve, wall time) is left empty.  *failed:
 * cells of the trial that failed; the message names the first of them, though the status is STATUS_OK.
 * STATUS_CHECKPOINTED when a stop was asked (signals.h).  trial_release() after success. */
enum status scoring_run(struct trial *trial, size_t *failed, const struct scoring_request *request, size_t e,
                        struct message *message);

#endif
