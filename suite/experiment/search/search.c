/* search.c -- the plans of a search, from the candidates that its method marks to the experiment with the
 * choice. */
#include "experiment/search/search.h"

#include <stdio.h>
#include <string.h>

#include "experiment/resolve/resolve.h"
#include "support/memory.h"

bool search_goes_on(const struct plan *plan)
{
    return plan->search && plan->search->experiment;
}

void search_release(struct search *search)
{
    if (!search)
        return;
    memory_release(search->part);
    memory_release(search->candidate);
    memory_release(search->wanted);
    memory_release(search->choice);
    memory_release(search->round);
    memory_release(search->experiment);
    memory_release(search);
}

/* Of a group and a candidate: the place in wanted and in scores. */
static size_t place_of(const struct search *search, size_t pair, size_t part, size_t candidate)
{
    return (pair * search->parts + part) * search->candidates + candidate;
}

/* ---- a round ---- */

/* The trained parts: the first variant with each, evaluated as it is trained. */
static enum status make_parts(struct plan *out, const struct search *search, struct message *message)
{
    enum status status = STATUS_OK;
    out->variant = memory_allocate(search->parts, sizeof *out->variant, "the trained parts", message);
    if (!out->variant)
        return STATUS_FAILED;
    for (size_t p = 0; !status && p < search->parts; p++) {
        const struct variant *from = &search->experiment->variant[search->part[p]];
        struct variant *part = &out->variant[out->variants++];
        *part = *from;
        part->first = part->trained = part->evaluated = (struct composition){0};
        part->finetune.steps = 0;
        part->evaluation_only = false;
        memcpy(part->trained_text, from->first_text, sizeof from->first_text);
        status = composition_copy(&part->first, &from->first, message);
        if (!status)
            status = composition_copy(&part->trained, &from->first, message);
        if (!status)
            status = composition_copy(&part->evaluated, &from->first, message);
    }
    return status;
}

static enum status check_validation(const struct planned_dataset *dataset, struct message *message)
{
    const struct dataset *kind = dataset->kind;
    enum status status =
        kind->refuses ? kind->refuses(dataset->state, SPLIT_VALIDATION, dataset->training.length, message)
                      : STATUS_OK;
    if (status)
        message_prefix(message, "[tuning] scores the validation block of dataset `%s`", dataset->name);
    return status;
}

/* A pair of the experiment under one candidate, for one trained part, or (trained_as NULL) for all. */
static enum status add_dataset(struct plan *plan, const struct search *search, size_t pair, size_t candidate,
                               const char *trained_as, struct message *message)
{
    const struct planned_dataset *from = &search->experiment->dataset[pair];
    const struct candidate *tried = &search->candidate[pair * search->candidates + candidate];
    struct planned_dataset *out = &plan->dataset[plan->datasets++];
    *out = *from;
    out->shared = true; /* the experiment's plan owns the state */
    out->trained_as = trained_as;
    out->candidate = candidate;
    out->model = tried->model;
    out->training = tried->training;
    if (search->steps > 0)
        out->training.steps = search->steps;
    memcpy(out->tuning, tried->coordinates, sizeof out->tuning);
    snprintf(out->label, sizeof out->label, "%.100s, %.150s", from->label, out->tuning);
    out->evaluation.lengths = (struct length_list){.count = 1, .at = {{.value = 1, .relative = true}}};
    out->evaluation.validation = true;
    out->protocol = NULL;
    enum status status = protocols_single(out, from->kind->window ? "nonoverlap" : "exact-match", message);
    return status ? status : check_validation(out, message);
}

static size_t parts_that_try(const struct search *search, size_t pair, size_t candidate)
{
    size_t count = 0;
    for (size_t p = 0; p < search->parts; p++)
        count += search->wanted[place_of(search, pair, p, candidate)];
    return count;
}

/* One dataset where all parts try a candidate; else one for each of those that do. */

static enum status add_datasets(struct plan *plan, const struct search *search, size_t pair, size_t candidate,
                                struct message *message)
{
    const struct variant *variant = search->experiment->variant;
    enum status status = STATUS_OK;
    if (parts_that_try(search, pair, candidate) == search->parts)
        return add_dataset(plan, search, pair, candidate, NULL, message);
    for (size_t p = 0; !status && p < search->parts; p++)
        if (search->wanted[place_of(search, pair, p, candidate)])
            status = add_dataset(plan, search, pair, candidate, variant[search->part[p]].first_text, message);
    return status;
}

/* Candidate after candidate within each pair. */
static enum status make_round(struct plan *plan, const struct search *search, const char *instruction_set,
                              struct message *message)
{
    const struct plan *experiment = search->experiment;
    size_t count = 0;
    memcpy(plan->name, experiment->name, sizeof plan->name);
    memcpy(plan->title, experiment->title, sizeof plan->title);
    plan->seeds = 1;
    plan->first_seed = search->seed;
    for (size_t i = 0; i < search->pairs * search->candidates; i++) {
        const size_t parts = parts_that_try(search, i / search->candidates, i % search->candidates);
        count += parts == search->parts ? 1 : parts;
    }
    plan->dataset = memory_allocate(count, sizeof *plan->dataset, "the datasets of a tuning", message);
    if (!plan->dataset)
        return STATUS_FAILED;
    enum status status = make_parts(plan, search, message);
    for (size_t i = 0; !status && i < search->pairs * search->candidates; i++)
        status = add_datasets(plan, search, i / search->candidates, i % search->candidates, message);
    return status ? status : trainings_plan(plan, instruction_set, message);
}

/* ---- the choice ---- */

/* The experiment's pairs, each once for every trained part, with the options chosen for it. */
static enum status choose_datasets(struct plan *plan, const struct search *search, struct message *message)
{
    const size_t count = search->pairs * search->parts;
    struct planned_dataset *chosen =
        memory_allocate(count, sizeof *chosen, "the datasets of an experiment", message);
    if (!chosen)
        return STATUS_FAILED;
    for (size_t group = 0; group < count; group++) {
        const size_t pair = group / search->parts, part = group % search->parts;
        const struct candidate *candidate =
            &search->candidate[pair * search->candidates + search->choice[group]];
        chosen[group] = plan->dataset[pair];
        chosen[group].shared = plan->dataset[pair].shared || part > 0;
        chosen[group].protocols_shared = plan->dataset[pair].protocols_shared || part > 0;
        chosen[group].trained_as = plan->variant[search->part[part]].first_text;
        chosen[group].model = candidate->model;
        chosen[group].training = candidate->training;
    }
    memory_release(plan->dataset);
    plan->dataset = chosen;
    plan->datasets = count;
    return STATUS_OK;
}

static enum status make_experiment(struct plan *plan, struct search *search, const char *instruction_set,
                                   struct message *message)
{
    *plan = *search->experiment;
    plan->search = search;
    memory_release(search->experiment);
    search->experiment = NULL;
    enum status status = choose_datasets(plan, search, message);
    return status ? status : trainings_plan(plan, instruction_set, message);
}

/* ---- the rounds ---- */

/* The round that has ended goes to the others; the plan is empty then. */
static enum status end_round(struct plan *plan, struct search *search, struct message *message)
{
    void *block = search->round;
    size_t capacity = search->rounds;
    enum status status = memory_grow(&block, &capacity, search->rounds + 1, sizeof *search->round,
                                     "the rounds of a tuning", message);
    search->round = block;
    if (status)
        return status;
    search->round[search->rounds] = *plan;
    search->round[search->rounds++].search = NULL;
    *plan = (struct plan){.search = search};
    return STATUS_OK;
}

enum status search_propose(struct plan *plan, const char *instruction_set, struct message *message)
{
    struct search *search = plan->search;
    const size_t count = search->pairs * search->parts * search->candidates;
    size_t wanted = 0;
    if (plan->trainings > 0 && end_round(plan, search, message))
        return STATUS_FAILED;
    memset(search->wanted, 0, count * sizeof *search->wanted);
    search->method->propose(search);
    for (size_t i = 0; i < count; i++)
        wanted += search->wanted[i];
    return wanted > 0 ? make_round(plan, search, instruction_set, message)
                      : make_experiment(plan, search, instruction_set, message);
}

enum status search_tell(struct plan *plan, const struct tuning_record *score, struct message *message)
{
    struct search *search = plan->search;
    const size_t count = search->pairs * search->parts * search->candidates;
    struct tuning_record *told = memory_allocate(count, sizeof *told, "the scores of a tuning", message);
    if (!told)
        return STATUS_FAILED;
    for (size_t pair = 0; pair < search->pairs; pair++) /* the order of the trainings in a round */
        for (size_t c = 0; c < search->candidates; c++)
            for (size_t p = 0; p < search->parts; p++)
                if (search->wanted[place_of(search, pair, p, c)])
                    told[place_of(search, pair, p, c)] = *score++;
    enum status status = search->method->tell(search, told, message);
    memory_release(told);
    return status;
}

/* ---- the beginning ---- */

static bool is_first(const struct plan *plan, size_t variant)
{
    for (size_t v = 0; v < variant; v++)
        if (strcmp(plan->variant[v].first_text, plan->variant[variant].first_text) == 0)
            return false;
    return true;
}

static enum status find_parts(struct search *search, const struct plan *plan, struct message *message)
{
    search->pairs = plan->datasets;
    search->part = memory_allocate(plan->variants, sizeof *search->part, "the trained parts", message);
    for (size_t v = 0; search->part && v < plan->variants; v++)
        if (is_first(plan, v))
            search->part[search->parts++] = v;
    return search->part ? STATUS_OK : STATUS_FAILED;
}

enum status search_begin(struct plan *plan, const struct ini *ini, const char *instruction_set,
                         struct message *message)
{
    struct search *search = memory_allocate(1, sizeof *search, "a search", message);
    if (!search)
        return STATUS_FAILED;
    plan->search = search;
    search->method = &search_grid;
    /* What comes later is checked now: nobody searches for an hour to hear of a slip. */
    enum status status = trainings_plan(plan, instruction_set, message);
    if (!status)
        status = find_parts(search, plan, message);
    if (!status)
        status = search_read(search, ini, plan, message);
    if (status)
        return status;
    const size_t groups = search->pairs * search->parts;
    search->wanted =
        memory_allocate(groups * search->candidates, sizeof *search->wanted, "a search", message);
    search->choice = memory_allocate(groups, sizeof *search->choice, "a search", message);
    search->experiment = memory_allocate(1, sizeof *search->experiment, "a search", message);
    if (!search->wanted || !search->choice || !search->experiment)
        return STATUS_FAILED;
    *search->experiment = *plan;
    search->experiment->search = NULL;
    *plan = (struct plan){.search = search};
    return search_propose(plan, instruction_set, message);
}
