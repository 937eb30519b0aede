/* grid.h -- a grid of texts, printed for a terminal or as Markdown; and the tables that are one (private
 * to this folder). */
#ifndef LEXBENCH_TABLE_GRID_H
#define LEXBENCH_TABLE_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "results/store/results.h"
#include "support/text.h"

enum table_style { TABLE_TEXT, TABLE_MARKDOWN };

/* The first row is the header, the first column names what stands in a row. */
struct grid_of_texts {
    size_t rows, columns;
    struct text *cell; /* (rows, columns) */
};

bool table_grid_begin(struct grid_of_texts *grid, size_t rows, size_t columns); /* false: no memory */
struct text *table_grid_cell(struct grid_of_texts *grid, size_t row, size_t column);
/* A name that came from a file, as plain text or with Markdown's signs escaped. */
void table_grid_name(struct text *out, const char *name, enum table_style style);
/* The same of a variant, with the mark of a fine-tune (trained_length.h). */
void table_grid_variant(struct text *out, const struct results *results, size_t variant,
                        enum table_style style);
/* As many columns at a time as a line holds.  Releases the grid. */
void table_grid_end(struct text *out, struct grid_of_texts *grid, enum table_style style);

/* For a terminal broken between words, lines after the first indented; for Markdown as it is. */
void table_note(struct text *out, const struct text *note, enum table_style style);

/* lengths.c: n* of every variant, and how many seeds solved each task in range. */
void table_lengths(struct text *out, const struct results *results, enum table_style style);
/* ranks.c: mean ranks over datasets at the longest n/L that all have. */
void table_ranks(struct text *out, const struct results *results, enum table_style style);
/* tuning.c: what was tried, a table for each dataset and configuration: one row per trained part, one column
 * per combination, the score on the validation block at n = L, the chosen one marked.  Nothing without a
 * tuning. */
void table_tuning(struct text *out, const struct results *results, enum table_style style);
/* claims.c: verdicts, and the tests behind them. */
void table_claims(struct text *out, const struct results *results, enum table_style style);

#endif
