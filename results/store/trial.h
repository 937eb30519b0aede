/* trial.h -- a trial file: one variant's cells on one training. */
#ifndef LEXBENCH_TRIAL_H
#define LEXBENCH_TRIAL_H

#include <stddef.h>
#include <stdint.h>

#include "results/store/cell.h"
#include "results/store/curve.h"
#include "results/store/records.h"
#include "results/store/texts.h"
#include "support/names.h"
#include "support/status.h"

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
    struct texts texts; /* that its cells point to */
    size_t protocols;   /* the protocols that cells name */
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

#endif
