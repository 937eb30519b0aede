/* segments.c -- the cuts of the keys that several encoders make. */
#include "encoders/shared/segments.h"

/* Keys first..end-1 of those up to the query, when there are any. */
static size_t append(struct segment *out, size_t count, size_t first, size_t end, unsigned plane)
{
    if (first < end)
        out[count++] = (struct segment){first, end, plane};
    return count;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The first key at a distance below `width`. */
static size_t first_near(size_t query, size_t width)
{
    return query + 1 > width ? query + 1 - width : 0;
}

size_t segments_last(struct segment *out, size_t query, size_t keys, size_t width)
{
    return append(out, 0, first_near(query, width), smaller(query + 1, keys), 0);
}

size_t segments_near_far(struct segment *out, size_t query, size_t keys, size_t near)
{
    size_t end = smaller(query + 1, keys), far = smaller(first_near(query, near), end);
    size_t count = append(out, 0, 0, far, 1);
    return append(out, count, far, end, 0);
}

size_t segments_first_last(struct segment *out, size_t query, size_t keys, size_t first, size_t width)
{
    size_t end = smaller(query + 1, keys), near = smaller(first_near(query, width), end);
    size_t count = append(out, 0, 0, smaller(first, near), 1);
    return append(out, count, near, end, 0);
}
