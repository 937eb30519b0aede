/* collection.c -- trial files, read and merged. */
#include "commands/collection.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "commands/job.h"
#include "support/file.h"
#include "support/memory.h"

enum { DEPTH_MAX = 16 }; /* of folders in folders: a loop of links ends there */

void collection_release(struct collection *collection)
{
    for (size_t i = 0; i < collection->count; i++)
        trial_release(&collection->trial[i]);
    memory_release(collection->trial);
    *collection = (struct collection){.count = 0};
}

enum status collection_add_file(struct collection *collection, const char *path, struct message *message)
{
    void *trials = collection->trial;
    struct trial trial;
    struct message why = {""};
    enum status status;

    if (trial_read(&trial, path, &why) != STATUS_OK) {
        fprintf(stderr, "left out: %s\n", why.text);
        collection->left_out++;
        return STATUS_OK;
    }
    status =
        memory_grow(&trials, &collection->capacity, collection->count + 1, sizeof trial, "trials", message);
    collection->trial = trials;
    if (status != STATUS_OK)
        trial_release(&trial);
    else
        collection->trial[collection->count++] = trial;
    return status;
}

static bool is_folder(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool is_trial_name(const char *name)
{
    size_t length = strlen(name);

    return length > 3 && strcmp(name + length - 3, ".h5") == 0 && strcmp(name, "weights.h5") != 0 &&
           strcmp(name, "results.h5") != 0;
}

static enum status add_below(struct collection *collection, const char *folder, size_t depth,
                             struct message *message)
{
    char **names = NULL;
    size_t count = 0;
    enum status status = file_list(&names, &count, folder, "", message);

    for (size_t i = 0; i < count; i++) {
        char *path = status == STATUS_OK ? file_join(folder, names[i]) : NULL;

        if (status == STATUS_OK && !path)
            status = message_set(message, STATUS_FAILED, "no memory for the files in %s", folder);
        else if (path && is_folder(path))
            status = depth < DEPTH_MAX ? add_below(collection, path, depth + 1, message) : STATUS_OK;
        else if (path && is_trial_name(names[i]))
            status = collection_add_file(collection, path, message);
        memory_release(path);
        memory_release(names[i]);
    }
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
        for (size_t e = 0; status == STATUS_OK && e < plan->training[t].evaluations; e++) {
            struct text path = job_trial_path(out, &plan->training[t], e);

            if (file_exists(text_string(&path)))
                status = collection_add_file(collection, text_string(&path), message);
            text_release(&path);
        }
    return status;
}

enum status collection_merge(struct results *results, const struct collection *collection,
                             const struct plan *plan, struct message *message)
{
    size_t order_count = plan ? plan->variants : 0;
    const struct trial **trials = memory_allocate(collection->count, sizeof *trials, "trials", message);
    const char **order = memory_allocate(order_count, sizeof *order, "names of variants", message);
    enum status status = STATUS_FAILED;

    if (!trials || !order)
        goto done;
    for (size_t i = 0; i < collection->count; i++)
        trials[i] = &collection->trial[i];
    for (size_t i = 0; i < order_count; i++)
        order[i] = plan->variant[i].name;
    status = results_merge(results, trials, collection->count, order, order_count, message);
done:
    memory_release(trials);
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
