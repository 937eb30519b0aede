/* plot.c -- lexbench plot: results as figures. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "commands/collection.h"
#include "commands/command.h"
#include "experiment/list.h"
#include "results/plot.h"
#include "support/file.h"
#include "support/memory.h"

struct plot_request {
    const char *out, *formats, *protocol;
};

static const char *const format_names[] = {"png", "svg", "pdf"};
enum { FORMATS = sizeof format_names / sizeof *format_names, PROTOCOL_NAMES_MAX = 64 };

static enum status check_formats(const char *formats, struct message *message)
{
    struct list list = {0};
    enum status status = list_split(&list, formats, "--format", message);

    for (size_t i = 0; status == STATUS_OK && i < list.count; i++) {
        size_t f = 0;
        char suggestion[120];

        while (f < FORMATS && strcmp(format_names[f], list.item[i]) != 0)
            f++;
        if (f < FORMATS)
            continue;
        text_suggest(suggestion, sizeof suggestion, list.item[i], format_names, FORMATS);
        status =
            message_set(message, STATUS_WRONG, "plot: unknown format `%.60s`: %s", list.item[i], suggestion);
    }
    list_release(&list);
    return status;
}

static enum status check_protocol(const struct results *results, const char *protocol,
                                  struct message *message)
{
    const char *names[PROTOCOL_NAMES_MAX];
    char suggestion[300];
    size_t count = 0;

    for (size_t i = 0; i < results->protocols; i++) {
        if (strcmp(results->protocol[i].name, protocol) == 0)
            return STATUS_OK;
        if (count < PROTOCOL_NAMES_MAX)
            names[count++] = results->protocol[i].name;
    }
    text_suggest(suggestion, sizeof suggestion, protocol, names, count);
    return message_set(message, STATUS_WRONG, "plot: these results have no protocol `%.60s`: %s", protocol,
                       suggestion);
}

/* `figures` beside the results file, or in the folder of the run. */
static char *default_folder(const char *results)
{
    struct stat info;
    const char *slash = strrchr(results, '/');
    struct text folder = {0};
    char *joined = NULL;

    if (stat(results, &info) == 0 && S_ISDIR(info.st_mode))
        return file_join(results, "figures");
    text_append_bytes(&folder, results, slash ? (size_t)(slash - results) : 0);
    if (!folder.failed)
        joined = !slash ? file_join(".", "figures")
                        : file_join(slash == results ? "/" : text_string(&folder), "figures");
    text_release(&folder);
    return joined;
}

static enum status plot_run(const void *request, size_t count, const char *const *operand,
                            struct message *message)
{
    const struct plot_request *plot = request;
    const char *formats = plot->formats ? plot->formats : "png";
    struct results results = {.variants = 0};
    struct text written = {0};
    char *folder = NULL;
    enum status status = check_formats(formats, message);

    (void)count;
    if (status == STATUS_OK)
        status = collection_open_results(&results, operand[0], message);
    if (status != STATUS_OK)
        return status;
    if (plot->protocol)
        status = check_protocol(&results, plot->protocol, message);
    if (status != STATUS_OK)
        goto done;
    folder = default_folder(operand[0]);
    status = folder ? file_make_folders(plot->out ? plot->out : folder, message)
                    : message_set(message, STATUS_FAILED, "no memory for the folder of the figures");
    if (status == STATUS_OK)
        status =
            plot_score(&results, plot->out ? plot->out : folder, plot->protocol, formats, &written, message);
    if (status == STATUS_OK)
        fputs(text_string(&written), stdout);
done:
    memory_release(folder);
    text_release(&written);
    results_release(&results);
    return status;
}

#define AT(field) offsetof(struct plot_request, field)
static const struct argument plot_arguments[] = {
    {"out", ARGUMENT_TEXT, AT(out), "DIR", "where figures go (default: figures beside the results)"},
    {"format", ARGUMENT_TEXT, AT(formats), "NAME,...", "png (default), svg, pdf"},
    {"protocol", ARGUMENT_TEXT, AT(protocol), "NAME",
     "the score to draw (default: the first measured, by dataset)"},
    {.name = NULL}};

extern const struct command command_plot;
const struct command command_plot = {
    .name = "plot",
    .operands = "RESULTS",
    .summary = "results as figures: score against n/L, by gnuplot",
    .examples = "lexbench plot runs/quick\n"
                "lexbench plot results.h5 --out figures --format svg,pdf --protocol nonoverlap",
    .more =
        "RESULTS is a results file or the folder of a run.  The gnuplot script stays beside each figure.\n",
    .arguments = plot_arguments,
    .request_size = sizeof(struct plot_request),
    .least = 1,
    .most = 1,
    .run = plot_run,
};
