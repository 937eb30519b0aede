/* trained.c -- a plan from a weights file: its lines become the sections of an experiment, with the
 * shipped variants beneath and the settings of the command line above. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/writings/trained_private.h"
#include "registry/registry.h"
#include "support/memory.h"
#include "support/real.h"
#include "support/text.h"

/* ---------------------------------------------------------------------------------------------- writing */

void trained_describe(struct text *out, const struct plan *plan, size_t training)
{
    const struct planned_training *planned = &plan->training[training];
    const struct planned_dataset *dataset = &plan->dataset[planned->dataset];
    text_append(out, "name=%s\ntitle=%s\nconfiguration=%s\ndataset=%s\n", plan->name, plan->title,
                dataset->configuration, dataset->name);
    option_print_lines(out, "dataset", dataset->kind->options, dataset->state, NULL); /* the path too */
    option_print_lines(out, "evaluation", evaluation_option_table, &dataset->evaluation, NULL);
    for (size_t p = 0; p < dataset->protocols; p++) {
        const struct protocol *protocol = &dataset->protocol[p];
        char section[INI_SECTION_MAX + NAME_SIZE];

        snprintf(section, sizeof section, "protocol %s", protocol->name);
        text_append(out, "%s.kind=%s\n", section, protocol->kind->name);
        option_print_lines(out, section, protocol->kind->options, protocol, NULL);
    }
    if (planned->parent_id[0]) {
        const struct variant *variant = &plan->variant[planned->variant];

        text_append(out, "first.encoders=");
        composition_print_encoders(out, &variant->first);
        text_append(out, "\nfirst.positions=");
        composition_print_positions(out, &variant->first);
        text_append(out, "\n");
        option_print_lines(out, "finetune", finetune_option_table, &variant->finetune, NULL);
    }
    for (size_t e = 0; e < planned->evaluations; e++) {
        const struct variant *variant = &plan->variant[planned->evaluation[e]];

        text_append(out, "variant=%s\nencoders=", variant->name);
        composition_print_encoders(out, &variant->evaluated);
        text_append(out, "\npositions=");
        composition_print_positions(out, &variant->evaluated);
        text_append(out, "\n");
    }
}

/* ---------------------------------------------------------------------------------------------- reading */

const char *trained_value(size_t *length, const char *text, const char *key)
{
    const size_t size = strlen(key);
    for (const char *line = text; *line;) {
        const size_t end = strcspn(line, "\n");

        if (end > size && strncmp(line, key, size) == 0 && line[size] == '=') {
            *length = end - size - 1;
            return line + size + 1;
        }
        line += end + (line[end] == '\n');
    }
    return NULL;
}

static void entries_release(struct entries *entries)
{
    memory_release(entries->copy);
    memory_release(entries->at);
    *entries = (struct entries){.count = 0};
}

static enum status entries_read(struct entries *entries, const char *text, struct message *message)
{
    *entries = (struct entries){.copy = list_copy(text, strlen(text), message)};
    if (!entries->copy)
        return STATUS_FAILED;
    for (char *line = entries->copy; *line;) {
        const size_t length = strcspn(line, "\n");
        const bool last = line[length] == '\0';
        char *equals = memchr(line, '=', length);
        void *block = entries->at;

        line[length] = '\0';
        if (equals) {
            enum status status = memory_grow(&block, &entries->capacity, entries->count + 1,
                                             sizeof *entries->at, "the lines of a weights file", message);

            entries->at = block;
            if (status)
                return status;
            *equals = '\0';
            entries->at[entries->count++] = (struct entry){line, equals + 1};
        }
        line += length + !last;
    }
    return STATUS_OK;
}

const char *entries_find(const struct entries *entries, const char *key)
{
    for (size_t i = 0; i < entries->count; i++)
        if (strcmp(entries->at[i].key, key) == 0)
            return entries->at[i].value;
    return NULL;
}

const char *entries_value(const struct entries *entries, const char *key)
{
    const char *value = entries_find(entries, key);
    return value ? value : "";
}

/* ------------------------------------------------------------------------------------- does it fit here? */

static enum status check_precision(const struct reading *reading, struct message *message)
{
    const char *precision = entries_value(&reading->identity, "precision");
    if (strcmp(precision, REAL_NAME) == 0)
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "%s: these weights were trained in %s and this program calculates in %s: use the build "
        "with precision=%s",
        reading->request->file, precision, REAL_NAME, precision);
}

/* The version of an encoder or a position map, 0 = there is none of this name. */
static unsigned version_here(const char *name)
{
    const struct encoder *encoder;
    const struct position_map *map;
    if (!encoder_find(&encoder, name, NULL))
        return encoder->version;
    return !position_map_find(&map, name, NULL) ? map->version : 0;
}

/* An encoder of another version reads its weights otherwise. */
static enum status check_versions(const struct reading *reading, struct message *message)
{
    for (size_t i = 0; i < reading->identity.count; i++) {
        const struct entry *entry = &reading->identity.at[i];
        const char *name = entry->key + strlen("version.");

        if (strncmp(entry->key, "version.", strlen("version.")) != 0)
            continue;
        if (strtoul(entry->value, NULL, 10) != version_here(name))
            return message_set(
                message, STATUS_WRONG,
                "%s: trained with version %s of `%s`; this program has version %u: train again",
                reading->request->file, entry->value, name, version_here(name));
    }
    return STATUS_OK;
}

static enum status check_vocabulary(const struct reading *reading, const struct planned_dataset *dataset,
                                    struct message *message)
{
    size_t vocabulary = planned_vocabulary(dataset);
    if (vocabulary <= reading->request->vocabulary)
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "dataset `%s` has %zu different tokens and the model of %s knows %zu: choose a dataset, or "
        "options of it, with at most as many",
        dataset->name, vocabulary, reading->request->file, reading->request->vocabulary);
}

/* ----------------------------------------------------------------------------------------- the sections */

static bool begins(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* prefix.key=value of a text into a section. */
static enum status put_section(struct reading *reading, const struct entries *entries, const char *prefix,
                               const char *section, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < entries->count; i++) {
        const struct entry *entry = &entries->at[i];
        const bool protocols = strcmp(entry->key, "evaluation.protocols") == 0;

        if (begins(entry->key, prefix) && (reading->same_dataset || !protocols))
            status = ini_put(&reading->ini, section, entry->key + strlen(prefix), entry->value,
                             reading->place, message);
    }
    return status;
}

/* "protocol NAME.key" of a text into its section. */
static enum status put_protocols(struct reading *reading, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < reading->experiment.count; i++) {
        const struct entry *entry = &reading->experiment.at[i];
        const char *point = strchr(entry->key, '.');
        char section[INI_SECTION_MAX + NAME_SIZE];

        if (!begins(entry->key, "protocol ") || !point)
            continue;
        snprintf(section, sizeof section, "%.*s", (int)(point - entry->key), entry->key);
        status = ini_put(&reading->ini, section, point + 1, entry->value, reading->place, message);
    }
    return status;
}

/* A setting changes what is evaluated, not what was trained. */
static enum status check_set(const char *set, struct message *message)
{
    const size_t word = strcspn(set, ". =");
    if ((word == strlen("evaluation") && begins(set, "evaluation")) ||
        (word == strlen("dataset") && begins(set, "dataset")) ||
        (word == strlen("protocol") && begins(set, "protocol")))
        return STATUS_OK;
    return message_set(message, STATUS_WRONG,
                       "--set %.100s: the model is trained; settings are evaluation.KEY=VALUE, \"dataset "
                       "NAME.KEY=VALUE\" and \"protocol NAME.KEY=VALUE\"",
                       set);
}

static enum status put_dataset(struct reading *reading, struct message *message)
{
    char section[INI_SECTION_MAX + NAME_SIZE];
    struct ini_place place = reading->place;
    enum status status = STATUS_OK;
    if (!reading->same_dataset)
        status = ini_add_file(&place.file, &reading->ini, "--dataset", message);
    if (!status)
        status = ini_put(&reading->ini, "experiment", "datasets", reading->dataset, place, message);
    if (status || !reading->same_dataset)
        return status;
    snprintf(section, sizeof section, "dataset %s", reading->dataset);
    status = ini_put(&reading->ini, section, "kind", entries_value(&reading->identity, "dataset.kind"), place,
                     message);
    return !status ? put_section(reading, &reading->experiment, "dataset.", section, message) : status;
}

static enum status make_ini(struct reading *reading, struct message *message)
{
    const struct trained_request *request = reading->request;
    enum status status = ini_read(&reading->ini, "variants", message);
    if (!status)
        status = ini_add_file(&reading->place.file, &reading->ini, request->file, message);
    if (!status)
        status = put_section(reading, &reading->identity, "model.", "model", message);
    if (!status)
        status = put_section(reading, &reading->identity, "training.", "training", message);
    if (!status)
        status = put_section(reading, &reading->experiment, "evaluation.", "evaluation", message);
    if (!status)
        status = put_protocols(reading, message);
    if (!status)
        status = put_dataset(reading, message);
    reading->ini.layers++; /* settings lie above */
    for (size_t i = 0; !status && i < request->sets; i++) {
        status = check_set(request->set[i], message);
        if (!status)
            status = ini_set(&reading->ini, request->set[i], message);
    }
    return !status ? sections_check(&reading->ini, message) : status;
}

/* -------------------------------------------------------------------------------------------- the plan */

static enum status read_dataset(struct plan *plan, const struct reading *reading, struct message *message)
{
    struct planned_dataset *dataset;
    struct fold fold = {0, 0};
    enum status status;
    plan->dataset = dataset = memory_allocate(1, sizeof *plan->dataset, "the dataset", message);
    if (!plan->dataset)
        return STATUS_FAILED;
    if (reading->same_dataset) /* its test block is what was not trained on */
        fold = (struct fold){strtoull(entries_value(&reading->identity, "fold"), NULL, 10),
                             strtoull(entries_value(&reading->identity, "folds"), NULL, 10)};
    status = planned_dataset_evaluated(dataset, &reading->ini, reading->dataset, &fold, message);
    if (status)
        return status;
    plan->datasets = 1;
    snprintf(dataset->configuration, sizeof dataset->configuration, "%s",
             entries_value(&reading->experiment, "configuration"));
    snprintf(dataset->label, sizeof dataset->label, "%s", dataset->name);
    return check_vocabulary(reading, dataset, message);
}

static enum status make_training(struct plan *plan, const struct reading *reading, struct message *message)
{
    const struct trained_request *request = reading->request;
    const struct planned_dataset *dataset = &plan->dataset[0];
    struct planned_training *training;
    enum status status = STATUS_OK;
    double flop = 0;
    plan->training = training = memory_allocate(1, sizeof *training, "the training", message);
    if (!training)
        return STATUS_FAILED;
    plan->trainings = plan->seeds = 1;
    training->seed = plan->first_seed = strtoull(entries_value(&reading->identity, "seed"), NULL, 10);
    snprintf(training->id, sizeof training->id, "%s", request->training_id);
    snprintf(training->parent_id, sizeof training->parent_id, "%s",
             entries_value(&reading->identity, "parent"));
    training->parent = NO_PARENT; /* is not in this plan */
    training->options = dataset->training;
    if (plan->variant[0].finetune.steps > 0)
        training->options = finetune_training(&plan->variant[0].finetune, &dataset->training);
    training->identity = list_copy(request->identity, strlen(request->identity), message);
    training->evaluation =
        memory_allocate(plan->variants, sizeof *training->evaluation, "the evaluations", message);
    training->evaluation_id =
        memory_allocate(plan->variants, sizeof *training->evaluation_id, "the evaluations", message);
    if (!training->identity || !training->evaluation || !training->evaluation_id)
        return STATUS_FAILED;
    for (size_t v = 0; !status && v < plan->variants; v++) {
        training->evaluation[training->evaluations++] = v;
        status = variant_fits(&plan->variant[v], &dataset->model, dataset->training.length, message);
    }
    if (!status)
        status = planned_dataset_flop(&flop, dataset, message);
    training->evaluation_flop = flop * (double)training->evaluations;
    return status;
}

static enum status make_plan(struct plan *plan, struct reading *reading, struct message *message)
{
    enum status status = check_precision(reading, message);
    if (!status)
        status = check_versions(reading, message);
    if (!status)
        status = make_ini(reading, message);
    if (!status)
        status = trained_variants(plan, reading, message);
    if (!status)
        status = read_dataset(plan, reading, message);
    if (!status)
        status = make_training(plan, reading, message);
    snprintf(plan->name, sizeof plan->name, "%s", entries_value(&reading->experiment, "name"));
    snprintf(plan->title, sizeof plan->title, "%s", entries_value(&reading->experiment, "title"));
    return status;
}

enum status trained_plan(struct plan *plan, const struct trained_request *request, struct message *message)
{
    struct reading reading = {.request = request};
    enum status status = entries_read(&reading.identity, request->identity, message);
    *plan = (struct plan){0};
    if (!status)
        status = entries_read(&reading.experiment, request->experiment, message);
    if (!status) {
        const char *own = entries_value(&reading.experiment, "dataset");

        reading.dataset = request->dataset ? request->dataset : own;
        reading.same_dataset = strcmp(reading.dataset, own) == 0;
        status = make_plan(plan, &reading, message);
    }
    entries_release(&reading.identity);
    entries_release(&reading.experiment);
    ini_release(&reading.ini);
    if (status)
        plan_release(plan);
    return status;
}
