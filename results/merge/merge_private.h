/* merge_private.h -- a merge on its way, shared by merge.c and merge_finish.c (private to results/). */
#ifndef LEXBENCH_MERGE_PRIVATE_H
#define LEXBENCH_MERGE_PRIVATE_H

#include "results/merge/axis.h"
#include "results/merge/merge.h"
#include "results/store/lookup.h"
#include "support/text.h"

/* One training's place: the index of its names as they came, and its values.  Keys have no padding,
 * so they are hashed and compared as bytes. */
struct row_key {
    size_t variant, dataset, configuration;
    int64_t seed, fold;
};
struct row {
    struct row_key key;
    char training_id[ID_SIZE];
    struct budget budget;
    const char *source;
};

struct entry_key {
    size_t row, protocol;
    int64_t length;
};
struct entry { /* of a cell that some source asked */
    struct entry_key key;
    const char *source;
};

struct merger {
    struct merge_options options;
    size_t sources, source_capacity;
    char **source;         /* (sources) their names */
    char title[NAME_SIZE]; /* the least by name */
    struct axis variants, datasets, configurations, protocols;
    struct axis instruction_sets;
    struct integer_axis revisions, seeds, folds, lengths;
    size_t rows, row_capacity;
    struct row *row;
    size_t entries, entry_capacity;
    struct entry *entry;
    struct texts texts; /* that cells point to */
    size_t cell_capacity;
    struct cell *cell; /* (entries) apart from them: the results take them as they are */
    size_t trainings, training_capacity;
    struct training_record *training;
    size_t tunings, tuning_capacity;
    struct tuning_record *tuning; /* as they came */
    size_t claims, claim_capacity;
    struct claim_record *claim;
    struct lookup row_of, entry_of, training_of;
    size_t depths; /* of retrieval: one list for all sources */
    double *depth;
    const char *depth_source; /* who brought it */
    struct text mixed;        /* what was allowed to differ, a line each */
};

/* A line for the record of mixtures, once. */
void merger_note_mixed(struct merger *merger, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
