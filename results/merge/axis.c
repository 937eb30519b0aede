/* axis.c -- the dimensions of a merge. */
#include "results/merge/axis.h"

#include <inttypes.h>
#include <string.h>

#include "results/store/store_private.h"
#include "support/memory.h"

static char *record_at(const struct axis *axis, size_t i)
{
    return (char *)axis->records + i * axis->size;
}

size_t axis_find(const void *records, size_t count, size_t size, const char *name)
{
    size_t i = 0;
    while (i < count && strcmp((const char *)records + i * size, name) != 0)
        i++;
    return i;
}

/* A record of a name that is there already. */
static enum status meet(struct axis *axis, size_t i, const struct field **differs, const void *record,
                        const char *source, struct message *message)
{
    const struct field *field = fields_difference(axis->fields, record_at(axis, i), record);
    char before[200], now[200];
    if (differs)
        *differs = field;
    if (!field)
        return STATUS_OK;
    field_print(before, sizeof before, field, record_at(axis, i));
    field_print(now, sizeof now, field, record);
    if (!differs)
        return message_set(message, STATUS_FAILED,
                           "%s `%s` is not the same in two sources: %s is %s in %s and %s in %s", axis->what,
                           (const char *)record, field->name, before, axis->origin[i], now, source);
    if (strcmp(now, before) < 0)
        memcpy(record_at(axis, i), record, axis->size);
    return STATUS_OK;
}

enum status axis_add(struct axis *axis, size_t *at, const struct field **differs, const void *record,
                     const char *source, struct message *message)
{
    const char *name = record;
    size_t i = axis_find(axis->records, axis->count, axis->size, name);
    if (at)
        *at = i;
    if (differs)
        *differs = NULL;
    if (i < axis->count)
        return meet(axis, i, differs, record, source, message);
    if (axis->names_groups && !store_name_fits(name))
        return message_set(message, STATUS_FAILED,
                           "%s has a %s called `%s`; a name is not empty and has no `/`", source, axis->what,
                           name);
    void *origin = axis->origin;
    enum status status = memory_grow(&axis->records, &axis->capacity, axis->count + 1, axis->size,
                                     "the dimensions of the results", message);
    if (!status)
        status = memory_grow(&origin, &axis->origins, axis->count + 1, sizeof *axis->origin,
                             "the dimensions of the results", message);
    axis->origin = origin;
    if (status)
        return status;
    memcpy(record_at(axis, axis->count), record, axis->size);
    axis->origin[axis->count++] = source;
    return STATUS_OK;
}

/* Its place among the ordered names, or after all of them. */
static size_t rank_of(const char *name, const char *const *order, size_t order_count)
{
    size_t i = 0;
    while (i < order_count && strcmp(order[i], name) != 0)
        i++;
    return i;
}

static bool comes_before(const char *a, const char *b, const char *const *order, size_t order_count)
{
    size_t rank_a = rank_of(a, order, order_count), rank_b = rank_of(b, order, order_count);
    return rank_a != rank_b ? rank_a < rank_b : strcmp(a, b) < 0;
}

void axis_sort(struct axis *axis, const char *const *order, size_t order_count)
{
    for (size_t i = 1; i < axis->count; i++)
        for (size_t j = i; j > 0; j--) {
            char *above = record_at(axis, j - 1), *below = record_at(axis, j);
            if (!comes_before(below, above, order, order_count))
                break;
            for (size_t byte = 0; byte < axis->size; byte++) {
                char kept = above[byte];
                above[byte] = below[byte];
                below[byte] = kept;
            }
        }
}

enum status integer_axis_add(struct integer_axis *axis, int64_t value, struct message *message)
{
    size_t at = 0;
    while (at < axis->count && axis->values[at] < value)
        at++;
    if (at < axis->count && axis->values[at] == value)
        return STATUS_OK;
    void *values = axis->values;
    enum status status = memory_grow(&values, &axis->capacity, axis->count + 1, sizeof *axis->values,
                                     "the dimensions of the results", message);
    axis->values = values;
    if (status)
        return status;
    memmove(axis->values + at + 1, axis->values + at, (axis->count - at) * sizeof *axis->values);
    axis->values[at] = value;
    axis->count++;
    return STATUS_OK;
}

size_t integer_axis_find(const int64_t *values, size_t count, int64_t value)
{
    size_t i = 0;
    while (i < count && values[i] != value)
        i++;
    return i;
}
