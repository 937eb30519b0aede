/* job_training.c -- the weights of a training: read where they are whole, else trained and saved. */
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "commands/job.h"
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
    size_t steps = job->dataset->training.steps;
    char line[256];

    (void)rate;
    snprintf(line, sizeof line, "%s: step %zu of %zu, loss %.4g", reporter->label, step, steps, loss);
    progress_add(job->setting->progress, job->training->training_flop / (double)steps, line);
    if (reporter->status == STATUS_OK && job->curve_written < job->curve.count)
        reporter->status = job_metrics_append(job, false, &reporter->message);
}

static enum status train(struct job *job, struct message *message)
{
    struct reporter reporter = {.job = job};
    const struct training_request request = {.model = job->model,
                                             .dataset = job->dataset->kind,
                                             .dataset_state = job->dataset->state,
                                             .options = job->dataset->training,
                                             .seed = job->training->seed,
                                             .threads = job->setting->threads,
                                             .report = report_step,
                                             .context = &reporter};
    struct text metrics = job_path(job->setting->out, job->training, "metrics.jsonl");
    double started = progress_clock();
    enum status status;

    unlink(text_string(&metrics)); /* of a run that was killed */
    text_release(&metrics);
    job_label(reporter.label, sizeof reporter.label, job->setting->plan, job->training);
    status = training_run(job->weights, &job->curve, &request, message);
    job->wall_time = progress_clock() - started;
    if (status == STATUS_OK && reporter.status != STATUS_OK) {
        *message = reporter.message;
        status = STATUS_FAILED;
    }
    /* The file holds floats: what is evaluated is what is saved, in a build that calculates in double too. */
    for (size_t i = 0; i < job->model->weights; i++)
        job->weights[i] = (real)(float)job->weights[i];
    return status == STATUS_OK ? job_metrics_append(job, true, message) : status;
}

static enum status save(struct job *job, const char *path, struct message *message)
{
    struct text manifest = {0};
    enum status status;

    plan_manifest(&manifest, job->setting->plan, job->index);
    status = manifest.failed
                 ? message_set(message, STATUS_FAILED, "no memory for the manifest of %s", path)
                 : job_weights_write(path, job->model, job->weights, text_string(&manifest), message);
    text_release(&manifest);
    return status;
}

enum status job_obtain_weights(struct job *job, struct message *message)
{
    const struct job_setting *setting = job->setting;
    const struct planned_dataset *dataset = job->dataset;
    struct text path = job_path(setting->out, job->training, "weights.h5");
    enum status status = model_create(
        &job->model, &dataset->model, &setting->plan->variant[job->training->variant].trained,
        dataset->training.length, dataset->kind->vocabulary(dataset->state), setting->isa, message);

    if (status != STATUS_OK)
        goto done;
    job->weights = memory_allocate(job->model->weights, sizeof *job->weights, "the weights", message);
    if (!job->weights) {
        status = STATUS_FAILED;
        goto done;
    }
    if (file_exists(text_string(&path))) {
        status = job_weights_read(text_string(&path), job->model, job->weights, message);
        if (status == STATUS_OK) {
            job_metrics_read(job);
            progress_add(setting->progress, job->training->training_flop, "weights are there");
            goto done;
        }
        progress_note(setting->progress, "%s; training again", message->text);
    }
    status = train(job, message);
    if (status == STATUS_OK && !setting->discard_weights)
        status = save(job, text_string(&path), message);
done:
    text_release(&path);
    return status;
}
