/* options.h -- [training] of an experiment file. */
#ifndef LEXBENCH_TRAINING_OPTIONS_H
#define LEXBENCH_TRAINING_OPTIONS_H

#include <stddef.h>

#include "support/option.h"

struct training_options {
    size_t length;              /* L, tokens */
    size_t steps, batch;        /* batch: sequences per step */
    double rate, final_rate;    /* peak learning rate; the cosine ends at final_rate * rate */
    double warmup;              /* fraction of the steps in which the rate rises linearly */
    double weight_decay, beta1, beta2, epsilon, clip;   /* clip: gradient norm; 0 = off */
};
extern const struct option training_option_table[];

#endif
