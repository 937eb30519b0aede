/* report.h -- the formats of results as tables, by name.  A format is one file (of tables/ or page/) and its name in
 * report.c. */
#ifndef LEXBENCH_REPORT_H
#define LEXBENCH_REPORT_H

#include <stddef.h>

#include "results/tables/table.h"
#include "support/status.h"

/* NULL: the first.  STATUS_WRONG with the nearest name. */
enum status report_format_find(const struct table_format **out, const char *name, struct message *message);

/* The names there are; index from 0, NULL after the last. */
const char *report_format_name(size_t index, const char **summary);

#endif
