/* planned.h -- a plan from an experiment and some settings. */
#ifndef LEXBENCH_PLANNED_H
#define LEXBENCH_PLANNED_H

#include "experiment/plan.h"
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

#endif
