/* merge.c -- lexbench merge: trial files, wherever they lie, into one results file. */
#include <stdio.h>
#include <sys/stat.h>

#include "commandline/command.h"
#include "running/collection.h"

struct merge_request {
    const char *out;
    struct argument_list against;
    bool allow_mixed, no_items;
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
                           const struct argument_list *against, struct message *message)
{
    enum status status = STATUS_OK;
    struct stat info;
    for (size_t i = 0; !status && i < against->count; i++)
        status = collection_add_results(collection, against->at[i], message);
    for (size_t i = 0; !status && i < count; i++)
        status = stat(source[i], &info) == 0 && S_ISDIR(info.st_mode)
                     ? collection_add_folder(collection, source[i], message)
                     : collection_add_file(collection, source[i], message);
    if (!status && collection->count + collection->results == against->count)
        status =
            message_set(message, STATUS_FAILED, "nothing to merge: no whole trial or results file in %s%s",
                        source[0], count > 1 ? " and the other sources" : "");
    return status;
}

static void say_what(const struct collection *collection, const char *out)
{
    const size_t trials = collection->count, files = collection->results;
    if (trials > 0)
        fprintf(stderr, "%zu trial%s%s", trials, trials == 1 ? "" : "s", files > 0 ? " and " : "");
    if (files > 0)
        fprintf(stderr, "%zu results file%s", files, files == 1 ? "" : "s");
    fprintf(stderr, " in %s\n", out);
}

static enum status merge_run(const void *request, size_t count, const char *const *operand,
                             struct message *message)
{
    const struct merge_request *merge = request;
    struct collection collection = {
        .options = {.allow_mixed = merge->allow_mixed, .no_items = merge->no_items}};
    struct results results = {.variants = 0};
    enum status status;
    if (!merge->out)
        return message_set(message, STATUS_WRONG,
                           "merge needs --out FILE: lexbench merge %s --out results.h5", operand[0]);
    status = check_sources(operand, count, message);
    if (!status)
        status = collect(&collection, operand, count, &merge->against, message);
    if (!status)
        status = collection_merge(&results, &collection, NULL, message);
    if (!status) {
        status = results_write(merge->out, &results, message);
        results_release(&results);
    }
    if (!status) {
        say_what(&collection, merge->out);
        if (collection.left_out > 0)
            status = message_set(message, STATUS_FAILED, "%zu file%s left out, named above",
                                 collection.left_out, collection.left_out == 1 ? " was" : "s were");
    }
    collection_release(&collection);
    return status;
}

#define AT(field) offsetof(struct merge_request, field)
static const struct argument merge_arguments[] = {
    {"out", ARGUMENT_TEXT, AT(out), "FILE", "the results file to write"},
    {"against", ARGUMENT_LIST, AT(against), "OLD",
     "an older results file or run to compare with: it must be there and fit; may be repeated"},
    {"no-items", ARGUMENT_SWITCH, AT(no_items), NULL, "leave the scores of single items out"},
    {"allow-mixed", ARGUMENT_SWITCH, AT(allow_mixed), NULL,
     "numerics revisions, instruction sets, dataset versions and scored sets may differ; the file says so"},
    {.name = NULL},
};

extern const struct command command_merge;
const struct command command_merge = {
    .name = "merge",
    .operands = "SOURCE...",
    .summary = "trial folders, trial files and results files -> one results file",
    .examples = "lexbench merge runs/quick --out quick.h5\n"
                "lexbench merge node1/trials node2/trials --out results.h5\n"
                "lexbench merge runs/mine --against published.h5 --out both.h5",
    .more =
        "A folder is searched to any depth for *.h5, except weights.h5, and a results.h5 beside the trials "
        "it was\n"
        "merged from.  Equal duplicates are one; two values for one place are an error that names both "
        "files.\n"
        "Files that are cut short, altered or of another program are named, left out, and make the exit\n"
        "status 1.\n",
    .arguments = merge_arguments,
    .request_size = sizeof(struct merge_request),
    .least = 1,
    .most = OPERANDS_MAX,
    .run = merge_run,
};
