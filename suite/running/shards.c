/* shards.c -- longest job first, to the least loaded shard (Graham 1969: at most 4/3 of the best).  A
 * training and the fine-tunes that begin with it are one job: a shard never waits for another, and each has
 * a folder of its own. */
#include "running/shards.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "support/memory.h"

enum { SHARDS_MAX = 100000 };

/* A whole number from 1; NULL behind anything else. */
static const char *read_number(size_t *out, const char *text)
{
    char *end = NULL;
    if (!isdigit((unsigned char)text[0]))
        return NULL;
    unsigned long number = strtoul(text, &end, 10);
    *out = number;
    return number >= 1 && number <= SHARDS_MAX ? end : NULL;
}

enum status shard_read(struct shard *out, const char *value, struct message *message)
{
    const char *rest;
    *out = (struct shard){.index = 1, .count = 0};
    if (!value)
        return STATUS_OK;
    rest = read_number(&out->index, value);
    if (rest && *rest == '/')
        rest = read_number(&out->count, rest + 1);
    else
        rest = NULL;
    if (rest && *rest == '\0' && out->index <= out->count)
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "--shard takes I/N, the I-th of N parts, I from 1 to N (2/8), N at most %d; not `%.60s`", SHARDS_MAX,
        value);
}

struct cost {
    double flop;
    const char *id;
    size_t training;
};

static int compare_costs(const void *a, const void *b)
{
    const struct cost *first = a, *second = b;
    if (first->flop != second->flop)
        return first->flop > second->flop ? -1 : 1;
    return strcmp(first->id, second->id);
}

enum status shards_deal(size_t *of, const struct plan *plan, size_t count, struct message *message)
{
    struct cost *cost = memory_allocate(plan->trainings, sizeof *cost, "the shards", message);
    double *load = memory_allocate(count, sizeof *load, "the shards", message);
    enum status status = cost && load ? STATUS_OK : STATUS_FAILED;
    size_t families = 0;
    for (size_t t = 0; !status && t < plan->trainings; t++) { /* a parent stands right before its own */
        const struct planned_training *training = &plan->training[t];
        const double flop = training->training_flop + training->evaluation_flop;
        if (training->parent == NO_PARENT)
            cost[families++] = (struct cost){flop, training->id, t};
        else
            cost[families - 1].flop += flop;
    }
    if (!status && families > 0)
        qsort(cost, families, sizeof *cost, compare_costs);
    for (size_t i = 0; !status && i < families; i++) {
        size_t least = 0;
        for (size_t s = 1; s < count; s++)
            least = load[s] < load[least] ? s : least;
        load[least] += cost[i].flop;
        of[cost[i].training] = least + 1;
    }
    for (size_t t = 0; !status && t < plan->trainings; t++)
        if (plan->training[t].parent != NO_PARENT)
            of[t] = of[plan->training[t].parent];
    memory_release(cost);
    memory_release(load);
    return status;
}
