/* compare_trainings.c -- the trainings of two results: ids, budgets, curves, parents; manifests are noted. */
#include "results/merge/compare_private.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/curve.h"
#include "results/store/fields.h"
#include "results/store/results.h"
#include "results/store/store_private.h"

static int compare_ids(const void *id, const void *training)
{
    return strcmp(id, ((const struct training_record *)training)->id);
}

static const struct training_record *training_find(const struct results *results, const char *id)
{
    return bsearch(id, results->training, results->trainings, sizeof *results->training, compare_ids);
}

static void compare_training_ids(struct task *task)
{
    size_t extent[CELL_RANK], at[CELL_RANK], count = 0;
    char place[DIFFERENCE_SIZE];
    const struct results *a = task->a.of, *b = task->b.of;
    results_extents(extent, a);
    store_product(&count, extent, TRAINING_RANK);
    for (size_t i = 0; i < count; i++) {
        results_coordinates(at, a, i, TRAINING_RANK);
        size_t j = compare_across(&task->a, b, at, TRAINING_RANK);
        if (j == SIZE_MAX || strcmp(a->training_id[i], b->training_id[j]) == 0)
            continue;
        task->out->others++;
        compare_name_place(place, a, at, TRAINING_RANK);
        compare_say(task->out->other, "the training of %.400s is `%s` in %s and `%s` in %s", place,
                    a->training_id[i], task->a.name, b->training_id[j], task->b.name);
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
        size_t j = compare_across(&task->a, b, at, BUDGET_RANK);
        const struct field *field =
            j == SIZE_MAX ? NULL : fields_difference(budget_fields, &a->budget[i], &b->budget[j]);
        if (!field)
            continue;
        task->out->others++;
        field_print(one, sizeof one, field, &a->budget[i]);
        field_print(other, sizeof other, field, &b->budget[j]);
        compare_name_place(place, a, at, BUDGET_RANK);
        compare_say(task->out->other, "%s of %.400s is %s in %s and %s in %s", field->name, place, one,
                    task->a.name, other, task->b.name);
    }
}

static void compare_curves(struct task *task, const struct training_record *a,
                           const struct training_record *b)
{
    const struct curve *one = &a->curve, *other = &b->curve;
    if (one->count != other->count) {
        task->out->others++;
        compare_say(task->out->other, "the curve of training %s has %zu points in %s and %zu in %s", a->id,
                    one->count, task->a.name, other->count, task->b.name);
        return;
    }
    for (size_t i = 0; i < one->count; i++) {
        if (one->step[i] == other->step[i] &&
            memcmp(&one->loss[i], &other->loss[i], sizeof *one->loss) == 0 &&
            memcmp(&one->rate[i], &other->rate[i], sizeof *one->rate) == 0)
            continue;
        task->out->others++;
        compare_say(task->out->other,
                    "the curve of training %s differs at point %zu: step %" PRId64
                    ", loss %.17g, rate %.17g in %s and"
                    " step %" PRId64 ", loss %.17g, rate %.17g in %s",
                    a->id, i, one->step[i], one->loss[i], one->rate[i], task->a.name, other->step[i],
                    other->loss[i], other->rate[i], task->b.name);
        return;
    }
}

/* The first line in which two texts differ. */
static void note_manifest(struct task *task, const char *id, const char *a, const char *b)
{
    while (*a || *b) {
        size_t one = strcspn(a, "\n"), other = strcspn(b, "\n");
        if (one != other || memcmp(a, b, one) != 0) {
            compare_say(task->out->note, "the manifest of training %s differs: `%.*s` in %s and `%.*s` in %s",
                        id, (int)(one < 300 ? one : 300), a, task->a.name, (int)(other < 300 ? other : 300),
                        b, task->b.name);
            return;
        }
        a += one + (a[one] == '\n');
        b += other + (b[other] == '\n');
    }
}

void compare_trainings(struct task *task)
{
    compare_training_ids(task);
    compare_budgets(task);
    for (size_t i = 0; i < task->a.of->trainings; i++) {
        const struct training_record *a = &task->a.of->training[i];
        const struct training_record *b = training_find(task->b.of, a->id);
        if (!b)
            continue; /* its cells or its id have said so */
        compare_curves(task, a, b);
        if (strcmp(a->parent, b->parent) != 0) {
            task->out->others++;
            compare_say(task->out->other, "training %s began with `%s` in %s and with `%s` in %s", a->id,
                        a->parent, task->a.name, b->parent, task->b.name);
        }
        note_manifest(task, a->id, a->manifest, b->manifest);
    }
}
