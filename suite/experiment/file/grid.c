/* grid.c -- the product over the alternatives of keys. */
#include "experiment/file/grid.h"

#include <stdio.h>
#include <string.h>

#include "support/memory.h"
#include "support/sha256.h"
#include "support/text.h"

void grid_begin(struct grid *grid)
{
    *grid = (struct grid){.count = 1};
}

void grid_release(struct grid *grid)
{
    for (size_t k = 0; k < grid->keys; k++) {
        list_release(&grid->key[k].alternative);
        list_release(&grid->key[k].label);
    }
    memory_release(grid->key);
    grid_begin(grid);
}

/* ---- keys ---- */

static enum status add_key(struct grid *grid, const struct ini_section *section,
                           const struct ini_entry *entry, bool inner, bool passive, struct message *message)
{
    struct grid_key key = {.section = section, .entry = entry, .passive = passive, .axis = grid->axes};
    void *block = grid->key;
    enum status status =
        alternatives_split(&key.alternative, &key.label, entry->key, entry->value, inner, message);
    if (status) {
        message_prefix(message, "[%s]", section->name);
        ini_locate(message, entry->place);
    } else {
        status = memory_grow(&block, &grid->capacity, grid->keys + 1, sizeof *grid->key, "a grid", message);
        grid->key = block;
    }
    if (status) {
        list_release(&key.alternative);
        list_release(&key.label);
        return status;
    }
    grid->key[grid->keys++] = key;
    grid->axes += !passive;
    return STATUS_OK;
}

static size_t axis_size(const struct grid *grid, size_t axis)
{
    for (size_t k = 0; k < grid->keys; k++)
        if (grid->key[k].axis == axis && !grid->key[k].passive)
            return grid->key[k].alternative.count;
    return 1;
}

static enum status count_product(struct grid *grid, const struct ini_section *section,
                                 struct message *message)
{
    grid->count = 1;
    for (size_t axis = 0; axis < grid->axes; axis++) {
        grid->count *= axis_size(grid, axis); /* at most 1e6 * 1e4 before it is refused */
        if (grid->count > PRODUCT_MAX) {
            message_set(message, STATUS_WRONG,
                        "[%s]: the product of its alternatives has more than %d combinations: use fewer, or "
                        "pair keys with zip = key, key",
                        section->name, PRODUCT_MAX);
            ini_locate(message, section->place);
            return STATUS_WRONG;
        }
    }
    return STATUS_OK;
}

/* ---- zip ---- */

static enum status unknown_key(const struct ini_section *section, const char *wrong, struct message *message)
{
    enum { NAMES_MAX = 64 };
    const char *names[NAMES_MAX];
    char suggestion[300];
    size_t count = 0;
    for (size_t i = 0; i < section->count && count < NAMES_MAX; i++)
        if (strcmp(section->entry[i].key, "zip") != 0)
            names[count++] = section->entry[i].key;
    if (count == 0)
        return message_set(message, STATUS_WRONG, "[%s]: zip pairs keys of its own section, which has none",
                           section->name);
    text_suggest(suggestion, sizeof suggestion, wrong, names, count);
    return message_set(message, STATUS_WRONG, "[%s]: zip names `%.80s`, which the section does not set: %s",
                       section->name, wrong, suggestion);
}

/* Axis `from` becomes a part of axis `to`, and those behind it move up. */
static void join_axes(struct grid *grid, size_t to, size_t from)
{
    for (size_t k = 0; k < grid->keys; k++) {
        size_t *axis = &grid->key[k].axis;
        if (*axis == from)
            *axis = to;
        else if (*axis > from)
            --*axis;
    }
    grid->axes--;
}

static enum status zip_keys(struct grid *grid, const struct ini_section *section, const struct list *names,
                            struct message *message)
{
    const struct grid_key *first = NULL;
    for (size_t i = 0; i < names->count; i++) {
        struct grid_key *key = NULL;
        if (strcmp(names->item[i], "zip") == 0 || !ini_entry(section, names->item[i]))
            return unknown_key(section, names->item[i], message);
        for (size_t k = 0; k < grid->keys; k++)
            if (!grid->key[k].passive && grid->key[k].section == section &&
                strcmp(grid->key[k].entry->key, names->item[i]) == 0)
                key = &grid->key[k];
        if (!key) /* one value: it goes with each */
            continue;
        if (first && first->alternative.count != key->alternative.count)
            return message_set(message, STATUS_WRONG,
                               "[%s]: zip pairs `%s`, which has %zu alternatives, with `%s`, which has %zu: "
                               "they need equally many",
                               section->name, first->entry->key, first->alternative.count, key->entry->key,
                               key->alternative.count);
        if (!first)
            first = key;
        else if (first->axis < key->axis)
            join_axes(grid, first->axis, key->axis);
        else if (key->axis < first->axis)
            join_axes(grid, key->axis, first->axis);
    }
    return STATUS_OK;
}

static enum status add_zip(struct grid *grid, const struct ini_section *section,
                           const struct ini_entry *entry, struct message *message)
{
    struct list names = {0};
    enum status status =
        strchr(entry->value, '|')
            ? message_set(message, STATUS_WRONG, "[%s]: zip = key, key has no alternatives", section->name)
            : list_split(&names, entry->value, "keys of zip", message);
    if (!status && names.count < 2)
        status = message_set(message, STATUS_WRONG, "[%s]: zip pairs two keys or more: zip = key, key",
                             section->name);
    if (!status)
        status = zip_keys(grid, section, &names, message);
    if (status)
        ini_locate(message, entry->place);
    list_release(&names);
    return status;
}

enum status grid_add(struct grid *grid, const struct ini_section *section, const struct grid_filter *filter,
                     bool inner, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; section && !status && i < section->count; i++) {
        const struct ini_entry *entry = &section->entry[i];
        bool passive = filter && !filter->takes(filter->context, entry);
        if (strchr(entry->value, '|') && strcmp(entry->key, "zip") != 0 && strcmp(entry->key, "like") != 0)
            status = add_key(grid, section, entry, inner, passive, message);
    }
    const struct ini_entry *zip = section ? ini_entry(section, "zip") : NULL;
    if (!status && zip)
        status = add_zip(grid, section, zip, message);
    return status || !section ? status : count_product(grid, section, message);
}

enum status grid_refuse(const struct ini_section *section, const struct ini_entry *entry, const char *value,
                        struct message *message)
{
    const bool zip = strcmp(entry->key, "zip") == 0;
    if (!zip && !strchr(value, '|'))
        return STATUS_OK;
    if (zip)
        message_set(message, STATUS_WRONG,
                    "[%s] has no key `zip`: it stands in [model], [training], [variant NAME] and [tuning]",
                    section->name);
    else
        message_set(message, STATUS_WRONG,
                    "[%s]: %s = %.100s: alternatives (a | b) stand in [model], [training], "
                    "[variant NAME] and [tuning]; here is one value",
                    section->name, entry->key, value);
    ini_locate(message, entry->place);
    return STATUS_WRONG;
}

/* ---- combinations ---- */

size_t grid_choice(const struct grid *grid, size_t key, size_t index)
{
    if (grid->key[key].passive)
        return 0;
    for (size_t axis = grid->axes; axis-- > grid->key[key].axis + 1;)
        index /= axis_size(grid, axis);
    return index % grid->key[key].alternative.count;
}

const char *view_value(const struct view *view, const struct ini_entry *entry)
{
    for (size_t k = 0; view->grid && k < view->grid->keys; k++)
        if (view->grid->key[k].entry == entry)
            return view->grid->key[k].alternative.item[grid_choice(view->grid, k, view->index)];
    return entry->value;
}

void grid_name(char *out, size_t size, const char *whole)
{
    enum { HASH = 8 };
    char hex[SHA256_HEX_SIZE];
    size_t length = strlen(whole);
    if (length < size) {
        memcpy(out, whole, length + 1);
        return;
    }
    length = size - HASH - 2;
    while (length > 0 && ((unsigned char)whole[length] & 0xC0) == 0x80) /* inside a UTF-8 sequence */
        length--;
    sha256_of(hex, whole, strlen(whole));
    snprintf(out, size, "%.*s~%.*s", (int)length, whole, HASH, hex);
}
