/* plot.h -- results as figures.  The only room that knows gnuplot. */
#ifndef LEXBENCH_PLOT_H
#define LEXBENCH_PLOT_H

#include "results/store/results.h"
#include "support/status.h"
#include "support/text.h"

/* NULL: all that the results can give, all datasets, all protocols, "png", "screen". */
struct plot_request {
    const char *kinds; /* "score,ranks" */
    const char *dataset, *protocol;
    const char *formats; /* "png,svg,pdf" (any of them) */
    const char *size;    /* "screen", "column" or "text" */
};

/* The kinds and the sizes there are; index from 0, NULL after the last. */
const char *plot_kind(size_t index, const char **summary);
const char *plot_size(size_t index, const char **summary);

/* Are the words of a request known?  STATUS_WRONG with the nearest. */
enum status plot_check(const struct plot_request *request, struct message *message);

/* Draws KIND-DATASET.FORMAT, or KIND.FORMAT where a figure is of all datasets, into folder; the gnuplot
 * script with its data, KIND-DATASET.gp, stays beside it and draws it again when run by hand.
 * written: appends the paths written, one a line.  STATUS_WRONG: an unknown word, or nothing to draw.
 * STATUS_FAILED when gnuplot is missing or fails. */
enum status plot_draw(const struct results *results, const char *folder, const struct plot_request *request,
                      struct text *written, struct message *message);

#endif
