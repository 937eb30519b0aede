/* sections.c -- which sections there are, and what [experiment] says. */
#include <stdio.h>
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "registry/registry.h"
#include "support/memory.h"
#include "support/text.h"

enum { NAMES_MAX = 256 };

/* ---- section names ---- */

struct section_kind {
    const char *name;
    bool plain, named; /* [kind] is one, [kind NAME] is one */
};
static const struct section_kind section_kinds[] = {
    {"experiment", true, false}, {"model", true, false},   {"training", true, true},
    {"evaluation", true, true},  {"dataset", false, true}, {"variant", false, true},
    {"tuning", true, false},     {"preset", false, true},  {"protocol", false, true},
    {"claim", false, true},
};
enum { SECTION_KINDS = sizeof section_kinds / sizeof *section_kinds };

static enum status unknown_section(const struct ini_section *section, const char *kind,
                                   struct message *message)
{
    const char *names[SECTION_KINDS];
    char suggestion[256];
    for (size_t i = 0; i < SECTION_KINDS; i++)
        names[i] = section_kinds[i].name;
    text_suggest(suggestion, sizeof suggestion, kind, names, SECTION_KINDS);
    return message_set(message, STATUS_WRONG, "unknown section [%s]: %s", section->name, suggestion);
}

static bool is_plain_name(const char *name)
{
    return *name &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == strlen(name);
}

static enum status check_section(const struct ini *ini, const struct ini_section *section,
                                 struct message *message)
{
    char kind[INI_SECTION_MAX + 1];
    snprintf(kind, sizeof kind, "%.*s", (int)strcspn(section->name, " "), section->name);
    const char *name = ini_argument(section, kind);
    const struct section_kind *found = NULL;
    for (size_t i = 0; i < SECTION_KINDS; i++)
        if (strcmp(section_kinds[i].name, kind) == 0)
            found = &section_kinds[i];
    if (!found)
        return unknown_section(section, kind, message);
    if (!name && !found->plain)
        return message_set(message, STATUS_WRONG, "[%s] needs a name: [%s NAME]", kind, kind);
    if (name && !found->named)
        return message_set(message, STATUS_WRONG, "[%s]: there is one [%s] for all datasets and variants",
                           section->name, kind);
    if (name && !is_plain_name(name))
        return message_set(message, STATUS_WRONG, "[%s]: a name has letters, digits, hyphens and underscores",
                           section->name);
    bool settings = strcmp(kind, "training") == 0 || strcmp(kind, "evaluation") == 0;
    enum status status =
        name && settings ? dataset_known(ini, name, "there is no dataset", message) : STATUS_OK;
    if (status)
        message_prefix(message, "[%s]", section->name);
    return status;
}

/* The sections of the lines of a preset that may never be applied. */
static enum status check_preset(const struct ini *ini, const struct ini_section *preset,
                                struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < preset->count; i++) {
        struct ini_section section = {.place = preset->entry[i].place};
        snprintf(section.name, sizeof section.name, "%.*s", (int)strcspn(preset->entry[i].key, "."),
                 preset->entry[i].key);
        status = check_section(ini, &section, message);
        if (status)
            ini_locate(message, section.place);
    }
    return status;
}

/* Overrides for a dataset that is not asked for are checked all the same. */
static enum status check_settings(const struct ini *ini, const struct ini_section *section,
                                  struct message *message)
{
    struct training_options training;
    struct evaluation_options evaluation;
    const char *dataset = ini_argument(section, "training");
    if (dataset) {
        struct grid grid;
        enum status status = configurations_grid(&grid, ini, dataset, message);
        if (!status)
            status = layers_read(&training, training_option_table, &(struct view){ini, &grid, 0}, "training",
                                 dataset, message);
        grid_release(&grid);
        return status;
    }
    if (ini_argument(section, "preset"))
        return check_preset(ini, section, message);
    if (ini_argument(section, "protocol"))
        return protocol_check(ini, section, message);
    dataset = ini_argument(section, "evaluation");
    if (dataset)
        return layers_read(&evaluation, evaluation_option_table, &(struct view){.ini = ini}, "evaluation",
                           dataset, message);
    return STATUS_OK;
}

enum status sections_check(const struct ini *ini, struct message *message)
{
    enum status status = ini_check_presets(ini, message);
    for (size_t i = 0; !status && i < ini->count; i++) {
        status = check_section(ini, &ini->section[i], message);
        if (status)
            ini_locate(message, ini->section[i].place);
        else
            status = check_settings(ini, &ini->section[i], message);
    }
    return status;
}

/* ---- [experiment] ---- */

static const char *const experiment_keys[] = {"name",       "title", "datasets", "seeds",
                                              "first_seed", "folds", "variants"};
enum { EXPERIMENT_KEYS = sizeof experiment_keys / sizeof *experiment_keys };

/* The numbers; seeds: how many, the first, and then one after the other. */
static const struct option seed_table[] = {
    {"seeds", OPTION_SIZE, offsetof(struct experiment, seeds), "1", 1, 10000, NULL, "how many seeds"},
    {"first_seed", OPTION_SIZE, offsetof(struct experiment, first_seed), "1", 0, 1e15, NULL,
     "the first of them"},
    {"folds", OPTION_SIZE, offsetof(struct experiment, folds), "1", 1, 1000, NULL,
     "running text is split into so many blocks, each the test block of one training; 1: one split"},
    {.name = NULL},
};

/* A name becomes a folder. */
static enum status read_name(char out[NAME_SIZE], const char *name, struct message *message)
{
    if (strlen(name) >= NAME_SIZE || !is_plain_name(name))
        return message_set(message, STATUS_WRONG,
                           "[experiment]: name = `%.80s`: it becomes a folder, so it has letters, digits, "
                           "hyphens and underscores, at most %d",
                           name, NAME_SIZE - 1);
    snprintf(out, NAME_SIZE, "%s", name);
    return STATUS_OK;
}

/* The stem of the file; what a folder's name can't have becomes a hyphen. */
static void stem_name(char out[NAME_SIZE], const char *file)
{
    const char *slash = strrchr(file, '/');
    const char *stem = slash ? slash + 1 : file;
    size_t length = strcspn(stem, ".");
    snprintf(out, NAME_SIZE, "%.*s", (int)(length < NAME_SIZE ? length : NAME_SIZE - 1), stem);
    for (char *at = out; *at; at++)
        if (!is_plain_name((char[]){*at, '\0'}))
            *at = '-';
    if (!*out)
        snprintf(out, NAME_SIZE, "experiment");
}

static enum status read_key(struct experiment *out, const struct ini_entry *entry, struct message *message)
{
    char suggestion[256];
    const char *key = entry->key, *value = entry->value;
    if (strcmp(key, "name") == 0)
        return read_name(out->name, value, message);
    if (strcmp(key, "datasets") == 0 || strcmp(key, "variants") == 0) {
        bool datasets = *key == 'd';
        *(datasets ? &out->datasets_place : &out->variants_place) = entry->place;
        return list_split(datasets ? &out->datasets : &out->variants, value, key, message);
    }
    if (strcmp(key, "title") == 0) {
        int length = snprintf(out->title, sizeof out->title, "%s", value);
        return length < OPTION_TEXT_SIZE
                   ? STATUS_OK
                   : message_set(message, STATUS_WRONG, "[experiment]: the title has more than %d bytes",
                                 OPTION_TEXT_SIZE - 1);
    }
    if (option_find(seed_table, key))
        return option_set(seed_table, out, "[experiment]", key, value, message);
    text_suggest(suggestion, sizeof suggestion, key, experiment_keys, EXPERIMENT_KEYS);
    return message_set(message, STATUS_WRONG, "[experiment] has no key `%s`: %s", key, suggestion);
}

enum status experiment_read(struct experiment *out, const struct ini *ini, const char *file,
                            struct message *message)
{
    const struct ini_section *section = ini_find(ini, "experiment");
    *out = (struct experiment){0};
    if (!section)
        return message_set(message, STATUS_WRONG,
                           "%s has no section [experiment]: it names the datasets and the variants", file);
    enum status status = option_defaults(seed_table, out, message);
    for (size_t i = 0; !status && i < section->count; i++) {
        const struct ini_entry *entry = &section->entry[i];
        if (strcmp(entry->key, "title") != 0)
            status = grid_refuse(section, entry, entry->value, message);
        if (status)
            return status;
        status = read_key(out, entry, message);
        if (status)
            ini_locate(message, entry->place);
    }
    if (!status && (out->datasets.count == 0 || out->variants.count == 0)) {
        status = message_set(message, STATUS_WRONG, "[experiment] needs `%s = ...`",
                             out->datasets.count == 0 ? "datasets" : "variants");
        ini_locate(message, section->place);
    }
    if (!*out->name)
        stem_name(out->name, file);
    if (!*out->title)
        snprintf(out->title, sizeof out->title, "%s", out->name);
    return status;
}

void experiment_release(struct experiment *experiment)
{
    list_release(&experiment->datasets);
    list_release(&experiment->variants);
}
