/* registry.c -- the encoders, position maps and datasets of this build, by name.
 *
 * The lists come from the folders: the Makefile writes encoders.def and datasets.def, one X(symbol)
 * for each file.  A file that forgets its struct fails at link time with the symbol's name. */
#include <string.h>

#include "objectives/objective.h"
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

/* The name of the k-th of a list; NULL at its end. */
typedef const char *names(size_t k);

static const char *encoder_name(size_t k)
{
    return encoder_list[k] ? encoder_list[k]->name : NULL;
}
static const char *dataset_name(size_t k)
{
    return dataset_list[k] ? dataset_list[k]->name : NULL;
}
static const char *map_name(size_t k)
{
    return position_maps[k] ? position_maps[k]->name : NULL;
}
static const char *mixer_name(size_t k)
{
    return mixer_list[k] ? mixer_list[k]->name : NULL;
}

/* ---- by name ---- */

/* *out: which of the list. */
static enum status find(size_t *out, const char *what, names *list, const char *name, struct message *message)
{
    enum { NAMES_MAX = 512 };
    const char *known[NAMES_MAX];
    char suggestion[640];
    size_t count = 0;
    for (*out = 0; list(*out); ++*out) {
        if (strcmp(list(*out), name) == 0)
            return STATUS_OK;
        if (count < NAMES_MAX)
            known[count++] = list(*out);
    }
    text_suggest(suggestion, sizeof suggestion, name, known, count);
    return message_set(message, STATUS_WRONG, "unknown %s `%.100s`: %s", what, name, suggestion);
}

enum status encoder_find(const struct encoder **out, const char *name, struct message *message)
{
    size_t which;
    enum status status = find(&which, "encoder", encoder_name, name, message);
    if (!status)
        *out = encoder_list[which];
    return status;
}

enum status dataset_find(const struct dataset **out, const char *name, struct message *message)
{
    size_t which;
    enum status status = find(&which, "dataset", dataset_name, name, message);
    if (!status)
        *out = dataset_list[which];
    return status;
}

enum status position_map_find(const struct position_map **out, const char *name, struct message *message)
{
    size_t which;
    enum status status = find(&which, "position map", map_name, name, message);
    if (!status)
        *out = position_maps[which];
    return status;
}

/* ---- is it coherent ---- */

/* No name of `list` stands earlier in it, or in `other`. */
static enum status check_unique(names *list, names *other, struct message *message)
{
    for (size_t i = 0; list(i); i++)
        for (size_t j = 0; other(j) && !(list == other && j == i); j++)
            if (strcmp(list(i), other(j)) == 0)
                return message_set(message, STATUS_FAILED,
                                   "two encoders, position maps, mixers or datasets are called `%s`",
                                   list(i));
    return STATUS_OK;
}

enum status registry_check(struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && encoder_list[i]; i++)
        status = encoder_check(encoder_list[i], message);
    for (size_t i = 0; !status && position_maps[i]; i++)
        status = position_map_check(position_maps[i], message);
    for (size_t i = 0; !status && dataset_list[i]; i++)
        status = dataset_check(dataset_list[i], message);
    for (size_t i = 0; !status && mixer_list[i]; i++)
        status = mixer_check(mixer_list[i], message);
    for (size_t i = 0; !status && objective_list[i]; i++)
        status = objective_check(i, message);
    if (!status)
        status = check_unique(encoder_name, encoder_name, message);
    if (!status) /* evaluate.NAME.OPTION names an encoder or a map */
        status = check_unique(encoder_name, map_name, message);
    if (!status)
        status = check_unique(map_name, map_name, message);
    if (!status)
        status = check_unique(mixer_name, mixer_name, message);
    return status ? status : check_unique(dataset_name, dataset_name, message);
}
