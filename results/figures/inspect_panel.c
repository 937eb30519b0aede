/* inspect_panel.c -- what all panels of an encoder by itself share: axes, names, ticks. */
#include <math.h>
#include <string.h>

#include "results/figures/inspect.h"

void inspect_panel_begin(struct text *out, const struct inspect_figure *figure,
                         const struct panel_place *place, const char *title)
{
    sheet_axes(out, figure->sheet, place->left, place->right, place->bottom, place->top);
    sheet_text(out, figure->sheet, title, place->left, place->top + INSPECT_TITLE / 2 * figure->sheet->em,
               "left textcolor rgb '#111111' font label_font noenhanced");
}

void inspect_panel_names(struct text *out, const struct inspect_figure *figure,
                         const struct panel_place *place, const char *x_name, const char *y_name)
{
    const double em = figure->sheet->em;
    sheet_text(out, figure->sheet, x_name, (place->left + place->right) / 2, place->bottom - 2.4 * em,
               "center textcolor rgb ink font note_font noenhanced");
    sheet_text(out, figure->sheet, y_name, place->left - 4.2 * em, (place->top + place->bottom) / 2,
               "center rotate by 90 textcolor rgb ink font note_font noenhanced");
}

void inspect_panel_end(struct text *out)
{
    text_append(out, "unset label; unset arrow; unset object; unset colorbox; unset logscale\n"
                     "set border 3 lc rgb grey lw 0.8; set xtics scale 0.6,0.3; set ytics scale 0.6,0.3\n"
                     "set grid ytics lt 1 lc rgb faint lw 0.6 dt solid\n");
}

/* 500, 20k, 1.5M; small ones with the digits that the step has. */
static void write_number(struct text *out, double value, double step)
{
    if (fabs(value) >= 1e6)
        text_append(out, "%.4gM", value / 1e6);
    else if (fabs(value) >= 1e4)
        text_append(out, "%.4gk", value / 1e3);
    else
        text_append(out, "%.*f", step >= 1 ? 0 : (int)ceil(-log10(step) - 1e-9), value == 0 ? 0.0 : value);
}

void inspect_ticks(struct text *out, const char *axis, double minimum, double maximum, size_t most)
{
    static const double steps[] = {1, 2, 5, 10, 20};
    const double decade = pow(10, floor(log10((maximum - minimum) / (double)(most > 0 ? most : 1))));
    double step = decade;
    const char *comma = "";
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        step = steps[i] * decade;
        if (floor(maximum / step + 1e-9) - ceil(minimum / step - 1e-9) + 1 <= (double)most)
            break;
    }
    if (step < 1 && strcmp(axis, "x") == 0) /* places and pairs are whole */
        step = 1;
    text_append(out, "set %stics (", axis);
    for (double k = ceil(minimum / step - 1e-9); k <= floor(maximum / step + 1e-9); k++, comma = ", ") {
        text_append(out, "%s\"", comma);
        write_number(out, k * step, step);
        text_append(out, "\" %.10g", k * step);
    }
    text_append(out, ")\n");
}

void inspect_logarithmic_ticks(struct text *out, const char *axis, double minimum, double maximum,
                               double factor, size_t most)
{
    const double first = ceil(log(minimum) / log(factor) - 1e-9),
                 last = floor(log(maximum) / log(factor) + 1e-9);
    const double every = fmax(1, ceil((last - first + 1) / (double)(most > 0 ? most : 1)));
    const char *comma = "";
    text_append(out, "set %stics (", axis);
    for (double k = first; k <= last; k += every, comma = ", ") {
        const double value = pow(factor, k);
        text_append(out, "%s\"", comma);
        if (factor > 2 && (k >= 4 || k <= -3))
            text_append(out, "10^{%.0f}", k);
        else if (value >= 1048576)
            text_append(out, "%.4gMi", value / 1048576);
        else if (value >= 16384)
            text_append(out, "%.4gKi", value / 1024);
        else
            text_append(out, "%.4g", value);
        text_append(out, "\" %.12g", value);
    }
    text_append(out, ")\n");
}
