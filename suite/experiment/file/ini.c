/* ini.c -- sections of key = value, built by inih from checked lines. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <ini.h>

#include "experiment/file/ini.h"
#include "support/list.h"
#include "support/memory.h"
#include "support/text.h"

/* ---- sections and entries ---- */

static struct ini_section *find_section(const struct ini *ini, const char *name)
{
    for (size_t i = 0; i < ini->count; i++)
        if (strcmp(ini->section[i].name, name) == 0)
            return &ini->section[i];
    return NULL;
}

static struct ini_entry *find_entry(const struct ini_section *section, const char *key)
{
    for (size_t i = 0; i < section->count; i++)
        if (strcmp(section->entry[i].key, key) == 0)
            return &section->entry[i];
    return NULL;
}

const struct ini_section *ini_find(const struct ini *ini, const char *name)
{
    return find_section(ini, name);
}

const struct ini_entry *ini_entry(const struct ini_section *section, const char *key)
{
    return find_entry(section, key);
}

const char *ini_argument(const struct ini_section *section, const char *kind)
{
    size_t length = strlen(kind);
    bool same = strncmp(section->name, kind, length) == 0 && section->name[length] == ' ';
    return same ? section->name + length + 1 : NULL;
}

const struct ini_section *ini_named(const struct ini *ini, const char *kind, const char *name)
{
    for (size_t i = 0; i < ini->count; i++) {
        const char *other = ini_argument(&ini->section[i], kind);
        if (other && strcmp(other, name) == 0)
            return &ini->section[i];
    }
    return NULL;
}

size_t ini_names(const char **names, size_t count, size_t most, const struct ini *ini, const char *kind)
{
    for (size_t i = 0; i < ini->count && count < most; i++) {
        const char *name = ini_argument(&ini->section[i], kind);
        if (name)
            names[count++] = name;
    }
    return count;
}

void ini_locate(struct message *message, struct ini_place place)
{
    if (place.line > 0)
        message_prefix(message, "%s:%zu", place.file, place.line);
    else
        message_prefix(message, "%s", place.file);
}

static void clear_section(struct ini_section *section)
{
    for (size_t i = 0; i < section->count; i++) {
        memory_release(section->entry[i].key);
        memory_release(section->entry[i].value);
    }
    section->count = 0;
}

static enum status add_section(struct ini_section **out, struct ini *ini, const char *name,
                               struct ini_place place, size_t layer, struct message *message)
{
    void *block = ini->section;
    enum status status = memory_grow(&block, &ini->capacity, ini->count + 1, sizeof *ini->section,
                                     "the sections of an experiment", message);
    ini->section = block;
    if (status)
        return status;
    *out = &ini->section[ini->count++];
    **out = (struct ini_section){.place = place, .layer = layer};
    snprintf((*out)->name, sizeof(*out)->name, "%.*s", INI_SECTION_MAX, name);
    return STATUS_OK;
}

/* key = value in a section, or in the place of a lower layer's. */
static enum status put_entry(struct ini_entry **out, struct ini_section *section, const char *key,
                             const char *value, struct ini_place place, size_t layer, struct message *message)
{
    struct ini_entry *entry = find_entry(section, key);
    char *copy = list_copy(value, strlen(value), message);
    if (!copy)
        return STATUS_FAILED;
    if (!entry) {
        void *block = section->entry;
        char *name = list_copy(key, strlen(key), message);
        enum status status = name ? memory_grow(&block, &section->capacity, section->count + 1,
                                                sizeof *section->entry, "the keys of a section", message)
                                  : STATUS_FAILED;
        section->entry = block;
        if (status) {
            memory_release(name);
            memory_release(copy);
            return status;
        }
        entry = &section->entry[section->count++];
        *entry = (struct ini_entry){.key = name};
    }
    memory_release(entry->value);
    entry->value = copy;
    entry->place = place;
    entry->layer = layer;
    *out = entry;
    return STATUS_OK;
}

enum status ini_put(struct ini *ini, const char *section, const char *key, const char *value,
                    struct ini_place place, struct message *message)
{
    struct ini_section *there = find_section(ini, section);
    struct ini_entry *entry;
    enum status status = STATUS_OK;
    if (!there)
        status = add_section(&there, ini, section, place, ini->layers, message);
    return status ? status : put_entry(&entry, there, key, value, place, ini->layers, message);
}

enum status ini_add_file(const char **out, struct ini *ini, const char *name, struct message *message)
{
    void *block = ini->file;
    char *copy = list_copy(name, strlen(name), message);
    enum status status = copy ? memory_grow(&block, &ini->files_capacity, ini->files + 1, sizeof *ini->file,
                                            "the names of files", message)
                              : STATUS_FAILED;
    ini->file = block;
    if (status)
        memory_release(copy);
    else
        *out = ini->file[ini->files++] = copy;
    return status;
}

void ini_release(struct ini *ini)
{
    for (size_t i = 0; i < ini->count; i++) {
        clear_section(&ini->section[i]);
        memory_release(ini->section[i].entry);
    }
    for (size_t i = 0; i < ini->files; i++)
        memory_release(ini->file[i]);
    memory_release(ini->section);
    memory_release(ini->file);
    *ini = (struct ini){0};
}

/* ---- through inih ---- */

struct pass {
    struct ini *ini;
    const char *at;
    struct ini_place place; /* the line inih looks at */
    bool indented;
    struct ini_section *section; /* the one that is open */
    struct ini_entry *entry;     /* the last one read */
    enum status status;          /* the first failure */
    struct message *message;
};

/* [variant NAME] and [dataset NAME] of a higher file replace the lower one's; others go on. */
static enum status open_section(struct pass *pass, const char *name)
{
    struct ini_section *section = find_section(pass->ini, name);
    size_t layer = pass->ini->layers;
    if (!section)
        return add_section(&pass->section, pass->ini, name, pass->place, layer, pass->message);
    if (section->layer == layer) {
        message_set(pass->message, STATUS_WRONG, "the section [%s] stands twice: here and in line %zu", name,
                    section->place.line);
        ini_locate(pass->message, pass->place);
        return STATUS_WRONG;
    }
    if (ini_argument(section, "variant") || ini_argument(section, "dataset"))
        clear_section(section);
    section->layer = layer;
    section->place = pass->place;
    pass->section = section;
    return STATUS_OK;
}

/* Hands inih one line, without its comment sign troubles: the lines were checked. */
static char *read_line(char *out, int size, void *stream)
{
    struct pass *pass = stream;
    if (!*pass->at || size < INI_LINE_MAX + 3)
        return NULL;
    size_t length = strcspn(pass->at, "\n");
    memcpy(out, pass->at, length);
    out[length] = '\0';
    pass->at += length + (pass->at[length] == '\n');
    pass->place.line++;
    pass->indented = *out == ' ' || *out == '\t';
    if (*out == '[' && !pass->status) {
        char name[INI_LINE_MAX + 1];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(out + 1, "]"), out + 1);
        pass->status = open_section(pass, name);
    }
    return out;
}

/* The next line of a list; inih leaves its comment on it. */
static enum status go_on(struct pass *pass, const char *value)
{
    char line[INI_LINE_MAX + 1];
    struct text joined = {0};
    snprintf(line, sizeof line, "%s", value);
    ini_cut_comment(line);
    text_append(&joined, "%s %s", pass->entry->value, line);
    enum status status = text_check(&joined, "a list", pass->message);
    char *copy = status ? NULL : list_copy(text_string(&joined), joined.length, pass->message);
    if (copy) {
        memory_release(pass->entry->value);
        pass->entry->value = copy;
    }
    text_release(&joined);
    return copy ? STATUS_OK : STATUS_FAILED;
}

static enum status add_pair(struct pass *pass, const char *key, const char *value)
{
    if (pass->indented)
        return go_on(pass, value);
    const struct ini_entry *there = find_entry(pass->section, key);
    if (there && there->layer == pass->ini->layers) {
        message_set(pass->message, STATUS_WRONG, "the key `%s` stands twice in [%s]: here and in line %zu",
                    key, pass->section->name, there->place.line);
        ini_locate(pass->message, pass->place);
        return STATUS_WRONG;
    }
    return put_entry(&pass->entry, pass->section, key, value, pass->place, pass->ini->layers, pass->message);
}

static int handle(void *user, const char *section, const char *key, const char *value)
{
    struct pass *pass = user;
    if (!pass->status && *section) /* before a section only `include` stands */
        pass->status = add_pair(pass, key, value);
    return !pass->status;
}

enum status ini_parse_checked(struct ini *ini, const char *file, const char *bytes, struct message *message)
{
    struct pass pass = {.ini = ini, .at = bytes, .message = message};
    enum status status = ini_add_file(&pass.place.file, ini, file, message);
    if (status)
        return status;
    int line = ini_parse_stream(read_line, &pass, handle, &pass);
    if (!pass.status && line != 0)
        pass.status = message_set(message, STATUS_WRONG,
                                  "%s:%d: the line is neither a [section] nor "
                                  "key = value",
                                  file, line);
    ini->layers++;
    return pass.status;
}
