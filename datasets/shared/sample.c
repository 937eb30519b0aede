/* sample.c -- Floyd's choice of a subset (Bentley and Floyd 1987, "A sample of brilliance", Communications of
 * the ACM 30:754), whose order is not random, then a shuffle; selection sampling (Fan, Muller and Rezucha
 * 1962, "Development of sampling plans by using sequential (item by item) selection techniques and digital
 * computers", Journal of the American Statistical Association 57:387). */
#include "datasets/shared/sample.h"

enum { FREE = -1 };
enum stream { STREAM_SUBSET, STREAM_ORDER };

/* A table with linear probing, at most half full.  False when the number was there already. */
static bool insert(int32_t *table, size_t slots, int32_t number)
{
    uint64_t mixed = (uint32_t)((uint32_t)number * UINT32_C(2654435769)); /* 2^32 / golden ratio */
    size_t slot = (size_t)(mixed * slots >> 32);
    while (table[slot] != FREE && table[slot] != number)
        slot = slot + 1 < slots ? slot + 1 : 0;
    if (table[slot] == number)
        return false;
    table[slot] = number;
    return true;
}

void sample_distinct(int32_t *out, int32_t *scratch, struct key key, size_t count, size_t bound)
{
    struct key subset = key_with(key, STREAM_SUBSET), order = key_with(key, STREAM_ORDER);
    for (size_t i = 0; i < 2 * count; i++)
        scratch[i] = FREE;
    for (size_t i = 0; i < count; i++) {
        size_t most = bound - count + i;
        out[i] = (int32_t)random_below(subset, i, most + 1);
        if (!insert(scratch, 2 * count, out[i])) {
            out[i] = (int32_t)most;
            insert(scratch, 2 * count, out[i]);
        }
    }
    for (size_t i = count; i > 1; i--) {
        size_t j = random_below(order, i, i);
        int32_t last = out[i - 1];
        out[i - 1] = out[j];
        out[j] = last;
    }
}

bool sample_next(struct key key, uint64_t counter, size_t wanted, size_t left)
{
    return random_below(key, counter, left) < wanted;
}
