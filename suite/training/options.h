/* options.h -- [training] of an experiment file, and finetune.KEY of a variant. */
#ifndef LEXBENCH_TRAINING_OPTIONS_H
#define LEXBENCH_TRAINING_OPTIONS_H

#include <stddef.h>

#include "support/option.h"

struct training_options {
    size_t length;           /* L, tokens */
    size_t steps, batch;     /* batch: sequences per step */
    double rate, final_rate; /* peak learning rate; the cosine ends at final_rate * rate */
    double warmup;           /* fraction of the steps in which the rate rises linearly */
    double weight_decay, beta1, beta2, epsilon, clip; /* clip: gradient norm; 0 = off */
};
extern const struct option training_option_table[];

/* A second training that begins with the weights of the first. */
struct finetune_options {
    size_t steps;         /* 0 = there is none */
    struct length length; /* tokens, or multiples of the first training's L */
    double rate;          /* peak learning rate; 0 = that of the first training */
    size_t batch;         /* 0 = that of the first training */
};
extern const struct option finetune_option_table[];

/* The options of a fine-tune: those of the first training but for what is given. */
struct training_options finetune_training(const struct finetune_options *finetune,
                                          const struct training_options *first);

#endif
