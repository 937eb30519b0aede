/* job.c -- one training and its evaluations, from what is on disk to what was asked for. */
#include "commands/job.h"

#include <math.h>
#include <stdio.h>

#include "support/file.h"
#include "support/memory.h"

struct text job_path(const char *out, const struct planned_training *training, const char *name)
{
    struct text path = {0};

    text_append(&path, "%s/trials/%s/%s", out, training->id, name);
    return path;
}

struct text job_trial_path(const char *out, const struct planned_training *training, size_t e)
{
    struct text path = job_path(out, training, training->evaluation_id[e]);

    text_append(&path, ".h5");
    return path;
}

void job_label(char *out, size_t size, const struct plan *plan, const struct planned_training *training)
{
    snprintf(out, size, "%s on %s, seed %zu", plan->variant[training->variant].name,
             plan->dataset[training->dataset].name, training->seed);
}

bool job_evaluation_done(double *thread_seconds, const char *out, const struct planned_training *training,
                         size_t e)
{
    struct text path = job_trial_path(out, training, e);
    struct trial trial = {.cells = 0};
    bool done =
        file_exists(text_string(&path)) && job_trial_read(&trial, text_string(&path), NULL) == STATUS_OK;

    for (size_t i = 0; done && i < trial.cells; i++)
        done = trial.cell[i].status != CELL_FAILED;
    if (thread_seconds)
        *thread_seconds = done ? trial.training_wall_time * (double)trial.threads : NAN;
    trial_release(&trial);
    text_release(&path);
    return done;
}

/* Evaluates what is not done; the first sentence stays. */
static enum status evaluate_all(struct job *job, const char *failure, struct message *message)
{
    enum status status = STATUS_OK;

    for (size_t e = 0; e < job->training->evaluations; e++) {
        struct message why = {""};
        size_t failed = job->failed_cells;

        if (job_evaluation_done(NULL, job->setting->out, job->training, e))
            continue;
        if (job_evaluate(job, e, failure, &why) == STATUS_OK && job->failed_cells == failed)
            continue;
        if (status == STATUS_OK && !failure)
            *message = why;
        status = STATUS_FAILED;
    }
    return status;
}

enum status job_run(const struct job_setting *setting, size_t training, struct message *message)
{
    const struct planned_training *planned = &setting->plan->training[training];
    struct job job = {.setting = setting,
                      .training = planned,
                      .dataset = &setting->plan->dataset[planned->dataset],
                      .index = training,
                      .wall_time = NAN};
    struct text folder = job_path(setting->out, planned, "");
    enum status status = file_make_folders(text_string(&folder), message);

    if (status == STATUS_OK) {
        status = job_obtain_weights(&job, message);
        if (status != STATUS_OK) { /* said in every cell; the next run tries again */
            training_curve_release(&job.curve);
            evaluate_all(&job, message->text, message);
        } else {
            status = evaluate_all(&job, NULL, message);
        }
    }
    training_curve_release(&job.curve);
    memory_release(job.weights);
    if (job.model)
        model_release(job.model);
    text_release(&folder);
    return status == STATUS_OK ? STATUS_OK : STATUS_FAILED;
}
