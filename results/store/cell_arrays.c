/* cell_arrays.c -- losses by position and retrieval by depth, in memory. */
#include "results/store/cell_arrays.h"

#include <math.h>
#include <string.h>

#include "results/store/cell.h"
#include "results/store/store_private.h"
#include "support/memory.h"

const struct cell_array cell_arrays[] = {
    {"position_nll", offsetof(struct cell, position_nll), false, false, "per-position", "nat",
     "mean loss of the targets at these positions of a window"},
    {"position_floor", offsetof(struct cell, position_floor), false, true, "per-position", "nat",
     "mean loss of the Bayes-optimal predictor at these positions"},
    {"retrieval", offsetof(struct cell, retrieval), true, false, "retrieval", "1",
     "share of examples with every target right, the needle at this depth"},
    {.name = NULL},
};

double **cell_array_member(struct cell *cell, const struct cell_array *array)
{
    return (double **)(void *)((char *)cell + array->offset);
}

double *cell_array_get(const struct cell *cell, const struct cell_array *array)
{
    double *values;
    memcpy(&values, (const char *)cell + array->offset, sizeof values);
    return values;
}

size_t cell_array_extent(const struct cell_array *array, size_t depths)
{
    return array->depths ? depths : POSITION_BINS;
}

double cell_array_value(const struct cell *cell, const struct cell_array *array, size_t at)
{
    const double *values = cell_array_get(cell, array);
    return values ? values[at] : (double)NAN;
}

void cell_arrays_release(struct cell *cell)
{
    for (const struct cell_array *array = cell_arrays; array->name; array++) {
        memory_release(*cell_array_member(cell, array));
        *cell_array_member(cell, array) = NULL;
    }
}

enum status cell_arrays_copy(struct cell *out, const struct cell *in, size_t depths, struct message *message)
{
    for (const struct cell_array *array = cell_arrays; array->name; array++) {
        const double *values = cell_array_get(in, array);
        if (!values)
            continue;
        double *copy =
            store_copy(values, cell_array_extent(array, depths), sizeof *copy, array->name, message);
        if (!copy)
            return STATUS_FAILED;
        *cell_array_member(out, array) = copy;
    }
    return STATUS_OK;
}

const struct cell_array *cell_arrays_difference(size_t *at, const struct cell *a, const struct cell *b,
                                                size_t depths, bool scored_only)
{
    for (const struct cell_array *array = cell_arrays; array->name; array++) {
        if ((scored_only && !array->scored) || (!cell_array_get(a, array) && !cell_array_get(b, array)))
            continue;
        for (*at = 0; *at < cell_array_extent(array, depths); ++*at) {
            double one = cell_array_value(a, array, *at), other = cell_array_value(b, array, *at);
            if (memcmp(&one, &other, sizeof one) != 0 && !(isnan(one) && isnan(other)))
                return array;
        }
    }
    return NULL;
}
