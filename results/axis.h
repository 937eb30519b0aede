/* axis.h -- a dimension while trials are merged: its distinct records or values (private to results/). */
#ifndef LEXBENCH_AXIS_H
#define LEXBENCH_AXIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "results/fields.h"
#include "results/store.h"

/* Records that begin with a name: variants, datasets, configurations, protocols. */
struct axis {
    const char *what;                   /* "variant" */
    const struct field *fields;
    bool names_groups;                  /* its names stand in paths of results.h5 */
    size_t size, count, capacity;       /* size: of a record */
    void *records;
    size_t origins;                     /* capacity of origin */
    const struct trial **origin;        /* (count) the trial that brought the record */
};

/* Adds the record unless one of its name is there; that one must be equal (members marked `least`
 * become the least).  STATUS_FAILED names both trials and what differs. */
enum status axis_add(struct axis *axis, const void *record, const struct trial *trial,
                     struct message *message);
/* By name; names in `order` come first, as they stand there. */
void axis_sort(struct axis *axis, const char *const *order, size_t order_count);
size_t axis_find(const void *records, size_t count, size_t size, const char *name);    /* it is there */

/* Distinct integers, ascending. */
struct integer_axis {
    size_t count, capacity;
    int64_t *values;
};
enum status integer_axis_add(struct integer_axis *axis, int64_t value, struct message *message);
size_t integer_axis_find(const int64_t *values, size_t count, int64_t value);           /* it is there */

#endif
