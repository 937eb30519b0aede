/* collection.h -- trial files and results files, read and merged. */
#ifndef LEXBENCH_COLLECTION_H
#define LEXBENCH_COLLECTION_H

#include <stddef.h>

#include "experiment/plan.h"
#include "results/merge/merge.h"
#include "results/store/results.h"
#include "support/status.h"

/* Begin with {.count = 0}, or with options; the files themselves are not kept in memory. */
struct collection {
    struct merge_options options;
    struct merger *merger; /* made by the first file */
    size_t count;          /* trial files */
    size_t results;        /* results files */
    size_t left_out;       /* files that are neither: each was named on standard error */
};
void collection_release(struct collection *collection);

/* One file, whatever it holds: what is no whole trial or results file is named on standard error and
 * left out.  STATUS_FAILED: it does not go together with the others. */
enum status collection_add_file(struct collection *collection, const char *path, struct message *message);

/* Every *.h5 in a folder and below it, but weights.h5, and a results.h5 beside the trials that it was
 * merged from. */
enum status collection_add_folder(struct collection *collection, const char *folder, struct message *message);

/* The trial files that are there of a plan and of the search that it came from. */
enum status collection_add_plan(struct collection *collection, const struct plan *plan, const char *out,
                                struct message *message);

/* A results file or the folder of a run, which must be there and whole. */
enum status collection_add_results(struct collection *collection, const char *path, struct message *message);

/* Merges; variants in the order of the plan (NULL = by name).  results_release() after success. */
enum status collection_merge(struct results *results, const struct collection *collection,
                             const struct plan *plan, struct message *message);

/* results.h5 itself, or the one in a folder. */
enum status collection_open_results(struct results *results, const char *path, struct message *message);

#endif
