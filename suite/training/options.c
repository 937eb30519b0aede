/* options.c -- the option tables of [training] and of finetune.KEY. */
#include "training/options.h"

#define AT(field) offsetof(struct training_options, field)

/* Names and defaults of the optimiser: Loshchilov and Hutter 2019, Algorithm 2; beta2 = 0.95 as is
 * usual for language models. */
const struct option training_option_table[] = {
    {"length", OPTION_SIZE, AT(length), "64", 2, 16777216, NULL, "training length L, tokens"},
    {"steps", OPTION_SIZE, AT(steps), "600", 1, 1e9, NULL, "steps of the optimiser"},
    {"batch", OPTION_SIZE, AT(batch), "32", 1, 65536, NULL, "sequences per step"},
    {"rate", OPTION_REAL, AT(rate), "0.006", 0, 10, NULL, "peak learning rate"},
    {"final_rate", OPTION_REAL, AT(final_rate), "0.1", 0, 1, NULL,
     "where the cosine ends, as a share of the peak"},
    {"warmup", OPTION_REAL, AT(warmup), "0.05", 0, 1, NULL,
     "share of the steps in which the rate rises linearly"},
    {"weight_decay", OPTION_REAL, AT(weight_decay), "0.1", 0, 10, NULL, "decoupled weight decay"},
    {"beta1", OPTION_REAL, AT(beta1), "0.9", 0, 0.9999999, NULL, "decay of the first moment"},
    {"beta2", OPTION_REAL, AT(beta2), "0.95", 0, 0.9999999, NULL, "decay of the second moment"},
    {"epsilon", OPTION_REAL, AT(epsilon), "1e-8", 1e-30, 1, NULL, "added to the root of the second moment"},
    {"clip", OPTION_REAL, AT(clip), "1", 0, 1e9, NULL, "largest norm of the gradient; 0 = no limit"},
    {.name = NULL},
};

#undef AT
#define AT(field) offsetof(struct finetune_options, field)

const struct option finetune_option_table[] = {
    {"steps", OPTION_SIZE, AT(steps), "0", 0, 1e9, NULL, "steps of the optimiser"},
    {"length", OPTION_LENGTH, AT(length), "1L", 1e-6, 16777216, NULL,
     "length of its sequences: tokens, or multiples of the training length"},
    {"rate", OPTION_REAL, AT(rate), "0", 0, 10, NULL, "peak learning rate; 0: that of the training"},
    {"batch", OPTION_SIZE, AT(batch), "0", 0, 65536, NULL, "sequences per step; 0: those of the training"},
    {.name = NULL},
};

struct training_options finetune_training(const struct finetune_options *finetune,
                                          const struct training_options *first)
{
    struct training_options out = *first;
    out.steps = finetune->steps;
    out.length = length_tokens(finetune->length, first->length);
    if (finetune->rate > 0)
        out.rate = finetune->rate;
    if (finetune->batch > 0)
        out.batch = finetune->batch;
    return out;
}
