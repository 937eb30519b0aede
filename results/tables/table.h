/* table.h -- results as tables, for people and for programs. */
#ifndef LEXBENCH_TABLE_H
#define LEXBENCH_TABLE_H

#include "results/store/results.h"
#include "support/text.h"

/* For people: one table per dataset, configuration and protocol, one row per variant, one column per
 * length (as n/L and n): mean ± spread over seeds (selection.h).  nll in nats per token; exact match and
 * accuracy in per cent.  Then effective lengths, ranks, the sweep of a tuning, and claims with verdicts.
 *
 * For programs: names, numbers and units as in results.h5 (shares from 0 to 1), every digit. */
enum table_format {
    TABLE_TEXT,
    TABLE_MARKDOWN,
    TABLE_CSV,   /* the tables in tidy form: a row per variant and length */
    TABLE_JSON,  /* the tables as one object; null = no number */
    TABLE_LATEX, /* the tables for booktabs */
    TABLE_LONG,  /* no summary: a row of comma-separated values per seed and cell */
    TABLE_HTML   /* a page with tables and figures (html.h) */
};

/* Refused, failed and missing cells say so in every format, with their reasons. */
void table_write(struct text *out, const struct results *results, enum table_format format);

/* Every variant against one of them, paired by seed, a table for each of loss and exact match; text and
 * Markdown.  STATUS_WRONG: there is no such variant. */
enum status table_comparison(struct text *out, const struct results *results, const char *baseline,
                             enum table_format format, struct message *message);

#endif
