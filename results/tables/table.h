/* table.h -- results as tables, for people and for programs; report/report.h has them by name. */
#ifndef LEXBENCH_TABLE_H
#define LEXBENCH_TABLE_H

#include "results/store/results.h"
#include "support/status.h"
#include "support/text.h"

/* A format ends in one exported  const struct table_format table_format_<name>. */
struct table_format {
    const char *name, *summary;
    /* out->failed: no memory. */
    void (*write)(struct text *out, const struct results *results);
    /* Every variant against one of them; NULL: not in this format.  STATUS_WRONG: there is no such variant. */
    enum status (*compare)(struct text *out, const struct results *results, const char *baseline,
                           struct message *message);
};

/* Refused, failed and missing cells say so in every format, with their reasons.  out->failed: no memory.
 *
 * For people: one table per dataset, configuration and protocol, one row per variant, one column per
 * length (as n/L and n): mean ± spread over seeds (selection.h).  nll in nats per token; exact match and
 * accuracy in per cent.  Text and Markdown: then effective lengths, ranks, the sweep of a tuning, and claims
 * with verdicts. */
void table_text(struct text *out, const struct results *results);
void table_markdown(struct text *out, const struct results *results);
void table_latex(struct text *out, const struct results *results); /* for booktabs */

/* For programs: names, numbers and units as in results.h5 (shares from 0 to 1), every digit. */
void table_csv(struct text *out, const struct results *results);  /* tidy: a row per variant and length */
void table_json(struct text *out, const struct results *results); /* one object; null = no number */
void table_long(struct text *out, const struct results *results); /* a row of values per seed and cell */

/* Every variant against one of them, paired by seed, a table for each of loss and exact match.
 * STATUS_WRONG: there is no such variant. */
enum status table_comparison_text(struct text *out, const struct results *results, const char *baseline,
                                  struct message *message);
enum status table_comparison_markdown(struct text *out, const struct results *results, const char *baseline,
                                      struct message *message);

#endif
