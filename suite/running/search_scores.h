/* search_scores.h -- what has come out of the trainings of a search, from their files to the search. */
#ifndef LEXBENCH_SEARCH_SCORES_H
#define LEXBENCH_SEARCH_SCORES_H

#include "experiment/plan.h"

/* Round after round as far as the scores in OUT/trials reach: then the plan is a round of which one is
 * missing, or the experiment with the options chosen.  STATUS_FAILED names a trained part for which every
 * candidate has failed. plan_release() in any case. */
enum status search_scores_tell(struct plan *plan, const char *out, const char *instruction_set,
                               struct message *message);

#endif
