/* compare.h -- are two results the same, outside what was measured?
 *
 * Places are matched by their coordinates, so the order of variants does not matter.  Numbers are
 * compared bit for bit.  Titles are labels and are not compared; manifests tell where numbers come
 * from, so a difference there is noted and is none of the results. */
#ifndef LEXBENCH_COMPARE_H
#define LEXBENCH_COMPARE_H

#include <stddef.h>

#include "results/store/results.h"

enum { DIFFERENCE_SIZE = 1024 };

struct comparison {
    size_t cells;                /* asked in one or both */
    size_t differing;            /* of them: asked in one only, or not equal */
    size_t others;               /* differences that are no cell: provenance, a coordinate, a training */
    char cell[DIFFERENCE_SIZE];  /* the first cell that differs, with both values; "" = none */
    char other[DIFFERENCE_SIZE]; /* the first of the others; "" = none */
    char note[DIFFERENCE_SIZE];  /* the first line in which manifests differ; "" = none */
};

/* name_a, name_b: what sentences call the two.  STATUS_OK whether they are equal or not;
 * STATUS_FAILED: no memory. */
enum status results_compare(struct comparison *out, const struct results *a, const char *name_a,
                            const struct results *b, const char *name_b, struct message *message);

#endif
