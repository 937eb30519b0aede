/* sheet.c -- the beginning of a script, texts and axes at places in inches.
 *
 * Colours are those of Okabe and Ito (2008, Color Universal Design), darkened where they were too pale
 * for text on white, without yellow; marker and dash vary too, so that a figure without colour can be
 * read. */
#include "results/figures/sheet.h"

#include <math.h>
#include <string.h>

#include "results/figures/plot_text.h"
#include "support/label.h"

const struct figure_size figure_sizes[] = {
    {"screen", "for screens and slides: as wide as its labels need", 7.2, 9, false},
    {"column", "for a column of a paper: 3.3 inches wide, text of 8 to 9 points", 3.3, 9, true},
    {"text", "for the text width of a paper: 6.5 inches wide, text of 8 to 9 points", 6.5, 9, true},
    {.name = NULL},
};

static const char *const colours[] = {"#0072B2", "#D55E00", "#00805D", "#B85C8E",
                                      "#B87A00", "#2F8FC9", "#000000"};
static const int markers[] = {7, 5, 9, 11, 13, 15, 6, 4, 8, 10, 12, 14, 2};
static const char *const dashes[] = {"solid", "(14,5)", "(4,4)", "(14,4,4,4)"};
enum { COLOURS = 7, MARKERS = 13, DASHES = 4 };

struct sheet sheet_of(const struct figure_size *size)
{
    return (struct sheet){.size = size, .width = size->width, .em = size->points / 72};
}

const char *sheet_colour(size_t variant)
{
    return colours[variant % COLOURS];
}

int sheet_marker(size_t variant)
{
    return markers[variant % MARKERS];
}

bool sheet_marker_is_open(size_t variant)
{
    const int marker = sheet_marker(variant);
    return marker >= 4 && marker % 2 == 0;
}

void sheet_head(struct text *out, const struct sheet *sheet, const char *name, const char *about)
{
    out->failed = out->failed || !isfinite(sheet->height);
    text_append(out,
                "# %s.gp -- %s.  The data are in this file.\n"
                "#   gnuplot %s.gp                   draws %s.png\n"
                "#   gnuplot -e \"fmt='svg'\" %s.gp    draws %s.svg; fmt can be png, svg or pdf\n"
                "if (!exists('fmt')) fmt = 'png'\n"
                "if (!exists('out')) out = '%s'\n"
                "if (!exists('font')) font = 'Lato'\n"
                "if (fmt ne 'png' && fmt ne 'svg' && fmt ne 'pdf') exit error 'fmt can be png, svg or pdf'\n",
                name, about, name, name, name, name, name);
    text_append(
        out,
        "W = %.3f        # inches\n"
        "H = %.3f\n"
        "set encoding utf8\n"
        "base = %g * (fmt eq 'png' ? 200/96. : fmt eq 'svg' ? 96/72. : 72/96.)    # %g points, in the "
        "terminal's units\n"
        "if (fmt eq 'png') set terminal pngcairo enhanced size ceil(W*200),ceil(H*200) "
        "font sprintf('%%s,%%g', font, base) fontscale 1 linewidth 2 pointscale 1.5 background '#ffffff'\n"
        "if (fmt eq 'svg') set terminal svg enhanced size ceil(W*96),ceil(H*96) dynamic "
        "font sprintf('%%s, DejaVu Sans, sans-serif,%%g', font, base) linewidth 1 background '#ffffff'\n"
        "if (fmt eq 'pdf') set terminal pdfcairo enhanced size W,H "
        "font sprintf('%%s,%%g', font, base) fontscale 1 linewidth 1 background '#ffffff'\n"
        "if (out eq '') set output; else set output out.'.'.fmt\n",
        sheet->width, sheet->height, sheet->size->points, sheet->size->points);
    text_append(out,
                "title_font = sprintf(',%%g', %g*base); label_font = sprintf(',%%g', %g*base); "
                "note_font = sprintf(',%%g', %g*base)\n"
                "mark = fmt eq 'png' ? 1 : fmt eq 'svg' ? 0.6 : 0.75\n"
                "ink = '#333333'; grey = '#6f6f6f'; pale = '#cfcfcf'; faint = '#dddddd'; shade = '#f1f3f5'\n"
                "set key off\n"
                "set border 3 lc rgb grey lw 0.8\n"
                "set tics out nomirror scale 0.6,0.3 textcolor rgb ink font label_font\n"
                "if (fmt eq 'svg') set xtics offset 0,0.6    # this terminal sets them lower\n"
                "set grid ytics lt 1 lc rgb faint lw 0.6 dt solid\n"
                "set style fill transparent solid 0.16 noborder\n",
                SHEET_TITLE, SHEET_LABEL, SHEET_NOTE);
}

/* Names are strings, not comments: gnuplot looks into comments for a backslash at their end. */
void sheet_looks(struct text *out, const struct results *results)
{
    for (size_t v = 0; v < results->variants; v++) {
        struct text name = {0};
        plot_text_variant(&name, results, v, SIZE_MAX);
        text_append(out, "name_%zu = ", v + 1);
        plot_text_quoted(out, text_string(&name));
        text_carry(out, &name);
        text_release(&name);
        text_append(out, "\nset linetype %zu lc rgb '%s' lw 1.7 dt %s pt %d\n", v + 1, colours[v % COLOURS],
                    dashes[v / COLOURS % DASHES], markers[v % MARKERS]);
    }
}

/* ---- texts ---- */

/* Advance widths of Lato's printable ASCII characters, in hundredths of its size. */
static const unsigned char advance[95] = {
    26, 27, 37, 58, 58, 80, 71, 20,  27, 27, 43, 58, 23, 37, 24, 45, 58, 58, 58, 58, 58, 58, 58, 58,
    58, 58, 25, 26, 58, 58, 58, 45,  84, 68, 65, 67, 76, 58, 57, 73, 76, 28, 42, 66, 51, 93, 76, 80,
    60, 80, 63, 54, 59, 74, 68, 104, 65, 62, 60, 31, 45, 31, 58, 46, 40, 50, 56, 48, 56, 53, 35, 52,
    56, 24, 24, 51, 24, 82, 56, 57,  56, 56, 36, 43, 36, 56, 52, 79, 50, 52, 45, 30, 25, 30, 58};

double sheet_text_width(const char *text)
{
    double width = 0;
    for (size_t size; (size = label_character(text)) > 0; text += size)
        if (size == 1)
            width += *text >= ' ' && *text <= '~' ? advance[*text - ' '] / 100.0 : 1;
        else
            width += size == 2 ? 0.62 : 1;
    return 1.05 * width; /* bold is wider, and so are other fonts */
}

double sheet_inches(const struct sheet *sheet, const char *text, double size)
{
    return sheet_text_width(text) * size * sheet->em;
}

void sheet_text(struct text *out, const struct sheet *sheet, const char *value, double x, double y,
                const char *look)
{
    text_append(out, "set label ");
    plot_text_quoted(out, value);
    text_append(out, " at screen %.5f, screen %.5f %s\n", x / sheet->width, y / sheet->height, look);
}

void sheet_centred(struct text *out, const struct sheet *sheet, const char *value, double x, double y)
{
    const double half = sheet_inches(sheet, value, SHEET_LABEL) / 2 + 0.3 * sheet->em;
    sheet_text(out, sheet, value, fmin(fmax(x, half), sheet->width - half), y,
               "center textcolor rgb ink font label_font");
}

static void paragraph_line(struct text *out, const struct sheet *sheet, const struct text *line, double x,
                           double y, double size, bool bold)
{
    struct text markup = {0};
    if (bold)
        plot_text_bold(&markup, text_string(line));
    text_append(out, "set label ");
    plot_text_quoted(out, bold ? text_string(&markup) : text_string(line));
    text_append(out, " at screen %.5f, screen %.5f left font sprintf(',%%g', %g*base) %s\n", x / sheet->width,
                y / sheet->height, size,
                bold ? "textcolor rgb '#111111' enhanced" : "textcolor rgb grey noenhanced");
    text_carry(out, &markup);
    text_release(&markup);
}

/* The bytes of the next word, at most so many that it fits a line of its own. */
static size_t next_word(const struct sheet *sheet, const char *text, double width, double size)
{
    const size_t whole = strcspn(text, " ");
    double used = 0;
    for (size_t at = 0, bytes; at < whole; at += bytes) {
        char one[8] = "";
        bytes = label_character(text + at);
        memcpy(one, text + at, bytes);
        used += sheet_inches(sheet, one, size);
        if (used > width && at > 0)
            return at;
    }
    return whole;
}

double sheet_paragraph(struct text *out, const struct sheet *sheet, const char *value, double x, double top,
                       double width, double size, bool bold)
{
    const double pitch = SHEET_LINE * size * sheet->em, blank = sheet_inches(sheet, " ", size);
    struct text line = {0}, word = {0};
    double used = 0, height = 0;
    while (*value) {
        const size_t bytes = next_word(sheet, value, width, size);
        word.length = 0;
        text_append_bytes(&word, value, bytes);
        const double wide = sheet_inches(sheet, text_string(&word), size);
        if (line.length > 0 && used + blank + wide > width) {
            if (out)
                paragraph_line(out, sheet, &line, x, top - height - pitch / 2, size, bold);
            height += pitch;
            line.length = 0;
            used = 0;
        }
        text_append(&line, "%s%s", line.length > 0 ? " " : "", text_string(&word));
        used = sheet_inches(sheet, text_string(&line), size);
        value += bytes;
        value += strspn(value, " ");
    }
    if (line.length > 0) {
        if (out)
            paragraph_line(out, sheet, &line, x, top - height - pitch / 2, size, bold);
        height += pitch;
    }
    if (out) {
        text_carry(out, &line);
        text_carry(out, &word);
    }
    if (line.failed || word.failed)
        height = NAN;
    text_release(&line);
    text_release(&word);
    return height;
}

double sheet_heading(struct text *out, const struct sheet *sheet, const struct sheet_words *words,
                     double left, double top)
{
    const double width = sheet->width - left - sheet->em;
    double height =
        sheet_paragraph(out, sheet, text_string(&words->title), left, top, width, SHEET_TITLE, true);
    height += sheet_paragraph(out, sheet, text_string(&words->subtitle), left, top - height, width,
                              SHEET_NOTE, false);
    if (out) {
        text_carry(out, &words->title);
        text_carry(out, &words->subtitle);
    }
    return words->title.failed || words->subtitle.failed ? NAN : height + 0.5 * sheet->em;
}

double sheet_foot(struct text *out, const struct sheet *sheet, const struct sheet_words *words, double left,
                  double top)
{
    if (out)
        text_carry(out, &words->note);
    if (words->note.failed)
        return NAN;
    if (words->note.length == 0)
        return 0;
    const double gap = 0.6 * sheet->em, width = sheet->width - left - sheet->em;
    return gap +
           sheet_paragraph(out, sheet, text_string(&words->note), left, top - gap, width, SHEET_NOTE, false);
}

void sheet_words_release(struct sheet_words *words)
{
    text_release(&words->title);
    text_release(&words->subtitle);
    text_release(&words->note);
}

void sheet_words_title(struct sheet_words *words, const struct selection *of, const char *what)
{
    plot_text_name(&words->title, of->results->dataset[of->dataset].name, PLOT_NAME_SHOWN);
    text_append(&words->title, ": %s", what);
}

void sheet_words_place(struct sheet_words *words, const struct selection *of)
{
    text_append(&words->subtitle, "protocol ");
    plot_text_name(&words->subtitle, of->results->protocol[of->protocol].name, PLOT_NAME_SHOWN);
    text_append(&words->subtitle, ", configuration ");
    plot_text_name(&words->subtitle, of->results->configuration[of->configuration].name, PLOT_NAME_SHOWN);
    text_append(&words->subtitle, "; ");
}

void sheet_axes(struct text *out, const struct sheet *sheet, double left, double right, double bottom,
                double top)
{
    text_append(out, "set lmargin at screen %.5f; set rmargin at screen %.5f\n", left / sheet->width,
                right / sheet->width);
    text_append(out, "set tmargin at screen %.5f; set bmargin at screen %.5f\n", top / sheet->height,
                bottom / sheet->height);
}

void sheet_ticks(struct text *out, const char *axis, double minimum, double maximum, size_t most, bool labels)
{
    static const double steps[] = {1, 2, 5, 10, 20};
    const double decade = pow(10, floor(log10((maximum - minimum) / (double)most)));
    double step = decade, count = 0;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const double wider = floor(maximum / (steps[i] * decade)) - ceil(minimum / (steps[i] * decade)) + 1;
        if (i > 0 && (count <= (double)most || wider < 2)) /* one tick alone gives no scale */
            break;
        step = steps[i] * decade;
        count = wider;
    }
    const double digits = fmax(0, ceil(-log10(step) - 1e-9));
    text_append(out, "set %stics (", axis);
    const char *comma = "";
    for (double k = ceil(minimum / step); k <= floor(maximum / step + 1e-9); k++, comma = ", ")
        if (labels)
            text_append(out, "%s\"%.*f\" %.10g", comma, (int)digits, k * step, k * step);
        else
            text_append(out, "%s\"\" %.10g", comma, k * step);
    text_append(out, ")\n");
}

void sheet_ticks_logarithmic(struct text *out, const char *axis, double minimum, double maximum, size_t most)
{
    static const double steps[] = {1, 2, 5};
    struct text ticks = {0};
    for (size_t mantissas = 3; mantissas > 0; mantissas -= 2) {
        size_t count = 0;
        ticks.length = 0;
        for (double decade = floor(log10(minimum)); decade <= log10(maximum); decade++)
            for (size_t i = 0; i < mantissas; i++) {
                const double at = steps[i] * pow(10, decade);
                if (at >= minimum && at <= maximum)
                    text_append(&ticks, "%s%.10g", count++ > 0 ? ", " : "", at);
            }
        if (count <= most)
            break;
    }
    text_append(out, "set %stics (%s); set format %s '%%g'\n", axis, text_string(&ticks), axis);
    text_carry(out, &ticks);
    text_release(&ticks);
}
