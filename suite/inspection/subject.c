/* subject.c -- the hooks of a composition, asked at single positions. */
#include "inspection/subject.h"

#include <stdio.h>
#include <string.h>

#include "model/hooks.h"
#include "support/memory.h"

enum { NAME_MAX_BYTES = 112 };

/* ---- initial weights ---- */

/* The weights of a component, behind those of the others.  Names give the streams, as in model_initialise():
 * the weights are those of a model of the same seed. */
static enum status add_weights(struct subject *subject, size_t *weights, size_t *capacity,
                               struct component *component, uint64_t seed, struct message *message)
{
    const size_t count = hooks_parameters(component, &subject->shape, NULL);
    struct parameter *parameter = memory_allocate(count, sizeof *parameter, "encoder parameters", message);
    enum status status = parameter ? STATUS_OK : STATUS_FAILED;
    component->first_parameter = *weights;
    if (parameter)
        hooks_parameters(component, &subject->shape, parameter);
    for (size_t p = 0; !status && p < count; p++) {
        char name[NAME_MAX_BYTES];
        size_t size = 1;
        void *grown = subject->weights;
        for (size_t i = 0; i < parameter[p].rank; i++)
            size *= parameter[p].extent[i];
        status = memory_grow(&grown, capacity, *weights + size, sizeof(real), "the weights of the encoders",
                             message);
        if (status)
            break;
        subject->weights = grown;
        snprintf(name, sizeof name, "%s.%s", component->encoder->name, parameter[p].name);
        component->encoder->initialise(component->state, &subject->shape, p, key_named(seed, name),
                                       subject->weights + *weights);
        *weights += size;
    }
    memory_release(parameter);
    return status;
}

static enum status initialise(struct subject *subject, uint64_t seed, struct message *message)
{
    size_t weights = 0, capacity = 1;
    enum status status = STATUS_OK;
    subject->weights = memory_allocate(capacity, sizeof(real), "the weights of the encoders", message);
    if (!subject->weights)
        return STATUS_FAILED;
    for (size_t c = 0; !status && c < subject->composition.count; c++)
        status = add_weights(subject, &weights, &capacity, &subject->composition.at[c], seed, message);
    return status;
}

/* ---- life ---- */

static enum status read_hooks(struct subject *subject, struct message *message)
{
    const struct composition *composition = &subject->composition;
    const struct component *decay = composition_owner(composition, HOOK_DECAY);
    subject->hooks = composition_hooks(composition);
    subject->rotation = composition_owner(composition, HOOK_ROTATION);
    subject->planes = hooks_planes(composition);
    subject->moves = subject->hooks & HOOK_PLANES || strcmp(composition->map->name, "identity") != 0;
    if (!decay)
        return STATUS_OK;
    subject->rate = memory_allocate(subject->shape.head_width / 2, sizeof(double), "decay", message);
    if (subject->rate)
        decay->encoder->decay(decay->state, &subject->shape, subject->rate);
    return subject->rate ? STATUS_OK : STATUS_FAILED;
}

enum status subject_create(struct subject *subject, const struct composition *composition,
                           const struct shape *shape, size_t layer, uint64_t seed, struct message *message)
{
    *subject = (struct subject){.shape = *shape, .key = key_named(seed, "positions")};
    subject->site = (struct site){.shape = &subject->shape, .layer = layer};
    enum status status = composition_copy(&subject->composition, composition, message);
    if (!status)
        status = composition_prepare(&subject->composition, &subject->shape, message);
    if (!status)
        status = initialise(subject, seed, message);
    return status ? status : read_hooks(subject, message);
}

static void forget(struct subject *subject)
{
    for (unsigned p = 0; p < PLANES_MAX; p++)
        for (int side = QUERY; side <= KEY; side++) {
            if (subject->plane[p][side] != subject->at)
                memory_release(subject->plane[p][side]);
            subject->plane[p][side] = NULL;
        }
    memory_release(subject->at);
    subject->at = NULL;
}

void subject_release(struct subject *subject)
{
    forget(subject);
    composition_release(&subject->composition);
    memory_release(subject->weights);
    memory_release(subject->rate);
    *subject = (struct subject){.planes = 0};
}

/* ---- positions ---- */

static enum status make_planes(struct subject *subject, struct message *message)
{
    const struct positions positions = {.at = subject->at, .count = subject->site.length};
    for (unsigned p = 0; p < subject->planes; p++)
        for (int side = QUERY; side <= KEY; side++) {
            double *at = subject->at;
            if (subject->planes > 1) {
                at = memory_allocate(positions.count, sizeof *at, "positions", message);
                if (!at)
                    return STATUS_FAILED;
                hooks_plane(at, &subject->composition, &subject->site, p, (enum side)side, &positions);
            }
            subject->plane[p][side] = at;
        }
    return STATUS_OK;
}

enum status subject_place(struct subject *subject, size_t n, struct message *message)
{
    const struct composition *composition = &subject->composition;
    forget(subject);
    subject->site.length = n;
    enum status status = composition_accepts(composition, &subject->site, message);
    if (status)
        return status;
    subject->at = memory_allocate(n, sizeof(double), "positions", message);
    if (!subject->at)
        return STATUS_FAILED;
    /* the first sequence of an evaluation */
    const struct key key = hooks_draw(composition, &subject->site, key_with(subject->key, n), 1);
    composition->map->map(composition->map_state, &subject->site, key, NULL, n, subject->at);
    return make_planes(subject, message);
}

int subject_plane(const struct subject *subject, size_t query, size_t key)
{
    struct segment segment[SPANS_MAX];
    const size_t count =
        composition_segments(&subject->composition, &subject->site, query, subject->site.length, segment);
    for (size_t s = 0; s < count; s++)
        if (key >= segment[s].first && key < segment[s].end)
            return (int)segment[s].plane;
    return -1;
}

/* ---- hooks ---- */

void subject_vectors(const struct subject *subject, real *x, const double *at, size_t count)
{
    const struct positions positions = {.at = at, .count = count};
    struct site site = subject->site;
    site.layer = 0; /* they are added once, before the first layer */
    memset(x, 0, count * subject->shape.width * sizeof *x);
    hooks_add(x, &subject->composition, subject->weights, &site, &positions);
}

void subject_angles(const struct subject *subject, double *angle, const double *at, size_t count)
{
    const struct positions positions = {.at = at, .count = count};
    hooks_angles(angle, subject->rotation, subject->weights, &subject->site, &positions);
}

void subject_bias(const struct subject *subject, double *b, real *part, double query, const double *key,
                  size_t count)
{
    const struct composition *composition = &subject->composition;
    const size_t size = subject->shape.heads * count;
    memset(b, 0, size * sizeof *b);
    for (size_t c = 0; c < composition->count; c++)
        if (hooks_bias(part, &composition->at[c], subject->weights, &subject->site, &query, key, count))
            for (size_t i = 0; i < size; i++)
                b[i] += part[i];
}

void subject_scale(const struct subject *subject, real *s, real *part, size_t head)
{
    const struct positions positions = {.at = subject->at, .count = subject->site.length};
    for (size_t i = 0; i < positions.count; i++)
        s[i] = 1;
    hooks_scale(s, part, &subject->composition, subject->weights, &subject->site, head, &positions, NULL);
}
