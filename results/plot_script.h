/* plot_script.h -- the gnuplot script of a figure, its data inside (private to results/). */
#ifndef LEXBENCH_PLOT_SCRIPT_H
#define LEXBENCH_PLOT_SCRIPT_H

#include "results/panel.h"
#include "support/text.h"

/* Panels of one results, one under the other.  Run by itself the script draws score.png; fmt, out and
 * font can be set before it (gnuplot -e "fmt='svg'" score.gp). */
void plot_script(struct text *out, const struct panel *panels, size_t count);

#endif
