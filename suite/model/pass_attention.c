/* pass_attention.c -- the attention of one layer: hooks gathered into a plain description, forward beside
 * backward. */
#include <math.h>
#include <string.h>

#include "model/passes.h"

/* What the kernel's callbacks need of the sequence at hand. */
struct sequence {
    struct encoding *encoding;
    struct workspace *workspace;
    struct scratch *scratch;
    real *dw;
    const bool *wanted; /* of its tokens; NULL = all */
};

static size_t spans(const void *context, size_t query, size_t keys, struct attention_span *out)
{
    const struct sequence *sequence = context;
    return encoding_spans(sequence->encoding, query, keys, out);
}

static void bias(const void *context, unsigned plane, size_t query, size_t first, size_t count, real *out,
                 size_t stride)
{
    const struct sequence *sequence = context;
    encoding_bias(sequence->encoding, sequence->scratch->bias_row, plane, query, first, count, out, stride);
}

static void bias_backward(void *context, unsigned plane, size_t query, size_t first, size_t count,
                          const real *dout, size_t stride)
{
    const struct sequence *sequence = context;
    encoding_bias_backward(sequence->encoding, sequence->scratch->bias_row, sequence->dw, plane, query, first,
                           count, dout, stride);
}

/* What both ways have in common. */
static struct strip strip_of(const struct sequence *sequence, size_t first, size_t rows, const real *content,
                             const real *biases)
{
    const struct workspace *workspace = sequence->workspace;
    return (struct strip){.query = &sequence->encoding->positions,
                          .key = &sequence->encoding->positions,
                          .first = first,
                          .rows = rows,
                          .q = workspace->raw_query,
                          .k = workspace->raw_key,
                          .content = content,
                          .bias = biases,
                          .dq = workspace->draw_query,
                          .dk = workspace->draw_key,
                          .scratch = sequence->scratch->strip};
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
    struct strip strip = strip_of(sequence, first, rows, content, biases);
    strip.logits = logits;
    component->encoder->strip(component->state, sequence->encoding->weights + component->first_parameter,
                              &sequence->encoding->site, &strip);
}

static void strip_backward(void *context, size_t which, size_t first, size_t rows, const real *content,
                           const real *biases, const real *dlogits, real *dcontent, real *dbias)
{
    const struct sequence *sequence = context;
    const struct component *component = strip_component(sequence, which);
    struct strip strip = strip_of(sequence, first, rows, content, biases);
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
static void gather_head(struct workspace *workspace, const struct encoding *encoding, const real *rows,
                        size_t n, size_t head)
{
    const struct kernels *kernels = workspace->model->kernels;
    const struct shape *shape = &workspace->model->shape;
    size_t stride = 3 * shape->width, width = shape->head_width, place = head * n * width;
    const real *q = rows + head_place(shape, 0, head), *k = rows + head_place(shape, 1, head);
    const real *scale = encoding->scales ? encoding->scale + head * n : NULL;
    real common = (real)(1 / sqrt((double)width));
    for (unsigned p = 0; p < encoding->planes; p++) {
        int key_side = encoding->planes > 1 ? KEY : QUERY;
        kernels->rotate(workspace->query[p] + place, q, stride, encoding->cosine[p][QUERY],
                        encoding->sine[p][QUERY], scale, common, encoding->rotated, n, width);
        kernels->rotate(workspace->key[p] + place, k, stride, encoding->cosine[p][key_side],
                        encoding->sine[p][key_side], NULL, 1, encoding->rotated, n, width);
    }
    kernels->rotate(workspace->value + place, rows + head_place(shape, 2, head), stride, NULL, NULL, NULL, 1,
                    0, n, width);
    if (encoding->strips > 0) {
        kernels->rotate(workspace->raw_query + place, q, stride, NULL, NULL, NULL, 1, 0, n, width);
        kernels->rotate(workspace->raw_key + place, k, stride, NULL, NULL, NULL, 1, 0, n, width);
    }
}

static void gather(struct workspace *workspace, const struct encoding *encoding, const real *rows, size_t n)
{
    for (size_t h = 0; h < workspace->model->shape.heads; h++)
        gather_head(workspace, encoding, rows, n, h);
}

static void gather_tokens(struct workspace *workspace, const struct encoding *encoding, const real *norm,
                          size_t n)
{
    const struct composition *composition = &workspace->model->composition;
    size_t size = workspace->model->shape.heads * n;
    memset(workspace->token, 0, size * sizeof(double));
    for (size_t c = 0; c < composition->count; c++) {
        const struct component *component = &composition->at[c];
        if (!component->encoder->token)
            continue;
        component->encoder->token(component->state, encoding->weights + component->first_parameter,
                                  &encoding->site, norm, workspace->token_part);
        for (size_t i = 0; i < size; i++)
            workspace->token[i] += workspace->token_part[i];
    }
}

static struct attention describe(struct sequence *sequence, size_t n)
{
    const struct encoding *encoding = sequence->encoding;
    struct workspace *workspace = sequence->workspace;
    struct attention attention = {.heads = workspace->model->shape.heads,
                                  .head_width = workspace->model->shape.head_width,
                                  .count = n,
                                  .planes = encoding->planes,
                                  .value = workspace->value,
                                  .decay = encoding->decay,
                                  .spans = encoding->cuts ? spans : NULL,
                                  .table_width = n,
                                  .bias = encoding->row_bias ? bias : NULL,
                                  .bias_backward = encoding->row_bias && sequence->dw ? bias_backward : NULL,
                                  .token = encoding->tokens ? workspace->token : NULL,
                                  .wanted = sequence->wanted,
                                  .strips = encoding->strips,
                                  .strip = strip,
                                  .strip_backward = strip_backward,
                                  .context = sequence,
                                  .profile = sequence->scratch->profile};
    for (unsigned p = 0; p < encoding->planes; p++) {
        attention.query[p] = workspace->query[p];
        attention.key[p] = workspace->key[p];
        attention.query_at[p] = encoding->plane[p][QUERY].at;
        attention.key_at[p] = encoding->plane[p][KEY].at;
        attention.table[p] = encoding->tabulated[p] ? encoding->table[p] : NULL;
    }
    return attention;
}

/* A sequence whose heads, and then parts of its attention, go to several workers. */
struct shared_sequence {
    struct workspace *workspace;
    struct encoding *encoding;
    const real *rows;
    const bool *wanted;
    size_t n;
    real *out, *log_sum;
};

static void shared_gather(void *context, size_t head, size_t worker)
{
    struct shared_sequence *shared = context;
    struct profile *profile = shared->workspace->scratch[worker].profile;
    enum profile_part before = profile_switch(profile, PROFILE_ATTENTION);
    gather_head(shared->workspace, shared->encoding, shared->rows, shared->n, head);
    profile_switch(profile, before);
}

/* The last queries see the most keys: their parts go first, so that all workers end at about the same time. */
static void shared_part(void *context, size_t task, size_t worker)
{
    struct shared_sequence *shared = context;
    struct workspace *workspace = shared->workspace;
    struct sequence sequence = {shared->encoding, workspace, &workspace->scratch[worker], NULL,
                                shared->wanted};
    struct attention attention = describe(&sequence, shared->n);
    size_t part = attention_parts(&attention) - 1 - task;
    enum profile_part before = profile_switch(sequence.scratch->profile, PROFILE_ATTENTION);
    attention_forward_part(shared->out, workspace->model->shape.width, shared->log_sum, &attention,
                           sequence.scratch->attention, workspace->model->kernels, part);
    profile_switch(sequence.scratch->profile, before);
}

static void sequence_forward(struct workspace *workspace, struct sequence *sequence, const real *rows,
                             const real *norm, size_t n, real *out, real *log_sum)
{
    struct shared_sequence shared = {workspace, sequence->encoding, rows, sequence->wanted, n, out, log_sum};
    struct attention attention;
    if (workspace->workers > 1)
        pass_share(workspace, workspace->model->shape.heads, &shared, shared_gather);
    else
        gather(workspace, sequence->encoding, rows, n);
    if (sequence->encoding->tokens)
        gather_tokens(workspace, sequence->encoding, norm, n);
    attention = describe(sequence, n);
    if (workspace->workers > 1)
        pass_share(workspace, attention_parts(&attention), &shared, shared_part);
    else
        attention_forward(out, workspace->model->shape.width, log_sum, &attention,
                          sequence->scratch->attention, workspace->model->kernels);
}

/* Of the chunk's row and those that follow: in the last layer only scored tokens are asked. */
static const bool *wanted_from(const struct workspace *workspace, size_t layer, size_t row)
{
    return layer + 1 == workspace->model->shape.layers ? workspace->scored.wanted + row : NULL;
}

void pass_attention(struct workspace *workspace, const real *w, real *dw, const struct chunk *chunk,
                    size_t layer)
{
    struct layer_activations *a = &workspace->layer[layer];
    size_t width = workspace->model->shape.width;
    enum profile_part before = profile_switch(workspace->scratch->profile, PROFILE_ATTENTION);
    for (size_t s = 0, row = 0; s < chunk->sequences; row += chunk->count[s++]) {
        size_t n = chunk->count[s];
        struct sequence sequence = {pass_encoding(workspace, w, dw, chunk, s, layer), workspace,
                                    workspace->scratch, dw, wanted_from(workspace, layer, row)};
        sequence_forward(workspace, &sequence, a->query_key_value + row * 3 * width,
                         a->attention_norm + row * width, n, a->attention + row * width,
                         a->log_sum + row * workspace->model->shape.heads);
        if (workspace->statistics) {
            struct attention attention = describe(&sequence, n);
            attention_statistics_add(&workspace->statistics[s], &attention, workspace->statistics_row);
        }
    }
    profile_switch(workspace->scratch->profile, before);
}

/* --- backward --------------------------------------------------------------------------------------- */

static void clear_gradients(struct workspace *workspace, const struct encoding *encoding, size_t n)
{
    size_t bytes = n * workspace->model->shape.width * sizeof(real);
    for (unsigned p = 0; p < encoding->planes; p++) {
        memset(workspace->dquery[p], 0, bytes);
        memset(workspace->dkey[p], 0, bytes);
    }
    memset(workspace->dvalue, 0, bytes);
    if (encoding->strips > 0) {
        memset(workspace->draw_query, 0, bytes);
        memset(workspace->draw_key, 0, bytes);
    }
    if (encoding->tokens)
        memset(workspace->dtoken, 0, workspace->model->shape.heads * n * sizeof(double));
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
static void table_gradients(struct workspace *workspace, struct encoding *encoding, const real *rows,
                            size_t n)
{
    const struct kernels *kernels = workspace->model->kernels;
    const struct shape *shape = &workspace->model->shape;
    size_t width = shape->head_width;
    for (unsigned p = 0; p < encoding->planes; p++)
        for (size_t h = 0; h < shape->heads; h++) {
            size_t place = h * n * width;
            if (encoding->angle_gradient[p][QUERY]) {
                angle_gradient(encoding->angle_gradient[p][QUERY], workspace->dquery[p] + place,
                               workspace->query[p] + place, encoding->rotated, n, width);
                angle_gradient(encoding->angle_gradient[p][KEY], workspace->dkey[p] + place,
                               workspace->key[p] + place, encoding->rotated, n, width);
            }
            if (encoding->scales) {
                real *unscaled = workspace->query[p] + place; /* the scaled one is not needed any more */
                kernels->rotate(unscaled, rows + head_place(shape, 0, h), 3 * shape->width,
                                encoding->cosine[p][QUERY], encoding->sine[p][QUERY], NULL,
                                (real)(1 / sqrt((double)width)), encoding->rotated, n, width);
                scale_gradient(encoding->scale_gradient + h * n, workspace->dquery[p] + place, unscaled, n,
                               width);
            }
        }
}

/* The way back of gather(): into drows (n, 3 width). */
static void scatter(real *drows, struct workspace *workspace, const struct encoding *encoding, size_t n)
{
    const struct kernels *kernels = workspace->model->kernels;
    const struct shape *shape = &workspace->model->shape;
    size_t stride = 3 * shape->width, width = shape->head_width;
    real common = (real)(1 / sqrt((double)width));
    for (size_t h = 0; h < shape->heads; h++) {
        real *dq = drows + head_place(shape, 0, h), *dk = drows + head_place(shape, 1, h);
        const real *scale = encoding->scales ? encoding->scale + h * n : NULL;
        size_t place = h * n * width;
        for (unsigned p = 0; p < encoding->planes; p++) {
            int key_side = encoding->planes > 1 ? KEY : QUERY;
            kernels->rotate_backward(dq, stride, p > 0, workspace->dquery[p] + place,
                                     encoding->cosine[p][QUERY], encoding->sine[p][QUERY], scale, common,
                                     encoding->rotated, n, width);
            kernels->rotate_backward(dk, stride, p > 0, workspace->dkey[p] + place,
                                     encoding->cosine[p][key_side], encoding->sine[p][key_side], NULL, 1,
                                     encoding->rotated, n, width);
        }
        kernels->rotate_backward(drows + head_place(shape, 2, h), stride, false, workspace->dvalue + place,
                                 NULL, NULL, NULL, 1, 0, n, width);
        if (encoding->strips > 0) {
            kernels->rotate_backward(dq, stride, true, workspace->draw_query + place, NULL, NULL, NULL, 1, 0,
                                     n, width);
            kernels->rotate_backward(dk, stride, true, workspace->draw_key + place, NULL, NULL, NULL, 1, 0, n,
                                     width);
        }
    }
}

static void token_backward(real *dw, struct workspace *workspace, const struct encoding *encoding,
                           const real *norm, real *dnorm)
{
    const struct composition *composition = &workspace->model->composition;
    for (size_t c = 0; c < composition->count; c++) {
        const struct component *component = &composition->at[c];
        if (component->encoder->token)
            component->encoder->token_backward(
                component->state, encoding->weights + component->first_parameter, &encoding->site, norm,
                workspace->dtoken, dnorm, dw + component->first_parameter);
    }
}

void pass_attention_backward(real *dw, struct workspace *workspace, const real *w, const struct chunk *chunk,
                             size_t layer)
{
    struct layer_activations *a = &workspace->layer[layer];
    size_t width = workspace->model->shape.width;
    enum profile_part before = profile_switch(workspace->scratch->profile, PROFILE_ATTENTION);
    for (size_t s = 0, row = 0; s < chunk->sequences; row += chunk->count[s++]) {
        size_t n = chunk->count[s];
        const real *rows = a->query_key_value + row * 3 * width, *norm = a->attention_norm + row * width;
        struct sequence sequence = {pass_encoding(workspace, w, dw, chunk, s, layer), workspace,
                                    workspace->scratch, dw, wanted_from(workspace, layer, row)};
        struct encoding *encoding = sequence.encoding;
        gather(workspace, encoding, rows, n);
        if (encoding->tokens)
            gather_tokens(workspace, encoding, norm, n);
        clear_gradients(workspace, encoding, n);
        struct attention attention = describe(&sequence, n);
        struct attention_gradient gradient = {.value = workspace->dvalue, .token = workspace->dtoken};
        for (unsigned p = 0; p < encoding->planes; p++) {
            gradient.query[p] = workspace->dquery[p];
            gradient.key[p] = workspace->dkey[p];
            gradient.table[p] = encoding->table_gradient[p];
        }
        attention_backward(&gradient, workspace->dattention + row * width, width, a->attention + row * width,
                           width, a->log_sum + row * attention.heads, &attention,
                           workspace->scratch->attention, workspace->model->kernels);
        table_gradients(workspace, encoding, rows, n);
        scatter(workspace->dquery_key_value + row * 3 * width, workspace, encoding, n);
        if (encoding->tokens)
            token_backward(dw, workspace, encoding, norm, workspace->dnorm + row * width);
    }
    profile_switch(workspace->scratch->profile, before);
}
