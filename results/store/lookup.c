/* lookup.c -- open addressing with linear probes. */
#include "results/store/lookup.h"

#include "support/memory.h"

/* FNV-1a, then mixed: its low bits alone are poor. */
uint64_t lookup_hash(const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ byte[i]) * 1099511628211u;
    return hash ^ hash >> 29;
}

size_t lookup_find(const struct lookup *lookup, uint64_t hash,
                   bool (*same)(const void *context, size_t position), const void *context)
{
    if (lookup->capacity == 0)
        return SIZE_MAX;
    for (size_t i = hash % lookup->capacity; lookup->slot[i].position > 0; i = (i + 1) % lookup->capacity)
        if (lookup->slot[i].hash == hash && same(context, lookup->slot[i].position - 1))
            return lookup->slot[i].position - 1;
    return SIZE_MAX;
}

static void put(struct lookup *lookup, struct lookup_slot slot)
{
    size_t i = slot.hash % lookup->capacity;
    while (lookup->slot[i].position > 0)
        i = (i + 1) % lookup->capacity;
    lookup->slot[i] = slot;
}

static enum status double_capacity(struct lookup *lookup, struct message *message)
{
    struct lookup larger = {.capacity = lookup->capacity > 0 ? 2 * lookup->capacity : 64,
                            .count = lookup->count};
    larger.slot = memory_allocate(larger.capacity, sizeof *larger.slot, "a lookup", message);
    if (!larger.slot)
        return STATUS_FAILED;
    for (size_t i = 0; i < lookup->capacity; i++)
        if (lookup->slot[i].position > 0)
            put(&larger, lookup->slot[i]);
    memory_release(lookup->slot);
    *lookup = larger;
    return STATUS_OK;
}

enum status lookup_add(struct lookup *lookup, uint64_t hash, size_t position, struct message *message)
{
    if (2 * (lookup->count + 1) > lookup->capacity && double_capacity(lookup, message))
        return STATUS_FAILED;
    put(lookup, (struct lookup_slot){.hash = hash, .position = position + 1});
    lookup->count++;
    return STATUS_OK;
}

void lookup_release(struct lookup *lookup)
{
    memory_release(lookup->slot);
    *lookup = (struct lookup){.count = 0};
}
