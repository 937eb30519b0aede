/* axis.h -- a dimension while sources are merged: its distinct records or values (private to results/). */
#ifndef LEXBENCH_AXIS_H
#define LEXBENCH_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "results/store/fields.h"
#include "support/status.h"

/* Records that begin with a name: variants, datasets, configurations, protocols. */
struct axis {
    const char *what; /* "variant" */
    const struct field *fields;
    bool names_groups;            /* its names stand in paths of results.h5 */
    size_t size, count, capacity; /* size: of a record */
    void *records;
    size_t origins;      /* capacity of origin */
    const char **origin; /* (count) the source that brought the record; the caller's */
};

/* Adds the record unless one of its name is there; that one must be equal.  STATUS_FAILED names both
 * sources and what differs.  *at (may be NULL): its index, until the axis is sorted.
 * differs (NULL = must not): where an unequal record is allowed, the first field that differs is put
 * there (NULL = none), and the record whose field comes first in print is kept. */
enum status axis_add(struct axis *axis, size_t *at, const struct field **differs, const void *record,
                     const char *source, struct message *message);
/* By name; names in `order` come first, as they stand there.  Origins are not moved along. */
void axis_sort(struct axis *axis, const char *const *order, size_t order_count);
/* The index of the record of this name, count = none. */
size_t axis_find(const void *records, size_t count, size_t size, const char *name);

/* Distinct integers, ascending. */
struct integer_axis {
    size_t count, capacity;
    int64_t *values;
};
enum status integer_axis_add(struct integer_axis *axis, int64_t value, struct message *message);
/* The index of the value, count = none. */
size_t integer_axis_find(const int64_t *values, size_t count, int64_t value);

#endif
