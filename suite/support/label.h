/* label.h -- names are data: here they become text that a terminal, a table or a figure shows as it
 * stands (private to results/). */
#ifndef LEXBENCH_LABEL_H
#define LEXBENCH_LABEL_H

#include <stddef.h>

#include "support/text.h"

/* Control characters, invisible direction marks and bytes that are no UTF-8 become \xNN. */
void label_plain(struct text *out, const char *name);

/* label_plain, with what Markdown would read as markup escaped. */
void label_markdown(struct text *out, const char *name);

size_t label_width(const char *text); /* characters, not bytes */

/* Bytes of the UTF-8 character at text (0 at its end); 1 for a byte that is none. */
size_t label_character(const char *text);

#endif
