/* format.c -- the formats of tables, by name. */
#include "commandline/format.h"

#include <string.h>

/* In the order of enum table_format. */
static const char *const format_names[] = {"text", "markdown", "csv", "json", "latex", "long", "html"};
enum { FORMATS = sizeof format_names / sizeof *format_names };

enum status format_read(enum table_format *out, const char *name, struct message *message)
{
    char suggestion[120];
    *out = TABLE_TEXT;
    if (!name)
        return STATUS_OK;
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(name, format_names[i]) == 0) {
            *out = (enum table_format)i;
            return STATUS_OK;
        }
    text_suggest(suggestion, sizeof suggestion, name, format_names, FORMATS);
    return message_set(message, STATUS_WRONG, "--format: unknown format `%.60s`: %s", name, suggestion);
}
