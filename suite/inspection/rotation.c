/* rotation.c -- alikeness of rotations, and how far each pair of dimensions has turned.
 *
 *   s(i, j) = (2/d) sum_t cos(a_t(i) - a_t(j)) exp(-r_t (p_i - p_j))
 *   turns_t = max_j |a_t(last) - a_t(j)| / 2 pi,   over the keys that the last query sees
 *
 * a_t(p) the angle of pair t, t = 0..d/2-1, d head width, r_t the decay (xPos; else 0).  s is the content
 * term of a query and a key that are both all ones, divided by d: 1 at distance 0.  A pair that does not turn
 * counts 1.
 *
 * A pair that has not turned a full circle within L meets angles beyond L that no training has seen.  Of
 * bases that make a geometric series, theta_t = b^(-2t/d): bound      s >= 0 at all distances up to n is
 * needed to attend within n (Men et al. 2024), which is their lower bound of b for n;  here: the first
 * distance where s < 0 critical   d' = 2 ceil((d/2) log_b(L / 2 pi)) dimensions turn fully within L;  under
 * the base b' at evaluation the others stay within trained angles up to  n = 2 pi b'^(d'/d)  (Liu, Yan,
 * Zhang, An, Qiu, Lin 2024, Scaling laws of RoPE-based extrapolation) */
#include <math.h>
#include <string.h>

#include "inspection/inspection_private.h"
#include "support/memory.h"

static const double pi = 3.14159265358979323846;

/* Angles of count queries and of count keys. */
struct angles {
    const struct subject *subject;
    size_t half;
    double *query, *key; /* (count, half) */
};

static enum status angles_create(struct angles *angles, const struct subject *subject, size_t count,
                                 struct message *message)
{
    *angles = (struct angles){.subject = subject, .half = subject->shape.head_width / 2};
    angles->query = memory_allocate(count * angles->half, sizeof(double), "angles", message);
    angles->key = memory_allocate(count * angles->half, sizeof(double), "angles", message);
    return angles->query && angles->key ? STATUS_OK : STATUS_FAILED;
}

static void angles_release(struct angles *angles)
{
    memory_release(angles->query);
    memory_release(angles->key);
}

static double similarity(const double *query, const double *key, const double *rate, double distance,
                         size_t half)
{
    double sum = 0;
    for (size_t t = 0; t < half; t++)
        sum += cos(query[t] - key[t]) * (rate ? exp(-rate[t] * distance) : 1);
    return sum / (double)half;
}

/* ---- maps and curves ---- */

/* The rows of one plane: queries see keys through it or not at all. */
static enum status map_plane(double *map, const struct subject *subject, const struct grid_of_places *grid,
                             unsigned plane, struct message *message)
{
    const double *query_at = subject->plane[plane][QUERY], *key_at = subject->plane[plane][KEY];
    double *at = memory_allocate(grid->places, sizeof *at, "positions", message);
    struct angles angles;
    enum status status = angles_create(&angles, subject, grid->places, message);
    if (!at)
        status = STATUS_FAILED;
    if (!status) {
        for (size_t i = 0; i < grid->places; i++)
            at[i] = query_at[grid->place[i]];
        subject_angles(subject, angles.query, at, grid->places);
        for (size_t i = 0; i < grid->places; i++)
            at[i] = key_at[grid->place[i]];
        subject_angles(subject, angles.key, at, grid->places);
        for (size_t i = 0; i < grid->places; i++)
            for (size_t j = 0; j <= i; j++)
                if (subject_plane(subject, grid->place[i], grid->place[j]) == (int)plane)
                    map[i * grid->places + j] =
                        similarity(angles.query + i * angles.half, angles.key + j * angles.half,
                                   subject->rate, query_at[grid->place[i]] - at[j], angles.half);
    }
    memory_release(at);
    angles_release(&angles);
    return status;
}

static enum status add_map(struct inspected_length *out, const struct subject *subject,
                           const struct grid_of_places *grid, struct message *message)
{
    const struct inspected_array array = inspection_map(grid, "rotation_similarity", "1",
                                                        "content of all ones after rotation; none: not seen");
    double *map = inspected_add(out, &array, message);
    enum status status = map ? STATUS_OK : STATUS_FAILED;
    for (size_t i = 0; map && i < grid->places * grid->places; i++)
        map[i] = NAN;
    for (unsigned p = 0; !status && p < subject->planes; p++)
        status = map_plane(map, subject, grid, p, message);
    return status;
}

/* NAN where a key is not seen. */
static void of_pairs(double *value, struct angles *angles, const struct pairs *pairs)
{
    const struct subject *subject = angles->subject;
    double query_at[PAIRS_MAX], key_at[PAIRS_MAX];
    int plane[PAIRS_MAX];
    for (size_t k = 0; k < pairs->count; k++) {
        plane[k] = subject_plane(subject, pairs->query[k], pairs->key[k]);
        query_at[k] = subject->plane[plane[k] < 0 ? 0 : plane[k]][QUERY][pairs->query[k]];
        key_at[k] = subject->plane[plane[k] < 0 ? 0 : plane[k]][KEY][pairs->key[k]];
    }
    subject_angles(subject, angles->query, query_at, pairs->count);
    subject_angles(subject, angles->key, key_at, pairs->count);
    for (size_t k = 0; k < pairs->count; k++)
        value[k] = plane[k] < 0 ? NAN
                                : similarity(angles->query + k * angles->half, angles->key + k * angles->half,
                                             subject->rate, query_at[k] - key_at[k], angles->half);
}

static enum status add_curve(struct inspected_length *out, const struct subject *subject,
                             const struct grid_of_places *grid, struct message *message)
{
    const struct inspected_array array =
        inspection_curve(grid, "rotation_similarity_by_distance", "1",
                         "content of all ones after rotation, from this distance to the next");
    double *curve = inspected_add(out, &array, message), value[PAIRS_MAX];
    struct angles angles;
    enum status status = angles_create(&angles, subject, PAIRS_MAX, message);
    for (size_t d = 0; curve && !status && d < grid->distances; d++) {
        const struct pairs pairs =
            inspection_pairs(out->length, grid->distance[d], inspection_distance_end(grid, d));
        of_pairs(value, &angles, &pairs);
        inspection_spread(curve + 3 * d, value, pairs.count);
    }
    angles_release(&angles);
    return curve ? status : STATUS_FAILED;
}

/* ---- all keys of the last query ---- */

struct scan {
    const struct subject *subject;
    struct alikeness alikeness;
    double *turns;      /* (half) */
    double *after;      /* (half) angles between the query and the key at `after_place` */
    size_t after_place; /* n + 1 = none */
};

/* E = angle of the query minus that of key j. */
static void scan_key(struct scan *scan, const double *query, const double *key, double distance, size_t j)
{
    const struct subject *subject = scan->subject;
    const size_t half = subject->shape.head_width / 2, n = subject->site.length;
    double beside = 0;
    alikeness_add(&scan->alikeness, n - 1 - j, similarity(query, key, subject->rate, distance, half));
    for (size_t t = 0; t < half; t++) {
        const double turned = query[t] - key[t];
        scan->turns[t] = fmax(scan->turns[t], fabs(turned) / (2 * pi));
        beside += cos(turned - scan->after[t]);
        scan->after[t] = turned;
    }
    if (scan->after_place == j + 1)
        alikeness_neighbours(&scan->alikeness, j, beside / (double)half);
    scan->after_place = j;
}

static enum status scan_run(struct scan *scan, struct message *message)
{
    const struct subject *subject = scan->subject;
    const size_t n = subject->site.length, half = subject->shape.head_width / 2,
                 chunk = inspection_chunk(half);
    struct segment segment[SPANS_MAX];
    const size_t segments = composition_segments(&subject->composition, &subject->site, n - 1, n, segment);
    struct angles angles;
    enum status status = angles_create(&angles, subject, chunk, message);
    scan->alikeness = alikeness_begin();
    scan->after_place = n + 1; /* none */
    for (size_t s = segments; !status && s-- > 0;) {
        const double *query_at = subject->plane[segment[s].plane][QUERY] + n - 1;
        const double *key_at = subject->plane[segment[s].plane][KEY];
        subject_angles(subject, angles.query, query_at, 1);
        for (size_t end = segment[s].end; end > segment[s].first;) {
            const size_t first = end - segment[s].first > chunk ? end - chunk : segment[s].first;
            subject_angles(subject, angles.key, key_at + first, end - first);
            for (size_t j = end; j-- > first;)
                scan_key(scan, angles.query, angles.key + (j - first) * half, *query_at - key_at[j], j);
            end = first;
        }
    }
    angles_release(&angles);
    return status;
}

/* turns(half) in rotations; alikeness may be NULL. */
static enum status turn(double *turns, struct alikeness *alikeness, const struct subject *subject,
                        struct message *message)
{
    struct scan scan = {.subject = subject, .turns = turns};
    enum status status;
    scan.after = memory_allocate(subject->shape.head_width / 2, sizeof(double), "angles", message);
    status = scan.after ? scan_run(&scan, message) : STATUS_FAILED;
    if (!status && alikeness)
        *alikeness = scan.alikeness;
    memory_release(scan.after);
    return status;
}

/* ---- frequencies ---- */

/* frequency(half): the angle from position 0 to 1. */
static enum status frequencies(double *frequency, const struct subject *subject, struct message *message)
{
    const size_t half = subject->shape.head_width / 2;
    const double at[] = {0, 1};
    double *angle = memory_allocate(2 * half, sizeof *angle, "angles", message);
    if (!angle)
        return STATUS_FAILED;
    subject_angles(subject, angle, at, 2);
    for (size_t t = 0; t < half; t++)
        frequency[t] = angle[half + t] - angle[t];
    memory_release(angle);
    return STATUS_OK;
}

/* b of theta_t = b^(-2t/d); NAN when frequencies are no such series. */
static double base_of(const double *frequency, size_t half)
{
    if (half < 2 || fabs(frequency[0] - 1) > 1e-9 || frequency[1] <= 0)
        return NAN;
    for (size_t t = 1; t < half; t++)
        if (fabs(frequency[t] - frequency[t - 1] * frequency[1]) > 1e-9 * frequency[t])
            return NAN;
    return pow(frequency[1], -(double)half);
}

static double bound_of(double base)
{
    double length = NAN;
    for (size_t i = 0; i < PUBLISHED_BOUNDS; i++)
        if (published_bounds[i].base <= base)
            length = published_bounds[i].length;
    return length;
}

static void say_base(struct inspected_length *out, const struct shape *shape, double base,
                     double trained_base)
{
    const double half = (double)shape->head_width / 2, circles = (double)shape->trained_length / (2 * pi);
    double critical = NAN;
    if (trained_base > 1 && circles > 1)
        critical = fmin(2 * ceil(half * log(circles) / log(trained_base)), 2 * half);
    inspected_say(out, "rotation_base", "1", "base of the frequencies", base);
    inspected_say(out, "rotation_bound", "token", "longest published context for such a base (d = 128)",
                  isnan(base) ? NAN : bound_of(base));
    inspected_say(out, "rotation_critical", "1", "dimensions that turn fully within training, by its base",
                  critical);
    inspected_say(out, "rotation_critical_length", "token", "  which last to the length",
                  isnan(base) || isnan(critical) ? NAN : 2 * pi * pow(base, critical / (2 * half)));
}

/* ---- whole ---- */

static void say(struct inspected_length *out, const struct alikeness *alikeness)
{
    const bool beside = alikeness->neighbours > -INFINITY;
    inspected_say(out, "rotation_mean", "1", "mean similarity with the last position",
                  alikeness->count > 0 ? alikeness->sum / (double)alikeness->count : NAN);
    inspected_say(out, "rotation_neighbours", "1", "similarity of the two neighbours most alike",
                  beside ? alikeness->neighbours : NAN);
    inspected_say(out, "rotation_neighbours_at", "token", "  the first of them stands at",
                  beside ? (double)alikeness->neighbours_at : NAN);
    inspected_say(out, "rotation_again", "1", "highest similarity after its first minimum",
                  alikeness->risen ? alikeness->again : NAN);
    inspected_say(out, "rotation_again_at", "token", "  at distance",
                  alikeness->risen ? (double)alikeness->again_at : NAN);
    inspected_say(out, "rotation_negative", "token", "first distance with a negative sum of cosines",
                  alikeness->negative > 0 ? (double)alikeness->negative : NAN);
}

static void say_turns(struct inspected_length *out, const double *turns, const double *trained, size_t half)
{
    double turning = 0, full = 0, unseen = 0;
    for (size_t t = 0; t < half; t++) {
        turning += turns[t] > 0;
        full += trained[t] >= 1;
        unseen += trained[t] < 1 && turns[t] > trained[t] * (1 + 1e-9);
    }
    inspected_say(out, "rotation_pairs", "1", "pairs of dimensions that turn", turning);
    inspected_say(out, "rotation_full", "1", "  a full circle within the training length",
                  isnan(trained[0]) ? NAN : full);
    inspected_say(out, "rotation_unseen", "1", "  less there, and further at this length",
                  isnan(trained[0]) ? NAN : unseen);
}

static enum status add_pairs(struct inspected_length *out, const struct subject *subject,
                             const struct subject *trained, struct alikeness *alikeness,
                             struct message *message)
{
    const size_t half = subject->shape.head_width / 2;
    const struct inspected_array kinds[] = {
        {"frequency", "radian", "angle per position", 1, {"pair"}, {half}, NULL},
        {"turns",
         "1",
         "full circles between the last query and the key farthest in angle",
         1,
         {"pair"},
         {half},
         NULL},
        {"turns_trained", "1", "the same at the training length, as trained", 1, {"pair"}, {half}, NULL}};
    double *frequency = inspected_add(out, &kinds[0], message),
           *turns = inspected_add(out, &kinds[1], message);
    double *before = inspected_add(out, &kinds[2], message);
    enum status status =
        frequency && turns && before ? frequencies(frequency, subject, message) : STATUS_FAILED;
    double trained_base = NAN;
    for (size_t t = 0; before && t < half; t++)
        before[t] = NAN;
    if (!status && trained) {
        status = frequencies(before, trained, message); /* room, until turns are written there */
        trained_base = base_of(before, half);
        memset(before, 0, half * sizeof *before);
        if (!status)
            status = turn(before, NULL, trained, message);
    }
    if (!status)
        status = turn(turns, alikeness, subject, message);
    if (status)
        return status;
    say(out, alikeness);
    say_turns(out, turns, before, half);
    say_base(out, &subject->shape, base_of(frequency, half), trained_base);
    return STATUS_OK;
}

enum status inspection_rotation(struct inspected_length *out, const struct subject *subject,
                                const struct subject *trained, const struct grid_of_places *grid,
                                struct message *message)
{
    const struct component *owner = subject->rotation;
    struct alikeness alikeness;
    enum status status;
    if (!owner)
        return STATUS_OK;
    status = add_map(out, subject, grid, message);
    if (!status)
        status = add_curve(out, subject, grid, message);
    if (!status)
        status = add_pairs(out, subject, trained, &alikeness, message);
    if (!status && owner->encoder->magnitude)
        inspected_say(out, "rotation_magnitude", "1", "factor of cosines and sines",
                      owner->encoder->magnitude(owner->state, &subject->site));
    return status;
}
