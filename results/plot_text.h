/* plot_text.h -- names and sentences of a figure (private to results/). */
#ifndef LEXBENCH_PLOT_TEXT_H
#define LEXBENCH_PLOT_TEXT_H

#include "results/panel.h"
#include "support/text.h"

/* A string of gnuplot's that is exactly this value, whatever it holds. */
void plot_text_quoted(struct text *out, const struct text *value);
/* Markup of gnuplot's enhanced mode: this value in bold. */
void plot_text_bold(struct text *out, const char *value);

/* What is written: the ratio n/L ("½×"), the label of a curve, the two lines above a panel.  Names are
 * plain (label.h), long ones cut. */
void plot_text_ratio(struct text *out, double ratio);
void plot_text_label(struct text *out, const struct panel *panel, const struct panel_curve *curve);
void plot_text_title(struct text *out, const struct panel *panel);
void plot_text_subtitle(struct text *out, const struct panel *panel);

#endif
