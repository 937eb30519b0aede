/* report.c -- lexbench report: results as tables. */
#include <stdio.h>

#include "commandline/command.h"
#include "results/report/report.h"
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
    const struct table_format *format;
    enum status status = report_format_find(&format, report->format, message);
    (void)count;
    if (!status)
        status = collection_open_results(&results, operand[0], message);
    if (status)
        return status;
    if (report->baseline)
        status = format->compare
                     ? format->compare(&text, &results, report->baseline, message)
                     : message_set(message, STATUS_WRONG,
                                   "--baseline makes tables for people: --format text or markdown");
    else
        format->write(&text, &results);
    if (!status && text.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the tables");
    if (!status)
        fputs(text_string(&text), stdout);
    text_release(&text);
    results_release(&results);
    return status;
}

static const struct argument report_arguments[] = {
    {"format", ARGUMENT_TEXT, offsetof(struct report_request, format), NULL, "how, see below (default: text)",
     report_format_name},
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
            "csv, json and long keep the units of results.h5 (shares from 0 to 1) and every digit; an empty\n"
            "value, in json null, is no number.  html has tables with intervals and draws figures by\n"
            "gnuplot; it is one file and fetches nothing.\n"
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
