/* report.h -- the formats of results as tables, by name.  A format is one file (of tables/ or page/) and one
 * row in report.c. */
#ifndef LEXBENCH_REPORT_H
#define LEXBENCH_REPORT_H

#include <stddef.h>

#include "results/store/results.h"
#include "support/status.h"
#include "support/text.h"

struct report_format {
    const char *name, *summary;
    /* out->failed: no memory. */
    void (*write)(struct text *out, const struct results *results);
    /* Every variant against one of them; NULL: not in this format.  STATUS_WRONG: there is no such variant. */
    enum status (*compare)(struct text *out, const struct results *results, const char *baseline,
                           struct message *message);
};

/* NULL: the first.  STATUS_WRONG with the nearest name. */
enum status report_format_find(const struct report_format **out, const char *name, struct message *message);

/* The names there are; index from 0, NULL after the last. */
const char *report_format_name(size_t index, const char **summary);

#endif
