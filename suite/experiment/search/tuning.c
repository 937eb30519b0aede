/* tuning.c -- [tuning]: the same grid of options for every trained part, each tried once before the
 * experiment, so that every part has the same budget.
 *
 *     [tuning]
 *     grid.training.rate = 0.003 | 0.006 | 0.012
 *     seed  = 1000          not one of the experiment's
 *     steps = 200           of each of these trainings; default: those of the experiment
 *
 * A tuning is a plan of its own.  Its datasets are those of the experiment in every configuration and
 * under every combination (candidate) of the grid; its variants are the trained parts, evaluated as
 * trained, at n = L on the validation block.  The test block is not looked at.  A fine-tune is not tuned: it takes
 * what was chosen for the training that it begins with. */
#include <stdio.h>
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "support/memory.h"
#include "support/text.h"

struct tuning {
    size_t seed, steps; /* steps 0: those of the experiment */
};

static const struct option tuning_table[] = {
    {"seed", OPTION_SIZE, offsetof(struct tuning, seed), "0", 0, 9007199254740992.0, NULL,
     "seed of the trainings of a tuning"},
    {"steps", OPTION_SIZE, offsetof(struct tuning, steps), "0", 1, 1e9, NULL, "steps of each of them"},
    {.name = NULL},
};

/* ---------------------------------------------------------------------------------- the section */

/* The table that grid.training.KEY or grid.model.KEY is of, NULL = another key; *option: KEY. */
static const struct option *table_of(const char **option, const char *key)
{
    static const char training[] = "grid.training.", model[] = "grid.model.";
    bool is_training = strncmp(key, training, strlen(training)) == 0;
    bool is_model = strncmp(key, model, strlen(model)) == 0;
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

static enum status read_tuning(struct tuning *out, const struct ini *ini, const struct plan *plan,
                               const struct ini_section *section, struct message *message)
{
    enum status status = STATUS_OK;
    *out = (struct tuning){0};
    for (size_t i = 0; i < section->count; i++) {
        const struct ini_entry *entry = &section->entry[i];
        status = check_key(ini, plan, entry, message);
        if (!status && option_find(tuning_table, entry->key)) {
            status = option_set(tuning_table, out, "[tuning]", entry->key, entry->value, message);
            if (status)
                ini_locate(message, entry->place);
        }
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

/* ------------------------------------------------------------------------------- the candidates */

/* The options of one pair under the combination that is selected, and "rate=0.006" for it. */
static enum status apply_candidate(struct tuned *out, char coordinates[TUNING_SIZE],
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
        status = option_set(table, object, "[tuning]", name, entry->value, message);
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
        grid_name(coordinates, TUNING_SIZE, text_string(&text));
    text_release(&text);
    return status;
}

static enum status check_validation(const struct planned_dataset *dataset, struct message *message)
{
    const struct dataset *kind = dataset->kind;
    enum status status =
        kind->refuses ? kind->refuses(dataset->state, SPLIT_VALIDATION, dataset->training.length, message)
                      : STATUS_OK;
    if (status)
        message_prefix(message, "[tuning] scores the validation block of dataset `%s`", dataset->name);
    return status;
}

/* A pair of the experiment under one candidate. */
static enum status make_dataset(struct planned_dataset *out, struct tuned *tuned, const struct tuning *tuning,
                                const struct ini_section *section, const struct planned_dataset *pair,
                                size_t candidate, struct message *message)
{
    *out = *pair;
    out->shared = true; /* the experiment's plan owns the state */
    out->candidate = candidate;
    enum status status = apply_candidate(tuned, out->tuning, section, pair, message);
    out->model = tuned->model;
    out->training = tuned->training;
    if (tuning->steps > 0)
        out->training.steps = tuning->steps;
    snprintf(out->label, sizeof out->label, "%.100s, %.150s", pair->label, out->tuning);
    out->evaluation.lengths = (struct length_list){.count = 1, .at = {{.value = 1, .relative = true}}};
    out->evaluation.validation = true;
    out->protocol = NULL;
    if (!status)
        status = protocols_single(out, pair->kind->window ? "nonoverlap" : "exact-match", message);
    return status ? status : check_validation(out, message);
}

static enum status check_size(const struct plan *plan, size_t candidates, size_t parts,
                              struct message *message)
{
    const double size = (double)plan->datasets * (double)candidates * (double)parts;
    if (candidates > 1 && size <= PRODUCT_MAX)
        return STATUS_OK;
    if (candidates <= 1)
        return message_set(message, STATUS_WRONG,
                           "[tuning] has nothing to choose from: grid.training.rate = 0.003 | 0.006 | 0.012");
    return message_set(
        message, STATUS_WRONG,
        "[tuning] has %.0f trainings: %zu datasets with their configurations, %zu trained parts, "
        "%zu combinations; at most %d are possible",
        size, plan->datasets, parts, candidates, PRODUCT_MAX);
}

/* Candidate after candidate within each pair. */
static enum status make_datasets(struct plan *out, struct ini *ini, const struct tuning *tuning,
                                 const struct plan *plan, struct message *message)
{
    struct ini_section *section = ini_lookup(ini, "tuning");
    struct grid grid;
    grid_begin(&grid);
    enum status status = grid_add(&grid, section, NULL, false, message);
    if (!status) {
        status = check_size(plan, grid.count, out->variants, message);
        if (status)
            ini_locate(message, section->place);
    }
    size_t count = status ? 0 : plan->datasets * grid.count;
    out->candidates = grid.count;
    out->dataset =
        status ? NULL : memory_allocate(count, sizeof *out->dataset, "the datasets of a tuning", message);
    out->tuned =
        status ? NULL : memory_allocate(count, sizeof *out->tuned, "the options of a tuning", message);
    if (!status && (!out->dataset || !out->tuned))
        status = STATUS_FAILED;
    for (size_t i = 0; !status && i < count; i++) {
        struct planned_dataset *dataset = &out->dataset[i];
        const size_t candidate = i % grid.count;
        grid_select(&grid, candidate);
        status = make_dataset(dataset, &out->tuned[i], tuning, section, &plan->dataset[i / grid.count],
                              candidate, message);
        out->datasets++;
        for (size_t other = i - candidate; !status && other < i; other++)
            if (strcmp(out->dataset[other].tuning, dataset->tuning) == 0) {
                status = message_set(message, STATUS_WRONG, "[tuning]: two combinations are one: %s",
                                     dataset->tuning);
                ini_locate(message, section->place);
            }
    }
    grid_release(&grid);
    return status;
}

/* ------------------------------------------------------------------------------------- the plans */

static bool is_first(const struct plan *plan, size_t variant)
{
    for (size_t v = 0; v < variant; v++)
        if (strcmp(plan->variant[v].first_text, plan->variant[variant].first_text) == 0)
            return false;
    return true;
}

/* The trained parts: the first variant with each, evaluated as it is trained. */
static enum status make_parts(struct plan *out, const struct plan *plan, struct message *message)
{
    enum status status = STATUS_OK;
    out->variant = memory_allocate(plan->variants, sizeof *out->variant, "the trained parts", message);
    if (!out->variant)
        return STATUS_FAILED;
    for (size_t v = 0; !status && v < plan->variants; v++) {
        const struct variant *from = &plan->variant[v];
        struct variant *part = &out->variant[out->variants];
        if (!is_first(plan, v))
            continue;
        *part = *from;
        part->first = part->trained = part->evaluated = (struct composition){0};
        part->finetune.steps = 0;
        part->evaluation_only = false;
        memcpy(part->trained_text, from->first_text, sizeof from->first_text);
        out->variants++;
        status = composition_copy(&part->first, &from->first, message);
        if (!status)
            status = composition_copy(&part->trained, &from->first, message);
        if (!status)
            status = composition_copy(&part->evaluated, &from->first, message);
    }
    return status;
}

enum status tuning_plan(struct plan *plan, struct ini *ini, const char *instruction_set,
                        struct message *message)
{
    const struct ini_section *section = ini_find(ini, "tuning");
    struct tuning tuning;
    struct plan *next = memory_allocate(1, sizeof *next, "the plan of an experiment", message);
    if (!next)
        return STATUS_FAILED;
    /* What comes later is checked now: nobody tunes for an hour to hear of a slip. */
    enum status status = trainings_plan(plan, instruction_set, message);
    *next = *plan;
    *plan = (struct plan){.next = next, .seeds = 1};
    memcpy(plan->name, next->name, sizeof plan->name);
    memcpy(plan->title, next->title, sizeof plan->title);
    if (!status)
        status = read_tuning(&tuning, ini, next, section, message);
    if (!status)
        status = make_parts(plan, next, message);
    if (!status)
        status = make_datasets(plan, ini, &tuning, next, message);
    if (status)
        return status;
    plan->first_seed = tuning.seed;
    return trainings_plan(plan, instruction_set, message);
}

/* The experiment's pairs, each once for every trained part, with the options chosen for it. */
static enum status choose_datasets(struct plan *plan, const struct plan *tuning, const size_t *choice,
                                   struct message *message)
{
    const size_t parts = tuning->variants, count = plan->datasets * parts;
    struct planned_dataset *chosen =
        memory_allocate(count, sizeof *chosen, "the datasets of an experiment", message);
    if (!chosen)
        return STATUS_FAILED;
    for (size_t i = 0; i < count; i++) {
        const size_t pair = i / parts;
        const struct tuned *tuned = &tuning->tuned[pair * tuning->candidates + choice[i]];
        chosen[i] = plan->dataset[pair];
        chosen[i].shared = plan->dataset[pair].shared || i % parts > 0;
        chosen[i].protocols_shared = plan->dataset[pair].protocols_shared || i % parts > 0;
        chosen[i].trained_as = tuning->variant[i % parts].trained_text;
        chosen[i].model = tuned->model;
        chosen[i].training = tuned->training;
    }
    memory_release(plan->dataset);
    plan->dataset = chosen;
    plan->datasets = count;
    return STATUS_OK;
}

enum status plan_choose(struct plan *plan, const size_t *choice, const char *instruction_set,
                        struct message *message)
{
    struct plan *tuning = plan->next; /* the block of the one becomes that of the other */
    struct plan next = *plan->next;
    plan->next = NULL;
    *tuning = *plan;
    *plan = next;
    plan->tuning = tuning;
    plan_release_trainings(plan);
    enum status status = choose_datasets(plan, tuning, choice, message);
    return status ? status : trainings_plan(plan, instruction_set, message);
}
