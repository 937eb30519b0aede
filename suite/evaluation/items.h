/* items.h -- which windows or examples a protocol takes; private to evaluation/. */
#ifndef LEXBENCH_ITEMS_H
#define LEXBENCH_ITEMS_H

#include "evaluation/evaluation.h"

struct item_plan {
    size_t count;
    size_t first;               /* text: first token of window 0 */
    size_t stride;              /* text: from one window's start to the next */
    size_t scored;              /* text: the last so many targets of a window */
    bool text;
};

/* Under nonoverlap the windows of every asked length cover the same targets where the lengths divide the
 * longest one; under fixed-targets they end at the same places, which leave room for the longest. */
void items_plan(struct item_plan *plan, const struct dataset *dataset, const void *dataset_state,
                const struct evaluation_options *options, const struct protocol *protocol, size_t trained_length,
                size_t length);

/* tokens(n), targets(n) of an item; what is not scored is UNSCORED.  marks(n): NULL = not wanted. */
void items_make(int32_t *tokens, int32_t *targets, int32_t *marks, const struct item_plan *plan,
                const struct evaluation_request *request, size_t item);

/* The first token of the window; the index of the example. */
int64_t items_key(const struct item_plan *plan, size_t item);

#endif
