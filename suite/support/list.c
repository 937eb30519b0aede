/* list.c -- "a, b(c=1, d=2), e" in its parts. */
#include <string.h>

#include "support/list.h"
#include "support/memory.h"
#include "support/text.h"

char *list_copy(const char *bytes, size_t count, struct message *message)
{
    char *copy = memory_allocate(count + 1, 1, "a name", message);
    if (copy)
        memcpy(copy, bytes, count);
    return copy;
}

/* The end of the part that begins at `at`: a comma outside parentheses, or the end; NULL when the
 * parentheses have no partners. */
static const char *part_end(const char *at)
{
    size_t depth = 0;
    for (; *at && (*at != ',' || depth > 0); at++) {
        if (*at == '(')
            depth++;
        if (*at == ')' && depth-- == 0)
            return NULL;
    }
    return depth == 0 ? at : NULL;
}

static enum status append(struct list *out, size_t *capacity, const char *first, const char *end,
                          const char *what, struct message *message)
{
    char *part = list_copy(first, (size_t)(end - first), message);
    if (!part)
        return STATUS_FAILED;
    char *stripped = text_strip(part);
    memmove(part, stripped, strlen(stripped) + 1);
    enum status status = STATUS_OK;
    if (!*part)
        status =
            message_set(message, STATUS_WRONG, "an empty name among the %s: write them as a, b, c", what);
    for (size_t i = 0; !status && i < out->count; i++)
        if (strcmp(out->item[i], part) == 0)
            status = message_set(message, STATUS_WRONG, "`%s` stands twice among the %s", part, what);
    if (!status) {
        void *block = out->item;
        status = memory_grow(&block, capacity, out->count + 1, sizeof *out->item, "a list", message);
        out->item = block;
    }
    if (status)
        memory_release(part);
    else
        out->item[out->count++] = part;
    return status;
}

enum status list_split(struct list *out, const char *value, const char *what, struct message *message)
{
    size_t capacity = 0;
    enum status status = STATUS_OK;
    *out = (struct list){0};
    for (const char *at = value;;) {
        const char *end = part_end(at);
        if (!end)
            status = message_set(message, STATUS_WRONG,
                                 "a parenthesis without its partner among the %s: `%.100s`", what, at);
        else
            status = append(out, &capacity, at, end, what, message);
        if (status || !*end)
            break;
        at = end + 1;
    }
    if (status)
        list_release(out);
    return status;
}

void list_release(struct list *list)
{
    for (size_t i = 0; i < list->count; i++)
        memory_release(list->item[i]);
    memory_release(list->item);
    *list = (struct list){0};
}
