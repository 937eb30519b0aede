/* private.h -- the parts of the page (private to results/html*.c). */
#ifndef LEXBENCH_HTML_PRIVATE_H
#define LEXBENCH_HTML_PRIVATE_H

#include "results/page/html.h"

/* A name as text of the page: label_plain, and no character of it is markup.  With lines: line ends stay. */
void html_text(struct text *out, const char *value);
void html_lines(struct text *out, const char *value);
/* A name as one word of a shell, for command lines that people copy. */
void html_shell_word(struct text *out, const char *value);

/* An image inside the page: browsers run and fetch nothing in SVG that is an image, whatever it holds.
 * label: what is to be seen, for those who cannot see it; look: its class. */
void html_svg(struct text *out, const struct text *svg, const char *label, const char *look);

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
