/* checkpoint.h -- a training between two steps, as a file.
 *
 * Everything that the next step reads and that isn't a function of (seed, step): weights, both moments, the
 * running sums and the curve.  Random streams are derived, so a checkpoint holds none.  The file is raw
 * bytes of this machine under a seal (support/file.h): whole, or known not to be. */
#ifndef LEXBENCH_CHECKPOINT_H
#define LEXBENCH_CHECKPOINT_H

#include <stddef.h>

#include "support/real.h"
#include "training/training.h"

struct checkpoint { /* the arrays are the caller's */
    size_t step;    /* steps done */
    size_t since;   /* steps since the last point of the curve, */
    double sum;     /* and the sum of their losses */
    double seconds; /* spent so far, over all runs */
    size_t weights;
    real *w, *first, *second;     /* (weights) */
    struct training_curve *curve; /* with room for `points` of them */
    size_t points;
};

/* Publishes the file; the one before stays whatever goes wrong.  STATUS_FAILED with a sentence. */
enum status checkpoint_write(const char *path, const char *id, const struct checkpoint *checkpoint,
                             struct message *message);

/* Fills step, since, sum, seconds, the arrays and the curve from a file of the training `id` with as many
 * weights, at most `steps` steps and `points` points.  STATUS_FAILED with a sentence when it is truncated,
 * altered or of another training; STATUS_WRONG when it can't be read at all.  Then nothing has changed. */
enum status checkpoint_read(struct checkpoint *checkpoint, const char *path, const char *id, size_t steps,
                            struct message *message);

#endif
