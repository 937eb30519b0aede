/* html.h -- results as one page that holds all it needs: nothing is fetched when it is read. */
#ifndef LEXBENCH_HTML_H
#define LEXBENCH_HTML_H

#include <stddef.h>

#include "results/store.h"
#include "support/text.h"

/* What became of one claim: any texts, shown as they are. */
struct html_verdict {
    const char *name, *statement;
    const char *verdict;                /* "holds", "does not hold", "undecided" */
    const char *reason;                 /* the test, its numbers, what is missing */
};

/* The page: what was run, verdicts(count), tables with intervals, figures (by gnuplot; where that is missing
 * the page says so), what is missing and why, how to repeat it.  out->failed: no memory. */
void html_write(struct text *out, const struct results *results, const struct html_verdict *verdicts, size_t count);

#endif
