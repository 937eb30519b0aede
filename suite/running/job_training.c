/* job_training.c -- the weights of a training: read where they are whole, else trained and saved. */
#include "running/job_training.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "running/metrics.h"
#include "running/signals.h"
#include "running/weights_file.h"
#include "support/file.h"
#include "support/memory.h"

void job_training_label(char out[JOB_LABEL_SIZE], const struct plan *plan,
                        const struct planned_training *training)
{
    const struct variant *variant = &plan->variant[training->variant];
    const bool first = variant->finetune.steps > 0 && !training->parent_id[0];
    snprintf(out, JOB_LABEL_SIZE, "%s%s on %s, seed %zu", variant->name, first ? " before its fine-tune" : "",
             plan->dataset[training->dataset].label, training->seed);
}

/* ---- while it trains ---- */

struct reporter {
    const struct job_setting *setting;
    const struct planned_training *planned;
    const struct training_curve *curve;
    size_t written; /* points of it that stand in metrics.jsonl */
    struct text metrics;
    char label[JOB_LABEL_SIZE];
    enum status status; /* of writing them */
    struct message message;
};

static void report_step(void *context, size_t step, double loss, double rate)
{
    struct reporter *reporter = context;
    size_t steps = reporter->planned->options.steps;
    char line[JOB_LABEL_SIZE + 96];
    (void)rate;
    snprintf(line, sizeof line, "%s: step %zu of %zu, loss %.4g", reporter->label, step, steps, loss);
    progress_add(reporter->setting->progress, reporter->planned->training_flop / (double)steps, line);
    if (!reporter->status)
        reporter->status = metrics_append(text_string(&reporter->metrics), reporter->curve,
                                          &reporter->written, &reporter->message);
}

/* At step 0, or where a checkpoint was: the lines of metrics.jsonl that came after it are written again. */
static void report_start(void *context, size_t step)
{
    struct reporter *reporter = context;
    struct progress *progress = reporter->setting->progress;
    size_t steps = reporter->planned->options.steps;
    reporter->status = metrics_restart(text_string(&reporter->metrics), reporter->curve, &reporter->message);
    reporter->written = reporter->curve->count;
    if (step == 0)
        return;
    progress_note(progress, "%s: goes on after step %zu of %zu", reporter->label, step, steps);
    progress_add(progress, reporter->planned->training_flop * (double)step / (double)steps, reporter->label);
}

static void report_note(void *context, const char *sentence)
{
    const struct reporter *reporter = context;
    progress_note(reporter->setting->progress, "%s: %s", reporter->label, sentence);
}

/* Also when metrics.jsonl can't be written: the folder is gone or full, and the weights would find it so. */
static bool asked_to_stop(void *context)
{
    const struct reporter *reporter = context;
    return reporter->status || signals_stop();
}

/* ---- from the beginning to the weights ---- */

/* Those that a fine-tune begins with are kept all the same. */
static bool keeps_weights(const struct job_setting *setting, size_t training)
{
    const struct plan *plan = setting->plan;
    const size_t next = training + 1; /* fine-tunes stand right behind the training that they begin with */
    return !setting->discard_weights || (next < plan->trainings && plan->training[next].parent == training);
}

/* initial(weights): where a fine-tune begins; NULL = it is none. */
static enum status train(struct job_training *out, const struct job_setting *setting, size_t training,
                         const real *initial, struct message *message)
{
    const struct planned_training *planned = &setting->plan->training[training];
    const struct planned_dataset *dataset = &setting->plan->dataset[planned->dataset];
    struct text checkpoint = folder_path(setting->out, planned, "checkpoint");
    struct reporter reporter = {.setting = setting,
                                .planned = planned,
                                .curve = &out->curve,
                                .metrics = folder_path(setting->out, planned, "metrics.jsonl")};
    const struct training_request request = {.model = out->trained.model,
                                             .dataset = dataset->kind,
                                             .dataset_state = dataset->state,
                                             .options = planned->options,
                                             .seed = planned->seed,
                                             .initial = initial,
                                             .steps_before = initial ? dataset->training.steps : 0,
                                             .threads = setting->threads,
                                             .checkpoint = text_string(&checkpoint),
                                             .id = planned->id,
                                             .checkpoint_interval = setting->checkpoint_interval,
                                             .keep_last = !keeps_weights(setting, training),
                                             .stop = asked_to_stop,
                                             .start = report_start,
                                             .note = report_note,
                                             .report = report_step,
                                             .context = &reporter};
    enum status status = folder_path_check(&checkpoint, message);
    if (!status)
        status = folder_path_check(&reporter.metrics, message);
    if (status)
        goto done;
    job_training_label(reporter.label, setting->plan, planned);
    status = training_run(out->trained.weights, &out->curve, &request, message);
    out->wall_time = out->curve.seconds;
    if ((!status || status == STATUS_CHECKPOINTED) && reporter.status) {
        *message = reporter.message;
        status = STATUS_FAILED;
    }
    /* The file holds floats: what is evaluated is what is saved, in a build that calculates in double too. */
    for (size_t i = 0; i < out->trained.model->weights; i++)
        out->trained.weights[i] = (real)(float)out->trained.weights[i];
    if (!status)
        status = metrics_append(text_string(&reporter.metrics), &out->curve, &reporter.written, message);
    if (!status)
        status = metrics_end(text_string(&reporter.metrics), out->wall_time, message);
done:
    text_release(&checkpoint);
    text_release(&reporter.metrics);
    return status;
}

/* *initial: the parent's weights as this model has them.  memory_release() in any case. */
static enum status inherit(real **initial, const struct model *model, const struct job_setting *setting,
                           const struct planned_training *planned, struct message *message)
{
    const struct planned_training *parent = &setting->plan->training[planned->parent];
    struct text path = folder_path(setting->out, parent, "weights.h5");
    struct trained_model trained = {.model = NULL};
    enum status status = folder_path_check(&path, message);
    if (!status)
        status = trained_model_open(&trained, text_string(&path), &setting->plan->dataset[planned->dataset],
                                    planned_composition(setting->plan, parent), model->vocabulary,
                                    setting->isa, message);
    if (!status) {
        *initial = memory_allocate(model->weights, sizeof **initial, "the weights", message);
        status = *initial
                     ? model_inherit(model, *initial, planned->seed, trained.model, trained.weights, message)
                     : STATUS_FAILED;
    }
    trained_model_release(&trained);
    text_release(&path);
    return status;
}

/* From drawn weights, or from those of the parent. */
static enum status train_and_save(struct job_training *out, const struct job_setting *setting,
                                  size_t training, const char *path, struct message *message)
{
    const struct planned_training *planned = &setting->plan->training[training];
    real *initial = NULL;
    enum status status = planned->parent == NO_PARENT
                             ? STATUS_OK
                             : inherit(&initial, out->trained.model, setting, planned, message);
    if (!status)
        status = train(out, setting, training, initial, message);
    memory_release(initial);
    if (status || !keeps_weights(setting, training))
        return status;
    status = weights_file_write(path, setting->plan, training, setting->isa, out->trained.model,
                                out->trained.weights, message);
    if (!status)
        job_training_remove_checkpoint(setting, training);
    return status;
}

/* false: there are none, or (it is said) none that can be read. */
static bool read_weights(struct job_training *out, const struct job_setting *setting, size_t training,
                         const char *path)
{
    struct message why = {""};
    if (!file_exists(path))
        return false;
    if (weights_file_read(path, out->trained.model, out->trained.weights, &why)) {
        progress_note(setting->progress, "%s; training again", why.text);
        return false;
    }
    struct text metrics = folder_path(setting->out, &setting->plan->training[training], "metrics.jsonl");
    metrics_read(&out->curve, text_string(&metrics));
    text_release(&metrics);
    out->wall_time = out->curve.seconds;
    progress_add(setting->progress, 0, "weights are there"); /* the schedule did not count it */
    job_training_remove_checkpoint(setting, training);
    return true;
}

enum status job_training_obtain(struct job_training *out, const struct job_setting *setting, size_t training,
                                struct message *message)
{
    const struct plan *plan = setting->plan;
    const struct planned_training *planned = &plan->training[training];
    const struct planned_dataset *dataset = &plan->dataset[planned->dataset];
    struct text path = folder_path(setting->out, planned, "weights.h5");
    *out = (struct job_training){.wall_time = NAN};
    enum status status = folder_path_check(&path, message);
    if (!status)
        status = trained_model_create(&out->trained, dataset, planned_composition(plan, planned),
                                      planned_vocabulary(dataset), setting->isa, message);
    if (status && out->trained.model) /* no memory for the weights */
        training_memory_say(message, out->trained.model, &planned->options, setting->threads);
    if (!status && !read_weights(out, setting, training, text_string(&path)))
        status = train_and_save(out, setting, training, text_string(&path), message);
    text_release(&path);
    return status;
}

void job_training_release(struct job_training *training)
{
    training_curve_release(&training->curve);
    trained_model_release(&training->trained);
}

void job_training_remove_checkpoint(const struct job_setting *setting, size_t training)
{
    struct text path = folder_path(setting->out, &setting->plan->training[training], "checkpoint");
    if (!path.failed)
        unlink(text_string(&path));
    text_release(&path);
}
