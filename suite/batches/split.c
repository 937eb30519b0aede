/* split.c -- the split of an example by a hash of its tokens, and drawing until it is the right one. */
#include "batches/split.h"

#include <math.h>

/* FNV-1a over the tokens (Fowler, Noll, Vo 1991; RFC 9923), then the mixing of SplitMix64 (Steele, Lea, Flood
 * 2014), because the low bits of FNV alone follow those of the tokens. */
enum split split_of(const int32_t *tokens, size_t n)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ (uint32_t)tokens[i]) * 1099511628211u;
    hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9u;
    hash = (hash ^ hash >> 27) * 0x94d049bb133111ebu;
    hash ^= hash >> 31;
    switch (hash % SPLIT_CLASSES) {
    case 0:
        return SPLIT_TEST;
    case 1:
        return SPLIT_VALIDATION;
    default:
        return SPLIT_TRAINING;
    }
}

bool split_draw(const struct dataset *dataset, const void *state, struct key key, enum split split, size_t n,
                double depth, int32_t *tokens, int32_t *targets, int32_t *marks)
{
    if (dataset->window) {
        dataset->example(state, key, split, n, tokens, targets, marks);
        return true;
    }
    for (uint64_t attempt = 0; attempt < SPLIT_ATTEMPTS; attempt++) {
        struct key own = key_with(key, attempt);
        if (isnan(depth))
            dataset->example(state, own, split, n, tokens, targets, marks);
        else
            dataset->example_at(state, own, split, n, depth, tokens, targets, marks);
        if (split_of(tokens, n) == split)
            return true;
    }
    for (size_t i = 0; i < n; i++)
        targets[i] = UNSCORED;
    return false;
}
