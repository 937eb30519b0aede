/* spec.c -- reads the components of a variant.
 *
 *     SPEC      = component { "+" component }
 *     component = name [ "(" [ option "=" value { "," option "=" value } ] ")" ]
 *
 * Blanks may stand between any two parts.  An option that is not named has its default. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "registry/registry.h"
#include "registry/spec.h"
#include "support/list.h"
#include "support/memory.h"
#include "support/text.h"

struct reader {
    const char *spec, *at;
    struct message *message;
};

static enum status wrong(const struct reader *reader, const char *sentence)
{
    return message_set(reader->message, STATUS_WRONG,
                       "`%.200s`: %s; write it as name(option=value, ...) + name", reader->spec, sentence);
}

static void skip_blanks(struct reader *reader)
{
    reader->at += strspn(reader->at, " \t");
}

/* The characters before one of `ends`, stripped, in out; false when there are none or too many. */
static bool read_word(char *out, size_t size, struct reader *reader, const char *ends)
{
    skip_blanks(reader);
    size_t length = strcspn(reader->at, ends);
    if (length >= size)
        return false;
    memcpy(out, reader->at, length);
    out[length] = '\0';
    reader->at += length;
    text_strip(out); /* no blanks lead, so this only cuts the end */
    return *out != '\0';
}

/* After the name: "(option = value, ...)" or nothing. */
static enum status read_options(struct reader *reader, const char *owner, const struct option *options,
                                void *state)
{
    char name[64], value[OPTION_TEXT_SIZE], seen[512] = ",";
    skip_blanks(reader);
    if (*reader->at != '(')
        return STATUS_OK;
    reader->at++;
    skip_blanks(reader);
    while (*reader->at != ')') {
        char marked[72];
        if (!read_word(name, sizeof name, reader, "=,()+") || *reader->at != '=')
            return wrong(reader, "an option is written name=value, and the parenthesis closes");
        reader->at++;
        if (!read_word(value, sizeof value, reader, "=,()") || (*reader->at != ',' && *reader->at != ')'))
            return wrong(reader, "an option's value is missing, or the parenthesis does not close");
        snprintf(marked, sizeof marked, ",%s,", name);
        if (strstr(seen, marked))
            return wrong(reader, "an option stands twice in one component");
        if (strlen(seen) + strlen(name) + 2 < sizeof seen)
            strcat(strcat(seen, name), ",");
        enum status status = option_set(options, state, owner, name, value, reader->message);
        if (status)
            return status;
        if (*reader->at == ',' && reader->at[1 + strspn(reader->at + 1, " \t")] == ')')
            return wrong(reader, "nothing follows a comma");
        reader->at += *reader->at == ',';
    }
    reader->at++;
    return STATUS_OK;
}

static void *new_state(size_t size, const struct option *options, struct message *message)
{
    void *state = memory_allocate(1, size > 0 ? size : 1, "the options of a component", message);
    if (state && option_defaults(options, state, message)) {
        memory_release(state);
        return NULL;
    }
    return state;
}

static enum status read_component(struct composition *out, struct reader *reader)
{
    char name[64];
    const struct encoder *encoder;
    if (!read_word(name, sizeof name, reader, "+=,() \t"))
        return wrong(reader, "the name of an encoder is missing");
    enum status status = encoder_find(&encoder, name, reader->message);
    if (status)
        return status;
    if (out->count == COMPONENTS_MAX)
        return wrong(reader, "these are more than 8 components");
    void *state = new_state(encoder->state_size, encoder->options, reader->message);
    if (!state)
        return STATUS_FAILED;
    out->at[out->count++] = (struct component){.encoder = encoder, .state = state};
    return read_options(reader, encoder->name, encoder->options, state);
}

static void release_encoders(struct composition *composition)
{
    for (size_t i = 0; i < composition->count; i++)
        memory_release(composition->at[i].state);
    composition->count = 0;
}

enum status spec_encoders(struct composition *out, const char *spec, struct message *message)
{
    struct reader reader = {.spec = spec, .at = spec, .message = message};
    release_encoders(out);
    enum status status = read_component(out, &reader);
    for (skip_blanks(&reader); !status && *reader.at == '+'; skip_blanks(&reader)) {
        reader.at++;
        status = read_component(out, &reader);
    }
    if (!status && *reader.at)
        status = wrong(&reader, "something stands behind a component that is no `+`");
    if (status)
        release_encoders(out);
    return status;
}

enum status spec_positions(struct composition *out, const char *spec, struct message *message)
{
    struct reader reader = {.spec = spec, .at = spec, .message = message};
    const struct position_map *map;
    char name[64];
    if (!read_word(name, sizeof name, &reader, "+=,() \t"))
        return wrong(&reader, "the name of a position map is missing");
    enum status status = position_map_find(&map, name, message);
    if (status)
        return status;
    void *state = new_state(map->state_size, map->options, message);
    if (!state)
        return STATUS_FAILED;
    status = read_options(&reader, map->name, map->options, state);
    skip_blanks(&reader);
    if (!status && *reader.at)
        status = wrong(&reader, "something stands behind the position map; there is one per variant");
    if (status) {
        memory_release(state);
        return status;
    }
    memory_release(out->map_state);
    out->map = map;
    out->map_state = state;
    return STATUS_OK;
}
