/* cell_arrays_file.c -- losses by position and retrieval by depth, in trial files and in results.h5. */
#include "results/store/cell_arrays_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/store/cell_arrays.h"
#include "results/store/store_private.h"
#include "support/memory.h"

/* A copy of a row of a file for a cell, unless there is no number in it. */
static void keep_row(struct hdf5_file *file, struct cell *cell, const struct cell_array *array,
                     const double *row, size_t extent)
{
    bool any = false;
    for (size_t i = 0; i < extent && !any; i++)
        any = !isnan(row[i]);
    if (!any)
        return;
    *cell_array_member(cell, array) = store_copy(row, extent, sizeof *row, array->name, file->message);
    if (!*cell_array_member(cell, array))
        file->status = STATUS_FAILED;
}

static bool any_has(const struct cell *cell, size_t count, const struct cell_array *array)
{
    for (size_t i = 0; i < count; i++)
        if (cell_array_get(&cell[i], array))
            return true;
    return false;
}

/* Rows of NaN. */
static double *empty_rows(struct hdf5_file *file, size_t count)
{
    double *values = hdf5_allocate(file, count, sizeof *values);
    for (size_t i = 0; values && i < count; i++)
        values[i] = NAN;
    return values;
}

/* ---- in trial files ---- */

void cell_arrays_put_trial(struct hdf5_file *file, const struct trial *trial)
{
    char path[HDF5_PATH_SIZE];
    if (trial->depths > 0)
        hdf5_put(file, "/depth", HDF5_REAL64, trial->depth, 1, &trial->depths);
    for (const struct cell_array *array = cell_arrays; array->name; array++) {
        const size_t extent[] = {trial->cells, cell_array_extent(array, trial->depths)};
        if (!any_has(trial->cell, trial->cells, array))
            continue;
        double *values = empty_rows(file, extent[0] * extent[1]);
        for (size_t i = 0; values && i < trial->cells; i++)
            if (cell_array_get(&trial->cell[i], array))
                memcpy(values + i * extent[1], cell_array_get(&trial->cell[i], array),
                       extent[1] * sizeof *values);
        snprintf(path, sizeof path, "/cells/%s", array->name);
        if (values)
            hdf5_put(file, path, HDF5_REAL64, values, 2, extent);
        memory_release(values);
    }
}

static void get_depths(struct hdf5_file *file, double **depth, size_t *depths)
{
    if (!hdf5_has(file, "/depth"))
        return;
    size_t found = hdf5_count(file, "/depth");
    *depth = hdf5_allocate(file, found, sizeof **depth);
    if (!*depth)
        return;
    *depths = found;
    hdf5_get(file, *depth, "/depth", HDF5_REAL64, 1, &found);
}

void cell_arrays_get_trial(struct hdf5_file *file, struct trial *trial)
{
    char path[HDF5_PATH_SIZE];
    get_depths(file, &trial->depth, &trial->depths);
    for (const struct cell_array *array = cell_arrays; array->name; array++) {
        const size_t extent[] = {trial->cells, cell_array_extent(array, trial->depths)};
        snprintf(path, sizeof path, "/cells/%s", array->name);
        if (!hdf5_has(file, path))
            continue;
        double *values = hdf5_allocate(file, extent[0] * extent[1], sizeof *values);
        if (values)
            hdf5_get(file, values, path, HDF5_REAL64, 2, extent);
        for (size_t i = 0; i < trial->cells && !hdf5_failed(file); i++)
            keep_row(file, &trial->cell[i], array, values + i * extent[1], extent[1]);
        memory_release(values);
    }
}

/* ---- in results.h5 ---- */

static const char *const own_dimensions[] = {"/variant", "/dataset", "/configuration",
                                             "/seed",    "/fold",    "/length"};
static const char *const scored_dimensions[] = {"/dataset", "/configuration", "/fold", "/length"};

/* The shape of a variable; returns its rank. */
static size_t shape_of(size_t extent[HDF5_RANK_MAX], const struct results *results,
                       const struct cell_array *array)
{
    const size_t own[] = {results->variants, results->datasets, results->configurations,
                          results->seeds,    results->folds,    results->lengths};
    const size_t scored[] = {results->datasets, results->configurations, results->folds, results->lengths};
    const size_t rank = array->scored ? 4 : 6;
    memcpy(extent, array->scored ? scored : own, rank * sizeof *extent);
    extent[rank] = cell_array_extent(array, results->depths);
    return rank + 1;
}

/* The row of a place in a variable: all protocols share it. */
static size_t row_of(const struct results *results, const struct cell_array *array, size_t place)
{
    const size_t inner = results->protocols * results->lengths;
    const size_t outer = (array->scored ? results_scored_index(results, place) : place) / inner;
    return outer * results->lengths + place % results->lengths;
}

/* Some rows of a variable of results.h5 between the file and the cells. */
struct variable {
    struct hdf5_file *file;
    const struct results *results;
    const struct cell_array *array;
    size_t width;
};

static void fill_rows(void *context, void *values, size_t first, size_t count)
{
    const struct variable *variable = context;
    const struct results *results = variable->results;
    double *row = values;
    for (size_t i = 0; i < count; i++)
        row[i] = NAN;
    for (size_t i = 0; i < results->cells; i++) {
        const size_t at = row_of(results, variable->array, results->place[i]) * variable->width;
        const double *numbers = cell_array_get(&results->cell[i], variable->array);
        if (numbers && at >= first && at - first < count)
            memcpy(row + (at - first), numbers, variable->width * sizeof *row);
    }
}

static void put_array(struct hdf5_file *file, const struct results *results, const struct cell_array *array)
{
    const double nothing = NAN;
    const char *const *dimensions = array->scored ? scored_dimensions : own_dimensions;
    size_t extent[HDF5_RANK_MAX];
    const size_t rank = shape_of(extent, results, array);
    struct variable variable = {file, results, array, extent[rank - 1]};
    char path[HDF5_PATH_SIZE];
    snprintf(path, sizeof path, "/%s", array->name);
    hdf5_put_slabs(file, path, HDF5_REAL64, rank, extent, fill_rows, &variable);
    hdf5_attribute_text(file, path, "long_name", array->description);
    hdf5_attribute_text(file, path, "units", array->unit);
    hdf5_attribute(file, path, "_FillValue", HDF5_REAL64, &nothing, 1);
    if (!array->depths)
        hdf5_attribute_text(file, path, "coordinates", "first end");
    for (size_t d = 0; d + 1 < rank; d++)
        hdf5_attach(file, path, d, dimensions[d]);
    hdf5_attach(file, path, rank - 1, array->depths ? "/depth" : "/position_bin");
}

static void put_bin_edges(struct hdf5_file *file, const char *path, const int64_t *values,
                          const char *description)
{
    const size_t count = POSITION_BINS;
    hdf5_put(file, path, HDF5_INTEGER, values, 1, &count);
    hdf5_attribute_text(file, path, "long_name", description);
    hdf5_attribute_text(file, path, "units", "token");
    hdf5_attach(file, path, 0, "/position_bin");
}

/* /position_bin with the positions that each holds, from 1; the last has no end. */
static void put_position_bins(struct hdf5_file *file)
{
    const size_t count = POSITION_BINS;
    int64_t bin[POSITION_BINS], first[POSITION_BINS], end[POSITION_BINS];
    for (size_t i = 0; i < POSITION_BINS; i++) {
        bin[i] = (int64_t)i;
        first[i] = position_bin_first(i);
        end[i] = i + 1 < POSITION_BINS ? position_bin_first(i + 1) : INT64_MAX;
    }
    hdf5_put(file, "/position_bin", HDF5_INTEGER, bin, 1, &count);
    hdf5_attribute_text(file, "/position_bin", "long_name", "quarter octave of positions in a window");
    hdf5_attribute_text(file, "/position_bin", "units", "1");
    hdf5_scale(file, "/position_bin");
    put_bin_edges(file, "/first", first, "first position of the bin, from 1");
    put_bin_edges(file, "/end", end, "first position after the bin");
}

void cell_arrays_put(struct hdf5_file *file, const struct results *results)
{
    bool bins = false;
    if (results->depths > 0) {
        hdf5_put(file, "/depth", HDF5_REAL64, results->depth, 1, &results->depths);
        hdf5_attribute_text(file, "/depth", "long_name", "place of the needle: 0 the beginning, 1 the end");
        hdf5_attribute_text(file, "/depth", "units", "1");
        hdf5_scale(file, "/depth");
    }
    for (const struct cell_array *array = cell_arrays; array->name; array++) {
        if (!any_has(results->cell, results->cells, array))
            continue;
        if (!array->depths && !bins)
            put_position_bins(file);
        bins = bins || !array->depths;
        put_array(file, results, array);
    }
}

/* Gives the rows to the measured cells of the protocol that brought them. */
static void take_rows(void *context, const void *values, size_t first, size_t count)
{
    const struct variable *variable = context;
    const struct results *results = variable->results;
    for (size_t i = 0; i < results->cells && !hdf5_failed(variable->file); i++) {
        const size_t place = results->place[i],
                     at = row_of(results, variable->array, place) * variable->width;
        const char *kind = results->protocol[place / results->lengths % results->protocols].kind;
        if (at >= first && at - first < count && results->cell[i].status == CELL_MEASURED &&
            strcmp(kind, variable->array->kind) == 0)
            keep_row(variable->file, &results->cell[i], variable->array,
                     (const double *)values + (at - first), variable->width);
    }
}

void cell_arrays_get(struct hdf5_file *file, struct results *results)
{
    char path[HDF5_PATH_SIZE];
    get_depths(file, &results->depth, &results->depths);
    for (const struct cell_array *array = cell_arrays; array->name; array++) {
        size_t extent[HDF5_RANK_MAX];
        const size_t rank = shape_of(extent, results, array);
        struct variable variable = {file, results, array, extent[rank - 1]};
        snprintf(path, sizeof path, "/%s", array->name);
        if (hdf5_has(file, path))
            hdf5_get_slabs(file, path, HDF5_REAL64, rank, extent, take_rows, &variable);
    }
}
