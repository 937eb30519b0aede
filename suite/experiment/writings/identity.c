/* identity.c -- ids of trainings and evaluations.
 *
 * An id is the first 16 hexadecimal digits of the SHA-256 of a text: one line, key=value, for
 * everything that decides the numbers.  Labels (experiment, title, variant and dataset names, the
 * path of a file whose SHA-256 stands there) are not in a training's text, so renaming trains
 * nothing again.  An option that came later is in it when it is not at its default (option.h), so that ids
 * outlive new options; what else a later version adds must have no line either where it changes nothing. */
#include <stdio.h>
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "experiment/settings.h"
#include "model/model.h"
#include "support/memory.h"
#include "support/real.h"
#include "support/sha256.h"

static void add_dataset(struct settings *out, const struct planned_dataset *dataset)
{
    const bool file = dataset->input.path[0] != '\0';
    settings_add(out, "dataset", "kind", dataset->kind->name);
    settings_add_count(out, "dataset", "version", dataset->kind->version);
    settings_add_options(out, "dataset", dataset->kind->options, dataset->state, file ? "path" : NULL);
    if (file)
        settings_add(out, "dataset", "input_sha256", dataset->input.sha256);
}

static void add_composition(struct settings *out, const struct composition *composition)
{
    settings_add_composition(out, "", composition);
    for (size_t i = 0; i < composition->count; i++)
        settings_add_count(out, "version", composition->at[i].encoder->name,
                           composition->at[i].encoder->version);
    settings_add_count(out, "version", composition->map->name, composition->map->version);
}

/* A first version has no row, as there was none when there was but one mixer. */
static void add_mixer(struct settings *out, const struct model_options *model)
{
    struct chosen_mixer mixer;
    if (!mixer_read(&mixer, model->mixer, NULL) && mixer.kind->version > 1)
        settings_add_count(out, "version", mixer.kind->name, mixer.kind->version);
}

static void describe_training(struct settings *out, const struct planned_training *training,
                              const struct plan *plan, const char *instruction_set)
{
    const struct planned_dataset *dataset = &plan->dataset[training->dataset];
    settings_add_count(out, "", "numerics_revision", NUMERICS_REVISION);
    settings_add(out, "", "precision", REAL_NAME);
    settings_add(out, "", "instruction_set", instruction_set);
    add_dataset(out, dataset);
    settings_add_options(out, "model", model_option_table, &dataset->model, NULL);
    add_mixer(out, &dataset->model);
    if (model_objective(&dataset->model)->version > 1)
        settings_add_count(out, "objective", "version", model_objective(&dataset->model)->version);
    settings_add_options(out, "training", training_option_table, &dataset->training, NULL);
    /* Of a fine-tune [training] is the first training's, which the parent's id says too; here it tells L. */
    if (training->parent_id[0]) {
        settings_add_options(out, "finetune", training_option_table, &training->options, NULL);
        settings_add(out, "", "parent", training->parent_id);
    }
    add_composition(out, planned_composition(plan, training));
    settings_add_count(out, "", "seed", training->seed);
    settings_add_count(out, "", "fold", dataset->fold);
    if (dataset->fold > 0)
        settings_add_count(out, "", "folds", dataset->folds);
}

/* Lengths in tokens. */
static void add_lengths(struct settings *out, const struct planned_dataset *dataset)
{
    const struct length_list *lengths = &dataset->evaluation.lengths;
    struct text value = {0};
    for (size_t i = 0; i < lengths->count; i++)
        text_append(&value, "%s%zu", i ? ", " : "", length_tokens(lengths->at[i], dataset->training.length));
    settings_add_text(out, "evaluation", "lengths", &value);
}

/* The names of variant and dataset are here, so that two labels keep a file each. */
static void describe_evaluation(struct settings *out, const struct planned_training *training,
                                const struct plan *plan, const struct variant *variant)
{
    const struct planned_dataset *dataset = &plan->dataset[training->dataset];
    settings_add(out, "", "training", training->id);
    settings_add(out, "", "variant", variant->name);
    settings_add(out, "", "dataset", dataset->name);
    if (dataset->named_by_grid)
        settings_add(out, "", "configuration", dataset->configuration);
    if (dataset->evaluation.validation) {
        settings_add(out, "", "split", "validation");
        settings_add(out, "", "tuning", dataset->tuning);
    }
    add_composition(out, &variant->evaluated);
    settings_add_options(out, "evaluation", evaluation_option_table, &dataset->evaluation, "lengths");
    add_lengths(out, dataset);
    for (size_t p = 0; p < dataset->protocols; p++) {
        const struct protocol *protocol = &dataset->protocol[p];
        struct text value = {0};
        text_append(&value, "%s, ", protocol->kind->name);
        option_print_stored(&value, protocol->kind->options, protocol);
        settings_add_text(out, "protocol", protocol->name, &value);
    }
}

/* The id of settings, which are released; and the text it is of, in *identity unless that is NULL. */
static enum status make_id(char id[ID_SIZE], char **identity, struct settings *settings,
                           struct message *message)
{
    char hex[SHA256_HEX_SIZE];
    struct text text = {0};
    settings_write(&text, settings);
    settings_release(settings);
    enum status status = text_check(&text, "the identity of a training", message);
    if (!status) {
        sha256_of(hex, text_string(&text), text.length);
        snprintf(id, ID_SIZE, "%.*s", ID_SIZE - 1, hex);
    }
    if (!status && identity && !(*identity = list_copy(text_string(&text), text.length, message)))
        status = STATUS_FAILED;
    text_release(&text);
    return status;
}

enum status identity_fill(struct planned_training *training, const struct plan *plan,
                          const char *instruction_set, struct message *message)
{
    struct settings settings = {0};
    describe_training(&settings, training, plan, instruction_set);
    enum status status = make_id(training->id, &training->identity, &settings, message);
    for (size_t i = 0; !status && i < training->evaluations; i++) {
        describe_evaluation(&settings, training, plan, &plan->variant[training->evaluation[i]]);
        status = make_id(training->evaluation_id[i], NULL, &settings, message);
    }
    return status;
}
