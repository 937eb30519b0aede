/* evaluation.c -- items of one protocol at one length through a model, scored in item order. */
#include "evaluation/evaluation.h"

#include <math.h>
#include <string.h>

#include "evaluation/items.h"
#include "model/workspace.h"
#include "support/memory.h"
#include "support/progress.h"
#include "support/threads.h"

struct worker {
    struct workspace *workspace;
    int32_t *tokens, *targets, *marks; /* marks: NULL unless the position map reads them */
    size_t *number;                    /* (sequences) of the items of a chunk */
    double *nll, *floor;
    unsigned char *hit;
    struct pass { /* what the model is given; the above when that is all of n */
        int32_t *tokens, *targets;
        double *nll;
        unsigned char *hit;
    } pass;
    bool unseen; /* a target is scored that the model is not given */
};

struct evaluator {
    const struct evaluation_request *request;
    struct evaluation *out; /* its arrays per token are filled by the workers */
    struct item_plan items;
    size_t seen;      /* the last so many of n tokens are given to the model */
    size_t sequences; /* of a chunk */
    size_t *count;    /* (sequences), all `seen` */
    size_t workers;
    struct worker *worker;
    struct item_score *score; /* (items) */
    struct bin_score *bin;    /* (items, POSITION_BINS), or NULL */
    bool floor;               /* is known */
};

/* --- one chunk -------------------------------------------------------------------------------------- */

/* The tokens of one item as they were scored, row `item` of the arrays per token. */
static void keep_tokens(struct evaluation *out, size_t item, const int32_t *tokens, const int32_t *targets,
                        const double *nll, size_t n)
{
    memcpy(out->token + item * n, tokens, n * sizeof *tokens);
    memcpy(out->target + item * n, targets, n * sizeof *targets);
    for (size_t i = 0; i < n; i++)
        out->loss[item * n + i] = targets[i] != UNSCORED ? nll[i] : (double)NAN;
}

/* Sequence s of a worker's chunk, which is an item. */
static void score_sequence(struct evaluator *evaluator, struct worker *worker, size_t s, size_t item)
{
    const struct evaluation_request *request = evaluator->request;
    struct item_score *score = &evaluator->score[item];
    size_t n = request->length;
    const int32_t *tokens = worker->tokens + s * n, *targets = worker->targets + s * n;
    const double *nll = worker->nll + s * n;
    if (worker->workspace->statistics) {
        score->attention = worker->workspace->statistics[s];
        worker->workspace->statistics[s] = (struct attention_statistics){0};
        if (score->left_out)
            score->attention = (struct attention_statistics){0};
    }
    if (!score->left_out) {
        if (evaluator->floor)
            items_floor(worker->floor, tokens, targets, &evaluator->items, request, item);
        score_item(score, evaluator->bin ? evaluator->bin + item * POSITION_BINS : NULL, request, targets,
                   nll, worker->hit + s * n, evaluator->floor ? worker->floor : NULL,
                   items_key(&evaluator->items, item));
    }
    if (request->per_token)
        keep_tokens(evaluator->out, item, tokens, targets, nll, n);
}

/* The last `seen` tokens of each sequence, where the model is not given all. */
static void cut_pass(const struct evaluator *evaluator, struct worker *worker)
{
    const size_t n = evaluator->request->length, seen = evaluator->seen, hidden = n - seen;
    if (hidden == 0)
        return;
    for (size_t s = 0; s < evaluator->sequences; s++) {
        memcpy(worker->pass.tokens + s * seen, worker->tokens + s * n + hidden,
               seen * sizeof *worker->tokens);
        memcpy(worker->pass.targets + s * seen, worker->targets + s * n + hidden,
               seen * sizeof *worker->targets);
        for (size_t i = 0; i < hidden; i++)
            worker->unseen = worker->unseen || worker->targets[s * n + i] != UNSCORED;
    }
}

/* And back: the losses to their places in the n. */
static void paste_pass(const struct evaluator *evaluator, struct worker *worker)
{
    const size_t n = evaluator->request->length, seen = evaluator->seen, hidden = n - seen;
    for (size_t s = 0; hidden > 0 && s < evaluator->sequences; s++) {
        memcpy(worker->nll + s * n + hidden, worker->pass.nll + s * seen, seen * sizeof *worker->nll);
        memcpy(worker->hit + s * n + hidden, worker->pass.hit + s * seen, seen);
    }
}

/* The last chunk is filled up with its first item again: where all items have as many targets, every product has the
 * shape that it has in other chunks, and a score does not depend on how many items there are. */
static void run_chunk(void *context, size_t which, size_t worker_index)
{
    struct evaluator *evaluator = context;
    const struct evaluation_request *request = evaluator->request;
    struct worker *worker = &evaluator->worker[worker_index];
    size_t n = request->length, first = which * evaluator->sequences;
    struct chunk chunk = {.sequences = evaluator->sequences,
                          .count = evaluator->count,
                          .tokens = worker->pass.tokens,
                          .targets = worker->pass.targets,
                          .number = worker->number,
                          .marks = worker->marks};
    struct profile *profile = request->profile ? &request->profile[worker_index] : NULL;
    if (worker->unseen) /* nothing that is scored now will count */
        return;
    profile_switch(profile, PROFILE_DATA);
    memory_poison(worker->tokens, sizeof(int32_t));
    memory_poison(worker->targets, sizeof(int32_t));
    /* One draw for all items of a length, or one of each item: the same for every variant and seed. */
    chunk.draw = key_with(key_named(request->options->seed, "positions"), n);
    for (size_t s = 0; s < evaluator->sequences; s++) {
        int32_t *tokens = worker->tokens + s * n, *targets = worker->targets + s * n;
        int32_t *marks = worker->marks ? worker->marks + s * n : NULL;
        worker->number[s] = first + s;
        if (first + s < evaluator->items.count) {
            evaluator->score[first + s].left_out =
                !items_make(tokens, targets, marks, &evaluator->items, request, first + s);
            continue;
        }
        memcpy(tokens, worker->tokens, n * sizeof *tokens);
        memcpy(targets, worker->targets, n * sizeof *targets);
        if (marks)
            memcpy(marks, worker->marks, n * sizeof *marks);
    }
    cut_pass(evaluator, worker);
    model_forward(worker->pass.nll, worker->pass.hit, worker->workspace, request->weights, &chunk);
    paste_pass(evaluator, worker);
    for (size_t s = 0; s < evaluator->sequences && first + s < evaluator->items.count; s++)
        score_sequence(evaluator, worker, s, first + s);
    profile_switch(profile, PROFILE_WAITING);
}

/* --- life ------------------------------------------------------------------------------------------- */

/* A position map that reads marks must find some. */
static enum status check_marks(const struct evaluator *evaluator, struct message *message)
{
    const struct worker *worker = &evaluator->worker[0];
    items_make(worker->tokens, worker->targets, worker->marks, &evaluator->items, evaluator->request, 0);
    for (size_t i = 0; i < evaluator->request->length; i++)
        if (worker->marks[i] != 0)
            return STATUS_OK;
    return message_set(message, STATUS_WRONG,
                       "%s: it needs the significance of tokens, which %s does not give",
                       evaluator->request->model->composition.map->name, evaluator->request->dataset->name);
}

static enum status create_pass(struct worker *worker, const struct evaluator *evaluator,
                               struct message *message)
{
    const size_t rows = evaluator->sequences * evaluator->seen;
    worker->pass = (struct pass){worker->tokens, worker->targets, worker->nll, worker->hit};
    if (evaluator->seen == evaluator->request->length)
        return STATUS_OK;
    worker->pass.tokens = memory_workspace(rows, sizeof(int32_t), "evaluation", message);
    worker->pass.targets = memory_workspace(rows, sizeof(int32_t), "evaluation", message);
    worker->pass.nll = memory_workspace(rows, sizeof(double), "evaluation", message);
    worker->pass.hit = memory_workspace(rows, 1, "evaluation", message);
    return worker->pass.tokens && worker->pass.targets && worker->pass.nll && worker->pass.hit
               ? STATUS_OK
               : STATUS_FAILED;
}

/* sharing: threads of one pass. */
static enum status create_worker(struct worker *worker, const struct evaluator *evaluator, size_t sharing,
                                 bool marks, struct message *message)
{
    const struct evaluation_request *request = evaluator->request;
    const size_t n = request->length, rows = evaluator->sequences * n;
    enum status status;
    worker->tokens = memory_workspace(rows, sizeof(int32_t), "evaluation", message);
    worker->targets = memory_workspace(rows, sizeof(int32_t), "evaluation", message);
    worker->number = memory_workspace(evaluator->sequences, sizeof(size_t), "evaluation", message);
    worker->nll = memory_workspace(rows, sizeof(double), "evaluation", message);
    worker->floor = memory_workspace(n, sizeof(double), "evaluation", message);
    worker->hit = memory_workspace(rows, 1, "evaluation", message);
    if (marks && !(worker->marks = memory_workspace(rows, sizeof(int32_t), "evaluation", message)))
        return STATUS_FAILED;
    if (!worker->tokens || !worker->targets || !worker->number || !worker->nll || !worker->floor ||
        !worker->hit)
        return STATUS_FAILED;
    status = create_pass(worker, evaluator, message);
    if (!status)
        status = workspace_create(&worker->workspace, request->model, evaluator->sequences, evaluator->seen,
                                  false, sharing, message);
    if (!status && request->protocol->kind->gives & GIVES_ATTENTION)
        status = workspace_keep_statistics(worker->workspace, message);
    return status;
}

static enum status create(struct evaluator *evaluator, const struct evaluation_request *request,
                          struct message *message)
{
    size_t n = request->length, chunks, sharing;
    struct site site = {.shape = &request->model->shape, .length = n};
    bool marks = composition_reads_marks(&request->model->composition, &site);
    enum status status;
    status = items_plan(&evaluator->items, request->dataset, request->dataset_state, request->options,
                        request->protocol, request->model->shape.trained_length, n, message);
    if (status)
        return status;
    if (evaluator->items.count == 0)
        return message_set(message, STATUS_WRONG, "the test text holds no window of %zu tokens", n);
    evaluator->sequences = workspace_chunk(request->model, evaluator->seen, evaluator->items.count);
    chunks = (evaluator->items.count + evaluator->sequences - 1) / evaluator->sequences;
    /* Fewer chunks than threads: the threads share each chunk instead. */
    sharing = chunks < request->threads ? request->threads : 1;
    evaluator->workers = sharing > 1 ? 1 : request->threads;
    evaluator->count = memory_allocate(evaluator->sequences, sizeof(size_t), "evaluation", message);
    evaluator->score =
        memory_allocate(evaluator->items.count, sizeof *evaluator->score, "evaluation", message);
    evaluator->worker = memory_allocate(evaluator->workers, sizeof(struct worker), "evaluation", message);
    if (!evaluator->count || !evaluator->score || !evaluator->worker)
        return STATUS_FAILED;
    if (request->protocol->kind->gives & GIVES_POSITIONS) {
        size_t bins = evaluator->items.count <= SIZE_MAX / POSITION_BINS
                          ? evaluator->items.count * POSITION_BINS
                          : SIZE_MAX;
        evaluator->bin = memory_allocate(bins, sizeof *evaluator->bin, "losses by position", message);
        if (!evaluator->bin)
            return STATUS_FAILED;
    }
    evaluator->floor =
        evaluator->items.text ? request->dataset->window_floor != NULL : request->dataset->floor != NULL;
    for (size_t s = 0; s < evaluator->sequences; s++)
        evaluator->count[s] = evaluator->seen;
    for (size_t i = 0; i < evaluator->workers; i++) {
        status = create_worker(&evaluator->worker[i], evaluator, sharing, marks, message);
        if (status)
            return status;
        workspace_profile(evaluator->worker[i].workspace, request->profile ? &request->profile[i] : NULL);
    }
    return marks ? check_marks(evaluator, message) : STATUS_OK;
}

static enum status create_tokens(struct evaluation *out, const struct evaluator *evaluator,
                                 struct message *message)
{
    size_t n = evaluator->request->length, items = evaluator->items.count;
    size_t count = items <= SIZE_MAX / n ? items * n : SIZE_MAX; /* too many for any memory */
    out->token = memory_allocate(count, sizeof(int32_t), "the losses per token", message);
    out->target = memory_allocate(count, sizeof(int32_t), "the losses per token", message);
    out->loss = memory_allocate(count, sizeof(double), "the losses per token", message);
    return out->token && out->target && out->loss ? STATUS_OK : STATUS_FAILED;
}

static void destroy(struct evaluator *evaluator)
{
    for (size_t i = 0; evaluator->worker && i < evaluator->workers; i++) {
        struct worker *worker = &evaluator->worker[i];
        workspace_release(worker->workspace);
        if (evaluator->seen < evaluator->request->length) {
            memory_release(worker->pass.tokens);
            memory_release(worker->pass.targets);
            memory_release(worker->pass.nll);
            memory_release(worker->pass.hit);
        }
        memory_release(worker->tokens);
        memory_release(worker->targets);
        memory_release(worker->marks);
        memory_release(worker->number);
        memory_release(worker->nll);
        memory_release(worker->floor);
        memory_release(worker->hit);
    }
    items_release(&evaluator->items);
    memory_release(evaluator->worker);
    memory_release(evaluator->count);
    memory_release(evaluator->score);
    memory_release(evaluator->bin);
}

void evaluation_release(struct evaluation *evaluation)
{
    memory_release(evaluation->score);
    memory_release(evaluation->item_key);
    memory_release(evaluation->position_nll);
    memory_release(evaluation->position_floor);
    memory_release(evaluation->retrieval);
    memory_release(evaluation->token);
    memory_release(evaluation->target);
    memory_release(evaluation->loss);
    *evaluation = (struct evaluation){0};
}

/* --- whole ------------------------------------------------------------------------------------------- */

/* What is scored is the same for every variant: one that is not given all of it has no score. */
static enum status check_seen(const struct evaluator *evaluator, struct message *message)
{
    for (size_t i = 0; i < evaluator->workers; i++)
        if (evaluator->worker[i].unseen)
            return message_set(message, STATUS_WRONG,
                               "%s: the last %zu tokens are seen, and `%s` scores targets before them",
                               evaluator->request->model->composition.map->name, evaluator->seen,
                               evaluator->request->protocol->name);
    return STATUS_OK;
}

/* The rows per token of items that were left out go. */
static void close_rows(struct evaluation *out, const struct evaluator *evaluator)
{
    size_t n = evaluator->request->length, kept = 0;
    for (size_t i = 0; i < evaluator->items.count; i++) {
        if (evaluator->score[i].left_out)
            continue;
        memmove(out->token + kept * n, out->token + i * n, n * sizeof *out->token);
        memmove(out->target + kept * n, out->target + i * n, n * sizeof *out->target);
        memmove(out->loss + kept * n, out->loss + i * n, n * sizeof *out->loss);
        kept++;
    }
}

enum status evaluation_run(struct evaluation *out, const struct evaluation_request *request,
                           struct message *message)
{
    struct site site = {.shape = &request->model->shape, .length = request->length};
    struct evaluator evaluator = {.request = request, .out = out};
    double started = progress_clock();
    enum status status;
    *out = (struct evaluation){0};
    site.length = evaluator.seen = composition_seen(&request->model->composition, &site);
    status = composition_accepts(&request->model->composition, &site, message);
    if (status)
        return status;
    status = create(&evaluator, request, message);
    if (!status && request->per_token)
        status = create_tokens(out, &evaluator, message);
    if (status)
        goto done;
    for (size_t i = 0; request->profile && i < request->threads; i++)
        profile_switch(&request->profile[i], PROFILE_WAITING);
    threads_run(evaluator.workers, (evaluator.items.count + evaluator.sequences - 1) / evaluator.sequences,
                &evaluator, run_chunk);
    for (size_t i = 0; request->profile && i < request->threads; i++)
        profile_switch(&request->profile[i], PROFILE_WAITING);
    status = check_seen(&evaluator, message);
    if (status)
        goto done;
    status = scores_sum(out,
                        &(struct scored){.request = request,
                                         .plan = &evaluator.items,
                                         .item = evaluator.score,
                                         .bin = evaluator.bin,
                                         .floor = evaluator.floor},
                        message);
    if (!status && request->per_token && out->left_out > 0)
        close_rows(out, &evaluator);
    out->seconds = progress_clock() - started;
done:
    destroy(&evaluator);
    if (status)
        evaluation_release(out);
    return status;
}

size_t evaluation_items(const struct dataset *dataset, const void *dataset_state,
                        const struct evaluation_options *options, const struct protocol *protocol,
                        size_t trained_length, size_t length)
{
    struct item_plan items;
    size_t count = 0;
    if (items_plan(&items, dataset, dataset_state, options, protocol, trained_length, length, NULL) ==
        STATUS_OK)
        count = items.count;
    items_release(&items);
    return count;
}
