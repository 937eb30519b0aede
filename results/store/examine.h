/* examine.h -- is a file of the store whole, and what is it?  Without knowing its kind first. */
#ifndef LEXBENCH_EXAMINE_H
#define LEXBENCH_EXAMINE_H

#include <stddef.h>

#include "support/status.h"

struct examined {
    char kind[32];         /* "trial", "results", "weights", "tokens" */
    size_t bytes;          /* of the file */
    size_t arrays, values; /* of floating-point numbers at the root: what weights consist of */
    size_t not_finite;     /* of values */
};

/* Checks the trailer, the schema version and that HDF5 can read all arrays at the root.  STATUS_FAILED
 * names the file and says what is wrong with it; STATUS_WRONG: it can't be read. */
enum status store_examine(struct examined *out, const char *path, struct message *message);

#endif
