/* lookup.h -- positions in an array, found by a hash of what stands there (private to results/). */
#ifndef LEXBENCH_LOOKUP_H
#define LEXBENCH_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/status.h"

/* Open addressing; at most half full, and nothing is taken out. */
struct lookup {
    size_t capacity, count;
    struct lookup_slot {
        uint64_t hash;
        size_t position; /* + 1; 0 = free */
    } * slot;
};

uint64_t lookup_hash(const void *bytes, size_t size);

/* The position among those of this hash for which same() is true; SIZE_MAX = none. */
size_t lookup_find(const struct lookup *lookup, uint64_t hash,
                   bool (*same)(const void *context, size_t position), const void *context);
enum status lookup_add(struct lookup *lookup, uint64_t hash, size_t position, struct message *message);
void lookup_release(struct lookup *lookup);

#endif
