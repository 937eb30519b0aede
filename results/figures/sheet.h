/* sheet.h -- a sheet that gnuplot draws on, measured in inches from its lower left corner (private to
 * results/). */
#ifndef LEXBENCH_SHEET_H
#define LEXBENCH_SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "results/figures/figure.h"
#include "support/text.h"

/* Text sizes in units of the base font, and the pitch of lines in units of their text. */
#define SHEET_TITLE 1.15
#define SHEET_LABEL 0.95
#define SHEET_NOTE  0.88
#define SHEET_LINE  1.32

struct sheet {
    const struct figure_size *size;
    double width, height; /* inches */
    double em;            /* the base font, in inches */
};
struct sheet sheet_of(const struct figure_size *size);

/* The look of variants, the same in every figure: line types 1, 2, ... are theirs. */
enum { SHEET_LOOKS = 28 }; /* so many differ in colour or dash */
const char *sheet_colour(size_t variant);
int sheet_marker(size_t variant); /* gnuplot's number of it */
bool sheet_marker_is_open(size_t variant);

/* What stands first in every script: how to run it, terminal, colours, the looks of the variants. */
void sheet_head(struct text *out, const struct sheet *sheet, const char *name, const char *about);
void sheet_looks(struct text *out, const struct results *results);

/* An estimate of the width of a text, in units of its size, on the wide side. */
double sheet_text_width(const char *text);
/* Inches of a text of this size. */
double sheet_inches(const struct sheet *sheet, const char *text, double size);

/* A text at a place; look: gnuplot's words for a label ("left textcolor rgb grey font note_font"). */
void sheet_text(struct text *out, const struct sheet *sheet, const char *value, double x, double y,
                const char *look);
/* The name of an axis around x, moved where it would leave the sheet. */
void sheet_centred(struct text *out, const struct sheet *sheet, const char *value, double x, double y);
/* A text broken between words into lines no wider than `width`, downwards from top; returns the height
 * of all lines in inches, NAN without memory (a sheet of no height fails its script).  out NULL: only measures.
 * bold: as a title. */
double sheet_paragraph(struct text *out, const struct sheet *sheet, const char *value, double x, double top,
                       double width, double size, bool bold);
/* What stands above and below: a title over a subtitle, a note.  As sheet_paragraph: height, out NULL. */
struct sheet_words {
    struct text title, subtitle, note;
};
double sheet_heading(struct text *out, const struct sheet *sheet, const struct sheet_words *words,
                     double left, double top);
double sheet_foot(struct text *out, const struct sheet *sheet, const struct sheet_words *words, double left,
                  double top);
void sheet_words_release(struct sheet_words *words);
/* "rope: " and what follows as the title; "protocol fixed, configuration 2x64; " (protocol as asked for). */
void sheet_words_title(struct sheet_words *words, const struct selection *of, const char *what);
void sheet_words_place(struct sheet_words *words, const struct selection *of);

/* The axes stand here from now on. */
void sheet_axes(struct text *out, const struct sheet *sheet, double left, double right, double bottom,
                double top);

/* Moves at(count) apart to at least `gap`, inside 0..1, each as little as can be (least squares; the
 * order is kept).  When they cannot all fit they spread evenly.  order(count) is room. */
void sheet_push_apart(double *at, size_t *order, size_t count, double gap);

/* ---- sheet_palette.c ---- */

/* Colours from 0 to 1 of a map are viridis from now on. */
void sheet_palette(struct text *out);
/* Is black better read on the colour at this place than white? */
bool sheet_palette_light(double place);

/* ---- sheet.c ---- */

/* Ticks at 1, 2 or 5 times a power of ten, `most` at most, between the bounds: sets ytics or xtics. */
void sheet_ticks(struct text *out, const char *axis, double minimum, double maximum, size_t most,
                 bool labels);
/* On a logarithmic axis, bounds above 0: at 1, 2 or 5 times powers of ten; where these are more than `most`, at
 * powers of ten alone. */
void sheet_ticks_logarithmic(struct text *out, const char *axis, double minimum, double maximum, size_t most);

#endif
