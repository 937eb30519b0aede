/* table.h -- results as tables for people: text and markdown. */
#ifndef LEXBENCH_TABLE_H
#define LEXBENCH_TABLE_H

#include "results/store.h"
#include "support/text.h"

enum table_format { TABLE_TEXT, TABLE_MARKDOWN };

/* One table per dataset, configuration and protocol, one row per variant, one column per length
 * (as n/L and n): mean over seeds, and the range below 5 seeds.  nll in nats per token; exact
 * match and accuracy in per cent.  Refused, failed and missing cells say so, reasons stand under
 * the table. */
void table_write(struct text *out, const struct results *results, enum table_format format);

#endif
