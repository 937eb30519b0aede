/* cell.h -- one protocol at one length on one training: what was scored, or why nothing was. */
#ifndef LEXBENCH_CELL_H
#define LEXBENCH_CELL_H

#include <stddef.h>
#include <stdint.h>

#include "results/store/records.h"
#include "support/names.h"
#include "support/position_bin.h"
#include "support/sha256.h"

/* One number of each kind, and the items under it. */
struct cell {
    const char *protocol; /* lent by the trial; "" in results, where the place says it */
    int64_t length;
    enum cell_status status;
    const char *reason; /* lent by the trial or the results; of refused and failed cells, else "" */
    double nll, accuracy, exact_match;                             /* NAN = this protocol does not give it */
    double exact_match_forced;                                     /* without the token that ends an answer */
    double attention_entropy, attention_distance, attention_first; /* nat; tokens; share on the first token */
    double floor;                          /* nat: of the Bayes-optimal predictor on the same targets */
    int64_t left_out;                      /* examples that also occur in training */
    double *position_nll, *position_floor; /* (POSITION_BINS) nat; NULL = not taken */
    double *retrieval; /* (depths of the trial or the results): exact match; NULL = not taken */
    int64_t scored_tokens;
    const char *scored_sha256; /* lent likewise */
    size_t items;              /* windows or examples, in item order */
    float *score;              /* (items): mean nll of each item, nat */
    int64_t *item_key;         /* (items): first token of the window, index of the example */
    double tokens_per_second, peak_memory, wall_time; /* measured: may differ between runs */
};

extern const struct cell cell_not_asked; /* NAN and NULL everywhere */
void cell_clear(struct cell *cell);      /* makes it such a cell */

/* "not asked", "measured", "refused", "failed", "missing" */
const char *cell_status_name(enum cell_status status);

/* What a cell knows of the set that was scored, but for position_floor. */
void cell_share_scored(struct cell *out, const struct cell *in);
void cell_release_items(struct cell *cell);
void cell_release(struct cell *cell); /* its items and arrays */

#endif
