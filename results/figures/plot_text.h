/* plot_text.h -- names and how texts reach gnuplot (private to results/). */
#ifndef LEXBENCH_PLOT_TEXT_H
#define LEXBENCH_PLOT_TEXT_H

#include <stddef.h>

#include "results/store/results.h"
#include "support/text.h"

enum { PLOT_NAME_SHOWN = 40 }; /* characters of a name where there is room */

/* A string of gnuplot's that is exactly this value, whatever it holds. */
void plot_text_quoted(struct text *out, const char *value);
/* Markup of gnuplot's enhanced mode: this value in bold. */
void plot_text_bold(struct text *out, const char *value);

/* A name as it is shown (label_plain), no more than `most` characters: of a long one the middle is left
 * out, because names of a family differ at their ends. */
void plot_text_name(struct text *out, const char *name, size_t most);
/* The name of a variant, of a fine-tune with its mark behind it (trained_length.h): "rope-tuned †4L". */
void plot_text_variant(struct text *out, const struct results *results, size_t variant, size_t most);
/* The ratio n/L ("½×"). */
void plot_text_ratio(struct text *out, double ratio);

#endif
