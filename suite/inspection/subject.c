/* subject.c -- the hooks of a composition, asked at single positions. */
#include "inspection/subject.h"

#include <stdio.h>
#include <string.h>

#include "support/memory.h"

enum { NAME_MAX_BYTES = 112 };

/* --- initial weights -------------------------------------------------------------------------------- */

static size_t size_of(const struct parameter *parameter)
{
    size_t size = 1;
    for (size_t i = 0; i < parameter->rank; i++)
        size *= parameter->extent[i];
    return size;
}

static enum status describe(struct parameter **out, size_t *count, const struct component *component,
                            const struct shape *shape, struct message *message)
{
    const struct encoder *encoder = component->encoder;
    *count = encoder->parameters ? encoder->parameters(component->state, shape, NULL) : 0;
    *out = memory_allocate(*count, sizeof **out, "encoder parameters", message);
    if (*out && *count > 0)
        encoder->parameters(component->state, shape, *out);
    return *out ? STATUS_OK : STATUS_FAILED;
}

/* Names give the streams, as in model_initialise(): the weights are those of a model of the same seed. */
static void start(const struct component *component, const struct parameter *parameter, size_t count,
                  const struct shape *shape, uint64_t seed, real *w)
{
    char name[NAME_MAX_BYTES];
    for (size_t p = 0; p < count; p++) {
        snprintf(name, sizeof name, "%s.%s", component->encoder->name, parameter[p].name);
        component->encoder->initialise(component->state, shape, p, key_named(seed, name), w);
        w += size_of(&parameter[p]);
    }
}

static enum status initialise(struct subject *subject, uint64_t seed, struct message *message)
{
    struct composition *composition = &subject->composition;
    struct parameter *parameter[COMPONENTS_MAX] = {NULL};
    size_t count[COMPONENTS_MAX], weights = 0;
    enum status status = STATUS_OK;
    for (size_t c = 0; !status && c < composition->count; c++) {
        composition->at[c].first_parameter = weights;
        status = describe(&parameter[c], &count[c], &composition->at[c], &subject->shape, message);
        for (size_t p = 0; !status && p < count[c]; p++)
            weights += size_of(&parameter[c][p]);
    }
    if (!status)
        subject->weights = memory_allocate(weights, sizeof(real), "the weights of the encoders", message);
    if (!subject->weights)
        status = STATUS_FAILED;
    for (size_t c = 0; c < composition->count; c++) {
        if (!status)
            start(&composition->at[c], parameter[c], count[c], &subject->shape, seed,
                  subject->weights + composition->at[c].first_parameter);
        memory_release(parameter[c]);
    }
    return status;
}

/* --- life ------------------------------------------------------------------------------------------- */

static enum status read_hooks(struct subject *subject, struct message *message)
{
    const struct composition *composition = &subject->composition;
    subject->planes = 1;
    subject->moves = strcmp(composition->map->name, "identity") != 0;
    for (size_t c = 0; c < composition->count; c++) {
        const struct component *component = &composition->at[c];
        const struct encoder *encoder = component->encoder;
        if (encoder->angle)
            subject->rotation = component;
        if (encoder->plane)
            subject->planes = encoder->planes;
        subject->adds = subject->adds || encoder->add;
        subject->biases = subject->biases || encoder->bias;
        subject->scales = subject->scales || encoder->scale;
        subject->cuts = subject->cuts || encoder->segments;
        subject->moves = subject->moves || encoder->plane;
        if (!encoder->decay)
            continue;
        subject->rate = memory_allocate(subject->shape.head_width / 2, sizeof(double), "decay", message);
        if (!subject->rate)
            return STATUS_FAILED;
        encoder->decay(component->state, &subject->shape, subject->rate);
    }
    return STATUS_OK;
}

enum status subject_create(struct subject *subject, const struct composition *composition,
                           const struct shape *shape, size_t layer, uint64_t seed, struct message *message)
{
    enum status status;
    *subject = (struct subject){.shape = *shape, .key = key_named(seed, "positions")};
    subject->site = (struct site){.shape = &subject->shape, .layer = layer};
    status = composition_copy(&subject->composition, composition, message);
    if (!status)
        status = composition_prepare(&subject->composition, &subject->shape, message);
    if (!status)
        status = initialise(subject, seed, message);
    return !status ? read_hooks(subject, message) : status;
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

/* --- positions -------------------------------------------------------------------------------------- */

static enum status make_planes(struct subject *subject, struct message *message)
{
    const struct composition *composition = &subject->composition;
    const size_t n = subject->site.length;
    const struct positions positions = {.at = subject->at, .count = n};
    for (unsigned p = 0; p < subject->planes; p++)
        for (int side = QUERY; side <= KEY; side++) {
            if (subject->planes == 1) {
                subject->plane[p][side] = subject->at;
                continue;
            }
            subject->plane[p][side] = memory_allocate(n, sizeof(double), "positions", message);
            if (!subject->plane[p][side])
                return STATUS_FAILED;
            for (size_t c = 0; c < composition->count; c++)
                if (composition->at[c].encoder->plane)
                    composition->at[c].encoder->plane(composition->at[c].state, &subject->site, p,
                                                      (enum side)side, &positions, subject->plane[p][side]);
        }
    return STATUS_OK;
}

enum status subject_place(struct subject *subject, size_t n, struct message *message)
{
    const struct composition *composition = &subject->composition;
    const struct position_map *map = composition->map;
    const unsigned needs = map->needs ? map->needs(composition->map_state, &subject->site) : 0;
    struct key key = {0};
    enum status status;
    forget(subject);
    subject->site.length = n;
    status = composition_accepts(composition, &subject->site, message);
    if (status)
        return status;
    subject->at = memory_allocate(n, sizeof(double), "positions", message);
    if (!subject->at)
        return STATUS_FAILED;
    if (needs & (MAP_DRAWS | MAP_DRAWS_SEQUENCES)) /* the first sequence of an evaluation */
        key = key_with(key_with(subject->key, n), needs & MAP_DRAWS_SEQUENCES ? 1 : 0);
    if (needs & MAP_DRAWS_LAYERS)
        key = key_with(key, subject->site.layer);
    map->map(composition->map_state, &subject->site, key, NULL, n, subject->at);
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

/* --- hooks ------------------------------------------------------------------------------------------ */

void subject_vectors(const struct subject *subject, real *x, const double *at, size_t count)
{
    const struct composition *composition = &subject->composition;
    const struct positions positions = {.at = at, .count = count};
    struct site site = subject->site;
    site.layer = 0; /* they are added once, before the first layer */
    memset(x, 0, count * subject->shape.width * sizeof *x);
    for (size_t c = 0; c < composition->count; c++)
        if (composition->at[c].encoder->add)
            composition->at[c].encoder->add(composition->at[c].state,
                                            subject->weights + composition->at[c].first_parameter, &site,
                                            &positions, x);
}

void subject_angles(const struct subject *subject, double *angle, const double *at, size_t count)
{
    const struct component *owner = subject->rotation;
    const struct positions positions = {.at = at, .count = count};
    owner->encoder->angle(owner->state, subject->weights + owner->first_parameter, &subject->site, &positions,
                          angle);
}

void subject_bias(const struct subject *subject, double *b, real *part, double query, const double *key,
                  size_t count)
{
    const struct composition *composition = &subject->composition;
    const size_t size = subject->shape.heads * count;
    for (size_t i = 0; i < size; i++)
        b[i] = 0;
    for (size_t c = 0; c < composition->count; c++) {
        const struct component *component = &composition->at[c];
        if (!component->encoder->bias)
            continue;
        component->encoder->bias(component->state, subject->weights + component->first_parameter,
                                 &subject->site, &query, key, count, part);
        for (size_t i = 0; i < size; i++)
            b[i] += part[i];
    }
}

void subject_scale(const struct subject *subject, real *s, real *part, size_t head)
{
    const struct composition *composition = &subject->composition;
    const size_t n = subject->site.length;
    const struct positions positions = {.at = subject->at, .count = n};
    for (size_t i = 0; i < n; i++)
        s[i] = 1;
    for (size_t c = 0; c < composition->count; c++) {
        const struct component *component = &composition->at[c];
        if (!component->encoder->scale)
            continue;
        component->encoder->scale(component->state, subject->weights + component->first_parameter,
                                  &subject->site, head, &positions, part);
        for (size_t i = 0; i < n; i++)
            s[i] *= part[i];
    }
}
