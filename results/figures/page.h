/* page.h -- a page that gnuplot draws on, measured in inches from its lower left corner (private to
 * results/). */
#ifndef LEXBENCH_PAGE_H
#define LEXBENCH_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "results/figures/figure.h"
#include "support/text.h"

/* Text sizes in units of the base font, and the pitch of lines in units of their text. */
#define PAGE_TITLE 1.15
#define PAGE_LABEL 0.95
#define PAGE_NOTE  0.88
#define PAGE_LINE  1.32

struct page {
    const struct figure_size *size;
    double width, height; /* inches */
    double em;            /* the base font, in inches */
};
struct page page_of(const struct figure_size *size);

/* The look of variants, the same in every figure: line types 1, 2, ... are theirs. */
enum { PAGE_LOOKS = 28 }; /* so many differ in colour or dash */
const char *page_colour(size_t variant);
int page_marker(size_t variant); /* gnuplot's number of it */
bool page_marker_is_open(size_t variant);

/* What stands first in every script: how to run it, terminal, colours, the looks of the variants. */
void page_head(struct text *out, const struct page *page, const char *name, const char *about);
void page_looks(struct text *out, const struct results *results);

/* An estimate of the width of a text, in units of its size, on the wide side. */
double page_text_width(const char *text);
/* Inches of a text of this size. */
double page_inches(const struct page *page, const char *text, double size);

/* A text at a place; look: gnuplot's words for a label ("left textcolor rgb grey font note_font"). */
void page_text(struct text *out, const struct page *page, const char *value, double x, double y,
               const char *look);
/* The name of an axis around x, moved where it would leave the page. */
void page_centred(struct text *out, const struct page *page, const char *value, double x, double y);
/* A text broken between words into lines no wider than `width`, downwards from top; returns the height
 * of all lines in inches, NAN without memory (a page of no height fails its script).  out NULL: only measures.
 * bold: as a title. */
double page_paragraph(struct text *out, const struct page *page, const char *value, double x, double top,
                      double width, double size, bool bold);
/* What stands above and below: a title over a subtitle, a note.  As page_paragraph: height, out NULL. */
struct page_words {
    struct text title, subtitle, note;
};
double page_heading(struct text *out, const struct page *page, const struct page_words *words, double left,
                    double top);
double page_foot(struct text *out, const struct page *page, const struct page_words *words, double left,
                 double top);
void page_words_release(struct page_words *words);
/* "rope: " and what follows as the title; "protocol fixed, configuration 2x64; " (protocol as asked for). */
void page_words_title(struct page_words *words, const struct selection *of, const char *what);
void page_words_place(struct page_words *words, const struct selection *of);

/* The axes stand here from now on. */
void page_axes(struct text *out, const struct page *page, double left, double right, double bottom,
               double top);

/* Moves at(count) apart to at least `gap`, inside 0..1, each as little as can be (least squares; the
 * order is kept).  When they cannot all fit they spread evenly.  order(count) is room. */
void page_push_apart(double *at, size_t *order, size_t count, double gap);

/* ---- page_palette.c ---- */

/* Colours from 0 to 1 of a map are viridis from now on. */
void page_palette(struct text *out);
/* Is black better read on the colour at this place than white? */
bool page_palette_light(double place);

/* ---- page.c ---- */

/* Ticks at 1, 2 or 5 times a power of ten, `most` at most, between the bounds: sets ytics or xtics. */
void page_ticks(struct text *out, const char *axis, double minimum, double maximum, size_t most, bool labels);
/* On a logarithmic axis, bounds above 0: at 1, 2 or 5 times powers of ten; where these are more than `most`, at
 * powers of ten alone. */
void page_ticks_logarithmic(struct text *out, const char *axis, double minimum, double maximum, size_t most);

#endif
