/* results_read.c -- results.h5 back into memory. */
#include <stdio.h>
#include <string.h>

#include "results/store/cell.h"
#include "results/store/cell_arrays_file.h"
#include "results/store/curve.h"
#include "results/store/fields.h"
#include "results/store/hdf5_helpers.h"
#include "results/store/records.h"
#include "results/store/results.h"
#include "results/store/results_items.h"
#include "results/store/store_private.h"
#include "support/memory.h"
#include "support/names.h"

/* A dimension and the records along it: what put_records of results_write.c wrote. */
static void *get_records(struct hdf5_file *file, size_t *count, const char *dimension,
                         const struct field *fields, size_t size)
{
    char path[HDF5_PATH_SIZE];
    size_t found = hdf5_count(file, dimension);
    void *records = hdf5_allocate(file, found, size);
    if (!records)
        return NULL;
    *count = found;
    field_get(file, records, dimension, &fields[0], size, 1, &found);
    for (const struct field *field = fields + 1; field->name; field++) {
        snprintf(path, sizeof path, "/%s", field->name);
        field_get(file, records, path, field, size, 1, &found);
    }
    return records;
}

static int64_t *get_integers(struct hdf5_file *file, size_t *count, const char *dimension)
{
    size_t found = hdf5_count(file, dimension);
    int64_t *values = hdf5_allocate(file, found, sizeof *values);
    if (!values)
        return NULL;
    *count = found;
    hdf5_get(file, values, dimension, HDF5_INTEGER, 1, &found);
    return values;
}

static void get_dimensions(struct hdf5_file *file, struct results *results)
{
    results->variant =
        get_records(file, &results->variants, "/variant", variant_fields, sizeof *results->variant);
    results->dataset =
        get_records(file, &results->datasets, "/dataset", dataset_fields, sizeof *results->dataset);
    results->configuration = get_records(file, &results->configurations, "/configuration",
                                         configuration_fields, sizeof *results->configuration);
    results->seed = get_integers(file, &results->seeds, "/seed");
    results->fold = get_integers(file, &results->folds, "/fold");
    results->protocol =
        get_records(file, &results->protocols, "/protocol", protocol_fields, sizeof *results->protocol);
    results->length = get_integers(file, &results->lengths, "/length");
    if (!hdf5_failed(file))
        file->status = results_allocate_trainings(results, file->message);
}

/* The places that were asked, by their status. */
struct asked {
    struct hdf5_file *file;
    size_t count, capacity, *place;
};

static void take_asked(void *context, const void *values, size_t first, size_t count)
{
    struct asked *asked = context;
    const uint8_t *status = values;
    for (size_t i = 0; i < count && !hdf5_failed(asked->file); i++) {
        void *block = asked->place;
        if (status[i] == CELL_NOT_ASKED)
            continue;
        asked->file->status = memory_grow(&block, &asked->capacity, asked->count + 1, sizeof *asked->place,
                                          "the places of the results", asked->file->message);
        asked->place = block;
        if (!hdf5_failed(asked->file))
            asked->place[asked->count++] = first + i;
    }
}

/* A cell for each place that was asked, without what stands there. */
static void find_cells(struct hdf5_file *file, struct results *results)
{
    struct asked asked = {.file = file};
    size_t extent[CELL_RANK];
    results_extents(extent, results);
    if (!hdf5_failed(file))
        hdf5_get_slabs(file, "/status", HDF5_BYTE, CELL_RANK, extent, take_asked, &asked);
    if (!hdf5_failed(file))
        file->status = results_allocate_cells(results, asked.count, file->message);
    for (size_t i = 0; i < results->cells; i++) {
        results->place[i] = asked.place[i];
        results->cell[i] = cell_not_asked;
        results->cell[i].length = results->length[asked.place[i] % results->lengths];
    }
    memory_release(asked.place);
}

static void get_cells(struct hdf5_file *file, struct results *results, const char *group,
                      const struct field *fields)
{
    const struct records cells = {.at = results->cell,
                                  .stride = sizeof *results->cell,
                                  .count = results->cells,
                                  .place = results->place,
                                  .texts = &results->texts};
    char path[HDF5_PATH_SIZE];
    size_t extent[CELL_RANK];
    results_extents(extent, results);
    for (const struct field *field = fields; field->name && !hdf5_failed(file); field++) {
        snprintf(path, sizeof path, "%s/%s", group, field->name);
        records_get(file, &cells, path, field, CELL_RANK, extent);
    }
}

/* The scored set of a place, to every cell that was measured there. */
static void get_scored(struct hdf5_file *file, struct results *results)
{
    const size_t extent[SCORED_RANK] = {results->datasets, results->configurations, results->folds,
                                        results->protocols, results->lengths};
    size_t count = 0;
    store_product(&count, extent, SCORED_RANK);
    struct cell *scored = hdf5_allocate(file, count, sizeof *scored);
    const struct records sets = {
        .at = scored, .stride = sizeof *scored, .count = count, .texts = &results->texts};
    if (!scored)
        return;
    for (const struct field *field = scored_fields; field->name; field++) {
        char path[HDF5_PATH_SIZE];
        snprintf(path, sizeof path, "/%s", field->name);
        records_get(file, &sets, path, field, SCORED_RANK, extent);
    }
    for (size_t i = 0; i < results->cells && !hdf5_failed(file); i++)
        if (results->cell[i].status == CELL_MEASURED)
            cell_share_scored(&results->cell[i], &scored[results_scored_index(results, results->place[i])]);
    memory_release(scored);
}

static void get_budgets(struct hdf5_file *file, struct results *results)
{
    char path[HDF5_PATH_SIZE];
    size_t extent[CELL_RANK];
    results_extents(extent, results);
    for (const struct field *field = budget_fields; field->name && !hdf5_failed(file); field++) {
        snprintf(path, sizeof path, "/%s", field->name);
        field_get(file, results->budget, path, field, sizeof *results->budget, BUDGET_RANK, extent);
    }
}

static void get_curve(struct hdf5_file *file, struct curve *curve, const char *group)
{
    char path[HDF5_PATH_SIZE];
    snprintf(path, sizeof path, "%s/curve_step", group);
    size_t count = hdf5_has(file, path) ? hdf5_count(file, path) : 0;
    curve->step = hdf5_allocate(file, count, sizeof *curve->step);
    curve->loss = hdf5_allocate(file, count, sizeof *curve->loss);
    curve->rate = hdf5_allocate(file, count, sizeof *curve->rate);
    curve->count = count;
    if (hdf5_failed(file) || count == 0)
        return;
    hdf5_get(file, curve->step, path, HDF5_INTEGER, 1, &count);
    snprintf(path, sizeof path, "%s/curve_loss", group);
    hdf5_get(file, curve->loss, path, HDF5_REAL64, 1, &count);
    snprintf(path, sizeof path, "%s/curve_rate", group);
    hdf5_get(file, curve->rate, path, HDF5_REAL64, 1, &count);
}

static void get_trainings(struct hdf5_file *file, struct results *results)
{
    const size_t stride = sizeof *results->training;
    size_t count = hdf5_count(file, "/measured/training");
    results->training = hdf5_allocate(file, count, stride);
    if (!results->training)
        return;
    results->trainings = count;
    field_get(file, results->training, "/measured/training", &training_record_id, stride, 1, &count);
    fields_get(file, results->training, "/measured", training_fields, stride, count);
    for (size_t i = 0; i < count && !hdf5_failed(file); i++) {
        struct training_record *training = &results->training[i];
        char group[HDF5_GROUP_SIZE], path[HDF5_PATH_SIZE];
        snprintf(group, sizeof group, "/trials/%s", training->id);
        snprintf(path, sizeof path, "%s/manifest", group);
        training->manifest = hdf5_get_text(file, path);
        snprintf(path, sizeof path, "%s/parent", group);
        if (hdf5_has(file, path))
            hdf5_copy_text(file, training->parent, ID_SIZE, path);
        get_curve(file, &training->curve, group);
    }
}

static void get_title(struct hdf5_file *file, struct results *results)
{
    const struct {
        char *out;
        const char *name;
    } texts[] = {{results->title, "title"}, {results->instruction_set, "instruction_set"}};
    for (size_t i = 0; i < 2; i++) {
        char *text = hdf5_get_attribute_text(file, "/", texts[i].name);
        if (text)
            snprintf(texts[i].out, NAME_SIZE, "%s", text);
        memory_release(text);
    }
    results->numerics_revision = hdf5_get_attribute_integer(file, "/", "numerics_revision");
    if (hdf5_has_attribute(file, "/", "mixed"))
        results->mixed = hdf5_get_attribute_text(file, "/", "mixed");
}

static void get_tuning(struct hdf5_file *file, struct results *results)
{
    if (hdf5_failed(file) || !hdf5_has(file, "/tuning"))
        return;
    size_t count = hdf5_count(file, "/tuning/candidate");
    results->tuning = hdf5_allocate(file, count, sizeof *results->tuning);
    if (!results->tuning)
        return;
    results->tunings = count;
    fields_get(file, results->tuning, "/tuning", tuning_fields, sizeof *results->tuning, count);
}

static void get_claims(struct hdf5_file *file, struct results *results)
{
    if (hdf5_failed(file) || !hdf5_has(file, "/claims"))
        return;
    size_t count = hdf5_count(file, "/claims/name");
    results->claim = hdf5_allocate(file, count, sizeof *results->claim);
    if (!results->claim)
        return;
    results->claims = count;
    fields_get(file, results->claim, "/claims", claim_fields, sizeof *results->claim, count);
}

enum status results_read(struct results *results, const char *path, struct message *message)
{
    struct hdf5_file file;
    *results = (struct results){.variants = 0};
    hdf5_open(&file, path, "results", message);
    get_title(&file, results);
    get_dimensions(&file, results);
    find_cells(&file, results);
    get_cells(&file, results, "", cell_fields);
    get_cells(&file, results, "/measured", measured_fields);
    get_scored(&file, results);
    cell_arrays_get(&file, results);
    get_budgets(&file, results);
    get_trainings(&file, results);
    get_tuning(&file, results);
    get_claims(&file, results);
    if (!hdf5_failed(&file)) {
        size_t extent[CELL_RANK];
        results_extents(extent, results);
        field_get(&file, results->training_id, "/training_id", &training_id_field, ID_SIZE, TRAINING_RANK,
                  extent);
        results_get_items(&file, results);
    }
    enum status status = hdf5_close(&file);
    if (status)
        results_release(results);
    return status;
}
