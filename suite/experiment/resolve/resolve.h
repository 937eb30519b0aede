/* resolve.h -- from the sections of an experiment file to a plan.  Private to the room. */
#ifndef LEXBENCH_RESOLVE_H
#define LEXBENCH_RESOLVE_H

#include <stdbool.h>

#include "experiment/file/grid.h"
#include "experiment/file/ini.h"
#include "experiment/plan.h"
#include "support/list.h"

/* A length beyond this many tokens is taken for a slip, not for a wish. */
enum { LENGTH_MAX = 16777216 };

/* [experiment] */
struct experiment {
    char name[NAME_SIZE], title[OPTION_TEXT_SIZE];
    struct list datasets, variants;
    struct ini_place datasets_place, variants_place;
    size_t seeds, first_seed, folds;
};

/* ---- sections.c ---- */

/* Is every section one that there is, and for a dataset that there is? */
enum status sections_check(const struct ini *ini, struct message *message);

/* `file`: what the experiment was asked for by, whose stem is the name when none is given. */
enum status experiment_read(struct experiment *out, const struct ini *ini, const char *file,
                            struct message *message);
void experiment_release(struct experiment *experiment);

/* ---- layers.c ---- */

/* option_set() of an entry, with the section, file and line in what is wrong. */
enum status layers_set(const struct option *table, void *object, const struct ini_section *section,
                       const struct ini_entry *entry, const char *value, struct message *message);

/* Defaults, then layer by layer [kind] and [kind NAME] (name may be NULL): in one layer the section
 * of the dataset wins, and a higher layer wins over both. */
enum status layers_read(void *object, const struct option *table, const struct view *view, const char *kind,
                        const char *name, struct message *message);

/* The entry that decided a key of [kind] for a dataset, NULL = the default.  *own: it stands in
 * [kind NAME]. */
const struct ini_entry *layers_source(bool *own, const struct ini *ini, const char *kind, const char *name,
                                      const char *key);

/* ---- variants.c ---- */

/* A variant by name of its section, or an inline SPEC.  Release with variant_release(). */
enum status variant_read(struct variant *out, const struct view *view, const char *name,
                         struct message *message);
void variant_release(struct variant *variant);
/* Checks all parts and fills first_text, trained_text and evaluation_only. */
enum status variant_finish(struct variant *variant, struct message *message);
/* The name and the SPEC of NAME=SPEC, or of a SPEC, which is its own name together with `positions` (NULL =
 * none). */
enum status variant_split(char name[NAME_SIZE], const char **spec, const char *asked, const char *positions,
                          struct message *message);
/* Is it a section, an encoder or a SPEC?  A point of a grid is none of them. */
bool variant_known(const struct ini *ini, const char *name);
/* STATUS_WRONG with the nearest names: of sections, of encoders, and of the points of grids in a plan (NULL
 * = none). */
enum status variant_unknown(const struct ini *ini, const char *name, const struct plan *plan, bool encoders,
                            struct message *message);

/* ---- variant_grid.c ---- */

/* Is a variant called as the combinations of this [variant NAME] are? */
bool variant_grid_may_make(const struct ini_section *section, const char *name);
/* All [variant NAME] in all their combinations, those that are not asked for too. */
enum status variants_check(const struct ini *ini, struct message *message);

/* Reads the variants of a list: sections in all their combinations, single combinations by their
 * names, encoders and inline SPECs. */
enum status variants_read(struct plan *plan, const struct ini *ini, const struct experiment *experiment,
                          struct message *message);
/* --only a, b: of the variants read, these, by their own name or that of the list; what the list has not is
 * read as if it had.  NULL = all. */
enum status variants_keep(struct plan *plan, const struct ini *ini, const char *only,
                          struct message *message);

/* Can this variant be built in this model: do options fit the shape, and are all weights of the
 * evaluated part trained? */
enum status variant_fits(const struct variant *variant, const struct model_options *model,
                         size_t trained_length, struct message *message);

/* ---- data.c ---- */

/* Is it a dataset of a section, or a kind?  STATUS_WRONG, "SENTENCE `name`: " and the nearest names, when
 * not. */
enum status dataset_known(const struct ini *ini, const char *name, const char *sentence,
                          struct message *message);

struct fold {
    size_t number, count; /* number from 1; both 0 = none */
};

/* Prepares the dataset and checks every length that will be asked of it.  opened: the same dataset in
 * another configuration, whose state this one shares; NULL = the first. */
enum status planned_dataset_read(struct planned_dataset *out, const struct view *view, const char *name,
                                 const struct planned_dataset *opened, const struct fold *fold,
                                 struct message *message);
/* The same for a model that is trained already: the training length need not be had from it. */
enum status planned_dataset_evaluated(struct planned_dataset *out, const struct view *view, const char *name,
                                      const struct fold *fold, struct message *message);
/* Has it examples of every length that a training up to this length asks for? */
enum status planned_dataset_trains(const struct planned_dataset *dataset, size_t length,
                                   struct message *message);
void planned_dataset_release(struct planned_dataset *dataset);

/* ---- protocols.c ---- */

/* A section [protocol NAME], asked for or not. */
enum status protocol_check(const struct ini *ini, const struct ini_section *section, struct message *message);
/* Fills protocols and protocol from evaluation.protocols: those that fit the dataset. */
enum status protocols_read(struct planned_dataset *out, const struct ini *ini, struct message *message);
/* Instead: one kind, with every default. */
enum status protocols_single(struct planned_dataset *out, const char *name, struct message *message);
/* Retrieval has the same depths on all datasets. */
enum status protocols_check_depths(const struct plan *plan, struct message *message);

/* ---- claims.c ---- */

/* [claim NAME] of all variants there are; later, whether what they are about is evaluated. */
enum status claims_read(struct plan *plan, const struct ini *ini, struct message *message);
enum status claims_check(const struct plan *plan, const struct ini *ini, struct message *message);

/* ---- plan.c ---- */

/* All of a plan but its trainings, and what it was read from.  Release all three in any case. */
enum status plan_resolve(struct plan *plan, struct ini *ini, struct experiment *experiment,
                         const struct plan_request *request, struct message *message);

/* ---- configurations.c ---- */

/* The alternatives of [model] and [training] that hold for a dataset.  grid_release() in any case. */
enum status configurations_grid(struct grid *grid, const struct ini *ini, const char *dataset,
                                struct message *message);
/* Fills configuration, label and named_by_grid of a dataset read under that combination. */
enum status configuration_name(struct planned_dataset *out, const struct grid *grid, size_t index,
                               struct message *message);

/* ---- trainings.c ---- */

/* Plans the trainings of all datasets and variants, in place of those that are there.  plan_release() in any
 * case. */
enum status trainings_plan(struct plan *plan, const char *instruction_set, struct message *message);
void trainings_release(struct plan *plan);

/* The same of all protocols.  STATUS_WRONG when there is nothing to score. */
enum status planned_dataset_flop(double *out, const struct planned_dataset *dataset, struct message *message);

/* ---- identity.c ---- */

/* Fills id and identity of a training, and the ids of its evaluations. */
enum status identity_fill(struct planned_training *training, const struct plan *plan,
                          const char *instruction_set, struct message *message);

#endif
