/* trained.h -- a plan for weights that are there: one training, as its weights file tells of it, and the
 * variants to evaluate on it.
 *
 * A weights file carries two texts, which are settings (settings.h):
 *   identity      what decided the weights (plan.h); its SHA-256 begins with the training's id
 *   experiment    names, the path of a file, the evaluation settings and the variants of the experiment (plan_describe) */
#ifndef LEXBENCH_TRAINED_H
#define LEXBENCH_TRAINED_H

#include "experiment/plan.h"

struct trained_request {
    const char *file;                                /* the weights file, for sentences */
    const char *training_id, *identity, *experiment; /* what it says */
    size_t vocabulary;                               /* of the trained model */
    const char *dataset;                             /* name or kind; NULL = the one it was trained on */
    const char *positions;                           /* SPEC of inline variants; NULL = as trained */
    size_t sets;
    const char *const *set;     /* of [evaluation] and [dataset NAME] alone */
    size_t variants;            /* 0 = those of its experiment */
    const char *const *variant; /* NAME, SPEC or NAME=SPEC of the evaluated part */
};

/* A plan of one training, whose evaluations are the variants asked for, in that order; evaluation ids
 * are empty.  STATUS_WRONG with a sentence when they cannot be had from these weights.  plan_release()
 * after success. */
enum status trained_plan(struct plan *plan, const struct trained_request *request, struct message *message);

#endif
