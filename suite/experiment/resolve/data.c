/* data.c -- the datasets of an experiment: opened, and every length asked of them checked, so that
 * nothing is trained that can't be evaluated. */
#include <stdio.h>
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "model/model.h"
#include "registry/registry.h"
#include "support/memory.h"
#include "support/text.h"

enum { NAMES_MAX = 256, VOCABULARY_MAX = 1 << 24 };

/* ---- the kind, its options ---- */

enum status dataset_known(const struct ini *ini, const char *name, const char *sentence,
                          struct message *message)
{
    const char *names[NAMES_MAX];
    char suggestion[512];
    size_t count = ini_names(names, 0, NAMES_MAX, ini, "dataset");
    for (size_t i = 0; dataset_list[i] && count < NAMES_MAX; i++)
        names[count++] = dataset_list[i]->name;
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return STATUS_OK;
    text_suggest(suggestion, sizeof suggestion, name, names, count);
    return message_set(message, STATUS_WRONG, "%s `%.100s`: %s", sentence, name, suggestion);
}

/* The kind: `kind = ...`, else the one of this name. */
static enum status read_kind(struct planned_dataset *out, const struct ini *ini,
                             const struct ini_section *section, struct message *message)
{
    const struct ini_entry *entry = section ? ini_entry(section, "kind") : NULL;
    enum status status = dataset_find(&out->kind, entry ? entry->value : out->name, message);
    if (status && entry)
        ini_locate(message, entry->place);
    else if (status && section) {
        message_set(message, STATUS_WRONG, "[%s] needs `kind = ...`: `%s` is not the name of a kind itself",
                    section->name, out->name);
        ini_locate(message, section->place);
    } else if (status) {
        dataset_known(ini, out->name, "unknown dataset", message);
        ini_locate(message, ini_entry(ini_find(ini, "experiment"), "datasets")->place);
    }
    return status;
}

static enum status read_options(void *state, const struct dataset *kind, const struct ini_section *section,
                                struct message *message)
{
    enum status status = option_defaults(kind->options, state, message);
    for (size_t i = 0; section && !status && i < section->count; i++) {
        const struct ini_entry *entry = &section->entry[i];
        if (strcmp(entry->key, "kind") != 0)
            status = layers_set(kind->options, state, section, entry, entry->value, message);
    }
    return status;
}

/* Fold out->fold of out->folds, unless the dataset has none. */
static enum status choose_fold(struct planned_dataset *out, const struct ini *ini,
                               const struct ini_section *section, struct message *message)
{
    const struct ini_section *experiment = ini_find(ini, "experiment");
    const struct ini_entry *folds = experiment ? ini_entry(experiment, "folds") : NULL;
    if (!out->kind->choose_fold)
        out->fold = out->folds = 0;
    if (out->fold == 0)
        return STATUS_OK;
    enum status status = out->kind->choose_fold(out->state, out->fold - 1, out->folds, message);
    if (status && folds)
        ini_locate(message, folds->place);
    else if (status && section)
        ini_locate(message, section->place);
    return status;
}

static enum status open_dataset(struct planned_dataset *out, const struct ini *ini, struct message *message)
{
    const struct ini_section *section = ini_named(ini, "dataset", out->name);
    enum status status = read_kind(out, ini, section, message);
    if (status)
        return status;
    size_t size = out->kind->state_size;
    void *state = memory_allocate(size > 0 ? size : 1, 1, "a dataset", message);
    if (!state)
        return STATUS_FAILED;
    status = read_options(state, out->kind, section, message);
    if (!status && out->kind->prepare) {
        status = out->kind->prepare(state, message);
        if (status && strcmp(out->name, out->kind->name) != 0)
            message_prefix(message, "dataset `%s`", out->name); /* else the kind has named itself */
        if (status && section)
            ini_locate(message, section->place);
    }
    if (status) {
        memory_release(state);
        return status;
    }
    out->state = state; /* from here planned_dataset_release() closes it */
    if (out->kind->input)
        out->kind->input(state, &out->input);
    return choose_fold(out, ini, section, message);
}

void planned_dataset_release(struct planned_dataset *dataset)
{
    if (dataset->state && !dataset->shared) {
        if (dataset->kind->release)
            dataset->kind->release(dataset->state);
        memory_release(dataset->state);
    }
    dataset->state = NULL;
    if (!dataset->protocols_shared)
        memory_release(dataset->protocol);
    dataset->protocol = NULL;
    dataset->protocols = 0;
}

/* ---- lengths ---- */

/* A length that stands twice (1L and 64 at L = 64) is asked once. */
static void drop_repeats(struct length_list *lengths, size_t trained_length)
{
    size_t kept = 0;
    for (size_t i = 0; i < lengths->count; i++) {
        bool there = false;
        for (size_t j = 0; j < kept; j++)
            there = there || length_tokens(lengths->at[j], trained_length) ==
                                 length_tokens(lengths->at[i], trained_length);
        if (!there)
            lengths->at[kept++] = lengths->at[i];
    }
    lengths->count = kept;
}

static enum status check_length(const struct planned_dataset *dataset, enum split split, size_t n,
                                struct message *message)
{
    const struct dataset *kind = dataset->kind;
    size_t minimum = kind->minimum(dataset->state);
    if (n > LENGTH_MAX)
        return message_set(message, STATUS_WRONG, "%zu tokens are asked for; at most %d are possible", n,
                           LENGTH_MAX);
    enum status status = kind->refuses ? kind->refuses(dataset->state, split, n, message) : STATUS_OK;
    if (!status && n < minimum)
        status = message_set(message, STATUS_WRONG,
                             "examples of %zu tokens are asked for; they have at least %zu", n, minimum);
    return status;
}

enum status planned_dataset_trains(const struct planned_dataset *dataset, size_t length,
                                   struct message *message)
{
    enum status status = check_length(dataset, SPLIT_TRAINING, length, message);
    size_t n = dataset->kind->uniform_length ? dataset->kind->minimum(dataset->state) : length;
    for (; !status && n < length; n++)
        status = check_length(dataset, SPLIT_TRAINING, n, message);
    return status;
}

static enum status check_evaluation(const struct planned_dataset *dataset, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < dataset->evaluation.lengths.count; i++) {
        size_t n = length_tokens(dataset->evaluation.lengths.at[i], dataset->training.length);
        status = check_length(dataset, SPLIT_TEST, n, message);
    }
    return status;
}

static enum status check_lengths(const struct planned_dataset *dataset, const struct ini *ini, bool training,
                                 struct message *message)
{
    bool own;
    enum status status =
        training ? planned_dataset_trains(dataset, dataset->training.length, message) : STATUS_OK;
    if (!status) {
        training = false;
        status = check_evaluation(dataset, message);
    }
    if (!status)
        return STATUS_OK;
    const char *kind = training ? "training" : "evaluation";
    const struct ini_entry *source =
        layers_source(&own, ini, kind, dataset->name, training ? "length" : "lengths");
    message_prefix(message, "%s on dataset `%s`", kind, dataset->name);
    if (source)
        ini_locate(message, source->place);
    return status;
}

size_t planned_vocabulary(const struct planned_dataset *dataset)
{
    return dataset->kind->vocabulary(dataset->state) + model_objective(&dataset->model)->tokens;
}

static enum status check_vocabulary(const struct planned_dataset *dataset, struct message *message)
{
    size_t vocabulary = planned_vocabulary(dataset);
    if (vocabulary >= 2 && vocabulary <= VOCABULARY_MAX)
        return STATUS_OK;
    return message_set(message, STATUS_WRONG,
                       "dataset `%s` has a vocabulary of %zu tokens; from 2 to %d are possible",
                       dataset->name, vocabulary, VOCABULARY_MAX);
}

/* ---- whole ---- */

/* The state of another configuration's dataset, which owns it. */
static void share_dataset(struct planned_dataset *out, const struct planned_dataset *opened)
{
    out->kind = opened->kind;
    out->state = opened->state;
    out->fold = opened->fold;
    out->folds = opened->folds;
    out->input = opened->input;
    out->shared = true;
}

/* The place of the first of these keys that [model] sets. */
static void locate(struct message *message, const struct ini *ini, const char *const *keys)
{
    const struct ini_entry *source = NULL;
    bool own;
    for (size_t i = 0; keys[i] && !source; i++)
        source = layers_source(&own, ini, "model", "", keys[i]);
    if (source)
        ini_locate(message, source->place);
}

/* Its mixer is then written with all options that are stored, because it goes into ids. */
static enum status check_model(struct planned_dataset *dataset, const struct ini *ini,
                               struct message *message)
{
    static const char *const of_width[] = {"heads", "width", NULL}, *const of_mixer[] = {"mixer", NULL};
    struct model_options *model = &dataset->model;
    if (model->width % model->heads != 0) {
        message_set(message, STATUS_WRONG, "[model]: %zu heads do not divide a width of %zu", model->heads,
                    model->width);
        locate(message, ini, of_width);
        return STATUS_WRONG;
    }
    enum status status = model_options_complete(model, message);
    if (status == STATUS_WRONG)
        locate(message, ini, of_mixer);
    return status;
}

/* training: examples of the training length are asked of it too. */
static enum status read_dataset(struct planned_dataset *out, const struct view *view, const char *name,
                                const struct planned_dataset *opened, const struct fold *fold, bool training,
                                struct message *message)
{
    const struct ini *ini = view->ini;
    *out = (struct planned_dataset){.fold = fold->number, .folds = fold->count};
    if (strlen(name) >= NAME_SIZE)
        return dataset_known(ini, name, "unknown dataset", message);
    snprintf(out->name, sizeof out->name, "%s", name);
    enum status status = layers_read(&out->model, model_option_table, view, "model", NULL, message);
    if (!status)
        status = check_model(out, ini, message);
    if (!status)
        status = layers_read(&out->training, training_option_table, view, "training", name, message);
    if (!status)
        status = layers_read(&out->evaluation, evaluation_option_table, view, "evaluation", name, message);
    if (!status && opened)
        share_dataset(out, opened);
    else if (!status)
        status = open_dataset(out, ini, message);
    if (!status)
        status = check_vocabulary(out, message);
    if (!status)
        status = protocols_read(out, ini, message);
    if (!status) {
        drop_repeats(&out->evaluation.lengths, out->training.length);
        status = check_lengths(out, ini, training, message);
    }
    if (status)
        planned_dataset_release(out);
    return status;
}

enum status planned_dataset_read(struct planned_dataset *out, const struct view *view, const char *name,
                                 const struct planned_dataset *opened, const struct fold *fold,
                                 struct message *message)
{
    return read_dataset(out, view, name, opened, fold, true, message);
}

enum status planned_dataset_evaluated(struct planned_dataset *out, const struct view *view, const char *name,
                                      const struct fold *fold, struct message *message)
{
    return read_dataset(out, view, name, NULL, fold, false, message);
}
