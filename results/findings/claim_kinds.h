/* claim_kinds.h -- the forms that a claim can have: a row says how it is written, what is calculated of the
 * scores of a seed, and on which side of zero that must be.  Reading, judging and printing ask the row. */
#ifndef LEXBENCH_CLAIM_KINDS_H
#define LEXBENCH_CLAIM_KINDS_H

#include <stdbool.h>
#include <stddef.h>

#include "results/store/records.h"

struct claim_kind {
    const char *direction; /* in files: of claims of as many operands, it names the row */
    char sign;             /* in `test`, between two operands */
    size_t operands;       /* variants with a length each: at most CLAIM_OPERANDS */
    /* Of one seed, from score(operands) in the unit of the metric's table: what the verdict shows and tests. */
    double (*statistic)(const double *score);
    bool below;       /* the claim says that it is less than 0, else greater */
    const char *form; /* how `test` is written */
};

extern const struct claim_kind claim_kinds[]; /* the last has no direction */

/* NULL = there is none. */
const struct claim_kind *claim_kind_of(const struct claim_record *claim);
const struct claim_kind *claim_kind_written(char sign, size_t operands);

#endif
