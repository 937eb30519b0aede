/* training.h -- trains one model on one dataset.
 *
 * AdamW (Loshchilov and Hutter 2019, Algorithm 2) with a linear warm-up and a cosine decay, the
 * gradient clipped by its norm.  The same bits for any number of threads, and however often the training
 * was stopped, or killed, and taken up again from its checkpoint. */
#ifndef LEXBENCH_TRAINING_H
#define LEXBENCH_TRAINING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "datasets/dataset.h"
#include "model/model.h"
#include "support/profile.h"
#include "training/options.h"

struct training_request {
    const struct model *model;
    const struct dataset *dataset;
    const void *dataset_state;
    struct training_options options;
    uint64_t seed;
    const real *initial; /* (model->weights) where it begins; NULL = at weights drawn from the seed */
    size_t steps_before; /* of the training that `initial` comes from: its data is not seen again */
    size_t threads;
    struct profile *profile; /* (threads) zeroed, for where the time goes; NULL = not wanted */
    /* A checkpoint is saved between two steps when checkpoint_interval seconds have gone by since the last
     * one, when stop() says so, and with keep_last after the last step. */
    const char *checkpoint;     /* the file; NULL = none is read or written */
    const char *id;             /* of the training: no other's checkpoint is taken; under 32 bytes */
    double checkpoint_interval; /* seconds of the monotonic clock: a wall clock may jump */
    bool keep_last;
    bool (*stop)(void *context);                       /* asked before every step (NULL: not) */
    void (*start)(void *context, size_t step);         /* called once: the steps that are done (NULL: not) */
    void (*note)(void *context, const char *sentence); /* what is said of a checkpoint (NULL: not) */
    /* Called after every step (NULL: not): the mean loss of the step's scored targets, nat. */
    void (*report)(void *context, size_t step, double loss, double rate);
    void *context;
};

struct training_curve { /* loss: mean over the steps since the last entry */
    size_t count;
    int64_t *step;
    double *loss, *rate;
    double seconds; /* that the steps took, over all runs */
};

/* w(model->weights) is initialised from the seed, or a copy of `initial`, and trained, or goes on from a
 * whole checkpoint of the same id and shape; one that is truncated, altered or of another training is noted
 * and not taken. STATUS_WRONG when the encoder refuses the positions of the training, or they need marks
 * that the dataset lacks. STATUS_CHECKPOINTED when stop() said so: what was done is saved.  STATUS_FAILED
 * when the loss is not finite, memory ran out (the sentence says how much is needed), the checkpoint can't
 * be read, or can't be written at a stop; in between that is a note, and the training goes on. */
enum status training_run(real *w, struct training_curve *curve, const struct training_request *request,
                         struct message *message);
/* Bytes that training_run needs beside w, about: moments, gradients, the batches and workspaces of the threads.
 * INFINITY: there is no memory even to count them. */
double training_memory(const struct model *model, const struct training_options *options, size_t threads);
/* Behind a sentence about missing memory: how much the whole training needs. */
void training_memory_say(struct message *message, const struct model *model,
                         const struct training_options *options, size_t threads);

void training_curve_release(struct training_curve *curve);

#endif
