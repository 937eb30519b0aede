/* list.c -- lexbench list: what there is, from the registries themselves. */
#include <stdio.h>
#include <string.h>

#include "commandline/command.h"
#include "commands/list_print.h"
#include "evaluation/protocol.h"
#include "experiment/file/ini.h"
#include "experiment/file/shipped.h"
#include "model/mixer.h"
#include "registry/registry.h"
#include "support/memory.h"

struct list_request {
    bool json;
};

/* ---- kinds ---- */

static void add(struct catalogue *catalogue, struct entry entry)
{
    if (catalogue->count < ENTRIES_MAX)
        catalogue->entry[catalogue->count++] = entry;
}

static enum status add_encoders(struct catalogue *catalogue, struct message *message)
{
    (void)message;
    for (const struct encoder *const *at = encoder_list; *at; at++)
        add(catalogue, (struct entry){.name = (*at)->name,
                                      .summary = (*at)->summary,
                                      .citation = (*at)->citation,
                                      .version = (*at)->version,
                                      .options = (*at)->options,
                                      .state_size = (*at)->state_size,
                                      .encoder = *at});
    return STATUS_OK;
}

static enum status add_positions(struct catalogue *catalogue, struct message *message)
{
    (void)message;
    for (const struct position_map *const *at = position_maps; *at; at++)
        add(catalogue, (struct entry){.name = (*at)->name,
                                      .summary = (*at)->summary,
                                      .citation = (*at)->citation,
                                      .version = (*at)->version,
                                      .options = (*at)->options,
                                      .state_size = (*at)->state_size});
    return STATUS_OK;
}

static enum status add_datasets(struct catalogue *catalogue, struct message *message)
{
    (void)message;
    for (const struct dataset *const *at = dataset_list; *at; at++)
        add(catalogue, (struct entry){.name = (*at)->name,
                                      .summary = (*at)->summary,
                                      .citation = (*at)->citation,
                                      .version = (*at)->version,
                                      .options = (*at)->options,
                                      .state_size = (*at)->state_size});
    return STATUS_OK;
}

static enum status add_mixers(struct catalogue *catalogue, struct message *message)
{
    (void)message;
    for (const struct mixer *const *at = mixer_list; *at; at++)
        add(catalogue, (struct entry){.name = (*at)->name,
                                      .summary = (*at)->summary,
                                      .citation = (*at)->citation,
                                      .version = (*at)->version,
                                      .options = (*at)->options,
                                      .state_size = (*at)->state_size});
    return STATUS_OK;
}

static enum status add_protocols(struct catalogue *catalogue, struct message *message)
{
    (void)message;
    for (const struct protocol_kind *at = protocol_kinds; at->name; at++)
        add(catalogue, (struct entry){.name = at->name,
                                      .summary = at->summary,
                                      .options = at->options,
                                      .state_size = sizeof(struct protocol)});
    return STATUS_OK;
}

/* Files that are only there to be included are left out. */
static enum status add_experiments(struct catalogue *catalogue, struct message *message)
{
    enum status status = STATUS_OK;
    for (const struct embedded_file *at = shipped_experiments; !status && at->name; at++) {
        struct ini ini = {.count = 0};
        status = ini_read(&ini, at->name, message);
        if (!status && ini_find(&ini, "experiment"))
            add(catalogue, (struct entry){.name = at->name, .body = at->text});
        ini_release(&ini);
    }
    return status;
}

/* The named variants that ship. */
static enum status add_variants(struct catalogue *catalogue, struct message *message)
{
    enum status status = ini_read(&catalogue->ini, "variants", message);
    for (size_t i = 0; !status && i < catalogue->ini.count; i++) {
        const struct ini_section *section = &catalogue->ini.section[i];
        const char *name = ini_argument(section, "variant");
        if (name)
            add(catalogue, (struct entry){.name = name, .section = section});
    }
    return status;
}

static const struct kind {
    const char *name;
    enum status (*add)(struct catalogue *catalogue, struct message *message);
} kinds[] = {{"encoders", add_encoders}, {"mixers", add_mixers},       {"positions", add_positions},
             {"datasets", add_datasets}, {"protocols", add_protocols}, {"experiments", add_experiments},
             {"variants", add_variants}};
enum { KINDS = sizeof kinds / sizeof *kinds };

static enum status find_kind(const struct kind **out, const char *name, struct message *message)
{
    const char *names[KINDS];
    char suggestion[200];
    for (size_t i = 0; i < KINDS; i++) {
        names[i] = kinds[i].name;
        if (strcmp(kinds[i].name, name) == 0) {
            *out = &kinds[i];
            return STATUS_OK;
        }
    }
    text_suggest(suggestion, sizeof suggestion, name, names, KINDS);
    return message_set(message, STATUS_WRONG, "list: there is no list of `%.60s`: %s", name, suggestion);
}

/* Leaves the one entry of this name. */
static enum status keep_one(struct catalogue *catalogue, const char *kind, const char *name,
                            struct message *message)
{
    const char *names[ENTRIES_MAX];
    char suggestion[700];
    for (size_t i = 0; i < catalogue->count; i++) {
        names[i] = catalogue->entry[i].name;
        if (strcmp(names[i], name) == 0) {
            catalogue->entry[0] = catalogue->entry[i];
            catalogue->count = 1;
            return STATUS_OK;
        }
    }
    text_suggest(suggestion, sizeof suggestion, name, names, catalogue->count);
    return message_set(message, STATUS_WRONG, "list: no `%.60s` among the %s: %s", name, kind, suggestion);
}

/* ---- command ---- */

static enum status list_run(const void *request, size_t count, const char *const *operand,
                            struct message *message)
{
    const struct list_request *list = request;
    const struct kind *kind = NULL;
    struct catalogue *catalogue;
    struct text text = {0};
    enum status status = find_kind(&kind, operand[0], message);
    if (status)
        return status;
    catalogue = memory_allocate(1, sizeof *catalogue, "the list", message);
    if (!catalogue)
        return STATUS_FAILED;
    status = kind->add(catalogue, message);
    if (!status && count > 1)
        status = keep_one(catalogue, kind->name, operand[1], message);
    if (!status) {
        if (list->json)
            list_print_json(&text, catalogue);
        else if (count > 1)
            list_print_one(&text, &catalogue->entry[0]);
        else
            list_print_all(&text, catalogue);
        if (text.failed)
            status = message_set(message, STATUS_FAILED, "no memory for the list");
        else
            fputs(text_string(&text), stdout);
    }
    text_release(&text);
    ini_release(&catalogue->ini);
    memory_release(catalogue);
    return status;
}

static const struct argument list_arguments[] = {
    {"json", ARGUMENT_SWITCH, offsetof(struct list_request, json), NULL, "as JSON"},
    {.name = NULL},
};

extern const struct command command_list;
const struct command command_list = {
    .name = "list",
    .operands = "encoders|positions|mixers|datasets|protocols|experiments|variants [NAME]",
    .summary = "the encoders, positions, mixers, datasets, protocols, experiments, variants",
    .examples = "lexbench list encoders\n"
                "lexbench list encoders rope\n"
                "lexbench list experiments quick\n"
                "lexbench list variants --json",
    .more = "With a NAME, all about that one: options, citation, or the text of an experiment.  Encoders are "
            "listed with\n"
            "where they act (embedding, rotation, decay, keys seen, positions of far keys, scale of queries, "
            "bias, token\n"
            "sums, logits), when, their options with default and range, and a citation.\n",
    .arguments = list_arguments,
    .request_size = sizeof(struct list_request),
    .least = 1,
    .most = 2,
    .run = list_run,
};
