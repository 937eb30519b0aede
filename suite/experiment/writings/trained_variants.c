/* trained_variants.c -- the variants to evaluate on weights that are there: of their experiment, shipped,
 * or written as a SPEC. */
#include <stdio.h>
#include <string.h>

#include "experiment/writings/trained_private.h"
#include "registry/spec.h"
#include "support/memory.h"
#include "support/text.h"

static enum status read_composition(struct composition *out, const char *encoders, const char *positions,
                                    struct message *message)
{
    enum status status = spec_encoders(out, encoders, message);
    return !status ? spec_positions(out, positions, message) : status;
}

/* The first training of a fine-tune, and its options as the variant has them.  What an older program did not
 * write stays at its default. */
static enum status read_first(struct variant *out, const struct reading *reading, struct message *message)
{
    enum status status =
        read_composition(&out->first, settings_value(&reading->experiment, "first", "encoders"),
                         settings_value(&reading->experiment, "first", "positions"), message);
    for (const struct option *option = finetune_option_table; !status && option->name; option++) {
        const char *value = settings_find(&reading->experiment, "finetune", option->name);
        if (value)
            status =
                option_set(finetune_option_table, &out->finetune, "finetune", option->name, value, message);
    }
    return status;
}

/* The trained part of a variant, and for now the evaluated one. */
static enum status begin_variant(struct variant *out, const struct reading *reading, const char *name,
                                 struct message *message)
{
    enum status status = option_defaults(finetune_option_table, &out->finetune, message);
    snprintf(out->name, sizeof out->name, "%s", name);
    snprintf(out->listed, sizeof out->listed, "%s", name);
    if (!status)
        status = read_composition(&out->trained, settings_value(&reading->identity, "", "encoders"),
                                  settings_value(&reading->identity, "", "positions"), message);
    if (!status && *settings_value(&reading->identity, "", "parent"))
        status = read_first(out, reading, message);
    else if (!status)
        status = composition_copy(&out->first, &out->trained, message);
    if (status)
        message_prefix(message, "%s", reading->request->file);
    return !status ? composition_copy(&out->evaluated, &out->trained, message) : status;
}

static enum status own_variant(struct variant *out, const struct reading *reading, const char *name,
                               const char *encoders, const char *positions, struct message *message)
{
    enum status status = begin_variant(out, reading, name, message);
    if (!status && encoders)
        status = spec_encoders(&out->evaluated, encoders, message);
    if (!status && positions)
        status = spec_positions(&out->evaluated, positions, message);
    if (!status)
        status = variant_finish(out, message);
    if (status)
        message_prefix(message, "variant `%.100s`", name);
    return status;
}

/* A variant of the experiment that the weights come from: entry says variant=NAME. */
static enum status stored_variant(struct variant *out, const struct reading *reading, size_t entry,
                                  struct message *message)
{
    const struct setting *at = &reading->experiment.at[entry];
    const bool whole = entry + 2 < reading->experiment.count && strcmp(at[1].key, "encoders") == 0 &&
                       strcmp(at[2].key, "positions") == 0;
    return own_variant(out, reading, at->value, whole ? at[1].value : NULL, whole ? at[2].value : NULL,
                       message);
}

/* A shipped variant says itself what it is trained as: that must be what these weights are. */
static enum status shipped_variant(struct variant *out, const struct reading *reading, const char *name,
                                   struct message *message)
{
    struct variant trained = {.name = ""};
    enum status status = variant_read(out, &(struct view){.ini = &reading->ini}, name, message);
    if (!status)
        status = own_variant(&trained, reading, "trained", NULL, NULL, message);
    if (!status && strcmp(out->trained_text, trained.trained_text) != 0)
        status = message_set(
            message, STATUS_WRONG,
            "the variant `%s` is trained as %s, but these weights as %s: to evaluate them "
            "otherwise all the same, write the evaluated part as a SPEC, like \"rope(scaling=ntk)\" "
            "or \"%s()\"",
            name, out->trained_text, trained.trained_text, name);
    variant_release(&trained);
    return status;
}

static enum status inline_variant(struct variant *out, const struct reading *reading, const char *asked,
                                  struct message *message)
{
    const char *positions = reading->request->positions;
    const char *spec;
    char name[NAME_SIZE];
    enum status status = variant_split(name, &spec, asked, positions, message);
    return status ? status : own_variant(out, reading, name, spec, positions, message);
}

static bool is_variant(const struct setting *row)
{
    return !*row->section && strcmp(row->key, "variant") == 0;
}

static enum status read_variant(struct variant *out, const struct reading *reading, const char *asked,
                                struct message *message)
{
    for (size_t i = 0; i < reading->experiment.count; i++)
        if (is_variant(&reading->experiment.at[i]) && strcmp(reading->experiment.at[i].value, asked) == 0)
            return stored_variant(out, reading, i, message);
    if (strpbrk(asked, "(+="))
        return inline_variant(out, reading, asked, message);
    return shipped_variant(out, reading, asked, message);
}

static size_t count_stored(const struct reading *reading)
{
    size_t count = 0;
    for (size_t i = 0; i < reading->experiment.count; i++)
        count += is_variant(&reading->experiment.at[i]);
    return count;
}

/* --positions is for inline variants: one at least. */
static enum status check_positions(const struct trained_request *request, struct message *message)
{
    bool any = !request->positions;
    for (size_t i = 0; i < request->variants; i++)
        any = any || strpbrk(request->variant[i], "(+=");
    return any ? STATUS_OK
               : message_set(
                     message, STATUS_WRONG,
                     "--positions %.100s is for a variant that is written as a SPEC, like \"rope()\": the "
                     "named ones have their own",
                     request->positions);
}

static enum status check_repeats(const struct plan *plan, struct message *message)
{
    for (size_t i = 0; i < plan->variants; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(plan->variant[i].name, plan->variant[j].name) == 0)
                return message_set(message, STATUS_WRONG, "the variant `%s` is asked for twice",
                                   plan->variant[i].name);
    return STATUS_OK;
}

enum status trained_variants(struct plan *plan, const struct reading *reading, struct message *message)
{
    const struct trained_request *request = reading->request;
    const size_t count = request->variants > 0 ? request->variants : count_stored(reading);
    enum status status = check_positions(request, message);
    if (!status && count == 0)
        return message_set(
            message, STATUS_WRONG,
            "%s: its experiment evaluates no variant on these weights, fine-tunes begin with them: "
            "say what to evaluate, like \"rope()\"",
            request->file);
    plan->variant = memory_allocate(count, sizeof *plan->variant, "the variants", message);
    if (!plan->variant)
        return STATUS_FAILED;
    for (size_t i = 0; !status && i < request->variants; i++)
        status = read_variant(&plan->variant[plan->variants++], reading, request->variant[i], message);
    for (size_t i = 0; !status && request->variants == 0 && i < reading->experiment.count; i++)
        if (is_variant(&reading->experiment.at[i]))
            status = stored_variant(&plan->variant[plan->variants++], reading, i, message);
    return !status ? check_repeats(plan, message) : status;
}
