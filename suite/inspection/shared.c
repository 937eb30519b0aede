/* shared.c -- what the measures share: pairs of a distance, spreads, alikeness. */
#include "inspection/inspection_private.h"

#include <math.h>

/* Values nearer than this are alike: vectors are formed in single precision. */
static const double tolerance = 1e-6;

/* Multiples of it, taken modulo 1, lie evenly however many there are. */
static const double golden = 0.61803398874989485;

enum { CHUNK_NUMBERS = 1 << 18, CHUNK_LEAST = 64 };

struct pairs inspection_pairs(size_t n, size_t first, size_t end)
{
    struct pairs pairs = {.count = 0};
    size_t total = 0; /* pairs of these distances, as far as that matters */
    for (size_t d = first; d < end && total < PAIRS_MAX; d++)
        total += n - d;
    pairs.count = total < PAIRS_MAX ? total : PAIRS_MAX;
    for (size_t k = 0; k < pairs.count; k++) {
        const size_t distance = first + k * (end - first) / pairs.count;
        const double place = (double)k * golden, share = place - floor(place);
        pairs.key[k] = (size_t)floor(share * (double)(n - distance));
        pairs.query[k] = pairs.key[k] + distance;
    }
    return pairs;
}

size_t inspection_distance_end(const struct grid_of_places *grid, size_t k)
{
    return k + 1 < grid->distances ? grid->distance[k + 1] : grid->distance[k] + 1;
}

size_t inspection_chunk(size_t size)
{
    const size_t chunk = CHUNK_NUMBERS / (size > 0 ? size : 1);
    return chunk > CHUNK_LEAST ? chunk : CHUNK_LEAST;
}

void inspection_spread(double out[3], const double *values, size_t count)
{
    double sum = 0, low = INFINITY, high = -INFINITY;
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i]))
            continue;
        sum += values[i];
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
        used++;
    }
    out[0] = used > 0 ? sum / (double)used : NAN;
    out[1] = used > 0 ? low : NAN;
    out[2] = used > 0 ? high : NAN;
}

struct inspected_array inspection_curve(const struct grid_of_places *grid, const char *name,
                                        const char *units, const char *description)
{
    return (struct inspected_array){name, units, description, 2, {"distance", "spread"}, {grid->distances, 3},
                                    NULL};
}

struct inspected_array inspection_map(const struct grid_of_places *grid, const char *name, const char *units,
                                      const char *description)
{
    return (struct inspected_array){
        name, units, description, 2, {"query", "key"}, {grid->places, grid->places}, NULL};
}

struct alikeness alikeness_begin(void)
{
    return (struct alikeness){.previous = INFINITY, .again = -INFINITY, .neighbours = -INFINITY};
}

void alikeness_add(struct alikeness *alikeness, size_t distance, double value)
{
    if (distance == 0)
        return;
    alikeness->sum += value;
    alikeness->count++;
    if (value > alikeness->previous + tolerance)
        alikeness->risen = true;
    if (alikeness->risen && value > alikeness->again + tolerance) {
        alikeness->again = value;
        alikeness->again_at = distance;
    }
    if (value < -tolerance && alikeness->negative == 0)
        alikeness->negative = distance;
    alikeness->previous = value;
}

void alikeness_neighbours(struct alikeness *alikeness, size_t place, double value)
{
    if (value > alikeness->neighbours + tolerance) {
        alikeness->neighbours = value;
        alikeness->neighbours_at = place;
    } else if (value > alikeness->neighbours - tolerance && place < alikeness->neighbours_at) {
        alikeness->neighbours_at = place;
    }
}
