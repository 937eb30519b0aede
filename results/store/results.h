/* results.h -- a merged results file, in memory and on disk (schema: README.md of results/). */
#ifndef LEXBENCH_RESULTS_H
#define LEXBENCH_RESULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "results/store/cell.h"
#include "results/store/curve.h"
#include "results/store/records.h"
#include "results/store/texts.h"
#include "support/names.h"
#include "support/status.h"

/* A merged results file in memory.  Dimensions are sorted by name or value.  A place is an index in C order of
 * (variant, dataset, configuration, seed, fold, protocol, length); as a rule most places were not asked, so
 * that only those with a cell take memory. */
struct results {
    char title[NAME_SIZE];
    int64_t numerics_revision;
    char instruction_set[NAME_SIZE];
    size_t variants, datasets, configurations, seeds, folds, protocols, lengths;
    struct variant_record *variant;
    struct dataset_record *dataset;
    struct configuration_record *configuration;
    int64_t *seed, *fold, *length;
    size_t depths;
    double *depth;
    struct protocol_record *protocol;
    struct texts texts; /* that cells point to */
    size_t cells;       /* places that were asked */
    size_t *place;      /* (cells) of each cell, ascending */
    struct cell *cell;  /* (cells) protocol[] of a cell is not filled */
    struct budget {
        int64_t steps, parameters; /* 0 = no such training, or it failed before they were known */
    } * budget;                    /* (variant, dataset, configuration) */
    char (*training_id)[ID_SIZE];  /* (variant, dataset, configuration, seed, fold), "" = none */
    char *mixed;                   /* what was allowed to differ, a line each; NULL = nothing */
    size_t trainings;              /* distinct trainings, sorted by id: manifest, curve */
    struct training_record {
        char id[ID_SIZE];
        char parent[ID_SIZE]; /* "" = it is no fine-tune */
        char *manifest;
        struct curve curve;
        double wall_time;
        char host[NAME_SIZE];
        int64_t threads;
    } * training;
    size_t tunings; /* by dataset, configuration, variant, candidate */
    struct tuning_record *tuning;
    size_t claims;
    struct claim_record *claim; /* in the order of the experiment */
};

/* The dimensions of C, outermost first. */
enum { CELL_RANK = 7, TRAINING_RANK = 5, BUDGET_RANK = 3, SCORED_RANK = 5 };
void results_extents(size_t extent[CELL_RANK], const struct results *results);

/* A place from its coordinates; the first `rank` coordinates from an index in C order of them. */
size_t results_index(const struct results *results, size_t variant, size_t dataset, size_t configuration,
                     size_t seed, size_t fold, size_t protocol, size_t length);
void results_coordinates(size_t at[CELL_RANK], const struct results *results, size_t index, size_t rank);
/* What stands at a place; where nothing was asked, a cell that says so, which all such places share. */
const struct cell *results_cell(const struct results *results, size_t place);
/* The same, to be changed; NULL where nothing was asked. */
struct cell *results_find_cell(const struct results *results, size_t place);

/* A training among those in C order of (variant, dataset, configuration, seed, fold). */
size_t results_training_index(const struct results *results, size_t variant, size_t dataset,
                              size_t configuration, size_t seed, size_t fold);
/* The scored set of a place among those in C order of (dataset, configuration, fold, protocol, length). */
size_t results_scored_index(const struct results *results, size_t place);

/* What is known of a training; NULL = there is none of this id. */
const struct training_record *results_training(const struct results *results, const char *id);

/* Budgets and training ids, all empty, for the dimensions that stand in results; STATUS_FAILED also where there
 * are more places than can be counted. */
enum status results_allocate_trainings(struct results *results, struct message *message);
/* Memory for `cells` of them, not filled. */
enum status results_allocate_cells(struct results *results, size_t cells, struct message *message);
void results_release(struct results *results);

/* Copies; instead of those that are there.  STATUS_FAILED releases the results. */
enum status results_set_claims(struct results *results, const struct claim_record *claims, size_t count,
                               struct message *message);

/* results.h5: netCDF-4 readable, published whole. */
enum status results_write(const char *path, const struct results *results, struct message *message);
enum status results_read(struct results *results, const char *path, struct message *message);

#endif
