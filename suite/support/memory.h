/* memory.h -- aligned, checked allocation.
 *
 * Every allocation of the program goes through here: overflow of count * size is caught, a
 * block starts on a 64-byte boundary (a cache line, a full AVX-512 vector) and is zero. */
#ifndef LEXBENCH_MEMORY_H
#define LEXBENCH_MEMORY_H

#include <stddef.h>

#include "support/status.h"

enum { MEMORY_ALIGNMENT = 64 };

/* count elements of size bytes, zeroed; NULL (and a sentence that names `what` and the bytes
 * needed) when there is no memory. count = 0 gives a valid pointer.  message may be NULL.
 * Release with memory_release(). */
void *memory_allocate(size_t count, size_t size, const char *what, struct message *message);

/* Grows a block from memory_allocate or memory_grow (or NULL) to at least `wanted` elements:
 * *capacity is updated, new elements are zero.  STATUS_FAILED leaves block and capacity as
 * they were. */
enum status memory_grow(void **block, size_t *capacity, size_t wanted, size_t size,
                        const char *what, struct message *message);

void memory_release(void *block);    /* NULL is fine */

/* Rounds count up to a multiple of `step`. */
size_t memory_round_up(size_t count, size_t step);

/* Highest resident set of this process so far, in bytes. */
size_t memory_peak(void);

#endif
