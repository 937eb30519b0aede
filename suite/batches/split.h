/* split.h -- examples of a task for a split, such that no sequence of tokens is in two splits.
 *
 * Short sequences repeat: of a task with few different examples of n tokens, most that are tested were
 * trained on.  So a hash of the tokens decides to which split an example belongs, and a draw takes the next
 * sub-key until it meets one of its split.  For long examples this only costs the drawing, which is little
 * beside a pass. */
#ifndef LEXBENCH_SPLIT_H
#define LEXBENCH_SPLIT_H

#include "datasets/dataset.h"

enum {
    SPLIT_CLASSES = 8,   /* one of them is the test's, one the validation's, the others the training's */
    SPLIT_ATTEMPTS = 512 /* (7/8)^512 = 2e-30: nothing found means that there is nothing */
};

/* The split that these tokens belong to. */
enum split split_of(const int32_t *tokens, size_t n);

/* An example of a task as dataset->example() gives it, for this key and split; depth: of the needle, NAN =
 * as the dataset likes.  false: there is none of this split among SPLIT_ATTEMPTS; then every target is
 * UNSCORED and the tokens are those of the last attempt.  Running text is cut into blocks already: it is
 * never false. */
bool split_draw(const struct dataset *dataset, const void *state, struct key key, enum split split, size_t n,
                double depth, int32_t *tokens, int32_t *targets, int32_t *marks);

#endif
