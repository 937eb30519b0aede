/* buffers.h -- the buffers that belong together, in a table: one row each, from which they are allocated,
 * counted, poisoned and released.
 *
 * Whoever owns them describes them once, from sizes that are known at run time:
 *
 *     const struct buffer rows[] = {
 *         BUFFER(owner->hidden, rows * width, BUFFER_PASS), BUFFER(owner->count, sequences, BUFFER_KEPT)};
 *     buffers_add(&owner->buffers, rows, sizeof rows / sizeof rows[0]);
 *
 * A row holds the address of the owner's pointer, so the owner must not move.  Each buffer is an allocation of
 * its own, so that the address sanitizer sees the first byte beyond it. */
#ifndef LEXBENCH_BUFFERS_H
#define LEXBENCH_BUFFERS_H

#include <stdbool.h>
#include <stddef.h>

#include "support/status.h"

enum buffer_life {
    BUFFER_PASS,  /* what a pass leaves in it, no later one reads */
    BUFFER_CHUNK, /* the same of a chunk, which may be several passes */
    BUFFER_KEPT,  /* as long as its owner; written before it is read */
    BUFFER_ZEROED /* as long as its owner; zero at first */
};

struct buffer {
    void *at; /* of the pointer to the first element: a real ** for reals */
    size_t count, size;
    enum buffer_life life;
};

/* A row: `count` elements of the type that `pointer` points to.  A macro so that the size is always theirs. */
#define BUFFER(pointer, count, life) ((struct buffer){&(pointer), (count), sizeof *(pointer), (life)})

struct buffers { /* all zero: no rows */
    struct buffer *row;
    size_t count, capacity;
    bool incomplete; /* there was no memory for a row */
};

/* Appends rows and sets the pointers that they name to NULL.  That there was no memory is said by
 * buffers_allocate, so that descriptions need no answer. */
void buffers_add(struct buffers *buffers, const struct buffer *rows, size_t count);

/* What all of them take, in bytes, allocated or not; SIZE_MAX where it is more, or a row is missing. */
size_t buffers_bytes(const struct buffers *buffers);

/* Allocates every buffer whose pointer is NULL; those of 0 elements stay NULL.  STATUS_FAILED (and a sentence
 * that names `what`) when there is no memory: buffers_release is due all the same. */
enum status buffers_allocate(struct buffers *buffers, const char *what, struct message *message);

/* Nothing in the buffers that live no longer than `life` is to be read before it is written (memory_poison). */
void buffers_poison(const struct buffers *buffers, enum buffer_life life);

/* Releases the buffers, sets their pointers to NULL, and forgets the rows. */
void buffers_release(struct buffers *buffers);

#endif
