/* collection.h -- trial files, read and merged.  Private to this folder. */
#ifndef LEXBENCH_COLLECTION_H
#define LEXBENCH_COLLECTION_H

#include <stddef.h>

#include "experiment/plan.h"
#include "results/store.h"
#include "support/status.h"

struct collection {
    size_t count, capacity;
    struct trial *trial; /* (count) */
    size_t left_out;     /* files that are no whole trial: each was named on standard error */
};
void collection_release(struct collection *collection);

/* One file, whatever it holds: what is no whole trial is named on standard error and left out. */
enum status collection_add_file(struct collection *collection, const char *path, struct message *message);

/* Every *.h5 in a folder and below it but weights.h5 and results.h5. */
enum status collection_add_folder(struct collection *collection, const char *folder, struct message *message);

/* The trial files of a plan that are there. */
enum status collection_add_plan(struct collection *collection, const struct plan *plan, const char *out,
                                struct message *message);

/* Merges; variants in the order of the plan (NULL = by name).  results_release() after success. */
enum status collection_merge(struct results *results, const struct collection *collection,
                             const struct plan *plan, struct message *message);

/* results.h5 itself, or the one in a folder. */
enum status collection_open_results(struct results *results, const char *path, struct message *message);

#endif
