/* store.h -- results in memory and on disk.  The only room that knows HDF5 (schema: README.md
 * beside this file).  It knows nothing of encoders, models or experiments: commands fill these
 * plain structs. */
#ifndef LEXBENCH_STORE_H
#define LEXBENCH_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "support/sha256.h"
#include "support/status.h"

enum { NAME_SIZE = 64, ID_SIZE = 17, REASON_SIZE = 240, SPEC_SIZE = 512 };

enum cell_status { CELL_NOT_ASKED, CELL_MEASURED, CELL_REFUSED, CELL_FAILED, CELL_MISSING };

struct variant_record {
    char name[NAME_SIZE], encoder[SPEC_SIZE], positions[SPEC_SIZE];     /* as evaluated */
    char trained_as[SPEC_SIZE];         /* encoder and positions as trained */
    int  evaluation_only;               /* 1: shares the training of another variant */
};
struct dataset_record {
    char name[NAME_SIZE];
    int64_t version;
    char input_sha256[SHA256_HEX_SIZE]; /* "" = no file */
    double chance;
};
struct configuration_record {
    char name[NAME_SIZE];               /* "2x64-L64" */
    int64_t layers, heads, width, training_length, steps, parameters;
};
struct protocol_record {
    char name[NAME_SIZE], kind[NAME_SIZE];
    char targets[NAME_SIZE];            /* which targets are scored, in words: "all", "last 16" */
};

/* One protocol at one length on one training: one number of each kind, and the items under it. */
struct cell {
    char protocol[NAME_SIZE];
    int64_t length;
    enum cell_status status;
    char reason[REASON_SIZE];           /* of refused and failed cells */
    double nll, accuracy, exact_match;  /* NAN = this protocol does not give it */
    int64_t scored_tokens;
    char scored_sha256[SHA256_HEX_SIZE];
    size_t items;                       /* windows or examples, in item order */
    float *score;                       /* (items): mean nll of each item, nat */
    int64_t *item_key;                  /* (items): first token of the window, index of the example */
    double tokens_per_second, peak_memory, wall_time;   /* measured: may differ between runs */
};

struct curve {                          /* one training, at the steps that were logged */
    size_t count;
    int64_t *step;
    double *loss, *rate;
};

/* What one trial file holds: one variant's cells on one training. */
struct trial {
    char training_id[ID_SIZE], evaluation_id[ID_SIZE];
    char experiment[NAME_SIZE];
    struct variant_record variant;
    struct dataset_record dataset;
    struct configuration_record configuration;
    int64_t seed, fold, numerics_revision;
    char instruction_set[NAME_SIZE];
    size_t protocols;                   /* the protocols that cells name */
    struct protocol_record *protocol;
    size_t cells;
    struct cell *cell;
    char *manifest;                     /* JSON text: everything that could change a number */
    struct curve curve;
    double training_wall_time;          /* measured */
    char host[NAME_SIZE];
    int64_t threads;
};

void trial_release(struct trial *trial);        /* what it points to; the struct is the caller's */

/* One sealed file, whole or absent. */
enum status trial_write(const char *path, const struct trial *trial, struct message *message);
enum status trial_read(struct trial *trial, const char *path, struct message *message);

/* Weights: named arrays with their shapes, resolved options beside them. */
struct weight_array {
    const char *name;
    size_t rank;
    size_t extent[3];
    const float *values;
};
enum status weights_write(const char *path, const struct weight_array *arrays, size_t count,
                          const char *manifest, struct message *message);
/* Reads the arrays of these names and shapes into buffers (values' const is the file's promise to
 * writers; buffers[i] receives array i).  STATUS_FAILED names a missing array or an unequal shape. */
enum status weights_read(const char *path, const struct weight_array *arrays, size_t count,
                         float *const *buffers, struct message *message);

/* A merged results file in memory.  Dimensions are sorted by name or value; cells are dense in C
 * order of (variant, dataset, configuration, seed, fold, protocol, length). */
struct results {
    char title[NAME_SIZE];
    int64_t numerics_revision;
    char instruction_set[NAME_SIZE];
    size_t variants, datasets, configurations, seeds, folds, protocols, lengths;
    struct variant_record *variant;
    struct dataset_record *dataset;
    struct configuration_record *configuration;
    int64_t *seed, *fold, *length;
    struct protocol_record *protocol;
    struct cell *cell;                  /* dense; protocol[] of a cell is not filled */
    char (*training_id)[ID_SIZE];       /* (variant, dataset, configuration, seed, fold), "" = none */
    size_t trainings;                   /* distinct trainings: manifest, curve */
    struct training_record {
        char id[ID_SIZE];
        char *manifest;
        struct curve curve;
        double wall_time;
        char host[NAME_SIZE];
        int64_t threads;
    } *training;
};

size_t results_index(const struct results *results, size_t variant, size_t dataset,
                     size_t configuration, size_t seed, size_t fold, size_t protocol,
                     size_t length);
void results_release(struct results *results);

/* Union of the coordinates of trials.  Equal duplicates are one; unequal ones, mixed numerics
 * revisions, instruction sets, dataset versions or scored sets: STATUS_FAILED with a sentence that
 * names both.  Variants keep the order in which `order` (count names) lists them; others follow
 * by name. */
enum status results_merge(struct results *results, const struct trial *const *trials, size_t count,
                          const char *const *order, size_t order_count, struct message *message);

/* results.h5: netCDF-4 readable, published whole. */
enum status results_write(const char *path, const struct results *results, struct message *message);
enum status results_read(struct results *results, const char *path, struct message *message);

#endif
