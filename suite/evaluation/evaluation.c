/* evaluation.c -- items of one protocol at one length through a model, scored in item order. */
#include "evaluation/evaluation.h"

#include <math.h>
#include <string.h>

#include "batches/batch.h"
#include "evaluation/items.h"
#include "model/workspace.h"
#include "support/memory.h"
#include "support/progress.h"
#include "support/threads.h"

static const struct key no_dropout;

struct worker {
    struct workspace *workspace;
    struct batch batch;
};

struct evaluator {
    const struct evaluation_request *request;
    struct evaluation *out; /* its arrays per token are filled by the workers */
    struct item_plan items;
    size_t seen;      /* the last so many of n tokens are given to the model */
    size_t sequences; /* of a chunk */
    size_t chunks;
    size_t workers, sharing;  /* sharing: threads of one pass */
    struct worker *worker;    /* (workers) */
    struct item_score *score; /* (items) */
    struct bin_score *bin;    /* (items, POSITION_BINS), or NULL */
    double *floor;            /* (workers, n) of one item each; NULL = not known */
    struct buffers buffers;
};

/* ---- one chunk ---- */

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
static void score_sequence(struct evaluator *evaluator, size_t worker_index, size_t s, size_t item)
{
    const struct evaluation_request *request = evaluator->request;
    const struct worker *worker = &evaluator->worker[worker_index];
    struct item_score *score = &evaluator->score[item];
    const size_t n = request->length;
    double *floor = evaluator->floor ? evaluator->floor + worker_index * n : NULL;
    const struct batch_rows *rows = &worker->batch.whole;
    const int32_t *tokens = rows->tokens + s * n, *targets = rows->targets + s * n;
    const double *nll = rows->nll + s * n;
    if (worker->workspace->statistics) {
        score->attention = worker->workspace->statistics[s];
        worker->workspace->statistics[s] = (struct attention_statistics){0};
        if (score->left_out)
            score->attention = (struct attention_statistics){0};
    }
    if (!score->left_out) {
        if (floor)
            items_floor(floor, tokens, targets, &evaluator->items, request, item);
        score_item(score, evaluator->bin ? evaluator->bin + item * POSITION_BINS : NULL, request, targets,
                   nll, rows->hit + s * n, floor, items_key(&evaluator->items, item));
    }
    if (request->per_token)
        keep_tokens(evaluator->out, item, tokens, targets, nll, n);
}

/* One draw of positions for all items of a length, or one of each item: the same for every variant and seed. */
static struct key draw_of(const struct evaluation_request *request)
{
    return key_with(key_named(request->options->seed, "positions"), request->length);
}

/* The last chunk is filled up with its first item again: where all items have as many targets, every product
 * has the shape that it has in other chunks, and a score does not depend on how many items there are. */
static void run_chunk(void *context, size_t which, size_t worker_index)
{
    struct evaluator *evaluator = context;
    const struct evaluation_request *request = evaluator->request;
    struct worker *worker = &evaluator->worker[worker_index];
    struct batch *batch = &worker->batch;
    struct profile *profile = request->profile ? &request->profile[worker_index] : NULL;
    size_t first = which * evaluator->sequences, left = evaluator->items.count - first;
    size_t items = left < evaluator->sequences ? left : evaluator->sequences;
    profile_switch(profile, PROFILE_DATA);
    batch_begin(batch, draw_of(request));
    for (size_t i = first; i < first + items; i++) {
        struct example made = batch_add(batch, request->length, i, no_dropout);
        evaluator->score[i].left_out = !items_make(&made, &evaluator->items, request, i);
    }
    for (size_t i = first + items; i < first + evaluator->sequences; i++)
        batch_repeat(batch, i);
    model_forward(batch->given.nll, batch->given.hit, worker->workspace, request->weights,
                  batch_chunk(batch));
    batch_paste(batch);
    for (size_t s = 0; s < items; s++)
        score_sequence(evaluator, worker_index, s, first + s);
    profile_switch(profile, PROFILE_WAITING);
}

/* ---- life ---- */

/* How the work is divided, and the buffers beside those of the workers. */
static void describe(struct evaluator *evaluator)
{
    const struct evaluation_request *request = evaluator->request;
    const struct dataset *dataset = request->dataset;
    const size_t items = evaluator->items.count;
    const bool positions = request->protocol->kind->gives & GIVES_POSITIONS;
    /* A floor is that of the dataset's own targets. */
    const bool floor = !model_objective(&request->model->options)->form &&
                       (evaluator->items.text ? dataset->window_floor != NULL : dataset->floor != NULL);
    evaluator->sequences = workspace_chunk(request->model, evaluator->seen, items);
    evaluator->chunks = (items + evaluator->sequences - 1) / evaluator->sequences;
    /* Fewer chunks than threads: the threads share each chunk instead. */
    evaluator->sharing = evaluator->chunks < request->threads ? request->threads : 1;
    evaluator->workers = evaluator->sharing > 1 ? 1 : request->threads;
    const struct buffer rows[] = {
        BUFFER(evaluator->worker, evaluator->workers, BUFFER_ZEROED),
        BUFFER(evaluator->score, items, BUFFER_ZEROED),
        BUFFER(evaluator->bin, positions ? items * POSITION_BINS : 0, BUFFER_ZEROED),
        BUFFER(evaluator->floor, floor ? evaluator->workers * request->length : 0, BUFFER_KEPT),
    };
    buffers_add(&evaluator->buffers, rows, sizeof rows / sizeof rows[0]);
}

static enum status create_worker(struct evaluator *evaluator, size_t which, const struct batch_size *size,
                                 struct message *message)
{
    const struct evaluation_request *request = evaluator->request;
    struct worker *worker = &evaluator->worker[which];
    enum status status = batch_create(&worker->batch, size, message);
    if (!status)
        status = workspace_create(&worker->workspace, request->model, size->sequences, size->seen, false,
                                  evaluator->sharing, message);
    if (!status && request->protocol->kind->gives & GIVES_ATTENTION)
        status = workspace_keep_statistics(worker->workspace, message);
    if (!status)
        workspace_profile(worker->workspace, request->profile ? &request->profile[which] : NULL);
    return status;
}

static enum status create_workers(struct evaluator *evaluator, struct message *message)
{
    const struct evaluation_request *request = evaluator->request;
    const struct model *model = request->model;
    const struct site site = {.shape = &model->shape, .length = evaluator->seen};
    const struct batch_size size = {.sequences = evaluator->sequences,
                                    .length = request->length,
                                    .seen = evaluator->seen,
                                    .marks = composition_reads_marks(&model->composition, &site)};
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < evaluator->workers; i++)
        status = create_worker(evaluator, i, &size, message);
    return status;
}

static enum status create_tokens(struct evaluation *out, const struct evaluator *evaluator,
                                 struct message *message)
{
    const size_t n = evaluator->request->length, items = evaluator->items.count;
    out->token = memory_allocate(items, n * sizeof *out->token, "the losses per token", message);
    out->target = memory_allocate(items, n * sizeof *out->target, "the losses per token", message);
    out->loss = memory_allocate(items, n * sizeof *out->loss, "the losses per token", message);
    return out->token && out->target && out->loss ? STATUS_OK : STATUS_FAILED;
}

/* What is scored is the same for every variant: one that is not given all of it has no score. */
static enum status check_items(struct evaluator *evaluator, struct message *message)
{
    const struct evaluation_request *request = evaluator->request;
    const char *positions = request->model->composition.map->name;
    struct batch *batch = &evaluator->worker[0].batch;
    batch_begin(batch, draw_of(request));
    struct example room = batch_add(batch, request->length, 0, no_dropout);
    if (evaluator->seen < room.n && !items_are_seen(&evaluator->items, request, evaluator->seen, &room))
        return message_set(message, STATUS_WRONG,
                           "%s: the last %zu tokens are seen, and `%s` scores targets before them", positions,
                           evaluator->seen, request->protocol->name);
    items_make(&room, &evaluator->items, request, 0);
    batch_chunk(batch);
    return batch_check_marks(batch, positions, request->dataset->name, message);
}

static enum status create(struct evaluator *evaluator, struct message *message)
{
    const struct evaluation_request *request = evaluator->request;
    enum status status =
        items_plan(&evaluator->items, request->dataset, request->dataset_state, request->options,
                   request->protocol, request->model->shape.trained_length, request->length, message);
    if (status)
        return status;
    if (evaluator->items.count == 0)
        return message_set(message, STATUS_WRONG, "the test text holds no window of %zu tokens",
                           request->length);
    describe(evaluator);
    status = buffers_allocate(&evaluator->buffers, "evaluation", message);
    if (!status)
        status = create_workers(evaluator, message);
    if (!status && request->per_token)
        status = create_tokens(evaluator->out, evaluator, message);
    return status ? status : check_items(evaluator, message);
}

static void destroy(struct evaluator *evaluator)
{
    for (size_t i = 0; evaluator->worker && i < evaluator->workers; i++) {
        workspace_release(evaluator->worker[i].workspace);
        batch_release(&evaluator->worker[i].batch);
    }
    buffers_release(&evaluator->buffers);
    items_release(&evaluator->items);
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

/* ---- whole ---- */

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

static void switch_to_waiting(const struct evaluation_request *request)
{
    for (size_t i = 0; request->profile && i < request->threads; i++)
        profile_switch(&request->profile[i], PROFILE_WAITING);
}

enum status evaluation_run(struct evaluation *out, const struct evaluation_request *request,
                           struct message *message)
{
    struct site site = {.shape = &request->model->shape, .length = request->length};
    struct evaluator evaluator = {.request = request, .out = out};
    double started = progress_clock();
    *out = (struct evaluation){0};
    site.length = evaluator.seen = composition_seen(&request->model->composition, &site);
    enum status status = composition_accepts(&request->model->composition, &site, message);
    if (status)
        return status;
    status = create(&evaluator, message);
    if (status)
        goto done;
    switch_to_waiting(request);
    threads_run(evaluator.workers, evaluator.chunks, &evaluator, run_chunk);
    switch_to_waiting(request);
    status = scores_sum(out,
                        &(struct scored){.request = request,
                                         .plan = &evaluator.items,
                                         .item = evaluator.score,
                                         .bin = evaluator.bin,
                                         .floor = evaluator.floor != NULL},
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

enum status evaluation_items(size_t *out, const struct dataset *dataset, const void *dataset_state,
                             const struct evaluation_options *options, const struct protocol *protocol,
                             size_t trained_length, size_t length, struct message *message)
{
    struct item_plan items;
    enum status status =
        items_plan(&items, dataset, dataset_state, options, protocol, trained_length, length, message);
    *out = status ? 0 : items.count;
    items_release(&items);
    return status;
}
