/* bias.c -- biases and query scales: what is added to logits, and what multiplies them. */
#include <math.h>

#include "inspection/inspection_private.h"
#include "support/memory.h"

/* Biases of one query against keys. */
struct row {
    const struct subject *subject;
    size_t query, chunk;
    double *b;  /* (heads, chunk) */
    real *part; /* (heads, chunk) */
};

static enum status row_create(struct row *row, const struct subject *subject, size_t chunk,
                              struct message *message)
{
    const size_t heads = subject->shape.heads;
    *row = (struct row){.subject = subject, .chunk = chunk};
    row->b = memory_allocate(heads * chunk, sizeof *row->b, "biases", message);
    row->part = memory_allocate(heads * chunk, sizeof *row->part, "biases", message);
    return row->b && row->part ? STATUS_OK : STATUS_FAILED;
}

static void row_release(struct row *row)
{
    memory_release(row->b);
    memory_release(row->part);
}

/* Of one key; NAN in every head when it is not seen. */
static void of_key(double *out, size_t stride, const struct row *row, size_t key)
{
    const struct subject *subject = row->subject;
    const int plane = subject_plane(subject, row->query, key);
    if (plane >= 0)
        subject_bias(subject, row->b, row->part, subject->plane[plane][QUERY][row->query],
                     subject->plane[plane][KEY] + key, 1);
    for (size_t h = 0; h < subject->shape.heads; h++)
        out[h * stride] = plane < 0 ? NAN : row->b[h];
}

static enum status add_map(struct inspected_length *out, struct row *row, const struct grid_of_places *grid,
                           struct message *message)
{
    const struct inspected_array array = {"bias",
                                          "1",
                                          "what is added to logits; none: not seen",
                                          3,
                                          {"head", "query", "key"},
                                          {row->subject->shape.heads, grid->places, grid->places},
                                          NULL};
    const size_t size = grid->places * grid->places;
    double *map = inspected_add(out, &array, message);
    for (size_t i = 0; map && i < grid->places; i++) {
        row->query = grid->place[i];
        for (size_t j = 0; j < grid->places; j++)
            of_key(map + i * grid->places + j, size, row, grid->place[j]);
    }
    return map ? STATUS_OK : STATUS_FAILED;
}

static enum status add_curve(struct inspected_length *out, struct row *row, const struct grid_of_places *grid,
                             struct message *message)
{
    const struct inspected_array array = {
        "bias_by_distance",
        "1",
        "what is added to the last query's logits, by distance; none: not seen",
        2,
        {"head", "distance"},
        {row->subject->shape.heads, grid->distances},
        NULL};
    double *curve = inspected_add(out, &array, message);
    row->query = out->length - 1;
    for (size_t d = 0; curve && d < grid->distances; d++)
        of_key(curve + d, grid->distances, row, row->query - grid->distance[d]);
    return curve ? STATUS_OK : STATUS_FAILED;
}

/* Over all keys that the last query sees, from near to far. */
struct extremes {
    double lowest, highest;
    size_t constant_from, alike_at; /* distances; alike_at 0 = none */
    bool any;
};

static void scan_chunk(struct extremes *extremes, const struct row *row, double *previous, size_t first,
                       size_t count)
{
    const size_t heads = row->subject->shape.heads;
    for (size_t j = count; j-- > 0;) {
        const size_t distance = row->query - (first + j);
        bool same = extremes->any;
        for (size_t h = 0; h < heads; h++) {
            const double b = row->b[h * count + j];
            extremes->lowest = fmin(extremes->lowest, b);
            extremes->highest = fmax(extremes->highest, b);
            same = same && b == previous[h];
            previous[h] = b;
        }
        if (!same)
            extremes->constant_from = distance;
        else if (extremes->alike_at == 0)
            extremes->alike_at = distance;
        extremes->any = true;
    }
}

static enum status scan(struct extremes *extremes, const struct subject *subject, struct message *message)
{
    const size_t last = subject->site.length - 1;
    struct segment segment[SPANS_MAX];
    const size_t segments =
        composition_segments(&subject->composition, &subject->site, last, subject->site.length, segment);
    double *previous = memory_allocate(subject->shape.heads, sizeof *previous, "biases", message);
    struct row row;
    enum status status = row_create(&row, subject, inspection_chunk(subject->shape.heads), message);
    row.query = last;
    for (size_t s = segments; !status && previous && s-- > 0;)
        for (size_t end = segment[s].end; end > segment[s].first;) {
            const size_t first = end - segment[s].first > row.chunk ? end - row.chunk : segment[s].first;
            const unsigned plane = segment[s].plane;
            subject_bias(subject, row.b, row.part, subject->plane[plane][QUERY][last],
                         subject->plane[plane][KEY] + first, end - first);
            scan_chunk(extremes, &row, previous, first, end - first);
            end = first;
        }
    memory_release(previous);
    row_release(&row);
    return previous ? status : STATUS_FAILED;
}

static void say(struct inspected_length *out, const struct extremes *extremes)
{
    const size_t from = extremes->constant_from;
    inspected_say(out, "bias_lowest", "1", "lowest bias of the last query, over heads",
                  extremes->any ? extremes->lowest : NAN);
    inspected_say(out, "bias_highest", "1", "highest bias of the last query, over heads",
                  extremes->any ? extremes->highest : NAN);
    inspected_say(out, "bias_alike_at", "token",
                  "first distance with the bias of the one before, in all heads",
                  extremes->alike_at > 0 ? (double)extremes->alike_at : NAN);
    inspected_say(out, "bias_constant_from", "token", "distance from which all keys have one bias",
                  extremes->any && extremes->alike_at > 0 && from + 1 < out->length ? (double)from : NAN);
}

enum status inspection_bias(struct inspected_length *out, const struct subject *subject,
                            const struct grid_of_places *grid, struct message *message)
{
    struct extremes extremes = {.lowest = INFINITY, .highest = -INFINITY};
    struct row row;
    enum status status;
    if (!(subject->hooks & HOOK_BIAS))
        return STATUS_OK;
    status = row_create(&row, subject, 1, message);
    if (!status)
        status = add_map(out, &row, grid, message);
    if (!status)
        status = add_curve(out, &row, grid, message);
    row_release(&row);
    if (!status)
        status = scan(&extremes, subject, message);
    if (!status)
        say(out, &extremes);
    return status;
}

/* ---- query scales ---- */

enum status inspection_scale(struct inspected_length *out, const struct subject *subject,
                             const struct grid_of_places *grid, struct message *message)
{
    const size_t n = out->length, heads = subject->shape.heads;
    const struct inspected_array array = {
        "query_scale",         "1", "factor of the content term of a query", 2, {"head", "query"},
        {heads, grid->places}, NULL};
    double low = INFINITY, high = -INFINITY;
    if (!(subject->hooks & HOOK_SCALE))
        return STATUS_OK;
    double *scale = inspected_add(out, &array, message);
    real *s = memory_allocate(n, sizeof *s, "query scales", message);
    real *part = memory_allocate(n, sizeof *part, "query scales", message);
    for (size_t h = 0; scale && s && part && h < heads; h++) {
        subject_scale(subject, s, part, h);
        for (size_t i = 0; i < grid->places; i++)
            scale[h * grid->places + i] = s[grid->place[i]];
        low = fmin(low, (double)s[n - 1]);
        high = fmax(high, (double)s[n - 1]);
    }
    memory_release(s);
    memory_release(part);
    if (!scale || !s || !part)
        return STATUS_FAILED;
    inspected_say(out, "scale_lowest", "1", "factor of the last query's content term, lowest head", low);
    inspected_say(out, "scale_highest", "1", "  highest head", high);
    return STATUS_OK;
}
