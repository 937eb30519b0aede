/* training.h -- trains one model on one dataset.
 *
 * AdamW (Loshchilov and Hutter 2019, Algorithm 2) with a linear warm-up and a cosine decay, the
 * gradient clipped by its norm.  The same bits for any number of threads. */
#ifndef LEXBENCH_TRAINING_H
#define LEXBENCH_TRAINING_H

#include <stddef.h>
#include <stdint.h>

#include "datasets/dataset.h"
#include "model/model.h"
#include "training/options.h"

struct training_request {
    const struct model *model;
    const struct dataset *dataset;
    const void *dataset_state;
    struct training_options options;
    uint64_t seed;
    size_t threads;
    /* Called after every step (NULL: not): the mean loss of the step's scored targets, nat. */
    void (*report)(void *context, size_t step, double loss, double rate);
    void *context;
};

struct training_curve {                 /* loss: mean over the steps since the last entry */
    size_t count;
    int64_t *step;
    double *loss, *rate;
};

/* w(model->weights) is initialised from the seed and trained.  STATUS_FAILED when the loss is not
 * finite or memory ran out. */
enum status training_run(real *w, struct training_curve *curve,
                         const struct training_request *request, struct message *message);
void training_curve_release(struct training_curve *curve);

#endif
