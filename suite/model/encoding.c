/* encoding.c -- positions, rotation tables, scales and segments of one layer at one length. */
#include "model/encoding.h"

#include <math.h>
#include <string.h>

#include "model/encoding_bias.h"
#include "support/memory.h"

/* --- life ------------------------------------------------------------------------------------------- */

static void read_composition(struct encoding *encoding)
{
    const struct composition *composition = &encoding->model->composition;
    const struct component *planes = composition_owner(composition, HOOK_PLANES);
    const unsigned hooks = composition_hooks(composition);
    encoding->planes = planes ? planes->encoder->planes : 1;
    encoding->rotates = hooks & HOOK_ROTATION;
    encoding->scales = hooks & HOOK_SCALE;
    encoding->cuts = hooks & HOOK_SEGMENTS;
    encoding->tokens = hooks & HOOK_TOKEN;
    for (size_t i = 0; i < composition->count; i++)
        if (composition->at[i].encoder->strip)
            encoding->strip[encoding->strips++] = i;
}

static bool learns_angles(const struct encoding *encoding)
{
    const struct component *owner = composition_owner(&encoding->model->composition, HOOK_ROTATION);
    return encoding->training && owner && owner->encoder->angle_backward;
}

static enum status allocate_planes(struct encoding *encoding, struct message *message)
{
    size_t n = encoding->longest, half = encoding->model->shape.head_width / 2;
    bool complete = true;
    for (unsigned p = 0; p < encoding->planes; p++)
        for (int side = QUERY; side <= KEY; side++) {
            if (encoding->planes > 1) {
                encoding->plane_at[p][side] = memory_workspace(n, sizeof(double), "plane positions", message);
                complete = complete && encoding->plane_at[p][side];
            }
            if (encoding->rotates && (encoding->planes > 1 || side == QUERY)) {
                encoding->cosine[p][side] =
                    memory_workspace(n * half, sizeof(real), "rotation table", message);
                encoding->sine[p][side] = memory_workspace(n * half, sizeof(real), "rotation table", message);
                complete = complete && encoding->cosine[p][side] && encoding->sine[p][side];
            }
            if (learns_angles(encoding)) {
                encoding->angle_gradient[p][side] =
                    memory_allocate(n * half, sizeof(double), "angle gradient", message);
                complete = complete && encoding->angle_gradient[p][side];
            }
        }
    return complete ? STATUS_OK : STATUS_FAILED;
}

/* The rates of the rotated pairs, by dimension; they are constant. */
static enum status create_decay(struct encoding *encoding, struct message *message)
{
    const struct component *owner = composition_owner(&encoding->model->composition, HOOK_DECAY);
    const struct shape *shape = &encoding->model->shape;
    size_t half = shape->head_width / 2, rotated;
    double *rate;
    if (!owner)
        return STATUS_OK;
    encoding->decay = memory_allocate(shape->head_width, sizeof(double), "decay", message);
    rate = memory_allocate(half, sizeof(double), "decay", message);
    if (encoding->decay && rate) {
        owner->encoder->decay(owner->state, shape, rate);
        rotated = owner->encoder->rotated ? owner->encoder->rotated(owner->state, shape) : 0;
        for (size_t t = 0; t < half; t++)
            if (rotated == 0)
                encoding->decay[2 * t] = encoding->decay[2 * t + 1] = rate[t];
            else if (t < rotated / 2)
                encoding->decay[t] = encoding->decay[t + rotated / 2] = rate[t];
    }
    memory_release(rate);
    return encoding->decay && rate ? STATUS_OK : STATUS_FAILED;
}

enum status encoding_create(struct encoding **out, const struct model *model, size_t longest, bool training,
                            struct message *message)
{
    struct encoding *encoding = memory_allocate(1, sizeof *encoding, "an encoding", message);
    size_t heads = model->shape.heads;
    if (!encoding)
        return STATUS_FAILED;
    encoding->model = model;
    encoding->longest = longest;
    encoding->training = training;
    read_composition(encoding);
    encoding->at = memory_workspace(longest, sizeof(double), "positions", message);
    encoding->angle =
        memory_workspace(longest * (model->shape.head_width / 2), sizeof(double), "angles", message);
    encoding->scale =
        memory_workspace(encoding->scales ? heads * longest : 0, sizeof(real), "scales", message);
    encoding->scale_gradient =
        memory_allocate(encoding->scales && training ? heads * longest : 0, sizeof(real), "scales", message);
    encoding->component_scale =
        memory_workspace(encoding->scales ? longest : 0, sizeof(real), "scales", message);
    encoding->component_gradient =
        memory_workspace(encoding->scales && training ? longest : 0, sizeof(real), "scales", message);
    if (!encoding->at || !encoding->angle || !encoding->scale || !encoding->scale_gradient ||
        !encoding->component_scale || !encoding->component_gradient || allocate_planes(encoding, message) ||
        create_decay(encoding, message) || encoding_bias_create(encoding, message)) {
        encoding_release(encoding);
        return STATUS_FAILED;
    }
    *out = encoding;
    return STATUS_OK;
}

void encoding_release(struct encoding *encoding)
{
    if (!encoding)
        return;
    for (unsigned p = 0; p < PLANES_MAX; p++)
        for (int side = QUERY; side <= KEY; side++) {
            memory_release(encoding->plane_at[p][side]);
            memory_release(encoding->cosine[p][side]);
            memory_release(encoding->sine[p][side]);
            memory_release(encoding->angle_gradient[p][side]);
        }
    memory_release(encoding->decay);
    memory_release(encoding->at);
    memory_release(encoding->angle);
    memory_release(encoding->scale);
    memory_release(encoding->scale_gradient);
    memory_release(encoding->component_scale);
    memory_release(encoding->component_gradient);
    encoding_bias_release(encoding);
    memory_release(encoding);
}

/* --- build ------------------------------------------------------------------------------------------ */

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
    const struct component *owner = composition_owner(composition, HOOK_PLANES);
    size_t n = encoding->site.length;
    composition->map->map(composition->map_state, &encoding->site, encoding->key, marks, n, encoding->at);
    encoding->positions = describe(encoding->at, n);
    for (unsigned p = 0; p < encoding->planes; p++)
        for (int side = QUERY; side <= KEY; side++) {
            double *at = encoding->plane_at[p][side];
            if (encoding->planes == 1) {
                encoding->plane[p][side] = encoding->positions;
                continue;
            }
            owner->encoder->plane(owner->state, &encoding->site, p, (enum side)side, &encoding->positions,
                                  at);
            encoding->plane[p][side] = describe(at, n);
        }
}

static void build_rotation(struct encoding *encoding)
{
    const struct component *owner = composition_owner(&encoding->model->composition, HOOK_ROTATION);
    const struct shape *shape = &encoding->model->shape;
    const struct site *site = &encoding->site;
    size_t count = site->length * (shape->head_width / 2);
    double magnitude;
    encoding->rotated = owner->encoder->rotated ? owner->encoder->rotated(owner->state, shape) : 0;
    magnitude = owner->encoder->magnitude ? owner->encoder->magnitude(owner->state, site) : 1;
    for (unsigned p = 0; p < encoding->planes; p++)
        for (int side = QUERY; side <= KEY; side++) {
            if (!encoding->cosine[p][side])
                continue;
            owner->encoder->angle(owner->state, encoding->weights + owner->first_parameter, site,
                                  &encoding->plane[p][side], encoding->angle);
            for (size_t i = 0; i < count; i++) {
                encoding->cosine[p][side][i] = (real)(magnitude * cos(encoding->angle[i]));
                encoding->sine[p][side][i] = (real)(magnitude * sin(encoding->angle[i]));
            }
        }
}

static void build_scales(struct encoding *encoding)
{
    const struct composition *composition = &encoding->model->composition;
    size_t n = encoding->site.length;
    for (size_t h = 0; h < encoding->model->shape.heads; h++) {
        real *scale = encoding->scale + h * n;
        for (size_t i = 0; i < n; i++)
            scale[i] = 1;
        for (size_t c = 0; c < composition->count; c++) {
            const struct component *component = &composition->at[c];
            if (!component->encoder->scale)
                continue;
            component->encoder->scale(component->state, encoding->weights + component->first_parameter,
                                      &encoding->site, h, &encoding->positions, encoding->component_scale);
            for (size_t i = 0; i < n; i++)
                scale[i] *= encoding->component_scale[i];
        }
    }
}

/* Tables of another length or other weights are not to be read; gradients stay, they are added to. */
static void poison(struct encoding *encoding)
{
    for (unsigned p = 0; p < encoding->planes; p++) {
        for (int side = QUERY; side <= KEY; side++) {
            memory_poison(encoding->plane_at[p][side], sizeof(double));
            memory_poison(encoding->cosine[p][side], sizeof(real));
            memory_poison(encoding->sine[p][side], sizeof(real));
        }
        memory_poison(encoding->table[p], sizeof(real));
        memory_poison(encoding->distance[p].value, sizeof(real));
    }
    memory_poison(encoding->at, sizeof(double));
    memory_poison(encoding->angle, sizeof(double));
    memory_poison(encoding->scale, sizeof(real));
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
    poison(encoding);
    build_positions(encoding, marks);
    if (encoding->rotates)
        build_rotation(encoding);
    if (encoding->scales)
        build_scales(encoding);
    encoding_bias_build(encoding);
    encoding->built = true;
}

void encoding_forget(struct encoding *encoding)
{
    encoding->built = false;
}

/* --- gradients -------------------------------------------------------------------------------------- */

/* The gradient of one component's scale: that of the product, times what the other components give. */
static void flush_scale(struct encoding *encoding, const struct component *component, real *dw)
{
    const struct composition *composition = &encoding->model->composition;
    size_t n = encoding->site.length;
    for (size_t h = 0; h < encoding->model->shape.heads; h++) {
        real *gradient = encoding->component_gradient;
        memcpy(gradient, encoding->scale_gradient + h * n, n * sizeof(real));
        for (size_t c = 0; c < composition->count; c++) {
            const struct component *other = &composition->at[c];
            if (other == component || !other->encoder->scale)
                continue;
            other->encoder->scale(other->state, encoding->weights + other->first_parameter, &encoding->site,
                                  h, &encoding->positions, encoding->component_scale);
            for (size_t i = 0; i < n; i++)
                gradient[i] *= encoding->component_scale[i];
        }
        component->encoder->scale_backward(component->state, encoding->weights + component->first_parameter,
                                           &encoding->site, h, &encoding->positions, gradient,
                                           dw + component->first_parameter);
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
    const struct component *owner = composition_owner(&encoding->model->composition, HOOK_ROTATION);
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

/* --- segments --------------------------------------------------------------------------------------- */

size_t encoding_spans(const struct encoding *encoding, size_t query, size_t keys, struct attention_span *out)
{
    struct segment segment[SPANS_MAX];
    const size_t count =
        composition_segments(&encoding->model->composition, &encoding->site, query, keys, segment);
    for (size_t s = 0; s < count; s++)
        out[s] = (struct attention_span){segment[s].first, segment[s].end, segment[s].plane};
    return count;
}
