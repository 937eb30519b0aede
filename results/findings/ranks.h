/* ranks.h -- variants ranked over datasets, for the table and the figure (private to results/). */
#ifndef LEXBENCH_RANKS_H
#define LEXBENCH_RANKS_H

#include <stdbool.h>
#include <stddef.h>

#include "results/findings/selection.h"
#include "results/store/results.h"
#include "support/status.h"

enum { BLOCKS_FOR_A_TEST = 5 }; /* of fewer, ranks are shown and not tested */

struct ranks {
    const struct results *results;
    size_t blocks, variants; /* variants 0: nothing to rank */
    struct selection *block; /* (blocks) */
    size_t *length;          /* (blocks) indices */
    size_t *variant;         /* (variants) those that any block has, and no one trained on that length */
    size_t aside,
        *apart; /* (aside) variants that were trained on it in a block (selection_saw): not ranked */
    double *score, *rank;  /* (blocks, variants) */
    double *mean, *values; /* (variants) mean ranks; (replicates) room */
    size_t *order;         /* (variants) from the best mean rank */
    double ratio;          /* n/L */
};

/* What is ranked: one block for each dataset and configuration, of the preferred protocol or of the first;
 * or of the one named, when it is not NULL.  out: room for datasets x configurations; returns how many. */
size_t ranks_blocks(struct selection *out, const struct results *results, const char *protocol);

/* Of these blocks at the longest n/L that they have in common; where there is none `ratio` is NAN, and each is
 * taken at its longest.  False: no memory, nothing to release. */
bool ranks_over(struct ranks *ranks, const struct results *results, const struct selection *block,
                size_t blocks, struct message *message);
/* Of ranks_blocks, where two blocks or more share a length beyond L; else variants is 0. */
bool ranks_make(struct ranks *ranks, const struct results *results, const char *protocol,
                struct message *message);
void ranks_release(struct ranks *ranks);

#endif
