/* encoding_bias.c -- biases: tabulated by distance where that is exact, else formed row by row.
 *
 * A relative bias over equally spaced positions is one table per head, read at j - i (one call of the
 * hook: the last query against all keys).  Over positions that are whole numbers but irregular (grouped,
 * wrapped, clamped) it is a table over whole distances.  Everything else, and every bias that is not
 * relative, is asked of the hook for each query. */
#include "model/encoding_bias.h"

#include <math.h>
#include <string.h>

#include "model/hooks.h"

/* Whole distances are tabulated up to this many per position: memory stays linear in n. */
enum { DISTANCES_PER_POSITION = 4 };

enum bias_form { BIAS_NONE, BIAS_TABLE, BIAS_DISTANCE, BIAS_ROWS };

static enum bias_form form_of(const struct encoding *encoding, const struct component *component,
                              unsigned plane)
{
    if (!component->encoder->bias)
        return BIAS_NONE;
    if (!(component->encoder->flags & ENCODER_RELATIVE))
        return BIAS_ROWS;
    if (encoding->tabulated[plane])
        return BIAS_TABLE;
    return encoding->distance[plane].span > 0 ? BIAS_DISTANCE : BIAS_ROWS;
}

static bool has_bias(const struct encoding *encoding)
{
    return composition_hooks(&encoding->model->composition) & HOOK_BIAS;
}

void encoding_bias_describe(struct encoding *encoding)
{
    const size_t heads = encoding->model->shape.heads, n = has_bias(encoding) ? encoding->longest : 0;
    /* Where positions are equally spaced whatever is drawn, no whole distances are asked for. */
    const bool regular = encoding->planes == 1 && encoding->model->composition.map->regular;
    const size_t whole = regular ? 0 : DISTANCES_PER_POSITION * n, gradient = encoding->training ? 1 : 0;
    const struct buffer room[] = {BUFFER(encoding->table_part, heads * (regular ? n : whole), BUFFER_PASS),
                                  BUFFER(encoding->table_key, whole, BUFFER_PASS)};
    buffers_add(&encoding->buffers, room, 2);
    for (unsigned p = 0; p < encoding->planes; p++) {
        struct distance_table *distance = &encoding->distance[p];
        const struct buffer rows[] = {
            BUFFER(encoding->table[p], heads * n, BUFFER_PASS),
            BUFFER(encoding->table_gradient[p], gradient * heads * n, BUFFER_ZEROED),
            BUFFER(distance->value, heads * whole, BUFFER_PASS),
            BUFFER(distance->gradient, gradient * heads * whole, BUFFER_ZEROED),
        };
        buffers_add(&encoding->buffers, rows, sizeof rows / sizeof *rows);
    }
}

/* ---- which form ---- */

static bool integer_range(double *lowest, double *highest, const struct positions *positions)
{
    *lowest = INFINITY;
    *highest = -INFINITY;
    for (size_t i = 0; i < positions->count; i++) {
        if (positions->at[i] != floor(positions->at[i]))
            return false;
        *lowest = fmin(*lowest, positions->at[i]);
        *highest = fmax(*highest, positions->at[i]);
    }
    return true;
}

static void choose_form(struct encoding *encoding, unsigned plane)
{
    const struct positions *query = &encoding->plane[plane][QUERY], *key = &encoding->plane[plane][KEY];
    struct distance_table *distance = &encoding->distance[plane];
    double query_lowest, query_highest, key_lowest, key_highest, span;
    distance->span = 0;
    encoding->tabulated[plane] =
        query->regular && key->regular && fabs(query->step - key->step) <= 1e-12 * fabs(query->step);
    if (encoding->tabulated[plane] || !distance->value ||
        !integer_range(&query_lowest, &query_highest, query) ||
        !integer_range(&key_lowest, &key_highest, key))
        return;
    span = query_highest - key_lowest - (query_lowest - key_highest) + 1;
    if (span > (double)(DISTANCES_PER_POSITION * encoding->longest))
        return;
    distance->lowest = query_lowest - key_highest;
    distance->span = (size_t)span;
}

/* ---- build and flush ---- */

/* The positions whose distances are the entries of a table: one query, count keys. */
static size_t table_positions(double *query, const double **keys, struct encoding *encoding, unsigned plane,
                              enum bias_form form)
{
    const struct distance_table *distance = &encoding->distance[plane];
    if (form == BIAS_TABLE) {
        *query = encoding->plane[plane][QUERY].at[encoding->site.length - 1];
        *keys = encoding->plane[plane][KEY].at;
        return encoding->site.length;
    }
    for (size_t i = 0; i < distance->span; i++)
        encoding->table_key[i] = -(distance->lowest + (double)i);
    *query = 0;
    *keys = encoding->table_key;
    return distance->span;
}

static void build_tables(struct encoding *encoding, unsigned plane, enum bias_form form, real *value)
{
    const struct composition *composition = &encoding->model->composition;
    const double *keys;
    double query;
    size_t count = table_positions(&query, &keys, encoding, plane, form);
    memset(value, 0, encoding->model->shape.heads * count * sizeof(real));
    for (size_t c = 0; c < composition->count; c++) {
        const struct component *component = &composition->at[c];
        if (form_of(encoding, component, plane) != form)
            continue;
        hooks_bias(encoding->table_part, component, encoding->weights, &encoding->site, &query, keys, count);
        for (size_t i = 0; i < encoding->model->shape.heads * count; i++)
            value[i] += encoding->table_part[i];
    }
}

void encoding_bias_build(struct encoding *encoding)
{
    const struct composition *composition = &encoding->model->composition;
    encoding->row_bias = false;
    if (!has_bias(encoding))
        return;
    for (unsigned p = 0; p < encoding->planes; p++) {
        choose_form(encoding, p);
        if (encoding->tabulated[p])
            build_tables(encoding, p, BIAS_TABLE, encoding->table[p]);
        else if (encoding->distance[p].span > 0)
            build_tables(encoding, p, BIAS_DISTANCE, encoding->distance[p].value);
        for (size_t c = 0; c < composition->count; c++) {
            enum bias_form form = form_of(encoding, &composition->at[c], p);
            encoding->row_bias = encoding->row_bias || form == BIAS_DISTANCE || form == BIAS_ROWS;
        }
    }
}

static void flush_table(struct encoding *encoding, real *dw, unsigned plane, enum bias_form form,
                        real *gradient)
{
    const struct composition *composition = &encoding->model->composition;
    const double *keys;
    double query;
    size_t count = table_positions(&query, &keys, encoding, plane, form);
    for (size_t c = 0; c < composition->count; c++) {
        const struct component *component = &composition->at[c];
        if (form_of(encoding, component, plane) == form)
            hooks_bias_backward(dw, component, encoding->weights, &encoding->site, &query, keys, count,
                                gradient);
    }
    memset(gradient, 0, encoding->model->shape.heads * count * sizeof(real));
}

void encoding_bias_flush(struct encoding *encoding, real *dw)
{
    if (!has_bias(encoding) || !encoding->training)
        return;
    for (unsigned p = 0; p < encoding->planes; p++) {
        if (encoding->tabulated[p])
            flush_table(encoding, dw, p, BIAS_TABLE, encoding->table_gradient[p]);
        else if (encoding->distance[p].span > 0)
            flush_table(encoding, dw, p, BIAS_DISTANCE, encoding->distance[p].gradient);
    }
}

/* ---- row by row ---- */

static size_t distance_place(const struct encoding *encoding, unsigned plane, size_t query, size_t key)
{
    return (size_t)(encoding->plane[plane][QUERY].at[query] - encoding->plane[plane][KEY].at[key] -
                    encoding->distance[plane].lowest);
}

void encoding_bias(const struct encoding *encoding, real *row, unsigned plane, size_t query, size_t first,
                   size_t count, real *out, size_t stride)
{
    const struct composition *composition = &encoding->model->composition;
    const struct distance_table *distance = &encoding->distance[plane];
    const double *query_at = encoding->plane[plane][QUERY].at + query;
    const double *key_at = encoding->plane[plane][KEY].at + first;
    size_t heads = encoding->model->shape.heads;
    for (size_t h = 0; h < heads; h++)
        for (size_t j = 0; j < count; j++)
            out[h * stride + j] =
                distance->span > 0
                    ? distance->value[h * distance->span + distance_place(encoding, plane, query, first + j)]
                    : 0;
    for (size_t c = 0; c < composition->count; c++) {
        const struct component *component = &composition->at[c];
        if (form_of(encoding, component, plane) != BIAS_ROWS)
            continue;
        hooks_bias(row, component, encoding->weights, &encoding->site, query_at, key_at, count);
        for (size_t h = 0; h < heads; h++)
            for (size_t j = 0; j < count; j++)
                out[h * stride + j] += row[h * count + j];
    }
}

void encoding_bias_backward(struct encoding *encoding, real *row, real *dw, unsigned plane, size_t query,
                            size_t first, size_t count, const real *dout, size_t stride)
{
    const struct composition *composition = &encoding->model->composition;
    const struct distance_table *distance = &encoding->distance[plane];
    size_t heads = encoding->model->shape.heads;
    for (size_t h = 0; h < heads; h++)
        for (size_t j = 0; j < count; j++) {
            if (distance->span > 0)
                distance->gradient[h * distance->span + distance_place(encoding, plane, query, first + j)] +=
                    dout[h * stride + j];
            row[h * count + j] = dout[h * stride + j];
        }
    for (size_t c = 0; c < composition->count; c++) {
        const struct component *component = &composition->at[c];
        if (form_of(encoding, component, plane) == BIAS_ROWS)
            hooks_bias_backward(dw, component, encoding->weights, &encoding->site,
                                encoding->plane[plane][QUERY].at + query,
                                encoding->plane[plane][KEY].at + first, count, row);
    }
}
