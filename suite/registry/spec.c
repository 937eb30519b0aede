/* spec.c -- reads the components of a variant.
 *
 *     SPEC      = component { "+" component }
 *     component = name [ "(" [ option "=" value { "," option "=" value } ] ")" ]
 *
 * Blanks may stand between any two parts.  An option that is not named has its default. */
#include "registry/spec.h"
#include "registry/registry.h"
#include "support/memory.h"
#include "support/spec_reader.h"

static void *new_state(size_t size, const struct option *options, struct message *message)
{
    void *state = memory_allocate(1, size > 0 ? size : 1, "the options of a component", message);
    if (state && option_defaults(options, state, message)) {
        memory_release(state);
        return NULL;
    }
    return state;
}

static enum status read_component(struct composition *out, struct spec_reader *reader)
{
    char name[64];
    const struct encoder *encoder;
    if (!spec_word(name, sizeof name, reader, "+=,() \t"))
        return spec_wrong(reader, "the name of an encoder is missing");
    enum status status = encoder_find(&encoder, name, reader->message);
    if (status)
        return status;
    if (out->count == COMPONENTS_MAX)
        return spec_wrong(reader, "these are more than 8 components");
    void *state = new_state(encoder->state_size, encoder->options, reader->message);
    if (!state)
        return STATUS_FAILED;
    out->at[out->count++] = (struct component){.encoder = encoder, .state = state};
    return spec_options(reader, encoder->name, encoder->options, state);
}

static void release_encoders(struct composition *composition)
{
    for (size_t i = 0; i < composition->count; i++)
        memory_release(composition->at[i].state);
    composition->count = 0;
}

enum status spec_encoders(struct composition *out, const char *spec, struct message *message)
{
    struct spec_reader reader = {.spec = spec, .at = spec, .adds = true, .message = message};
    release_encoders(out);
    enum status status = read_component(out, &reader);
    for (spec_blanks(&reader); !status && *reader.at == '+'; spec_blanks(&reader)) {
        reader.at++;
        status = read_component(out, &reader);
    }
    if (!status && *reader.at)
        status = spec_wrong(&reader, "something stands behind a component that is no `+`");
    if (status)
        release_encoders(out);
    return status;
}

enum status spec_positions(struct composition *out, const char *spec, struct message *message)
{
    struct spec_reader reader = {.spec = spec, .at = spec, .adds = true, .message = message};
    const struct position_map *map;
    char name[64];
    if (!spec_word(name, sizeof name, &reader, "+=,() \t"))
        return spec_wrong(&reader, "the name of a position map is missing");
    enum status status = position_map_find(&map, name, message);
    if (status)
        return status;
    void *state = new_state(map->state_size, map->options, message);
    if (!state)
        return STATUS_FAILED;
    status = spec_options(&reader, map->name, map->options, state);
    spec_blanks(&reader);
    if (!status && *reader.at)
        status = spec_wrong(&reader, "something stands behind the position map; there is one per variant");
    if (status) {
        memory_release(state);
        return status;
    }
    memory_release(out->map_state);
    out->map = map;
    out->map_state = state;
    return STATUS_OK;
}
