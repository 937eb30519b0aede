/* results_items.c -- the scores of single items, one group per (dataset, protocol, length). */
#include "results/results_items.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/store_private.h"
#include "support/memory.h"

enum { ITEM_RANK = 5 };

/* One group: where it is, and its rows in C order of (variant, configuration, seed, fold). */
struct place {
    size_t dataset, protocol, length;
    char group[HDF5_GROUP_SIZE];
};

static struct cell *cell_of_row(const struct results *results, const struct place *at, size_t row)
{
    size_t fold = row % results->folds;
    size_t seed = row / results->folds % results->seeds;
    size_t configuration = row / (results->folds * results->seeds) % results->configurations;
    size_t variant = row / (results->folds * results->seeds * results->configurations);
    return &results->cell[results_index(results, variant, at->dataset, configuration, seed, fold,
                                        at->protocol, at->length)];
}

static size_t rows_of(const struct results *results)
{
    return results->variants * results->configurations * results->seeds * results->folds;
}

static void describe_items(struct hdf5_file *file, const char *score, const char *key)
{
    const float nothing = NAN;
    hdf5_attribute_text(file, score, "long_name", "mean loss of each item");
    hdf5_attribute_text(file, score, "units", "nat");
    hdf5_attribute(file, score, "_FillValue", HDF5_REAL32, &nothing, 1);
    hdf5_attribute_text(file, score, "coordinates", "item_key");
    hdf5_attribute_text(file, key, "long_name", "first token of the window, or index of the example");
    hdf5_attribute_text(file, key, "units", "1");
}

/* score(rows, items): NaN, then the rows that were measured. */
static void fill_scores(struct hdf5_file *file, float *score, const struct results *results,
                        const struct place *at, const struct cell *first)
{
    const size_t rows = rows_of(results), items = first->items;
    for (size_t i = 0; i < rows * items; i++)
        score[i] = NAN;
    for (size_t row = 0; row < rows; row++) {
        const struct cell *cell = cell_of_row(results, at, row);
        if (cell->status != CELL_MEASURED)
            continue;
        if (cell->items != items ||
            memcmp(cell->item_key, first->item_key, items * sizeof *cell->item_key) != 0)
            hdf5_fail(file, "the cells of %s do not have the same items", at->group);
        else
            memcpy(score + row * items, cell->score, items * sizeof *score);
    }
}

static void put_place(struct hdf5_file *file, const struct results *results, const struct place *at,
                      const struct cell *first)
{
    static const char *const dimensions[] = {"/variant", "/configuration", "/seed", "/fold"};
    const size_t extent[ITEM_RANK] = {results->variants, results->configurations, results->seeds,
                                      results->folds, first->items};
    char item[HDF5_PATH_SIZE], score_path[HDF5_PATH_SIZE], key_path[HDF5_PATH_SIZE];
    snprintf(item, sizeof item, "%s/item", at->group);
    snprintf(score_path, sizeof score_path, "%s/score", at->group);
    snprintf(key_path, sizeof key_path, "%s/item_key", at->group);

    size_t count = 0;
    float *score =
        store_product(&count, extent, ITEM_RANK) ? hdf5_allocate(file, count, sizeof *score) : NULL;
    int64_t *index = hdf5_allocate(file, first->items, sizeof *index);
    if (score && index) {
        for (size_t i = 0; i < first->items; i++)
            index[i] = (int64_t)i;
        fill_scores(file, score, results, at, first);
        hdf5_group(file, at->group);
        hdf5_put(file, item, HDF5_INTEGER, index, 1, &first->items);
        hdf5_scale(file, item);
        hdf5_put(file, key_path, HDF5_INTEGER, first->item_key, 1, &first->items);
        hdf5_attach(file, key_path, 0, item);
        hdf5_put(file, score_path, HDF5_REAL32, score, ITEM_RANK, extent);
        for (size_t d = 0; d + 1 < ITEM_RANK; d++)
            hdf5_attach(file, score_path, d, dimensions[d]);
        hdf5_attach(file, score_path, ITEM_RANK - 1, item);
        describe_items(file, score_path, key_path);
    }
    memory_release(score);
    memory_release(index);
}

/* The first measured cell of a place that has items, NULL = none. */
static const struct cell *first_with_items(const struct results *results, const struct place *at)
{
    for (size_t row = 0; row < rows_of(results); row++) {
        const struct cell *cell = cell_of_row(results, at, row);
        if (cell->status == CELL_MEASURED && cell->items > 0)
            return cell;
    }
    return NULL;
}

/* /items/<dataset>, /items/<dataset>/<protocol> as they are needed. */
static void need_group(struct hdf5_file *file, const char *path)
{
    if (!hdf5_has(file, path))
        hdf5_group(file, path);
}

void results_put_items(struct hdf5_file *file, const struct results *results)
{
    struct place at;
    hdf5_group(file, "/items");
    for (at.dataset = 0; at.dataset < results->datasets; at.dataset++)
        for (at.protocol = 0; at.protocol < results->protocols; at.protocol++)
            for (at.length = 0; at.length < results->lengths; at.length++) {
                const struct cell *first = first_with_items(results, &at);
                if (!first)
                    continue;
                snprintf(at.group, sizeof at.group, "/items/%s", results->dataset[at.dataset].name);
                need_group(file, at.group);
                snprintf(at.group, sizeof at.group, "/items/%s/%s", results->dataset[at.dataset].name,
                         results->protocol[at.protocol].name);
                need_group(file, at.group);
                snprintf(at.group, sizeof at.group, "/items/%s/%s/%" PRId64,
                         results->dataset[at.dataset].name, results->protocol[at.protocol].name,
                         results->length[at.length]);
                put_place(file, results, &at, first);
            }
}

static void get_place(struct hdf5_file *file, struct results *results, const struct place *at)
{
    char score_path[HDF5_PATH_SIZE], key_path[HDF5_PATH_SIZE];
    snprintf(score_path, sizeof score_path, "%s/score", at->group);
    snprintf(key_path, sizeof key_path, "%s/item_key", at->group);
    const size_t items = hdf5_count(file, key_path), rows = rows_of(results);
    const size_t extent[ITEM_RANK] = {results->variants, results->configurations, results->seeds,
                                      results->folds, items};
    size_t count = 0;
    float *score =
        store_product(&count, extent, ITEM_RANK) ? hdf5_allocate(file, count, sizeof *score) : NULL;
    int64_t *key = hdf5_allocate(file, items, sizeof *key);
    if (score && key) {
        hdf5_get(file, score, score_path, HDF5_REAL32, ITEM_RANK, extent);
        hdf5_get(file, key, key_path, HDF5_INTEGER, 1, &items);
    }
    for (size_t row = 0; row < rows && !hdf5_failed(file); row++) {
        struct cell *cell = cell_of_row(results, at, row);
        if (cell->status != CELL_MEASURED)
            continue;
        cell->score = store_copy(score + row * items, items, sizeof *score, "items", file->message);
        cell->item_key = store_copy(key, items, sizeof *key, "items", file->message);
        cell->items = items;
        if (!cell->score || !cell->item_key)
            file->status = STATUS_FAILED;
    }
    memory_release(score);
    memory_release(key);
}

void results_get_items(struct hdf5_file *file, struct results *results)
{
    struct place at;
    for (at.dataset = 0; at.dataset < results->datasets; at.dataset++)
        for (at.protocol = 0; at.protocol < results->protocols; at.protocol++)
            for (at.length = 0; at.length < results->lengths; at.length++) {
                const char *dataset = results->dataset[at.dataset].name;
                const char *protocol = results->protocol[at.protocol].name;
                snprintf(at.group, sizeof at.group, "/items/%s", dataset);
                bool there = hdf5_has(file, at.group);
                snprintf(at.group, sizeof at.group, "/items/%s/%s", dataset, protocol);
                there = there && hdf5_has(file, at.group);
                snprintf(at.group, sizeof at.group, "/items/%s/%s/%" PRId64, dataset, protocol,
                         results->length[at.length]);
                if (there && hdf5_has(file, at.group))
                    get_place(file, results, &at);
            }
}
