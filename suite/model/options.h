/* options.h -- [model] of an experiment file. */
#ifndef LEXBENCH_MODEL_OPTIONS_H
#define LEXBENCH_MODEL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "objectives/objective.h"
#include "support/option.h"

struct model_options {
    size_t layers, width, heads, feed_forward; /* feed_forward: hidden width as a multiple of width */
    bool tied;                                 /* the head is the token embedding, transposed */
    double dropout;                            /* of the embedding and of both residual branches */
    double embedding_scale;       /* token embeddings are multiplied by it; 0 = auto: sqrt(width) */
    char mixer[OPTION_TEXT_SIZE]; /* mixer_read() */
    double initial_deviation;     /* of initial matrices; 0 = auto: 0.02 sqrt(768 / width) */
    int objective;                /* index into objective_list */
};
extern const struct option model_option_table[];

#endif
