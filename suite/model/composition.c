/* composition.c -- what may stand together in one variant. */
#include "model/composition.h"

#include <string.h>

#include "support/memory.h"

void composition_release(struct composition *composition)
{
    for (size_t i = 0; i < composition->count; i++)
        memory_release(composition->at[i].state);
    memory_release(composition->map_state);
    *composition = (struct composition){0};
}

static void *state_copy(const void *state, size_t size, struct message *message)
{
    void *copy = memory_allocate(size, 1, "the state of a component", message);
    if (copy && size > 0)
        memcpy(copy, state, size);
    return copy;
}

enum status composition_copy(struct composition *out, const struct composition *in, struct message *message)
{
    *out = (struct composition){0};
    for (size_t i = 0; i < in->count; i++) {
        out->at[i] = in->at[i];
        out->at[i].state = state_copy(in->at[i].state, in->at[i].encoder->state_size, message);
        out->count = i + 1;
        if (!out->at[i].state)
            goto failed;
    }
    out->map = in->map;
    if (in->map) {
        out->map_state = state_copy(in->map_state, in->map->state_size, message);
        if (!out->map_state)
            goto failed;
    }
    return STATUS_OK;
failed:
    composition_release(out);
    return STATUS_FAILED;
}

unsigned composition_hooks(const struct composition *composition)
{
    unsigned hooks = 0;
    for (size_t i = 0; i < composition->count; i++)
        hooks |= encoder_hooks(composition->at[i].encoder);
    return hooks;
}

const struct component *composition_owner(const struct composition *composition, unsigned hook)
{
    for (size_t i = 0; i < composition->count; i++)
        if (encoder_hooks(composition->at[i].encoder) & hook)
            return &composition->at[i];
    return NULL;
}

/* ---- segments ---- */

/* out = a cut by b, at most a_count + b_count - 1: each cut begins where one of a or of b does, the first
 * where both do.  The plane is that of the component that owns planes; others say 0. */
static size_t intersect(struct segment out[SPANS_MAX], const struct segment *a, size_t a_count,
                        const struct segment *b, size_t b_count)
{
    size_t count = 0;
    for (size_t i = 0; i < a_count; i++)
        for (size_t j = 0; j < b_count; j++) {
            const struct segment cut = {.first = a[i].first > b[j].first ? a[i].first : b[j].first,
                                        .end = a[i].end < b[j].end ? a[i].end : b[j].end,
                                        .plane = a[i].plane > b[j].plane ? a[i].plane : b[j].plane};
            if (cut.first < cut.end)
                out[count++] = cut;
        }
    return count;
}

static size_t all_keys(struct segment out[SPANS_MAX], size_t query, size_t keys)
{
    out[0] = (struct segment){.first = 0, .end = query + 1 < keys ? query + 1 : keys, .plane = 0};
    return 1;
}

/* Cuts out(count) by the segments of a component that has some; returns how many are left. */
static size_t narrow(struct segment out[SPANS_MAX], size_t count, const struct component *component,
                     const struct site *site, size_t query, size_t keys)
{
    struct segment next[SPANS_MAX], segment[SEGMENTS_MAX];
    const size_t segments = component->encoder->segments(component->state, site, query, keys, segment);
    const size_t left = intersect(next, out, count, segment, segments);
    memcpy(out, next, left * sizeof *out);
    return left;
}

size_t composition_segments(const struct composition *composition, const struct site *site, size_t query,
                            size_t keys, struct segment out[SPANS_MAX])
{
    size_t count = all_keys(out, query, keys);
    for (size_t c = 0; c < composition->count; c++)
        if (composition->at[c].encoder->segments)
            count = narrow(out, count, &composition->at[c], site, query, keys);
    return count;
}

/* ---- what fits together ---- */

/* "causal or bidirectional": a set of enum attention_kind. */
static const char *attention_names(unsigned set)
{
    static const char *const names[] = {
        "no",    "causal",          "bidirectional",          "causal or bidirectional",
        "cross", "causal or cross", "bidirectional or cross", "causal, bidirectional or cross",
    };
    return names[set & (CAUSAL | BIDIRECTIONAL | CROSS)];
}

/* Some attention that all components serve. */
static enum status check_attentions(const struct composition *composition, struct message *message)
{
    for (size_t i = 0; i < composition->count; i++)
        for (size_t j = 0; j < i; j++) {
            const struct encoder *a = composition->at[j].encoder, *b = composition->at[i].encoder;
            if (!(a->attentions & b->attentions))
                return message_set(message, STATUS_WRONG,
                                   "`%s` serves %s attention and `%s` %s attention; nothing serves both",
                                   a->name, attention_names(a->attentions), b->name,
                                   attention_names(b->attentions));
        }
    return STATUS_OK;
}

static enum status check_owners(const struct composition *composition, struct message *message)
{
    static const struct {
        unsigned hook;
        const char *what;
    } owned[] = {{HOOK_ROTATION, "rotation angle"}, {HOOK_PLANES, "planes"}, {HOOK_DECAY, "decay"}};
    for (size_t o = 0; o < sizeof owned / sizeof *owned; o++) {
        const struct component *owner = composition_owner(composition, owned[o].hook);
        for (size_t i = 0; i < composition->count; i++) {
            const struct component *component = &composition->at[i];
            if (component != owner && encoder_hooks(component->encoder) & owned[o].hook)
                return message_set(message, STATUS_WRONG,
                                   "`%s` and `%s` both set the %s; at most one component of a variant may",
                                   owner->encoder->name, component->encoder->name, owned[o].what);
        }
    }
    return STATUS_OK;
}

enum status composition_check(const struct composition *composition, bool trained, struct message *message)
{
    for (size_t i = 0; i < composition->count; i++) {
        const struct encoder *encoder = composition->at[i].encoder;
        for (size_t j = 0; j < i; j++)
            if (composition->at[j].encoder == encoder)
                return message_set(message, STATUS_WRONG, "`%s` stands twice in one variant; name it once",
                                   encoder->name);
        if (trained && (encoder->flags & ENCODER_EVALUATION_ONLY))
            return message_set(message, STATUS_WRONG,
                               "`%s` acts at evaluation only; name it under evaluate.encoder, not encoder",
                               encoder->name);
    }
    if (trained && composition->map && composition->map->seen)
        return message_set(message, STATUS_WRONG,
                           "`%s` acts at evaluation only; name it under evaluate.positions, not positions",
                           composition->map->name);
    enum status status = check_attentions(composition, message);
    return status ? status : check_owners(composition, message);
}

/* Components may each show a query some keys and together none: its output would be nothing at all. */
static enum status check_query(const struct composition *composition, const struct site *site, size_t query,
                               struct message *message)
{
    const struct component *before = NULL;
    struct segment seen[SPANS_MAX];
    size_t count = all_keys(seen, query, site->length);
    for (size_t c = 0; count > 0 && c < composition->count; c++) {
        const struct component *component = &composition->at[c];
        if (!component->encoder->segments)
            continue;
        count = narrow(seen, count, component, site, query, site->length);
        if (count == 0 && before)
            return message_set(
                message, STATUS_WRONG,
                "`%s` and `%s` have no key in common for query %zu of %zu tokens, in layer %zu",
                before->encoder->name, component->encoder->name, query, site->length, site->layer + 1);
        before = component;
    }
    return STATUS_OK;
}

static enum status check_keys(const struct composition *composition, const struct site *site,
                              struct message *message)
{
    enum status status = STATUS_OK;
    size_t cutting = 0;
    for (size_t c = 0; c < composition->count; c++)
        cutting += composition->at[c].encoder->segments != NULL;
    for (size_t query = 0; cutting > 1 && !status && query < site->length; query++)
        status = check_query(composition, site, query, message);
    return status;
}

static enum status check_axes(const char *what, const char *name, unsigned axes, const struct shape *shape,
                              struct message *message)
{
    const size_t found = axes > 0 ? axes : 1;
    if (axes == AXES_ANY || found == shape->axes)
        return STATUS_OK;
    return message_set(message, STATUS_WRONG, "%s `%s` is for positions of %zu %s, and the model's have %zu",
                       what, name, found, found == 1 ? "axis" : "axes", shape->axes);
}

static enum status check_shape(const struct composition *composition, const struct shape *shape,
                               struct message *message)
{
    for (size_t i = 0; i < composition->count; i++) {
        const struct encoder *encoder = composition->at[i].encoder;
        if (shape->attention & ~encoder->attentions)
            return message_set(message, STATUS_WRONG,
                               "encoder `%s` serves %s attention, and the model's is %s", encoder->name,
                               attention_names(encoder->attentions), attention_names(shape->attention));
        enum status status = check_axes("encoder", encoder->name, encoder->axes, shape, message);
        if (status)
            return status;
    }
    if (!composition->map)
        return STATUS_OK;
    return check_axes("position map", composition->map->name, composition->map->axes, shape, message);
}

enum status composition_prepare(struct composition *composition, const struct shape *shape,
                                struct message *message)
{
    enum status status = check_shape(composition, shape, message);
    for (size_t i = 0; !status && i < composition->count; i++) {
        const struct component *component = &composition->at[i];
        if (!component->encoder->prepare)
            continue;
        status = component->encoder->prepare(component->state, shape, message);
        if (status)
            message_prefix(message, "encoder `%s`", component->encoder->name);
    }
    for (size_t layer = 0; !status && layer < shape->layers; layer++)
        status = check_keys(composition,
                            &(struct site){.shape = shape, .layer = layer, .length = shape->trained_length},
                            message);
    return status;
}

/* whole: with every option. */
static void print_component(struct text *out, const char *name, const struct option *options,
                            const void *state, bool whole)
{
    struct text inside = {0};
    (whole ? option_print_all : option_print_stored)(&inside, options, state);
    text_append(out, "%s", name);
    if (inside.length > 0)
        text_append(out, "(%s)", text_string(&inside));
    text_carry(out, &inside);
    text_release(&inside);
}

static void print_encoders(struct text *out, const struct composition *composition, bool whole)
{
    for (size_t i = 0; i < composition->count; i++) {
        const struct component *component = &composition->at[i];
        text_append(out, "%s", i ? " + " : "");
        print_component(out, component->encoder->name, component->encoder->options, component->state, whole);
    }
}

static void print_positions(struct text *out, const struct composition *composition, bool whole)
{
    if (composition->map)
        print_component(out, composition->map->name, composition->map->options, composition->map_state,
                        whole);
}

void composition_print_encoders(struct text *out, const struct composition *composition)
{
    print_encoders(out, composition, false);
}

void composition_print_positions(struct text *out, const struct composition *composition)
{
    print_positions(out, composition, false);
}

void composition_print_all_encoders(struct text *out, const struct composition *composition)
{
    print_encoders(out, composition, true);
}

void composition_print_all_positions(struct text *out, const struct composition *composition)
{
    print_positions(out, composition, true);
}

static enum status encoders_accept(const struct composition *composition, const struct site *site,
                                   const struct positions *positions, struct message *message)
{
    for (size_t i = 0; i < composition->count; i++) {
        const struct component *component = &composition->at[i];
        const char *clause = component->encoder->refuses
                                 ? component->encoder->refuses(component->state, site, positions)
                                 : NULL;
        if (clause)
            return message_set(message, STATUS_WRONG, "%s: %s", component->encoder->name, clause);
    }
    return STATUS_OK;
}

enum status composition_accepts(const struct composition *composition, const struct site *site,
                                struct message *message)
{
    const struct position_map *map = composition->map;
    struct positions positions = {.count = site->length};
    const char *clause = NULL;
    double *at, ends[2];
    if (map->refuses && (clause = map->refuses(composition->map_state, site)) != NULL)
        return message_set(message, STATUS_WRONG, "%s: %s", map->name, clause);
    enum status status = check_keys(composition, site, message);
    if (status)
        return status;
    at = memory_allocate(site->length * site->shape->axes, sizeof *at, "positions", message);
    if (!at)
        return STATUS_FAILED;
    map->map(composition->map_state, site, (struct key){0}, NULL, site->length, at);
    positions.at = at;
    status = encoders_accept(composition, site, &positions, message);
    if (!status && map->range) {
        map->range(composition->map_state, site, ends);
        positions = (struct positions){.at = ends, .count = 2};
        status = encoders_accept(composition, site, &positions, message);
    }
    memory_release(at);
    return status;
}

unsigned composition_needs(const struct composition *composition, const struct site *site)
{
    const struct position_map *map = composition->map;
    return map->needs ? map->needs(composition->map_state, site) : 0;
}

bool composition_reads_marks(const struct composition *composition, const struct site *site)
{
    return composition_needs(composition, site) & MAP_MARKS;
}

size_t composition_seen(const struct composition *composition, const struct site *site)
{
    const struct position_map *map = composition->map;
    return map->seen ? map->seen(composition->map_state, site) : site->length;
}
