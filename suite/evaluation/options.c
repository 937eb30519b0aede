/* options.c -- the option table of [evaluation]. */
#include "evaluation/options.h"

#define AT(field) offsetof(struct evaluation_options, field)

const struct option evaluation_option_table[] = {
    {"lengths", OPTION_LENGTHS, AT(lengths), "1L, 2L, 4L, 8L, 16L", 1e-6, 1099511627776.0, NULL,
     "evaluation lengths n: tokens, or multiples of the training length"},
    {"protocols", OPTION_TEXT, AT(protocols), "nonoverlap, fixed-targets", 0, 0, NULL,
     "how scores are taken: names, comma-separated"},
    {"tokens", OPTION_SIZE, AT(tokens), "65536", 1, 1099511627776.0, NULL,
     "text: at most this many tokens scored under nonoverlap and what is like it"},
    {"targets", OPTION_SIZE, AT(targets), "2048", 1, 1099511627776.0, NULL,
     "text: at most this many tokens scored under fixed-targets"},
    {"examples", OPTION_SIZE, AT(examples), "256", 1, 1073741824, NULL, "tasks: examples per length"},
    {"seed", OPTION_SIZE, AT(seed), "1", 0, 9007199254740992.0, NULL,
     "of the examples: the same for every training"},
    {.name = NULL},
};
