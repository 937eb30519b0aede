/* gnuplot.h -- running gnuplot (private to results/). */
#ifndef LEXBENCH_GNUPLOT_H
#define LEXBENCH_GNUPLOT_H

#include "support/status.h"
#include "support/text.h"

/* Draws folder/name.gp as folder/name.FORMAT, whole or not at all. */
enum status gnuplot_draw(const char *folder, const char *name, const char *format, struct text *written,
                         struct message *message);

/* What a script draws as SVG; no file is left anywhere. */
enum status gnuplot_svg(struct text *svg, const struct text *script, struct message *message);

#endif
