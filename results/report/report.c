/* report.c -- the formats of results as tables: a row for each. */
#include "results/report/report.h"

#include <string.h>

#include "results/page/html.h"
#include "results/tables/table.h"

static const struct report_format formats[] = {
    {"text", "for a terminal: losses in nats per token, shares in per cent", table_text,
     table_comparison_text},
    {"markdown", "the same as Markdown", table_markdown, table_comparison_markdown},
    {"csv", "a row of comma-separated values per variant and length", table_csv, NULL},
    {"json", "the same as one object", table_json, NULL},
    {"latex", "for people, with booktabs", table_latex, NULL},
    {"long", "no summary: comma-separated, a row for every seed and cell", table_long, NULL},
    {"html", "a page for people with tables, figures, what is missing and how to repeat the run", html_write,
     NULL},
};
enum { FORMATS = sizeof formats / sizeof *formats };

const char *report_format_name(size_t index, const char **summary)
{
    if (index >= FORMATS)
        return NULL;
    if (summary)
        *summary = formats[index].summary;
    return formats[index].name;
}

enum status report_format_find(const struct report_format **out, const char *name, struct message *message)
{
    const char *names[FORMATS];
    char suggestion[120];
    *out = formats;
    if (!name)
        return STATUS_OK;
    for (size_t i = 0; i < FORMATS; i++) {
        *out = &formats[i];
        names[i] = formats[i].name;
        if (strcmp(name, names[i]) == 0)
            return STATUS_OK;
    }
    text_suggest(suggestion, sizeof suggestion, name, names, FORMATS);
    return message_set(message, STATUS_WRONG, "--format: unknown format `%.60s`: %s", name, suggestion);
}
