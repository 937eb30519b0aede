/* collection.c -- trial files, read and merged. */
#include "running/collection.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "experiment/search/search.h"
#include "results/findings/claims.h"
#include "running/folder.h"
#include "support/file.h"
#include "support/memory.h"

enum { DEPTH_MAX = 16 }; /* of folders in folders: a loop of links ends there */

void collection_release(struct collection *collection)
{
    merger_release(collection->merger);
    *collection = (struct collection){.count = 0};
}

static enum status begin(struct collection *collection, struct message *message)
{
    return collection->merger ? STATUS_OK : merger_create(&collection->merger, &collection->options, message);
}

static enum status merge_trial(struct collection *collection, struct trial *trial, const char *path,
                               struct message *message)
{
    enum status status = begin(collection, message);
    if (!status)
        status = merger_add_trial(collection->merger, trial, path, message);
    trial_release(trial);
    collection->count++;
    return status;
}

static enum status merge_results(struct collection *collection, struct results *results, const char *path,
                                 struct message *message)
{
    enum status status = begin(collection, message);
    if (!status)
        status = merger_add_results(collection->merger, results, path, message);
    results_release(results);
    collection->results++;
    return status;
}

enum status collection_add_file(struct collection *collection, const char *path, struct message *message)
{
    struct trial trial;
    struct results results;
    struct message why = {""};
    if (!trial_read(&trial, path, &why))
        return merge_trial(collection, &trial, path, message);
    if (!results_read(&results, path, NULL))
        return merge_results(collection, &results, path, message);
    fprintf(stderr, "left out: %s\n", why.text);
    collection->left_out++;
    return STATUS_OK;
}

enum status collection_add_results(struct collection *collection, const char *path, struct message *message)
{
    struct results results = {.variants = 0};
    enum status status = collection_open_results(&results, path, message);
    return !status ? merge_results(collection, &results, path, message) : status;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* merged: there is a folder `trials` beside it. */
static bool is_wanted(const char *name, bool merged)
{
    size_t length = strlen(name);
    return length > 3 && strcmp(name + length - 3, ".h5") == 0 && strcmp(name, "weights.h5") != 0 &&
           !(merged && strcmp(name, "results.h5") == 0);
}

static bool holds(char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static enum status add_below(struct collection *collection, const char *folder, size_t depth,
                             struct message *message)
{
    char **names = NULL;
    size_t count = 0;
    enum status status = file_list(&names, &count, folder, "", message);
    bool merged = holds(names, count, "trials");
    for (size_t i = 0; i < count; i++) {
        char *path = !status ? file_join(folder, names[i]) : NULL;
        if (!status && !path)
            status = message_set(message, STATUS_FAILED, "no memory for the files in %s", folder);
        else if (path && is_folder(path))
            status = depth < DEPTH_MAX ? add_below(collection, path, depth + 1, message) : STATUS_OK;
        else if (path && is_wanted(names[i], merged))
            status = collection_add_file(collection, path, message);
        memory_release(path);
    }
    for (size_t i = 0; i < count; i++)
        memory_release(names[i]);
    memory_release(names);
    return status;
}

enum status collection_add_folder(struct collection *collection, const char *folder, struct message *message)
{
    return add_below(collection, folder, 0, message);
}

enum status collection_add_plan(struct collection *collection, const struct plan *plan, const char *out,
                                struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t t = 0; t < plan->trainings; t++)
        for (size_t e = 0; !status && e < plan->training[t].evaluations; e++) {
            struct text path = folder_trial_path(out, &plan->training[t], e);
            if (path.failed)
                status = message_set(message, STATUS_FAILED, "no memory for the path of a trial");
            else if (file_exists(text_string(&path)))
                status = collection_add_file(collection, text_string(&path), message);
            text_release(&path);
        }
    for (size_t i = 0; !status && plan->search && i < plan->search->rounds; i++)
        status = collection_add_plan(collection, &plan->search->round[i], out, message);
    return status;
}

enum status collection_merge(struct results *results, const struct collection *collection,
                             const struct plan *plan, struct message *message)
{
    size_t order_count = plan ? plan->variants : 0;
    const char **order = memory_allocate(order_count, sizeof *order, "names of variants", message);
    enum status status = STATUS_FAILED;
    if (!order)
        goto done;
    for (size_t i = 0; i < order_count; i++)
        order[i] = plan->variant[i].name;
    status = merger_finish(results, collection->merger, order, order_count, message);
    if (!status && plan) { /* trials may bear the name that the experiment had before */
        memcpy(results->title, plan->name, sizeof results->title);
        status = results_set_claims(results, plan->claim, plan->claims, message);
    }
done:
    memory_release(order);
    return status;
}

enum status collection_open_results(struct results *results, const char *path, struct message *message)
{
    char *inside = NULL;
    enum status status;
    if (!file_exists(path) && !is_folder(path))
        return message_set(message, STATUS_WRONG, "%s: there is no such file or folder", path);
    if (is_folder(path)) {
        inside = file_join(path, "results.h5");
        if (!inside)
            return message_set(message, STATUS_FAILED, "no memory for the path of the results in %s", path);
        if (!file_exists(inside)) {
            memory_release(inside);
            return message_set(
                message, STATUS_WRONG,
                "%s has no results.h5; make one from its trials: lexbench merge %s --out %s/results.h5", path,
                path, path);
        }
    }
    status = results_read(results, inside ? inside : path, message);
    memory_release(inside);
    return status;
}
