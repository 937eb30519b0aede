/* html.h -- results as one page that holds all it needs: nothing is fetched when it is read. */
#ifndef LEXBENCH_HTML_H
#define LEXBENCH_HTML_H

#include <stddef.h>

#include "results/store/results.h"
#include "support/text.h"

/* The page: what was run, verdicts, tables with intervals, figures (by gnuplot; where that is missing
 * the page says so), what is missing and why, how to repeat it.  out->failed: no memory. */
void html_write(struct text *out, const struct results *results);

#endif
