/* alternatives.c -- "a | b" and "x(option = 1 | 2)" written out.
 *
 * A bar outside of parentheses separates whole values.  One inside separates the values of an option:
 * it reaches from the comma or parenthesis before it to the one behind it. */
#include <string.h>

#include "experiment/file/grid.h"
#include "support/memory.h"
#include "support/text.h"

/* A list that grows. */
struct parts {
    struct list *list;
    size_t capacity;
};

static enum status append(struct parts *parts, const char *bytes, size_t count, struct message *message)
{
    void *block = parts->list->item;
    enum status status = memory_grow(&block, &parts->capacity, parts->list->count + 1,
                                     sizeof *parts->list->item, "alternatives", message);
    parts->list->item = block;
    if (status)
        return status;
    char *copy = list_copy(bytes, count, message);
    if (!copy)
        return STATUS_FAILED;
    char *stripped = text_strip(copy);
    memmove(copy, stripped, strlen(stripped) + 1);
    parts->list->item[parts->list->count++] = copy;
    return STATUS_OK;
}

static enum status check(const struct list *list, const char *key, const char *value, struct message *message)
{
    if (list->count > ALTERNATIVES_MAX)
        return message_set(message, STATUS_WRONG, "%s = %.80s has more than %d alternatives", key, value,
                           ALTERNATIVES_MAX);
    for (size_t i = 0; i < list->count; i++) {
        if (!*list->item[i])
            return message_set(message, STATUS_WRONG,
                               "%s = %.80s: an empty alternative; they are written a | b | c", key, value);
        for (size_t j = 0; j < i; j++)
            if (strcmp(list->item[i], list->item[j]) == 0)
                return message_set(message, STATUS_WRONG, "%s: the alternative `%.80s` stands twice", key,
                                   list->item[i]);
    }
    return STATUS_OK;
}

/* Bars outside of parentheses. */
static enum status split_whole(struct list *out, const char *key, const char *value, struct message *message)
{
    struct parts parts = {.list = out};
    size_t depth = 0;
    enum status status = STATUS_OK;
    const char *first = value, *at = value;
    for (;; at++) {
        if (*at == '(')
            depth++;
        if (*at == ')' && depth > 0)
            depth--;
        if (*at && !(*at == '|' && depth == 0))
            continue;
        status = append(&parts, first, (size_t)(at - first), message);
        if (status || !*at)
            break;
        first = at + 1;
    }
    return status ? status : check(out, key, value, message);
}

/* The option around the first bar in parentheses: [*first, *end).  false = there is none. */
static bool find_option(const char **first, const char **end, const char *value)
{
    const char *bar = strchr(value, '|');
    if (!bar)
        return false;
    *first = bar;
    while (*first > value && (*first)[-1] != ',' && (*first)[-1] != '(')
        --*first;
    *end = bar + strcspn(bar, ",)");
    return true;
}

/* name=value without blanks. */
static void append_label(struct text *out, const char *name, size_t size, const char *value)
{
    for (size_t i = 0; i < size; i++)
        if (name[i] != ' ' && name[i] != '\t')
            text_append_bytes(out, name + i, 1);
    text_append(out, "=");
    for (; *value; value++)
        if (*value != ' ' && *value != '\t')
            text_append_bytes(out, value, 1);
}

/* Replaces the first item that has a bar inside by one item for each of its values. */
static enum status expand(struct parts *values, struct parts *labels, const struct list *from,
                          const struct list *from_labels, size_t i, const char *key, struct message *message)
{
    const char *value = from->item[i], *first, *end;
    struct list alternatives = {0};
    struct text text = {0}, label = {0};
    enum status status = STATUS_OK;
    char *option = NULL;
    if (!find_option(&first, &end, value)) {
        status = append(values, value, strlen(value), message);
        return status ? status : append(labels, from_labels->item[i], strlen(from_labels->item[i]), message);
    }
    option = list_copy(first, (size_t)(end - first), message);
    char *equals = option ? strchr(option, '=') : NULL;
    if (!option)
        status = STATUS_FAILED;
    else if (!equals || equals > strchr(option, '|'))
        status = message_set(message, STATUS_WRONG,
                             "%s = %.80s: in parentheses alternatives are those of an option: "
                             "name(option = a | b)",
                             key, value);
    else
        status = split_whole(&alternatives, key, equals + 1, message);
    for (size_t a = 0; !status && a < alternatives.count; a++) {
        size_t name = (size_t)(equals - option);
        text_append_bytes(&text, value, (size_t)(first - value));
        text_append_bytes(&text, option, name);
        text_append(&text, "=%s%s", alternatives.item[a], end);
        text_append(&label, "%s%s", from_labels->item[i], *from_labels->item[i] ? "-" : "");
        append_label(&label, option, name, alternatives.item[a]);
        text_carry(&text, &label);
        status = text_check(&text, "alternatives", message);
        if (!status)
            status = append(values, text_string(&text), text.length, message);
        if (!status)
            status = append(labels, text_string(&label), label.length, message);
        text_release(&text);
        text_release(&label);
    }
    list_release(&alternatives);
    memory_release(option);
    return status;
}

static bool has_bar(const struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (strchr(list->item[i], '|'))
            return true;
    return false;
}

/* Options inside of values, one after the other, until no bar is left. */
static enum status expand_all(struct list *out, struct list *labels, const char *key, const char *value,
                              struct message *message)
{
    enum status status = STATUS_OK;
    while (!status && has_bar(out)) {
        struct list before = *out, labels_before = *labels;
        struct parts values = {.list = out}, names = {.list = labels};
        *out = *labels = (struct list){0};
        for (size_t i = 0; !status && i < before.count; i++) {
            status = expand(&values, &names, &before, &labels_before, i, key, message);
            if (!status && out->count > ALTERNATIVES_MAX)
                status = message_set(message, STATUS_WRONG, "%s = %.80s has more than %d alternatives", key,
                                     value, ALTERNATIVES_MAX);
        }
        list_release(&before);
        list_release(&labels_before);
    }
    return status;
}

/* The part of a key behind its last point: "scaling" of evaluate.rope.scaling. */
static const char *last_word(const char *key)
{
    const char *point = strrchr(key, '.');
    return point ? point + 1 : key;
}

/* One value with options inside is told by the options, several by themselves. */
static enum status label_whole(struct list *labels, const struct list *values, const char *key,
                               struct message *message)
{
    struct parts parts = {.list = labels};
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < values->count; i++) {
        struct text label = {0};
        if (values->count > 1)
            append_label(&label, last_word(key), strlen(last_word(key)), values->item[i]);
        status = text_check(&label, "alternatives", message);
        if (!status)
            status = append(&parts, text_string(&label), label.length, message);
        text_release(&label);
    }
    return status;
}

enum status alternatives_split(struct list *out, struct list *labels, const char *key, const char *value,
                               bool inner, struct message *message)
{
    *out = *labels = (struct list){0};
    enum status status = split_whole(out, key, value, message);
    if (!status && !inner)
        return label_whole(labels, out, key, message);
    if (status)
        return status;
    /* Values that differ inside are told by what differs: label them when they are written out. */
    if (out->count == 1) {
        status = label_whole(labels, out, key, message);
        if (!status)
            status = expand_all(out, labels, key, value, message);
        return status ? status : check(out, key, value, message);
    }
    struct list empty = {0};
    struct parts parts = {.list = &empty};
    for (size_t i = 0; !status && i < out->count; i++)
        status = append(&parts, "", 0, message);
    if (!status)
        status = expand_all(out, &empty, key, value, message);
    list_release(&empty);
    if (!status)
        status = check(out, key, value, message);
    return status ? status : label_whole(labels, out, key, message);
}
