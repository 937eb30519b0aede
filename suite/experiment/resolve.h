/* resolve.h -- from the sections of an experiment file to a plan.  Private to the room. */
#ifndef LEXBENCH_RESOLVE_H
#define LEXBENCH_RESOLVE_H

#include <stdbool.h>

#include "experiment/ini.h"
#include "experiment/list.h"
#include "experiment/plan.h"

/* A length beyond this many tokens is taken for a slip, not for a wish. */
enum { LENGTH_MAX = 16777216 };

/* [experiment] */
struct experiment {
    char name[NAME_SIZE], title[OPTION_TEXT_SIZE];
    struct list datasets, variants;
    struct ini_place datasets_place, variants_place;
    size_t seeds, first_seed;
};

/* ---- sections.c ---- */

/* Is every section one that there is, and for a dataset that there is? */
enum status sections_check(const struct ini *ini, struct message *message);

/* "not built yet" for a value with alternatives (a | b) and for the key `zip`. */
enum status sections_check_grid(const struct ini_section *section, const struct ini_entry *entry,
                                struct message *message);

/* `file`: what the experiment was asked for by, whose stem is the name when none is given. */
enum status experiment_read(struct experiment *out, const struct ini *ini, const char *file,
                            struct message *message);
void experiment_release(struct experiment *experiment);

/* Defaults, then layer by layer [kind] and [kind NAME] (name may be NULL): in one layer the section
 * of the dataset wins, and a higher layer wins over both. */
enum status settings_read(void *object, const struct option *table, const struct ini *ini, const char *kind,
                          const char *name, struct message *message);

/* The entry that decided a key of [kind] for a dataset, NULL = the default.  *own: it stands in
 * [kind NAME]. */
const struct ini_entry *settings_source(bool *own, const struct ini *ini, const char *kind, const char *name,
                                        const char *key);

/* ---- variants.c ---- */

/* A variant by name of its section, or an inline SPEC.  Release with variant_release(). */
enum status variant_read(struct variant *out, const struct ini *ini, const char *name,
                         struct message *message);
void variant_release(struct variant *variant);
/* All [variant NAME], those that are not asked for too. */
enum status variants_check(const struct ini *ini, struct message *message);

/* Can this variant be built in this model: do options fit the shape, and are all weights of the
 * evaluated part trained? */
enum status variant_fits(const struct variant *variant, const struct model_options *model,
                         size_t trained_length, struct message *message);

/* ---- data.c ---- */

/* Prepares the dataset and checks every length that will be asked of it. */
enum status planned_dataset_read(struct planned_dataset *out, const struct ini *ini, const char *name,
                                 struct message *message);
void planned_dataset_release(struct planned_dataset *dataset);

/* Is this protocol asked at n?  (fixed-targets scores what a window of L holds: not below L.) */
bool protocol_asked(const struct protocol *protocol, size_t trained_length, size_t n);

/* ---- trainings.c ---- */

enum status trainings_plan(struct plan *plan, const char *instruction_set, struct message *message);

/* ---- identity.c ---- */

/* Fills id and identity of a training, and the ids of its evaluations. */
enum status identity_fill(struct planned_training *training, const struct plan *plan,
                          const char *instruction_set, struct message *message);

#endif
