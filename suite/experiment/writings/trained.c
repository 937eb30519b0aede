/* trained.c -- a plan from a weights file: its lines become the sections of an experiment, with the
 * shipped variants beneath and the settings of the command line above. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiment/writings/trained_private.h"
#include "model/mixer.h"
#include "registry/registry.h"
#include "support/memory.h"
#include "support/real.h"
#include "support/text.h"

/* ---- does it fit here? ---- */

static enum status check_precision(const struct reading *reading, struct message *message)
{
    const char *precision = settings_value(&reading->identity, "", "precision");
    if (strcmp(precision, REAL_NAME) == 0)
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "%s: these weights were trained in %s and this program calculates in %s: use the build "
        "with precision=%s",
        reading->request->file, precision, REAL_NAME, precision);
}

/* The version of an encoder, a position map or a mixer, 0 = there is none of this name. */
static unsigned version_here(const char *name)
{
    const struct encoder *encoder;
    const struct position_map *map;
    struct chosen_mixer mixer;
    if (!encoder_find(&encoder, name, NULL))
        return encoder->version;
    if (!position_map_find(&map, name, NULL))
        return map->version;
    return !mixer_read(&mixer, name, NULL) ? mixer.kind->version : 0;
}

static enum status check_version(const struct reading *reading, const char *name, const char *trained,
                                 struct message *message)
{
    const unsigned here = version_here(name);
    if (strtoul(trained, NULL, 10) == here)
        return STATUS_OK;
    return message_set(message, STATUS_WRONG,
                       "%s: trained with version %s of `%s`; this program has version %u: train again",
                       reading->request->file, trained, name, here);
}

/* What has another version reads its weights otherwise.  A mixer has no row in its first (identity.c). */
static enum status check_versions(const struct reading *reading, struct message *message)
{
    const char *spec = settings_find(&reading->identity, "model", "mixer");
    struct chosen_mixer mixer;
    enum status status = STATUS_OK;
    if (!spec)
        spec = option_find(model_option_table, "mixer")->standard;
    if (!mixer_read(&mixer, spec, NULL) && !settings_find(&reading->identity, "version", mixer.kind->name))
        status = check_version(reading, mixer.kind->name, "1", message);
    for (size_t i = 0; !status && i < reading->identity.count; i++) {
        const struct setting *row = &reading->identity.at[i];
        if (strcmp(row->section, "version") == 0)
            status = check_version(reading, row->key, row->value, message);
    }
    return status;
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

/* ---- the sections ---- */

/* The rows of a section (of each one [protocol NAME], for "protocol") into the section `to`; NULL = their
 * own. */
static enum status put_rows(struct reading *reading, const struct settings *rows, const char *section,
                            const char *to, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < rows->count; i++) {
        const struct setting *row = &rows->at[i];
        const bool protocols = strcmp(row->section, "evaluation") == 0 && strcmp(row->key, "protocols") == 0;
        const size_t length = strcspn(row->section, " ");
        if (length == strlen(section) && text_begins(row->section, section) &&
            (reading->same_dataset || !protocols))
            status =
                ini_put(&reading->ini, to ? to : row->section, row->key, row->value, reading->place, message);
    }
    return status;
}

/* A setting changes what is evaluated, not what was trained. */
static enum status check_set(const char *set, struct message *message)
{
    const size_t word = strcspn(set, ". =");
    if ((word == strlen("evaluation") && text_begins(set, "evaluation")) ||
        (word == strlen("dataset") && text_begins(set, "dataset")) ||
        (word == strlen("protocol") && text_begins(set, "protocol")))
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
    status = ini_put(&reading->ini, section, "kind", settings_value(&reading->identity, "dataset", "kind"),
                     place, message);
    return !status ? put_rows(reading, &reading->experiment, "dataset", section, message) : status;
}

static enum status make_ini(struct reading *reading, struct message *message)
{
    const struct trained_request *request = reading->request;
    enum status status = ini_read(&reading->ini, "variants", message);
    if (!status)
        status = ini_add_file(&reading->place.file, &reading->ini, request->file, message);
    if (!status)
        status = put_rows(reading, &reading->identity, "model", NULL, message);
    if (!status)
        status = put_rows(reading, &reading->identity, "training", NULL, message);
    if (!status)
        status = put_rows(reading, &reading->experiment, "evaluation", NULL, message);
    if (!status)
        status = put_rows(reading, &reading->experiment, "protocol", NULL, message);
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

/* ---- the plan ---- */

static enum status read_dataset(struct plan *plan, const struct reading *reading, struct message *message)
{
    struct planned_dataset *dataset;
    struct fold fold = {0, 0};
    enum status status;
    plan->dataset = dataset = memory_allocate(1, sizeof *plan->dataset, "the dataset", message);
    if (!plan->dataset)
        return STATUS_FAILED;
    if (reading->same_dataset) /* its test block is what was not trained on */
        fold = (struct fold){strtoull(settings_value(&reading->identity, "", "fold"), NULL, 10),
                             strtoull(settings_value(&reading->identity, "", "folds"), NULL, 10)};
    status = planned_dataset_evaluated(dataset, &(struct view){.ini = &reading->ini}, reading->dataset, &fold,
                                       message);
    if (status)
        return status;
    plan->datasets = 1;
    snprintf(dataset->configuration, sizeof dataset->configuration, "%s",
             settings_value(&reading->experiment, "", "configuration"));
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
    training->seed = plan->first_seed = strtoull(settings_value(&reading->identity, "", "seed"), NULL, 10);
    snprintf(training->id, sizeof training->id, "%s", request->training_id);
    snprintf(training->parent_id, sizeof training->parent_id, "%s",
             settings_value(&reading->identity, "", "parent"));
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
    snprintf(plan->name, sizeof plan->name, "%s", settings_value(&reading->experiment, "", "name"));
    snprintf(plan->title, sizeof plan->title, "%s", settings_value(&reading->experiment, "", "title"));
    return status;
}

enum status trained_plan(struct plan *plan, const struct trained_request *request, struct message *message)
{
    struct reading reading = {.request = request};
    enum status status = settings_read(&reading.identity, request->identity, message);
    *plan = (struct plan){0};
    if (!status)
        status = settings_read(&reading.experiment, request->experiment, message);
    if (!status) {
        const char *own = settings_value(&reading.experiment, "", "dataset");
        reading.dataset = request->dataset ? request->dataset : own;
        reading.same_dataset = strcmp(reading.dataset, own) == 0;
        status = make_plan(plan, &reading, message);
    }
    settings_release(&reading.identity);
    settings_release(&reading.experiment);
    ini_release(&reading.ini);
    if (status)
        plan_release(plan);
    return status;
}
