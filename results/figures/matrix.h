/* matrix.h -- all scores of a configuration: what is shown (private to figures/matrix*.c). */
#ifndef LEXBENCH_FIGURE_MATRIX_H
#define LEXBENCH_FIGURE_MATRIX_H

#include <stdbool.h>
#include <stddef.h>

#include "results/figures/figure.h"
#include "results/figures/sheet.h"
#include "results/findings/ranks.h"

/* One dataset under one protocol: columns are lengths. */
struct matrix_block {
    const struct selection *of;
    size_t columns, *length;  /* (columns) indices that were asked of any variant */
    double *mean;             /* (rows, columns) in the unit of the measure; NAN = no score */
    bool *asked;              /* (rows, columns) */
    double worst, best;       /* ends of the scale of colours */
    bool cut_worst, cut_best; /* some scores lie beyond that end and have its colour */
    size_t band;              /* blocks that do not fit beside the others stand in the next band */
    double left, cell;        /* from the first block of its band; width of a column: inches */
};

struct matrix {
    const struct results *results;
    size_t configuration, rows, blocks;
    size_t *row;                /* (rows) variants, the best first */
    struct selection *of;       /* (blocks) */
    struct matrix_block *block; /* (blocks) */
    struct ranks ranks;         /* those that decide the order of rows */
};

/* ---- matrix_layout.c ---- */

/* In em: between blocks; at the edges of the sheet; between a name and its row. */
#define MATRIX_GAP    0.9
#define MATRIX_MARGIN 0.5
#define MATRIX_NAME   0.5

enum { MATRIX_SCORE_SIZE = 24 };

/* A way to fit a sheet. */
struct matrix_fit {
    double numbers; /* their size at most, in units of the base font; 0 = none */
    size_t name;    /* characters shown */
};

/* How the figure stands on its sheet. */
struct matrix_layout {
    struct sheet sheet;
    struct matrix *matrix;
    struct matrix_fit fit;
    double size, numbers, over; /* of names, numbers, what stands over columns: in units of the base font */
    double pitch;               /* of rows, in inches */
    double names, titles;       /* inches: width of names, height of what stands over columns */
    size_t bands;
};

/* Decides on the fit, the width of the sheet, and where blocks stand. */
void matrix_lay_out(struct matrix_layout *layout);
double matrix_block_width(const struct matrix_block *block);
/* Dataset, measure and protocol over a block, as sheet_paragraph: returns inches, out NULL only measures. */
double matrix_titles(struct text *out, const struct matrix_layout *layout, const struct matrix_block *block,
                     double left, double top);
/* Where a score lies on its block's scale: 0 the worst, 1 the best. */
double matrix_shade(const struct matrix_block *block, double mean);
/* A score in three digits or so; large numbers as 2e7. */
void matrix_print_score(char out[MATRIX_SCORE_SIZE], const struct matrix_block *block, double mean);

/* ---- matrix_draw.c ---- */

void matrix_script(struct text *out, struct matrix *matrix, const struct figure_size *size, const char *name);

#endif
