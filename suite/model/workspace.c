/* workspace.c -- one worker's buffers. */
#include "model/workspace.h"

#include "support/memory.h"

size_t workspace_chunk(const struct model *model, size_t n, size_t most)
{
    size_t sequences = MODEL_CHUNK / (model->shape.width * n);
    if (sequences > most)
        sequences = most;
    return sequences > 0 ? sequences : 1;
}

/* Allocates reals; remembers in *complete whether every one succeeded. */
static real *reals(size_t count, bool *complete, struct message *message)
{
    real *block = *complete ? memory_workspace(count, sizeof(real), "activations", message) : NULL;
    *complete = *complete && block;
    return block;
}

static bool allocate_layer(struct workspace *workspace, size_t layer, struct message *message)
{
    struct layer_activations *a = &workspace->layer[layer];
    const struct model *model = workspace->model;
    size_t rows = workspace->rows, width = model->shape.width;
    size_t hidden = workspace->training ? rows * model->hidden : 0;
    bool complete = true;
    if (!workspace->training && layer > 0) {
        *a = workspace->layer[0];
        return true;
    }
    a->in = reals(rows * width, &complete, message);
    a->attention_norm = reals(rows * width, &complete, message);
    a->query_key_value = reals(rows * 3 * width, &complete, message);
    a->attention = reals(rows * width, &complete, message);
    a->middle = workspace->training ? reals(rows * width, &complete, message) : a->in;
    a->feed_forward_norm = workspace->training ? reals(rows * width, &complete, message) : a->attention_norm;
    a->hidden = reals(hidden, &complete, message);
    a->active = reals(hidden, &complete, message);
    a->attention_mean = reals(rows, &complete, message);
    a->attention_inverse = reals(rows, &complete, message);
    a->feed_forward_mean = reals(rows, &complete, message);
    a->feed_forward_inverse = reals(rows, &complete, message);
    a->log_sum = reals(rows * model->shape.heads, &complete, message);
    return complete;
}

static void release_layer(struct workspace *workspace, size_t layer)
{
    struct layer_activations *a = &workspace->layer[layer];
    if (!workspace->training && layer > 0)
        return;
    memory_release(a->in);
    memory_release(a->attention_norm);
    memory_release(a->query_key_value);
    memory_release(a->attention);
    if (workspace->training) {
        memory_release(a->middle);
        memory_release(a->feed_forward_norm);
    }
    memory_release(a->hidden);
    memory_release(a->active);
    memory_release(a->attention_mean);
    memory_release(a->attention_inverse);
    memory_release(a->feed_forward_mean);
    memory_release(a->feed_forward_inverse);
    memory_release(a->log_sum);
}

static size_t strip_bytes(const struct workspace *workspace)
{
    const struct encoding *encoding = workspace->encoding[0];
    struct site site = {
        .shape = &workspace->model->shape, .length = workspace->longest, .training = workspace->training};
    size_t most = 0;
    for (size_t k = 0; k < encoding->strips; k++) {
        const struct component *component = &workspace->model->composition.at[encoding->strip[k]];
        size_t wanted = component->encoder->strip_scratch
                            ? component->encoder->strip_scratch(component->state, &site, ATTENTION_STRIP_ROWS,
                                                                workspace->longest)
                            : 0;
        most = wanted > most ? wanted : most;
    }
    return most;
}

static bool allocate_scratch(struct workspace *workspace, struct message *message)
{
    const struct model *model = workspace->model;
    size_t width = model->shape.width, strips = workspace->encoding[0]->strips;
    size_t hidden = workspace->training ? 0 : MODEL_ROWS * model->hidden;
    size_t keys = strips ? workspace->longest : ATTENTION_KEYS;
    bool complete = true;
    workspace->scratch = memory_allocate(workspace->workers, sizeof *workspace->scratch, "scratch", message);
    for (size_t i = 0; workspace->scratch && complete && i < workspace->workers; i++) {
        struct scratch *scratch = &workspace->scratch[i];
        scratch->logits =
            reals(MODEL_ROWS * memory_round_up(model->vocabulary, VECTOR_LANES), &complete, message);
        scratch->branch = reals(MODEL_ROWS * width, &complete, message);
        scratch->hidden = reals(hidden, &complete, message);
        scratch->active = reals(hidden, &complete, message);
        scratch->bias_row = reals(model->shape.heads * keys, &complete, message);
        scratch->strip = memory_workspace(strip_bytes(workspace), 1, "strip scratch", message);
        complete = complete && scratch->strip &&
                   !attention_workspace_create(
                       &scratch->attention, model->shape.heads, model->shape.head_width, strips,
                       strips ? workspace->longest : 0, workspace->encoding[0]->decay != NULL, message);
    }
    return workspace->scratch && complete;
}

static void release_scratch(struct scratch *scratch)
{
    memory_release(scratch->logits);
    memory_release(scratch->branch);
    memory_release(scratch->hidden);
    memory_release(scratch->active);
    memory_release(scratch->bias_row);
    memory_release(scratch->strip);
    attention_workspace_release(scratch->attention);
}

static bool allocate_attention(struct workspace *workspace, struct message *message)
{
    const struct shape *shape = &workspace->model->shape;
    size_t size = workspace->longest * shape->width, strips = workspace->encoding[0]->strips;
    size_t terms = workspace->encoding[0]->tokens ? shape->heads * workspace->longest : 0;
    bool complete = true, training = workspace->training;
    for (unsigned p = 0; p < workspace->encoding[0]->planes; p++) {
        workspace->query[p] = reals(size, &complete, message);
        workspace->key[p] = reals(size, &complete, message);
        workspace->dquery[p] = reals(training ? size : 0, &complete, message);
        workspace->dkey[p] = reals(training ? size : 0, &complete, message);
    }
    workspace->value = reals(size, &complete, message);
    workspace->dvalue = reals(training ? size : 0, &complete, message);
    workspace->raw_query = reals(strips ? size : 0, &complete, message);
    workspace->raw_key = reals(strips ? size : 0, &complete, message);
    workspace->draw_query = reals(strips && training ? size : 0, &complete, message);
    workspace->draw_key = reals(strips && training ? size : 0, &complete, message);
    workspace->token = memory_workspace(terms, sizeof(double), "token terms", message);
    workspace->token_part = memory_workspace(terms, sizeof(double), "token terms", message);
    workspace->dtoken = memory_workspace(training ? terms : 0, sizeof(double), "token terms", message);
    return complete && workspace->token && workspace->token_part && workspace->dtoken;
}

static bool allocate_encodings(struct workspace *workspace, struct message *message)
{
    size_t layers = workspace->model->shape.layers;
    workspace->encodings = workspace->training || workspace->longest <= MODEL_ENCODINGS_LENGTH ? layers : 1;
    workspace->encoding = memory_allocate(layers, sizeof(struct encoding *), "encodings", message);
    for (size_t l = 0; workspace->encoding && l < workspace->encodings; l++)
        if (encoding_create(&workspace->encoding[l], workspace->model, workspace->longest,
                            workspace->training, message))
            return false;
    return workspace->encoding != NULL;
}

enum status workspace_create(struct workspace **out, const struct model *model, size_t sequences,
                             size_t longest, bool training, size_t workers, struct message *message)
{
    struct workspace *workspace = memory_allocate(1, sizeof *workspace, "a workspace", message);
    size_t width = model->shape.width, rows = sequences * longest, gradient_rows = training ? rows : 0;
    bool complete = true;
    if (!workspace)
        return STATUS_FAILED;
    workspace->model = model;
    workspace->training = training;
    workspace->rows = rows;
    workspace->longest = longest;
    workspace->sequences = sequences;
    workspace->workers = workers;
    workspace->layer = memory_allocate(model->shape.layers, sizeof *workspace->layer, "activations", message);
    for (size_t l = 0; complete && workspace->layer && l < model->shape.layers; l++)
        complete = allocate_layer(workspace, l, message);
    complete = complete && workspace->layer && allocate_encodings(workspace, message) &&
               allocate_attention(workspace, message) && allocate_scratch(workspace, message);
    workspace->out = training || !complete ? reals(rows * width, &complete, message) : workspace->layer[0].in;
    workspace->out_norm =
        training || !complete ? reals(rows * width, &complete, message) : workspace->layer[0].attention_norm;
    workspace->out_mean = reals(rows, &complete, message);
    workspace->out_inverse = reals(rows, &complete, message);
    workspace->scored.row = memory_workspace(rows, sizeof(size_t), "scored rows", message);
    workspace->scored.wanted = memory_workspace(rows, sizeof(bool), "scored rows", message);
    complete = complete && workspace->scored.row && workspace->scored.wanted;
    workspace->dhidden = reals(training ? MODEL_ROWS * model->hidden : 0, &complete, message);
    workspace->dx = reals(gradient_rows * width, &complete, message);
    workspace->dnorm = reals(gradient_rows * width, &complete, message);
    workspace->dattention = reals(gradient_rows * width, &complete, message);
    workspace->dquery_key_value = reals(gradient_rows * 3 * width, &complete, message);
    if (!complete) {
        workspace_release(workspace);
        return STATUS_FAILED;
    }
    *out = workspace;
    return STATUS_OK;
}

size_t workspace_bytes(const struct model *model, size_t sequences, size_t longest, bool training,
                       size_t workers)
{
    double width = (double)model->shape.width, hidden = (double)model->hidden;
    double heads = (double)model->shape.heads, rows = (double)sequences * (double)longest;
    double layers = training ? (double)model->shape.layers : 1, tile = ATTENTION_ROWS * ATTENTION_KEYS;
    double each = MODEL_ROWS * ((double)model->vocabulary + width + hidden) + (3 + 2 * heads) * tile;
    double reals = rows * (layers * (8 * width + 2 * hidden + heads + 4) + 8 * width + 2) +
                   6 * (double)longest * width + (double)workers * each;
    return (size_t)(reals * sizeof(real));
}

void workspace_profile(struct workspace *workspace, struct profile *profile)
{
    for (size_t i = 0; i < workspace->workers; i++)
        workspace->scratch[i].profile = profile ? &profile[i] : NULL;
}

static void poison_layer(struct layer_activations *a)
{
    real *blocks[] = {a->in,
                      a->attention_norm,
                      a->query_key_value,
                      a->attention,
                      a->middle,
                      a->attention_mean,
                      a->feed_forward_norm,
                      a->feed_forward_mean,
                      a->hidden,
                      a->attention_inverse,
                      a->active,
                      a->feed_forward_inverse,
                      a->log_sum};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        memory_poison(blocks[i], sizeof(real));
}

static void poison_scratch(struct scratch *scratch)
{
    real *blocks[] = {scratch->logits, scratch->branch,   scratch->hidden,
                      scratch->active, scratch->bias_row, scratch->strip};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        memory_poison(blocks[i], sizeof(real));
}

void workspace_poison(struct workspace *workspace)
{
    real *blocks[] = {workspace->out,         workspace->out_norm,   workspace->out_mean,
                      workspace->out_inverse, workspace->dhidden,    workspace->dx,
                      workspace->dnorm,       workspace->dattention, workspace->value,
                      workspace->dvalue,      workspace->raw_query,  workspace->raw_key,
                      workspace->draw_key,    workspace->draw_query, workspace->dquery_key_value};
    for (size_t i = 0; i < workspace->workers; i++)
        poison_scratch(&workspace->scratch[i]);
    for (size_t l = 0; l < workspace->model->shape.layers; l++)
        poison_layer(&workspace->layer[l]);
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        memory_poison(blocks[i], sizeof(real));
    for (unsigned p = 0; p < PLANES_MAX; p++) {
        memory_poison(workspace->query[p], sizeof(real));
        memory_poison(workspace->key[p], sizeof(real));
        memory_poison(workspace->dquery[p], sizeof(real));
        memory_poison(workspace->dkey[p], sizeof(real));
    }
    memory_poison(workspace->token, sizeof(double));
    memory_poison(workspace->token_part, sizeof(double));
    memory_poison(workspace->dtoken, sizeof(double));
}

void workspace_release(struct workspace *workspace)
{
    if (!workspace)
        return;
    if (workspace->training || !workspace->layer || workspace->out != workspace->layer[0].in) {
        memory_release(workspace->out);
        memory_release(workspace->out_norm);
    }
    for (size_t l = 0; workspace->layer && l < workspace->model->shape.layers; l++)
        release_layer(workspace, l);
    for (size_t l = 0; workspace->encoding && l < workspace->encodings; l++)
        encoding_release(workspace->encoding[l]);
    for (unsigned p = 0; p < PLANES_MAX; p++) {
        memory_release(workspace->query[p]);
        memory_release(workspace->key[p]);
        memory_release(workspace->dquery[p]);
        memory_release(workspace->dkey[p]);
    }
    for (size_t i = 0; workspace->scratch && i < workspace->workers; i++)
        release_scratch(&workspace->scratch[i]);
    void *blocks[] = {workspace->layer,
                      workspace->encoding,
                      workspace->scratch,
                      workspace->out_mean,
                      workspace->out_inverse,
                      workspace->dhidden,
                      workspace->dx,
                      workspace->dnorm,
                      workspace->dattention,
                      workspace->dquery_key_value,
                      workspace->value,
                      workspace->dvalue,
                      workspace->raw_query,
                      workspace->raw_key,
                      workspace->draw_query,
                      workspace->draw_key,
                      workspace->token,
                      workspace->dtoken,
                      workspace->token_part,
                      workspace->statistics,
                      workspace->statistics_row,
                      workspace->scored.row,
                      workspace->scored.wanted};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
        memory_release(blocks[i]);
    memory_release(workspace);
}
