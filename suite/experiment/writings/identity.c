/* identity.c -- ids of trainings and evaluations.
 *
 * An id is the first 16 hexadecimal digits of the SHA-256 of a text: one line, key=value, for
 * everything that decides the numbers.  Labels (experiment, title, variant and dataset names, the
 * path of a file whose SHA-256 stands there) are not in a training's text, so renaming trains
 * nothing again.  An option that came later is in it when it is not at its default (option.h), so that ids outlive
 * new options; what else a later version adds must have no line either where it changes nothing. */
#include <stdio.h>
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "model/model.h"
#include "support/memory.h"
#include "support/real.h"
#include "support/sha256.h"
#include "support/text.h"

static void add_dataset(struct text *out, const struct planned_dataset *dataset)
{
    const bool file = dataset->input.path[0] != '\0';
    text_append(out, "dataset.kind=%s\ndataset.version=%u\n", dataset->kind->name, dataset->kind->version);
    option_print_lines(out, "dataset", dataset->kind->options, dataset->state, file ? "path" : NULL);
    if (file)
        text_append(out, "dataset.input_sha256=%s\n", dataset->input.sha256);
}

static void add_composition(struct text *out, const struct composition *composition)
{
    text_append(out, "encoders=");
    composition_print_encoders(out, composition);
    text_append(out, "\npositions=");
    composition_print_positions(out, composition);
    text_append(out, "\n");
    for (size_t i = 0; i < composition->count; i++)
        text_append(out, "version.%s=%u\n", composition->at[i].encoder->name,
                    composition->at[i].encoder->version);
    text_append(out, "version.%s=%u\n", composition->map->name, composition->map->version);
}

/* A first version has no line, as there was none when there was but one mixer. */
static void add_mixer(struct text *out, const struct model_options *model)
{
    struct chosen_mixer mixer;
    if (!mixer_read(&mixer, model->mixer, NULL) && mixer.kind->version > 1)
        text_append(out, "version.%s=%u\n", mixer.kind->name, mixer.kind->version);
}

static enum status make_id(char id[ID_SIZE], const struct text *identity, struct message *message)
{
    char hex[SHA256_HEX_SIZE];
    if (identity->failed)
        return message_set(message, STATUS_FAILED, "no memory for the identity of a training");
    sha256_of(hex, text_string(identity), identity->length);
    snprintf(id, ID_SIZE, "%.*s", ID_SIZE - 1, hex);
    return STATUS_OK;
}

static void describe_training(struct text *out, const struct planned_training *training,
                              const struct plan *plan, const char *instruction_set)
{
    const struct planned_dataset *dataset = &plan->dataset[training->dataset];
    text_append(out, "numerics_revision=%d\nprecision=%s\ninstruction_set=%s\n", NUMERICS_REVISION, REAL_NAME,
                instruction_set);
    add_dataset(out, dataset);
    option_print_lines(out, "model", model_option_table, &dataset->model, NULL);
    add_mixer(out, &dataset->model);
    if (model_objective(&dataset->model)->version > 1)
        text_append(out, "objective.version=%u\n", model_objective(&dataset->model)->version);
    option_print_lines(out, "training", training_option_table, &dataset->training, NULL);
    /* Of a fine-tune [training] is the first training's, which the parent's id says too; here it tells L. */
    if (training->parent_id[0]) {
        option_print_lines(out, "finetune", training_option_table, &training->options, NULL);
        text_append(out, "parent=%s\n", training->parent_id);
    }
    add_composition(out, planned_composition(plan, training));
    text_append(out, "seed=%zu\nfold=%zu\n", training->seed, dataset->fold);
    if (dataset->fold > 0)
        text_append(out, "folds=%zu\n", dataset->folds);
}

/* The names of variant and dataset are here, so that two labels keep a file each. */
static void describe_evaluation(struct text *out, const struct planned_training *training,
                                const struct plan *plan, const struct variant *variant)
{
    const struct planned_dataset *dataset = &plan->dataset[training->dataset];
    const struct length_list *lengths = &dataset->evaluation.lengths;
    text_append(out, "training=%s\nvariant=%s\ndataset=%s\n", training->id, variant->name, dataset->name);
    if (dataset->named_by_grid)
        text_append(out, "configuration=%s\n", dataset->configuration);
    if (dataset->evaluation.validation)
        text_append(out, "split=validation\ntuning=%s\n", dataset->tuning);
    add_composition(out, &variant->evaluated);
    option_print_lines(out, "evaluation", evaluation_option_table, &dataset->evaluation, "lengths");
    text_append(out, "evaluation.lengths=");
    for (size_t i = 0; i < lengths->count; i++)
        text_append(out, "%s%zu", i ? ", " : "", length_tokens(lengths->at[i], dataset->training.length));
    for (size_t p = 0; p < dataset->protocols; p++) {
        const struct protocol *protocol = &dataset->protocol[p];
        text_append(out, "\nprotocol.%s=%s, ", protocol->name, protocol->kind->name);
        option_print_stored(out, protocol->kind->options, protocol);
    }
    text_append(out, "\n");
}

enum status identity_fill(struct planned_training *training, const struct plan *plan,
                          const char *instruction_set, struct message *message)
{
    struct text identity = {0};
    describe_training(&identity, training, plan, instruction_set);
    enum status status = make_id(training->id, &identity, message);
    if (!status) {
        training->identity = list_copy(text_string(&identity), identity.length, message);
        status = training->identity ? STATUS_OK : STATUS_FAILED;
    }
    text_release(&identity);
    for (size_t i = 0; !status && i < training->evaluations; i++) {
        describe_evaluation(&identity, training, plan, &plan->variant[training->evaluation[i]]);
        status = make_id(training->evaluation_id[i], &identity, message);
        text_release(&identity);
    }
    return status;
}
