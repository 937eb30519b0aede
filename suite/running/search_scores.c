/* search_scores.c -- reads the scores of a search and tells it. */
#include "running/search_scores.h"

#include "experiment/search/search.h"
#include "results/findings/tuning.h"
#include "running/folder.h"
#include "support/file.h"
#include "support/memory.h"

/* false: not there yet, or failed in a way that training again may mend. */
static bool read_score(struct tuning_record *score, const struct plan *plan, size_t t, const char *out)
{
    struct text path = folder_trial_path(out, &plan->training[t], 0);
    struct trial trial = {.cells = 0};
    bool there =
        !path.failed && file_exists(text_string(&path)) && !trial_read(&trial, text_string(&path), NULL);
    if (there)
        tuning_take(score, &trial);
    trial_release(&trial);
    text_release(&path);
    return there && tuning_settled(score);
}

/* The round that is planned.  *known: every training of it has its score. */
static enum status tell_round(bool *known, struct plan *plan, const char *out, struct message *message)
{
    struct tuning_record *score =
        memory_allocate(plan->trainings, sizeof *score, "the scores of a tuning", message);
    enum status status = score ? STATUS_OK : STATUS_FAILED;
    *known = !status;
    for (size_t t = 0; *known && t < plan->trainings; t++)
        *known = read_score(&score[t], plan, t, out);
    if (*known)
        status = search_tell(plan, score, message);
    memory_release(score);
    return status;
}

enum status search_scores_tell(struct plan *plan, const char *out, const char *instruction_set,
                               struct message *message)
{
    bool known = true;
    enum status status = STATUS_OK;
    while (!status && known && search_goes_on(plan)) {
        status = tell_round(&known, plan, out, message);
        if (!status && known)
            status = search_propose(plan, instruction_set, message);
    }
    return status;
}
