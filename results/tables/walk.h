/* walk.h -- the one walk over results that every format of tables takes: tables, their variants, their lengths.
 * A format is a printer. */
#ifndef LEXBENCH_TABLE_WALK_H
#define LEXBENCH_TABLE_WALK_H

#include <stdbool.h>
#include <stddef.h>

#include "results/findings/selection.h"
#include "support/text.h"

struct table_printer;

/* The table that is printed. */
struct table {
    struct selection of;
    size_t index;            /* among the tables printed, from 0 */
    size_t columns, *column; /* (columns) indices of the lengths at which anything was asked */
    double *best;            /* (columns) mean, NAN: nothing to mark */
    double *values;          /* (replicates) the scores of the entry that is printed; else room */
    const struct table_printer *printer;
    void *context; /* the printer's own */
};

/* All functions but `entry` may be NULL; `name` and `length` are for the words below. */
struct table_printer {
    bool stored;                                      /* shares from 0 to 1, as in results.h5, not per cent */
    void (*name)(struct text *out, const char *name); /* a name from a file, harmless in this format */
    const char *length;                               /* for printf: n/L, n (double, int64_t) */
    bool (*begin)(struct text *out, struct table *table); /* false: not this table */
    void (*row)(struct text *out, struct table *table, size_t variant);
    void (*entry)(struct text *out, struct table *table, size_t variant, size_t column,
                  const struct outcome *outcome);
    void (*row_end)(struct text *out, struct table *table);
    void (*end)(struct text *out, struct table *table);
};

/* Returns how many tables were printed.  out->failed: no memory. */
size_t table_walk(struct text *out, const struct results *results, const struct table_printer *printer,
                  void *context);

/* ---- words that formats for people share; names by the printer ---- */

/* "recall: exact match, per cent (higher is better)"; strong stands around all but the last. */
void table_title(struct text *out, const struct table *table, const char *strong);
/* "protocol fixed (targets: all), configuration 2x64". */
void table_place(struct text *out, const struct table *table);
void table_length(struct text *out, const struct table *table, size_t column);
/* "rope", of a fine-tune "rope-tuned †4L" (trained_length.h). */
void table_variant(struct text *out, const struct results *results, size_t variant,
                   void (*name)(struct text *out, const char *name));
/* What stands before a score at a length that the variant saw in training beyond L: "†"; else "". */
const char *table_seen(const struct table *table, size_t variant, size_t column);
/* Is it the best of its column? */
bool table_is_best(const struct table *table, size_t variant, size_t column, const struct outcome *outcome);
/* What the marks of fine-tuned variants mean, where there are any; "rope at 2L 128: failed in 1 of 5 (reason)" for each run of columns in which the same is missing, and why;
 * then "not trained alike: ..." for each option of training in which variants differ. */
void table_notes(struct text *out, struct table *table,
                 void (*print)(struct text *out, const struct table *table, const struct text *note));

#endif
