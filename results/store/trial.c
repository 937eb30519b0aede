/* trial.c -- one trial file: what was asked, what came out, what was measured.
 *
 *   /training_id, /seed, ...          one element each
 *   /parent                           one element, only of a fine-tune
 *   /variant /dataset /configuration  groups: one record each
 *   /protocol /cells                  groups: one column per member; a row per protocol, per cell
 *   /depth                            only with retrieval; arrays of cells are in /cells with a row each
 *   /items                            score and item_key of all cells, one after the other
 *   /curve /manifest
 *   /measured                         all that may differ between two runs */
#include <string.h>

#include "results/store/cell.h"
#include "results/store/cell_arrays_file.h"
#include "results/store/curve.h"
#include "results/store/fields.h"
#include "results/store/hdf5_helpers.h"
#include "results/store/records.h"
#include "results/store/store_private.h"
#include "results/store/trial.h"
#include "support/memory.h"
#include "support/names.h"

void trial_release(struct trial *trial)
{
    for (size_t i = 0; trial->cell && i < trial->cells; i++)
        cell_release(&trial->cell[i]);
    texts_release(&trial->texts);
    memory_release(trial->protocol);
    memory_release(trial->cell);
    memory_release(trial->depth);
    memory_release(trial->manifest);
    curve_release(&trial->curve);
    trial->protocol = NULL;
    trial->cell = NULL;
    trial->depth = NULL;
    trial->manifest = NULL;
    trial->protocols = trial->cells = trial->depths = 0;
}

/* The items of all cells end to end.  Cells without items take no room. */
static void put_items(struct hdf5_file *file, const struct trial *trial)
{
    size_t count = 0;
    for (size_t i = 0; i < trial->cells; i++)
        count += trial->cell[i].items;
    float *score = hdf5_allocate(file, count, sizeof *score);
    int64_t *key = hdf5_allocate(file, count, sizeof *key);
    size_t at = 0;
    for (size_t i = 0; score && key && i < trial->cells; i++) {
        const struct cell *cell = &trial->cell[i];
        if (cell->items == 0)
            continue;
        memcpy(score + at, cell->score, cell->items * sizeof *score);
        memcpy(key + at, cell->item_key, cell->items * sizeof *key);
        at += cell->items;
    }
    if (score && key) {
        hdf5_group(file, "/items");
        hdf5_put(file, "/items/score", HDF5_REAL32, score, 1, &count);
        hdf5_put(file, "/items/item_key", HDF5_INTEGER, key, 1, &count);
    }
    memory_release(score);
    memory_release(key);
}

static void put_curve(struct hdf5_file *file, const struct curve *curve)
{
    hdf5_group(file, "/curve");
    hdf5_put(file, "/curve/step", HDF5_INTEGER, curve->step, 1, &curve->count);
    hdf5_put(file, "/curve/loss", HDF5_REAL64, curve->loss, 1, &curve->count);
    hdf5_put(file, "/curve/rate", HDF5_REAL64, curve->rate, 1, &curve->count);
}

static void put_record(struct hdf5_file *file, const char *group, const struct field *fields,
                       const void *record)
{
    hdf5_group(file, group);
    fields_put(file, group, fields, record, 0, 1);
}

static void put_cells(struct hdf5_file *file, const struct trial *trial)
{
    const size_t stride = sizeof *trial->cell;
    hdf5_group(file, "/cells");
    fields_put(file, "/cells", place_fields, trial->cell, stride, trial->cells);
    fields_put(file, "/cells", cell_fields, trial->cell, stride, trial->cells);
    fields_put(file, "/cells", scored_fields, trial->cell, stride, trial->cells);
    cell_arrays_put_trial(file, trial);
    put_items(file, trial);
}

enum status trial_write(const char *path, const struct trial *trial, struct message *message)
{
    struct hdf5_file file;
    hdf5_create(&file, path, "trial", message);
    hdf5_attribute_text(&file, "/", "lexbench_version", LEXBENCH_VERSION);
    fields_put(&file, "", trial_fields, trial, 0, 1);
    if (trial->parent[0])
        hdf5_put_text(&file, "/parent", trial->parent);
    put_record(&file, "/variant", variant_fields, &trial->variant);
    put_record(&file, "/dataset", dataset_fields, &trial->dataset);
    put_record(&file, "/configuration", configuration_fields, &trial->configuration);
    hdf5_group(&file, "/protocol");
    fields_put(&file, "/protocol", protocol_fields, trial->protocol, sizeof *trial->protocol,
               trial->protocols);
    put_cells(&file, trial);
    put_curve(&file, &trial->curve);
    hdf5_put_text(&file, "/manifest", trial->manifest ? trial->manifest : "");
    hdf5_group(&file, "/measured");
    fields_put(&file, "/measured", trial_measured_fields, trial, 0, 1);
    fields_put(&file, "/measured", measured_fields, trial->cell, sizeof *trial->cell, trial->cells);
    return hdf5_publish(&file);
}

/* Gives each cell its part of the items. */
static void share_items(struct hdf5_file *file, struct trial *trial, const float *score, const int64_t *key,
                        size_t count)
{
    size_t at = 0;
    for (size_t i = 0; i < trial->cells && !hdf5_failed(file); i++) {
        struct cell *cell = &trial->cell[i];
        if (cell->items > count - at) {
            hdf5_fail(file, "its cells name more items than it holds (%zu)", count);
            return;
        }
        if (cell->items == 0)
            continue;
        cell->score = store_copy(score + at, cell->items, sizeof *score, "items", file->message);
        cell->item_key = store_copy(key + at, cell->items, sizeof *key, "items", file->message);
        if (!cell->score || !cell->item_key)
            file->status = STATUS_FAILED;
        at += cell->items;
    }
    if (at != count)
        hdf5_fail(file, "its cells name %zu items and it holds %zu", at, count);
}

static void get_items(struct hdf5_file *file, struct trial *trial)
{
    size_t count = hdf5_count(file, "/items/score");
    float *score = hdf5_allocate(file, count, sizeof *score);
    int64_t *key = hdf5_allocate(file, count, sizeof *key);
    if (score && key) {
        hdf5_get(file, score, "/items/score", HDF5_REAL32, 1, &count);
        hdf5_get(file, key, "/items/item_key", HDF5_INTEGER, 1, &count);
        share_items(file, trial, score, key, count);
    }
    memory_release(score);
    memory_release(key);
}

static void get_cells(struct hdf5_file *file, struct trial *trial)
{
    const size_t stride = sizeof *trial->cell;
    size_t cells = hdf5_count(file, "/cells/status");
    trial->cell = hdf5_allocate(file, cells, stride);
    if (!trial->cell)
        return;
    trial->cells = cells;
    const struct records records = {
        .at = trial->cell, .stride = stride, .count = cells, .texts = &trial->texts};
    all_records_get(file, &records, "/cells", place_fields);
    all_records_get(file, &records, "/cells", cell_fields);
    all_records_get(file, &records, "/cells", scored_fields);
    all_records_get(file, &records, "/measured", measured_fields);
    cell_arrays_get_trial(file, trial);
    get_items(file, trial);
}

static void get_curve(struct hdf5_file *file, struct curve *curve)
{
    curve->count = hdf5_count(file, "/curve/step");
    curve->step = hdf5_allocate(file, curve->count, sizeof *curve->step);
    curve->loss = hdf5_allocate(file, curve->count, sizeof *curve->loss);
    curve->rate = hdf5_allocate(file, curve->count, sizeof *curve->rate);
    if (hdf5_failed(file))
        return;
    hdf5_get(file, curve->step, "/curve/step", HDF5_INTEGER, 1, &curve->count);
    hdf5_get(file, curve->loss, "/curve/loss", HDF5_REAL64, 1, &curve->count);
    hdf5_get(file, curve->rate, "/curve/rate", HDF5_REAL64, 1, &curve->count);
}

enum status trial_glance(struct trial_summary *out, const char *path, struct message *message)
{
    struct hdf5_file file;
    *out = (struct trial_summary){.failed = 0};
    hdf5_open(&file, path, "trial", message);
    size_t cells = hdf5_count(&file, "/cells/status"), one = 1;
    uint8_t *status = hdf5_allocate(&file, cells, sizeof *status);
    if (status) {
        hdf5_get(&file, status, "/cells/status", HDF5_BYTE, 1, &cells);
        hdf5_get(&file, &out->training_wall_time, "/measured/training_wall_time", HDF5_REAL64, 1, &one);
        hdf5_get(&file, &out->threads, "/measured/threads", HDF5_INTEGER, 1, &one);
    }
    for (size_t i = 0; i < cells && !hdf5_failed(&file); i++)
        out->failed += status[i] == CELL_FAILED;
    memory_release(status);
    return hdf5_close(&file);
}

enum status trial_read(struct trial *trial, const char *path, struct message *message)
{
    struct hdf5_file file;
    *trial = (struct trial){.cells = 0};
    hdf5_open(&file, path, "trial", message);
    fields_get(&file, trial, "", trial_fields, 0, 1);
    if (hdf5_has(&file, "/parent"))
        hdf5_copy_text(&file, trial->parent, ID_SIZE, "/parent");
    fields_get(&file, &trial->variant, "/variant", variant_fields, 0, 1);
    fields_get(&file, &trial->dataset, "/dataset", dataset_fields, 0, 1);
    fields_get(&file, &trial->configuration, "/configuration", configuration_fields, 0, 1);
    fields_get(&file, trial, "/measured", trial_measured_fields, 0, 1);
    size_t protocols = hdf5_count(&file, "/protocol/name");
    trial->protocol = hdf5_allocate(&file, protocols, sizeof *trial->protocol);
    if (trial->protocol) {
        trial->protocols = protocols;
        fields_get(&file, trial->protocol, "/protocol", protocol_fields, sizeof *trial->protocol, protocols);
    }
    get_cells(&file, trial);
    get_curve(&file, &trial->curve);
    trial->manifest = hdf5_get_text(&file, "/manifest");
    enum status status = hdf5_close(&file);
    if (status)
        trial_release(trial);
    return status;
}
