/* schedule.c -- a plan against what is on disk. */
#include "running/schedule.h"

#include <math.h>
#include <string.h>

#include "experiment/search/search.h"
#include "running/folder.h"
#include "running/search_scores.h"
#include "support/file.h"
#include "support/memory.h"
#include "support/progress.h"
#include "support/threads.h"

static const double tera = 1e12;

static void look_at(struct schedule *schedule, size_t t, double *done_flop, double *thread_seconds)
{
    const struct planned_training *training = &schedule->plan.training[t];
    struct scheduled *scheduled = &schedule->scheduled[t];
    if (!scheduled->mine)
        return;
    for (size_t e = 0; e < training->evaluations; e++)
        scheduled->to_do += !folder_evaluated(schedule->folder, t, e);
    const double seconds = folder_thread_seconds(schedule->folder, t);
    if (scheduled->to_do > 0) {
        scheduled->flop =
            training->evaluation_flop * (double)scheduled->to_do / (double)training->evaluations +
            (folder_has_weights(schedule->folder, t) ? 0 : training->training_flop);
        schedule->to_do++;
    } else if (isfinite(seconds) && seconds > 0) {
        *done_flop += training->training_flop;
        *thread_seconds += seconds;
    }
    schedule->trainings++;
    schedule->flop += training->training_flop + training->evaluation_flop;
    schedule->flop_to_do += scheduled->flop;
}

/* A first training is to do, whatever is evaluated on it, when a fine-tune waits for it; it is in the same
 * shard. */
static void look_at_parent(struct schedule *schedule, size_t t)
{
    const size_t parent = schedule->plan.training[t].parent;
    struct scheduled *scheduled = parent == NO_PARENT ? NULL : &schedule->scheduled[parent];
    if (!scheduled || scheduled->needed || schedule->scheduled[t].to_do == 0 ||
        folder_has_weights(schedule->folder, t) || folder_has_weights(schedule->folder, parent))
        return;
    scheduled->needed = true;
    if (scheduled->to_do > 0) /* it is counted */
        return;
    scheduled->flop = schedule->plan.training[parent].training_flop;
    schedule->flop_to_do += scheduled->flop;
    schedule->to_do++;
}

/* Says of each training whether it is in the shard. */
static enum status choose_shard(struct schedule *schedule, struct message *message)
{
    const struct plan *plan = &schedule->plan;
    const struct shard *shard = &schedule->shard;
    size_t *of = memory_allocate(plan->trainings, sizeof *of, "the shards", message);
    enum status status = of ? STATUS_OK : STATUS_FAILED;
    if (!status && shard->count > 0)
        status = shards_deal(of, plan, shard->count, message);
    for (size_t t = 0; !status && t < plan->trainings; t++)
        schedule->scheduled[t].mine = shard->count == 0 || of[t] == shard->index;
    memory_release(of);
    return status;
}

enum status schedule_make(struct schedule *schedule, const struct schedule_request *request,
                          struct message *message)
{
    struct plan_request wanted = request->plan;
    double done_flop = 0, thread_seconds = 0;
    struct shard shard;
    enum status status;
    *schedule = (struct schedule){.thread_rate = NAN};
    status = shard_read(&shard, request->shard, message);
    if (status)
        return status;
    status = isa_choose(&schedule->isa, request->isa ? request->isa : "auto", message);
    if (status) {
        message_prefix(message, "--isa");
        return status;
    }
    wanted.instruction_set = isa_name(schedule->isa);
    status = plan_make(&schedule->plan, &wanted, message);
    if (status)
        return status;
    if (request->out)
        text_append(&schedule->out, "%s", request->out);
    else
        text_append(&schedule->out, "runs/%s", schedule->plan.name);
    if (!schedule->out.failed)
        status =
            search_scores_tell(&schedule->plan, text_string(&schedule->out), wanted.instruction_set, message);
    if (status) {
        schedule_release(schedule);
        return status;
    }
    schedule->scheduled =
        memory_allocate(schedule->plan.trainings, sizeof *schedule->scheduled, "the schedule", message);
    if (!schedule->scheduled || schedule->out.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the schedule");
    schedule->shard = shard;
    if (!status)
        status = folder_open(&schedule->folder, &schedule->plan, text_string(&schedule->out), message);
    if (!status)
        status = choose_shard(schedule, message);
    for (size_t t = 0; !status && t < schedule->plan.trainings; t++)
        look_at(schedule, t, &done_flop, &thread_seconds);
    for (size_t t = 0; !status && t < schedule->plan.trainings; t++)
        look_at_parent(schedule, t);
    if (thread_seconds > 0)
        schedule->thread_rate = done_flop / thread_seconds;
    if (status)
        schedule_release(schedule);
    return status;
}

void schedule_release(struct schedule *schedule)
{
    memory_release(schedule->scheduled);
    folder_close(schedule->folder);
    text_release(&schedule->out);
    plan_release(&schedule->plan);
    *schedule = (struct schedule){.thread_rate = NAN};
}

size_t schedule_others_to_do(const struct schedule *schedule)
{
    size_t left = 0;
    for (size_t t = 0; t < schedule->plan.trainings; t++)
        if (!schedule->scheduled[t].mine) {
            folder_look_again(schedule->folder, t);
            left += !folder_all_evaluated(schedule->folder, t);
        }
    return left;
}

static void print_training(struct text *out, const struct schedule *schedule, size_t t, int width)
{
    const struct plan *plan = &schedule->plan;
    const struct planned_training *training = &plan->training[t];
    const struct scheduled *scheduled = &schedule->scheduled[t];
    const bool is_trained =
        scheduled->to_do > 0 ? folder_has_weights(schedule->folder, t) : !scheduled->needed;
    double each = training->evaluation_flop / (double)training->evaluations;
    text_append(out, "%-8s  %s  %-*s  %-12s  seed %-4zu %10.4f TFLOP  %s\n",
                training->parent == NO_PARENT ? "train" : "finetune", training->id, width,
                plan->variant[training->variant].name, plan->dataset[training->dataset].label, training->seed,
                training->training_flop / tera, is_trained ? "done" : "to do");
    for (size_t e = 0; e < training->evaluations; e++)
        text_append(out, "evaluate  %s  %-*s  %-12s  seed %-4zu %10.4f TFLOP  %s\n",
                    training->evaluation_id[e], width, plan->variant[training->evaluation[e]].name,
                    plan->dataset[training->dataset].label, training->seed, each / tera,
                    folder_evaluated(schedule->folder, t, e) ? "done" : "to do");
}

/* What each protocol costs for one variant; folds and tuned options cost the same. */
static void print_protocols(struct text *out, const struct plan *plan)
{
    for (size_t d = 0; d < plan->datasets; d++) {
        const struct planned_dataset *dataset = &plan->dataset[d];
        if (dataset->fold > 1 || dataset->protocols_shared)
            continue;
        for (size_t p = 0; p < dataset->protocols; p++) {
            struct protocol_cost cost;
            if (planned_protocol_cost(&cost, dataset, &dataset->protocol[p], NULL)) {
                out->failed = true;
                return;
            }
            text_append(
                out,
                "protocol  %-16s  on %s: %zu windows or examples at %zu length%s, %.4f TFLOP a variant\n",
                dataset->protocol[p].name, dataset->label, cost.items, cost.cells, cost.cells == 1 ? "" : "s",
                cost.flop / tera);
        }
    }
}

static void print_search(struct text *out, const struct plan *plan)
{
    size_t trainings = 0;
    if (!plan->search)
        return;
    for (size_t i = 0; i < plan->search->rounds; i++)
        trainings += plan->search->round[i].trainings;
    if (search_goes_on(plan))
        text_append(out, "tuning: %zu trainings, then %zu trainings with the options it chooses\n",
                    trainings + plan->trainings, plan->search->experiment->trainings);
    else
        text_append(out, "tuning: %zu trainings, all done; these have the options it chose\n", trainings);
}

void schedule_print(struct text *out, const struct schedule *schedule)
{
    const struct plan *plan = &schedule->plan;
    size_t evaluations = 0, threads = threads_available(), width = 0;
    for (size_t v = 0; v < plan->variants; v++)
        if (strlen(plan->variant[v].name) > width)
            width = strlen(plan->variant[v].name);
    for (size_t t = 0; t < plan->trainings; t++) {
        if (!schedule->scheduled[t].mine)
            continue;
        print_training(out, schedule, t, (int)width);
        evaluations += plan->training[t].evaluations;
    }
    print_protocols(out, plan);
    if (schedule->shard.count > 0)
        text_append(out, "shard %zu/%zu of %zu trainings: ", schedule->shard.index, schedule->shard.count,
                    plan->trainings);
    text_append(out, "%zu training%s, %zu evaluation%s, %.4f TFLOP; to do: %zu training%s, %.4f TFLOP",
                schedule->trainings, schedule->trainings == 1 ? "" : "s", evaluations,
                evaluations == 1 ? "" : "s", schedule->flop / tera, schedule->to_do,
                schedule->to_do == 1 ? "" : "s", schedule->flop_to_do / tera);
    if (schedule->to_do > 0 && isfinite(schedule->thread_rate)) {
        char duration[32];
        progress_duration(duration, schedule->flop_to_do / schedule->thread_rate / (double)threads);
        text_append(out, ", about %s on %zu thread%s (as fast as what is done)", duration, threads,
                    threads == 1 ? "" : "s");
    }
    text_append(out, "\n");
    print_search(out, plan);
}
