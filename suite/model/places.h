/* places.h -- where an encoder can act: the hooks of the contract, as words. */
#ifndef LEXBENCH_PLACES_H
#define LEXBENCH_PLACES_H

#include <stdbool.h>

#include "encoders/encoder.h"

struct place {
    const char *name; /* one word, for programs: "rotation" */
    const char *what; /* for people: "rotation of queries and keys" */
    bool needs_text;  /* acts through queries, keys or tokens: without a text there is nothing to see */
    bool (*acts)(const struct encoder *encoder);
};
extern const struct place places[]; /* in the order of the contract; ends with name = NULL */

#endif
