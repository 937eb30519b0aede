/* store_private.c -- names in files, counts, copies. */
#include "results/store/store_private.h"

#include <string.h>

#include "support/memory.h"

bool store_name_fits(const char *name)
{
    return name[0] != '\0' && strcmp(name, ".") != 0 && !strchr(name, '/');
}

bool store_product(size_t *product, const size_t *factors, size_t count)
{
    *product = 1;
    for (size_t i = 0; i < count; i++)
        if (__builtin_mul_overflow(*product, factors[i], product))
            return false;
    return true;
}

void *store_copy(const void *bytes, size_t count, size_t size, const char *what, struct message *message)
{
    void *copy = memory_allocate(count, size, what, message);
    if (copy && count > 0)
        memcpy(copy, bytes, count * size);
    return copy;
}
