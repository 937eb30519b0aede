/* store.h -- results in memory and on disk.  The only room that knows HDF5 (schema: README.md
 * beside this file).  It knows nothing of encoders, models or experiments: commands fill these
 * plain structs. */
#ifndef LEXBENCH_STORE_H
#define LEXBENCH_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/names.h"
#include "support/position_bin.h"
#include "support/sha256.h"
#include "support/status.h"

enum cell_status { CELL_NOT_ASKED, CELL_MEASURED, CELL_REFUSED, CELL_FAILED, CELL_MISSING };

struct variant_record {
    char name[NAME_SIZE], encoder[SPEC_SIZE], positions[SPEC_SIZE]; /* as evaluated */
    char trained_as[TRAINED_SIZE]; /* encoder and positions as trained, and as fine-tuned */
    int evaluation_only;           /* 1: shares the training of another variant */
};
struct dataset_record {
    char name[NAME_SIZE];
    int64_t version;
    char input_sha256[SHA256_HEX_SIZE]; /* "" = no file */
    double chance;
    int end_token; /* 1: an answer ends in a token that is scored, too */
};
struct configuration_record {
    char name[NAME_SIZE]; /* "2x64-L64" */
    int64_t layers, heads, width, training_length;
};
struct protocol_record {
    char name[NAME_SIZE], kind[NAME_SIZE];
    char targets[NAME_SIZE]; /* which targets are scored, in words: "all", "last 16" */
    int64_t stride;          /* tokens between two windows of running text; 0 = not of this kind */
    int bos;                 /* 1: every window begins with a token of its own; 0: none does */
};

/* One protocol at one length on one training: one number of each kind, and the items under it. */
struct cell {
    char protocol[NAME_SIZE];
    int64_t length;
    enum cell_status status;
    char reason[REASON_SIZE];                                      /* of refused and failed cells */
    double nll, accuracy, exact_match;                             /* NAN = this protocol does not give it */
    double exact_match_forced;                                     /* without the token that ends an answer */
    double attention_entropy, attention_distance, attention_first; /* nat; tokens; share on the first token */
    double floor;                          /* nat: of the Bayes-optimal predictor on the same targets */
    int64_t left_out;                      /* examples that also occur in training */
    double *position_nll, *position_floor; /* (POSITION_BINS) nat; NULL = not taken */
    double *retrieval; /* (depths of the trial or the results): exact match; NULL = not taken */
    int64_t scored_tokens;
    char scored_sha256[SHA256_HEX_SIZE];
    size_t items;      /* windows or examples, in item order */
    float *score;      /* (items): mean nll of each item, nat */
    int64_t *item_key; /* (items): first token of the window, index of the example */
    double tokens_per_second, peak_memory, wall_time; /* measured: may differ between runs */
};

void cell_clear(struct cell *cell); /* not asked, NAN and NULL everywhere */

struct curve { /* one training, at the steps that were logged */
    size_t count;
    int64_t *step;
    double *loss, *rate;
};

/* What one trial file holds: one variant's cells on one training. */
struct trial {
    char training_id[ID_SIZE], evaluation_id[ID_SIZE];
    char parent[ID_SIZE]; /* the training whose weights a fine-tune began with; "" = it is none */
    char experiment[NAME_SIZE];
    struct variant_record variant;
    struct dataset_record dataset;
    struct configuration_record configuration;
    int64_t seed, fold, numerics_revision;
    int64_t steps, parameters; /* of the training, a fine-tune's with those of its parent; parameters 0 = not
                                           known, it failed */
    char instruction_set[NAME_SIZE];
    size_t protocols; /* the protocols that cells name */
    struct protocol_record *protocol;
    size_t cells;
    struct cell *cell;
    size_t depths; /* of the needle in retrieval, 0 the beginning and 1 the end */
    double *depth;
    char *manifest; /* JSON text: everything that could change a number */
    struct curve curve;
    double training_wall_time; /* measured */
    char host[NAME_SIZE];
    int64_t threads;
    char tuning[TUNING_SIZE]; /* "" = none, else this is a candidate of a tuning: its values */
    int64_t candidate;        /* its number, from 0 */
};

void trial_release(struct trial *trial); /* what it points to; the struct is the caller's */

/* One sealed file, whole or absent. */
enum status trial_write(const char *path, const struct trial *trial, struct message *message);
enum status trial_read(struct trial *trial, const char *path, struct message *message);

/* What a plan asks of a trial file: a few of its columns, several times faster than all of it. */
struct trial_summary {
    size_t failed; /* cells */
    double training_wall_time;
    int64_t threads;
};
enum status trial_glance(struct trial_summary *out, const char *path, struct message *message);

/* Weights: named arrays with their shapes, and attributes that say what model they are of. */
struct weight_array {
    const char *name;
    size_t rank;
    size_t extent[3];
    const float *values;
};
struct weight_attribute {
    const char *name;
    enum { WEIGHT_TEXT, WEIGHT_INTEGER, WEIGHT_REAL } type;
    const char *text; /* of a text; else the number of its type */
    int64_t integer;
    double real;
};
enum status weights_write(const char *path, const struct weight_array *arrays, size_t count,
                          const struct weight_attribute *attributes, size_t attribute_count,
                          struct message *message);
/* Reads the arrays of these names and shapes into buffers (values' const is the file's promise to
 * writers; buffers[i] receives array i).  STATUS_FAILED names a missing array or an unequal shape. */
enum status weights_read(const char *path, const struct weight_array *arrays, size_t count,
                         float *const *buffers, struct message *message);

/* What a weights file says of its training, read before its arrays (README.md: Weights). */
struct weights_about {
    char *training_id, *identity, *experiment; /* weights_about_release() */
    int64_t vocabulary;
};
enum status weights_read_about(struct weights_about *about, const char *path, struct message *message);
void weights_about_release(struct weights_about *about);

/* One candidate of a tuning on the validation block at n = L; tuning.h chooses. */
struct tuning_record {
    char dataset[NAME_SIZE], configuration[NAME_SIZE];
    char variant[NAME_SIZE], trained_as[TRAINED_SIZE]; /* the first variant with the trained part */
    int64_t candidate;
    char coordinates[TUNING_SIZE]; /* "rate=0.006 warmup=0.1" */
    char training_id[ID_SIZE];
    int64_t seed, steps;
    char protocol[NAME_SIZE];
    int64_t length;
    enum cell_status status;
    char reason[REASON_SIZE];
    double nll, accuracy, exact_match;
    int chosen; /* 1: the experiment's trainings have these values */
};

/* What an experiment says beforehand (claims.h judges it): at each length, on each dataset that has the
 * protocol, the metric of `left` is less or greater than that of `right`. */
struct claim_record {
    char name[NAME_SIZE], statement[REASON_SIZE];
    char protocol[NAME_SIZE], metric[NAME_SIZE];  /* metric: "nll", "exact_match", ... */
    char left[NAME_SIZE], right[NAME_SIZE];       /* variants */
    char left_at[NAME_SIZE], right_at[NAME_SIZE]; /* a length of its own, "1L" or "64"; "" = `at` */
    char direction[NAME_SIZE];                    /* "less", "greater" */
    char at[TUNING_SIZE], datasets[TUNING_SIZE];  /* "1L, 4L"; "" where both have their own; "" = all */
};

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
    size_t depths;
    double *depth;
    struct protocol_record *protocol;
    struct cell *cell; /* dense; protocol[] of a cell is not filled */
    struct budget {
        int64_t steps, parameters; /* 0 = no such training, or it failed before they were known */
    } * budget;                    /* (variant, dataset, configuration) */
    char (*training_id)[ID_SIZE];  /* (variant, dataset, configuration, seed, fold), "" = none */
    char *mixed;                   /* what was allowed to differ, a line each; NULL = nothing */
    size_t trainings;              /* distinct trainings by id: manifest, curve */
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

size_t results_index(const struct results *results, size_t variant, size_t dataset, size_t configuration,
                     size_t seed, size_t fold, size_t protocol, size_t length);
/* A text may be in folds beside a task that is in none: was anything of the dataset asked in this one? */
bool results_has_fold(const struct results *results, size_t dataset, size_t fold);
void results_release(struct results *results);

/* Trials in memory, merged (merge.h) under all its rules. */
enum status results_merge(struct results *results, const struct trial *const *trials, size_t count,
                          const char *const *order, size_t order_count, struct message *message);

/* results.h5: netCDF-4 readable, published whole. */
enum status results_write(const char *path, const struct results *results, struct message *message);
enum status results_read(struct results *results, const char *path, struct message *message);

#endif
