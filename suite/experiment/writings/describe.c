/* describe.c -- what a weights file says of its experiment, beside the identity of its training. */
#include <stdio.h>

#include "experiment/file/ini.h"
#include "experiment/plan.h"
#include "experiment/settings.h"

static void add_variant(struct settings *out, const struct variant *variant)
{
    settings_add(out, "", "variant", variant->name);
    settings_add_composition(out, "", &variant->evaluated);
}

static void add_protocol(struct settings *out, const struct protocol *protocol)
{
    char section[INI_SECTION_MAX + NAME_SIZE];
    snprintf(section, sizeof section, "protocol %s", protocol->name);
    settings_add(out, section, "kind", protocol->kind->name);
    settings_add_options(out, section, protocol->kind->options, protocol, NULL);
}

void plan_describe(struct text *out, const struct plan *plan, size_t training)
{
    const struct planned_training *planned = &plan->training[training];
    const struct planned_dataset *dataset = &plan->dataset[planned->dataset];
    const struct variant *variant = &plan->variant[planned->variant];
    struct settings rows = {0};
    settings_add(&rows, "", "name", plan->name);
    settings_add(&rows, "", "title", plan->title);
    settings_add(&rows, "", "configuration", dataset->configuration);
    settings_add(&rows, "", "dataset", dataset->name);
    settings_add_options(&rows, "dataset", dataset->kind->options, dataset->state, NULL); /* the path too */
    settings_add_options(&rows, "evaluation", evaluation_option_table, &dataset->evaluation, NULL);
    for (size_t p = 0; p < dataset->protocols; p++)
        add_protocol(&rows, &dataset->protocol[p]);
    if (planned->parent_id[0]) {
        settings_add_composition(&rows, "first", &variant->first);
        settings_add_options(&rows, "finetune", finetune_option_table, &variant->finetune, NULL);
    }
    for (size_t e = 0; e < planned->evaluations; e++)
        add_variant(&rows, &plan->variant[planned->evaluation[e]]);
    settings_write(out, &rows);
    settings_release(&rows);
}
