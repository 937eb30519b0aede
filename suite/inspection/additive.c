/* additive.c -- alikeness of the vectors that are added to embeddings.
 *
 *   s(i, j) = P_i . P_j / (|P_i| |P_j|),   1 where the vectors are parallel, as of the same place
 *
 * i, j places in the sequence, P what all components add.  Of sinusoids this is a function of the distance
 * alone, (2/D) sum_t cos((p_i - p_j) b^(-2t/D)): Vaswani et al. 2017 chose them for that. */
#include <math.h>
#include <string.h>

#include "inspection/inspection_private.h"
#include "support/memory.h"

static double cosine(const real *a, const real *b, size_t width)
{
    double product = 0, a_square = 0, b_square = 0;
    for (size_t k = 0; k < width; k++) {
        product += (double)a[k] * (double)b[k];
        a_square += (double)a[k] * (double)a[k];
        b_square += (double)b[k] * (double)b[k];
    }
    return a_square > 0 && b_square > 0 ? product / sqrt(a_square * b_square) : NAN;
}

static enum status add_map(struct inspected_length *out, const struct subject *subject,
                           const struct grid_of_places *grid, struct message *message)
{
    const size_t width = subject->shape.width;
    const struct inspected_array array =
        inspection_map(grid, "additive_similarity", "1", "cosine of the added vectors of two places");
    double *map = inspected_add(out, &array, message);
    double *at = memory_allocate(grid->places, sizeof *at, "positions", message);
    real *x = memory_allocate(grid->places * width, sizeof *x, "added vectors", message);
    for (size_t i = 0; map && at && x && i < grid->places; i++)
        at[i] = subject->at[grid->place[i]];
    if (map && at && x) {
        subject_vectors(subject, x, at, grid->places);
        for (size_t i = 0; i < grid->places; i++)
            for (size_t j = 0; j < grid->places; j++)
                map[i * grid->places + j] = cosine(x + i * width, x + j * width, width);
    }
    memory_release(at);
    memory_release(x);
    return map && at && x ? STATUS_OK : STATUS_FAILED;
}

static enum status add_curve(struct inspected_length *out, const struct subject *subject,
                             const struct grid_of_places *grid, struct message *message)
{
    const size_t width = subject->shape.width;
    const struct inspected_array array =
        inspection_curve(grid, "additive_similarity_by_distance", "1",
                         "cosine of the added vectors, from this distance to the next");
    double *curve = inspected_add(out, &array, message);
    real *x = memory_allocate(2 * PAIRS_MAX * width, sizeof *x, "added vectors", message);
    double at[2 * PAIRS_MAX], value[PAIRS_MAX];
    for (size_t d = 0; curve && x && d < grid->distances; d++) {
        const struct pairs pairs =
            inspection_pairs(out->length, grid->distance[d], inspection_distance_end(grid, d));
        for (size_t k = 0; k < pairs.count; k++) {
            at[k] = subject->at[pairs.query[k]];
            at[pairs.count + k] = subject->at[pairs.key[k]];
        }
        subject_vectors(subject, x, at, 2 * pairs.count);
        for (size_t k = 0; k < pairs.count; k++)
            value[k] = cosine(x + k * width, x + (pairs.count + k) * width, width);
        inspection_spread(curve + 3 * d, value, pairs.count);
    }
    memory_release(x);
    return curve && x ? STATUS_OK : STATUS_FAILED;
}

/* From the last place to the first, in chunks; the vector of the place after a chunk is kept. */
static void scan(struct alikeness *alikeness, const struct subject *subject, real *x, real *last, real *after,
                 size_t chunk)
{
    const size_t n = subject->site.length, width = subject->shape.width;
    subject_vectors(subject, last, subject->at + n - 1, 1);
    for (size_t end = n; end > 0;) {
        const size_t first = end > chunk ? end - chunk : 0;
        subject_vectors(subject, x, subject->at + first, end - first);
        for (size_t j = end; j-- > first;) {
            const real *here = x + (j - first) * width;
            const double alike = cosine(last, here, width);
            if (!isnan(alike))
                alikeness_add(alikeness, n - 1 - j, alike);
            if (j + 1 < n) {
                const double beside = cosine(here, j + 1 < end ? here + width : after, width);
                if (!isnan(beside))
                    alikeness_neighbours(alikeness, j, beside);
            }
        }
        memcpy(after, x, width * sizeof *x);
        end = first;
    }
}

static void say(struct inspected_length *out, const struct alikeness *alikeness)
{
    inspected_say(out, "additive_mean", "1", "mean similarity with the last position",
                  alikeness->count > 0 ? alikeness->sum / (double)alikeness->count : NAN);
    inspected_say(out, "additive_neighbours", "1", "similarity of the two neighbours most alike",
                  alikeness->neighbours > -INFINITY ? alikeness->neighbours : NAN);
    inspected_say(out, "additive_neighbours_at", "token", "  the first of them stands at",
                  alikeness->neighbours > -INFINITY ? (double)alikeness->neighbours_at : NAN);
    inspected_say(out, "additive_again", "1", "highest similarity after its first minimum",
                  alikeness->risen ? alikeness->again : NAN);
    inspected_say(out, "additive_again_at", "token", "  at distance",
                  alikeness->risen ? (double)alikeness->again_at : NAN);
}

enum status inspection_additive(struct inspected_length *out, const struct subject *subject,
                                const struct grid_of_places *grid, struct message *message)
{
    const size_t width = subject->shape.width, chunk = inspection_chunk(width);
    struct alikeness alikeness = alikeness_begin();
    enum status status;
    real *x;
    if (!(subject->hooks & HOOK_ADD))
        return STATUS_OK;
    status = add_map(out, subject, grid, message);
    if (!status)
        status = add_curve(out, subject, grid, message);
    if (status)
        return status;
    x = memory_allocate((chunk + 2) * width, sizeof *x, "added vectors", message);
    if (!x)
        return STATUS_FAILED;
    scan(&alikeness, subject, x, x + chunk * width, x + (chunk + 1) * width, chunk);
    memory_release(x);
    say(out, &alikeness);
    return STATUS_OK;
}
