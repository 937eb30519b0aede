/* print.c -- a resolved experiment as a file: without includes, presets and settings, with every
 * default, and with the same ids when it is read again. */
#include <stdio.h>
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "registry/registry.h"
#include "registry/spec.h"
#include "results/store/records.h"
#include "support/memory.h"
#include "support/text.h"

struct printer {
    struct text *out;
    struct ini *ini;
    const struct plan *plan;
    const struct experiment *experiment;
    struct message *message;
};

/* ------------------------------------------------------------------------------------------ lines */

/* The comma, outside of parentheses, behind which a line of at most `most` bytes ends; NULL = none. */
static const char *break_at(const char *value, size_t most)
{
    const char *last = NULL;
    size_t depth = 0;
    for (const char *at = value; *at && (size_t)(at - value) < most; at++) {
        if (*at == '(')
            depth++;
        if (*at == ')' && depth > 0)
            depth--;
        if (*at == ',' && depth == 0)
            last = at;
    }
    return last;
}

static bool begins_comment(const char *value)
{
    for (const char *at = value; *at; at++)
        if (*at == ';' && (at == value || at[-1] == ' '))
            return true;
    return false;
}

/* key = value; a list that is long goes on in indented lines. */
static enum status print_pair(struct printer *printer, const char *key, const char *value)
{
    enum { WIDTH = 100, INDENT = 4 };
    size_t used = strlen(key) + strlen(" = ");
    text_append(printer->out, "%s = ", key);
    while (used + strlen(value) > WIDTH) {
        const char *comma = break_at(value, used < WIDTH ? WIDTH - used : 1);
        if (!comma)
            break;
        text_append_bytes(printer->out, value, (size_t)(comma + 1 - value));
        text_append(printer->out, "\n%*s", INDENT, "");
        value = comma + 1 + strspn(comma + 1, " ");
        used = INDENT;
    }
    text_append(printer->out, "%s\n", value);
    if (used + strlen(value) <= INI_LINE_MAX && !begins_comment(value))
        return STATUS_OK;
    return message_set(printer->message, STATUS_WRONG,
                       "%s = %.100s cannot stand in a file: a line has at most %d bytes, and ` ;` begins a "
                       "comment",
                       key, value, INI_LINE_MAX);
}

static enum status print_printed(struct printer *printer, const char *key, const struct text *value)
{
    if (value->failed)
        return message_set(printer->message, STATUS_FAILED, "no memory for the resolved file");
    return print_pair(printer, key, text_string(value));
}

/* --------------------------------------------------------------------------------------- sections */

/* A value in canonical form; alternatives as they are written. */
static enum status print_option(struct printer *printer, const struct option *option, const char *written)
{
    union {
        struct model_options model;
        struct training_options training;
        struct evaluation_options evaluation;
    } scratch;
    struct text value = {0};
    if (strchr(written, '|'))
        return print_pair(printer, option->name, written);
    enum status status = option_set(option, &scratch, "value", option->name, written, printer->message);
    if (!status)
        option_print(&value, option, &scratch);
    if (!status)
        status = print_printed(printer, option->name, &value);
    text_release(&value);
    return status;
}

static enum status print_zip(struct printer *printer, const struct ini_section *section)
{
    const struct ini_entry *zip = section ? ini_entry(section, "zip") : NULL;
    return zip ? print_pair(printer, "zip", zip->value) : STATUS_OK;
}

/* [kind] with every option. */
static enum status print_settings(struct printer *printer, const char *kind, const struct option *table)
{
    const struct ini_section *section = ini_find(printer->ini, kind);
    enum status status = STATUS_OK;
    text_append(printer->out, "\n[%s]\n", kind);
    for (const struct option *option = table; !status && option->name; option++) {
        const struct ini_entry *entry = section ? ini_entry(section, option->name) : NULL;
        if (strcmp(option->name, "protocols") != 0) /* each dataset has its own */
            status = print_option(printer, option, entry ? entry->value : option->standard);
    }
    return status ? status : print_zip(printer, section);
}

/* [kind DATASET]: what is its own. */
static enum status print_own(struct printer *printer, const char *kind, const struct option *table,
                             const struct planned_dataset *dataset)
{
    char name[INI_SECTION_MAX + NAME_SIZE];
    enum status status = STATUS_OK;
    bool own, opened = false;
    snprintf(name, sizeof name, "%s %s", kind, dataset->name);
    if (table == evaluation_option_table) {
        text_append(printer->out, "\n[%s]\n", name);
        opened = true;
        status = print_pair(printer, "protocols", dataset->evaluation.protocols);
    }
    for (const struct option *option = table; !status && option->name; option++) {
        const struct ini_entry *entry = layers_source(&own, printer->ini, kind, dataset->name, option->name);
        if (!own || strcmp(option->name, "protocols") == 0)
            continue;
        if (!opened)
            text_append(printer->out, "\n[%s]\n", name);
        opened = true;
        status = print_option(printer, option, entry->value);
    }
    return status || !opened ? status : print_zip(printer, ini_find(printer->ini, name));
}

static enum status print_dataset(struct printer *printer, const struct planned_dataset *dataset)
{
    char name[INI_SECTION_MAX + NAME_SIZE];
    enum status status;
    snprintf(name, sizeof name, "dataset %s", dataset->name);
    const struct ini_section *section = ini_find(printer->ini, name);
    text_append(printer->out, "\n[%s]\n", name);
    status = print_pair(printer, "kind", dataset->kind->name);
    for (const struct option *option = dataset->kind->options; !status && option && option->name; option++) {
        const struct ini_entry *entry = section ? ini_entry(section, option->name) : NULL;
        status = print_pair(printer, option->name,
                            entry              ? entry->value
                            : option->standard ? option->standard
                                               : "");
    }
    if (!status)
        status = print_own(printer, "training", training_option_table, dataset);
    return status ? status : print_own(printer, "evaluation", evaluation_option_table, dataset);
}

/* --------------------------------------------------------------------------------------- variants */

/* encoder = SPEC with every option, where that fits a line. */
static enum status print_spec(struct printer *printer, const struct ini_entry *entry, bool positions)
{
    struct composition composition = {0};
    struct text value = {0};
    enum status status = positions ? spec_positions(&composition, entry->value, printer->message)
                                   : spec_encoders(&composition, entry->value, printer->message);
    if (!status && positions)
        composition_print_all_positions(&value, &composition);
    else if (!status)
        composition_print_all_encoders(&value, &composition);
    if (!status && strlen(entry->key) + strlen(" = ") + value.length > INI_LINE_MAX)
        status = print_pair(printer, entry->key, entry->value);
    else if (!status)
        status = print_printed(printer, entry->key, &value);
    text_release(&value);
    composition_release(&composition);
    return status;
}

static enum status print_variant(struct printer *printer, const struct ini_section *section)
{
    enum status status = STATUS_OK;
    text_append(printer->out, "\n[%s]\n", section->name);
    for (size_t i = 0; !status && i < section->count; i++) {
        const struct ini_entry *entry = &section->entry[i];
        const char *key = entry->key;
        const char *part =
            strncmp(key, "finetune.", 9) == 0 || strncmp(key, "evaluate.", 9) == 0 ? key + 9 : key;
        bool positions = strcmp(part, "positions") == 0, encoders = strcmp(part, "encoder") == 0;
        if ((positions || encoders) && !strchr(entry->value, '|'))
            status = print_spec(printer, entry, positions);
        else
            status = print_pair(printer, key, entry->value);
    }
    return status;
}

/* Marks the section of a variant and those it is like. */
static void mark(bool *marks, const struct ini *ini, const char *name)
{
    const struct ini_section *section = variant_section(ini, name);
    while (section && !marks[section - ini->section]) {
        const struct ini_entry *like = ini_entry(section, "like");
        marks[section - ini->section] = true;
        section = like ? variant_section(ini, like->value) : NULL;
    }
}

/* The section that made a variant: that of its name, or the one whose grid did. */
static void mark_variant(bool *marks, const struct ini *ini, const struct variant *variant)
{
    if (variant_section(ini, variant->listed)) {
        mark(marks, ini, variant->listed);
        return;
    }
    for (size_t i = 0; i < ini->count; i++) { /* a single combination: any that may have made it */
        const char *name = ini_argument(&ini->section[i], "variant");
        size_t length = name ? strlen(name) : 0;
        if (name && strncmp(variant->name, name, length) == 0 && variant->name[length] == '-')
            mark(marks, ini, name);
    }
}

static enum status print_variants(struct printer *printer)
{
    const struct ini *ini = printer->ini;
    bool *marks = memory_allocate(ini->count, sizeof *marks, "the sections of variants", printer->message);
    enum status status = marks ? STATUS_OK : STATUS_FAILED;
    for (size_t v = 0; marks && v < printer->plan->variants; v++)
        mark_variant(marks, ini, &printer->plan->variant[v]);
    for (size_t i = 0; !status && i < ini->count; i++)
        if (marks[i])
            status = print_variant(printer, &ini->section[i]);
    memory_release(marks);
    return status;
}

/* [tuning], which is resolved when its trainings are done. */
static enum status print_tuning(struct printer *printer)
{
    const struct ini_section *section = ini_find(printer->ini, "tuning");
    enum status status = STATUS_OK;
    if (section)
        text_append(printer->out, "\n[tuning]\n");
    for (size_t i = 0; section && !status && i < section->count; i++)
        status = print_pair(printer, section->entry[i].key, section->entry[i].value);
    return status;
}

/* --only may have left one of its variants out: then it is no claim of this file. */
static bool claim_stands(const struct plan *plan, const char *name)
{
    size_t sides = 0;
    for (size_t i = 0; i < plan->claims; i++)
        for (size_t v = 0; v < plan->variants && strcmp(plan->claim[i].name, name) == 0; v++)
            sides += (size_t)(strcmp(plan->variant[v].name, plan->claim[i].left) == 0) +
                     (size_t)(strcmp(plan->variant[v].name, plan->claim[i].right) == 0);
    return sides == 2;
}

/* [claim NAME], as it is written. */
static enum status print_claims(struct printer *printer)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < printer->ini->count; i++) {
        const struct ini_section *section = &printer->ini->section[i];
        const char *name = ini_argument(section, "claim");
        if (!name || !claim_stands(printer->plan, name))
            continue;
        text_append(printer->out, "\n[%s]\n", section->name);
        for (size_t e = 0; !status && e < section->count; e++)
            status = print_pair(printer, section->entry[e].key, section->entry[e].value);
    }
    return status;
}

static bool has_section(const struct printer *printer, const char *name)
{
    for (size_t i = 0; i < printer->ini->count; i++) {
        const char *other = ini_argument(&printer->ini->section[i], "protocol");
        if (other && strcmp(other, name) == 0)
            return true;
    }
    return false;
}

/* [protocol NAME] of a protocol that has a section, with every option. */
static enum status print_protocol(struct printer *printer, const struct protocol *protocol)
{
    enum status status;
    text_append(printer->out, "\n[protocol %s]\n", protocol->name);
    status = print_pair(printer, "kind", protocol->kind->name);
    for (const struct option *option = protocol->kind->options; !status && option->name; option++) {
        struct text value = {0};
        option_print(&value, option, protocol);
        status = print_printed(printer, option->name, &value);
        text_release(&value);
    }
    return status;
}

/* Each once, where the first dataset has it. */
static enum status print_protocols(struct printer *printer)
{
    const struct plan *plan = printer->plan;
    enum status status = STATUS_OK;
    for (size_t d = 0; d < plan->datasets; d++)
        for (size_t p = 0; !status && p < plan->dataset[d].protocols; p++) {
            const struct protocol *protocol = &plan->dataset[d].protocol[p];
            bool before = !has_section(printer, protocol->name);
            for (size_t e = 0; e < d && !before; e++)
                for (size_t q = 0; q < plan->dataset[e].protocols && !before; q++)
                    before = strcmp(plan->dataset[e].protocol[q].name, protocol->name) == 0;
            if (!before)
                status = print_protocol(printer, protocol);
        }
    return status;
}

/* ------------------------------------------------------------------------------------------ whole */

static enum status print_experiment(struct printer *printer)
{
    const struct plan *plan = printer->plan;
    struct text datasets = {0}, variants = {0};
    text_append(printer->out, "[experiment]\n");
    enum status status = print_pair(printer, "name", plan->name);
    if (!status)
        status = print_pair(printer, "title", plan->title);
    for (size_t d = 0; d < plan->datasets; d++)
        if (d == 0 || strcmp(plan->dataset[d].name, plan->dataset[d - 1].name) != 0)
            text_append(&datasets, "%s%s", d > 0 ? ", " : "", plan->dataset[d].name);
    for (size_t v = 0; v < plan->variants; v++)
        text_append(&variants, "%s%s", v > 0 ? ", " : "", plan->variant[v].name);
    if (!status)
        status = print_printed(printer, "datasets", &datasets);
    if (!status)
        status = print_printed(printer, "variants", &variants);
    text_append(printer->out, "seeds = %zu\nfirst_seed = %zu\nfolds = %zu\n", plan->seeds, plan->first_seed,
                printer->experiment->folds);
    text_release(&datasets);
    text_release(&variants);
    return status;
}

enum status plan_print(struct text *out, const struct plan_request *request, struct message *message)
{
    struct plan plan;
    struct ini ini = {0};
    struct experiment experiment;
    struct printer printer = {
        .out = out, .ini = &ini, .plan = &plan, .experiment = &experiment, .message = message};
    enum status status = plan_resolve(&plan, &ini, &experiment, request, message);
    if (!status)
        status = print_experiment(&printer);
    if (!status)
        status = print_settings(&printer, "model", model_option_table);
    if (!status)
        status = print_settings(&printer, "training", training_option_table);
    if (!status)
        status = print_settings(&printer, "evaluation", evaluation_option_table);
    for (size_t d = 0; !status && d < plan.datasets; d++)
        if (!plan.dataset[d].shared && plan.dataset[d].fold <= 1)
            status = print_dataset(&printer, &plan.dataset[d]);
    if (!status)
        status = print_protocols(&printer);
    if (!status)
        status = print_claims(&printer);
    if (!status)
        status = print_tuning(&printer);
    if (!status)
        status = print_variants(&printer);
    if (!status && out->failed)
        status = message_set(message, STATUS_FAILED, "no memory for the resolved file");
    experiment_release(&experiment);
    ini_release(&ini);
    plan_release(&plan);
    return status;
}
