/* job.c -- one training and its evaluations, from what is on disk to what was asked for. */
#include "running/job.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "results/store/trial.h"
#include "results/store/weights.h"
#include "running/signals.h"
#include "support/file.h"
#include "support/memory.h"

struct text job_path(const char *out, const struct planned_training *training, const char *name)
{
    struct text path = {0};
    text_append(&path, "%s/trials/%s/%s", out, training->id, name);
    return path;
}

enum status job_path_check(const struct text *path, struct message *message)
{
    return path->failed ? message_set(message, STATUS_FAILED, "no memory for the path of a file") : STATUS_OK;
}

struct text job_trial_path(const char *out, const struct planned_training *training, size_t e)
{
    struct text path = job_path(out, training, training->evaluation_id[e]);
    text_append(&path, ".h5");
    return path;
}

void job_label(char *out, size_t size, const struct plan *plan, const struct planned_training *training)
{
    const struct variant *variant = &plan->variant[training->variant];
    const bool first = variant->finetune.steps > 0 && !training->parent_id[0];
    snprintf(out, size, "%s%s on %s, seed %zu", variant->name, first ? " before its fine-tune" : "",
             plan->dataset[training->dataset].label, training->seed);
}

bool job_evaluation_done(double *thread_seconds, const char *out, const struct planned_training *training,
                         size_t e)
{
    struct text path = job_trial_path(out, training, e);
    struct trial_summary trial = {.failed = 0};
    bool done = !path.failed && file_exists(text_string(&path)) &&
                !trial_glance(&trial, text_string(&path), NULL) && trial.failed == 0;
    if (thread_seconds)
        *thread_seconds = done ? trial.training_wall_time * (double)trial.threads : NAN;
    text_release(&path);
    return done;
}

static bool all_done(const char *out, const struct planned_training *training)
{
    for (size_t e = 0; e < training->evaluations; e++)
        if (!job_evaluation_done(NULL, out, training, e))
            return false;
    return true;
}

bool job_is_parent(const struct job_setting *setting, size_t training)
{
    for (size_t t = training + 1; t < setting->plan->trainings; t++)
        if (setting->plan->training[t].parent == training)
            return true;
    return false;
}

/* Are the weights of a training there, and whole? */
static bool has_weights(const char *out, const struct planned_training *training)
{
    struct text path = job_path(out, training, "weights.h5");
    struct weights_about about = {.vocabulary = 0};
    const bool whole = !path.failed && file_exists(text_string(&path)) &&
                       !weights_read_about(&about, text_string(&path), NULL) &&
                       strcmp(about.training_id, training->id) == 0;
    weights_about_release(&about);
    text_release(&path);
    return whole;
}

/* Has a fine-tune its trials, or weights to make them with? */
static bool needs_parent(const char *out, const struct planned_training *training)
{
    return training->parent != NO_PARENT && !has_weights(out, training) && !all_done(out, training);
}

/* Is a fine-tune waiting for the weights of this training? */
static bool is_needed(const struct job *job)
{
    const struct plan *plan = job->setting->plan;
    bool needed = false;
    for (size_t t = job->index + 1; t < plan->trainings && !needed; t++)
        needed =
            plan->training[t].parent == job->index && needs_parent(job->setting->out, &plan->training[t]);
    return needed && !has_weights(job->setting->out, job->training);
}

/* Evaluates what is not done; the first sentence stays. */
static enum status evaluate_all(struct job *job, const char *failure, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t e = 0; e < job->training->evaluations; e++) {
        struct message why = {""};
        size_t failed = job->failed_cells;
        enum status one;

        if (job_evaluation_done(NULL, job->setting->out, job->training, e))
            continue;
        one = job_evaluate(job, e, failure, &why);
        if (!one && job->failed_cells == failed)
            continue;
        if ((!status && !failure) || one == STATUS_CHECKPOINTED)
            *message = why;
        status = one == STATUS_CHECKPOINTED ? one : STATUS_FAILED;
        if (one == STATUS_CHECKPOINTED)
            break;
    }
    return status;
}

/* With the lease in hand: another process may have done it all meanwhile. */
static enum status run_held(struct job *job, struct message *message)
{
    enum status status = STATUS_OK;
    if (all_done(job->setting->out, job->training) && !is_needed(job)) {
        progress_add(job->setting->progress, job->training->training_flop + job->training->evaluation_flop,
                     "done elsewhere");
    } else {
        status = job->parent_failure ? message_set(message, STATUS_FAILED, "%s", job->parent_failure)
                                     : job_obtain_weights(job, message);
        if (!status)
            status = evaluate_all(job, NULL, message);
        else if (status != STATUS_CHECKPOINTED) { /* said in every cell; the next run tries again */
            training_curve_release(&job->curve);
            evaluate_all(job, message->text, message);
        }
    }
    if (!status)
        job_remove_checkpoint(job);
    return !status || status == STATUS_CHECKPOINTED ? status : STATUS_FAILED;
}

static struct job begin(const struct job_setting *setting, size_t training)
{
    const struct planned_training *planned = &setting->plan->training[training];
    return (struct job){.setting = setting,
                        .training = planned,
                        .dataset = &setting->plan->dataset[planned->dataset],
                        .index = training,
                        .wall_time = NAN};
}

/* One folder deep: when OUT itself has vanished meanwhile, it isn't made again in whatever place it was. */
static enum status make_folder(const struct text *path, struct message *message)
{
    enum status status = job_path_check(path, message);
    if (!status && mkdir(text_string(path), 0777) != 0 && errno != EEXIST)
        status = message_set(message, STATUS_FAILED, "cannot make the folder %s: %s", text_string(path),
                             strerror(errno));
    return status;
}

static void end(struct job *job)
{
    training_curve_release(&job->curve);
    memory_release(job->weights);
    if (job->model)
        model_release(job->model);
}

/* run(job) with the lease on its folder in hand. */
static enum status run_with_lease(bool *elsewhere, struct lease_watch *watch, struct job *job,
                                  enum status (*run)(struct job *job, struct message *message),
                                  struct message *message)
{
    struct text folder = job_path(job->setting->out, job->training, "");
    struct lease *lease = NULL;
    enum status status = make_folder(&folder, message);
    if (!status)
        status = lease_take(&lease, watch, text_string(&folder), job->setting->lease_timeout, message);
    *elsewhere = !status && !lease;
    if (lease)
        status = run(job, message);
    lease_release(lease);
    text_release(&folder);
    return status;
}

/* The weights that a fine-tune begins with are there, or become so, or `why` says why not. */
static enum status run_parent(bool *elsewhere, struct lease_watch *watch, const struct job *job,
                              const char *parent_failure, struct message *why)
{
    const struct job_setting *setting = job->setting;
    struct job parent;
    enum status status = STATUS_OK;
    if (!needs_parent(setting->out, job->training))
        return STATUS_OK;
    parent = begin(setting, job->training->parent);
    if (has_weights(setting->out, parent.training))
        return STATUS_OK;
    if (parent_failure)
        status = message_set(why, STATUS_FAILED, "%s", parent_failure);
    else
        status = run_with_lease(elsewhere, watch, &parent, job_obtain_weights, why);
    if (status == STATUS_FAILED || status == STATUS_WRONG)
        message_prefix(why, "the training that the fine-tune begins with");
    end(&parent);
    return status;
}

enum status job_run(bool *elsewhere, struct lease_watch *watch, const struct job_setting *setting,
                    size_t training, const char *parent_failure, struct message *message)
{
    struct job job = begin(setting, training);
    struct message why = {""};
    enum status status;
    *elsewhere = false;
    status = run_parent(elsewhere, watch, &job, parent_failure, &why);
    if (*elsewhere)
        return STATUS_OK;
    if (status == STATUS_CHECKPOINTED) {
        *message = why;
        return status;
    }
    if (status)
        job.parent_failure = why.text;
    status = run_with_lease(elsewhere, watch, &job, run_held, message);
    end(&job);
    return status;
}

void job_tidy(const struct job_setting *setting, size_t training)
{
    struct job job = begin(setting, training);
    struct text folder = job_path(setting->out, job.training, "");
    struct text checkpoint = job_path(setting->out, job.training, "checkpoint");
    struct text left = job_path(setting->out, job.training, "lease");
    struct lease_watch watch = {.since = 0};
    struct lease *lease = NULL;
    if (!folder.failed && (file_exists(text_string(&checkpoint)) || file_exists(text_string(&left))) &&
        !lease_take(&lease, &watch, text_string(&folder), setting->lease_timeout, NULL) && lease)
        job_remove_checkpoint(&job);
    lease_release(lease);
    text_release(&folder);
    text_release(&checkpoint);
    text_release(&left);
}
