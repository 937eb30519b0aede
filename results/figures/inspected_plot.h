/* inspected_plot.h -- an encoder by itself, as figures. */
#ifndef LEXBENCH_INSPECTED_PLOT_H
#define LEXBENCH_INSPECTED_PLOT_H

#include "results/store/inspected.h"
#include "support/status.h"
#include "support/text.h"

/* Are these formats ("png,svg,pdf", any of them) known?  STATUS_WRONG names those that are. */
enum status inspected_plot_check(const char *formats, struct message *message);

/* One figure per length, n<length>, with its gnuplot script, the data inside.  The folder must be there.
 * written: appends the paths written, one a line.  STATUS_FAILED when gnuplot is missing or fails. */
enum status inspected_plot(const struct inspected *inspected, const char *folder, const char *formats,
                           struct text *written, struct message *message);

#endif
