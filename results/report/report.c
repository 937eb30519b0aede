/* report.c -- the formats of results as tables: a word for each. */
#include "results/report/report.h"

#include <string.h>

#define FORMATS(X)      X(text) X(markdown) X(csv) X(json) X(latex) X(long) X(html)

#define DECLARE(format) extern const struct table_format table_format_##format;
FORMATS(DECLARE)

#define ADDRESS(format) &table_format_##format,
static const struct table_format *const formats[] = {FORMATS(ADDRESS)};
enum { COUNT = sizeof formats / sizeof *formats };

const char *report_format_name(size_t index, const char **summary)
{
    if (index >= COUNT)
        return NULL;
    if (summary)
        *summary = formats[index]->summary;
    return formats[index]->name;
}

enum status report_format_find(const struct table_format **out, const char *name, struct message *message)
{
    const char *names[COUNT];
    char suggestion[120];
    *out = formats[0];
    if (!name)
        return STATUS_OK;
    for (size_t i = 0; i < COUNT; i++) {
        *out = formats[i];
        names[i] = formats[i]->name;
        if (strcmp(name, names[i]) == 0)
            return STATUS_OK;
    }
    text_suggest(suggestion, sizeof suggestion, name, names, COUNT);
    return message_set(message, STATUS_WRONG, "--format: unknown format `%.60s`: %s", name, suggestion);
}
