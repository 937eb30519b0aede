/* compare.c -- two results, place by place; their trainings, and where they come from. */
#include "results/merge/compare.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/findings/tuning.h"
#include "results/merge/axis.h"
#include "results/store/cell.h"
#include "results/store/cell_arrays.h"
#include "results/store/curve.h"
#include "results/store/fields.h"
#include "results/store/records.h"
#include "results/store/results.h"
#include "results/store/store_private.h"
#include "support/memory.h"
#include "support/names.h"

/* One of the two, and where its coordinates stand in the other. */
struct side {
    const struct results *of;
    const char *name;
    size_t *there[CELL_RANK]; /* [dimension] (extent): index in the other, SIZE_MAX = not there */
};

struct task {
    struct comparison *out;
    struct side a, b;
    bool same_depths;
};

/* Keeps the first sentence. */
__attribute__((format(printf, 2, 3))) static void say(char out[DIFFERENCE_SIZE], const char *format, ...)
{
    va_list arguments;
    if (out[0] != '\0')
        return;
    va_start(arguments, format);
    vsnprintf(out, DIFFERENCE_SIZE, format, arguments);
    va_end(arguments);
}

/* ---- coordinates ---- */

/* A dimension with names, or with values (records NULL). */
struct dimension {
    const char *what;
    const struct field *fields;
    const char *records;
    const int64_t *values;
    size_t count, size;
};

static void dimensions_of(struct dimension out[CELL_RANK], const struct results *results)
{
    const struct dimension all[CELL_RANK] = {{"variant", variant_fields, (const char *)results->variant, NULL,
                                              results->variants, sizeof *results->variant},
                                             {"dataset", dataset_fields, (const char *)results->dataset, NULL,
                                              results->datasets, sizeof *results->dataset},
                                             {"configuration", configuration_fields,
                                              (const char *)results->configuration, NULL,
                                              results->configurations, sizeof *results->configuration},
                                             {"seed", NULL, NULL, results->seed, results->seeds, 0},
                                             {"fold", NULL, NULL, results->fold, results->folds, 0},
                                             {"protocol", protocol_fields, (const char *)results->protocol,
                                              NULL, results->protocols, sizeof *results->protocol},
                                             {"length", NULL, NULL, results->length, results->lengths, 0}};
    memcpy(out, all, sizeof all);
}

static size_t find(const struct dimension *in, const struct dimension *from, size_t i)
{
    size_t at = from->records ? axis_find(in->records, in->count, in->size, from->records + i * from->size)
                              : integer_axis_find(in->values, in->count, from->values[i]);
    return at < in->count ? at : SIZE_MAX;
}

static void say_only(struct task *task, const struct dimension *dimension, size_t i, const char *side)
{
    task->out->others++;
    if (dimension->records)
        say(task->out->other, "%s `%s` is in %s only", dimension->what,
            dimension->records + i * dimension->size, side);
    else
        say(task->out->other, "%s %" PRId64 " is in %s only", dimension->what, dimension->values[i], side);
}

/* What stands beside a name that both have. */
static void compare_records(struct task *task, const struct dimension *a, size_t i, const struct dimension *b,
                            size_t j)
{
    const char *first = a->records + i * a->size, *second = b->records + j * b->size;
    const struct field *field = fields_difference(a->fields, first, second);
    char one[SPEC_SIZE + 8], other[SPEC_SIZE + 8];
    if (!field)
        return;
    field_print(one, sizeof one, field, first);
    field_print(other, sizeof other, field, second);
    task->out->others++;
    say(task->out->other, "%s of %s `%s` is %.300s in %s and %.300s in %s", field->name, a->what, first, one,
        task->a.name, other, task->b.name);
}

/* Fills side->there, and says what this side alone has. */
static enum status match(struct task *task, struct side *side, const struct results *other,
                         struct message *message)
{
    struct dimension from[CELL_RANK], to[CELL_RANK];
    dimensions_of(from, side->of);
    dimensions_of(to, other);
    for (size_t d = 0; d < CELL_RANK; d++) {
        side->there[d] = memory_allocate(from[d].count, sizeof **side->there, "a comparison", message);
        if (!side->there[d])
            return STATUS_FAILED;
        for (size_t i = 0; i < from[d].count; i++) {
            side->there[d][i] = find(&to[d], &from[d], i);
            if (side->there[d][i] == SIZE_MAX)
                say_only(task, &from[d], i, side->name);
            else if (from[d].records && side == &task->a)
                compare_records(task, &from[d], i, &to[d], side->there[d][i]);
        }
    }
    return STATUS_OK;
}

/* The element of the other side in C order, SIZE_MAX = a coordinate is not there. */
static size_t across(const struct side *side, const struct results *other, const size_t *at, size_t rank)
{
    size_t extent[CELL_RANK], index = 0;
    results_extents(extent, other);
    for (size_t d = 0; d < rank; d++) {
        if (side->there[d][at[d]] == SIZE_MAX)
            return SIZE_MAX;
        index = index * extent[d] + side->there[d][at[d]];
    }
    return index;
}

/* ---- cells ---- */

/* "rope on text, 2x64-L64, seed 1, fold 0, nonoverlap at 128", or the first part of it. */
static void name_place(char out[DIFFERENCE_SIZE], const struct results *results, const size_t *at,
                       size_t rank)
{
    size_t used = (size_t)snprintf(out, DIFFERENCE_SIZE, "%s on %s, %s", results->variant[at[0]].name,
                                   results->dataset[at[1]].name, results->configuration[at[2]].name);
    if (rank >= TRAINING_RANK)
        used += (size_t)snprintf(out + used, DIFFERENCE_SIZE - used, ", seed %" PRId64 ", fold %" PRId64,
                                 results->seed[at[3]], results->fold[at[4]]);
    if (rank == CELL_RANK)
        snprintf(out + used, DIFFERENCE_SIZE - used, ", %s at %" PRId64, results->protocol[at[5]].name,
                 results->length[at[6]]);
}

static void say_cell(const struct task *task, const struct side *side, const size_t *at, const char *what,
                     const char *value_a, const char *value_b)
{
    char place[DIFFERENCE_SIZE];
    if (task->out->cell[0] != '\0')
        return;
    name_place(place, side->of, at, CELL_RANK);
    say(task->out->cell, "%s of %.400s is %.120s in %s and %.120s in %s", what, place, value_a, task->a.name,
        value_b, task->b.name);
}

/* The first item in which two cells of one count differ, SIZE_MAX = none. */
static size_t differing_item(const struct cell *a, const struct cell *b)
{
    if (a->items > 0 && (memcmp(a->score, b->score, a->items * sizeof *a->score) != 0 ||
                         memcmp(a->item_key, b->item_key, a->items * sizeof *a->item_key) != 0))
        for (size_t i = 0; i < a->items; i++)
            if (memcmp(&a->score[i], &b->score[i], sizeof *a->score) != 0 || a->item_key[i] != b->item_key[i])
                return i;
    return SIZE_MAX;
}

/* a, b: the cell in task->a and in task->b; at: its place on `side`. */
static void compare_cells(struct task *task, const struct side *side, const size_t *at, const struct cell *a,
                          const struct cell *b)
{
    char one[REASON_SIZE + 8], other[REASON_SIZE + 8], what[64];
    const struct cell_array *array = NULL;
    size_t place = 0;
    const bool measured = a->status == CELL_MEASURED && b->status == CELL_MEASURED;
    const struct field *field = fields_difference(cell_fields, a, b);
    if (a->status != b->status)
        for (field = cell_fields; field->type != FIELD_STATUS;) /* all else follows from it */
            field++;
    if (!field && measured)
        field = fields_difference(scored_fields, a, b);
    if (!field && task->same_depths)
        array = cell_arrays_difference(&place, a, b, task->a.of->depths, false);
    task->out->cells++;
    if (array) {
        snprintf(what, sizeof what, "%s[%zu]", array->name, place);
        snprintf(one, sizeof one, "%.17g", cell_array_value(a, array, place));
        snprintf(other, sizeof other, "%.17g", cell_array_value(b, array, place));
        say_cell(task, side, at, what, one, other);
    } else if (field) {
        field_print(one, sizeof one, field, a);
        field_print(other, sizeof other, field, b);
        say_cell(task, side, at, field->name, one, other);
    } else if (a->items != b->items) {
        snprintf(one, sizeof one, "%zu", a->items);
        snprintf(other, sizeof other, "%zu", b->items);
        say_cell(task, side, at, "the number of items", one, other);
    } else {
        size_t item = differing_item(a, b);
        if (item == SIZE_MAX)
            return;
        snprintf(what, sizeof what, "the score of item %zu", item);
        snprintf(one, sizeof one, "%.9g (key %" PRId64 ")", (double)a->score[item], a->item_key[item]);
        snprintf(other, sizeof other, "%.9g (key %" PRId64 ")", (double)b->score[item], b->item_key[item]);
        say_cell(task, side, at, what, one, other);
    }
    task->out->differing++;
}

/* The cells of one side; those that both have once, with side a. */
static void compare_all_cells(struct task *task, const struct side *side, const struct results *other)
{
    const bool first = side == &task->a;
    for (size_t i = 0; i < side->of->cells; i++) {
        size_t at[CELL_RANK];
        results_coordinates(at, side->of, side->of->place[i], CELL_RANK);
        const size_t place = across(side, other, at, CELL_RANK);
        const struct cell *here = &side->of->cell[i];
        const struct cell *there = place == SIZE_MAX ? &cell_not_asked : results_cell(other, place);
        if (here->status == CELL_NOT_ASKED || (!first && there->status != CELL_NOT_ASKED))
            continue;
        compare_cells(task, side, at, first ? here : there, first ? there : here);
    }
}

/* ---- trainings ---- */

static void compare_training_ids(struct task *task)
{
    size_t extent[CELL_RANK], at[CELL_RANK], count = 0;
    char place[DIFFERENCE_SIZE];
    const struct results *a = task->a.of, *b = task->b.of;
    results_extents(extent, a);
    store_product(&count, extent, TRAINING_RANK);
    for (size_t i = 0; i < count; i++) {
        results_coordinates(at, a, i, TRAINING_RANK);
        size_t j = across(&task->a, b, at, TRAINING_RANK);
        if (j == SIZE_MAX || strcmp(a->training_id[i], b->training_id[j]) == 0)
            continue;
        task->out->others++;
        name_place(place, a, at, TRAINING_RANK);
        say(task->out->other, "the training of %.400s is `%s` in %s and `%s` in %s", place, a->training_id[i],
            task->a.name, b->training_id[j], task->b.name);
    }
}

static void compare_budgets(struct task *task)
{
    size_t extent[CELL_RANK], at[CELL_RANK], count = 0;
    char place[DIFFERENCE_SIZE], one[40], other[40];
    const struct results *a = task->a.of, *b = task->b.of;
    results_extents(extent, a);
    store_product(&count, extent, BUDGET_RANK);
    for (size_t i = 0; i < count; i++) {
        results_coordinates(at, a, i, BUDGET_RANK);
        size_t j = across(&task->a, b, at, BUDGET_RANK);
        const struct field *field =
            j == SIZE_MAX ? NULL : fields_difference(budget_fields, &a->budget[i], &b->budget[j]);
        if (!field)
            continue;
        task->out->others++;
        field_print(one, sizeof one, field, &a->budget[i]);
        field_print(other, sizeof other, field, &b->budget[j]);
        name_place(place, a, at, BUDGET_RANK);
        say(task->out->other, "%s of %.400s is %s in %s and %s in %s", field->name, place, one, task->a.name,
            other, task->b.name);
    }
}

static void compare_curves(struct task *task, const struct training_record *a,
                           const struct training_record *b)
{
    const struct curve *one = &a->curve, *other = &b->curve;
    if (one->count != other->count) {
        task->out->others++;
        say(task->out->other, "the curve of training %s has %zu points in %s and %zu in %s", a->id,
            one->count, task->a.name, other->count, task->b.name);
        return;
    }
    for (size_t i = 0; i < one->count; i++) {
        if (one->step[i] == other->step[i] &&
            memcmp(&one->loss[i], &other->loss[i], sizeof *one->loss) == 0 &&
            memcmp(&one->rate[i], &other->rate[i], sizeof *one->rate) == 0)
            continue;
        task->out->others++;
        say(task->out->other,
            "the curve of training %s differs at point %zu: step %" PRId64
            ", loss %.17g, rate %.17g in %s and"
            " step %" PRId64 ", loss %.17g, rate %.17g in %s",
            a->id, i, one->step[i], one->loss[i], one->rate[i], task->a.name, other->step[i], other->loss[i],
            other->rate[i], task->b.name);
        return;
    }
}

/* The first line in which two texts differ. */
static void note_manifest(struct task *task, const char *id, const char *a, const char *b)
{
    while (*a || *b) {
        size_t one = strcspn(a, "\n"), other = strcspn(b, "\n");
        if (one != other || memcmp(a, b, one) != 0) {
            say(task->out->note, "the manifest of training %s differs: `%.*s` in %s and `%.*s` in %s", id,
                (int)(one < 300 ? one : 300), a, task->a.name, (int)(other < 300 ? other : 300), b,
                task->b.name);
            return;
        }
        a += one + (a[one] == '\n');
        b += other + (b[other] == '\n');
    }
}

static void compare_trainings(struct task *task)
{
    compare_training_ids(task);
    compare_budgets(task);
    for (size_t i = 0; i < task->a.of->trainings; i++) {
        const struct training_record *a = &task->a.of->training[i];
        const struct training_record *b = results_training(task->b.of, a->id);
        if (!b)
            continue; /* its cells or its id have said so */
        compare_curves(task, a, b);
        if (strcmp(a->parent, b->parent) != 0) {
            task->out->others++;
            say(task->out->other, "training %s began with `%s` in %s and with `%s` in %s", a->id, a->parent,
                task->a.name, b->parent, task->b.name);
        }
        note_manifest(task, a->id, a->manifest, b->manifest);
    }
}

static void compare_tunings(struct task *task)
{
    char difference[DIFFERENCE_SIZE];
    if (!tuning_difference(difference, sizeof difference, task->a.of, task->a.name, task->b.of, task->b.name))
        return;
    task->out->others++;
    say(task->out->other, "%s", difference);
}

/* Arrays over unequal depths are not looked at: all of them differ. */
static void compare_depths(struct task *task)
{
    const struct results *a = task->a.of, *b = task->b.of;
    task->same_depths = a->depths == b->depths &&
                        (a->depths == 0 || memcmp(a->depth, b->depth, a->depths * sizeof *a->depth) == 0);
    if (task->same_depths)
        return;
    task->out->others++;
    say(task->out->other, "retrieval has %zu depths in %s and %zu, or others, in %s", a->depths, task->a.name,
        b->depths, task->b.name);
}

static void compare_provenance(struct task *task)
{
    const struct results *a = task->a.of, *b = task->b.of;
    if (a->numerics_revision != b->numerics_revision) {
        task->out->others++;
        say(task->out->other, "the numerics revision is %" PRId64 " in %s and %" PRId64 " in %s",
            a->numerics_revision, task->a.name, b->numerics_revision, task->b.name);
    }
    if (strcmp(a->instruction_set, b->instruction_set) != 0) {
        task->out->others++;
        say(task->out->other, "the instruction set is %s in %s and %s in %s", a->instruction_set,
            task->a.name, b->instruction_set, task->b.name);
    }
}

enum status results_compare(struct comparison *out, const struct results *a, const char *name_a,
                            const struct results *b, const char *name_b, struct message *message)
{
    struct task task = {.out = out, .a = {.of = a, .name = name_a}, .b = {.of = b, .name = name_b}};
    *out = (struct comparison){.cells = 0};
    compare_provenance(&task);
    compare_depths(&task);
    enum status status = match(&task, &task.a, b, message);
    if (!status)
        status = match(&task, &task.b, a, message);
    if (!status) {
        compare_all_cells(&task, &task.a, b);
        compare_all_cells(&task, &task.b, a);
        compare_trainings(&task);
        compare_tunings(&task);
    }
    for (size_t d = 0; d < CELL_RANK; d++) {
        memory_release(task.a.there[d]);
        memory_release(task.b.there[d]);
    }
    return status;
}
