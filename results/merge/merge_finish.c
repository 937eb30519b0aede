/* merge_finish.c -- what was kept becomes results: dimensions sorted, cells in C order, and the scored
 * sets of all variants compared. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/findings/tuning.h"
#include "results/merge/merge_private.h"
#include "results/store/cell.h"
#include "results/store/cell_arrays.h"
#include "results/store/records.h"
#include "results/store/results.h"
#include "results/store/store_private.h"
#include "support/memory.h"
#include "support/names.h"

struct finish {
    struct merger *merger;
    struct results *results;
    struct message *message;
    size_t *variant, *dataset, *configuration, *protocol; /* index as it came -> index when sorted */
    const char **source;                                  /* (cells) who brought the cell */
};

/* ------------------------------------------------------------------------------------------ dimensions */

/* Sorts an axis; (*moved)[i] is where record i has gone. */
static enum status sort_axis(size_t **moved, struct axis *axis, const char *const *order, size_t order_count,
                             struct message *message)
{
    const size_t count = axis->count;
    *moved = memory_allocate(count, sizeof **moved, "a merge", message);
    char(*names)[NAME_SIZE] = memory_allocate(count, sizeof *names, "a merge", message);
    enum status status = *moved && names ? STATUS_OK : STATUS_FAILED;
    if (!status) {
        for (size_t i = 0; i < count; i++)
            memcpy(names[i], (const char *)axis->records + i * axis->size, NAME_SIZE);
        axis_sort(axis, order, order_count);
        for (size_t i = 0; i < count; i++)
            (*moved)[i] = axis_find(axis->records, count, axis->size, names[i]);
    }
    memory_release(names);
    return status;
}

/* The axis keeps nothing. */
static void *take_records(struct axis *axis, size_t *count)
{
    void *records = axis->records;
    *count = axis->count;
    axis->records = NULL;
    axis->count = axis->capacity = 0;
    return records;
}

static int64_t *take_values(struct integer_axis *axis, size_t *count)
{
    int64_t *values = axis->values;
    *count = axis->count;
    *axis = (struct integer_axis){.count = 0};
    return values;
}

static enum status take_dimensions(struct finish *finish, const char *const *order, size_t order_count)
{
    struct merger *merger = finish->merger;
    struct results *results = finish->results;
    enum status status = sort_axis(&finish->variant, &merger->variants, order, order_count, finish->message);
    if (!status)
        status = sort_axis(&finish->dataset, &merger->datasets, NULL, 0, finish->message);
    if (!status)
        status = sort_axis(&finish->configuration, &merger->configurations, NULL, 0, finish->message);
    if (!status)
        status = sort_axis(&finish->protocol, &merger->protocols, NULL, 0, finish->message);
    if (status)
        return status;
    results->variant = take_records(&merger->variants, &results->variants);
    results->dataset = take_records(&merger->datasets, &results->datasets);
    results->configuration = take_records(&merger->configurations, &results->configurations);
    results->protocol = take_records(&merger->protocols, &results->protocols);
    results->seed = take_values(&merger->seeds, &results->seeds);
    results->fold = take_values(&merger->folds, &results->folds);
    results->length = take_values(&merger->lengths, &results->lengths);
    results->depth = merger->depth;
    results->depths = merger->depths;
    merger->depth = NULL;
    merger->depths = 0;
    return results_allocate_cells(results, finish->message);
}

/* ------------------------------------------------------------------------------------ trainings, cells */

/* A row among the trainings in C order. */
static size_t row_index(const struct finish *finish, const struct row_key *key)
{
    const struct results *results = finish->results;
    return results_training_index(results, finish->variant[key->variant], finish->dataset[key->dataset],
                                  finish->configuration[key->configuration],
                                  integer_axis_find(results->seed, results->seeds, key->seed),
                                  integer_axis_find(results->fold, results->folds, key->fold));
}

/* Steps and parameters do not depend on seed and fold; parameters 0 are not known. */
static enum status place_budget(struct finish *finish, const struct row *row, size_t index)
{
    const struct results *results = finish->results;
    struct budget *kept = &results->budget[index / (results->seeds * results->folds)];
    if (kept->steps == 0)
        kept->steps = row->budget.steps;
    if (kept->parameters == 0)
        kept->parameters = row->budget.parameters;
    if (kept->steps == row->budget.steps &&
        (kept->parameters == row->budget.parameters || row->budget.parameters == 0))
        return STATUS_OK;
    return message_set(
        finish->message, STATUS_FAILED,
        "seeds or folds of variant %s, dataset %s, configuration %s were not trained alike: %s "
        "has %" PRId64 " steps and %" PRId64 " parameters, another source %" PRId64 " and %" PRId64,
        results->variant[finish->variant[row->key.variant]].name,
        results->dataset[finish->dataset[row->key.dataset]].name,
        results->configuration[finish->configuration[row->key.configuration]].name, row->source,
        row->budget.steps, row->budget.parameters, kept->steps, kept->parameters);
}

static enum status place_rows(struct finish *finish)
{
    const struct merger *merger = finish->merger;
    struct results *results = finish->results;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < merger->rows && !status; i++) {
        const struct row *row = &merger->row[i];
        size_t index = row_index(finish, &row->key);
        memcpy(results->training_id[index], row->training_id, ID_SIZE);
        status = place_budget(finish, row, index);
    }
    return status;
}

static enum status place_cells(struct finish *finish)
{
    struct merger *merger = finish->merger;
    struct results *results = finish->results;
    size_t extent[CELL_RANK], cells = 0;
    results_extents(extent, results);
    store_product(&cells, extent, CELL_RANK);
    finish->source =
        memory_allocate(cells, sizeof *finish->source, "the cells of the results", finish->message);
    if (!finish->source)
        return STATUS_FAILED;
    for (size_t i = 0; i < merger->entries; i++) {
        struct entry *entry = &merger->entry[i];
        size_t index = (row_index(finish, &merger->row[entry->key.row].key) * results->protocols +
                        finish->protocol[entry->key.protocol]) *
                           results->lengths +
                       integer_axis_find(results->length, results->lengths, entry->key.length);
        results->cell[index] = entry->cell; /* and its items with it */
        memset(&entry->cell, 0, sizeof entry->cell);
        finish->source[index] = entry->source;
    }
    return STATUS_OK;
}

static int compare_trainings(const void *a, const void *b)
{
    return strcmp(((const struct training_record *)a)->id, ((const struct training_record *)b)->id);
}

static void take_trainings(struct finish *finish)
{
    struct merger *merger = finish->merger;
    struct results *results = finish->results;
    results->training = merger->training;
    results->trainings = merger->trainings;
    merger->training = NULL;
    merger->trainings = 0;
    if (results->trainings > 0)
        qsort(results->training, results->trainings, sizeof *results->training, compare_trainings);
}

/* ----------------------------------------------------------------------------------------- scored sets */

/* Did two measured cells score the same places?  Items may have been left out of one. */
static bool same_scored_set(const struct cell *a, const struct cell *b)
{
    size_t at;
    if (fields_difference(scored_fields, a, b) || cell_arrays_difference(&at, a, b, 0, true))
        return false;
    return a->items == 0 || b->items == 0 ||
           (a->items == b->items && memcmp(a->item_key, b->item_key, a->items * sizeof *a->item_key) == 0);
}

/* The coordinates of a scored set; variants and seeds share it. */
struct place {
    size_t dataset, configuration, fold, protocol, length;
};

static size_t cell_at(const struct results *results, const struct place *at, size_t variant, size_t seed)
{
    return results_index(results, variant, at->dataset, at->configuration, seed, at->fold, at->protocol,
                         at->length);
}

/* Two sets at one place, which is allowed: it is recorded, and no set and no items stand there. */
static void mark_mixed(struct finish *finish, const struct place *at)
{
    struct results *results = finish->results;
    merger_note_mixed(finish->merger,
                      "scored sets of dataset %s, configuration %s, protocol %s, length %" PRId64,
                      results->dataset[at->dataset].name, results->configuration[at->configuration].name,
                      results->protocol[at->protocol].name, results->length[at->length]);
    for (size_t v = 0; v < results->variants; v++)
        for (size_t s = 0; s < results->seeds; s++) {
            struct cell *cell = &results->cell[cell_at(results, at, v, s)];
            if (cell->status != CELL_MEASURED)
                continue;
            cell->scored_tokens = cell->left_out = 0;
            cell->floor = NAN;
            strcpy(cell->scored_sha256, "mixed");
            memory_release(cell->position_floor);
            cell->position_floor = NULL;
            cell_release_items(cell);
        }
}

static enum status say_scored(const struct finish *finish, const struct place *at, size_t first,
                              size_t second)
{
    const struct results *results = finish->results;
    return message_set(finish->message, STATUS_FAILED,
                       "%s and %s have scored different sets at dataset %s, configuration %s, fold %" PRId64
                       ", protocol %s, length %" PRId64 " (%" PRId64 " and %" PRId64
                       " tokens), so their numbers do not compare; an evaluation at other lengths scores "
                       "another set (--allow-mixed merges them all the same)",
                       finish->source[first], finish->source[second], results->dataset[at->dataset].name,
                       results->configuration[at->configuration].name, results->fold[at->fold],
                       results->protocol[at->protocol].name, results->length[at->length],
                       results->cell[first].scored_tokens, results->cell[second].scored_tokens);
}

static enum status check_scored_at(struct finish *finish, const struct place *at)
{
    const struct results *results = finish->results;
    size_t first = SIZE_MAX;
    for (size_t v = 0; v < results->variants; v++)
        for (size_t s = 0; s < results->seeds; s++) {
            size_t index = cell_at(results, at, v, s);
            if (results->cell[index].status != CELL_MEASURED)
                continue;
            if (first == SIZE_MAX)
                first = index;
            if (same_scored_set(&results->cell[first], &results->cell[index])) {
                if (results->cell[first].items == 0) /* the next is compared by its items, too */
                    first = index;
                continue;
            }
            if (!finish->merger->options.allow_mixed)
                return say_scored(finish, at, first, index);
            mark_mixed(finish, at);
            return STATUS_OK;
        }
    return STATUS_OK;
}

static enum status check_scored(struct finish *finish)
{
    const struct results *results = finish->results;
    enum status status = STATUS_OK;
    struct place at;
    for (at.dataset = 0; at.dataset < results->datasets; at.dataset++)
        for (at.configuration = 0; at.configuration < results->configurations; at.configuration++)
            for (at.fold = 0; at.fold < results->folds; at.fold++)
                for (at.protocol = 0; at.protocol < results->protocols; at.protocol++)
                    for (at.length = 0; at.length < results->lengths && !status; at.length++)
                        status = check_scored_at(finish, &at);
    return status;
}

/* Arrays have no dimension of protocols, so one protocol at a place gives them. */
static enum status check_arrays(struct finish *finish)
{
    const struct results *results = finish->results;
    const size_t inner = results->protocols * results->lengths;
    size_t extent[CELL_RANK], cells = 0;
    results_extents(extent, results);
    store_product(&cells, extent, CELL_RANK);
    for (const struct cell_array *array = cell_arrays; array->name; array++)
        for (size_t i = 0; i < cells; i++)
            for (size_t j = i + results->lengths;
                 cell_array_get(&results->cell[i], array) && j / inner == i / inner; j += results->lengths)
                if (cell_array_get(&results->cell[j], array))
                    return message_set(
                        finish->message, STATUS_FAILED,
                        "%s and %s have %s under two protocols, `%s` and `%s`; results hold one of "
                        "them",
                        finish->source[i], finish->source[j], array->name,
                        results->protocol[i % inner / results->lengths].name,
                        results->protocol[j % inner / results->lengths].name);
    return STATUS_OK;
}

/* ------------------------------------------------------------------------------------------ provenance */

static enum status take_provenance(struct finish *finish)
{
    struct merger *merger = finish->merger;
    struct results *results = finish->results;
    const char(*sets)[NAME_SIZE] = merger->instruction_sets.records;
    memcpy(results->title, merger->title, NAME_SIZE);
    results->numerics_revision = merger->revisions.values[0];
    memcpy(results->instruction_set, sets[0], NAME_SIZE);
    axis_sort(&merger->instruction_sets, NULL, 0);
    for (size_t i = 0; i < merger->revisions.count && merger->revisions.count > 1; i++)
        merger_note_mixed(merger, "numerics revision %" PRId64, merger->revisions.values[i]);
    for (size_t i = 0; i < merger->instruction_sets.count && merger->instruction_sets.count > 1; i++)
        merger_note_mixed(merger, "instruction set %s", sets[i]);
    if (merger->instruction_sets.count > 1)
        strcpy(results->instruction_set, "mixed");
    if (merger->mixed.failed)
        return message_set(finish->message, STATUS_FAILED, "no memory for the record of a mixture");
    if (merger->mixed.length > 0) {
        results->mixed = merger->mixed.bytes;
        merger->mixed = (struct text){0};
    }
    return STATUS_OK;
}

enum status merger_finish(struct results *out, struct merger *merger, const char *const *order,
                          size_t order_count, struct message *message)
{
    struct finish finish = {.merger = merger, .results = out, .message = message};
    *out = (struct results){.variants = 0};
    if (merger->rows == 0)
        return message_set(message, STATUS_FAILED, "there is no finished trial to merge%s",
                           merger->tunings > 0 ? ", but for those of a tuning" : "");
    enum status status = take_dimensions(&finish, order, order_count);
    if (!status)
        status = place_rows(&finish);
    if (!status)
        status = place_cells(&finish);
    if (!status)
        status = check_scored(&finish);
    if (!status)
        status = check_arrays(&finish);
    if (!status)
        status = take_provenance(&finish);
    if (!status)
        status = tuning_unite(merger->tuning, &merger->tunings, message);
    if (!status) {
        take_trainings(&finish);
        out->tuning = merger->tuning;
        out->tunings = merger->tunings;
        merger->tuning = NULL;
        merger->tunings = 0;
        out->claim = merger->claim;
        out->claims = merger->claims;
        merger->claim = NULL;
        merger->claims = 0;
    }
    memory_release(finish.variant);
    memory_release(finish.dataset);
    memory_release(finish.configuration);
    memory_release(finish.protocol);
    memory_release(finish.source);
    if (status)
        results_release(out);
    return status;
}
