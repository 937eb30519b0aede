/* private.h -- the parts of the page (private to results/html*.c). */
#ifndef LEXBENCH_HTML_PRIVATE_H
#define LEXBENCH_HTML_PRIVATE_H

#include <stdbool.h>

#include "results/page/html.h"

/* A name as text of the page: label_plain, and no character of it is markup.  With lines: line ends stay. */
void html_text(struct text *out, const char *value);
void html_lines(struct text *out, const char *value);
/* A name as one word of a shell, for command lines that people copy. */
void html_shell_word(struct text *out, const char *value);

/* SVG as gnuplot writes it, made part of a page: ids get the prefix, only known elements pass.  False, and
 * nothing is written, when it holds any other. */
bool html_svg(struct text *out, const struct text *svg, const char *prefix, const char *label,
              const char *look);

/* What became of one claim: any texts, shown as they are. */
struct html_verdict {
    const char *name, *statement;
    const char *verdict; /* "holds", "does not hold", "undecided: why" */
    const char *reason;  /* the test and its numbers */
};
void html_verdict(struct text *out, const struct html_verdict *verdict);
void html_verdicts(struct text *out, const struct results *results); /* validity and claims */

void html_what(struct text *out, const struct results *results); /* what was run */
void html_tables(struct text *out, const struct results *results);
void html_figures(struct text *out, const struct results *results);
void html_missing(struct text *out, const struct results *results);
void html_repeat(struct text *out, const struct results *results);

#endif
