/* validity.h -- are results fit to be reported?  VALID, or INVALID and why:
 *   failed       a training or an evaluation did not end
 *   missing      a place that another seed has
 *   not finite   a loss that is no number
 *   not learnt   a task that no seed of a variant solves at its own training length: what it scores beyond says
 *                nothing of lengths
 *   identical    two seeds that agree in every bit are one, counted twice
 *   mixed        sources that do not go together (merge --allow-mixed)
 *   nothing      no cell was measured
 * A refusal is an answer: this encoder does not do that length.  Notes are no objections: options of
 * training in which variants of one table differ. */
#ifndef LEXBENCH_VALIDITY_H
#define LEXBENCH_VALIDITY_H

#include "results/store/records.h"
#include "results/store/results.h"
#include "results/store/trial.h"
#include "support/text.h"

enum { VALIDITY_REASONS = 12 };

struct validity {
    size_t count;                    /* of reasons; 0 = VALID */
    struct text reasons;             /* the first VALIDITY_REASONS of them, a line each, indented */
    struct text notes;               /* a line each */
    size_t status[CELL_MISSING + 1]; /* cells by status */
    size_t not_finite;               /* of the measured ones */
};

/* Release in any case; reasons.failed or notes.failed = no memory for them. */
void validity_of_trial(struct validity *out, const struct trial *trial);
void validity_of_results(struct validity *out, const struct results *results);
void validity_release(struct validity *validity);

/* One more reason.  Control characters in it become ?. */
void validity_object(struct validity *validity, const char *reason);

#endif
