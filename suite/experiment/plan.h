/* plan.h -- an experiment file, resolved: the trainings to run and the evaluations on each. */
#ifndef LEXBENCH_PLAN_H
#define LEXBENCH_PLAN_H

#include <stdint.h>

#include "datasets/dataset.h"
#include "evaluation/options.h"
#include "evaluation/protocol.h"
#include "model/composition.h"
#include "model/options.h"
#include "support/names.h"
#include "support/status.h"
#include "training/options.h"

struct claim_record; /* results/store/records.h */

/* Changed (by hand) whenever the numbers of an unchanged experiment may change. */
enum { NUMERICS_REVISION = 3 };

struct variant {
    char name[NAME_SIZE];             /* of the section, or NAME-key=value of its grid */
    char listed[NAME_SIZE];           /* as [experiment] lists it: without the grid's part */
    struct composition first;         /* of the training from drawn weights; none of the three is prepared */
    struct finetune_options finetune; /* of a second training, if its steps are not 0 */
    struct composition trained;       /* of the last training: first, or what the fine-tune has instead */
    struct composition evaluated;
    char first_text[SPEC_SIZE];      /* encoders and positions in full, canonical: what trainings share */
    char trained_text[TRAINED_SIZE]; /* the same of the last training, and of a fine-tune all of both */
    bool evaluation_only;            /* evaluated differs from trained */
};

/* A dataset in one fold and one configuration; those of a dataset follow each other, fold after fold. */
struct planned_dataset {
    char name[NAME_SIZE];          /* of the section [dataset NAME], or the kind's */
    char configuration[NAME_SIZE]; /* "2x64-L64", "2x64-L64-steps=600" */
    char label[4 * NAME_SIZE];     /* the name, and the configuration if there are several */
    bool named_by_grid;            /* the configuration's name says more than its shape */
    bool shared;                   /* the state is that of an earlier one, which owns it */
    const struct dataset *kind;
    void *state;                      /* prepared */
    struct dataset_input input;       /* path "" = no file */
    size_t fold, folds;               /* fold from 1 to folds; both 0 = is not split into folds */
    struct training_options training; /* with [training NAME] applied; its length is L, of fine-tunes too */
    struct evaluation_options evaluation; /* with [evaluation NAME] applied */
    struct protocol *protocol;            /* (protocols) those that evaluation.protocols names */
    size_t protocols;
    bool protocols_shared; /* another one owns them */
    struct model_options model;
    const char *trained_as;   /* the trained part these are chosen for; NULL = all */
    char tuning[TUNING_SIZE]; /* of a tuning: the values tried, "rate=0.006"; else "" */
    size_t candidate;         /* of a tuning: their number */
};

#define NO_PARENT SIZE_MAX /* no index of a training */

/* One training, and which variants are evaluated on it: none, when fine-tunes alone begin with its weights. */
struct planned_training {
    char id[ID_SIZE];
    char parent_id[ID_SIZE];         /* a fine-tune's: the training whose weights it begins with; else "" */
    size_t parent;                   /* the same as an index into plan.training, before this; NO_PARENT */
    struct training_options options; /* its own: the dataset's, or what a fine-tune makes of them */
    size_t dataset;                  /* index into plan.dataset */
    size_t variant;                  /* whose trained part it is (the first of them) */
    size_t seed;
    size_t evaluations;
    size_t *evaluation;                    /* (evaluations) indices into plan.variant */
    char (*evaluation_id)[ID_SIZE];        /* (evaluations) */
    char *identity;                        /* the text whose hash is the id */
    double training_flop, evaluation_flop; /* counted as design: 6N + 12 layers width T a token */
};

/* Experiments with [tuning] have several plans, one after the other (search/search.h): plan_make() gives the
 * first round of the search. */
struct plan {
    char name[NAME_SIZE], title[OPTION_TEXT_SIZE];
    size_t variants, datasets, trainings, seeds, first_seed; /* datasets: with folds and configurations */
    struct variant *variant;
    struct planned_dataset *dataset;
    struct planned_training *training;
    size_t claims;
    struct claim_record *claim; /* what [claim NAME] say */
    struct search *search;      /* owned; NULL = nothing is searched for */
};

/* --set section.key=value (the section may hold a space: "training recall.steps=900"). */
struct plan_request {
    const char *experiment; /* a shipped name or a path */
    size_t sets;
    const char *const *set;
    size_t presets;
    const char *const *preset;   /* names of [preset NAME], applied one after the other */
    const char *only;            /* variants to keep, comma-separated; NULL = all */
    const char *instruction_set; /* enters the training ids */
};

/* Reads, checks and resolves everything, opens datasets, refuses lengths that cannot be had.
 * STATUS_WRONG with a sentence naming file and line; nothing is started then. */
enum status plan_make(struct plan *plan, const struct plan_request *request, struct message *message);
void plan_release(struct plan *plan);

/* The resolved experiment as a file of its own: no include, no preset, every default written out.  Read
 * again it gives the same ids.  STATUS_WRONG also when a value of --set can't stand in a file. */
enum status plan_print(struct text *out, const struct plan_request *request, struct message *message);

/* What a training trains. */
static inline const struct composition *planned_composition(const struct plan *plan,
                                                            const struct planned_training *training)
{
    const struct variant *variant = &plan->variant[training->variant];
    return training->parent_id[0] ? &variant->trained : &variant->first;
}

/* Tokens of a model that is trained on it: the dataset's and the objective's own. */
size_t planned_vocabulary(const struct planned_dataset *dataset);

/* What a weights file says beside the identity (writings/trained.h): names, the path of a file, settings of the
 * evaluation, and the variants that are evaluated. */
void plan_describe(struct text *out, const struct plan *plan, size_t training);

/* JSON: everything resolved that decides the numbers of one training. */
void plan_manifest(struct text *out, const struct plan *plan, size_t training);

/* What one protocol takes at all lengths where it is asked, for one variant.  STATUS_FAILED without memory. */
struct protocol_cost {
    size_t items; /* windows or examples */
    double flop;
    size_t cells; /* lengths at which it is asked */
    size_t empty; /* a length at which there is nothing to score; 0 = none */
};
enum status planned_protocol_cost(struct protocol_cost *out, const struct planned_dataset *dataset,
                                  const struct protocol *protocol, struct message *message);

#endif
