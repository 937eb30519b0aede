/* merge.c -- lexbench merge: trial files, wherever they lie, into one results file. */
#include <stdio.h>
#include <sys/stat.h>

#include "commands/collection.h"
#include "commands/command.h"

struct merge_request {
    const char *out;
};

static enum status check_sources(const char *const *source, size_t count, struct message *message)
{
    struct stat info;

    for (size_t i = 0; i < count; i++)
        if (stat(source[i], &info) != 0)
            return message_set(message, STATUS_WRONG, "%s: there is no such file or folder", source[i]);
    return STATUS_OK;
}

static enum status collect(struct collection *collection, const char *const *source, size_t count,
                           struct message *message)
{
    enum status status = STATUS_OK;
    struct stat info;

    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        status = stat(source[i], &info) == 0 && S_ISDIR(info.st_mode)
                     ? collection_add_folder(collection, source[i], message)
                     : collection_add_file(collection, source[i], message);
    if (status == STATUS_OK && collection->count == 0)
        status = message_set(message, STATUS_FAILED, "nothing to merge: no whole trial file in %s%s",
                             source[0], count > 1 ? " and the other sources" : "");
    return status;
}

static enum status merge_run(const void *request, size_t count, const char *const *operand,
                             struct message *message)
{
    const struct merge_request *merge = request;
    struct collection collection = {.count = 0};
    struct results results = {.variants = 0};
    enum status status;

    if (!merge->out)
        return message_set(message, STATUS_WRONG,
                           "merge needs --out FILE: lexbench merge %s --out results.h5", operand[0]);
    status = check_sources(operand, count, message);
    if (status == STATUS_OK)
        status = collect(&collection, operand, count, message);
    if (status == STATUS_OK)
        status = collection_merge(&results, &collection, NULL, message);
    if (status == STATUS_OK) {
        status = results_write(merge->out, &results, message);
        results_release(&results);
    }
    if (status == STATUS_OK) {
        fprintf(stderr, "%zu trial%s in %s\n", collection.count, collection.count == 1 ? "" : "s",
                merge->out);
        if (collection.left_out > 0)
            status = message_set(message, STATUS_FAILED, "%zu file%s left out, named above",
                                 collection.left_out, collection.left_out == 1 ? " was" : "s were");
    }
    collection_release(&collection);
    return status;
}

static const struct argument merge_arguments[] = {
    {"out", ARGUMENT_TEXT, offsetof(struct merge_request, out), "FILE", "the results file to write"},
    {.name = NULL}};

extern const struct command command_merge;
const struct command command_merge = {
    .name = "merge",
    .operands = "SOURCE...",
    .summary = "trial folders and trial files -> one results file",
    .examples = "lexbench merge runs/quick --out quick.h5\n"
                "lexbench merge node1/trials node2/trials --out results.h5",
    .more = "A folder is searched to any depth for *.h5, weights.h5 and results.h5 excepted.  Files that are "
            "cut\n"
            "short, altered or of another program are named, left out, and make the exit status 1.\n",
    .arguments = merge_arguments,
    .request_size = sizeof(struct merge_request),
    .least = 1,
    .most = OPERANDS_MAX,
    .run = merge_run,
};
