/* trained.h -- a plan for weights that are there: one training, as its weights file tells of it, and the
 * variants to evaluate on it.
 *
 * A weights file carries two texts, a line key=value for each thing told:
 *   identity      what decided the weights (plan.h); its SHA-256 begins with the training's id
 *   experiment    names, the path of a file, the evaluation settings and the variants of the experiment */
#ifndef LEXBENCH_TRAINED_H
#define LEXBENCH_TRAINED_H

#include "experiment/plan.h"

/* The text `experiment` of one training of a plan. */
void trained_describe(struct text *out, const struct plan *plan, size_t training);

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

/* The value of a key of such a text, to the end of its line: `length` bytes, not NUL-terminated; NULL =
 * there is none. */
const char *trained_value(size_t *length, const char *text, const char *key);

#endif
