/* manifest.c -- everything resolved that decides the numbers of one training, as JSON. */
#include <string.h>

#include "build.h"
#include "experiment/plan.h"
#include "experiment/settings.h"
#include "kernels/product.h"
#include "results/store/libraries.h"
#include "support/machine.h"
#include "support/text.h"

static void add_string(struct text *out, const char *name, const char *value)
{
    text_append_json(out, name);
    text_append(out, ": ");
    text_append_json(out, value);
}

/* The settings of an identity as members of an object. */
static void add_identity(struct text *out, const char *identity)
{
    struct settings rows;
    out->failed = settings_read(&rows, identity, NULL) || out->failed;
    for (size_t i = 0; i < rows.count; i++) {
        const struct setting *row = &rows.at[i];
        struct text name = {0};
        text_append(&name, "%s%s%s", row->section, *row->section ? "." : "", row->key);
        text_append(out, "%s\n    ", i > 0 ? "," : "");
        add_string(out, text_string(&name), row->value);
        text_carry(out, &name);
        text_release(&name);
    }
    settings_release(&rows);
}

static void add_input(struct text *out, const struct dataset_input *input)
{
    text_append(out, "  \"input\": ");
    if (!input->path[0]) {
        text_append(out, "null,\n");
        return;
    }
    text_append(out, "{");
    add_string(out, "path", input->path);
    text_append(out, ", ");
    add_string(out, "sha256", input->sha256);
    text_append(out, ", \"bytes\": %zu},\n", input->bytes);
}

/* Every option, in the order of the table; lengths in tokens. */
static void add_evaluation(struct text *out, const struct planned_dataset *dataset)
{
    const struct evaluation_options *evaluation = &dataset->evaluation;
    text_append(out, "  \"evaluation\": {\"lengths\": [");
    for (size_t i = 0; i < evaluation->lengths.count; i++)
        text_append(out, "%s%zu", i ? ", " : "",
                    length_tokens(evaluation->lengths.at[i], dataset->training.length));
    text_append(out, "]");
    for (const struct option *option = evaluation_option_table; option->name; option++) {
        struct text value = {0};
        if (option->type == OPTION_LENGTHS)
            continue;
        option_print(&value, option, evaluation);
        text_append(out, ", ");
        if (option->type == OPTION_SIZE)
            text_append(out, "\"%s\": %s", option->name, text_string(&value));
        else
            add_string(out, option->name, text_string(&value));
        text_carry(out, &value);
        text_release(&value);
    }
    for (size_t p = 0; p < dataset->protocols; p++) {
        const struct protocol *protocol = &dataset->protocol[p];
        struct text name = {0}, value = {0};
        text_append(&name, "protocol %s", protocol->name);
        text_append(&value, "%s, ", protocol->kind->name);
        option_print_all(&value, protocol->kind->options, protocol);
        text_append(out, ", ");
        add_string(out, text_string(&name), text_string(&value));
        text_carry(out, &name);
        text_carry(out, &value);
        text_release(&name);
        text_release(&value);
    }
    text_append(out, "},\n");
}

void plan_manifest(struct text *out, const struct plan *plan, size_t training)
{
    const struct planned_training *planned = &plan->training[training];
    const struct planned_dataset *dataset = &plan->dataset[planned->dataset];
    char hdf5[LIBRARY_SIZE], processor[128];
    libraries_hdf5(hdf5);
    machine_processor(processor, sizeof processor);
    const char *const build[][2] = {{"program", "lexbench " LEXBENCH_VERSION},
                                    {"commit", BUILD_COMMIT},
                                    {"compiler", BUILD_COMPILER},
                                    {"flags", BUILD_FLAGS},
                                    {"product_library", product_library()},
                                    {"results_library", hdf5},
                                    {"processor", processor},
                                    {"training_id", planned->id}};
    text_append(out, "{\n");
    for (size_t i = 0; i < sizeof build / sizeof *build; i++) {
        text_append(out, "  ");
        add_string(out, build[i][0], build[i][1]);
        text_append(out, ",\n");
    }
    if (planned->parent_id[0]) {
        text_append(out, "  ");
        add_string(out, "parent", planned->parent_id);
        text_append(out, ",\n");
    }
    add_input(out, &dataset->input);
    add_evaluation(out, dataset);
    text_append(out, "  \"identity\": {");
    add_identity(out, planned->identity);
    text_append(out, "\n  }\n}\n");
}
