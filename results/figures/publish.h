/* publish.h -- the words of what is asked for, and figures written into a folder (private to results/). */
#ifndef LEXBENCH_FIGURE_PUBLISH_H
#define LEXBENCH_FIGURE_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>

#include "results/figures/figure.h"

enum { PUBLISH_WORDS = 8 }; /* kinds, formats, sizes: so many of each at most */

/* Which of the words, divided by commas, are named; words NULL: all that `name` gives (index from 0, NULL after
 * the last).  STATUS_WRONG with the nearest; what: "kind". */
enum status publish_words(bool wanted[PUBLISH_WORDS], const char *words, const char *what,
                          const char *(*name)(size_t, const char **), struct message *message);
const char *publish_format(size_t index, const char **summary);

/* Writes the script of a figure into a folder and draws it in these formats.  written: appends the paths. */
enum status figure_publish(const char *folder, const struct figure *figure, const bool formats[PUBLISH_WORDS],
                           struct text *written, struct message *message);

#endif
