/* figure_matrix.h -- all scores of a configuration: what is shown (private to results/figure_matrix*.c). */
#ifndef LEXBENCH_FIGURE_MATRIX_H
#define LEXBENCH_FIGURE_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

#include "results/figure.h"
#include "results/ranks.h"

/* One dataset under one protocol: columns are lengths. */
struct matrix_block {
    const struct selection *of;
    size_t columns, *length;            /* (columns) indices that were asked of any variant */
    double *mean;                       /* (rows, columns) in the unit of the measure; NAN = no score */
    bool *asked;                        /* (rows, columns) */
    double worst, best;                 /* ends of the scale of colours */
    bool cut_worst, cut_best;           /* some scores lie beyond that end and have its colour */
    size_t band;                        /* blocks that do not fit beside the others stand in the next band */
    double left, cell;                  /* from the first block of its band; width of a column: inches */
};

struct matrix {
    const struct results *results;
    size_t configuration, rows, blocks;
    size_t *row;                        /* (rows) variants, the best first */
    struct selection *of;               /* (blocks) */
    struct matrix_block *block;         /* (blocks) */
    struct ranks ranks;                 /* those that decide the order of rows */
};

/* Where a score lies on its block's scale: 0 the worst, 1 the best. */
double matrix_shade(const struct matrix_block *block, double mean);

/* The script of the figure; decides where blocks stand (figure_matrix_draw.c). */
void matrix_script(struct text *out, struct matrix *matrix, const struct figure_size *size, const char *name);

#endif
