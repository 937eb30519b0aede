/* run.c -- lexbench run: trains and evaluates what an experiment asks for and is not done yet, merges,
 * prints tables, draws figures. */
#include <stdio.h>
#include <string.h>

#include "commandline/experiment.h"
#include "experiment/search/search.h"
#include "results/figures/plot.h"
#include "results/tables/table.h"
#include "running/batch.h"
#include "running/collection.h"
#include "running/lease.h"
#include "running/signals.h"
#include "support/file.h"
#include "support/memory.h"
#include "support/threads.h"

struct run_request {
    struct experiment_arguments experiment;
    struct batch_request batch;
    struct argument_list against;
    bool dry_run;
};

/* ---- results ---- */

/* *left_out: trial files that are there and could not be read; each is named on the way. */
static enum status write_results(struct results *results, size_t *left_out, const struct schedule *schedule,
                                 const struct argument_list *against, struct message *message)
{
    struct collection collection = {.count = 0};
    char *path = file_join(text_string(&schedule->out), "results.h5");
    enum status status =
        path ? collection_add_plan(&collection, &schedule->plan, text_string(&schedule->out), message)
             : message_set(message, STATUS_FAILED, "no memory for the path of the results");
    if (!status && collection.count == 0)
        status = message_set(message, STATUS_FAILED, "%s: no trial is done, so there are no results",
                             text_string(&schedule->out));
    for (size_t i = 0; !status && i < against->count; i++)
        status = collection_add_results(&collection, against->at[i], message);
    if (!status)
        status = collection_merge(results, &collection, &schedule->plan, message);
    if (!status) {
        status = results_write(path, results, message);
        if (status)
            results_release(results);
    }
    *left_out = collection.left_out;
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
    if (folder)
        file_tidy(folder);
    if (folder && !file_make_folders(folder, &why) &&
        plot_draw(results, folder, &(struct plot_request){.kinds = "score,matrix"}, &written, &why) ==
            STATUS_OK) {
        if (!quiet)
            fprintf(stderr, "figures:\n%s", text_string(&written));
    } else {
        fprintf(stderr, "no figures: %s\n", why.text);
    }
    memory_release(folder);
    text_release(&written);
}

static enum status make_results(const struct schedule *schedule, const struct run_request *request,
                                struct message *message)
{
    struct results results = {.variants = 0};
    struct text tables = {0};
    size_t left_out = 0;
    enum status status = write_results(&results, &left_out, schedule, &request->against, message);
    if (status)
        return status;
    table_text(&tables, &results);
    if (tables.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the tables");
    else
        fputs(text_string(&tables), stdout);
    fflush(stdout);
    draw_figures(&results, schedule, request->batch.quiet);
    if (!request->batch.quiet)
        fprintf(stderr, "results: %s/results.h5\n", text_string(&schedule->out));
    if (!status && left_out > 0)
        status = message_set(message, STATUS_FAILED,
                             "%zu trial file%s could not be read and %s not in results.h5; named above",
                             left_out, left_out == 1 ? "" : "s", left_out == 1 ? "is" : "are");
    text_release(&tables);
    results_release(&results);
    return status;
}

/* --no-wait: what is missing is under way, so nothing has failed. */
static void say_elsewhere(const struct schedule *schedule, const struct run_request *request,
                          size_t elsewhere)
{
    if (!request->batch.quiet)
        fprintf(stderr,
                "%zu training%s %s done by another process, so there are no tables yet; when it has ended, "
                "the same command makes them from what is in %s\n",
                elsewhere, elsewhere == 1 ? "" : "s", elsewhere == 1 ? "is being" : "are being",
                text_string(&schedule->out));
}

/* One process at a time: two that end together would draw into the same figures. */
static enum status finish(const struct schedule *schedule, const struct run_request *request,
                          struct message *message)
{
    const char *out = text_string(&schedule->out);
    double timeout = request->batch.lease_timeout > 0 ? request->batch.lease_timeout : batch_lease_timeout;
    struct lease_watch watch = {.since = 0};
    struct lease *lease = NULL;
    enum status status = lease_take(&lease, &watch, out, timeout, message);
    while (!status && !lease && !request->batch.no_wait) {
        if (signals_stop())
            return message_set(message, STATUS_CHECKPOINTED,
                               "stopped by %s; all is trained in %s, and the same command makes the tables",
                               signals_name(), out);
        signals_sleep(0.25);
        status = lease_take(&lease, &watch, out, timeout, message);
    }
    if (lease)
        status = make_results(schedule, request, message);
    else if (!status && !request->batch.quiet)
        fprintf(stderr, "%s is making the tables of %s\n", watch.holder, out);
    lease_release(lease);
    return status;
}

/* Tables and figures when all is done: a part of the results would pass for the whole. */
static enum status finish_shard(const struct schedule *schedule, const struct run_request *request,
                                struct message *message)
{
    const size_t others = schedule->shard.count > 0 ? schedule_others_to_do(schedule) : 0;
    const char *out = text_string(&schedule->out);
    if (others == 0)
        return finish(schedule, request, message);
    if (!request->batch.quiet)
        fprintf(
            stderr,
            "shard %zu/%zu has ended; %zu training%s of other shards %s not done in %s, so there are no "
            "tables yet.  When all have ended: the same command without --shard, or, for folders of their "
            "own, lexbench merge FOLDER... --out results.h5\n",
            schedule->shard.index, schedule->shard.count, others, others == 1 ? "" : "s",
            others == 1 ? "is" : "are", out);
    return STATUS_OK;
}

/* What --against names must be there and fit, before anything is trained. */
static enum status check_against(const struct schedule *schedule, const struct run_request *request,
                                 struct message *message)
{
    const char *isa = isa_name(schedule->isa);
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < request->against.count; i++) {
        const char *path = request->against.at[i];
        struct results old = {.variants = 0};
        if (collection_open_results(&old, path, message))
            return STATUS_WRONG;
        if (old.numerics_revision != NUMERICS_REVISION || strcmp(old.instruction_set, isa) != 0)
            status = message_set(
                message, STATUS_WRONG,
                "--against %s: it has numerics revision %lld and instruction set %s, this run %d "
                "and %s; run the older again, or mix them: lexbench merge --allow-mixed",
                path, (long long)old.numerics_revision, old.instruction_set, (int)NUMERICS_REVISION, isa);
        results_release(&old);
    }
    return status;
}

/* ---- command ---- */

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
    if (!status)
        file_tidy(text_string(&schedule->out));
    memory_release(trials);
    return status;
}

/* A round of the search; after it the schedule is that of the next, or of the experiment with the options
 * chosen. */
static enum status search_round(struct schedule *schedule, const struct schedule_request *wanted,
                                const struct run_request *request, struct message *message)
{
    const bool limited = request->batch.limit > 0 && schedule->to_do > 0;
    const size_t rounds = schedule->plan.search->rounds;
    struct batch_end end;
    enum status status = batch_run(&end, schedule, &request->batch, message);
    if (status)
        return status;
    schedule_release(schedule);
    status = schedule_make(schedule, wanted, message);
    if (status)
        return status;
    const struct search *search = schedule->plan.search;
    const bool ended = !search || search->rounds > rounds;
    if (!ended && end.failed > 0)
        return message_set(
            message, STATUS_FAILED,
            "something failed in %zu training%s of the tuning, named above, so nothing is chosen yet",
            end.failed, end.failed == 1 ? "" : "s");
    if (!ended || limited)
        return message_set(message, STATUS_CHECKPOINTED, "%s; run again to go on",
                           search_goes_on(&schedule->plan) ? "the tuning is not complete yet"
                                                           : "the tuning is complete");
    return STATUS_OK;
}

static enum status run_run(const void *given, size_t count, const char *const *operand,
                           struct message *message)
{
    const struct run_request *request = given;
    const struct schedule_request wanted = experiment_request(&request->experiment, operand[0]);
    struct schedule schedule;
    struct batch_end end = {.failed = 0};
    enum status status = signals_begin(message);
    (void)count;
    if (!status)
        status = schedule_make(&schedule, &wanted, message);
    if (status)
        return status;
    if (request->dry_run) {
        status = dry_run(&schedule, message);
        goto done;
    }
    status = check_against(&schedule, request, message);
    if (!status && schedule.to_do == 0 && !request->batch.quiet)
        fprintf(stderr, "%s: nothing to do, every trial%s is in %s\n", schedule.plan.name,
                schedule.shard.count > 0 ? " of this shard" : "", text_string(&schedule.out));
    if (!status)
        status = make_out(&schedule, message);
    while (!status && search_goes_on(&schedule.plan))
        status = search_round(&schedule, &wanted, request, message);
    if (!status)
        status = batch_run(&end, &schedule, &request->batch, message);
    if (!status && end.elsewhere > 0)
        say_elsewhere(&schedule, request, end.elsewhere);
    else if (!status)
        status = finish_shard(&schedule, request, message);
    if (!status && end.failed > 0)
        status = message_set(message, STATUS_FAILED, "something failed in %zu training%s, named above",
                             end.failed, end.failed == 1 ? "" : "s");
done:
    schedule_release(&schedule);
    return status;
}

#define AT(field) offsetof(struct run_request, field)
static const struct argument run_arguments[] = {
    {"out", ARGUMENT_TEXT, AT(experiment.out), "DIR", "where results go (default: runs/<experiment>)"},
    {"only", ARGUMENT_TEXT, AT(experiment.only), "VARIANT,...",
     "only these variants, of the experiment or besides"},
    {"set", ARGUMENT_LIST, AT(experiment.set), "SECTION.KEY=VALUE",
     "a setting above those of the file; may be repeated"},
    {"preset", ARGUMENT_LIST, AT(experiment.preset), "NAME",
     "the settings of [preset NAME], below those of --set; may be repeated"},
    {"jobs", ARGUMENT_COUNT, AT(batch.jobs), "N", "trainings side by side (default: as many as threads)"},
    {"threads", ARGUMENT_COUNT, AT(batch.threads), "N",
     "threads in all (default: OMP_NUM_THREADS, or all processors)"},
    {"limit", ARGUMENT_COUNT, AT(batch.limit), "N", "at most N trainings now, the others in the next run"},
    {"shard", ARGUMENT_TEXT, AT(experiment.shard), "I/N",
     "only the I-th of N parts of the plan, I from 1 to N, for N processes or machines"},
    {"reverse", ARGUMENT_SWITCH, AT(batch.reverse), NULL,
     "the last training first; the results are the same"},
    {"against", ARGUMENT_LIST, AT(against), "OLD",
     "an older results file or run, merged into the results; may be repeated"},
    {"isa", ARGUMENT_TEXT, AT(experiment.isa), "NAME",
     "instruction set: auto (default), plain, avx2, avx512"},
    {"discard-weights", ARGUMENT_SWITCH, AT(batch.discard_weights), NULL, "don't save trained weights"},
    {"checkpoint-interval", ARGUMENT_SECONDS, AT(batch.checkpoint_interval), "SECONDS",
     "time between two checkpoints of a training (default: 60)"},
    {"lease-timeout", ARGUMENT_SECONDS, AT(batch.lease_timeout), "SECONDS",
     "a lease of another machine expires so long after it was renewed (default: 900)"},
    {"no-wait", ARGUMENT_SWITCH, AT(batch.no_wait), NULL,
     "leave, with status 0 and without tables, what other processes are training"},
    {"dry-run", ARGUMENT_SWITCH, AT(dry_run), NULL, "only say what would be done, like lexbench plan"},
    {"quiet", ARGUMENT_SWITCH, AT(batch.quiet), NULL, "no progress; failures are still said"},
    {.name = NULL},
};

extern const struct command command_run;
const struct command command_run = {
    .name = "run",
    .operands = "EXPERIMENT",
    .summary = "train, evaluate, merge, print tables, draw figures",
    .examples = "lexbench run quick\n"
                "lexbench run quick --only rope,alibi --set training.steps=2000 --out runs/longer\n"
                "lexbench run mine.ini --jobs 2 --threads 8\n"
                "lexbench run mine.ini --shard $SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT",
    .more =
        "EXPERIMENT is a shipped name (lexbench list experiments) or a file.  A run that was stopped "
        "goes on\n"
        "where it was: what lies whole in DIR/trials is not done again, and a training goes on from its\n"
        "last checkpoint.  SIGTERM, SIGUSR1 and Ctrl-C finish a step, save, and leave with status 75;\n"
        "Ctrl-C twice leaves at once.\n\n"
        "Several processes may run at once on one DIR, also from several machines: each training is done\n"
        "by the process that holds its lease, and each process waits for what the others do.  The lease of "
        "a\n"
        "dead process is taken over: on the same machine at once, from another machine when it was not "
        "renewed\n"
        "within --lease-timeout.  Both times compared are the file server's, so clocks of machines may "
        "differ.\n"
        "All files are written in DIR; no temporary folder is used.\n",
    .arguments = run_arguments,
    .request_size = sizeof(struct run_request),
    .least = 1,
    .most = 1,
    .run = run_run,
};
