/* stretches.c -- found by halving: a text may have as many documents as lines. */
#include "datasets/shared/stretches.h"

#include <stdlib.h>

#include "support/memory.h"

enum status stretches_add(struct stretches *stretches, size_t first, size_t size, struct message *message)
{
    size_t before = stretches_predictions(stretches);
    if (memory_grow((void **)&stretches->at, &stretches->capacity, stretches->count + 1,
                    sizeof *stretches->at, "stretches of a text", message))
        return STATUS_FAILED;
    stretches->at[stretches->count++] = (struct stretch){first, size, before};
    return STATUS_OK;
}

static int longer_first(const void *left, const void *right)
{
    const struct stretch *a = left, *b = right;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    return a->first < b->first ? -1 : a->first > b->first;
}

enum status stretches_rank(struct stretches *stretches, struct message *message)
{
    size_t before = 0;
    memory_release(stretches->ranked);
    stretches->ranked =
        memory_allocate(stretches->count, sizeof *stretches->ranked, "stretches of a text", message);
    if (!stretches->ranked)
        return STATUS_FAILED;
    for (size_t i = 0; i < stretches->count; i++)
        stretches->ranked[i] = stretches->at[i];
    qsort(stretches->ranked, stretches->count, sizeof *stretches->ranked, longer_first);
    for (size_t i = 0; i < stretches->count; i++) {
        stretches->ranked[i].before = before;
        before += stretches->ranked[i].size;
    }
    return STATUS_OK;
}

void stretches_release(struct stretches *stretches)
{
    memory_release(stretches->at);
    memory_release(stretches->ranked);
    *stretches = (struct stretches){0};
}

size_t stretches_predictions(const struct stretches *stretches)
{
    const struct stretch *last = stretches->count > 0 ? &stretches->at[stretches->count - 1] : NULL;
    return last ? last->before + last->size - 1 : 0;
}

size_t stretches_longest(const struct stretches *stretches)
{
    return stretches->count > 0 ? stretches->ranked[0].size : 0;
}

size_t stretches_find(const struct stretches *stretches, size_t prediction)
{
    size_t least = 0, most = stretches->count;
    while (least + 1 < most) {
        size_t middle = (least + most) / 2;
        if (stretches->at[middle].before <= prediction)
            least = middle;
        else
            most = middle;
    }
    return least;
}

/* How many have a window of n predictions. */
static size_t long_enough(const struct stretches *stretches, size_t n)
{
    size_t least = 0, most = stretches->count;
    while (least < most) {
        size_t middle = (least + most) / 2;
        if (stretches->ranked[middle].size > n)
            least = middle + 1;
        else
            most = middle;
    }
    return least;
}

size_t stretches_windows(const struct stretches *stretches, size_t n)
{
    size_t count = long_enough(stretches, n);
    const struct stretch *last = count > 0 ? &stretches->ranked[count - 1] : NULL;
    return last ? last->before + last->size - count * n : 0;
}

/* Stretch i of the ranking is preceded by the before - i n windows of the longer ones. */
size_t stretches_window(const struct stretches *stretches, size_t n, size_t index)
{
    const struct stretch *ranked = stretches->ranked;
    size_t least = 0, most = long_enough(stretches, n);
    while (least + 1 < most) {
        size_t middle = (least + most) / 2;
        if (ranked[middle].before - middle * n <= index)
            least = middle;
        else
            most = middle;
    }
    return ranked[least].first + index - (ranked[least].before - least * n);
}
