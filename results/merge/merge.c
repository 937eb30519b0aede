/* merge.c -- taking sources in: their dimensions, trainings and cells, each kept once and equal to every
 * other of its place. */
#include "results/merge/merge_private.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/findings/tuning.h"
#include "results/store/cell.h"
#include "results/store/cell_arrays.h"
#include "results/store/curve.h"
#include "results/store/fields.h"
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

/* ---- trainings ---- */

struct id_search {
    const struct merger *merger;
    const char *id;
};

static bool same_training(const void *context, size_t position)
{
    const struct id_search *search = context;
    return strcmp(search->merger->training[position].id, search->id) == 0;
}

/* The first source that holds a training. */
static const char *first_source(const struct merger *merger, const char *id)
{
    size_t i = 0;
    while (strcmp(merger->row[i].training_id, id) != 0) /* its row was kept before it */
        i++;
    return merger->row[i].source;
}

/* The curve of a training that is there already; an evaluation added later need not bring it again. */
static enum status meet_training(const struct merger *merger, struct training_record *kept,
                                 const struct training_record *other, const char *source,
                                 struct message *message)
{
    const struct curve *a = &kept->curve, *b = &other->curve;
    if (b->count == 0)
        return STATUS_OK;
    if (a->count == 0) {
        curve_release(&kept->curve);
        return curve_copy(&kept->curve, b, message);
    }
    if (a->count != b->count || memcmp(a->step, b->step, a->count * sizeof *a->step) != 0 ||
        memcmp(a->loss, b->loss, a->count * sizeof *a->loss) != 0 ||
        memcmp(a->rate, b->rate, a->count * sizeof *a->rate) != 0)
        return message_set(message, STATUS_FAILED,
                           "two trainings have the id %s: their curves differ in %s and %s", kept->id,
                           first_source(merger, kept->id), source);
    return STATUS_OK;
}

static enum status keep_training(struct merger *merger, const struct training_record *training,
                                 const char *source, struct message *message)
{
    const struct id_search search = {merger, training->id};
    const uint64_t hash = lookup_hash(training->id, strlen(training->id));
    size_t at = lookup_find(&merger->training_of, hash, same_training, &search);
    if (at != SIZE_MAX)
        return meet_training(merger, &merger->training[at], training, source, message);
    void *trainings = merger->training;
    enum status status = memory_grow(&trainings, &merger->training_capacity, merger->trainings + 1,
                                     sizeof *merger->training, "the trainings", message);
    merger->training = trainings;
    if (!status)
        status = lookup_add(&merger->training_of, hash, merger->trainings, message);
    if (status)
        return status;
    struct training_record *kept = &merger->training[merger->trainings++];
    const char *manifest = training->manifest ? training->manifest : "";
    *kept = *training;
    kept->curve = (struct curve){.count = 0};
    kept->manifest = store_copy(manifest, strlen(manifest) + 1, 1, "a manifest", message);
    return kept->manifest ? curve_copy(&kept->curve, &training->curve, message) : STATUS_FAILED;
}

/* ---- places of trainings ---- */

struct row_search {
    const struct merger *merger;
    struct row_key key;
};

static bool same_row(const void *context, size_t position)
{
    const struct row_search *search = context;
    return memcmp(&search->merger->row[position].key, &search->key, sizeof search->key) == 0;
}

static void print_row(char *out, size_t size, const struct merger *merger, const struct row_key *key)
{
    const struct variant_record *variant = merger->variants.records;
    const struct dataset_record *dataset = merger->datasets.records;
    const struct configuration_record *configuration = merger->configurations.records;
    snprintf(out, size, "variant %s, dataset %s, configuration %s, seed %" PRId64 ", fold %" PRId64,
             variant[key->variant].name, dataset[key->dataset].name, configuration[key->configuration].name,
             key->seed, key->fold);
}

/* *at: the index of the row of these coordinates, which has this training or is refused. */
static enum status keep_row(struct merger *merger, size_t *at, const struct row *row, struct message *message)
{
    const struct row_search search = {merger, row->key};
    const uint64_t hash = lookup_hash(&row->key, sizeof row->key);
    char place[400];
    *at = lookup_find(&merger->row_of, hash, same_row, &search);
    if (*at != SIZE_MAX) {
        struct row *kept = &merger->row[*at];
        if (kept->budget.parameters == 0)
            kept->budget.parameters = row->budget.parameters;
        if (strcmp(kept->training_id, row->training_id) == 0)
            return STATUS_OK;
        print_row(place, sizeof place, merger, &row->key);
        return message_set(message, STATUS_FAILED,
                           "%s and %s hold two trainings of one place, %s: %s and %s; merge one of the two",
                           kept->source, row->source, place, kept->training_id, row->training_id);
    }
    void *rows = merger->row;
    enum status status = memory_grow(&rows, &merger->row_capacity, merger->rows + 1, sizeof *merger->row,
                                     "the trainings", message);
    merger->row = rows;
    if (!status)
        status = lookup_add(&merger->row_of, hash, merger->rows, message);
    if (!status)
        status = integer_axis_add(&merger->seeds, row->key.seed, message);
    if (!status)
        status = integer_axis_add(&merger->folds, row->key.fold, message);
    if (status)
        return status;
    *at = merger->rows;
    merger->row[merger->rows++] = *row;
    return STATUS_OK;
}

/* ---- cells ---- */

struct entry_search {
    const struct merger *merger;
    struct entry_key key;
};

static bool same_entry(const void *context, size_t position)
{
    const struct entry_search *search = context;
    return memcmp(&search->merger->entry[position].key, &search->key, sizeof search->key) == 0;
}

/* A cell as it is kept: what was not measured has no numbers and no items. */
static enum status take_cell(struct merger *merger, struct cell *out, const struct cell *in,
                             struct message *message)
{
    cell_release(out);
    cell_clear(out);
    out->length = in->length;
    out->status = in->status;
    out->reason = texts_keep(&merger->texts, in->reason, message);
    if (!out->reason)
        return STATUS_FAILED;
    out->tokens_per_second = in->tokens_per_second;
    out->peak_memory = in->peak_memory;
    out->wall_time = in->wall_time;
    if (in->status != CELL_MEASURED)
        return STATUS_OK;
    for (const struct field *field = cell_fields; field->name; field++)
        if (field->type != FIELD_LENT)
            memcpy((char *)out + field->offset, (const char *)in + field->offset, field->size);
    cell_share_scored(out, in);
    out->scored_sha256 = texts_keep(&merger->texts, in->scored_sha256, message);
    if (!out->scored_sha256 || cell_arrays_copy(out, in, merger->depths, message))
        return STATUS_FAILED;
    if (in->items == 0 || merger->options.no_items)
        return STATUS_OK;
    out->score = store_copy(in->score, in->items, sizeof *in->score, "items", message);
    out->item_key = store_copy(in->item_key, in->items, sizeof *in->item_key, "items", message);
    out->items = in->items;
    return out->score && out->item_key ? STATUS_OK : STATUS_FAILED;
}

static enum status conflict(const struct merger *merger, const struct entry *kept, const char *source,
                            const char *what, const char *first, const char *second, struct message *message)
{
    const struct protocol_record *protocol = merger->protocols.records;
    char place[400];
    print_row(place, sizeof place, merger, &merger->row[kept->key.row].key);
    return message_set(message, STATUS_FAILED,
                       "%s and %s disagree at %s, protocol %s, length %" PRId64
                       ": %s is %s in the first and %s in the second",
                       kept->source, source, place, protocol[kept->key.protocol].name, kept->key.length, what,
                       first, second);
}

static bool same_items(const struct cell *a, const struct cell *b)
{
    return a->items == b->items &&
           (a->items == 0 || (memcmp(a->score, b->score, a->items * sizeof *a->score) == 0 &&
                              memcmp(a->item_key, b->item_key, a->items * sizeof *a->item_key) == 0));
}

/* Are two cells of one place the same, outside what was measured?  The scored set first: it explains
 * the numbers. */
static enum status compare_cells(const struct merger *merger, size_t at, const struct cell *cell,
                                 const char *source, struct message *message)
{
    const struct entry *entry = &merger->entry[at];
    const struct cell *kept = &merger->cell[at];
    char one[REASON_SIZE + 8], other[REASON_SIZE + 8];
    const bool measured = kept->status == CELL_MEASURED && cell->status == CELL_MEASURED;
    const struct field *scored = measured ? fields_difference(scored_fields, kept, cell) : NULL;
    const struct field *field = scored ? scored : fields_difference(cell_fields, kept, cell);
    if (field) {
        field_print(one, sizeof one, field, kept);
        field_print(other, sizeof other, field, cell);
        conflict(merger, entry, source, field->name, one, other, message);
        if (scored && message)
            snprintf(message->text + strlen(message->text), sizeof message->text - strlen(message->text),
                     "; an evaluation with other lengths or counts scores another set: merge one of the two");
        return STATUS_FAILED;
    }
    size_t number = 0;
    const struct cell_array *array =
        measured ? cell_arrays_difference(&number, kept, cell, merger->depths, false) : NULL;
    if (array) {
        snprintf(one, sizeof one, "%.17g", cell_array_value(kept, array, number));
        snprintf(other, sizeof other, "%.17g", cell_array_value(cell, array, number));
        return conflict(merger, entry, source, array->name, one, other, message);
    }
    if (measured && !merger->options.no_items && kept->items > 0 && cell->items > 0 &&
        !same_items(kept, cell))
        return conflict(merger, entry, source, "the score of an item", "one", "another", message);
    return STATUS_OK;
}

static enum status meet_cell(struct merger *merger, size_t at, const struct cell *cell, const char *source,
                             struct message *message)
{
    struct cell *kept = &merger->cell[at];
    bool brings_items = kept->items == 0 && cell->items > 0; /* the other was merged without them */
    enum status status = STATUS_OK;
    if (cell->status == CELL_MISSING)
        return STATUS_OK;
    if (kept->status != CELL_MISSING)
        status = compare_cells(merger, at, cell, source, message);
    if (!status && (kept->status == CELL_MISSING || brings_items)) {
        status = take_cell(merger, kept, cell, message);
        merger->entry[at].source = source;
    }
    return status;
}

static enum status keep_cell(struct merger *merger, size_t row, size_t protocol, const struct cell *cell,
                             const char *source, struct message *message)
{
    const struct entry_search search = {merger, {row, protocol, cell->length}};
    const struct protocol_record *record =
        (const struct protocol_record *)merger->protocols.records + protocol;
    const uint64_t hash = lookup_hash(&search.key, sizeof search.key);
    if (cell->status == CELL_NOT_ASKED)
        return STATUS_OK;
    for (const struct cell_array *array = cell_arrays; array->name; array++)
        if (cell_array_get(cell, array) && strcmp(array->kind, record->kind) != 0)
            return message_set(message, STATUS_FAILED,
                               "%s has %s of protocol `%s`, which is of kind %s, not %s", source, array->name,
                               record->name, record->kind, array->kind);
    size_t at = lookup_find(&merger->entry_of, hash, same_entry, &search);
    if (at != SIZE_MAX)
        return meet_cell(merger, at, cell, source, message);
    void *entries = merger->entry, *cells = merger->cell;
    enum status status = memory_grow(&entries, &merger->entry_capacity, merger->entries + 1,
                                     sizeof *merger->entry, "the cells of the results", message);
    merger->entry = entries;
    if (!status)
        status = memory_grow(&cells, &merger->cell_capacity, merger->entries + 1, sizeof *merger->cell,
                             "the cells of the results", message);
    merger->cell = cells;
    if (!status)
        status = lookup_add(&merger->entry_of, hash, merger->entries, message);
    if (status)
        return status;
    at = merger->entries++;
    merger->entry[at] = (struct entry){.key = search.key, .source = source};
    cell_clear(&merger->cell[at]);
    return take_cell(merger, &merger->cell[at], cell, message);
}

/* ---- depths ---- */

/* The depths of retrieval are a dimension, so there is one list of them. */
static enum status keep_depths(struct merger *merger, const double *depth, size_t count, const char *source,
                               struct message *message)
{
    if (count == 0)
        return STATUS_OK;
    if (merger->depths == 0) {
        merger->depth = store_copy(depth, count, sizeof *depth, "the depths of retrieval", message);
        merger->depths = merger->depth ? count : 0;
        merger->depth_source = source;
        return merger->depth ? STATUS_OK : STATUS_FAILED;
    }
    if (merger->depths == count && memcmp(merger->depth, depth, count * sizeof *depth) == 0)
        return STATUS_OK;
    return message_set(
        message, STATUS_FAILED,
        "two lists of retrieval depths do not go together: %s has %zu depths and %s %zu, or others; "
        "merge results of one list",
        merger->depth_source, merger->depths, source, count);
}

/* ---- claims ---- */

/* One name is one claim. */
static enum status keep_claims(struct merger *merger, const struct results *results, const char *source,
                               struct message *message)
{
    for (size_t i = 0; i < results->claims; i++) {
        const struct claim_record *claim = &results->claim[i];
        void *block = merger->claim;
        size_t same = 0;
        while (same < merger->claims && strcmp(merger->claim[same].name, claim->name) != 0)
            same++;
        if (same < merger->claims && !fields_difference(claim_fields, &merger->claim[same], claim))
            continue;
        if (same < merger->claims)
            return message_set(
                message, STATUS_FAILED,
                "%s has a claim `%s` that differs from that of an earlier source: give one of the two "
                "another name in its experiment, and run it again",
                source, claim->name);
        if (memory_grow(&block, &merger->claim_capacity, merger->claims + 1, sizeof *merger->claim, "claims",
                        message))
            return STATUS_FAILED;
        merger->claim = block;
        merger->claim[merger->claims++] = *claim;
    }
    return STATUS_OK;
}

/* ---- what a source is ---- */

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

/* ---- a trial ---- */

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
            status = keep_cell(merger, row, protocol, &trial->cell[i], source, message);
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
        status = keep_depths(merger, trial->depth, trial->depths, origin.name, message);
    if (!status)
        status = axis_add(&merger->variants, &row.key.variant, NULL, &trial->variant, origin.name, message);
    if (!status)
        status = add_dataset(merger, &row.key.dataset, &trial->dataset, origin.name, message);
    if (!status)
        status = axis_add(&merger->configurations, &row.key.configuration, NULL, &trial->configuration,
                          origin.name, message);
    if (!status)
        status = keep_row(merger, &at, &row, message);
    if (!status)
        status = keep_training(merger, &training, origin.name, message);
    return !status ? add_cells(merger, trial, at, origin.name, message) : status;
}

/* ---- the results of a merge ---- */

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
    return keep_row(merger, kept, &row, message);
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
                status =
                    keep_cell(merger, kept, names->protocol[results->place[cell] % inner / results->lengths],
                              &results->cell[cell], source, message);
    }
    for (size_t i = 0; i < results->trainings && !status; i++)
        status = keep_training(merger, &results->training[i], source, message);
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
        status = keep_depths(merger, results->depth, results->depths, origin.name, message);
    if (!status)
        status = add_names(merger, &names, results, origin.name, message);
    if (!status)
        status = add_places(merger, &names, results, origin.name, message);
    if (!status)
        status = add_tunings(merger, results->tuning, results->tunings, message);
    if (!status)
        status = keep_claims(merger, results, origin.name, message);
    memory_release(names.variant);
    memory_release(names.dataset);
    memory_release(names.configuration);
    memory_release(names.protocol);
    return status;
}
