/* batch.h -- the buffers in which sequences become a chunk, the same for training and for evaluation.
 *
 *     batch_begin(batch, draw);
 *     struct example example = batch_add(batch, n, number, dropout);   ... fill it; once for each sequence
 *     const struct chunk *chunk = batch_chunk(batch);                    ... a pass into batch->given.nll and .hit
 *     batch_paste(batch);                                                ... batch->whole.nll and .hit
 *
 * A position map may let the model see only the last tokens of a sequence.  Then the batch holds two sets of
 * rows: the whole sequences, which are what is scored, and what the model is given of them. */
#ifndef LEXBENCH_BATCH_H
#define LEXBENCH_BATCH_H

#include <stdbool.h>

#include "batches/chunk.h"
#include "support/buffers.h"
#include "support/status.h"

struct batch_size {
    size_t sequences, length; /* room for so many sequences of so many tokens */
    size_t seen;  /* the model is given the last so many tokens of each, or all of a shorter one */
    bool marks;   /* the position map reads them */
    bool dropout; /* each sequence has a stream */
};

struct batch_rows { /* one sequence after the other */
    int32_t *tokens, *targets, *marks;
    double *nll;        /* nat, 0 where unscored */
    unsigned char *hit; /* the target was the most likely token */
};

struct batch {
    struct batch_size size;
    struct batch_rows whole, given; /* the same buffers where everything is seen */
    size_t sequences, rows;         /* added so far */
    size_t *count, *given_count;    /* (sequences) tokens of each */
    size_t *number;                 /* (sequences) */
    struct key *dropout;            /* (sequences), or NULL */
    struct chunk chunk;
    struct buffers buffers; /* hold addresses of the above: a batch does not move */
};

/* STATUS_FAILED without memory; batch_release() is due all the same. */
enum status batch_create(struct batch *batch, const struct batch_size *size, struct message *message);
void batch_release(struct batch *batch);
/* What batch_create allocates, in bytes; SIZE_MAX where it is more. */
size_t batch_bytes(const struct batch_size *size);

/* Empties it.  draw: of positions, for the whole step or evaluation. */
void batch_begin(struct batch *batch, struct key draw);
/* Room for the next sequence, to be filled by the caller.  number: which of the step or evaluation it is;
 * dropout: its stream, not read unless size.dropout. */
struct example batch_add(struct batch *batch, size_t n, size_t number, struct key dropout);
/* Adds the first sequence once more. */
void batch_repeat(struct batch *batch, size_t number);
/* Its sequences as the model is given them; the batch's, until it is emptied. */
const struct chunk *batch_chunk(struct batch *batch);
/* After a pass: the losses and hits of what the model was given, to their places in the whole sequences. */
void batch_paste(struct batch *batch);

/* STATUS_WRONG when the position map reads marks and the first sequence of batch_chunk() has none.  positions,
 * dataset: names for the sentence. */
enum status batch_check_marks(const struct batch *batch, const char *positions, const char *dataset,
                              struct message *message);

#endif
