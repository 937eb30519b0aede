/* workspace.c -- the buffers of passes: one row each, from which they are allocated, counted, poisoned and
 * released. */
#include "model/workspace.h"

#include <stdint.h>

#include "support/memory.h"
#include "support/threads.h"

size_t workspace_chunk(const struct model *model, size_t n, size_t most)
{
    size_t sequences = MODEL_CHUNK / (model->shape.width * n);
    if (sequences > most)
        sequences = most;
    return sequences > 0 ? sequences : 1;
}

/* ---- what there is ---- */

static void describe_layer(struct workspace *workspace, struct layer_activations *a)
{
    const struct model *model = workspace->model;
    size_t rows = workspace->rows, width = model->shape.width;
    const struct buffer always[] = {
        BUFFER(a->in, rows * width, BUFFER_PASS),
        BUFFER(a->mixer_norm, rows * width, BUFFER_PASS),
        BUFFER(a->projected, rows * model->projected, BUFFER_PASS),
        BUFFER(a->mixed, rows * width, BUFFER_PASS),
        BUFFER(a->mixer_mean, rows, BUFFER_PASS),
        BUFFER(a->mixer_inverse, rows, BUFFER_PASS),
        BUFFER(a->feed_forward_mean, rows, BUFFER_PASS),
        BUFFER(a->feed_forward_inverse, rows, BUFFER_PASS),
    };
    const struct buffer training[] = {
        BUFFER(a->middle, rows * width, BUFFER_PASS),
        BUFFER(a->feed_forward_norm, rows * width, BUFFER_PASS),
        BUFFER(a->hidden, rows * model->hidden, BUFFER_PASS),
        BUFFER(a->active, rows * model->hidden, BUFFER_PASS),
    };
    buffers_add(&workspace->buffers, always, sizeof always / sizeof *always);
    if (workspace->training)
        buffers_add(&workspace->buffers, training, sizeof training / sizeof *training);
}

static void describe_scratch(struct workspace *workspace, struct scratch *scratch)
{
    const struct model *model = workspace->model;
    size_t vocabulary = memory_round_up(model->vocabulary, VECTOR_LANES);
    size_t hidden = workspace->training ? 0 : MODEL_ROWS * model->hidden;
    const struct buffer rows[] = {
        BUFFER(scratch->logits, MODEL_ROWS * vocabulary, BUFFER_PASS),
        BUFFER(scratch->branch, MODEL_ROWS * model->shape.width, BUFFER_PASS),
        BUFFER(scratch->hidden, hidden, BUFFER_PASS),
        BUFFER(scratch->active, hidden, BUFFER_PASS),
    };
    buffers_add(&workspace->buffers, rows, sizeof rows / sizeof *rows);
}

static void describe_stream(struct workspace *workspace)
{
    const struct model *model = workspace->model;
    size_t rows = workspace->rows, width = model->shape.width;
    const struct buffer always[] = {
        BUFFER(workspace->out_mean, rows, BUFFER_PASS),
        BUFFER(workspace->out_inverse, rows, BUFFER_PASS),
        BUFFER(workspace->scored.row, rows, BUFFER_PASS),
        BUFFER(workspace->scored.wanted, rows, BUFFER_PASS),
    };
    const struct buffer training[] = {
        BUFFER(workspace->out, rows * width, BUFFER_PASS),
        BUFFER(workspace->out_norm, rows * width, BUFFER_PASS),
        BUFFER(workspace->dhidden, MODEL_ROWS * model->hidden, BUFFER_PASS),
        BUFFER(workspace->dx, rows * width, BUFFER_PASS),
        BUFFER(workspace->dnorm, rows * width, BUFFER_PASS),
        BUFFER(workspace->dmixed, rows * width, BUFFER_PASS),
        BUFFER(workspace->dprojected, rows * model->projected, BUFFER_PASS),
    };
    buffers_add(&workspace->buffers, always, sizeof always / sizeof *always);
    if (workspace->training)
        buffers_add(&workspace->buffers, training, sizeof training / sizeof *training);
}

/* In evaluation nothing is kept for the way back: layers share one set of buffers, and what follows in a layer
 * takes the place of what it was made of. */
static void share_buffers(struct workspace *workspace)
{
    struct layer_activations *first = &workspace->layer[0];
    if (!workspace->training) {
        first->middle = workspace->out = first->in;
        first->feed_forward_norm = workspace->out_norm = first->mixer_norm;
        for (size_t l = 1; l < workspace->model->shape.layers; l++)
            workspace->layer[l] = *first;
    }
    for (size_t l = 0; l < workspace->model->shape.layers; l++)
        workspace->layer[l].scored_mixed = workspace->layer[l].feed_forward_norm;
}

/* ---- life ---- */

/* A workspace whose buffers are described and not yet allocated. */
static enum status describe(struct workspace **out, const struct model *model, size_t sequences,
                            size_t longest, bool training, size_t workers, struct message *message)
{
    struct workspace *workspace = memory_allocate(1, sizeof *workspace, "a workspace", message);
    if (!workspace)
        return STATUS_FAILED;
    *out = workspace;
    workspace->model = model;
    workspace->training = training;
    workspace->rows = sequences * longest;
    workspace->longest = longest;
    workspace->sequences = sequences;
    workspace->workers = workers;
    workspace->encodings = training || longest <= MODEL_ENCODINGS_LENGTH ? model->shape.layers : 1;
    workspace->layer = memory_allocate(model->shape.layers, sizeof *workspace->layer, "activations", message);
    workspace->scratch = memory_allocate(workers, sizeof *workspace->scratch, "scratch", message);
    workspace->encoding =
        memory_allocate(workspace->encodings, sizeof(struct encoding *), "encodings", message);
    if (!workspace->layer || !workspace->scratch || !workspace->encoding)
        return STATUS_FAILED;
    for (size_t l = 0; l < (training ? model->shape.layers : 1); l++)
        describe_layer(workspace, &workspace->layer[l]);
    for (size_t i = 0; i < workers; i++)
        describe_scratch(workspace, &workspace->scratch[i]);
    describe_stream(workspace);
    return model->mixer.kind->open ? model->mixer.kind->open(&workspace->room, workspace, message)
                                   : STATUS_OK;
}

static enum status create_encodings(struct workspace *workspace, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t l = 0; !status && l < workspace->encodings; l++)
        status = encoding_create(&workspace->encoding[l], workspace->model, workspace->longest,
                                 workspace->training, message);
    return status;
}

enum status workspace_create(struct workspace **out, const struct model *model, size_t sequences,
                             size_t longest, bool training, size_t workers, struct message *message)
{
    struct workspace *workspace = NULL;
    enum status status = describe(&workspace, model, sequences, longest, training, workers, message);
    if (!status)
        status = buffers_allocate(&workspace->buffers, "activations", message);
    if (!status)
        status = create_encodings(workspace, message);
    if (!status && model->mixer.kind->create)
        status = model->mixer.kind->create(workspace->room, message);
    if (status) {
        workspace_release(workspace);
        return status;
    }
    share_buffers(workspace);
    *out = workspace;
    return STATUS_OK;
}

static size_t sum(size_t a, size_t b)
{
    return a > SIZE_MAX - b ? SIZE_MAX : a + b;
}

size_t workspace_bytes(const struct model *model, size_t sequences, size_t longest, bool training,
                       size_t workers)
{
    struct workspace *workspace = NULL;
    size_t bytes = SIZE_MAX;
    if (!describe(&workspace, model, sequences, longest, training, workers, NULL)) {
        bytes = buffers_bytes(&workspace->buffers);
        for (size_t l = 0; l < workspace->encodings; l++)
            bytes = sum(bytes, encoding_bytes(model, longest, training));
        if (model->mixer.kind->created)
            bytes = sum(bytes, model->mixer.kind->created(workspace->room));
    }
    workspace_release(workspace);
    return bytes;
}

void workspace_release(struct workspace *workspace)
{
    if (!workspace)
        return;
    buffers_release(&workspace->buffers);
    for (size_t l = 0; workspace->encoding && l < workspace->encodings; l++)
        encoding_release(workspace->encoding[l]);
    if (workspace->model->mixer.kind->close)
        workspace->model->mixer.kind->close(workspace->room);
    memory_release(workspace->layer);
    memory_release(workspace->scratch);
    memory_release(workspace->encoding);
    memory_release(workspace->statistics);
    memory_release(workspace->statistics_row);
    memory_release(workspace);
}

enum status workspace_keep_statistics(struct workspace *workspace, struct message *message)
{
    size_t scratch = attention_statistics_scratch(workspace->model->shape.heads, workspace->longest);
    workspace->statistics = memory_allocate(workspace->sequences, sizeof *workspace->statistics,
                                            "statistics of attention", message);
    workspace->statistics_row = memory_workspace(scratch, sizeof(real), "statistics of attention", message);
    return workspace->statistics && workspace->statistics_row ? STATUS_OK : STATUS_FAILED;
}

void workspace_profile(struct workspace *workspace, struct profile *profile)
{
    for (size_t i = 0; i < workspace->workers; i++)
        workspace->scratch[i].profile = profile ? &profile[i] : NULL;
}

void workspace_poison(struct workspace *workspace)
{
    buffers_poison(&workspace->buffers, BUFFER_PASS);
}

/* ---- workers ---- */

void workspace_share(struct workspace *workspace, size_t tasks, void *context,
                     void (*task)(void *context, size_t task, size_t worker))
{
    enum profile_part before = profile_switch(workspace->scratch->profile, PROFILE_WAITING);
    threads_run(workspace->workers, tasks, context, task);
    profile_switch(workspace->scratch->profile, before);
}
