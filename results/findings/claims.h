/* claims.h -- what an experiment said beforehand, judged by its results.
 *
 * A claim is tested at places: each of its lengths, on each of its datasets, in each configuration.  At a place
 * the one-sided exact sign-flip test of the statistic (claim_kinds.h) over paired seeds gives p; the p of all
 * places are corrected by Holm.
 *   holds            every corrected p is at most 0.05
 *   does not hold    the seeds could have shown it, and did not
 *   undecided        the seeds could not have shown it (needs k seeds), or a place has cells without a score */
#ifndef LEXBENCH_CLAIMS_H
#define LEXBENCH_CLAIMS_H

#include <stdbool.h>

#include "results/statistics/statistics.h"
#include "results/store/records.h"
#include "results/store/results.h"
#include "support/status.h"
#include "support/text.h"

/* The metrics that a claim may be about; at most `most` names, in the order of the tables. */
size_t claims_metrics(const char **names, size_t most);

enum verdict { CLAIM_HOLDS, CLAIM_DOES_NOT_HOLD, CLAIM_UNDECIDED };

struct claim_place {
    size_t dataset, configuration;  /* indices */
    int64_t length[CLAIM_OPERANDS]; /* tokens */
    struct paired paired;           /* the statistic, in the unit of the metric's table */
    double p, adjusted;             /* of the sign flip; NAN below SEEDS_LEAST pairs */
};
struct judgement {
    enum verdict verdict;
    size_t seeds_needed; /* of a claim that too few seeds leave undecided; else 0 */
    struct text reason;  /* of an undecided one, in words; may be empty */
    size_t places;
    struct claim_place *place;
};

/* Release in any case. */
enum status claims_judge(struct judgement *out, const struct results *results,
                         const struct claim_record *claim, struct message *message);
void judgement_release(struct judgement *judgement);

/* "holds", "does not hold", "undecided: needs 6 seeds", "undecided: reason". */
void judgement_print(struct text *out, const struct judgement *judgement);

#endif
