/* dataset.h -- the contract of a dataset: a pure function (key, split, length) -> one example.
 *
 * A dataset is one file that ends in one exported  const struct dataset dataset_<name>;
 * everything else in it is static.  The build finds the file; nothing else is edited.
 *
 * After prepare() a state is read-only: any thread may ask for any example in any order, and
 * asks again for the same one.  n counts all tokens of an example. */
#ifndef LEXBENCH_DATASET_H
#define LEXBENCH_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/option.h"
#include "support/rng.h"
#include "support/sha256.h"
#include "support/status.h"

enum split { SPLIT_TRAINING, SPLIT_VALIDATION, SPLIT_TEST };
enum { UNSCORED = -1 }; /* target of a position that is not asked about */

struct dataset_input { /* a file that examples come from */
    char path[OPTION_TEXT_SIZE];
    char sha256[SHA256_HEX_SIZE];
    size_t bytes;
};

struct dataset {
    const char *name, *summary, *citation;
    unsigned version;
    size_t state_size;
    const struct option *options; /* offsets into the state */
    bool uniform_length;          /* training draws n from minimum()..L; else exactly L */

    /* Reads files, checks options.  STATUS_WRONG with a sentence; release() after success. */
    enum status (*prepare)(void *state, struct message *message);
    void (*release)(void *state); /* NULL = nothing held */

    size_t (*vocabulary)(const void *state); /* required */
    size_t (*minimum)(const void *state);    /* shortest n; required */
    /* STATUS_OK, or STATUS_WRONG and why examples of n tokens cannot be had from this split. */
    enum status (*refuses)(const void *state, enum split, size_t n, struct message *message);

    /* tokens(n) in 0..vocabulary-1, targets(n): the token to predict at each place after seeing
     * tokens 0..i, or UNSCORED; marks(n) (NULL = not wanted): significance of each token for
     * position maps that use it, 0 where there is none.  Required. */
    void (*example)(const void *state, struct key key, enum split, size_t n, int32_t *tokens,
                    int32_t *targets, int32_t *marks);

    /* Running text only (NULL for tasks): how many predictions a split holds, and the window of
     * n tokens that starts at `first` with the next token as target; first + n <= extent. */
    size_t (*extent)(const void *state, enum split);
    void (*window)(const void *state, enum split, size_t first, size_t n, int32_t *tokens, int32_t *targets);
    /* Does every window begin with a token that is not of the text?  NULL = no. */
    bool (*begin_token)(const void *state);
    /* The stretches that a window must lie in: documents, the parts beside a hole.  False when there are not so
     * many; else a window keeps first >= *begin and first + n <= *begin + *length, or its targets beyond are
     * UNSCORED.  In ascending order, disjoint, together 0..extent.  NULL = the whole extent is one. */
    bool (*document)(const void *state, enum split, size_t index, size_t *begin, size_t *length);

    /* Works the targets out another way; false = they are wrong.  Required. */
    bool (*verify)(const void *state, size_t n, const int32_t *tokens, const int32_t *targets);

    double (*chance)(const void *state); /* accuracy of guessing at a scored place; NULL = 1/vocabulary */
    /* What no predictor can beat.  nll(n): loss in nat of the Bayes-optimal predictor at each scored place of
     * this very example, given what stands before it; elsewhere not written.  NULL = not known. */
    void (*floor)(const void *state, size_t n, const int32_t *tokens, const int32_t *targets, double *nll);
    /* The same for a window of running text; may use what stands before the window, which only lowers it. */
    void (*window_floor)(const void *state, enum split split, size_t first, size_t n, double *nll);

    /* The token that ends an answer and is its last scored target: exact match is also taken without it
     * (the length forced).  NULL = answers have none. */
    int32_t (*end_token)(const void *state);
    /* An example whose needle lies at this depth, 0 the beginning and 1 the end.  NULL = has no needle. */
    void (*example_at)(const void *state, struct key key, enum split, size_t n, double depth, int32_t *tokens,
                       int32_t *targets, int32_t *marks);
    /* Running text: from now on split into `folds` contiguous blocks of which number `fold` (from 0) is the
     * test block and the next one the validation block; called after prepare().  NULL = has no folds. */
    enum status (*choose_fold)(void *state, size_t fold, size_t folds, struct message *message);

    void (*input)(const void *state, struct dataset_input *out); /* NULL = no file */
};

#endif
