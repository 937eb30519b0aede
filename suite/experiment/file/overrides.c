/* overrides.c -- section.key = value from outside of its section: --set, and the lines of a preset. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "experiment/file/ini.h"
#include "support/list.h"
#include "support/memory.h"
#include "support/text.h"

/* Puts `value` where `path`, section.key, says. */
static enum status put(struct ini *ini, const char *path, size_t size, const char *value,
                       struct ini_place place, struct message *message)
{
    char *copy = list_copy(path, size, message);
    char *point = copy ? strchr(copy, '.') : NULL;
    if (!copy)
        return STATUS_FAILED;
    *point = '\0';
    enum status status = ini_put(ini, text_strip(copy), text_strip(point + 1), value, place, message);
    memory_release(copy);
    return status;
}

/* Is it section.key, of a section whose name can be? */
static bool is_path(const char *path, size_t size)
{
    const char *point = memchr(path, '.', size);
    return point && point > path && point + 1 < path + size;
}

/* ----------------------------------------------------------------------------------- --set */

static enum status check_setting(const char *setting, struct message *message)
{
    const char *equals = strchr(setting, '=');
    bool shape = equals && is_path(setting, (size_t)(equals - setting));
    for (const char *at = setting; *at; at++)
        shape = shape && ((unsigned char)*at >= ' ');
    if (!shape || !text_is_utf8(setting, strlen(setting)))
        return message_set(message, STATUS_WRONG, "--set %.100s: a setting is section.key=value", setting);
    if (strcspn(setting, ".") > INI_SECTION_MAX)
        return message_set(message, STATUS_WRONG, "--set %.100s: the section name has more than %d bytes",
                           setting, INI_SECTION_MAX);
    return STATUS_OK;
}

enum status ini_set(struct ini *ini, const char *setting, struct message *message)
{
    char shown[128];
    struct ini_place place = {0};
    enum status status = check_setting(setting, message);
    if (status)
        return status;
    char *copy = list_copy(setting, strlen(setting), message);
    if (!copy)
        return STATUS_FAILED;
    char *equals = strchr(copy, '=');
    snprintf(shown, sizeof shown, "--set %.*s", 100, setting);
    status = ini_add_file(&place.file, ini, shown, message);
    if (!status)
        status = put(ini, copy, (size_t)(equals - copy), text_strip(equals + 1), place, message);
    memory_release(copy);
    return status;
}

/* ---- [preset NAME] ---- */

static enum status unknown_preset(const struct ini *ini, const char *name, struct message *message)
{
    enum { NAMES_MAX = 256 };
    const char *names[NAMES_MAX];
    char suggestion[512];
    const size_t count = ini_names(names, 0, NAMES_MAX, ini, "preset");
    if (count == 0)
        return message_set(message, STATUS_WRONG,
                           "--preset %.100s: this experiment has no [preset NAME] section", name);
    text_suggest(suggestion, sizeof suggestion, name, names, count);
    return message_set(message, STATUS_WRONG, "--preset: there is no preset `%.100s`: %s", name, suggestion);
}

static enum status check_line(const struct ini_section *section, const struct ini_entry *entry,
                              struct message *message)
{
    enum status status = STATUS_OK;
    if (!is_path(entry->key, strlen(entry->key)))
        status = message_set(message, STATUS_WRONG,
                             "[%s]: `%.100s`: a preset has lines section.key = value, like training.steps = "
                             "100",
                             section->name, entry->key);
    else if (strcspn(entry->key, ".") > INI_SECTION_MAX)
        status = message_set(message, STATUS_WRONG, "[%s]: `%.100s`: the section name has more than %d bytes",
                             section->name, entry->key, INI_SECTION_MAX);
    else if (strcspn(entry->key, ". ") == strlen("preset") && strncmp(entry->key, "preset", 6) == 0)
        status = message_set(message, STATUS_WRONG,
                             "[%s]: a preset sets no other preset: `%.100s`; --preset may "
                             "be given more than once",
                             section->name, entry->key);
    if (status)
        ini_locate(message, entry->place);
    return status;
}

enum status ini_check_presets(const struct ini *ini, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < ini->count; i++)
        for (size_t e = 0; !status && e < ini->section[i].count; e++)
            if (ini_argument(&ini->section[i], "preset"))
                status = check_line(&ini->section[i], &ini->section[i].entry[e], message);
    return status;
}

enum status ini_preset(struct ini *ini, const char *name, struct message *message)
{
    const struct ini_section *preset = ini_named(ini, "preset", name);
    enum status status = STATUS_OK;
    if (!preset)
        return unknown_preset(ini, name, message);
    const struct ini_section lines = *preset; /* ini_put moves sections, not their entries */
    for (size_t e = 0; !status && e < lines.count; e++) {
        const struct ini_entry *entry = &lines.entry[e];
        status = check_line(&lines, entry, message);
        if (!status)
            status = put(ini, entry->key, strlen(entry->key), entry->value, entry->place, message);
    }
    ini->layers++; /* the next preset and the settings lie above */
    return status;
}
