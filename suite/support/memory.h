/* memory.h -- aligned, checked allocation.
 *
 * Every allocation of the program goes through here: overflow of count * size is caught, a
 * block starts on a 64-byte boundary (a cache line, a full AVX-512 vector) and is zero.
 *
 * A hard build (make hard=1) shows what only a lucky run hides: workspaces hold signalling NaN, and an
 * allocation of one's choice fails. */
#ifndef LEXBENCH_MEMORY_H
#define LEXBENCH_MEMORY_H

#include <stdbool.h>
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
enum status memory_grow(void **block, size_t *capacity, size_t wanted, size_t size, const char *what,
                        struct message *message);

void memory_release(void *block); /* NULL is fine */

/* The same, without a promise of what the block holds: for whoever writes before reading.  A hard build
 * fills it as memory_poison does. */
void *memory_workspace(size_t count, size_t size, const char *what, struct message *message);

/* A whole block, whose elements have `size` bytes, is not to be read before it is written: a hard build
 * fills it with signalling NaN, which as an index is far out of range.  Else it does nothing. */
#ifdef LEXBENCH_HARD
void memory_poison(void *block, size_t size); /* NULL is fine */

/* The k-th allocation from now on fails, with `later` every one after it too; k = 0: none.  The
 * environment says the same to a whole program: LEXBENCH_FAIL_ALLOCATION=k, or k+ for later ones too;
 * LEXBENCH_COUNT_ALLOCATIONS=FILE has the number of allocations written there at the end. */
void memory_fail_after(unsigned long k, bool later);
#else
static inline void memory_poison(void *block, size_t size)
{
    (void)block;
    (void)size;
}
#endif

/* Rounds count up to a multiple of `step`. */
size_t memory_round_up(size_t count, size_t step);

/* Highest resident set of this process so far, in bytes. */
size_t memory_peak(void);

#endif
