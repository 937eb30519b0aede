/* format.h -- --format of report and evaluate.  Private to this folder. */
#ifndef LEXBENCH_FORMAT_H
#define LEXBENCH_FORMAT_H

#include "results/tables/table.h"
#include "support/status.h"

#define FORMAT_VALUES "text|markdown|csv|json|latex|long|html"

/* name NULL: text.  STATUS_WRONG with the nearest name. */
enum status format_read(enum table_format *out, const char *name, struct message *message);

#endif
