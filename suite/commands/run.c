/* run.c -- lexbench run: trains and evaluates what an experiment asks for and is not done yet, merges,
 * prints tables, draws figures. */
#include <stdio.h>
#include <string.h>

#include "commands/collection.h"
#include "commands/job.h"
#include "commands/schedule.h"
#include "results/plot.h"
#include "results/table.h"
#include "support/file.h"
#include "support/memory.h"
#include "support/threads.h"

struct run_request {
    struct experiment_request experiment;
    size_t jobs, threads, limit;
    bool discard_weights, dry_run, quiet;
};

/* ------------------------------------------------------------------------------- training, side by side */

struct outcome {
    enum status status;
    struct message message;
};

struct batch {
    struct job_setting setting;
    size_t count;
    size_t *training;        /* (count) indices into the plan */
    struct outcome *outcome; /* (count) */
};

static void run_one(void *context, size_t task, size_t worker)
{
    struct batch *batch = context;
    struct outcome *outcome = &batch->outcome[task];

    (void)worker;
    outcome->status = job_run(&batch->setting, batch->training[task], &outcome->message);
}

static void batch_release(struct batch *batch)
{
    memory_release(batch->training);
    memory_release(batch->outcome);
}

static enum status batch_make(struct batch *batch, const struct schedule *schedule, size_t limit,
                              struct message *message)
{
    batch->training =
        memory_allocate(schedule->to_do, sizeof *batch->training, "the trainings to do", message);
    batch->outcome = memory_allocate(schedule->to_do, sizeof *batch->outcome, "the trainings to do", message);
    if (!batch->training || !batch->outcome)
        return STATUS_FAILED;
    for (size_t t = 0; t < schedule->plan.trainings; t++)
        if (schedule->scheduled[t].to_do > 0 && (limit == 0 || batch->count < limit))
            batch->training[batch->count++] = t;
    return STATUS_OK;
}

static size_t report_failures(const struct batch *batch, const struct plan *plan)
{
    size_t failed = 0;

    for (size_t i = 0; i < batch->count; i++) {
        char label[160];

        if (batch->outcome[i].status == STATUS_OK)
            continue;
        job_label(label, sizeof label, plan, &plan->training[batch->training[i]]);
        fprintf(stderr, "failed: %s: %s\n", label, batch->outcome[i].message.text);
        failed++;
    }
    return failed;
}

/* *failed: trainings of which something failed; the others are done all the same. */
static enum status run_batch(size_t *failed, const struct schedule *schedule,
                             const struct run_request *request, struct message *message)
{
    size_t threads = request->threads > 0 ? request->threads : threads_available(), jobs;
    struct progress progress;
    struct batch batch = {.count = 0};
    double work = 0;
    enum status status = batch_make(&batch, schedule, request->limit, message);

    *failed = 0;
    if (status != STATUS_OK || batch.count == 0)
        goto done;
    jobs = request->jobs > 0 ? request->jobs : threads;
    if (jobs > batch.count)
        jobs = batch.count;
    batch.setting = (struct job_setting){.plan = &schedule->plan,
                                         .out = text_string(&schedule->out),
                                         .isa = schedule->isa,
                                         .threads = threads > jobs ? threads / jobs : 1,
                                         .discard_weights = request->discard_weights,
                                         .progress = &progress};
    for (size_t i = 0; i < batch.count; i++)
        work += schedule->scheduled[batch.training[i]].flop;
    progress_begin(&progress, work, request->quiet);
    progress_note(&progress, "%s: %zu of %zu training%s to do, %zu at a time with %zu thread%s each, %s",
                  schedule->plan.name, batch.count, schedule->plan.trainings,
                  schedule->plan.trainings == 1 ? "" : "s", jobs, batch.setting.threads,
                  batch.setting.threads == 1 ? "" : "s", isa_name(schedule->isa));
    threads_run(jobs, batch.count, &batch, run_one);
    progress_end(&progress);
    *failed = report_failures(&batch, &schedule->plan);
done:
    batch_release(&batch);
    return status;
}

/* ---------------------------------------------------------------------------------------------- results */

static enum status write_results(struct results *results, const struct schedule *schedule,
                                 struct message *message)
{
    struct collection collection = {.count = 0};
    char *path = file_join(text_string(&schedule->out), "results.h5");
    enum status status =
        path ? collection_add_plan(&collection, &schedule->plan, text_string(&schedule->out), message)
             : message_set(message, STATUS_FAILED, "no memory for the path of the results");

    if (status == STATUS_OK && collection.count == 0)
        status = message_set(message, STATUS_FAILED, "%s: no trial is done, so there are no results",
                             text_string(&schedule->out));
    if (status == STATUS_OK)
        status = collection_merge(results, &collection, &schedule->plan, message);
    if (status == STATUS_OK) {
        status = results_write(path, results, message);
        if (status != STATUS_OK)
            results_release(results);
    }
    collection_release(&collection);
    memory_release(path);
    return status;
}

/* Figures are a service: without gnuplot the run has succeeded all the same. */
static void draw_figures(const struct results *results, const struct schedule *schedule, bool quiet)
{
    char *folder = file_join(text_string(&schedule->out), "figures");
    struct text written = {0};
    struct message why = {"no memory for the figures"};

    if (folder && file_make_folders(folder, &why) == STATUS_OK &&
        plot_score(results, folder, NULL, "png", &written, &why) == STATUS_OK) {
        if (!quiet)
            fprintf(stderr, "figures:\n%s", text_string(&written));
    } else {
        fprintf(stderr, "no figures: %s\n", why.text);
    }
    memory_release(folder);
    text_release(&written);
}

static enum status finish(const struct schedule *schedule, bool quiet, struct message *message)
{
    struct results results = {.variants = 0};
    struct text tables = {0};
    enum status status = write_results(&results, schedule, message);

    if (status != STATUS_OK)
        return status;
    table_write(&tables, &results, TABLE_TEXT);
    if (tables.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the tables");
    else
        fputs(text_string(&tables), stdout);
    fflush(stdout);
    draw_figures(&results, schedule, quiet);
    if (!quiet)
        fprintf(stderr, "results: %s/results.h5\n", text_string(&schedule->out));
    text_release(&tables);
    results_release(&results);
    return status;
}

/* ---------------------------------------------------------------------------------------------- command */

static enum status dry_run(const struct schedule *schedule, struct message *message)
{
    struct text text = {0};
    enum status status = STATUS_OK;

    schedule_print(&text, schedule);
    if (text.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the plan");
    else
        fputs(text_string(&text), stdout);
    text_release(&text);
    return status;
}

static enum status make_out(const struct schedule *schedule, struct message *message)
{
    char *trials = file_join(text_string(&schedule->out), "trials");
    enum status status = trials ? file_make_folders(trials, message)
                                : message_set(message, STATUS_FAILED, "no memory for the path of the trials");

    memory_release(trials);
    return status;
}

static enum status run_run(const void *given, size_t count, const char *const *operand,
                           struct message *message)
{
    const struct run_request *request = given;
    struct schedule schedule;
    size_t failed = 0;
    enum status status = schedule_make(&schedule, operand[0], &request->experiment, message);

    (void)count;
    if (status != STATUS_OK)
        return status;
    if (request->dry_run) {
        status = dry_run(&schedule, message);
        goto done;
    }
    if (schedule.to_do == 0 && !request->quiet)
        fprintf(stderr, "%s: nothing to do, every trial is in %s\n", schedule.plan.name,
                text_string(&schedule.out));
    status = make_out(&schedule, message);
    if (status == STATUS_OK)
        status = run_batch(&failed, &schedule, request, message);
    if (status == STATUS_OK)
        status = finish(&schedule, request->quiet, message);
    if (status == STATUS_OK && failed > 0)
        status = message_set(message, STATUS_FAILED, "something failed in %zu training%s, named above",
                             failed, failed == 1 ? "" : "s");
done:
    schedule_release(&schedule);
    return status;
}

#define AT(field) offsetof(struct run_request, field)
static const struct argument run_arguments[] = {
    {"out", ARGUMENT_TEXT, AT(experiment.out), "DIR", "where results go (default: runs/<experiment>)"},
    {"only", ARGUMENT_TEXT, AT(experiment.only), "VARIANT,...", "only these variants of the experiment"},
    {"set", ARGUMENT_LIST, AT(experiment.set), "SECTION.KEY=VALUE",
     "a setting above those of the file; may be repeated"},
    {"jobs", ARGUMENT_COUNT, AT(jobs), "N", "trainings side by side (default: as many as threads)"},
    {"threads", ARGUMENT_COUNT, AT(threads), "N",
     "threads in all (default: OMP_NUM_THREADS, or all processors)"},
    {"limit", ARGUMENT_COUNT, AT(limit), "N", "at most N trainings now, the others in the next run"},
    {"isa", ARGUMENT_TEXT, AT(experiment.isa), "NAME",
     "instruction set: auto (default), plain, avx2, avx512"},
    {"discard-weights", ARGUMENT_SWITCH, AT(discard_weights), NULL, "don't save trained weights"},
    {"dry-run", ARGUMENT_SWITCH, AT(dry_run), NULL, "only say what would be done, like lexbench plan"},
    {"quiet", ARGUMENT_SWITCH, AT(quiet), NULL, "no progress; failures are still said"},
    {.name = NULL}};

extern const struct command command_run;
const struct command command_run = {
    .name = "run",
    .operands = "EXPERIMENT",
    .summary = "train, evaluate, merge, print tables, draw figures",
    .examples = "lexbench run quick\n"
                "lexbench run quick --only rope,alibi --set training.steps=2000 --out runs/longer\n"
                "lexbench run mine.ini --jobs 2 --threads 8",
    .more = "EXPERIMENT is a shipped name (lexbench list experiments) or a file.  A run that was stopped "
            "goes on\n"
            "where it was: what lies whole in DIR/trials is not done again.\n",
    .arguments = run_arguments,
    .request_size = sizeof(struct run_request),
    .least = 1,
    .most = 1,
    .run = run_run,
};
