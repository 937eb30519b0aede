/* keys.c -- which keys a query sees, and how far away they look.
 *
 *   D(i, j) = p_i - p_j   of the plane through which query i sees key j;  none where it does not
 *
 * p the positions of that plane, after the position map: the place in the sequence, unless a component or a
 * map says otherwise. */
#include <math.h>

#include "inspection/inspection_private.h"

static double distance_between(const struct subject *subject, size_t query, size_t key)
{
    const int plane = subject_plane(subject, query, key);
    return plane < 0 ? NAN : subject->plane[plane][QUERY][query] - subject->plane[plane][KEY][key];
}

static enum status add_map(struct inspected_length *out, const struct subject *subject,
                           const struct grid_of_places *grid, struct message *message)
{
    const struct inspected_array array = inspection_map(grid, "apparent_distance", "token",
                                                        "distance of a key as positions say; none: not seen");
    double *map = inspected_add(out, &array, message);
    for (size_t i = 0; map && i < grid->places; i++)
        for (size_t j = 0; j < grid->places; j++)
            map[i * grid->places + j] =
                j <= i ? distance_between(subject, grid->place[i], grid->place[j]) : NAN;
    return map ? STATUS_OK : STATUS_FAILED;
}

static enum status add_curves(struct inspected_length *out, const struct subject *subject,
                              const struct grid_of_places *grid, struct message *message)
{
    const struct inspected_array apparent = inspection_curve(grid, "apparent_distance_by_distance", "token",
                                                             "distance as positions say, over the keys seen");
    const struct inspected_array seen = {
        "seen_by_distance", "1", "share of the keys at this distance that are seen", 1, {"distance"},
        {grid->distances},  NULL};
    double *curve = inspected_add(out, &apparent, message), *share = inspected_add(out, &seen, message);
    double value[PAIRS_MAX];
    for (size_t d = 0; curve && share && d < grid->distances; d++) {
        const struct pairs pairs = inspection_pairs(out->length, grid->distance[d], grid->distance[d] + 1);
        size_t count = 0;
        for (size_t k = 0; k < pairs.count; k++) {
            value[k] = distance_between(subject, pairs.query[k], pairs.key[k]);
            count += isnan(value[k]) ? 0 : 1;
        }
        inspection_spread(curve + 3 * d, value, pairs.count);
        share[d] = (double)count / (double)pairs.count;
    }
    return curve && share ? STATUS_OK : STATUS_FAILED;
}

enum status inspection_keys(struct inspected_length *out, const struct subject *subject,
                            const struct grid_of_places *grid, struct message *message)
{
    const size_t last = out->length - 1;
    struct segment segment[SPANS_MAX];
    const size_t count =
        composition_segments(&subject->composition, &subject->site, last, out->length, segment);
    double seen = 0, farthest = NAN;
    for (size_t s = 0; s < count; s++) {
        const double query = subject->plane[segment[s].plane][QUERY][last];
        seen += (double)(segment[s].end - segment[s].first);
        for (size_t j = segment[s].first; j < segment[s].end; j++)
            farthest = fmax(farthest, query - subject->plane[segment[s].plane][KEY][j]);
    }
    inspected_say(out, "keys_seen", "token", "keys that the last query sees", seen);
    inspected_say(out, "keys_farthest", "token", "farthest they look, as positions say", farthest);
    if (!(subject->hooks & HOOK_SEGMENTS) && !subject->moves)
        return STATUS_OK;
    const enum status status = add_map(out, subject, grid, message);
    return !status ? add_curves(out, subject, grid, message) : status;
}
