/* plot.h -- results as figures.  The only room that knows gnuplot. */
#ifndef LEXBENCH_PLOT_H
#define LEXBENCH_PLOT_H

#include "results/store.h"
#include "support/status.h"
#include "support/text.h"

/* Score against n/L, one panel per dataset (first configuration by name unless named): mean over
 * seeds as a line, every seed as a point, training region shaded, curves labelled directly.
 *   folder   where figure, gnuplot script (data inside) go
 *   protocol NULL = for each dataset the first that measured something, in dimension order
 *   formats  "png,svg,pdf" (any of them)
 * written: appends the paths written, one a line.  The script stays beside the figure and draws it
 * again when run by hand.  STATUS_FAILED when gnuplot is missing or fails. */
enum status plot_score(const struct results *results, const char *folder, const char *protocol,
                       const char *formats, struct text *written, struct message *message);

#endif
