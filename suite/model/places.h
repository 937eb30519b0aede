/* places.h -- where an encoder can act: the hooks of the contract, as bits and as words. */
#ifndef LEXBENCH_PLACES_H
#define LEXBENCH_PLACES_H

#include <stdbool.h>

#include "encoders/encoder.h"

/* The hooks that act, in the order of the contract.  Decay belongs to the rotation there, planes to the
 * segments: something that mixes tokens may honour the one and not the other. */
enum {
    HOOK_ADD = 1,
    HOOK_ROTATION = 2,
    HOOK_DECAY = 4,
    HOOK_SEGMENTS = 8,
    HOOK_PLANES = 16,
    HOOK_SCALE = 32,
    HOOK_BIAS = 64,
    HOOK_TOKEN = 128,
    HOOK_STRIP = 256,
    HOOKS_ALL = 511
};

/* Which of them an encoder has: a set of these bits. */
unsigned encoder_hooks(const struct encoder *encoder);

struct place {
    unsigned hook;    /* its bit */
    const char *name; /* one word, for programs: "rotation" */
    const char *what; /* for people: "rotation of queries and keys" */
    bool needs_text;  /* acts through queries, keys or tokens: without a text there is nothing to see */
};
extern const struct place places[]; /* in the order of the contract; ends with name = NULL */

#endif
