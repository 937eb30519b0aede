/* registry.c -- the encoders, position maps and datasets of this build, by name.
 *
 * The lists come from the folders: the Makefile writes encoders.def and datasets.def, one X(symbol)
 * for each file.  A file that forgets its struct fails at link time with the symbol's name. */
#include <string.h>

#include "registry/registry.h"
#include "support/text.h"

#define X(symbol) extern const struct encoder encoder_##symbol;
#include "encoders.def"
#undef X
const struct encoder *const encoder_list[] = {
#define X(symbol) &encoder_##symbol,
#include "encoders.def"
#undef X
    NULL};

#define X(symbol) extern const struct dataset dataset_##symbol;
#include "datasets.def"
#undef X
const struct dataset *const dataset_list[] = {
#define X(symbol) &dataset_##symbol,
#include "datasets.def"
#undef X
    NULL};

enum { NAMES_MAX = 512 };

static enum status unknown(const char *what, const char *name, const char *const *names, size_t count,
                           struct message *message)
{
    char suggestion[640];
    text_suggest(suggestion, sizeof suggestion, name, names, count);
    return message_set(message, STATUS_WRONG, "unknown %s `%.100s`: %s", what, name, suggestion);
}

enum status encoder_find(const struct encoder **out, const char *name, struct message *message)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; encoder_list[i]; i++) {
        if (strcmp(encoder_list[i]->name, name) == 0) {
            *out = encoder_list[i];
            return STATUS_OK;
        }
        if (count < NAMES_MAX)
            names[count++] = encoder_list[i]->name;
    }
    return unknown("encoder", name, names, count, message);
}

enum status dataset_find(const struct dataset **out, const char *name, struct message *message)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; dataset_list[i]; i++) {
        if (strcmp(dataset_list[i]->name, name) == 0) {
            *out = dataset_list[i];
            return STATUS_OK;
        }
        if (count < NAMES_MAX)
            names[count++] = dataset_list[i]->name;
    }
    return unknown("dataset", name, names, count, message);
}

enum status position_map_find(const struct position_map **out, const char *name, struct message *message)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; position_maps[i]; i++) {
        if (strcmp(position_maps[i]->name, name) == 0) {
            *out = position_maps[i];
            return STATUS_OK;
        }
        if (count < NAMES_MAX)
            names[count++] = position_maps[i]->name;
    }
    return unknown("position map", name, names, count, message);
}
