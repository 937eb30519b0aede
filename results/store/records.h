/* records.h -- what the files of results say of a variant, dataset, configuration, protocol, of a candidate
 * of a tuning and of a claim.  Plain structs that commands fill: the store knows nothing of encoders, models
 * or experiments (schema: README.md of results/). */
#ifndef LEXBENCH_RECORDS_H
#define LEXBENCH_RECORDS_H

#include <stdint.h>

#include "support/names.h"
#include "support/sha256.h"

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
    int end_token;   /* 1: an answer ends in a token that is scored, too */
    int begin_token; /* 1: every window begins with a token that is not of the text */
};
struct configuration_record {
    char name[NAME_SIZE]; /* "2x64-L64" */
    int64_t layers, heads, width, training_length;
};
struct protocol_record {
    char name[NAME_SIZE], kind[NAME_SIZE];
    char targets[NAME_SIZE]; /* which targets are scored, in words: "all", "last 16" */
    int64_t stride;          /* tokens between two windows of running text; 0 = not of this kind */
};

/* One candidate of a tuning on the validation block at n = L; findings/tuning.h chooses. */
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

enum { CLAIM_OPERANDS = 2 };

/* What an experiment says beforehand: at each length, on each dataset that has the protocol, something of
 * the metric of its operands is less or greater than nothing (findings/claim_kinds.h; findings/claims.h
 * judges it). */
struct claim_record {
    char name[NAME_SIZE], statement[REASON_SIZE];
    char protocol[NAME_SIZE], metric[NAME_SIZE]; /* metric: "nll", "exact_match", ... */
    struct claim_operand {
        char variant[NAME_SIZE]; /* "" = there are no more */
        char at[NAME_SIZE];      /* a length of its own, "1L" or "64"; "" = `at` of the claim */
    } operand[CLAIM_OPERANDS];   /* as they are written, left to right */
    char direction[NAME_SIZE];   /* "less", "greater" */
    char at[TUNING_SIZE], datasets[TUNING_SIZE]; /* "1L, 4L"; "" where all have their own; "" = all */
};

#endif
