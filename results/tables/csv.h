/* csv.h -- rows of comma-separated values (RFC 4180, with LF as the end of a line; private to this folder). */
#ifndef LEXBENCH_TABLE_CSV_H
#define LEXBENCH_TABLE_CSV_H

#include <stdbool.h>
#include <stdint.h>

#include "support/text.h"

/* `first` says whether the value begins a row.  A value is quoted when it must be; no number is an empty
 * value. */
void csv_text(struct text *out, bool first, const char *value);
void csv_number(struct text *out, double value);
void csv_integer(struct text *out, int64_t value);

#endif
