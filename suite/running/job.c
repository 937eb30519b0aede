/* job.c -- one training and its evaluations, with the lease on its folder in hand. */
#include "running/job.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "running/scoring.h"
#include "support/file.h"

struct job {
    const struct job_setting *setting;
    size_t index; /* of the training in the plan */
    const struct planned_training *planned;
    const char
        *parent_failure; /* why there are no weights to begin with; NULL = they are there, or not needed */
    struct job_training training;
};

static struct job begin(const struct job_setting *setting, size_t training)
{
    return (struct job){.setting = setting,
                        .index = training,
                        .planned = &setting->plan->training[training],
                        .training = {.wall_time = NAN}};
}

/* Has a fine-tune its trials, or weights to make them with? */
static bool needs_parent(const struct job_setting *setting, size_t training)
{
    return setting->plan->training[training].parent != NO_PARENT &&
           !folder_trained(setting->folder, training) && !folder_all_evaluated(setting->folder, training);
}

/* Is a fine-tune waiting for the weights of this training? */
static bool is_needed(const struct job_setting *setting, size_t training)
{
    const struct plan *plan = setting->plan;
    bool needed = false;
    for (size_t t = training + 1; t < plan->trainings && !needed; t++)
        needed = plan->training[t].parent == training && needs_parent(setting, t);
    return needed && !folder_trained(setting->folder, training);
}

/* Scores evaluation e and writes its trial file.  failure (NULL = none): why there are no weights. */
static enum status evaluate(struct job *job, size_t *failed, size_t e, const char *failure,
                            struct message *message)
{
    const struct job_setting *setting = job->setting;
    const struct scoring_request request = {.plan = setting->plan,
                                            .training = job->index,
                                            .trained = &job->training.trained,
                                            .failure = failure,
                                            .isa = setting->isa,
                                            .threads = setting->threads,
                                            .progress = setting->progress};
    struct text path = folder_trial_path(setting->out, job->planned, e);
    struct trial trial = {.cells = 0};
    enum status status = folder_path_check(&path, message);
    if (!status)
        status = scoring_run(&trial, failed, &request, e, message);
    if (!status) {
        const struct training_curve *curve = &job->training.curve;
        trial.training_wall_time = job->training.wall_time;
        trial.curve = (struct curve){
            .count = curve->count, .step = curve->step, .loss = curve->loss, .rate = curve->rate};
        status = trial_write(text_string(&path), &trial, message);
        trial.curve = (struct curve){.count = 0}; /* the job's */
        trial_release(&trial);
    }
    text_release(&path);
    return status;
}

/* Evaluates what is not done; the first sentence stays. */
static enum status evaluate_all(struct job *job, const char *failure, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t e = 0; e < job->planned->evaluations; e++) {
        struct message why = {""};
        size_t failed = 0;
        if (folder_evaluated(job->setting->folder, job->index, e))
            continue;
        enum status one = evaluate(job, &failed, e, failure, &why);
        if (!one && failed == 0)
            continue;
        if ((!status && !failure) || one == STATUS_CHECKPOINTED)
            *message = why;
        status = one == STATUS_CHECKPOINTED ? one : STATUS_FAILED;
        if (one == STATUS_CHECKPOINTED)
            break;
    }
    return status;
}

static enum status run_held(struct job *job, struct message *message)
{
    const struct job_setting *setting = job->setting;
    enum status status = STATUS_OK;
    if (folder_all_evaluated(setting->folder, job->index) && !is_needed(setting, job->index)) {
        progress_add(setting->progress, job->planned->training_flop + job->planned->evaluation_flop,
                     "done elsewhere");
    } else {
        status = job->parent_failure ? message_set(message, STATUS_FAILED, "%s", job->parent_failure)
                                     : job_training_obtain(&job->training, setting, job->index, message);
        if (!status)
            status = evaluate_all(job, NULL, message);
        else if (status != STATUS_CHECKPOINTED) { /* said in every cell; the next run tries again */
            const struct message failure = *message;
            training_curve_release(&job->training.curve);
            evaluate_all(job, failure.text, message);
        }
    }
    if (!status)
        job_training_remove_checkpoint(setting, job->index);
    return !status || status == STATUS_CHECKPOINTED ? status : STATUS_FAILED;
}

/* ---- with the lease on its folder ---- */

/* One folder deep: when OUT itself has vanished meanwhile, it isn't made again in whatever place it was. */
static enum status make_folder(const struct text *path, struct message *message)
{
    enum status status = folder_path_check(path, message);
    if (!status && mkdir(text_string(path), 0777) != 0 && errno != EEXIST)
        status = message_set(message, STATUS_FAILED, "cannot make the folder %s: %s", text_string(path),
                             strerror(errno));
    return status;
}

static enum status run_with_lease(bool *elsewhere, struct lease_watch *watch, struct job *job,
                                  enum status (*run)(struct job *job, struct message *message),
                                  struct message *message)
{
    const struct job_setting *setting = job->setting;
    struct text folder = folder_path(setting->out, job->planned, "");
    struct lease *lease = NULL;
    enum status status = make_folder(&folder, message);
    if (!status)
        status = lease_take(&lease, watch, text_string(&folder), setting->lease_timeout, message);
    *elsewhere = !status && !lease;
    if (lease) {
        folder_look_again(setting->folder, job->index); /* another process may have done it all */
        status = run(job, message);
        folder_look_again(setting->folder, job->index); /* and now this one has */
    }
    lease_release(lease);
    text_release(&folder);
    return status;
}

static enum status obtain_held(struct job *job, struct message *message)
{
    return folder_trained(job->setting->folder, job->index)
               ? STATUS_OK
               : job_training_obtain(&job->training, job->setting, job->index, message);
}

/* The weights that a fine-tune begins with are there, or become so, or `why` says why not. */
static enum status run_parent(bool *elsewhere, struct lease_watch *watch, const struct job *job,
                              const char *parent_failure, struct message *why)
{
    const struct job_setting *setting = job->setting;
    if (!needs_parent(setting, job->index) || folder_trained(setting->folder, job->planned->parent))
        return STATUS_OK;
    struct job parent = begin(setting, job->planned->parent);
    enum status status = parent_failure ? message_set(why, STATUS_FAILED, "%s", parent_failure)
                                        : run_with_lease(elsewhere, watch, &parent, obtain_held, why);
    if (status == STATUS_FAILED || status == STATUS_WRONG)
        message_prefix(why, "the training that the fine-tune begins with");
    job_training_release(&parent.training);
    return status;
}

enum status job_run(bool *elsewhere, struct lease_watch *watch, const struct job_setting *setting,
                    size_t training, const char *parent_failure, struct message *message)
{
    struct job job = begin(setting, training);
    struct message why = {""};
    *elsewhere = false;
    enum status status = run_parent(elsewhere, watch, &job, parent_failure, &why);
    if (*elsewhere)
        return STATUS_OK;
    if (status == STATUS_CHECKPOINTED) {
        *message = why;
        return status;
    }
    if (status)
        job.parent_failure = why.text;
    status = run_with_lease(elsewhere, watch, &job, run_held, message);
    job_training_release(&job.training);
    return status;
}

void job_tidy(const struct job_setting *setting, size_t training)
{
    const struct planned_training *planned = &setting->plan->training[training];
    struct text folder = folder_path(setting->out, planned, "");
    struct text checkpoint = folder_path(setting->out, planned, "checkpoint");
    struct text left = folder_path(setting->out, planned, "lease");
    struct lease_watch watch = {.since = 0};
    struct lease *lease = NULL;
    if (!folder.failed && (file_exists(text_string(&checkpoint)) || file_exists(text_string(&left))) &&
        !lease_take(&lease, &watch, text_string(&folder), setting->lease_timeout, NULL) && lease)
        job_training_remove_checkpoint(setting, training);
    lease_release(lease);
    text_release(&folder);
    text_release(&checkpoint);
    text_release(&left);
}
