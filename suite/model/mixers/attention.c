/* attention -- softmax attention of all heads, with everything that encoders do to it.
 *
 *     q, k, v = the projected row, head by head
 *     out_i   = sum_j softmax_j((q_i . k_j) / sqrt(head_width) + bias_ij) v_j
 *
 * Hooks of encoders are gathered into a plain description, which the kernel reads; forward beside backward. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "model/hooks.h"
#include "model/workspace.h"
#include "support/memory.h"

/* ---- buffers ---- */

/* What forward leaves for the way back. */
struct kept {
    real *log_sum; /* (heads, n) of each sequence, one after the other */
};

struct worker {
    real *bias_row; /* (heads, keys of a tile; of a strip: n) */
    real *strip;    /* bytes of strip hooks */
    struct attention_workspace *tile;
};

struct room {
    struct workspace *workspace;
    struct kept *layer;    /* (layers), or one for all in evaluation */
    struct worker *worker; /* (workers) */
    /* of the sequence at hand, (heads, n, head_width) each */
    real *query[PLANES_MAX], *key[PLANES_MAX], *value;
    real *dquery[PLANES_MAX], *dkey[PLANES_MAX], *dvalue;
    real *raw_query, *raw_key, *draw_query, *draw_key; /* before rotation: strips */
    double *token, *dtoken, *token_part;               /* (heads, n) */
};

static real *log_sum_of(const struct room *room, const struct mixing *mixing)
{
    const struct kept *kept = &room->layer[room->workspace->training ? mixing->layer : 0];
    return kept->log_sum + mixing->row * room->workspace->model->shape.heads;
}

/* Bytes that the strip hooks of the composition want at most. */
static size_t strip_bytes(const struct workspace *workspace)
{
    const struct composition *composition = &workspace->model->composition;
    const struct site site = {
        .shape = &workspace->model->shape, .length = workspace->longest, .training = workspace->training};
    size_t most = 0;
    for (size_t c = 0; c < composition->count; c++) {
        size_t wanted =
            hooks_strip_scratch(&composition->at[c], &site, ATTENTION_STRIP_ROWS, workspace->longest);
        most = wanted > most ? wanted : most;
    }
    return most;
}

static void describe_sequence(struct room *room, struct workspace *workspace)
{
    const struct shape *shape = &workspace->model->shape;
    const struct composition *composition = &workspace->model->composition;
    const struct component *planes = composition_owner(composition, HOOK_PLANES);
    const unsigned hooks = composition_hooks(composition);
    size_t size = workspace->longest * shape->width, gradient = workspace->training ? size : 0;
    size_t terms = hooks & HOOK_TOKEN ? shape->heads * workspace->longest : 0;
    bool strips = hooks & HOOK_STRIP;
    for (unsigned p = 0; p < (planes ? planes->encoder->planes : 1); p++) {
        const struct buffer plane[] = {
            BUFFER(room->query[p], size, BUFFER_PASS),
            BUFFER(room->key[p], size, BUFFER_PASS),
            BUFFER(room->dquery[p], gradient, BUFFER_PASS),
            BUFFER(room->dkey[p], gradient, BUFFER_PASS),
        };
        buffers_add(&workspace->buffers, plane, sizeof plane / sizeof *plane);
    }
    const struct buffer rows[] = {
        BUFFER(room->value, size, BUFFER_PASS),
        BUFFER(room->dvalue, gradient, BUFFER_PASS),
        BUFFER(room->raw_query, strips ? size : 0, BUFFER_PASS),
        BUFFER(room->raw_key, strips ? size : 0, BUFFER_PASS),
        BUFFER(room->draw_query, strips ? gradient : 0, BUFFER_PASS),
        BUFFER(room->draw_key, strips ? gradient : 0, BUFFER_PASS),
        BUFFER(room->token, terms, BUFFER_PASS),
        BUFFER(room->token_part, terms, BUFFER_PASS),
        BUFFER(room->dtoken, workspace->training ? terms : 0, BUFFER_PASS),
    };
    buffers_add(&workspace->buffers, rows, sizeof rows / sizeof *rows);
}

static enum status room_open(void **out, struct workspace *workspace, struct message *message)
{
    const struct shape *shape = &workspace->model->shape;
    const bool strips = composition_hooks(&workspace->model->composition) & HOOK_STRIP;
    size_t keys = strips ? workspace->longest : ATTENTION_KEYS,
           layers = workspace->training ? shape->layers : 1;
    struct room *room = memory_allocate(1, sizeof *room, "attention", message);
    if (!room)
        return STATUS_FAILED;
    *out = room;
    room->workspace = workspace;
    room->layer = memory_allocate(layers, sizeof *room->layer, "attention", message);
    room->worker = memory_allocate(workspace->workers, sizeof *room->worker, "attention", message);
    if (!room->layer || !room->worker)
        return STATUS_FAILED;
    describe_sequence(room, workspace);
    for (size_t l = 0; l < layers; l++)
        buffers_add(&workspace->buffers,
                    &BUFFER(room->layer[l].log_sum, workspace->rows * shape->heads, BUFFER_PASS), 1);
    for (size_t i = 0; i < workspace->workers; i++) {
        const struct buffer rows[] = {
            BUFFER(room->worker[i].bias_row, shape->heads * keys, BUFFER_PASS),
            BUFFER(room->worker[i].strip, (strip_bytes(workspace) + sizeof(real) - 1) / sizeof(real),
                   BUFFER_PASS),
        };
        buffers_add(&workspace->buffers, rows, sizeof rows / sizeof *rows);
    }
    return STATUS_OK;
}

/* Keys of the longest strip; 0 = without strips. */
static size_t strip_keys(const struct room *room)
{
    return composition_hooks(&room->workspace->model->composition) & HOOK_STRIP ? room->workspace->longest
                                                                                : 0;
}

static size_t strip_count(const struct composition *composition)
{
    size_t count = 0;
    for (size_t c = 0; c < composition->count; c++)
        count += (encoder_hooks(composition->at[c].encoder) & HOOK_STRIP) != 0;
    return count;
}

static enum status room_create(void *of, struct message *message)
{
    struct room *room = of;
    const struct model *model = room->workspace->model;
    const struct composition *composition = &model->composition;
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < room->workspace->workers; i++)
        status = attention_workspace_create(
            &room->worker[i].tile, model->shape.heads, model->shape.head_width, strip_count(composition),
            strip_keys(room), composition_hooks(composition) & HOOK_DECAY, message);
    return status;
}

static size_t room_created(const void *of)
{
    const struct room *room = of;
    const struct model *model = room->workspace->model;
    const struct composition *composition = &model->composition;
    size_t bytes =
        attention_workspace_bytes(model->shape.heads, model->shape.head_width, strip_count(composition),
                                  strip_keys(room), composition_hooks(composition) & HOOK_DECAY);
    return bytes > SIZE_MAX / room->workspace->workers ? SIZE_MAX : bytes * room->workspace->workers;
}

static void room_close(void *of)
{
    struct room *room = of;
    if (!room)
        return;
    for (size_t i = 0; room->worker && i < room->workspace->workers; i++)
        attention_workspace_release(room->worker[i].tile);
    memory_release(room->layer);
    memory_release(room->worker);
    memory_release(room);
}

/* ---- callbacks of the kernel ---- */

/* What the kernel's callbacks need of the sequence at hand. */
struct sequence {
    struct encoding *encoding;
    struct room *room;
    struct worker *worker;
    struct profile *profile; /* of the worker */
    real *dw;                /* of all weights; NULL in evaluation */
    const bool *wanted;      /* of its tokens; NULL = all */
};

static struct sequence sequence_of(const struct mixing *mixing, size_t worker)
{
    struct room *room = mixing->workspace->room;
    return (struct sequence){.encoding = mixing->encoding,
                             .room = room,
                             .worker = &room->worker[worker],
                             .profile = mixing->workspace->scratch[worker].profile,
                             .dw = mixing->model_dw,
                             .wanted = mixing->wanted};
}

static size_t spans(const void *context, size_t query, size_t keys, struct attention_span *out)
{
    const struct sequence *sequence = context;
    return encoding_spans(sequence->encoding, query, keys, out);
}

static void bias(const void *context, unsigned plane, size_t query, size_t first, size_t count, real *out,
                 size_t stride)
{
    const struct sequence *sequence = context;
    encoding_bias(sequence->encoding, sequence->worker->bias_row, plane, query, first, count, out, stride);
}

static void bias_backward(void *context, unsigned plane, size_t query, size_t first, size_t count,
                          const real *dout, size_t stride)
{
    const struct sequence *sequence = context;
    encoding_bias_backward(sequence->encoding, sequence->worker->bias_row, sequence->dw, plane, query, first,
                           count, dout, stride);
}

/* What both ways have in common. */
static struct strip strip_of(const struct sequence *sequence, size_t which, size_t first, size_t rows,
                             const real *content, const real *biases)
{
    const struct room *room = sequence->room;
    return (struct strip){.query = &sequence->encoding->positions,
                          .key = &sequence->encoding->positions,
                          .first = first,
                          .rows = rows,
                          .table = sequence->encoding->strip_table[which],
                          .q = room->raw_query,
                          .k = room->raw_key,
                          .content = content,
                          .bias = biases,
                          .dq = room->draw_query,
                          .dk = room->draw_key,
                          .scratch = sequence->worker->strip};
}

static const struct component *strip_component(const struct sequence *sequence, size_t which)
{
    return &sequence->encoding->model->composition.at[sequence->encoding->strip[which]];
}

static void strip(const void *context, size_t which, size_t first, size_t rows, const real *content,
                  const real *biases, real *logits)
{
    const struct sequence *sequence = context;
    const struct component *component = strip_component(sequence, which);
    struct strip strip = strip_of(sequence, which, first, rows, content, biases);
    strip.logits = logits;
    component->encoder->strip(component->state, sequence->encoding->weights + component->first_parameter,
                              &sequence->encoding->site, &strip);
}

static void strip_backward(void *context, size_t which, size_t first, size_t rows, const real *content,
                           const real *biases, const real *dlogits, real *dcontent, real *dbias)
{
    const struct sequence *sequence = context;
    const struct component *component = strip_component(sequence, which);
    struct strip strip = strip_of(sequence, which, first, rows, content, biases);
    strip.dlogits = dlogits;
    strip.dcontent = dcontent;
    strip.dbias = dbias;
    component->encoder->strip_backward(
        component->state, sequence->encoding->weights + component->first_parameter, &sequence->encoding->site,
        &strip, sequence->dw + component->first_parameter);
}

/* Rows of one head: where it starts in a (n, 3 width) row of q, k, v (part 0, 1, 2). */
static size_t head_place(const struct shape *shape, size_t part, size_t head)
{
    return part * shape->width + head * shape->head_width;
}

/* Splits q, k, v of one head from their rows (n, 3 width); rotates q and k once per plane; scales q. */
static void gather_head(struct room *room, const struct encoding *encoding, const real *rows, size_t n,
                        size_t head)
{
    const struct kernels *kernels = room->workspace->model->kernels;
    const struct shape *shape = &room->workspace->model->shape;
    size_t stride = 3 * shape->width, width = shape->head_width, place = head * n * width;
    const real *q = rows + head_place(shape, 0, head), *k = rows + head_place(shape, 1, head);
    const real *scale = encoding->scales ? encoding->scale + head * n : NULL;
    real common = (real)(1 / sqrt((double)width));
    for (unsigned p = 0; p < encoding->planes; p++) {
        int key_side = encoding->planes > 1 ? KEY : QUERY;
        kernels->rotate(room->query[p] + place, q, stride, encoding->cosine[p][QUERY],
                        encoding->sine[p][QUERY], scale, common, encoding->rotated, n, width);
        kernels->rotate(room->key[p] + place, k, stride, encoding->cosine[p][key_side],
                        encoding->sine[p][key_side], NULL, 1, encoding->rotated, n, width);
    }
    kernels->rotate(room->value + place, rows + head_place(shape, 2, head), stride, NULL, NULL, NULL, 1, 0, n,
                    width);
    if (encoding->strips > 0) {
        kernels->rotate(room->raw_query + place, q, stride, NULL, NULL, NULL, 1, 0, n, width);
        kernels->rotate(room->raw_key + place, k, stride, NULL, NULL, NULL, 1, 0, n, width);
    }
}

static void gather(struct room *room, const struct encoding *encoding, const real *rows, size_t n)
{
    for (size_t h = 0; h < room->workspace->model->shape.heads; h++)
        gather_head(room, encoding, rows, n, h);
}

static struct attention describe(struct sequence *sequence, size_t n)
{
    static const enum attention_mask masks[] = {
        [CAUSAL] = ATTENTION_CAUSAL, [BIDIRECTIONAL] = ATTENTION_BIDIRECTIONAL, [CROSS] = ATTENTION_CROSS};
    const struct encoding *encoding = sequence->encoding;
    struct room *room = sequence->room;
    struct attention attention = {.heads = room->workspace->model->shape.heads,
                                  .head_width = room->workspace->model->shape.head_width,
                                  .mask = masks[room->workspace->model->shape.attention],
                                  .queries = n,
                                  .keys = n,
                                  .planes = encoding->planes,
                                  .value = room->value,
                                  .decay = encoding->decay,
                                  .spans = encoding->cuts ? spans : NULL,
                                  .table_width = n,
                                  .table_zero = n - 1,
                                  .bias = encoding->row_bias ? bias : NULL,
                                  .bias_backward = encoding->row_bias && sequence->dw ? bias_backward : NULL,
                                  .query_token = encoding->tokens ? room->token : NULL,
                                  .key_token = encoding->tokens ? room->token : NULL,
                                  .wanted = sequence->wanted,
                                  .strips = encoding->strips,
                                  .strip = strip,
                                  .strip_backward = strip_backward,
                                  .context = sequence,
                                  .profile = sequence->profile};
    for (unsigned p = 0; p < encoding->planes; p++) {
        attention.query[p] = room->query[p];
        attention.key[p] = room->key[p];
        attention.query_at[p] = encoding->plane[p][QUERY].at;
        attention.key_at[p] = encoding->plane[p][KEY].at;
        attention.table[p] = encoding->tabulated[p] ? encoding->table[p] : NULL;
    }
    return attention;
}

/* A sequence whose heads, and then parts of its attention, go to several workers. */
static void shared_gather(void *context, size_t head, size_t worker)
{
    const struct mixing *mixing = context;
    struct profile *profile = mixing->workspace->scratch[worker].profile;
    enum profile_part before = profile_switch(profile, PROFILE_ATTENTION);
    gather_head(mixing->workspace->room, mixing->encoding, mixing->projected, mixing->n, head);
    profile_switch(profile, before);
}

/* The last queries see the most keys: their parts go first, so that all workers end at about the same time. */
static void shared_part(void *context, size_t task, size_t worker)
{
    const struct mixing *mixing = context;
    const struct model *model = mixing->workspace->model;
    struct sequence sequence = sequence_of(mixing, worker);
    struct attention attention = describe(&sequence, mixing->n);
    size_t part = attention_parts(&attention) - 1 - task;
    enum profile_part before = profile_switch(sequence.profile, PROFILE_ATTENTION);
    attention_forward_part(mixing->out, model->shape.width, log_sum_of(sequence.room, mixing), &attention,
                           sequence.worker->tile, model->kernels, part);
    profile_switch(sequence.profile, before);
}

static void forward(const struct mixing *mixing)
{
    struct workspace *workspace = mixing->workspace;
    const struct model *model = workspace->model;
    struct sequence sequence = sequence_of(mixing, 0);
    struct mixing shared = *mixing;
    if (workspace->workers > 1)
        workspace_share(workspace, model->shape.heads, &shared, shared_gather);
    else
        gather(sequence.room, mixing->encoding, mixing->projected, mixing->n);
    if (mixing->encoding->tokens)
        hooks_token(sequence.room->token, sequence.room->token_part, &workspace->model->composition,
                    mixing->encoding->weights, &mixing->encoding->site, mixing->norm);
    struct attention attention = describe(&sequence, mixing->n);
    if (workspace->workers > 1)
        workspace_share(workspace, attention_parts(&attention), &shared, shared_part);
    else
        attention_forward(mixing->out, model->shape.width, log_sum_of(sequence.room, mixing), &attention,
                          sequence.worker->tile, model->kernels);
    if (workspace->statistics)
        attention_statistics_add(&workspace->statistics[mixing->sequence], &attention,
                                 workspace->statistics_row);
}

/* ---- backward ---- */

static void clear_gradients(struct room *room, const struct encoding *encoding, size_t n)
{
    size_t bytes = n * room->workspace->model->shape.width * sizeof(real);
    for (unsigned p = 0; p < encoding->planes; p++) {
        memset(room->dquery[p], 0, bytes);
        memset(room->dkey[p], 0, bytes);
    }
    memset(room->dvalue, 0, bytes);
    if (encoding->strips > 0) {
        memset(room->draw_query, 0, bytes);
        memset(room->draw_key, 0, bytes);
    }
    if (encoding->tokens)
        memset(room->dtoken, 0, room->workspace->model->shape.heads * n * sizeof(double));
}

/* d logit / d angle of a rotated pair (x, y) is (-y, x): summed over heads, in double. */
static void angle_gradient(double *dangle, const real *rotated_gradient, const real *rotated,
                           size_t pairs_step, size_t n, size_t width)
{
    size_t half = width / 2, step = pairs_step ? 1 : 2, apart = pairs_step ? pairs_step / 2 : 1;
    size_t pairs = pairs_step ? pairs_step / 2 : half;
    for (size_t i = 0; i < n; i++, rotated_gradient += width, rotated += width)
        for (size_t t = 0; t < pairs; t++)
            dangle[i * half + t] += (double)rotated_gradient[t * step + apart] * (double)rotated[t * step] -
                                    (double)rotated_gradient[t * step] * (double)rotated[t * step + apart];
}

/* ds_i = dq_i . (q_i without its scale) */
static void scale_gradient(real *dscale, const real *dquery, const real *unscaled, size_t n, size_t width)
{
    for (size_t i = 0; i < n; i++)
        for (size_t d = 0; d < width; d++)
            dscale[i] += dquery[i * width + d] * unscaled[i * width + d];
}

/* Gradients of rotation tables and scales, from those of the rotated queries and keys. */
static void table_gradients(struct room *room, struct encoding *encoding, const real *rows, size_t n)
{
    const struct kernels *kernels = room->workspace->model->kernels;
    const struct shape *shape = &room->workspace->model->shape;
    size_t width = shape->head_width;
    for (unsigned p = 0; p < encoding->planes; p++)
        for (size_t h = 0; h < shape->heads; h++) {
            size_t place = h * n * width;
            if (encoding->angle_gradient[p][QUERY]) {
                angle_gradient(encoding->angle_gradient[p][QUERY], room->dquery[p] + place,
                               room->query[p] + place, encoding->rotated, n, width);
                angle_gradient(encoding->angle_gradient[p][KEY], room->dkey[p] + place, room->key[p] + place,
                               encoding->rotated, n, width);
            }
            if (encoding->scales) {
                real *unscaled = room->query[p] + place; /* the scaled one is not needed any more */
                kernels->rotate(unscaled, rows + head_place(shape, 0, h), 3 * shape->width,
                                encoding->cosine[p][QUERY], encoding->sine[p][QUERY], NULL,
                                (real)(1 / sqrt((double)width)), encoding->rotated, n, width);
                scale_gradient(encoding->scale_gradient + h * n, room->dquery[p] + place, unscaled, n, width);
            }
        }
}

/* The way back of gather(): into drows (n, 3 width). */
static void scatter(real *drows, struct room *room, const struct encoding *encoding, size_t n)
{
    const struct kernels *kernels = room->workspace->model->kernels;
    const struct shape *shape = &room->workspace->model->shape;
    size_t stride = 3 * shape->width, width = shape->head_width;
    real common = (real)(1 / sqrt((double)width));
    for (size_t h = 0; h < shape->heads; h++) {
        real *dq = drows + head_place(shape, 0, h), *dk = drows + head_place(shape, 1, h);
        const real *scale = encoding->scales ? encoding->scale + h * n : NULL;
        size_t place = h * n * width;
        for (unsigned p = 0; p < encoding->planes; p++) {
            int key_side = encoding->planes > 1 ? KEY : QUERY;
            kernels->rotate_backward(dq, stride, p > 0, room->dquery[p] + place, encoding->cosine[p][QUERY],
                                     encoding->sine[p][QUERY], scale, common, encoding->rotated, n, width);
            kernels->rotate_backward(dk, stride, p > 0, room->dkey[p] + place, encoding->cosine[p][key_side],
                                     encoding->sine[p][key_side], NULL, 1, encoding->rotated, n, width);
        }
        kernels->rotate_backward(drows + head_place(shape, 2, h), stride, false, room->dvalue + place, NULL,
                                 NULL, NULL, 1, 0, n, width);
        if (encoding->strips > 0) {
            kernels->rotate_backward(dq, stride, true, room->draw_query + place, NULL, NULL, NULL, 1, 0, n,
                                     width);
            kernels->rotate_backward(dk, stride, true, room->draw_key + place, NULL, NULL, NULL, 1, 0, n,
                                     width);
        }
    }
}

static void backward(const struct mixing *mixing)
{
    const struct model *model = mixing->workspace->model;
    struct sequence sequence = sequence_of(mixing, 0);
    struct encoding *encoding = mixing->encoding;
    struct room *room = sequence.room;
    size_t n = mixing->n, width = model->shape.width;
    gather(room, encoding, mixing->projected, n);
    if (encoding->tokens)
        hooks_token(room->token, room->token_part, &model->composition, encoding->weights, &encoding->site,
                    mixing->norm);
    clear_gradients(room, encoding, n);
    struct attention attention = describe(&sequence, n);
    struct attention_gradient gradient = {
        .value = room->dvalue, .query_token = room->dtoken, .key_token = room->dtoken};
    for (unsigned p = 0; p < encoding->planes; p++) {
        gradient.query[p] = room->dquery[p];
        gradient.key[p] = room->dkey[p];
        gradient.table[p] = encoding->table_gradient[p];
    }
    attention_backward(&gradient, mixing->dout, width, mixing->out, width, log_sum_of(room, mixing),
                       &attention, sequence.worker->tile, model->kernels);
    table_gradients(room, encoding, mixing->projected, n);
    scatter(mixing->dprojected, room, encoding, n);
    if (encoding->tokens)
        hooks_token_backward(mixing->model_dw, mixing->dnorm, &model->composition, encoding->weights,
                             &encoding->site, mixing->norm, room->dtoken);
}

/* ---- the mixer ---- */

static size_t projected(const void *state, const struct shape *shape)
{
    (void)state;
    return 3 * shape->width;
}

/* Two products of n head_width a head: logits, and the sum over values. */
static double flop(const void *state, const struct shape *shape, size_t n)
{
    (void)state;
    return 4.0 * (double)shape->width * (double)n;
}

static const struct mixer_words words[] = {
    {"query_key_value", "columns: queries of all heads, then keys, then values; head h has head_width of "
                        "each from h head_width on"},
    {"attention", "softmax over keys j <= i of (q_i . k_j) / sqrt(head_width) + bias; q and k are rotated "
                  "and scaled before"},
    {.name = NULL},
};

const struct mixer mixer_attention = {
    .name = "attention",
    .summary = "softmax attention of all heads, causal; every encoder acts in it",
    .citation =
        "Vaswani et al. 2017, Attention is all you need, arXiv:1706.03762; Radford et al. 2019, Language "
        "models are unsupervised multitask learners (GPT-2)",
    .version = 1,
    .attentions = CAUSAL,
    .hooks = HOOKS_ALL,
    .projected = projected,
    .projection = "query_key_value",
    .flop = flop,
    .open = room_open,
    .create = room_create,
    .created = room_created,
    .close = room_close,
    .forward = forward,
    .backward = backward,
    .words = words,
};
