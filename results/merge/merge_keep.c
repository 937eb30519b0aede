/* merge_keep.c -- trainings, their places and cells: each kept once, and equal to every other of its
 * place. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "results/merge/merge_private.h"
#include "results/store/cell.h"
#include "results/store/cell_arrays.h"
#include "results/store/curve.h"
#include "results/store/fields.h"
#include "results/store/records.h"
#include "results/store/results.h"
#include "results/store/store_private.h"
#include "support/memory.h"
#include "support/names.h"

/* ------------------------------------------------------------------------------------------- trainings */

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

enum status merger_keep_training(struct merger *merger, const struct training_record *training,
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

/* ------------------------------------------------------------------------------- places of trainings */

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

enum status merger_keep_row(struct merger *merger, size_t *at, const struct row *row, struct message *message)
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

/* ----------------------------------------------------------------------------------------------- cells */

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
    out->reason = texts_keep(&merger->texts, in->reason);
    out->tokens_per_second = in->tokens_per_second;
    out->peak_memory = in->peak_memory;
    out->wall_time = in->wall_time;
    if (in->status != CELL_MEASURED)
        return STATUS_OK;
    for (const struct field *field = cell_fields; field->name; field++)
        if (field->type != FIELD_LENT)
            memcpy((char *)out + field->offset, (const char *)in + field->offset, field->size);
    cell_share_scored(out, in);
    out->scored_sha256 = texts_keep(&merger->texts, in->scored_sha256);
    if (cell_arrays_copy(out, in, merger->depths, message))
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

enum status merger_keep_cell(struct merger *merger, size_t row, size_t protocol, const struct cell *cell,
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

/* ---------------------------------------------------------------------------------------------- depths */

enum status merger_keep_depths(struct merger *merger, const double *depth, size_t count, const char *source,
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

/* ---------------------------------------------------------------------------------------------- claims */

/* One name is one claim. */
enum status merger_keep_claims(struct merger *merger, const struct results *results, const char *source,
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
