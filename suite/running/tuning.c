/* tuning.c -- reads the scores of a tuning and makes the choice. */
#include "running/tuning.h"

#include "results/findings/tuning.h"
#include "running/job.h"
#include "support/file.h"
#include "support/memory.h"

/* false: not there yet, or failed in a way that training again may mend. */
static bool read_score(struct tuning_record *out, const struct plan *plan, size_t t, const char *folder)
{
    struct text path = job_trial_path(folder, &plan->training[t], 0);
    struct trial trial = {.cells = 0};
    bool there = file_exists(text_string(&path)) && !trial_read(&trial, text_string(&path), NULL);
    if (there)
        tuning_take(out, &trial);
    trial_release(&trial);
    text_release(&path);
    return there && tuning_settled(out);
}

/* The trainings of a tuning are ordered by pair, candidate, trained part.  records(candidates) is room.
 * *known: every candidate has its score. */
static enum status choose_one(size_t *choice, bool *known, struct tuning_record *records,
                              const struct plan *plan, const char *folder, size_t group,
                              struct message *message)
{
    const size_t parts = plan->variants, pair = group / parts, part = group % parts;
    for (size_t c = 0; *known && c < plan->candidates; c++)
        *known = read_score(&records[c], plan, (pair * plan->candidates + c) * parts + part, folder);
    if (!*known)
        return STATUS_OK;
    tuning_choose(records, plan->candidates);
    for (size_t c = 0; c < plan->candidates; c++)
        if (records[c].chosen) {
            *choice = (size_t)records[c].candidate;
            return STATUS_OK;
        }
    return message_set(
        message, STATUS_FAILED,
        "tuning of %s on %s, %s: every combination has failed (%s: %.200s); [tuning] needs one that "
        "trains",
        records[0].variant, records[0].dataset, records[0].configuration, records[0].coordinates,
        records[0].reason);
}

enum status tuning_resolve(struct plan *plan, const char *out, const char *instruction_set,
                           struct message *message)
{
    const size_t groups = plan->datasets / plan->candidates * plan->variants;
    size_t *choice = memory_allocate(groups, sizeof *choice, "the choices of a tuning", message);
    struct tuning_record *records =
        memory_allocate(plan->candidates, sizeof *records, "the scores of a tuning", message);
    bool known = true;
    enum status status = choice && records ? STATUS_OK : STATUS_FAILED;
    for (size_t g = 0; !status && known && g < groups; g++)
        status = choose_one(&choice[g], &known, records, plan, out, g, message);
    if (!status && known)
        status = plan_choose(plan, choice, instruction_set, message);
    memory_release(choice);
    memory_release(records);
    return status;
}
