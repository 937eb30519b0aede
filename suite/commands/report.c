/* report.c -- lexbench report: results as tables. */
#include <stdio.h>
#include <string.h>

#include "commands/collection.h"
#include "commands/command.h"
#include "results/table.h"

struct report_request {
    const char *format;
};

static const char *const format_names[] = {"text", "markdown"};

static enum status read_format(enum table_format *out, const char *name, struct message *message)
{
    char suggestion[120];

    *out = TABLE_TEXT;
    if (!name || strcmp(name, "text") == 0)
        return STATUS_OK;
    *out = TABLE_MARKDOWN;
    if (strcmp(name, "markdown") == 0)
        return STATUS_OK;
    text_suggest(suggestion, sizeof suggestion, name, format_names, 2);
    return message_set(message, STATUS_WRONG, "report: unknown format `%.60s`: %s", name, suggestion);
}

static enum status report_run(const void *request, size_t count, const char *const *operand,
                              struct message *message)
{
    const struct report_request *report = request;
    struct results results = {.variants = 0};
    struct text text = {0};
    enum table_format format;
    enum status status = read_format(&format, report->format, message);

    (void)count;
    if (status == STATUS_OK)
        status = collection_open_results(&results, operand[0], message);
    if (status != STATUS_OK)
        return status;
    table_write(&text, &results, format);
    if (text.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the tables");
    else
        fputs(text_string(&text), stdout);
    text_release(&text);
    results_release(&results);
    return status;
}

static const struct argument report_arguments[] = {
    {"format", ARGUMENT_TEXT, offsetof(struct report_request, format), "NAME", "text (default) or markdown"},
    {.name = NULL}};

extern const struct command command_report;
const struct command command_report = {
    .name = "report",
    .operands = "RESULTS",
    .summary = "results as tables",
    .examples = "lexbench report runs/quick\n"
                "lexbench report results.h5 --format markdown >results.md",
    .more = "RESULTS is a results file or the folder of a run.\n",
    .arguments = report_arguments,
    .request_size = sizeof(struct report_request),
    .least = 1,
    .most = 1,
    .run = report_run,
};
