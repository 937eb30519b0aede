/* mixer.c -- the mixers of this build, and what one has to do with encoders.
 *
 * The list comes from the folder: the Makefile writes mixers.def, one X(symbol) for each file. */
#include "model/mixer.h"

#include <string.h>

#include "support/spec_reader.h"

#define X(symbol) extern const struct mixer mixer_##symbol;
#include "mixers.def"
#undef X
const struct mixer *const mixer_list[] = {
#define X(symbol) &mixer_##symbol,
#include "mixers.def"
#undef X
    NULL};

enum { MIXERS = sizeof mixer_list / sizeof *mixer_list };

static enum status find(const struct mixer **out, const char *name, struct message *message)
{
    const char *names[MIXERS];
    char suggestion[640];
    size_t count = 0;
    for (; mixer_list[count]; count++) {
        names[count] = mixer_list[count]->name;
        if (strcmp(names[count], name) == 0) {
            *out = mixer_list[count];
            return STATUS_OK;
        }
    }
    text_suggest(suggestion, sizeof suggestion, name, names, count);
    return message_set(message, STATUS_WRONG, "unknown mixer `%.100s`: %s", name, suggestion);
}

enum status mixer_read(struct chosen_mixer *out, const char *spec, struct message *message)
{
    struct spec_reader reader = {.spec = spec, .at = spec, .message = message};
    char name[64];
    *out = (struct chosen_mixer){.kind = NULL};
    if (!spec_word(name, sizeof name, &reader, "=,() \t"))
        return spec_wrong(&reader, "the name of a mixer is missing");
    enum status status = find(&out->kind, name, message);
    if (!status)
        status = option_defaults(out->kind->options, out->state, message);
    if (!status)
        status = spec_options(&reader, name, out->kind->options, out->state);
    spec_blanks(&reader);
    if (!status && *reader.at)
        status = spec_wrong(&reader, "something stands behind the mixer; there is one per model");
    return status;
}

void mixer_print(struct text *out, const struct chosen_mixer *mixer)
{
    struct text options = {0};
    option_print_stored(&options, mixer->kind->options, mixer->state);
    text_append(out, options.length > 0 ? "%s(%s)" : "%s%s", mixer->kind->name, text_string(&options));
    text_carry(out, &options);
    text_release(&options);
}

static void append_hooks(struct text *out, unsigned hooks)
{
    const char *separator = "";
    for (const struct place *place = places; place->name; place++)
        if (hooks & place->hook) {
            text_append(out, "%s%s", separator, place->what);
            separator = ", ";
        }
    text_append(out, "%s", *separator ? "" : "nothing");
}

static enum status refuse(const struct mixer *mixer, const struct encoder *encoder, struct message *message)
{
    struct text refused = {0}, honoured = {0};
    append_hooks(&refused, encoder_hooks(encoder) & ~mixer->hooks);
    append_hooks(&honoured, mixer->hooks);
    message_set(message, STATUS_WRONG,
                "encoder `%s` acts on %s, which the mixer `%s` does not have; with it encoders act on %s",
                encoder->name, text_string(&refused), mixer->name, text_string(&honoured));
    text_release(&refused);
    text_release(&honoured);
    return STATUS_WRONG;
}

enum status mixer_honours(const struct mixer *mixer, const struct composition *composition,
                          const struct shape *shape, struct message *message)
{
    if (shape->attention & ~mixer->attentions)
        return message_set(message, STATUS_WRONG,
                           "the mixer `%s` cannot mix tokens in the order that the model asks for: it serves "
                           "other kinds of attention",
                           mixer->name);
    for (size_t i = 0; i < composition->count; i++)
        if (encoder_hooks(composition->at[i].encoder) & ~mixer->hooks)
            return refuse(mixer, composition->at[i].encoder, message);
    return STATUS_OK;
}
