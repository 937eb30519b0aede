/* memory.c -- aligned, checked allocation. */
#include "support/memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Objects beyond PTRDIFF_MAX bytes cannot be indexed, so they count as overflow. */
static bool bytes_needed(size_t *bytes, size_t count, size_t size)
{
    size_t product;

    if (__builtin_mul_overflow(count, size, &product) || product > PTRDIFF_MAX - MEMORY_ALIGNMENT)
        return false;
    *bytes = memory_round_up(product > 0 ? product : 1, MEMORY_ALIGNMENT);
    return true;
}

void *memory_allocate(size_t count, size_t size, const char *what, struct message *message)
{
    size_t bytes;
    void *block;

    if (!bytes_needed(&bytes, count, size)) {
        message_set(message, STATUS_FAILED,
                    "no memory for %s: %zu elements of %zu bytes are more than "
                    "this machine can address",
                    what, count, size);
        return NULL;
    }
    block = aligned_alloc(MEMORY_ALIGNMENT, bytes);
    if (!block) {
        message_set(message, STATUS_FAILED, "no memory for %s: %zu bytes are needed", what, bytes);
        return NULL;
    }
    return memset(block, 0, bytes);
}

enum status memory_grow(void **block, size_t *capacity, size_t wanted, size_t size, const char *what,
                        struct message *message)
{
    size_t grown = wanted;
    void *larger;

    if (*block && wanted <= *capacity)
        return STATUS_OK;
    if (grown < *capacity + *capacity / 2) /* geometric: appending stays linear in all */
        grown = *capacity + *capacity / 2;
    larger = memory_allocate(grown, size, what, message);
    if (!larger)
        return STATUS_FAILED;
    if (*block)
        memcpy(larger, *block, *capacity * size);
    memory_release(*block);
    *block = larger;
    *capacity = grown;
    return STATUS_OK;
}

void memory_release(void *block)
{
    free(block);
}

size_t memory_round_up(size_t count, size_t step)
{
    size_t rest = step > 0 ? count % step : 0;

    return rest > 0 ? count + (step - rest) : count;
}

size_t memory_peak(void)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) != 0 || usage.ru_maxrss < 0)
        return 0;
#ifdef __APPLE__
    return (size_t)usage.ru_maxrss; /* bytes there, KiB elsewhere */
#else
    return (size_t)usage.ru_maxrss * 1024;
#endif
}
