/* measure.c -- what the measures share: pairs of a distance, spreads, alikeness. */
#include "inspection/measure.h"

#include <math.h>

/* Values nearer than this are alike: vectors are formed in single precision. */
static const double tolerance = 1e-6;

enum { CHUNK_NUMBERS = 1 << 18, CHUNK_LEAST = 64 };

struct pairs measure_pairs(size_t n, size_t distance)
{
    const size_t there = n - distance;
    struct pairs pairs = {.count = there < PAIRS_MAX ? there : PAIRS_MAX};

    for (size_t k = 0; k < pairs.count; k++) {
        const double share = pairs.count > 1 ? (double)k / (double)(pairs.count - 1) : 1;
        pairs.key[k] = (size_t)floor(share * (double)(there - 1) + 0.5);
        pairs.query[k] = pairs.key[k] + distance;
    }
    return pairs;
}

size_t measure_chunk(size_t size)
{
    const size_t chunk = CHUNK_NUMBERS / (size > 0 ? size : 1);

    return chunk > CHUNK_LEAST ? chunk : CHUNK_LEAST;
}

void measure_spread(double out[3], const double *values, size_t count)
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

struct inspected_array measure_curve(const struct grid_of_places *grid, const char *name, const char *units,
                                     const char *description)
{
    return (struct inspected_array){name,        units,
                                    description, 2,
                                    {"distance", "spread"},
                                    {grid->distances, 3},
                                    NULL};
}

struct inspected_array measure_map(const struct grid_of_places *grid, const char *name, const char *units,
                                   const char *description)
{
    return (struct inspected_array){name,        units,
                                    description, 2,
                                    {"query", "key"},
                                    {grid->places, grid->places},
                                    NULL};
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
