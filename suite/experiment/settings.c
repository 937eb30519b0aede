/* settings.c -- rows of a section, a key and a value. */
#include <string.h>

#include "experiment/settings.h"
#include "support/memory.h"

void settings_release(struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++)
        memory_release(settings->at[i].section); /* key and value stand in the same block */
    memory_release(settings->at);
    *settings = (struct settings){0};
}

/* ---- adding ---- */

static void add_bytes(struct settings *settings, const char *section, size_t section_size, const char *key,
                      size_t key_size, const char *value, size_t value_size)
{
    struct text row = {0};
    void *block = settings->at;
    text_append_bytes(&row, section, section_size);
    text_append_bytes(&row, "", 1);
    text_append_bytes(&row, key, key_size);
    text_append_bytes(&row, "", 1);
    text_append_bytes(&row, value, value_size);
    settings->failed = settings->failed || row.failed ||
                       memory_grow(&block, &settings->capacity, settings->count + 1, sizeof *settings->at,
                                   "the settings of an experiment", NULL);
    settings->at = block;
    if (settings->failed) {
        text_release(&row);
        return;
    }
    char *key_at = row.bytes + section_size + 1;
    settings->at[settings->count++] = (struct setting){row.bytes, key_at, key_at + key_size + 1};
}

void settings_add(struct settings *settings, const char *section, const char *key, const char *value)
{
    add_bytes(settings, section, strlen(section), key, strlen(key), value, strlen(value));
}

void settings_add_text(struct settings *settings, const char *section, const char *key, struct text *value)
{
    settings->failed = settings->failed || value->failed;
    settings_add(settings, section, key, text_string(value));
    text_release(value);
}

void settings_add_count(struct settings *settings, const char *section, const char *key, size_t value)
{
    struct text text = {0};
    text_append(&text, "%zu", value);
    settings_add_text(settings, section, key, &text);
}

void settings_add_options(struct settings *settings, const char *section, const struct option *table,
                          const void *object, const char *skipped)
{
    for (const struct option *option = table; option && option->name; option++) {
        struct text value = {0};
        if (!option_is_stored(option, object) || (skipped && strcmp(option->name, skipped) == 0))
            continue;
        option_print(&value, option, object);
        settings_add_text(settings, section, option->name, &value);
    }
}

void settings_add_composition(struct settings *settings, const char *section,
                              const struct composition *composition)
{
    struct text encoders = {0}, positions = {0};
    composition_print_encoders(&encoders, composition);
    settings_add_text(settings, section, "encoders", &encoders);
    composition_print_positions(&positions, composition);
    settings_add_text(settings, section, "positions", &positions);
}

/* ---- finding ---- */

const char *settings_find(const struct settings *settings, const char *section, const char *key)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strcmp(settings->at[i].section, section) == 0 && strcmp(settings->at[i].key, key) == 0)
            return settings->at[i].value;
    return NULL;
}

const char *settings_value(const struct settings *settings, const char *section, const char *key)
{
    const char *value = settings_find(settings, section, key);
    return value ? value : "";
}

/* ---- lines ---- */

void settings_write(struct text *out, const struct settings *settings)
{
    for (size_t i = 0; i < settings->count; i++) {
        const struct setting *row = &settings->at[i];
        text_append(out, "%s%s%s=%s\n", row->section, *row->section ? "." : "", row->key, row->value);
    }
    out->failed = out->failed || settings->failed;
}

enum status settings_read(struct settings *out, const char *text, struct message *message)
{
    *out = (struct settings){0};
    for (const char *line = text; *line;) {
        const size_t length = strcspn(line, "\n");
        const char *equals = memchr(line, '=', length);
        const char *point = equals ? memchr(line, '.', (size_t)(equals - line)) : NULL;
        const char *key = point ? point + 1 : line;
        if (equals)
            add_bytes(out, line, point ? (size_t)(point - line) : 0, key, (size_t)(equals - key), equals + 1,
                      (size_t)(line + length - equals - 1));
        line += length + (line[length] == '\n');
    }
    return out->failed ? message_set(message, STATUS_FAILED, "no memory for the settings of an experiment")
                       : STATUS_OK;
}
