/* memory.c -- aligned, checked allocation. */
#include "support/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#ifdef LEXBENCH_HARD
#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#endif

/* Blocks from HUGE_LEAST on, which the alignment makes at most an eighth larger, ask for huge pages. */
enum { HUGE_PAGE = 1 << 21, HUGE_LEAST = 1 << 24 };

/* ---- hard builds ---- */

#ifdef LEXBENCH_HARD
static atomic_ulong allocations, failing; /* so far; the one to fail (0: none) */
static atomic_bool later_too;

static bool must_fail(void)
{
    unsigned long number = atomic_fetch_add(&allocations, 1) + 1, wanted = atomic_load(&failing);
    return wanted > 0 && (number == wanted || (number > wanted && atomic_load(&later_too)));
}

void memory_fail_after(unsigned long k, bool later)
{
    atomic_store(&failing, k > 0 ? atomic_load(&allocations) + k : 0);
    atomic_store(&later_too, later);
}

__attribute__((constructor)) static void read_environment(void)
{
    const char *wanted = getenv("LEXBENCH_FAIL_ALLOCATION");
    char *end;
    if (wanted) {
        unsigned long k = strtoul(wanted, &end, 10);
        memory_fail_after(k, *end == '+');
    }
}

__attribute__((destructor)) static void write_count(void)
{
    const char *path = getenv("LEXBENCH_COUNT_ALLOCATIONS");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        fprintf(file, "%lu\n", atomic_load(&allocations));
        fclose(file);
    }
}

/* Signalling: the first operation on it traps, where a quiet NaN would travel on to who knows where. */
void memory_poison(void *block, size_t size)
{
    const uint64_t of_double = UINT64_C(0x7ff4dead7ff4dead);
    const uint32_t of_float = UINT32_C(0x7fa0dead);
    unsigned char *bytes = block;
    size_t count = block ? malloc_usable_size(block) : 0, step = size == 8 ? 8 : 4;
    for (size_t i = 0; i + step <= count; i += step)
        memcpy(bytes + i, size == 8 ? (const void *)&of_double : (const void *)&of_float, step);
}
#else
static bool must_fail(void)
{
    return false;
}
#endif

/* ---- allocation ---- */

/* Objects beyond PTRDIFF_MAX bytes cannot be indexed, so they count as overflow. */
static bool bytes_needed(size_t *bytes, size_t count, size_t size)
{
    size_t product;
    if (__builtin_mul_overflow(count, size, &product) || product > PTRDIFF_MAX - MEMORY_ALIGNMENT)
        return false;
    *bytes = product > 0 ? product : 1;
    return true;
}

void *memory_allocate(size_t count, size_t size, const char *what, struct message *message)
{
    size_t bytes;
    void *block = NULL;
    if (!bytes_needed(&bytes, count, size)) {
        message_set(message, STATUS_FAILED,
                    "no memory for %s: %zu elements of %zu bytes are more than "
                    "this machine can address",
                    what, count, size);
        return NULL;
    }
    /* To the byte, so that the address sanitizer sees the first one beyond. */
    if (must_fail() ||
        posix_memalign(&block, bytes < HUGE_LEAST ? MEMORY_ALIGNMENT : HUGE_PAGE, bytes) != 0) {
        message_set(message, STATUS_FAILED, "no memory for %s: %zu bytes are needed", what, bytes);
        return NULL;
    }
#ifdef MADV_HUGEPAGE
    if (bytes >= HUGE_LEAST)
        madvise(block, bytes, MADV_HUGEPAGE); /* fewer look-ups of addresses; nothing is lost if refused */
#endif
    return memset(block, 0, bytes);
}

void *memory_workspace(size_t count, size_t size, const char *what, struct message *message)
{
    void *block = memory_allocate(count, size, what, message);
    memory_poison(block, size);
    return block;
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
