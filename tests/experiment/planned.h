/* planned.h -- a plan from an experiment and some settings. */
#ifndef LEXBENCH_PLANNED_H
#define LEXBENCH_PLANNED_H

#include <math.h>
#include <string.h>

#include "experiment/plan.h"
#include "experiment/search/search.h"
#include "tests/experiment/scratch.h"

enum { SETS_MAX = 4 };

static inline enum status make(struct plan *plan, const char *experiment, const char *const sets[SETS_MAX],
                               struct message *message)
{
    struct plan_request request = {.experiment = experiment, .set = sets, .instruction_set = "plain"};
    while (sets && request.sets < SETS_MAX && sets[request.sets])
        request.sets++;
    *message = (struct message){""};
    return plan_make(plan, &request, message);
}

static inline void make_sound(struct plan *plan, const char *experiment, const char *const sets[SETS_MAX])
{
    struct message message;
    if (make(plan, experiment, sets, &message))
        fail_msg("%s", message.text);
}

/* Ends a round in which every part tried every candidate, with scores of which choice(groups) are the best. */
static inline void end_round(struct plan *plan, const size_t *choice)
{
    const size_t parts = plan->search->parts, candidates = plan->search->candidates;
    struct tuning_record *score = calloc(plan->trainings, sizeof *score);
    struct message message = {""};
    assert_non_null(score);
    for (size_t t = 0; t < plan->trainings; t++) {
        const size_t candidate = t / parts % candidates, pair = t / parts / candidates;
        const bool best = candidate == choice[pair * parts + t % parts];
        score[t] = (struct tuning_record){.candidate = (int64_t)candidate,
                                          .status = CELL_MEASURED,
                                          .nll = best ? 1 : 2,
                                          .exact_match = NAN};
    }
    if (search_tell(plan, score, &message) || search_propose(plan, "plain", &message))
        fail_msg("%s", message.text);
    free(score);
}

#endif
