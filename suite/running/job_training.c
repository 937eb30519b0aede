/* job_training.c -- the weights of a training: read where they are whole, else trained and saved. */
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "running/job.h"
#include "running/signals.h"
#include "support/file.h"
#include "support/memory.h"

struct reporter {
    struct job *job;
    char label[160];
    struct message message; /* why metrics.jsonl could not be written */
    enum status status;
};

static void report_step(void *context, size_t step, double loss, double rate)
{
    struct reporter *reporter = context;
    struct job *job = reporter->job;
    size_t steps = job->training->options.steps;
    char line[256];
    (void)rate;
    snprintf(line, sizeof line, "%s: step %zu of %zu, loss %.4g", reporter->label, step, steps, loss);
    progress_add(job->setting->progress, job->training->training_flop / (double)steps, line);
    if (!reporter->status && job->curve_written < job->curve.count)
        reporter->status = job_metrics_append(job, false, &reporter->message);
}

/* At step 0, or where a checkpoint was: the lines of metrics.jsonl that came after it are written again. */
static void report_start(void *context, size_t step)
{
    struct reporter *reporter = context;
    struct job *job = reporter->job;
    size_t steps = job->training->options.steps;
    reporter->status = job_metrics_restart(job, &reporter->message);
    if (step == 0)
        return;
    progress_note(job->setting->progress, "%s: goes on after step %zu of %zu", reporter->label, step, steps);
    progress_add(job->setting->progress, job->training->training_flop * (double)step / (double)steps,
                 reporter->label);
}

static void report_note(void *context, const char *sentence)
{
    const struct reporter *reporter = context;
    progress_note(reporter->job->setting->progress, "%s: %s", reporter->label, sentence);
}

/* Also when metrics.jsonl can't be written: the folder is gone or full, and the weights would find it so. */
static bool asked_to_stop(void *context)
{
    const struct reporter *reporter = context;
    return reporter->status || signals_stop();
}

/* Those that a fine-tune begins with are kept all the same. */
static bool keeps_weights(const struct job *job)
{
    return !job->setting->discard_weights || job_is_parent(job->setting, job->index);
}

/* initial(weights): where a fine-tune begins; NULL = it is none. */
static enum status train(struct job *job, const real *initial, struct message *message)
{
    const struct job_setting *setting = job->setting;
    struct reporter reporter = {.job = job, .status = STATUS_OK};
    struct text checkpoint = job_path(setting->out, job->training, "checkpoint");
    const struct training_request request = {.model = job->model,
                                             .dataset = job->dataset->kind,
                                             .dataset_state = job->dataset->state,
                                             .options = job->training->options,
                                             .seed = job->training->seed,
                                             .initial = initial,
                                             .steps_before = initial ? job->dataset->training.steps : 0,
                                             .threads = setting->threads,
                                             .checkpoint = text_string(&checkpoint),
                                             .id = job->training->id,
                                             .checkpoint_interval = setting->checkpoint_interval,
                                             .keep_last = !keeps_weights(job),
                                             .stop = asked_to_stop,
                                             .start = report_start,
                                             .note = report_note,
                                             .report = report_step,
                                             .context = &reporter};
    enum status status = job_path_check(&checkpoint, message);
    job_label(reporter.label, sizeof reporter.label, setting->plan, job->training);
    if (!status)
        status = training_run(job->weights, &job->curve, &request, message);
    job->wall_time = job->curve.seconds;
    if ((!status || status == STATUS_CHECKPOINTED) && reporter.status) {
        *message = reporter.message;
        status = STATUS_FAILED;
    }
    text_release(&checkpoint);
    /* The file holds floats: what is evaluated is what is saved, in a build that calculates in double too. */
    for (size_t i = 0; i < job->model->weights; i++)
        job->weights[i] = (real)(float)job->weights[i];
    return !status ? job_metrics_append(job, true, message) : status;
}

void job_remove_checkpoint(const struct job *job)
{
    struct text path = job_path(job->setting->out, job->training, "checkpoint");
    if (!path.failed)
        unlink(text_string(&path));
    text_release(&path);
}

/* *initial: the parent's weights as this model has them.  memory_release() in any case. */
static enum status inherit(real **initial, const struct job *job, struct message *message)
{
    const struct job_setting *setting = job->setting;
    const struct planned_dataset *dataset = job->dataset;
    const struct planned_training *parent = &setting->plan->training[job->training->parent];
    struct text path = job_path(setting->out, parent, "weights.h5");
    struct model *model = NULL;
    real *weights = NULL;
    enum status status = job_path_check(&path, message);
    if (!status)
        status = model_create(&model, &dataset->model, planned_composition(setting->plan, parent),
                              dataset->training.length, job->model->vocabulary, setting->isa, message);
    if (status)
        goto done;
    *initial = memory_allocate(job->model->weights, sizeof **initial, "the weights", message);
    weights = memory_allocate(model->weights, sizeof *weights, "the weights", message);
    status =
        *initial && weights ? job_weights_read(text_string(&path), model, weights, message) : STATUS_FAILED;
    if (!status)
        status = model_inherit(job->model, *initial, job->training->seed, model, weights, message);
done:
    memory_release(weights);
    if (model)
        model_release(model);
    text_release(&path);
    return status;
}

/* From drawn weights, or from those of the parent. */
static enum status train_from_start(struct job *job, struct message *message)
{
    real *initial = NULL;
    enum status status = STATUS_OK;
    if (job->training->parent != NO_PARENT)
        status = inherit(&initial, job, message);
    if (!status)
        status = train(job, initial, message);
    memory_release(initial);
    return status;
}

enum status job_obtain_weights(struct job *job, struct message *message)
{
    const struct job_setting *setting = job->setting;
    const struct planned_dataset *dataset = job->dataset;
    struct text path = job_path(setting->out, job->training, "weights.h5");
    enum status status =
        model_create(&job->model, &dataset->model, planned_composition(setting->plan, job->training),
                     dataset->training.length, planned_vocabulary(dataset), setting->isa, message);
    if (!status)
        status = job_path_check(&path, message);
    if (status)
        goto done;
    job->weights = memory_allocate(job->model->weights, sizeof *job->weights, "the weights", message);
    if (!job->weights) {
        training_memory_say(message, job->model, &job->training->options, setting->threads);
        status = STATUS_FAILED;
        goto done;
    }
    if (file_exists(text_string(&path))) {
        status = job_weights_read(text_string(&path), job->model, job->weights, message);
        if (!status) {
            job_metrics_read(job);
            progress_add(setting->progress, 0, "weights are there"); /* the schedule did not count it */
            job_remove_checkpoint(job);
            goto done;
        }
        progress_note(setting->progress, "%s; training again", message->text);
    }
    status = train_from_start(job, message);
    if (!status && keeps_weights(job)) {
        status = job_weights_write(text_string(&path), job, message);
        if (!status)
            job_remove_checkpoint(job);
    }
done:
    text_release(&path);
    return status;
}
