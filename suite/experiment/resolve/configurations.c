/* configurations.c -- the grid of [model] and [training] on one dataset, and what its combinations are
 * called.
 *
 * A configuration is called LAYERSxWIDTH-LLENGTH, "2x64-L64", and -key=value for each other key that has
 * alternatives on this dataset: "2x64-L64-steps=600".  A key that [training DATASET] sets is that
 * dataset's own: alternatives of [training] do not multiply there. */
#include <stdio.h>
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "support/memory.h"
#include "support/text.h"

struct own { /* the keys of [training] or [training DATASET] that are in force for a dataset */
    const struct ini *ini;
    const char *dataset;
};

static bool is_in_force(const void *context, const struct ini_entry *entry)
{
    const struct own *own = context;
    bool by_dataset;
    return layers_source(&by_dataset, own->ini, "training", own->dataset, entry->key) == entry;
}

static bool is_model_key(const struct grid_key *key)
{
    return strcmp(key->section->name, "model") == 0;
}

/* 600 and 0600 are one alternative: labels become key=value in canonical form. */
static enum status canonical_labels(struct grid_key *key, struct message *message)
{
    union {
        struct model_options model;
        struct training_options training;
    } scratch;
    const struct option *table = is_model_key(key) ? model_option_table : training_option_table;
    char owner[INI_SECTION_MAX + 3];
    enum status status = option_defaults(table, &scratch, message);
    snprintf(owner, sizeof owner, "[%s]", key->section->name);
    for (size_t i = 0; !status && i < key->alternative.count; i++) {
        struct text label = {0};
        status = option_set(table, &scratch, owner, key->entry->key, key->alternative.item[i], message);
        text_append(&label, "%s=", key->entry->key);
        if (!status)
            option_print(&label, option_find(table, key->entry->key), &scratch);
        for (size_t j = 0; !status && j < i; j++)
            if (strcmp(key->label.item[j], text_string(&label)) == 0)
                status =
                    message_set(message, STATUS_WRONG, "%s: %s: the alternatives `%.60s` and `%.60s` are one",
                                owner, key->entry->key, key->alternative.item[j], key->alternative.item[i]);
        memory_release(key->label.item[i]);
        if (!status)
            status = text_check(&label, "the names of configurations", message);
        key->label.item[i] = status ? NULL : list_copy(text_string(&label), label.length, message);
        if (!status && !key->label.item[i])
            status = STATUS_FAILED;
        text_release(&label);
    }
    if (status)
        ini_locate(message, key->entry->place);
    return status;
}

enum status configurations_grid(struct grid *grid, const struct ini *ini, const char *dataset,
                                struct message *message)
{
    const struct own own = {.ini = ini, .dataset = dataset};
    const struct grid_filter filter = {.takes = is_in_force, .context = &own};
    grid_begin(grid);
    enum status status = grid_add(grid, ini_find(ini, "model"), NULL, false, message);
    if (!status)
        status = grid_add(grid, ini_find(ini, "training"), &filter, false, message);
    if (!status)
        status = grid_add(grid, ini_named(ini, "training", dataset), &filter, false, message);
    for (size_t k = 0; !status && k < grid->keys; k++)
        status = canonical_labels(&grid->key[k], message);
    return status;
}

static bool stands_in_every_name(const struct grid_key *key)
{
    const char *name = key->entry->key;
    return is_model_key(key) ? strcmp(name, "layers") == 0 || strcmp(name, "width") == 0
                             : strcmp(name, "length") == 0;
}

enum status configuration_name(struct planned_dataset *out, const struct grid *grid, size_t index,
                               struct message *message)
{
    struct text whole = {0};
    text_append(&whole, "%zux%zu-L%zu", out->model.layers, out->model.width, out->training.length);
    for (size_t k = 0; k < grid->keys; k++)
        if (!grid->key[k].passive && !stands_in_every_name(&grid->key[k])) {
            text_append(&whole, "-%s", grid->key[k].label.item[grid_choice(grid, k, index)]);
            out->named_by_grid = true;
        }
    enum status status = text_check(&whole, "the name of a configuration", message);
    if (!status)
        grid_name(out->configuration, sizeof out->configuration, text_string(&whole));
    snprintf(out->label, sizeof out->label, "%s%s%s", out->name, grid->count > 1 ? " " : "",
             grid->count > 1 ? out->configuration : "");
    if (out->fold > 0)
        snprintf(out->label + strlen(out->label), sizeof out->label - strlen(out->label), " fold %zu",
                 out->fold);
    text_release(&whole);
    return status;
}
