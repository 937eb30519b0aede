/* results_write.c -- results.h5: results/README.md is its schema. */
#include <inttypes.h>
#include <math.h>
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

static const char *const dimension_names[CELL_RANK] = {"/variant", "/dataset",  "/configuration", "/seed",
                                                       "/fold",    "/protocol", "/length"};

/* Auxiliary coordinates of what has all dimensions (CF section 5). */
static const char all_coordinates[] =
    "encoder positions trained_as evaluation_only dataset_version input_sha256 chance layers heads width"
    " end_token begin_token training_length steps parameters kind targets stride";

static void describe(struct hdf5_file *file, const char *path, const struct field *field)
{
    const double nothing = NAN;
    hdf5_attribute_text(file, path, "long_name", field->description);
    if (field->unit)
        hdf5_attribute_text(file, path, "units", field->unit);
    if (field->type == FIELD_REAL)
        hdf5_attribute(file, path, "_FillValue", HDF5_REAL64, &nothing, 1);
}

/* A dimension and its records: the name is the coordinate, other members stand along it. */
static void put_records(struct hdf5_file *file, const char *dimension, const struct field *fields,
                        const void *records, size_t stride, size_t count)
{
    char path[HDF5_PATH_SIZE];
    field_put(file, dimension, &fields[0], records, stride, 1, &count);
    hdf5_attribute_text(file, dimension, "long_name", fields[0].description);
    hdf5_scale(file, dimension);
    for (const struct field *field = fields + 1; field->name; field++) {
        snprintf(path, sizeof path, "/%s", field->name);
        field_put(file, path, field, records, stride, 1, &count);
        describe(file, path, field);
        hdf5_attach(file, path, 0, dimension);
    }
}

static void put_integers(struct hdf5_file *file, const char *dimension, const int64_t *values, size_t count,
                         const char *unit, const char *description)
{
    hdf5_put(file, dimension, HDF5_INTEGER, values, 1, &count);
    hdf5_attribute_text(file, dimension, "long_name", description);
    hdf5_attribute_text(file, dimension, "units", unit);
    hdf5_scale(file, dimension);
}

static void put_dimensions(struct hdf5_file *file, const struct results *results)
{
    put_records(file, "/variant", variant_fields, results->variant, sizeof *results->variant,
                results->variants);
    put_records(file, "/dataset", dataset_fields, results->dataset, sizeof *results->dataset,
                results->datasets);
    put_records(file, "/configuration", configuration_fields, results->configuration,
                sizeof *results->configuration, results->configurations);
    put_integers(file, "/seed", results->seed, results->seeds, "1", "seed");
    put_integers(file, "/fold", results->fold, results->folds, "1", "fold; 0 when unused");
    put_records(file, "/protocol", protocol_fields, results->protocol, sizeof *results->protocol,
                results->protocols);
    put_integers(file, "/length", results->length, results->lengths, "token", "evaluation length n");
}

static void attach_all(struct hdf5_file *file, const char *path, size_t rank, const size_t *dimensions)
{
    for (size_t d = 0; d < rank; d++)
        hdf5_attach(file, path, d, dimension_names[dimensions[d]]);
}

/* Members of all cells over C, in a group ("" = the root). */
static void put_cells(struct hdf5_file *file, const char *group, const struct field *fields,
                      const struct results *results)
{
    static const size_t all[CELL_RANK] = {0, 1, 2, 3, 4, 5, 6};
    const struct records cells = {.at = results->cell,
                                  .stride = sizeof *results->cell,
                                  .count = results->cells,
                                  .place = results->place,
                                  .empty = &cell_not_asked};
    char path[HDF5_PATH_SIZE];
    size_t extent[CELL_RANK];
    results_extents(extent, results);
    for (const struct field *field = fields; field->name; field++) {
        snprintf(path, sizeof path, "%s/%s", group, field->name);
        records_put(file, path, field, &cells, CELL_RANK, extent);
        describe(file, path, field);
        attach_all(file, path, CELL_RANK, all);
        if (group[0] == '\0') /* readers look for coordinates in the group itself */
            hdf5_attribute_text(file, path, "coordinates", all_coordinates);
    }
}

static void describe_status(struct hdf5_file *file)
{
    const uint8_t values[] = {CELL_NOT_ASKED, CELL_MEASURED, CELL_REFUSED, CELL_FAILED, CELL_MISSING};
    hdf5_attribute(file, "/status", "flag_values", HDF5_BYTE, values, sizeof values);
    hdf5_attribute_text(file, "/status", "flag_meanings", "not_asked measured refused failed missing");
}

/* scored_tokens and scored_sha256 over (dataset, configuration, fold, protocol, length), from any cell
 * that was measured there: merging checked that all agree. */
static void put_scored(struct hdf5_file *file, const struct results *results)
{
    static const size_t dimensions[SCORED_RANK] = {1, 2, 4, 5, 6};
    const size_t extent[SCORED_RANK] = {results->datasets, results->configurations, results->folds,
                                        results->protocols, results->lengths};
    size_t count = 0;
    store_product(&count, extent, SCORED_RANK);
    struct cell *scored = hdf5_allocate(file, count, sizeof *scored);
    if (!scored)
        return;
    for (size_t i = 0; i < count; i++)
        cell_clear(&scored[i]);
    for (size_t i = 0; i < results->cells; i++)
        if (results->cell[i].status == CELL_MEASURED)
            cell_share_scored(&scored[results_scored_index(results, results->place[i])], &results->cell[i]);
    char path[HDF5_PATH_SIZE];
    for (const struct field *field = scored_fields; field->name; field++) {
        snprintf(path, sizeof path, "/%s", field->name);
        field_put(file, path, field, scored, sizeof *scored, SCORED_RANK, extent);
        describe(file, path, field);
        attach_all(file, path, SCORED_RANK, dimensions);
    }
    memory_release(scored);
}

/* steps and parameters over (variant, dataset, configuration). */
static void put_budgets(struct hdf5_file *file, const struct results *results)
{
    static const size_t dimensions[BUDGET_RANK] = {0, 1, 2};
    char path[HDF5_PATH_SIZE];
    size_t extent[CELL_RANK];
    results_extents(extent, results);
    for (const struct field *field = budget_fields; field->name; field++) {
        snprintf(path, sizeof path, "/%s", field->name);
        field_put(file, path, field, results->budget, sizeof *results->budget, BUDGET_RANK, extent);
        describe(file, path, field);
        attach_all(file, path, BUDGET_RANK, dimensions);
    }
}

static void put_training_ids(struct hdf5_file *file, const struct results *results)
{
    static const size_t dimensions[TRAINING_RANK] = {0, 1, 2, 3, 4};
    size_t extent[CELL_RANK];
    results_extents(extent, results);
    field_put(file, "/training_id", &training_id_field, results->training_id, sizeof *results->training_id,
              TRAINING_RANK, extent);
    describe(file, "/training_id", &training_id_field);
    attach_all(file, "/training_id", TRAINING_RANK, dimensions);
}

static void put_curve(struct hdf5_file *file, const char *group, const struct curve *curve)
{
    const struct field loss = {"curve_loss",   FIELD_REAL, 0,
                               sizeof(double), "nat",      "training loss at the step"};
    const struct field rate = {"curve_rate", FIELD_REAL, 0, sizeof(double), "1", "learning rate at the step"};
    const struct {
        const struct field *field;
        const double *values;
    } lines[] = {{&loss, curve->loss}, {&rate, curve->rate}};
    char step[HDF5_PATH_SIZE], path[HDF5_PATH_SIZE];
    snprintf(step, sizeof step, "%s/curve_step", group);
    put_integers(file, step, curve->step, curve->count, "1", "training step");
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", group, lines[i].field->name);
        hdf5_put(file, path, HDF5_REAL64, lines[i].values, 1, &curve->count);
        describe(file, path, lines[i].field);
        hdf5_attach(file, path, 0, step);
    }
}

static void put_trainings(struct hdf5_file *file, const struct results *results)
{
    char group[HDF5_GROUP_SIZE], path[HDF5_PATH_SIZE];
    hdf5_group(file, "/trials");
    for (size_t i = 0; i < results->trainings; i++) {
        const struct training_record *training = &results->training[i];
        snprintf(group, sizeof group, "/trials/%s", training->id);
        hdf5_group(file, group);
        snprintf(path, sizeof path, "%s/manifest", group);
        hdf5_put_text(file, path, training->manifest ? training->manifest : "");
        snprintf(path, sizeof path, "%s/parent", group);
        if (training->parent[0])
            hdf5_put_text(file, path, training->parent);
        if (training->curve.count > 0)
            put_curve(file, group, &training->curve);
    }
}

/* What may differ between two runs. */
static void put_measured(struct hdf5_file *file, const struct results *results)
{
    const size_t stride = sizeof *results->training;
    char path[HDF5_PATH_SIZE];
    hdf5_group(file, "/measured");
    put_cells(file, "/measured", measured_fields, results);
    field_put(file, "/measured/training", &training_record_id, results->training, stride, 1,
              &results->trainings);
    hdf5_attribute_text(file, "/measured/training", "long_name", training_record_id.description);
    hdf5_scale(file, "/measured/training");
    for (const struct field *field = training_fields; field->name; field++) {
        snprintf(path, sizeof path, "/measured/%s", field->name);
        field_put(file, path, field, results->training, stride, 1, &results->trainings);
        describe(file, path, field);
        hdf5_attach(file, path, 0, "/measured/training");
    }
}

/* The sweep, one candidate after the other. */
static void put_tuning(struct hdf5_file *file, const struct results *results)
{
    char path[HDF5_PATH_SIZE];
    if (results->tunings == 0)
        return;
    hdf5_group(file, "/tuning");
    fields_put(file, "/tuning", tuning_fields, results->tuning, sizeof *results->tuning, results->tunings);
    for (const struct field *field = tuning_fields; field->name; field++) {
        snprintf(path, sizeof path, "/tuning/%s", field->name);
        describe(file, path, field);
    }
}

/* What the experiment said beforehand. */
static void put_claims(struct hdf5_file *file, const struct results *results)
{
    char path[HDF5_PATH_SIZE];
    if (results->claims == 0)
        return;
    hdf5_group(file, "/claims");
    fields_put(file, "/claims", claim_fields, results->claim, sizeof *results->claim, results->claims);
    for (const struct field *field = claim_fields; field->name; field++) {
        snprintf(path, sizeof path, "/claims/%s", field->name);
        describe(file, path, field);
    }
}

enum status results_write(const char *path, const struct results *results, struct message *message)
{
    struct hdf5_file file;
    hdf5_create(&file, path, "results", message);
    hdf5_attribute_text(&file, "/", "Conventions", "CF-1.10");
    hdf5_attribute_text(&file, "/", "title", results->title);
    hdf5_attribute_text(&file, "/", "source", "lexbench " LEXBENCH_VERSION);
    hdf5_attribute_text(&file, "/", "lexbench_version", LEXBENCH_VERSION);
    hdf5_attribute(&file, "/", "numerics_revision", HDF5_INTEGER, &results->numerics_revision, 1);
    hdf5_attribute_text(&file, "/", "instruction_set", results->instruction_set);
    if (results->mixed)
        hdf5_attribute_text(&file, "/", "mixed", results->mixed);
    put_dimensions(&file, results);
    put_cells(&file, "", cell_fields, results);
    describe_status(&file);
    put_training_ids(&file, results);
    put_budgets(&file, results);
    put_scored(&file, results);
    cell_arrays_put(&file, results);
    put_trainings(&file, results);
    results_put_items(&file, results);
    put_tuning(&file, results);
    put_claims(&file, results);
    put_measured(&file, results);
    return hdf5_publish(&file);
}
