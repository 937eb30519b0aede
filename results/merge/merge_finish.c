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

/* ---- dimensions ---- */

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
    return results_allocate_trainings(results, finish->message);
}

/* ---- trainings, cells ---- */

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

struct move { /* a cell of the merger to its place */
    size_t place, from;
};

static int compare_moves(const void *a, const void *b)
{
    const size_t first = ((const struct move *)a)->place, second = ((const struct move *)b)->place;
    return (first > second) - (first < second);
}

/* cell[i] becomes what cell[move[i].from] was, along the cycles of the permutation: there may be millions, so
 * that no second copy of them is made.  Uses up the moves. */
static void permute(struct cell *cell, struct move *move, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct cell first = cell[i];
        size_t to = i;
        while (move[to].from != i) {
            const size_t from = move[to].from;
            cell[to] = cell[from];
            move[to].from = to;
            to = from;
        }
        cell[to] = first;
        move[to].from = to;
    }
}

/* The cells of the merger become those of the results. */
static enum status place_cells(struct finish *finish)
{
    static const char what[] = "the cells of the results";
    struct merger *merger = finish->merger;
    struct results *results = finish->results;
    const size_t count = merger->entries;
    struct move *move = memory_allocate(count, sizeof *move, what, finish->message);
    results->place = memory_allocate(count, sizeof *results->place, what, finish->message);
    finish->source = memory_allocate(count, sizeof *finish->source, what, finish->message);
    if (!move || !results->place || !finish->source) {
        memory_release(move);
        return STATUS_FAILED;
    }
    for (size_t i = 0; i < count; i++) {
        const struct entry_key *key = &merger->entry[i].key;
        const size_t length = integer_axis_find(results->length, results->lengths, key->length);
        move[i].place = (row_index(finish, &merger->row[key->row].key) * results->protocols +
                         finish->protocol[key->protocol]) *
                            results->lengths +
                        length;
        move[i].from = i;
    }
    if (count > 0)
        qsort(move, count, sizeof *move, compare_moves);
    for (size_t i = 0; i < count; i++) {
        results->place[i] = move[i].place;
        finish->source[i] = merger->entry[move[i].from].source;
    }
    permute(merger->cell, move, count);
    memory_release(move);
    results->cell = merger->cell;
    results->texts = merger->texts;
    merger->texts = (struct texts){.count = 0};
    results->cells = count;
    merger->cell = NULL;
    merger->entries = 0;
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

/* ---- scored sets ---- */

/* Did two measured cells score the same places?  Items may have been left out of one. */
static bool same_scored_set(const struct cell *a, const struct cell *b)
{
    size_t at;
    if (fields_difference(scored_fields, a, b) || cell_arrays_difference(&at, a, b, 0, true))
        return false;
    return a->items == 0 || b->items == 0 ||
           (a->items == b->items && memcmp(a->item_key, b->item_key, a->items * sizeof *a->item_key) == 0);
}

/* Two sets at one place, which is allowed: it is recorded, and no set and no items stand there. */
static void mark_mixed(struct finish *finish, size_t first)
{
    struct results *results = finish->results;
    size_t at[CELL_RANK];
    results_coordinates(at, results, results->place[first], CELL_RANK);
    merger_note_mixed(finish->merger,
                      "scored sets of dataset %s, configuration %s, protocol %s, length %" PRId64,
                      results->dataset[at[1]].name, results->configuration[at[2]].name,
                      results->protocol[at[5]].name, results->length[at[6]]);
    for (size_t v = 0; v < results->variants; v++)
        for (size_t s = 0; s < results->seeds; s++) {
            struct cell *cell =
                results_find_cell(results, results_index(results, v, at[1], at[2], s, at[4], at[5], at[6]));
            if (!cell || cell->status != CELL_MEASURED)
                continue;
            cell->scored_tokens = cell->left_out = 0;
            cell->floor = NAN;
            cell->scored_sha256 = "mixed";
            memory_release(cell->position_floor);
            cell->position_floor = NULL;
            cell_release_items(cell);
        }
}

static enum status say_scored(const struct finish *finish, size_t first, size_t second)
{
    const struct results *results = finish->results;
    size_t at[CELL_RANK];
    results_coordinates(at, results, results->place[first], CELL_RANK);
    return message_set(finish->message, STATUS_FAILED,
                       "%s and %s have scored different sets at dataset %s, configuration %s, fold %" PRId64
                       ", protocol %s, length %" PRId64 " (%" PRId64 " and %" PRId64
                       " tokens), so their numbers do not compare; an evaluation at other lengths scores "
                       "another set (--allow-mixed merges them all the same)",
                       finish->source[first], finish->source[second], results->dataset[at[1]].name,
                       results->configuration[at[2]].name, results->fold[at[4]],
                       results->protocol[at[5]].name, results->length[at[6]],
                       results->cell[first].scored_tokens, results->cell[second].scored_tokens);
}

/* Of a scored set, which variants and seeds share: the cell that the next is compared with, and the first that
 * scored another set.  Both + 1; 0 = there is none. */
struct scored {
    size_t first, other;
};

static void compare_scored(const struct results *results, struct scored *scored)
{
    for (size_t i = 0; i < results->cells; i++) {
        struct scored *set = &scored[results_scored_index(results, results->place[i])];
        if (results->cell[i].status != CELL_MEASURED || set->other > 0)
            continue;
        const struct cell *first = set->first > 0 ? &results->cell[set->first - 1] : NULL;
        if (first && !same_scored_set(first, &results->cell[i]))
            set->other = i + 1;
        else if (!first || first->items == 0) /* the next is compared by its items, too */
            set->first = i + 1;
    }
}

static enum status check_scored(struct finish *finish)
{
    const struct results *results = finish->results;
    const size_t sets =
        results->datasets * results->configurations * results->folds * results->protocols * results->lengths;
    struct scored *scored = memory_allocate(sets, sizeof *scored, "the scored sets", finish->message);
    enum status status = scored ? STATUS_OK : STATUS_FAILED;
    if (scored)
        compare_scored(results, scored);
    for (size_t i = 0; i < sets && !status; i++) {
        if (scored[i].other == 0)
            continue;
        if (finish->merger->options.allow_mixed)
            mark_mixed(finish, scored[i].first - 1);
        else
            status = say_scored(finish, scored[i].first - 1, scored[i].other - 1);
    }
    memory_release(scored);
    return status;
}

/* Arrays have no dimension of protocols, so one protocol at a place gives them. */
static enum status check_arrays(struct finish *finish)
{
    const struct results *results = finish->results;
    const size_t lengths = results->lengths, inner = results->protocols * lengths;
    for (const struct cell_array *array = cell_arrays; array->name; array++)
        for (size_t i = 0; i < results->cells; i++)
            for (size_t j = i + 1; cell_array_get(&results->cell[i], array) && j < results->cells &&
                                   results->place[j] / inner == results->place[i] / inner;
                 j++)
                if (results->place[j] % lengths == results->place[i] % lengths &&
                    cell_array_get(&results->cell[j], array))
                    return message_set(
                        finish->message, STATUS_FAILED,
                        "%s and %s have %s under two protocols, `%s` and `%s`; results hold one of "
                        "them",
                        finish->source[i], finish->source[j], array->name,
                        results->protocol[results->place[i] % inner / lengths].name,
                        results->protocol[results->place[j] % inner / lengths].name);
    return STATUS_OK;
}

/* ---- provenance ---- */

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
