/* plot.c -- lexbench plot: results as figures. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "commandline/command.h"
#include "results/figures/plot.h"
#include "running/collection.h"
#include "support/file.h"
#include "support/memory.h"

struct plot_options {
    const char *out;
    struct plot_request draw;
};

enum { NAMES_MAX = 64 };

/* A name on the command line must be one that the results have. */
static enum status check_name(const char *what, const char *wanted, const void *records, size_t count,
                              size_t size, struct message *message)
{
    const char *names[NAMES_MAX];
    char suggestion[300];
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        const char *name = (const char *)records + i * size; /* records begin with their name */
        if (!wanted || strcmp(name, wanted) == 0)
            return STATUS_OK;
        if (known < NAMES_MAX)
            names[known++] = name;
    }
    text_suggest(suggestion, sizeof suggestion, wanted, names, known);
    return message_set(message, STATUS_WRONG, "plot: these results have no %s `%.60s`: %s", what, wanted,
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
    const struct plot_options *plot = request;
    struct results results = {.variants = 0};
    struct text written = {0};
    char *folder = NULL;
    enum status status = plot_check(&plot->draw, message);
    (void)count;
    if (!status)
        status = collection_open_results(&results, operand[0], message);
    if (status)
        return status;
    if (plot->draw.protocol)
        status = check_name("protocol", plot->draw.protocol, results.protocol, results.protocols,
                            sizeof *results.protocol, message);
    if (!status && plot->draw.dataset)
        status = check_name("dataset", plot->draw.dataset, results.dataset, results.datasets,
                            sizeof *results.dataset, message);
    if (status)
        goto done;
    folder = default_folder(operand[0]);
    status = folder ? file_make_folders(plot->out ? plot->out : folder, message)
                    : message_set(message, STATUS_FAILED, "no memory for the folder of the figures");
    if (!status)
        status = plot_draw(&results, plot->out ? plot->out : folder, &plot->draw, &written, message);
    if (!status)
        fputs(text_string(&written), stdout);
done:
    memory_release(folder);
    text_release(&written);
    results_release(&results);
    return status;
}

#define AT(field) offsetof(struct plot_options, field)
static const struct argument plot_arguments[] = {
    {"kind", ARGUMENT_TEXT, AT(draw.kinds), "NAME,...",
     "which figures, see below (default: all that there are numbers for)", plot_kind},
    {"dataset", ARGUMENT_TEXT, AT(draw.dataset), "NAME", "figures of this dataset alone"},
    {"protocol", ARGUMENT_TEXT, AT(draw.protocol), "NAME", "scores under this protocol alone"},
    {"size", ARGUMENT_TEXT, AT(draw.size), NULL, "what they are for, see below (default: screen)", plot_size},
    {"format", ARGUMENT_TEXT, AT(draw.formats), "NAME,...", "png (default), svg, pdf"},
    {"out", ARGUMENT_TEXT, AT(out), "DIR", "where figures go (default: figures beside the results)"},
    {.name = NULL},
};

extern const struct command command_plot;
const struct command command_plot = {
    .name = "plot",
    .operands = "RESULTS",
    .summary = "results as figures, by gnuplot",
    .examples = "lexbench plot runs/quick\n"
                "lexbench plot results.h5 --kind score,ranks --out figures --format svg,pdf\n"
                "lexbench plot runs/quick --kind score --dataset text --size column --format pdf",
    .more =
        "RESULTS is a results file or the folder of a run.  A figure is named after its kind and dataset, "
        "and\n"
        "the gnuplot script, the data inside, stays beside it.\n"
        "\n"
        "Up to twelve variants are labelled beside their curves; more become small panels, ranked, with the\n"
        "others in grey.  What is drawn around a mean is its 95 % interval from five seeds on, below that "
        "the\n"
        "range.  Sizes for papers are best as pdf; a matrix has text of 6.5 to 9 points there.\n"
        "\n"
        "A matrix is one of all datasets, ranked as in `ranks`; up to 16 columns it has all protocols, "
        "beyond\n"
        "(in a column of a paper: 8) one for each dataset, fixed-targets before others.\n",
    .arguments = plot_arguments,
    .request_size = sizeof(struct plot_options),
    .least = 1,
    .most = 1,
    .run = plot_run,
};
