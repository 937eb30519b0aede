/* batch.c -- the trainings of a schedule that are to do, side by side. */
#include "running/batch.h"

#include <stdio.h>
#include <string.h>

#include "running/job.h"
#include "running/signals.h"
#include "support/memory.h"
#include "support/threads.h"

const double batch_lease_timeout = 15 * 60;
static const double checkpoint_interval = 60;
static const double poll_first = 0.25, poll_last = 5; /* seconds between two looks at others' leases */

struct outcome {
    enum status status;
    bool elsewhere; /* another process has it: nothing has come out yet */
    char said[LEASE_HOLDER_SIZE];
    struct lease_watch watch;
    struct message message;
    const char *parent_failure; /* of the training that a fine-tune begins with, in this batch; NULL = none */
};

struct batch {
    struct job_setting setting;
    size_t count;
    size_t *training;        /* (count) indices into the plan: first trainings, then fine-tunes */
    size_t first;            /* how many of them are first trainings */
    struct outcome *outcome; /* (count) */
    size_t tasks;
    size_t *task; /* (tasks) of this round: indices into the two above */
};

static void run_one(void *context, size_t t, size_t worker)
{
    struct batch *batch = context;
    size_t i = batch->task[t];
    struct outcome *outcome = &batch->outcome[i];
    (void)worker;
    if (outcome->elsewhere) /* another process may have ended it */
        folder_look_again(batch->setting.folder, batch->training[i]);
    if (signals_stop())
        outcome->status = STATUS_CHECKPOINTED;
    else
        outcome->status = job_run(&outcome->elsewhere, &outcome->watch, &batch->setting, batch->training[i],
                                  outcome->parent_failure, &outcome->message);
}

static void batch_release(struct batch *batch)
{
    memory_release(batch->training);
    memory_release(batch->outcome);
    memory_release(batch->task);
}

static enum status batch_make(struct batch *batch, const struct schedule *schedule,
                              const struct batch_request *request, struct message *message)
{
    const size_t trainings = schedule->plan.trainings;
    batch->training =
        memory_allocate(schedule->to_do, sizeof *batch->training, "the trainings to do", message);
    batch->outcome = memory_allocate(schedule->to_do, sizeof *batch->outcome, "the trainings to do", message);
    batch->task = memory_allocate(schedule->to_do, sizeof *batch->task, "the trainings to do", message);
    if (!batch->training || !batch->outcome || !batch->task)
        return STATUS_FAILED;
    for (int finetunes = 0; finetunes <= 1; finetunes++) {
        for (size_t i = 0; i < trainings; i++) {
            const size_t t = request->reverse ? trainings - 1 - i : i;
            const struct scheduled *scheduled = &schedule->scheduled[t];
            if ((scheduled->to_do > 0 || scheduled->needed) &&
                (schedule->plan.training[t].parent != NO_PARENT) == finetunes &&
                (request->limit == 0 || batch->count < request->limit))
                batch->training[batch->count++] = t;
        }
        if (!finetunes)
            batch->first = batch->count;
    }
    return STATUS_OK;
}

/* The first round of either kind: a fine-tune when the trainings that they begin with have ended. */
static void run_kind(struct batch *batch, size_t jobs, size_t begin, size_t end)
{
    const struct planned_training *training = batch->setting.plan->training;
    batch->tasks = 0;
    for (size_t i = begin; i < end; i++) {
        for (size_t p = 0; begin > 0 && p < batch->first; p++)
            if (batch->training[p] == training[batch->training[i]].parent &&
                batch->outcome[p].status == STATUS_FAILED)
                batch->outcome[i].parent_failure = batch->outcome[p].message.text;
        batch->task[batch->tasks++] = i;
    }
    threads_run_teams(jobs, batch->tasks, batch, run_one);
}

/* The next round: what others had.  Says who has it, once for each holder. */
static void gather(struct batch *batch)
{
    batch->tasks = 0;
    for (size_t i = 0; i < batch->count; i++) {
        struct outcome *outcome = &batch->outcome[i];
        char label[JOB_LABEL_SIZE];
        if (!outcome->elsewhere)
            continue;
        batch->task[batch->tasks++] = i;
        if (strcmp(outcome->said, outcome->watch.holder) == 0)
            continue;
        memcpy(outcome->said, outcome->watch.holder, sizeof outcome->said);
        job_training_label(label, batch->setting.plan, &batch->setting.plan->training[batch->training[i]]);
        progress_note(batch->setting.progress, "%s: %s has it", label, outcome->said);
    }
}

static void run_rounds(struct batch *batch, size_t jobs, bool wait)
{
    double poll = poll_first;
    run_kind(batch, jobs, 0, batch->first);
    run_kind(batch, jobs, batch->first, batch->count);
    gather(batch);
    if (wait && batch->tasks > 0 && !signals_stop())
        progress_note(batch->setting.progress, "waiting for %zu training%s of other processes", batch->tasks,
                      batch->tasks == 1 ? "" : "s");
    while (wait && batch->tasks > 0 && !signals_stop()) {
        signals_sleep(poll);
        poll = poll * 1.5 < poll_last ? poll * 1.5 : poll_last;
        threads_run_teams(jobs, batch->tasks, batch, run_one);
        gather(batch);
    }
}

static void count_ends(struct batch_end *end, size_t *left, const struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct outcome *outcome = &batch->outcome[i];
        char label[JOB_LABEL_SIZE];
        *left += outcome->status == STATUS_CHECKPOINTED || outcome->elsewhere;
        end->elsewhere += outcome->elsewhere;
        if (!outcome->status || outcome->status == STATUS_CHECKPOINTED)
            continue;
        job_training_label(label, batch->setting.plan, &batch->setting.plan->training[batch->training[i]]);
        fprintf(stderr, "failed: %s: %s\n", label, outcome->message.text);
        end->failed++;
    }
}

static void say_begin(struct progress *progress, const struct batch *batch, const struct schedule *schedule,
                      size_t jobs, bool quiet)
{
    double work = 0;
    for (size_t i = 0; i < batch->count; i++)
        work += schedule->scheduled[batch->training[i]].flop;
    progress_begin(progress, work, quiet);
    progress_note(progress, "%s: %zu of %zu training%s to do, %zu at a time with %zu thread%s each, %s",
                  schedule->plan.name, batch->count, schedule->trainings, schedule->trainings == 1 ? "" : "s",
                  jobs, batch->setting.threads, batch->setting.threads == 1 ? "" : "s",
                  isa_name(schedule->isa));
}

enum status batch_run(struct batch_end *end, const struct schedule *schedule,
                      const struct batch_request *request, struct message *message)
{
    size_t threads = request->threads > 0 ? request->threads : threads_available(), jobs, left = 0;
    struct progress progress;
    struct batch batch = {.count = 0};
    enum status status = batch_make(&batch, schedule, request, message);
    *end = (struct batch_end){.failed = 0};
    if (status)
        goto done;
    jobs = request->jobs > 0 ? request->jobs : threads;
    if (jobs > batch.count && batch.count > 0)
        jobs = batch.count;
    batch.setting = (struct job_setting){
        .plan = &schedule->plan,
        .out = text_string(&schedule->out),
        .folder = schedule->folder,
        .isa = schedule->isa,
        .threads = threads > jobs ? threads / jobs : 1,
        .discard_weights = request->discard_weights,
        .checkpoint_interval =
            request->checkpoint_interval > 0 ? request->checkpoint_interval : checkpoint_interval,
        .lease_timeout = request->lease_timeout > 0 ? request->lease_timeout : batch_lease_timeout,
        .progress = &progress};
    for (size_t t = 0; t < schedule->plan.trainings; t++)
        if (schedule->scheduled[t].mine && schedule->scheduled[t].to_do == 0 &&
            !schedule->scheduled[t].needed)
            job_tidy(&batch.setting, t);
    if (batch.count == 0)
        goto done;
    say_begin(&progress, &batch, schedule, jobs, request->quiet);
    run_rounds(&batch, jobs, !request->no_wait);
    progress_end(&progress);
    count_ends(end, &left, &batch);
    if (signals_stop())
        status = message_set(
            message, STATUS_CHECKPOINTED,
            "stopped by %s; %zu of %zu training%s to go on with, in %s: the same command does that",
            signals_name(), left, schedule->trainings, schedule->trainings == 1 ? "" : "s",
            batch.setting.out);
done:
    batch_release(&batch);
    return status;
}
