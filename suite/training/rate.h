/* rate.h -- the learning rate of each step. */
#ifndef LEXBENCH_RATE_H
#define LEXBENCH_RATE_H

#include <stddef.h>

#include "training/options.h"

/* Linear from 0 over warmup * steps, then a half cosine from rate to final_rate * rate (Loshchilov and
 * Hutter 2017, Equation 5, without restarts).  step: 0..steps-1. */
double rate_at(const struct training_options *options, size_t step);

#endif
