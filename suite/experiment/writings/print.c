/* print.c -- a resolved experiment as a file: without includes, presets and settings, with every
 * default, and with the same ids when it is read again. */
#include <stdio.h>
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "experiment/settings.h"
#include "registry/registry.h"
#include "registry/spec.h"
#include "results/store/records.h"
#include "support/memory.h"
#include "support/text.h"

struct printer {
    struct settings rows; /* of all sections, in the order of the file */
    const struct ini *ini;
    const struct plan *plan;
    const struct experiment *experiment;
    struct message *message;
};

/* ---- sections ---- */

static const char *written_or(const struct ini_section *section, const char *key, const char *otherwise)
{
    const struct ini_entry *entry = section ? ini_entry(section, key) : NULL;
    return entry ? entry->value : otherwise ? otherwise : "";
}

static void add_as_written(struct printer *printer, const struct ini_section *section)
{
    for (size_t i = 0; section && i < section->count; i++)
        settings_add(&printer->rows, section->name, section->entry[i].key, section->entry[i].value);
}

/* A value in canonical form; alternatives as they are written. */
static void add_option(struct printer *printer, const char *section, const struct option *option,
                       const char *written)
{
    union {
        struct model_options model;
        struct training_options training;
        struct evaluation_options evaluation;
    } scratch;
    struct text value = {0};
    if (strchr(written, '|') || option_set(option, &scratch, "", option->name, written, NULL))
        text_append(&value, "%s", written);
    else
        option_print(&value, option, &scratch);
    settings_add_text(&printer->rows, section, option->name, &value);
}

static void add_zip(struct printer *printer, const char *name)
{
    const struct ini_section *section = ini_find(printer->ini, name);
    const struct ini_entry *zip = section ? ini_entry(section, "zip") : NULL;
    if (zip)
        settings_add(&printer->rows, name, "zip", zip->value);
}

/* [kind] with every option. */
static void add_settings(struct printer *printer, const char *kind, const struct option *table)
{
    const struct ini_section *section = ini_find(printer->ini, kind);
    for (const struct option *option = table; option->name; option++)
        if (strcmp(option->name, "protocols") != 0) /* each dataset has its own */
            add_option(printer, kind, option, written_or(section, option->name, option->standard));
    add_zip(printer, kind);
}

/* [kind DATASET]: what is its own. */
static void add_own(struct printer *printer, const char *kind, const struct option *table,
                    const struct planned_dataset *dataset)
{
    char name[INI_SECTION_MAX + NAME_SIZE];
    const size_t before = printer->rows.count;
    bool own;
    snprintf(name, sizeof name, "%s %s", kind, dataset->name);
    if (table == evaluation_option_table)
        settings_add(&printer->rows, name, "protocols", dataset->evaluation.protocols);
    for (const struct option *option = table; option->name; option++) {
        const struct ini_entry *entry = layers_source(&own, printer->ini, kind, dataset->name, option->name);
        if (own && strcmp(option->name, "protocols") != 0)
            add_option(printer, name, option, entry->value);
    }
    if (printer->rows.count > before)
        add_zip(printer, name);
}

static void add_dataset(struct printer *printer, const struct planned_dataset *dataset)
{
    char name[INI_SECTION_MAX + NAME_SIZE];
    snprintf(name, sizeof name, "dataset %s", dataset->name);
    const struct ini_section *section = ini_find(printer->ini, name);
    settings_add(&printer->rows, name, "kind", dataset->kind->name);
    for (const struct option *option = dataset->kind->options; option && option->name; option++)
        settings_add(&printer->rows, name, option->name, written_or(section, option->name, option->standard));
    add_own(printer, "training", training_option_table, dataset);
    add_own(printer, "evaluation", evaluation_option_table, dataset);
}

/* ---- variants ---- */

/* encoder = SPEC with every option, where that fits a line. */
static void add_spec(struct printer *printer, const char *section, const struct ini_entry *entry,
                     bool positions)
{
    struct composition composition = {0};
    struct text value = {0};
    enum status status = positions ? spec_positions(&composition, entry->value, NULL)
                                   : spec_encoders(&composition, entry->value, NULL);
    if (!status)
        (positions ? composition_print_all_positions : composition_print_all_encoders)(&value, &composition);
    if (status || strlen(entry->key) + strlen(" = ") + value.length > INI_LINE_MAX) {
        text_release(&value);
        text_append(&value, "%s", entry->value);
    }
    settings_add_text(&printer->rows, section, entry->key, &value);
    composition_release(&composition);
}

static void add_variant(struct printer *printer, const struct ini_section *section)
{
    for (size_t i = 0; i < section->count; i++) {
        const struct ini_entry *entry = &section->entry[i];
        const char *key = entry->key;
        const char *part = text_begins(key, "finetune.") || text_begins(key, "evaluate.") ? key + 9 : key;
        bool positions = strcmp(part, "positions") == 0, encoders = strcmp(part, "encoder") == 0;
        if ((positions || encoders) && !strchr(entry->value, '|'))
            add_spec(printer, section->name, entry, positions);
        else
            settings_add(&printer->rows, section->name, key, entry->value);
    }
}

/* Marks the section of a variant and those it is like. */
static void mark(bool *marks, const struct ini *ini, const char *name)
{
    const struct ini_section *section = ini_named(ini, "variant", name);
    while (section && !marks[section - ini->section]) {
        const struct ini_entry *like = ini_entry(section, "like");
        marks[section - ini->section] = true;
        section = like ? ini_named(ini, "variant", like->value) : NULL;
    }
}

/* The section that made a variant: that of its name, or the one whose grid did. */
static void mark_variant(bool *marks, const struct ini *ini, const struct variant *variant)
{
    if (ini_named(ini, "variant", variant->listed)) {
        mark(marks, ini, variant->listed);
        return;
    }
    for (size_t i = 0; i < ini->count; i++) /* a single combination: any that may have made it */
        if (variant_grid_may_make(&ini->section[i], variant->name))
            mark(marks, ini, ini_argument(&ini->section[i], "variant"));
}

static enum status add_variants(struct printer *printer)
{
    const struct ini *ini = printer->ini;
    bool *marks = memory_allocate(ini->count, sizeof *marks, "the sections of variants", printer->message);
    if (!marks)
        return STATUS_FAILED;
    for (size_t v = 0; v < printer->plan->variants; v++)
        mark_variant(marks, ini, &printer->plan->variant[v]);
    for (size_t i = 0; i < ini->count; i++)
        if (marks[i])
            add_variant(printer, &ini->section[i]);
    memory_release(marks);
    return STATUS_OK;
}

/* ---- claims, protocols ---- */

static bool has_variant(const struct plan *plan, const char *name)
{
    for (size_t v = 0; v < plan->variants; v++)
        if (strcmp(plan->variant[v].name, name) == 0)
            return true;
    return false;
}

/* --only may have left one of its variants out: then it is no claim of this file. */
static bool claim_stands(const struct plan *plan, const char *name)
{
    size_t i = 0;
    while (i < plan->claims && strcmp(plan->claim[i].name, name) != 0)
        i++;
    bool stands = i < plan->claims;
    for (size_t o = 0; stands && o < CLAIM_OPERANDS && plan->claim[i].operand[o].variant[0]; o++)
        stands = has_variant(plan, plan->claim[i].operand[o].variant);
    return stands;
}

static void add_claims(struct printer *printer)
{
    for (size_t i = 0; i < printer->ini->count; i++) {
        const struct ini_section *section = &printer->ini->section[i];
        const char *name = ini_argument(section, "claim");
        if (name && claim_stands(printer->plan, name))
            add_as_written(printer, section);
    }
}

/* [protocol NAME] of a protocol that has a section, with every option; once, where the first dataset has it. */
static void add_protocol(struct printer *printer, const struct protocol *protocol)
{
    char name[INI_SECTION_MAX + NAME_SIZE];
    snprintf(name, sizeof name, "protocol %s", protocol->name);
    if (!ini_find(printer->ini, name) || settings_find(&printer->rows, name, "kind"))
        return;
    settings_add(&printer->rows, name, "kind", protocol->kind->name);
    for (const struct option *option = protocol->kind->options; option->name; option++) {
        struct text value = {0};
        option_print(&value, option, protocol);
        settings_add_text(&printer->rows, name, option->name, &value);
    }
}

/* ---- whole ---- */

static void add_experiment(struct printer *printer)
{
    const struct plan *plan = printer->plan;
    struct settings *rows = &printer->rows;
    struct text datasets = {0}, variants = {0};
    for (size_t d = 0; d < plan->datasets; d++)
        if (d == 0 || strcmp(plan->dataset[d].name, plan->dataset[d - 1].name) != 0)
            text_append(&datasets, "%s%s", d > 0 ? ", " : "", plan->dataset[d].name);
    for (size_t v = 0; v < plan->variants; v++)
        text_append(&variants, "%s%s", v > 0 ? ", " : "", plan->variant[v].name);
    settings_add(rows, "experiment", "name", plan->name);
    settings_add(rows, "experiment", "title", plan->title);
    settings_add_text(rows, "experiment", "datasets", &datasets);
    settings_add_text(rows, "experiment", "variants", &variants);
    settings_add_count(rows, "experiment", "seeds", plan->seeds);
    settings_add_count(rows, "experiment", "first_seed", plan->first_seed);
    settings_add_count(rows, "experiment", "folds", printer->experiment->folds);
}

static enum status add_all(struct printer *printer)
{
    const struct plan *plan = printer->plan;
    add_experiment(printer);
    add_settings(printer, "model", model_option_table);
    add_settings(printer, "training", training_option_table);
    add_settings(printer, "evaluation", evaluation_option_table);
    for (size_t d = 0; d < plan->datasets; d++)
        if (!plan->dataset[d].shared && plan->dataset[d].fold <= 1)
            add_dataset(printer, &plan->dataset[d]);
    for (size_t d = 0; d < plan->datasets; d++)
        for (size_t p = 0; p < plan->dataset[d].protocols; p++)
            add_protocol(printer, &plan->dataset[d].protocol[p]);
    add_claims(printer);
    add_as_written(printer, ini_find(printer->ini, "tuning")); /* is resolved when its trainings are done */
    return add_variants(printer);
}

/* ---- lines ---- */

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
static enum status print_pair(struct text *out, const char *key, const char *value, struct message *message)
{
    enum { WIDTH = 100, INDENT = 4 };
    size_t used = strlen(key) + strlen(" = ");
    text_append(out, "%s = ", key);
    while (used + strlen(value) > WIDTH) {
        const char *comma = break_at(value, used < WIDTH ? WIDTH - used : 1);
        if (!comma)
            break;
        text_append_bytes(out, value, (size_t)(comma + 1 - value));
        text_append(out, "\n%*s", INDENT, "");
        value = comma + 1 + strspn(comma + 1, " ");
        used = INDENT;
    }
    text_append(out, "%s\n", value);
    if (used + strlen(value) <= INI_LINE_MAX && !begins_comment(value))
        return STATUS_OK;
    return message_set(message, STATUS_WRONG,
                       "%s = %.100s cannot stand in a file: a line has at most %d bytes, and ` ;` begins a "
                       "comment",
                       key, value, INI_LINE_MAX);
}

/* [section] above the rows of each. */
static enum status print_rows(struct text *out, const struct settings *rows, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < rows->count; i++) {
        const struct setting *row = &rows->at[i];
        if (i == 0 || strcmp(row->section, rows->at[i - 1].section) != 0)
            text_append(out, "%s[%s]\n", i > 0 ? "\n" : "", row->section);
        status = print_pair(out, row->key, row->value, message);
    }
    out->failed = out->failed || rows->failed;
    return status ? status : text_check(out, "the resolved file", message);
}

enum status plan_print(struct text *out, const struct plan_request *request, struct message *message)
{
    struct plan plan;
    struct ini ini = {0};
    struct experiment experiment;
    struct printer printer = {.ini = &ini, .plan = &plan, .experiment = &experiment, .message = message};
    enum status status = plan_resolve(&plan, &ini, &experiment, request, message);
    if (!status)
        status = add_all(&printer);
    if (!status)
        status = print_rows(out, &printer.rows, message);
    settings_release(&printer.rows);
    experiment_release(&experiment);
    ini_release(&ini);
    plan_release(&plan);
    return status;
}
