/* layers.c -- options as the layers of a file set them: [kind] for all datasets, [kind NAME] for one. */
#include <stdio.h>
#include <string.h>

#include "experiment/resolve/resolve.h"

enum status layers_set(const struct option *table, void *object, const struct ini_section *section,
                       const struct ini_entry *entry, const char *value, struct message *message)
{
    char owner[INI_SECTION_MAX + 3];
    snprintf(owner, sizeof owner, "[%s]", section->name);
    enum status status = option_set(table, object, owner, entry->key, value, message);
    if (status)
        ini_locate(message, entry->place);
    return status;
}

static enum status apply_layer(void *object, const struct option *table, const struct view *view,
                               const struct ini_section *section, size_t layer, struct message *message)
{
    enum status status = STATUS_OK;
    bool zips = table == model_option_table || table == training_option_table; /* read by the grid */
    for (size_t i = 0; section && !status && i < section->count; i++) {
        const struct ini_entry *entry = &section->entry[i];
        if (entry->layer != layer || (zips && strcmp(entry->key, "zip") == 0))
            continue;
        const char *value = view_value(view, entry);
        status = grid_refuse(section, entry, value, message);
        if (!status)
            status = layers_set(table, object, section, entry, value, message);
    }
    return status;
}

enum status layers_read(void *object, const struct option *table, const struct view *view, const char *kind,
                        const char *name, struct message *message)
{
    const struct ini_section *shared = ini_find(view->ini, kind);
    const struct ini_section *own = name ? ini_named(view->ini, kind, name) : NULL;
    enum status status = option_defaults(table, object, message);
    for (size_t layer = 0; !status && layer <= view->ini->layers; layer++) {
        status = apply_layer(object, table, view, shared, layer, message);
        if (!status)
            status = apply_layer(object, table, view, own, layer, message);
    }
    return status;
}

const struct ini_entry *layers_source(bool *own, const struct ini *ini, const char *kind, const char *name,
                                      const char *key)
{
    const struct ini_section *shared_section = ini_find(ini, kind);
    const struct ini_section *own_section = ini_named(ini, kind, name);
    const struct ini_entry *shared_entry = shared_section ? ini_entry(shared_section, key) : NULL;
    const struct ini_entry *own_entry = own_section ? ini_entry(own_section, key) : NULL;
    *own = own_entry && (!shared_entry || own_entry->layer >= shared_entry->layer);
    return *own ? own_entry : shared_entry;
}
