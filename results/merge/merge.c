/* merge.c -- taking sources in: their dimensions, trainings and cells, each kept once. */
#include "results/merge/merge_private.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/findings/tuning.h"
#include "results/store/cell.h"
#include "results/store/curve.h"
#include "results/store/records.h"
#include "results/store/results.h"
#include "results/store/store_private.h"
#include "results/store/trial.h"
#include "support/memory.h"
#include "support/names.h"

static const struct field set_fields[] = {
    {"instruction_set", FIELD_TEXT, 0, NAME_SIZE, NULL, "instruction set"},
    {.name = NULL},
};

enum status merger_create(struct merger **out, const struct merge_options *options, struct message *message)
{
    struct merger *merger = memory_allocate(1, sizeof *merger, "a merge", message);
    *out = merger;
    if (!merger)
        return STATUS_FAILED;
    merger->options = *options;
    merger->variants =
        (struct axis){.what = "variant", .fields = variant_fields, .size = sizeof(struct variant_record)};
    merger->datasets = (struct axis){.what = "dataset",
                                     .fields = dataset_fields,
                                     .names_groups = true,
                                     .size = sizeof(struct dataset_record)};
    merger->configurations = (struct axis){
        .what = "configuration", .fields = configuration_fields, .size = sizeof(struct configuration_record)};
    merger->protocols = (struct axis){.what = "protocol",
                                      .fields = protocol_fields,
                                      .names_groups = true,
                                      .size = sizeof(struct protocol_record)};
    merger->instruction_sets =
        (struct axis){.what = "instruction set", .fields = set_fields, .size = NAME_SIZE};
    return STATUS_OK;
}

static void release_axis(struct axis *axis)
{
    memory_release(axis->records);
    memory_release(axis->origin);
}

void merger_release(struct merger *merger)
{
    if (!merger)
        return;
    for (size_t i = 0; i < merger->entries; i++)
        cell_release(&merger->cell[i]);
    for (size_t i = 0; i < merger->trainings; i++) {
        memory_release(merger->training[i].manifest);
        curve_release(&merger->training[i].curve);
    }
    for (size_t i = 0; i < merger->sources; i++)
        memory_release(merger->source[i]);
    release_axis(&merger->variants);
    release_axis(&merger->datasets);
    release_axis(&merger->configurations);
    release_axis(&merger->protocols);
    release_axis(&merger->instruction_sets);
    memory_release(merger->revisions.values);
    memory_release(merger->seeds.values);
    memory_release(merger->folds.values);
    memory_release(merger->lengths.values);
    texts_release(&merger->texts);
    lookup_release(&merger->row_of);
    lookup_release(&merger->entry_of);
    lookup_release(&merger->training_of);
    text_release(&merger->mixed);
    memory_release(merger->depth);
    memory_release(merger->source);
    memory_release(merger->row);
    memory_release(merger->entry);
    memory_release(merger->cell);
    memory_release(merger->training);
    memory_release(merger->tuning);
    memory_release(merger->claim);
    memory_release(merger);
}

void merger_note_mixed(struct merger *merger, const char *format, ...)
{
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    for (const char *at = text_string(&merger->mixed); *at;) {
        size_t length = strcspn(at, "\n");
        if (length == strlen(line) && memcmp(at, line, length) == 0)
            return;
        at += length + (at[length] == '\n');
    }
    text_append(&merger->mixed, "%s%s", merger->mixed.length > 0 ? "\n" : "", line);
}

/* ------------------------------------------------------------------------------------ what a source is */

/* What is true of all that a source holds. */
struct origin {
    const char *name, *title, *instruction_set;
    int64_t numerics_revision;
};

/* Keeps the name of the source, for sentences, and checks that it fits the others. */
static enum status begin_source(struct merger *merger, struct origin *origin, struct message *message)
{
    void *names = merger->source;
    char set[NAME_SIZE] = "";
    enum status status = memory_grow(&names, &merger->source_capacity, merger->sources + 1,
                                     sizeof *merger->source, "the sources of a merge", message);
    merger->source = names;
    if (status)
        return status;
    char *name = store_copy(origin->name, strlen(origin->name) + 1, 1, "the name of a source", message);
    if (!name)
        return STATUS_FAILED;
    origin->name = merger->source[merger->sources++] = name;
    if (merger->sources == 1 || strcmp(origin->title, merger->title) < 0)
        snprintf(merger->title, sizeof merger->title, "%s", origin->title);
    snprintf(set, sizeof set, "%s", origin->instruction_set);
    status = integer_axis_add(&merger->revisions, origin->numerics_revision, message);
    if (!status)
        status = axis_add(&merger->instruction_sets, NULL, NULL, set, name, message);
    if (status || merger->options.allow_mixed)
        return status;
    if (merger->revisions.count > 1) {
        int64_t other = merger->revisions.values[merger->revisions.values[0] == origin->numerics_revision];
        return message_set(message, STATUS_FAILED,
                           "two numerics revisions do not mix: %s has %" PRId64 " and %s has %" PRId64
                           "; run the older again (--allow-mixed merges them all the same)",
                           merger->source[0], other, name, origin->numerics_revision);
    }
    if (merger->instruction_sets.count > 1)
        return message_set(
            message, STATUS_FAILED,
            "two instruction sets do not mix: %s used %s and %s used %s; run all with the same "
            "one (--allow-mixed merges them all the same)",
            merger->source[0], (const char *)merger->instruction_sets.records, name, set);
    return STATUS_OK;
}

static enum status add_dataset(struct merger *merger, size_t *at, const struct dataset_record *record,
                               const char *source, struct message *message)
{
    const struct field *differs = NULL;
    enum status status = axis_add(&merger->datasets, at, merger->options.allow_mixed ? &differs : NULL,
                                  record, source, message);
    if (differs)
        merger_note_mixed(merger, "%s of dataset %s", differs->name, record->name);
    return status;
}

/* --------------------------------------------------------------------------------------------- a trial */

/* The index of the cell's protocol, which the trial must describe. */
static enum status find_protocol(const struct merger *merger, size_t *at, const struct trial *trial,
                                 const struct cell *cell, const char *source, struct message *message)
{
    for (size_t i = 0; i < trial->protocols; i++)
        if (strcmp(trial->protocol[i].name, cell->protocol) == 0) {
            *at = axis_find(merger->protocols.records, merger->protocols.count, merger->protocols.size,
                            cell->protocol);
            return STATUS_OK;
        }
    return message_set(message, STATUS_FAILED, "%s has a cell of protocol `%s`, which it does not describe",
                       source, cell->protocol);
}

static enum status add_cells(struct merger *merger, const struct trial *trial, size_t row, const char *source,
                             struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < trial->protocols && !status; i++)
        status = axis_add(&merger->protocols, NULL, NULL, &trial->protocol[i], source, message);
    for (size_t i = 0; i < trial->cells && !status; i++) {
        size_t protocol = 0;
        status = find_protocol(merger, &protocol, trial, &trial->cell[i], source, message);
        if (!status)
            status = integer_axis_add(&merger->lengths, trial->cell[i].length, message);
        if (!status)
            status = merger_keep_cell(merger, row, protocol, &trial->cell[i], source, message);
    }
    return status;
}

static enum status add_tunings(struct merger *merger, const struct tuning_record *records, size_t count,
                               struct message *message)
{
    void *block = merger->tuning;
    enum status status = memory_grow(&block, &merger->tuning_capacity, merger->tunings + count,
                                     sizeof *merger->tuning, "the records of a tuning", message);
    merger->tuning = block;
    if (!status && count > 0)
        memcpy(&merger->tuning[merger->tunings], records, count * sizeof *records);
    merger->tunings += !status ? count : 0;
    return status;
}

enum status merger_add_trial(struct merger *merger, const struct trial *trial, const char *source,
                             struct message *message)
{
    struct origin origin = {source, trial->experiment, trial->instruction_set, trial->numerics_revision};
    struct training_record training = {.manifest = trial->manifest,
                                       .curve = trial->curve,
                                       .wall_time = trial->training_wall_time,
                                       .threads = trial->threads};
    struct row row = {.key = {.seed = trial->seed, .fold = trial->fold},
                      .budget = {trial->steps, trial->parameters}};
    size_t at = 0;
    enum status status = begin_source(merger, &origin, message);
    row.source = origin.name;
    memcpy(row.training_id, trial->training_id, ID_SIZE);
    memcpy(training.id, trial->training_id, ID_SIZE);
    memcpy(training.parent, trial->parent, ID_SIZE);
    memcpy(training.host, trial->host, NAME_SIZE);
    if (!status && trial->tuning[0] != '\0') { /* no cell: it scores the validation block */
        struct tuning_record record;
        tuning_take(&record, trial);
        return add_tunings(merger, &record, 1, message);
    }
    if (!status)
        status = merger_keep_depths(merger, trial->depth, trial->depths, origin.name, message);
    if (!status)
        status = axis_add(&merger->variants, &row.key.variant, NULL, &trial->variant, origin.name, message);
    if (!status)
        status = add_dataset(merger, &row.key.dataset, &trial->dataset, origin.name, message);
    if (!status)
        status = axis_add(&merger->configurations, &row.key.configuration, NULL, &trial->configuration,
                          origin.name, message);
    if (!status)
        status = merger_keep_row(merger, &at, &row, message);
    if (!status)
        status = merger_keep_training(merger, &training, origin.name, message);
    return !status ? add_cells(merger, trial, at, origin.name, message) : status;
}

/* ---------------------------------------------------------------------------- the results of a merge */

/* Where the names of a results file stand in the axes. */
struct names {
    size_t *variant, *dataset, *configuration, *protocol;
};

static enum status add_names(struct merger *merger, struct names *names, const struct results *results,
                             const char *source, struct message *message)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < results->variants && !status; i++)
        status = axis_add(&merger->variants, &names->variant[i], NULL, &results->variant[i], source, message);
    for (size_t i = 0; i < results->datasets && !status; i++)
        status = add_dataset(merger, &names->dataset[i], &results->dataset[i], source, message);
    for (size_t i = 0; i < results->configurations && !status; i++)
        status = axis_add(&merger->configurations, &names->configuration[i], NULL, &results->configuration[i],
                          source, message);
    for (size_t i = 0; i < results->protocols && !status; i++)
        status =
            axis_add(&merger->protocols, &names->protocol[i], NULL, &results->protocol[i], source, message);
    for (size_t i = 0; i < results->lengths && !status; i++)
        status = integer_axis_add(&merger->lengths, results->length[i], message);
    return status;
}

/* The row of one training of the results, by its index there. */
static enum status add_training(struct merger *merger, size_t *kept, const struct names *names,
                                const struct results *results, size_t training, const char *source,
                                struct message *message)
{
    size_t at[CELL_RANK];
    results_coordinates(at, results, training, TRAINING_RANK);
    struct row row = {.key = {names->variant[at[0]], names->dataset[at[1]], names->configuration[at[2]],
                              results->seed[at[3]], results->fold[at[4]]},
                      .budget = results->budget[training / (results->seeds * results->folds)],
                      .source = source};
    memcpy(row.training_id, results->training_id[training], ID_SIZE);
    return merger_keep_row(merger, kept, &row, message);
}

static enum status add_places(struct merger *merger, const struct names *names, const struct results *results,
                              const char *source, struct message *message)
{
    const size_t inner = results->protocols * results->lengths;
    size_t extent[CELL_RANK], count = 0, cell = 0;
    enum status status = STATUS_OK;
    results_extents(extent, results);
    store_product(&count, extent, TRAINING_RANK);
    for (size_t i = 0; i < count && !status; i++) {
        const bool there = results->training_id[i][0] != '\0';
        size_t kept = 0;
        if (there)
            status = add_training(merger, &kept, names, results, i, source, message);
        for (; cell < results->cells && results->place[cell] / inner == i && !status; cell++)
            if (there)
                status = merger_keep_cell(merger, kept,
                                          names->protocol[results->place[cell] % inner / results->lengths],
                                          &results->cell[cell], source, message);
    }
    for (size_t i = 0; i < results->trainings && !status; i++)
        status = merger_keep_training(merger, &results->training[i], source, message);
    return status;
}

/* Is a source that is a mixture itself allowed?  Then it stays on record. */
static enum status take_mixture(struct merger *merger, const struct results *results, const char *source,
                                struct message *message)
{
    const size_t first = results->mixed ? strcspn(results->mixed, "\n") : 0;
    if (!results->mixed)
        return STATUS_OK;
    if (!merger->options.allow_mixed)
        return message_set(message, STATUS_FAILED,
                           "%s is a mixture (%.*s); --allow-mixed merges it all the same", source,
                           (int)(first < 300 ? first : 300), results->mixed);
    for (const char *line = results->mixed; *line;) {
        size_t length = strcspn(line, "\n");
        merger_note_mixed(merger, "%.*s", (int)length, line);
        line += length + (line[length] == '\n');
    }
    return STATUS_OK;
}

enum status merger_add_results(struct merger *merger, const struct results *results, const char *source,
                               struct message *message)
{
    struct origin origin = {source, results->title, results->instruction_set, results->numerics_revision};
    const size_t size = sizeof(size_t);
    struct names names = {.variant = memory_allocate(results->variants, size, "a merge", message),
                          .dataset = memory_allocate(results->datasets, size, "a merge", message),
                          .configuration = memory_allocate(results->configurations, size, "a merge", message),
                          .protocol = memory_allocate(results->protocols, size, "a merge", message)};
    enum status status =
        names.variant && names.dataset && names.configuration && names.protocol ? STATUS_OK : STATUS_FAILED;
    if (!status)
        status = begin_source(merger, &origin, message);
    if (!status)
        status = take_mixture(merger, results, origin.name, message);
    if (!status)
        status = merger_keep_depths(merger, results->depth, results->depths, origin.name, message);
    if (!status)
        status = add_names(merger, &names, results, origin.name, message);
    if (!status)
        status = add_places(merger, &names, results, origin.name, message);
    if (!status)
        status = add_tunings(merger, results->tuning, results->tunings, message);
    if (!status)
        status = merger_keep_claims(merger, results, origin.name, message);
    memory_release(names.variant);
    memory_release(names.dataset);
    memory_release(names.configuration);
    memory_release(names.protocol);
    return status;
}
