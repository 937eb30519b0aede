/* plan.c -- an experiment file, resolved. */
#include <string.h>

#include "experiment/plan.h"
#include "experiment/resolve/resolve.h"
#include "experiment/search/search.h"
#include "support/memory.h"

/* One dataset in all its configurations, in one fold. */
static enum status read_dataset(struct plan *plan, size_t *capacity, const struct ini *ini, const char *name,
                                const struct fold *fold, struct message *message)
{
    const size_t first = plan->datasets;
    void *block = plan->dataset;
    struct grid grid;
    enum status status = configurations_grid(&grid, ini, name, message);
    if (!status)
        status =
            memory_grow(&block, capacity, first + grid.count, sizeof *plan->dataset, "the datasets", message);
    plan->dataset = block;
    for (size_t i = 0; !status && i < grid.count; i++) {
        struct planned_dataset *dataset = &plan->dataset[first + i];
        status = planned_dataset_read(dataset, &(struct view){ini, &grid, i}, name,
                                      i > 0 ? &plan->dataset[first] : NULL, fold, message);
        if (status)
            break;
        plan->datasets++;
        status = configuration_name(dataset, &grid, i, message);
    }
    grid_release(&grid);
    return status;
}

static enum status read_datasets(struct plan *plan, const struct ini *ini,
                                 const struct experiment *experiment, struct message *message)
{
    size_t capacity = 0;
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < experiment->datasets.count; i++) {
        struct fold fold = {0, 0};
        if (experiment->folds > 1)
            fold = (struct fold){1, experiment->folds};
        do {
            status = read_dataset(plan, &capacity, ini, experiment->datasets.item[i], &fold, message);
        } while (!status && plan->dataset[plan->datasets - 1].fold > 0 && fold.number++ < fold.count);
    }
    return status ? status : protocols_check_depths(plan, message);
}

/* Each factor is at most PRODUCT_MAX, and seeds are few, so nothing overflows. */
static enum status check_size(const struct plan *plan, struct message *message)
{
    const double size = (double)plan->datasets * (double)plan->variants * (double)plan->seeds;
    if (size <= PRODUCT_MAX)
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "the experiment has %.0f evaluated trainings: %zu datasets with configurations and folds, "
        "%zu variants, %zu seeds; at most %d are possible",
        size, plan->datasets, plan->variants, plan->seeds, PRODUCT_MAX);
}

static enum status resolve_ini(struct ini *ini, const struct plan_request *request, struct message *message)
{
    enum status status = ini_read(ini, request->experiment, message);
    for (size_t i = 0; !status && i < request->presets; i++)
        status = ini_preset(ini, request->preset[i], message);
    for (size_t i = 0; !status && i < request->sets; i++)
        status = ini_set(ini, request->set[i], message);
    return status ? status : sections_check(ini, message);
}

enum status plan_resolve(struct plan *plan, struct ini *ini, struct experiment *experiment,
                         const struct plan_request *request, struct message *message)
{
    *plan = (struct plan){0};
    *experiment = (struct experiment){0};
    enum status status = resolve_ini(ini, request, message);
    if (!status)
        status = experiment_read(experiment, ini, request->experiment, message);
    if (!status)
        status = variants_check(ini, message);
    if (!status)
        status = variants_read(plan, ini, experiment, message);
    if (!status)
        status = claims_read(plan, ini, message);
    if (!status)
        status = variants_keep(plan, ini, request->only, message);
    if (!status)
        status = read_datasets(plan, ini, experiment, message);
    if (!status)
        status = claims_check(plan, ini, message);
    if (status)
        return status;
    memcpy(plan->name, experiment->name, sizeof plan->name);
    memcpy(plan->title, experiment->title, sizeof plan->title);
    plan->seeds = experiment->seeds;
    plan->first_seed = experiment->first_seed;
    return check_size(plan, message);
}

/* A choice has no dimension of folds. */
static enum status check_tuning(const struct ini *ini, const struct experiment *experiment,
                                struct message *message)
{
    const struct ini_section *tuning = ini_find(ini, "tuning");
    if (!tuning || experiment->folds == 1)
        return STATUS_OK;
    message_set(
        message, STATUS_WRONG,
        "[tuning] does not go together with folds = %zu: tune with folds = 1, then write what was chosen",
        experiment->folds);
    ini_locate(message, tuning->place);
    return STATUS_WRONG;
}

enum status plan_make(struct plan *plan, const struct plan_request *request, struct message *message)
{
    struct ini ini = {0};
    struct experiment experiment;
    enum status status = plan_resolve(plan, &ini, &experiment, request, message);
    if (!status)
        status = check_tuning(&ini, &experiment, message);
    if (!status)
        status = ini_find(&ini, "tuning") ? search_begin(plan, &ini, request->instruction_set, message)
                                          : trainings_plan(plan, request->instruction_set, message);
    experiment_release(&experiment);
    ini_release(&ini);
    if (status)
        plan_release(plan);
    return status;
}

/* The other plans of a search, and what is told of it. */
static void release_search(struct search *search)
{
    if (!search)
        return;
    for (size_t i = 0; i < search->rounds; i++)
        plan_release(&search->round[i]);
    if (search->experiment)
        plan_release(search->experiment);
    search_release(search);
}

void plan_release(struct plan *plan)
{
    release_search(plan->search);
    trainings_release(plan);
    for (size_t i = 0; i < plan->variants; i++)
        variant_release(&plan->variant[i]);
    for (size_t i = 0; i < plan->datasets; i++)
        planned_dataset_release(&plan->dataset[i]);
    memory_release(plan->variant);
    memory_release(plan->dataset);
    memory_release(plan->claim);
    *plan = (struct plan){0};
}
