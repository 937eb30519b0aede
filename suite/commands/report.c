/* report.c -- lexbench report: results as tables. */
#include <stdio.h>

#include "commandline/command.h"
#include "commandline/format.h"
#include "running/collection.h"

struct report_request {
    const char *format, *baseline;
};

static enum status report_run(const void *request, size_t count, const char *const *operand,
                              struct message *message)
{
    const struct report_request *report = request;
    struct results results = {.variants = 0};
    struct text text = {0};
    enum table_format format;
    enum status status = format_read(&format, report->format, message);
    (void)count;
    if (!status)
        status = collection_open_results(&results, operand[0], message);
    if (status)
        return status;
    if (report->baseline)
        status = format == TABLE_TEXT || format == TABLE_MARKDOWN
                     ? table_comparison(&text, &results, report->baseline, format, message)
                     : message_set(message, STATUS_WRONG,
                                   "--baseline makes tables for people: --format text or markdown");
    else
        table_write(&text, &results, format);
    if (!status && text.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the tables");
    if (!status)
        fputs(text_string(&text), stdout);
    text_release(&text);
    results_release(&results);
    return status;
}

static const struct argument report_arguments[] = {
    {"format", ARGUMENT_TEXT, offsetof(struct report_request, format), FORMAT_VALUES, "how (default: text)"},
    {"baseline", ARGUMENT_TEXT, offsetof(struct report_request, baseline), "VARIANT",
     "instead: every variant against this one, paired by seed"},
    {.name = NULL},
};

extern const struct command command_report;
const struct command command_report = {
    .name = "report",
    .operands = "RESULTS",
    .summary = "results as tables",
    .examples = "lexbench report runs/quick\n"
                "lexbench report results.h5 --baseline rope\n"
                "lexbench report results.h5 --format markdown >results.md\n"
                "lexbench report results.h5 --format long >results.csv\n"
                "lexbench report results.h5 --format html >results.html",
    .more = "RESULTS is a results file or the folder of a run.\n"
            "\n"
            "text, markdown and latex (with booktabs) are for people: losses in nats per token, shares in\n"
            "per cent.  csv and json hold the same tables, a row per variant and length; long is\n"
            "comma-separated too, with a row for every seed and cell.  These three keep the units of\n"
            "results.h5 (shares from 0 to 1) and every digit; an empty value, in json null, is no number.\n"
            "\n"
            "html is a page for people with all of it: tables with intervals, figures (by gnuplot), what is\n"
            "missing and why, and how to repeat the run.  It is one file and fetches nothing.\n"
            "\n"
            "With at least 5 seeds a mean stands with its 95 % interval, with fewer with half the range and "
            "no test.\n"
            "Effective lengths, ranks and the verdicts of the experiment's claims follow the tables.\n",
    .arguments = report_arguments,
    .request_size = sizeof(struct report_request),
    .least = 1,
    .most = 1,
    .run = report_run,
};
