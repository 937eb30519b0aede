/* encoding.c -- positions, rotation tables, scales and segments of one layer at one length. */
#include "model/encoding.h"

#include <math.h>
#include <string.h>

#include "model/encoding_bias.h"
#include "model/hooks.h"
#include "support/memory.h"

/* ---- life ---- */

static void read_composition(struct encoding *encoding)
{
    const struct composition *composition = &encoding->model->composition;
    const unsigned hooks = composition_hooks(composition);
    encoding->planes = hooks_planes(composition);
    encoding->rotation = composition_owner(composition, HOOK_ROTATION);
    encoding->scales = hooks & HOOK_SCALE;
    encoding->cuts = hooks & HOOK_SEGMENTS;
    encoding->tokens = hooks & HOOK_TOKEN;
    for (size_t i = 0; i < composition->count; i++)
        if (encoder_hooks(composition->at[i].encoder) & HOOK_STRIP)
            encoding->strip[encoding->strips++] = i;
}

static bool learns_angles(const struct encoding *encoding)
{
    return encoding->training && encoding->rotation && encoding->rotation->encoder->angle_backward;
}

/* Of a plane and side: with one plane both sides share positions and rotation. */
static void describe_plane(struct encoding *encoding, unsigned plane, int side)
{
    const bool own = encoding->planes > 1, rotates = encoding->rotation && (own || side == QUERY);
    const size_t n = encoding->longest, angles = n * (encoding->model->shape.head_width / 2);
    const struct buffer rows[] = {
        BUFFER(encoding->plane_at[plane][side], own ? n : 0, BUFFER_PASS),
        BUFFER(encoding->cosine[plane][side], rotates ? angles : 0, BUFFER_PASS),
        BUFFER(encoding->sine[plane][side], rotates ? angles : 0, BUFFER_PASS),
        BUFFER(encoding->angle_gradient[plane][side], learns_angles(encoding) ? angles : 0, BUFFER_ZEROED),
    };
    buffers_add(&encoding->buffers, rows, sizeof rows / sizeof *rows);
}

static void describe_buffers(struct encoding *encoding)
{
    const struct shape *shape = &encoding->model->shape;
    const size_t n = encoding->longest, scales = encoding->scales ? n : 0;
    const size_t gradients = encoding->training ? scales : 0;
    const bool decays = composition_owner(&encoding->model->composition, HOOK_DECAY);
    const struct buffer rows[] = {
        BUFFER(encoding->at, n, BUFFER_PASS),
        BUFFER(encoding->angle, encoding->rotation ? n * (shape->head_width / 2) : 0, BUFFER_PASS),
        BUFFER(encoding->decay, decays ? shape->head_width : 0, BUFFER_ZEROED),
        BUFFER(encoding->scale, shape->heads * scales, BUFFER_PASS),
        BUFFER(encoding->scale_gradient, shape->heads * gradients, BUFFER_ZEROED),
        BUFFER(encoding->component_scale, scales, BUFFER_PASS),
        BUFFER(encoding->component_gradient, gradients, BUFFER_PASS),
    };
    buffers_add(&encoding->buffers, rows, sizeof rows / sizeof *rows);
    for (unsigned p = 0; p < encoding->planes; p++)
        for (int side = QUERY; side <= KEY; side++)
            describe_plane(encoding, p, side);
    const struct site site = {.shape = shape, .length = n, .training = encoding->training};
    for (size_t k = 0; k < encoding->strips; k++) {
        const struct component *component = &encoding->model->composition.at[encoding->strip[k]];
        const struct buffer row =
            BUFFER(encoding->strip_table[k], hooks_strip_table(component, &site, n), BUFFER_PASS);
        buffers_add(&encoding->buffers, &row, 1);
    }
    encoding_bias_describe(encoding);
}

/* The rates of the rotated pairs, by dimension; they are constant.  angle is room for them. */
static void fill_decay(struct encoding *encoding)
{
    const struct component *owner = composition_owner(&encoding->model->composition, HOOK_DECAY);
    const struct shape *shape = &encoding->model->shape;
    const size_t half = shape->head_width / 2;
    if (!owner)
        return;
    owner->encoder->decay(owner->state, shape, encoding->angle);
    const size_t rotated = hooks_rotated(owner, shape);
    for (size_t t = 0; t < half; t++)
        if (rotated == 0)
            encoding->decay[2 * t] = encoding->decay[2 * t + 1] = encoding->angle[t];
        else if (t < rotated / 2)
            encoding->decay[t] = encoding->decay[t + rotated / 2] = encoding->angle[t];
}

/* An encoding whose buffers are described and not yet allocated; NULL = no memory. */
static struct encoding *described(const struct model *model, size_t longest, bool training,
                                  struct message *message)
{
    struct encoding *encoding = memory_allocate(1, sizeof *encoding, "an encoding", message);
    if (!encoding)
        return NULL;
    encoding->model = model;
    encoding->longest = longest;
    encoding->training = training;
    read_composition(encoding);
    describe_buffers(encoding);
    return encoding;
}

enum status encoding_create(struct encoding **out, const struct model *model, size_t longest, bool training,
                            struct message *message)
{
    struct encoding *encoding = described(model, longest, training, message);
    if (!encoding)
        return STATUS_FAILED;
    if (buffers_allocate(&encoding->buffers, "an encoding", message)) {
        encoding_release(encoding);
        return STATUS_FAILED;
    }
    fill_decay(encoding);
    *out = encoding;
    return STATUS_OK;
}

size_t encoding_bytes(const struct model *model, size_t longest, bool training)
{
    struct encoding *encoding = described(model, longest, training, NULL);
    size_t bytes = encoding ? buffers_bytes(&encoding->buffers) : SIZE_MAX;
    encoding_release(encoding);
    return bytes;
}

void encoding_release(struct encoding *encoding)
{
    if (!encoding)
        return;
    buffers_release(&encoding->buffers);
    memory_release(encoding);
}

/* ---- build ---- */

/* Are positions equally spaced?  Maps such as p L / n are so only up to rounding. */
static struct positions describe(const double *at, size_t count)
{
    struct positions positions = {.at = at, .count = count, .regular = true};
    positions.step = count > 1 ? (at[count - 1] - at[0]) / (double)(count - 1) : 1;
    for (size_t i = 0; i < count && positions.regular; i++)
        positions.regular = fabs(at[i] - (at[0] + (double)i * positions.step)) <= 1e-9 * (1 + fabs(at[i]));
    return positions;
}

static void build_positions(struct encoding *encoding, const int32_t *marks)
{
    const struct composition *composition = &encoding->model->composition;
    const size_t n = encoding->site.length;
    composition->map->map(composition->map_state, &encoding->site, encoding->key, marks, n, encoding->at);
    encoding->positions = describe(encoding->at, n);
    for (unsigned p = 0; p < encoding->planes; p++)
        for (int side = QUERY; side <= KEY; side++) {
            double *at = encoding->plane_at[p][side];
            encoding->plane[p][side] = encoding->positions;
            if (!at)
                continue;
            hooks_plane(at, composition, &encoding->site, p, (enum side)side, &encoding->positions);
            encoding->plane[p][side] = describe(at, n);
        }
}

static void build_rotation(struct encoding *encoding)
{
    const struct shape *shape = &encoding->model->shape;
    const size_t count = encoding->site.length * (shape->head_width / 2);
    const double magnitude = hooks_magnitude(encoding->rotation, &encoding->site);
    encoding->rotated = hooks_rotated(encoding->rotation, shape);
    for (unsigned p = 0; p < encoding->planes; p++)
        for (int side = QUERY; side <= KEY; side++) {
            if (!encoding->cosine[p][side])
                continue;
            hooks_angles(encoding->angle, encoding->rotation, encoding->weights, &encoding->site,
                         &encoding->plane[p][side]);
            for (size_t i = 0; i < count; i++) {
                encoding->cosine[p][side][i] = (real)(magnitude * cos(encoding->angle[i]));
                encoding->sine[p][side][i] = (real)(magnitude * sin(encoding->angle[i]));
            }
        }
}

static void build_scales(struct encoding *encoding)
{
    const size_t n = encoding->site.length;
    for (size_t h = 0; h < encoding->model->shape.heads; h++) {
        real *scale = encoding->scale + h * n;
        for (size_t i = 0; i < n; i++)
            scale[i] = 1;
        hooks_scale(scale, encoding->component_scale, &encoding->model->composition, encoding->weights,
                    &encoding->site, h, &encoding->positions, NULL);
    }
}

bool encoding_is_built(const struct encoding *encoding, const real *weights, const struct site *site,
                       struct key key, const int32_t *marks)
{
    const struct site *built = &encoding->site;
    return encoding->built && encoding->weights == weights && built->layer == site->layer &&
           built->length == site->length && built->training == site->training && !marks &&
           encoding->key.high == key.high && encoding->key.low == key.low;
}

void encoding_build(struct encoding *encoding, const real *weights, const struct site *site, struct key key,
                    const int32_t *marks)
{
    if (encoding_is_built(encoding, weights, site, key, marks))
        return;
    encoding->weights = weights;
    encoding->site = *site;
    encoding->key = key;
    buffers_poison(&encoding->buffers, BUFFER_PASS);
    build_positions(encoding, marks);
    if (encoding->rotation)
        build_rotation(encoding);
    if (encoding->scales)
        build_scales(encoding);
    for (size_t k = 0; k < encoding->strips; k++)
        hooks_strip_begin(encoding->strip_table[k], &encoding->model->composition.at[encoding->strip[k]],
                          site, &encoding->positions);
    encoding_bias_build(encoding);
    encoding->built = true;
}

void encoding_forget(struct encoding *encoding)
{
    encoding->built = false;
}

/* ---- gradients ---- */

/* The gradient of one component's scale: that of the product, times what the other components give. */
static void flush_scale(struct encoding *encoding, const struct component *component, real *dw)
{
    const size_t n = encoding->site.length, first = component->first_parameter;
    real *gradient = encoding->component_gradient;
    for (size_t h = 0; h < encoding->model->shape.heads; h++) {
        memcpy(gradient, encoding->scale_gradient + h * n, n * sizeof(real));
        hooks_scale(gradient, encoding->component_scale, &encoding->model->composition, encoding->weights,
                    &encoding->site, h, &encoding->positions, component);
        component->encoder->scale_backward(component->state, encoding->weights + first, &encoding->site, h,
                                           &encoding->positions, gradient, dw + first);
    }
}

static void flush_scales(struct encoding *encoding, real *dw)
{
    const struct composition *composition = &encoding->model->composition;
    size_t size = encoding->model->shape.heads * encoding->site.length;
    for (size_t c = 0; c < composition->count; c++)
        if (composition->at[c].encoder->scale_backward)
            flush_scale(encoding, &composition->at[c], dw);
    memset(encoding->scale_gradient, 0, size * sizeof(real));
}

static void flush_angles(struct encoding *encoding, real *dw)
{
    const struct component *owner = encoding->rotation;
    size_t count = encoding->site.length * (encoding->model->shape.head_width / 2);
    for (unsigned p = 0; p < encoding->planes; p++)
        for (int side = QUERY; side <= KEY; side++) {
            owner->encoder->angle_backward(owner->state, encoding->weights + owner->first_parameter,
                                           &encoding->site, &encoding->plane[p][side],
                                           encoding->angle_gradient[p][side], dw + owner->first_parameter);
            memset(encoding->angle_gradient[p][side], 0, count * sizeof(double));
        }
}

void encoding_flush(struct encoding *encoding, real *dw)
{
    if (!encoding->built || !encoding->training)
        return;
    if (learns_angles(encoding))
        flush_angles(encoding, dw);
    if (encoding->scales)
        flush_scales(encoding, dw);
    encoding_bias_flush(encoding, dw);
}

/* ---- segments ---- */

size_t encoding_spans(const struct encoding *encoding, size_t query, size_t keys, struct attention_span *out)
{
    struct segment segment[SPANS_MAX];
    const size_t count =
        composition_segments(&encoding->model->composition, &encoding->site, query, keys, segment);
    for (size_t s = 0; s < count; s++)
        out[s] = (struct attention_span){segment[s].first, segment[s].end, segment[s].plane};
    return count;
}
