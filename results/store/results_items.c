/* results_items.c -- the scores of single items, one group per (dataset, protocol, length). */
#include "results/store/results_items.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/store/cell.h"
#include "results/store/records.h"
#include "results/store/results.h"
#include "results/store/store_private.h"
#include "support/memory.h"

enum { ITEM_RANK = 5 };

/* One group: where it is, and its rows in C order of (variant, configuration, seed, fold). */
struct place {
    size_t dataset, protocol, length;
    char group[HDF5_GROUP_SIZE];
};

/* NULL where nothing was asked. */
static struct cell *cell_of_row(const struct results *results, const struct place *at, size_t row)
{
    size_t fold = row % results->folds;
    size_t seed = row / results->folds % results->seeds;
    size_t configuration = row / (results->folds * results->seeds) % results->configurations;
    size_t variant = row / (results->folds * results->seeds * results->configurations);
    return results_find_cell(results, results_index(results, variant, at->dataset, configuration, seed, fold,
                                                    at->protocol, at->length));
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

/* The items of a place: the most of any (configuration, fold), and the keys of each.  Cells without
 * items leave NaN. */
struct contents {
    size_t items, sets; /* sets: configurations * folds */
    float *score;       /* (variant, configuration, seed, fold, items), NaN where there is none */
    int64_t *key;       /* (configuration, fold, items), -1 after the last */
};

static size_t set_of_row(const struct results *results, size_t row)
{
    size_t configuration = row / (results->folds * results->seeds) % results->configurations;
    return configuration * results->folds + row % results->folds;
}

static bool has_items(const struct cell *cell)
{
    return cell && cell->status == CELL_MEASURED && cell->items > 0;
}

static void fill_row(struct hdf5_file *file, struct contents *contents, const struct results *results,
                     const struct place *at, size_t row)
{
    const struct cell *cell = cell_of_row(results, at, row);
    int64_t *key = contents->key + set_of_row(results, row) * contents->items;
    if (!has_items(cell))
        return;
    if (key[0] < 0)
        memcpy(key, cell->item_key, cell->items * sizeof *key);
    else if (memcmp(key, cell->item_key, cell->items * sizeof *key) != 0 ||
             (cell->items < contents->items && key[cell->items] >= 0))
        hdf5_fail(file, "the cells of %s do not have the same items", at->group);
    memcpy(contents->score + row * contents->items, cell->score, cell->items * sizeof *cell->score);
}

static bool fill_contents(struct hdf5_file *file, struct contents *contents, const struct results *results,
                          const struct place *at)
{
    const size_t rows = rows_of(results);
    contents->sets = results->configurations * results->folds;
    contents->score = hdf5_allocate(file, rows * contents->items, sizeof *contents->score);
    contents->key = hdf5_allocate(file, contents->sets * contents->items, sizeof *contents->key);
    if (!contents->score || !contents->key)
        return false;
    for (size_t i = 0; i < rows * contents->items; i++)
        contents->score[i] = NAN;
    for (size_t i = 0; i < contents->sets * contents->items; i++)
        contents->key[i] = -1;
    for (size_t row = 0; row < rows; row++)
        fill_row(file, contents, results, at, row);
    return !hdf5_failed(file);
}

static void put_contents(struct hdf5_file *file, const struct contents *contents,
                         const struct results *results, const struct place *at)
{
    static const char *const dimensions[] = {"/variant", "/configuration", "/seed", "/fold"};
    const size_t extent[ITEM_RANK] = {results->variants, results->configurations, results->seeds,
                                      results->folds, contents->items};
    const size_t key_extent[] = {results->configurations, results->folds, contents->items};
    char item[HDF5_PATH_SIZE], score_path[HDF5_PATH_SIZE], key_path[HDF5_PATH_SIZE];
    snprintf(item, sizeof item, "%s/item", at->group);
    snprintf(score_path, sizeof score_path, "%s/score", at->group);
    snprintf(key_path, sizeof key_path, "%s/item_key", at->group);
    int64_t *index = hdf5_allocate(file, contents->items, sizeof *index);
    for (size_t i = 0; index && i < contents->items; i++)
        index[i] = (int64_t)i;
    if (index) {
        hdf5_group(file, at->group);
        hdf5_put(file, item, HDF5_INTEGER, index, 1, &contents->items);
        hdf5_scale(file, item);
        hdf5_put(file, key_path, HDF5_INTEGER, contents->key, 3, key_extent);
        hdf5_attach(file, key_path, 0, "/configuration");
        hdf5_attach(file, key_path, 1, "/fold");
        hdf5_attach(file, key_path, 2, item);
        hdf5_put(file, score_path, HDF5_REAL32, contents->score, ITEM_RANK, extent);
        for (size_t d = 0; d + 1 < ITEM_RANK; d++)
            hdf5_attach(file, score_path, d, dimensions[d]);
        hdf5_attach(file, score_path, ITEM_RANK - 1, item);
        describe_items(file, score_path, key_path);
    }
    memory_release(index);
}

static void put_place(struct hdf5_file *file, const struct results *results, const struct place *at,
                      size_t items)
{
    struct contents contents = {.items = items};
    if (fill_contents(file, &contents, results, at))
        put_contents(file, &contents, results, at);
    memory_release(contents.score);
    memory_release(contents.key);
}

/* The most items of any cell of a place. */
static size_t most_items(const struct results *results, const struct place *at)
{
    size_t most = 0;
    for (size_t row = 0; row < rows_of(results); row++) {
        const struct cell *cell = cell_of_row(results, at, row);
        if (has_items(cell) && cell->items > most)
            most = cell->items;
    }
    return most;
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
                const size_t items = most_items(results, &at);
                if (items == 0)
                    continue;
                snprintf(at.group, sizeof at.group, "/items/%s", results->dataset[at.dataset].name);
                need_group(file, at.group);
                snprintf(at.group, sizeof at.group, "/items/%s/%s", results->dataset[at.dataset].name,
                         results->protocol[at.protocol].name);
                need_group(file, at.group);
                snprintf(at.group, sizeof at.group, "/items/%s/%s/%" PRId64,
                         results->dataset[at.dataset].name, results->protocol[at.protocol].name,
                         results->length[at.length]);
                put_place(file, results, &at, items);
            }
}

/* Items of a set: its keys end with the first -1. */
static size_t count_keys(const int64_t *key, size_t items)
{
    size_t count = 0;
    while (count < items && key[count] >= 0)
        count++;
    return count;
}

/* A row without any score brought no items, unless its loss is no number either. */
static bool row_has_items(const struct cell *cell, const float *score, size_t items)
{
    bool any = isnan(cell->nll);
    for (size_t i = 0; i < items && !any; i++)
        any = !isnan(score[i]);
    return cell->status == CELL_MEASURED && items > 0 && any;
}

static void share_row(struct hdf5_file *file, const struct contents *contents, struct results *results,
                      const struct place *at, size_t row)
{
    struct cell *cell = cell_of_row(results, at, row);
    if (!cell)
        return;
    const int64_t *key = contents->key + set_of_row(results, row) * contents->items;
    const float *score = contents->score + row * contents->items;
    const size_t items = count_keys(key, contents->items);
    if (!row_has_items(cell, score, items))
        return;
    cell->score = store_copy(score, items, sizeof *score, "items", file->message);
    cell->item_key = store_copy(key, items, sizeof *key, "items", file->message);
    cell->items = items;
    if (!cell->score || !cell->item_key)
        file->status = STATUS_FAILED;
}

static void get_place(struct hdf5_file *file, struct results *results, const struct place *at)
{
    char item[HDF5_PATH_SIZE], score_path[HDF5_PATH_SIZE], key_path[HDF5_PATH_SIZE];
    snprintf(item, sizeof item, "%s/item", at->group);
    snprintf(score_path, sizeof score_path, "%s/score", at->group);
    snprintf(key_path, sizeof key_path, "%s/item_key", at->group);
    struct contents contents = {.items = hdf5_count(file, item),
                                .sets = results->configurations * results->folds};
    const size_t rows = rows_of(results);
    const size_t extent[ITEM_RANK] = {results->variants, results->configurations, results->seeds,
                                      results->folds, contents.items};
    const size_t key_extent[] = {results->configurations, results->folds, contents.items};
    size_t count = 0;
    if (store_product(&count, extent, ITEM_RANK))
        contents.score = hdf5_allocate(file, count, sizeof *contents.score);
    contents.key = hdf5_allocate(file, contents.sets * contents.items, sizeof *contents.key);
    if (contents.score && contents.key) {
        hdf5_get(file, contents.score, score_path, HDF5_REAL32, ITEM_RANK, extent);
        hdf5_get(file, contents.key, key_path, HDF5_INTEGER, 3, key_extent);
    }
    for (size_t row = 0; row < rows && !hdf5_failed(file); row++)
        share_row(file, &contents, results, at, row);
    memory_release(contents.score);
    memory_release(contents.key);
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
