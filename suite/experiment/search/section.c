/* section.c -- [tuning]: what may be chosen, and the candidates, which are the combinations of a grid of
 * options.
 *
 *     [tuning]
 *     grid.training.rate = 0.003 | 0.006 | 0.012
 *     seed  = 1000          not one of the experiment's
 *     steps = 200           of each of these trainings; default: those of the experiment */
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "experiment/search/search.h"
#include "support/memory.h"
#include "support/text.h"

static const struct option tuning_table[] = {
    {"seed", OPTION_SIZE, offsetof(struct search, seed), "0", 0, 9007199254740992.0, NULL,
     "seed of the trainings of a tuning"},
    {"steps", OPTION_SIZE, offsetof(struct search, steps), "0", 1, 1e9, NULL, "steps of each of them"},
    {.name = NULL},
};

/* ---- the section ---- */

/* The table that grid.training.KEY or grid.model.KEY is of, NULL = another key; *option: KEY. */
static const struct option *table_of(const char **option, const char *key)
{
    static const char training[] = "grid.training.", model[] = "grid.model.";
    bool is_training = text_begins(key, training);
    bool is_model = text_begins(key, model);
    *option = key + strlen(is_training ? training : model);
    return is_training ? training_option_table : is_model ? model_option_table : NULL;
}

static bool is_one_of(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* What names a configuration or is compared by the experiment is not chosen for it. */
static enum status check_tuned(const struct ini *ini, const struct plan *plan, const struct ini_entry *entry,
                               struct message *message)
{
    static const char *const fixed[] = {"length", "steps",        "layers", "width",
                                        "heads",  "feed_forward", "tied"};
    const char *name;
    const struct option *table = table_of(&name, entry->key);
    if (option_find(table, name) && is_one_of(name, fixed, sizeof fixed / sizeof *fixed))
        return message_set(
            message, STATUS_WRONG,
            "[tuning]: %s: `%s` makes the configuration and is not tuned; alternatives in [%s] "
            "train all of them",
            entry->key, name, table == model_option_table ? "model" : "training");
    for (size_t d = 0; d < plan->datasets; d++) {
        bool own;
        const struct ini_entry *source = layers_source(
            &own, ini, table == model_option_table ? "model" : "training", plan->dataset[d].name, name);
        if (source && strchr(source->value, '|'))
            return message_set(message, STATUS_WRONG,
                               "[tuning]: %s is to be chosen, but has alternatives in the experiment "
                               "(%.60s:%zu): keep one of both",
                               entry->key, source->place.file, source->place.line);
    }
    return STATUS_OK;
}

static enum status check_key(const struct ini *ini, const struct plan *plan, const struct ini_entry *entry,
                             struct message *message)
{
    static const char *const keys[] = {"seed", "steps", "zip", "grid.training.rate", "grid.training.warmup"};
    enum { KEYS = sizeof keys / sizeof *keys };
    char suggestion[256];
    const char *name;
    enum status status;
    if (table_of(&name, entry->key))
        status = check_tuned(ini, plan, entry, message);
    else if (!is_one_of(entry->key, keys, KEYS)) {
        text_suggest(suggestion, sizeof suggestion, entry->key, keys, KEYS);
        status =
            message_set(message, STATUS_WRONG,
                        "[tuning] has no key `%.80s`: grid.training.KEY, grid.model.KEY, seed, steps; %s",
                        entry->key, suggestion);
    } else
        status = strcmp(entry->key, "zip") == 0 || !strchr(entry->value, '|')
                     ? STATUS_OK
                     : message_set(message, STATUS_WRONG, "[tuning]: %s has one value", entry->key);
    if (status)
        ini_locate(message, entry->place);
    return status;
}

static enum status read_settings(struct search *out, const struct ini *ini, const struct plan *plan,
                                 const struct ini_section *section, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < section->count; i++) {
        const struct ini_entry *entry = &section->entry[i];
        status = check_key(ini, plan, entry, message);
        if (!status && option_find(tuning_table, entry->key))
            status = layers_set(tuning_table, out, section, entry, entry->value, message);
        if (status)
            return status;
    }
    const struct ini_entry *seed = ini_entry(section, "seed");
    const size_t last = plan->first_seed + plan->seeds - 1;
    if (!seed || (out->seed >= plan->first_seed && out->seed <= last)) {
        status =
            message_set(message, STATUS_WRONG,
                        "[tuning] needs a seed of its own, so that nothing is chosen by the trainings that "
                        "are compared: one that is not among the experiment's, %zu to %zu",
                        plan->first_seed, last);
        ini_locate(message, seed ? seed->place : section->place);
    }
    return status;
}

/* ---- the candidates ---- */

/* The options of one pair under the combination that is selected, and "rate=0.006" for it. */
static enum status read_candidate(struct candidate *out, const struct view *view,
                                  const struct ini_section *section, const struct planned_dataset *pair,
                                  struct message *message)
{
    struct text text = {0};
    enum status status = STATUS_OK;
    out->model = pair->model;
    out->training = pair->training;
    for (size_t i = 0; !status && i < section->count; i++) {
        const struct ini_entry *entry = &section->entry[i];
        const char *name;
        const struct option *table = table_of(&name, entry->key);
        void *object = table == model_option_table ? (void *)&out->model : (void *)&out->training;
        if (!table)
            continue;
        status = option_set(table, object, "[tuning]", name, view_value(view, entry), message);
        if (status) {
            ini_locate(message, entry->place);
            break;
        }
        text_append(&text, "%s%s=", text.length > 0 ? " " : "", name);
        option_print(&text, option_find(table, name), object);
    }
    if (!status && text.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the candidates of a tuning");
    if (!status)
        grid_name(out->coordinates, sizeof out->coordinates, text_string(&text));
    text_release(&text);
    return status;
}

static enum status check_size(const struct search *search, struct message *message)
{
    const double size = (double)search->pairs * (double)search->candidates * (double)search->parts;
    if (search->candidates > 1 && size <= PRODUCT_MAX)
        return STATUS_OK;
    if (search->candidates <= 1)
        return message_set(message, STATUS_WRONG,
                           "[tuning] has nothing to choose from: grid.training.rate = 0.003 | 0.006 | 0.012");
    return message_set(
        message, STATUS_WRONG,
        "[tuning] has %.0f trainings: %zu datasets with their configurations, %zu trained parts, "
        "%zu combinations; at most %d are possible",
        size, search->pairs, search->parts, search->candidates, PRODUCT_MAX);
}

/* Candidate after candidate within each pair. */
static enum status read_candidates(struct search *out, const struct grid *grid,
                                   const struct ini_section *section, const struct plan *plan,
                                   struct message *message)
{
    const size_t count = out->pairs * out->candidates;
    enum status status = STATUS_OK;
    out->candidate = memory_allocate(count, sizeof *out->candidate, "the options of a tuning", message);
    if (!out->candidate)
        return STATUS_FAILED;
    for (size_t i = 0; !status && i < count; i++) {
        struct candidate *candidate = &out->candidate[i];
        const size_t number = i % out->candidates;
        const struct view view = {.grid = grid, .index = number};
        status = read_candidate(candidate, &view, section, &plan->dataset[i / out->candidates], message);
        for (size_t other = i - number; !status && other < i; other++)
            if (strcmp(out->candidate[other].coordinates, candidate->coordinates) == 0) {
                status = message_set(message, STATUS_WRONG, "[tuning]: two combinations are one: %s",
                                     candidate->coordinates);
                ini_locate(message, section->place);
            }
    }
    return status;
}

enum status search_read(struct search *out, const struct ini *ini, const struct plan *plan,
                        struct message *message)
{
    const struct ini_section *section = ini_find(ini, "tuning");
    struct grid grid;
    grid_begin(&grid);
    enum status status = read_settings(out, ini, plan, section, message);
    if (!status)
        status = grid_add(&grid, section, NULL, false, message);
    if (!status) {
        out->candidates = grid.count;
        status = check_size(out, message);
        if (status)
            ini_locate(message, section->place);
    }
    if (!status)
        status = read_candidates(out, &grid, section, plan, message);
    grid_release(&grid);
    return status;
}
