/* options.h -- [evaluation] of an experiment file. */
#ifndef LEXBENCH_EVALUATION_OPTIONS_H
#define LEXBENCH_EVALUATION_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/option.h"

struct evaluation_options {
    struct length_list lengths;       /* n */
    char protocols[OPTION_TEXT_SIZE]; /* names of kinds or of sections, comma-separated */
    size_t tokens;                    /* text: at most this many scored under nonoverlap */
    size_t targets;                   /* text: at most this many scored under fixed-targets */
    size_t examples;                  /* tasks: examples per length */
    size_t seed;                      /* of the examples: the same for every training */
    bool validation; /* no key of a file: a tuning scores the validation block, not the test */
};
extern const struct option evaluation_option_table[];

#endif
