/* evaluate_tokens.c -- the losses per token of all variants, side by side. */
#include "running/evaluate_tokens.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "support/memory.h"

enum status token_collector_begin(struct token_collector *collector, const struct plan *plan,
                                  struct message *message)
{
    struct token_losses *losses = &collector->losses;
    const struct planned_dataset *dataset = &plan->dataset[0];
    *collector = (struct token_collector){.status = STATUS_OK};
    losses->variant =
        memory_allocate(plan->variants, sizeof *losses->variant, "the names of variants", message);
    losses->set = memory_allocate(dataset->evaluation.lengths.count * PROTOCOLS_MAX, sizeof *losses->set,
                                  "the losses per token", message);
    if (!losses->variant || !losses->set)
        return STATUS_FAILED;
    snprintf(losses->training_id, sizeof losses->training_id, "%s", plan->training[0].id);
    snprintf(losses->dataset, sizeof losses->dataset, "%s", dataset->name);
    for (size_t v = 0; v < plan->variants; v++)
        snprintf(losses->variant[v], sizeof losses->variant[v], "%s", plan->variant[v].name);
    losses->variants = plan->variants;
    return STATUS_OK;
}

/* The set of a cell, made when it is not there yet; NULL = no memory. */
static struct token_set *find_set(struct token_collector *collector, const struct cell *cell,
                                  const struct evaluation *evaluation)
{
    struct token_losses *losses = &collector->losses;
    struct message *message = &collector->message;
    size_t length = (size_t)cell->length, count = evaluation->items * length;
    struct token_set *set = losses->set;
    for (size_t i = 0; i < losses->sets; i++, set++)
        if (set->length == length && strcmp(set->protocol, cell->protocol) == 0)
            return set;
    losses->sets++;
    set->length = length;
    set->items = evaluation->items;
    snprintf(set->protocol, sizeof set->protocol, "%s", cell->protocol);
    set->item_key = memory_allocate(set->items, sizeof *set->item_key, "the losses per token", message);
    set->token = memory_allocate(count, sizeof *set->token, "the losses per token", message);
    set->target = memory_allocate(count, sizeof *set->target, "the losses per token", message);
    set->loss = memory_allocate(losses->variants * count, sizeof *set->loss, "the losses per token", message);
    if (!set->item_key || !set->token || !set->target || !set->loss)
        return NULL;
    memcpy(set->item_key, evaluation->item_key, set->items * sizeof *set->item_key);
    memcpy(set->token, evaluation->token, count * sizeof *set->token);
    memcpy(set->target, evaluation->target, count * sizeof *set->target);
    for (size_t i = 0; i < losses->variants * count; i++)
        set->loss[i] = NAN; /* of variants that refuse this length */
    return set;
}

void token_collector_add(void *context, const struct cell *cell, const struct evaluation *evaluation)
{
    struct token_collector *collector = context;
    struct token_set *set;
    size_t count = evaluation->items * (size_t)cell->length;
    if (collector->status)
        return;
    set = find_set(collector, cell, evaluation);
    if (set)
        memcpy(set->loss + collector->variant * count, evaluation->loss, count * sizeof *set->loss);
    else
        collector->status = STATUS_FAILED;
}
