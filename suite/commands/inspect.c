/* inspect.c -- lexbench inspect: an encoder by itself, untrained, at any length. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commandline/command.h"
#include "commands/inspect_print.h"
#include "experiment/resolve/alone.h"
#include "inspection/inspection.h"
#include "results/figures/inspected_plot.h"
#include "support/file.h"
#include "support/list.h"
#include "support/memory.h"

enum { LENGTH_LEAST = 2, LENGTH_MOST = 1 << 24, LENGTHS_MAX = 16 };

struct inspect_request {
    const char *lengths, *positions, *experiment, *out, *formats;
    struct argument_list set;
    size_t layer, seed;
    bool json;
};

/* ---- lengths ---- */

static int by_size(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

static enum status read_length(size_t *out, const char *value, size_t trained_length, struct message *message)
{
    struct length length;
    enum status status = length_parse(&length, value, "--length", message);
    if (status)
        return status;
    *out = length_tokens(length, trained_length);
    if (*out < LENGTH_LEAST || *out > LENGTH_MOST)
        return message_set(message, STATUS_WRONG, "--length %.60s is %zu tokens: from %d to %d are possible",
                           value, *out, LENGTH_LEAST, LENGTH_MOST);
    return STATUS_OK;
}

static enum status read_lengths(size_t length[LENGTHS_MAX], size_t *count, const char *given,
                                size_t trained_length, struct message *message)
{
    struct list list = {0};
    enum status status = list_split(&list, given ? given : "1L, 8L", "lengths", message);
    *count = 0;
    if (!status && list.count > LENGTHS_MAX)
        status = message_set(message, STATUS_WRONG, "--length has %zu lengths; at most %d are possible",
                             list.count, LENGTHS_MAX);
    for (size_t i = 0; !status && i < list.count; i++)
        status = read_length(&length[(*count)++], list.item[i], trained_length, message);
    if (!status) {
        size_t kept = 0;
        qsort(length, *count, sizeof *length, by_size);
        for (size_t i = 0; i < *count; i++)
            if (i == 0 || length[i] != length[kept - 1])
                length[kept++] = length[i];
        *count = kept;
    }
    list_release(&list);
    return status;
}

/* ---- outputs ---- */

static enum status write_files(const struct inspected *inspected, const char *folder, const char *formats,
                               struct text *written, struct message *message)
{
    char *path = NULL;
    enum status status = file_make_folders(folder, message);
    if (status)
        return status;
    path = file_join(folder, "encoder.h5");
    status = path ? inspected_write(path, inspected, message)
                  : message_set(message, STATUS_FAILED, "no memory for the path of a file in %.200s", folder);
    if (!status) {
        text_append(written, "%s\n", path);
        status = inspected_plot(inspected, folder, formats, written, message);
    }
    memory_release(path);
    return status;
}

static enum status show(const struct inspected *inspected, const struct inspect_request *request,
                        struct message *message)
{
    struct text text = {0}, written = {0};
    enum status status = STATUS_OK;
    (request->json ? inspect_print_json : inspect_print_text)(&text, inspected);
    if (request->out)
        status = write_files(inspected, request->out, request->formats ? request->formats : "png", &written,
                             message);
    if (!status && (text.failed || written.failed))
        status = message_set(message, STATUS_FAILED, "no memory for what is to be printed");
    if (!status) {
        fputs(text_string(&text), stdout);
        if (written.length > 0 && !request->json)
            printf("\n%s", text_string(&written));
    }
    text_release(&text);
    text_release(&written);
    return status;
}

static enum status check_request(const struct inspect_request *request, struct message *message)
{
    if (request->formats && !request->out)
        return message_set(
            message, STATUS_WRONG,
            "--format is for figures, which are drawn into the folder of --out DIR: give that too");
    return inspected_plot_check(request->formats ? request->formats : "png", message);
}

static enum status inspect_run(const void *given, size_t count, const char *const *operand,
                               struct message *message)
{
    const struct inspect_request *request = given;
    const size_t layer = request->layer > 0 ? request->layer : 1;
    struct alone alone = {.variant = {.name = ""}};
    struct inspected inspected = {.lengths = 0};
    size_t length[LENGTHS_MAX], lengths = 0;
    const struct alone_request wanted = {.variant = operand[0],
                                         .positions = request->positions,
                                         .experiment = request->experiment,
                                         .sets = request->set.count,
                                         .set = request->set.at};
    enum status status = check_request(request, message);
    (void)count;
    if (!status)
        status = alone_read(&alone, &wanted, message);
    if (!status)
        status = read_lengths(length, &lengths, request->lengths, alone.shape.trained_length, message);
    if (!status && layer > alone.shape.layers)
        status =
            message_set(message, STATUS_WRONG, "--layer %zu: the model has %zu layer%s; --set model.layers=N",
                        layer, alone.shape.layers, alone.shape.layers == 1 ? "" : "s");
    if (!status) {
        const struct inspection_request inspection = {.trained = &alone.variant.trained,
                                                      .evaluated = &alone.variant.evaluated,
                                                      .shape = alone.shape,
                                                      .layer = layer - 1,
                                                      .seed = request->seed > 0 ? request->seed : 1,
                                                      .lengths = lengths,
                                                      .length = length};
        status = inspection_make(&inspected, &inspection, message);
        memcpy(inspected.variant, alone.variant.name, sizeof inspected.variant);
    }
    if (!status)
        status = show(&inspected, request, message);
    inspected_release(&inspected);
    alone_release(&alone);
    return status;
}

#define AT(field) offsetof(struct inspect_request, field)
static const struct argument inspect_arguments[] = {
    {"length", ARGUMENT_TEXT, AT(lengths), "N,...",
     "lengths n, in tokens or as multiples of L (default: 1L, 8L)"},
    {"positions", ARGUMENT_TEXT, AT(positions), "SPEC", "another position map at evaluation"},
    {"set", ARGUMENT_LIST, AT(set), "SECTION.KEY=VALUE",
     "model.KEY, training.length or \"variant NAME.KEY\"; may be repeated"},
    {"experiment", ARGUMENT_TEXT, AT(experiment), "NAME",
     "take variants, [model] and L from this experiment or file"},
    {"layer", ARGUMENT_COUNT, AT(layer), "N", "which layer is looked at, from 1 (default: 1)"},
    {"seed", ARGUMENT_COUNT, AT(seed), "N", "of the initial weights (default: 1)"},
    {"out", ARGUMENT_TEXT, AT(out), "DIR", "write encoder.h5 and a figure for each length there"},
    {"format", ARGUMENT_TEXT, AT(formats), "NAME,...", "of the figures: png (default), svg, pdf"},
    {"json", ARGUMENT_SWITCH, AT(json), NULL, "as JSON, with the curves"},
    {.name = NULL},
};

extern const struct command command_inspect;
const struct command command_inspect = {
    .name = "inspect",
    .operands = "VARIANT",
    .summary = "an encoder by itself, untrained: alikeness of positions, distances, biases",
    .examples = "lexbench inspect rope\n"
                "lexbench inspect rope-ntk --length 1L,8L,1000000 --out figures/rope-ntk --format png,svg\n"
                "lexbench inspect \"rope(base=500000) + window(width=0.5L)\" --set training.length=1024\n"
                "lexbench inspect rnope --layer 2 --set model.layers=4 --json",
    .more =
        "VARIANT is a named one (lexbench list variants) or written out: \"rope(base=500000)\", NAME=SPEC.  "
        "It is\n"
        "looked at as it would be evaluated, with the weights that training would start from.\n"
        "\n"
        "Alikeness of two positions is the cosine of the vectors that are added there, or what rotation "
        "leaves of\n"
        "the content term when query and key are all ones, as a share.  Of a length beyond 256 tokens maps "
        "hold 256\n"
        "places; curves are taken at distances spaced by their logarithm, over up to 64 pairs each.  Numbers "
        "in the\n"
        "table are of the last query and all keys it sees, so no length is too long: 1000000 takes seconds.\n"
        "What depends on the text (cope, forgetting, ...) is not shown.\n",
    .arguments = inspect_arguments,
    .request_size = sizeof(struct inspect_request),
    .least = 1,
    .most = 1,
    .run = inspect_run,
};
