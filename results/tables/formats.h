/* formats.h -- the formats that table.c hands on, a file each (private to results/). */
#ifndef LEXBENCH_TABLE_FORMATS_H
#define LEXBENCH_TABLE_FORMATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "results/store/results.h"
#include "support/text.h"

void table_csv(struct text *out, const struct results *results);
void table_json(struct text *out, const struct results *results);
/* The member "claims" of the JSON object, after another one. */
void table_claims_json(struct text *out, const struct results *results);
void table_latex(struct text *out, const struct results *results);
void table_long(struct text *out, const struct results *results);

/* A row of comma-separated values (RFC 4180, with LF as the end of a line): `first` says whether the
 * value begins one.  A value is quoted when it must be; no number is an empty value. */
void csv_text(struct text *out, bool first, const char *value);
void csv_number(struct text *out, double value);
void csv_integer(struct text *out, int64_t value);

#endif
