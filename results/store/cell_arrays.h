/* cell_arrays.h -- the members of a cell that are arrays of numbers (private to results/).
 *
 * One row of the table is the member, the dimension along it, the kind of protocol that gives it.  Files
 * hold NaN where there is no number; a member whose numbers are all NaN is NULL in memory. */
#ifndef LEXBENCH_CELL_ARRAYS_H
#define LEXBENCH_CELL_ARRAYS_H

#include <stdbool.h>
#include <stddef.h>

#include "results/store/cell.h"
#include "support/status.h"

struct cell_array {
    const char *name; /* NULL ends the table */
    size_t offset;    /* of the member, a double * */
    bool depths;      /* along depth; else along position_bin */
    bool scored;      /* of the scored set: the same for every variant and seed */
    const char *kind; /* of the protocols that give it: one protocol at a place */
    const char *unit, *description;
};
extern const struct cell_array cell_arrays[];

double **cell_array_member(struct cell *cell, const struct cell_array *array);
double *cell_array_get(const struct cell *cell, const struct cell_array *array); /* NULL = not taken */
size_t cell_array_extent(const struct cell_array *array, size_t depths);
void cell_arrays_release(struct cell *cell);
/* depths: of the cells' trial or results. */
enum status cell_arrays_copy(struct cell *out, const struct cell *in, size_t depths, struct message *message);
/* The first member in which two cells differ, and *at where along it; NULL = none. */
const struct cell_array *cell_arrays_difference(size_t *at, const struct cell *a, const struct cell *b,
                                                size_t depths, bool scored_only);
/* An element; NaN where the member is not taken. */
double cell_array_value(const struct cell *cell, const struct cell_array *array, size_t at);

#endif
