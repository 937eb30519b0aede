/* plan.h -- an experiment file, resolved: the trainings to run and the evaluations on each. */
#ifndef LEXBENCH_PLAN_H
#define LEXBENCH_PLAN_H

#include "datasets/dataset.h"
#include "evaluation/options.h"
#include "model/composition.h"
#include "model/options.h"
#include "results/store.h"
#include "support/status.h"
#include "training/options.h"

/* Changed (by hand) whenever the numbers of an unchanged experiment may change. */
enum { NUMERICS_REVISION = 1 };

struct variant {
    char name[NAME_SIZE];
    struct composition trained, evaluated;      /* not prepared */
    char trained_text[2 * SPEC_SIZE];           /* encoders and positions in full, canonical */
    bool evaluation_only;                       /* evaluated differs from trained */
    struct training_options training;           /* unused fields: see training_overridden */
};

struct planned_dataset {
    char name[NAME_SIZE];                       /* of the section [dataset NAME], or the kind's */
    const struct dataset *kind;
    void *state;                                /* prepared */
    struct dataset_input input;                 /* path "" = no file */
    struct training_options training;           /* with [training NAME] applied */
    struct evaluation_options evaluation;       /* with [evaluation NAME] applied */
    struct model_options model;
};

/* One training, and which variants are evaluated on it. */
struct planned_training {
    char id[ID_SIZE];
    size_t dataset;                             /* index into plan.dataset */
    size_t variant;                             /* whose trained part it is (the first of them) */
    size_t seed;
    size_t evaluations;
    size_t *evaluation;                         /* (evaluations) indices into plan.variant */
    char (*evaluation_id)[ID_SIZE];             /* (evaluations) */
    char *identity;                             /* the text whose hash is the id */
    double training_flop, evaluation_flop;      /* counted as design: 6N + 12 layers width T a token */
};

struct plan {
    char name[NAME_SIZE], title[OPTION_TEXT_SIZE];
    size_t variants, datasets, trainings, seeds, first_seed;
    struct variant *variant;
    struct planned_dataset *dataset;
    struct planned_training *training;
};

/* --set section.key=value (the section may hold a space: "training recall.steps=900"). */
struct plan_request {
    const char *experiment;                     /* a shipped name or a path */
    size_t sets;
    const char *const *set;
    const char *only;                           /* variants to keep, comma-separated; NULL = all */
    const char *instruction_set;                /* enters the training ids */
};

/* Reads, checks and resolves everything, opens datasets, refuses lengths that cannot be had.
 * STATUS_WRONG with a sentence naming file and line; nothing is started then. */
enum status plan_make(struct plan *plan, const struct plan_request *request, struct message *message);
void plan_release(struct plan *plan);

/* JSON: everything resolved that decides the numbers of one training. */
void plan_manifest(struct text *out, const struct plan *plan, size_t training);

/* Shipped experiments: names and their texts, compiled in from suite/experiments. */
struct shipped_experiment {
    const char *name, *text;
};
extern const struct shipped_experiment shipped_experiments[];       /* ends with name = NULL */

#endif
