/* plan.c -- an experiment file, resolved. */
#include <string.h>

#include "experiment/plan.h"
#include "experiment/resolve.h"
#include "support/memory.h"
#include "support/text.h"

static bool is_listed(const struct list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->item[i], name) == 0)
            return true;
    return false;
}

/* --only a, b: of the variants listed, these. */
static enum status keep_only(struct list *variants, const char *only, struct message *message)
{
    struct list wanted = {0};
    char suggestion[768];
    size_t kept = 0;
    enum status status = list_split(&wanted, only, "variants of --only", message);
    for (size_t i = 0; !status && i < wanted.count; i++) {
        if (is_listed(variants, wanted.item[i]))
            continue;
        text_suggest(suggestion, sizeof suggestion, wanted.item[i], (const char *const *)variants->item,
                     variants->count);
        status = message_set(message, STATUS_WRONG, "--only: `%.100s` is no variant of this experiment: %s",
                             wanted.item[i], suggestion);
    }
    for (size_t i = 0; !status && i < variants->count; i++) {
        if (is_listed(&wanted, variants->item[i]))
            variants->item[kept++] = variants->item[i];
        else
            memory_release(variants->item[i]);
    }
    if (!status)
        variants->count = kept;
    list_release(&wanted);
    return status;
}

static enum status read_variants(struct plan *plan, const struct ini *ini,
                                 const struct experiment *experiment, struct message *message)
{
    const struct list *names = &experiment->variants;
    plan->variant = memory_allocate(names->count, sizeof *plan->variant, "the variants", message);
    if (!plan->variant)
        return STATUS_FAILED;
    for (size_t i = 0; i < names->count; i++) {
        enum status status = variant_read(&plan->variant[i], ini, names->item[i], message);
        if (status) { /* sections were checked: this is a name or a SPEC in the list */
            ini_locate(message, experiment->variants_place);
            return status;
        }
        plan->variants++;
    }
    return STATUS_OK;
}

static enum status read_datasets(struct plan *plan, const struct ini *ini,
                                 const struct experiment *experiment, struct message *message)
{
    const struct list *names = &experiment->datasets;
    plan->dataset = memory_allocate(names->count, sizeof *plan->dataset, "the datasets", message);
    if (!plan->dataset)
        return STATUS_FAILED;
    for (size_t i = 0; i < names->count; i++) {
        enum status status = planned_dataset_read(&plan->dataset[i], ini, names->item[i], message);
        if (status)
            return status;
        plan->datasets++;
    }
    return STATUS_OK;
}

enum status plan_make(struct plan *plan, const struct plan_request *request, struct message *message)
{
    struct ini ini = {0};
    struct experiment experiment = {0};
    *plan = (struct plan){0};
    enum status status = ini_read(&ini, request->experiment, message);
    for (size_t i = 0; !status && i < request->sets; i++)
        status = ini_set(&ini, request->set[i], message);
    if (!status)
        status = sections_check(&ini, message);
    if (!status)
        status = experiment_read(&experiment, &ini, request->experiment, message);
    if (!status)
        status = variants_check(&ini, message);
    if (!status && request->only)
        status = keep_only(&experiment.variants, request->only, message);
    if (!status)
        status = read_variants(plan, &ini, &experiment, message);
    if (!status)
        status = read_datasets(plan, &ini, &experiment, message);
    if (!status) {
        memcpy(plan->name, experiment.name, sizeof plan->name);
        memcpy(plan->title, experiment.title, sizeof plan->title);
        plan->seeds = experiment.seeds;
        plan->first_seed = experiment.first_seed;
        status = trainings_plan(plan, request->instruction_set, message);
    }
    experiment_release(&experiment);
    ini_release(&ini);
    if (status)
        plan_release(plan);
    return status;
}

void plan_release(struct plan *plan)
{
    for (size_t i = 0; i < plan->trainings; i++) {
        memory_release(plan->training[i].evaluation);
        memory_release(plan->training[i].evaluation_id);
        memory_release(plan->training[i].identity);
    }
    for (size_t i = 0; i < plan->variants; i++)
        variant_release(&plan->variant[i]);
    for (size_t i = 0; i < plan->datasets; i++)
        planned_dataset_release(&plan->dataset[i]);
    memory_release(plan->training);
    memory_release(plan->variant);
    memory_release(plan->dataset);
    *plan = (struct plan){0};
}
