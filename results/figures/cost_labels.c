/* cost_labels.c -- names beside dots: of several distances and sides the first place that nothing
 * else has, or else the one with the least of it. */
#include <math.h>

#include "results/figures/cost.h"
#include "results/figures/plot_text.h"

enum { LABEL_SHOWN = 24, SIDES = 8, DISTANCES = 6 };

static double share(double value, double minimum, double maximum, bool logarithmic)
{
    return logarithmic ? log(value / minimum) / log(maximum / minimum)
                       : (value - minimum) / (maximum - minimum);
}

double cost_x(const struct scatter *scatter, const struct dot *dot)
{
    return scatter->left + (scatter->right - scatter->left) *
                               share(dot->x, scatter->x_minimum, scatter->x_maximum, scatter->x_logarithmic);
}

double cost_y(const struct scatter *scatter, const struct dot *dot)
{
    return scatter->bottom + (scatter->top - scatter->bottom) * share(dot->y, scatter->y_minimum,
                                                                      scatter->y_maximum,
                                                                      scatter->y_logarithmic);
}

static double overlap(const struct box *a, const struct box *b)
{
    const double wide = fmin(a->right, b->right) - fmax(a->left, b->left);
    const double high = fmin(a->top, b->top) - fmax(a->bottom, b->bottom);
    return wide > 0 && high > 0 ? wide * high : 0;
}

/* How much of a place is taken already, or lies outside. */
static double conflict(const struct scatter *scatter, const struct box *box, const struct sheet *sheet)
{
    const double least = scatter->left, most = fmin(sheet->width, scatter->right + COST_RIGHT * sheet->em);
    double sum = 0;
    for (size_t i = 0; i < scatter->boxes; i++)
        sum += overlap(box, &scatter->box[i]);
    if (box->left < least || box->right > most || box->bottom < scatter->bottom ||
        box->top > scatter->top + sheet->em)
        sum += 10;
    return sum;
}

static struct box place_label(struct scatter *scatter, const struct dot *dot, double wide,
                              const struct sheet *sheet)
{
    static const double side[SIDES][2] = {{1, 0}, {-1, 0}, {0, 1},  {0, -1},
                                          {1, 1}, {1, -1}, {-1, 1}, {-1, -1}};
    static const double distance[DISTANCES] = {0.75, 1.6, 2.6, 4, 5.5, 7};
    const double x = cost_x(scatter, dot), y = cost_y(scatter, dot), high = 1.15 * sheet->em;
    struct box best = {0, 0, 0, 0};
    double least = INFINITY;
    for (size_t d = 0; d < DISTANCES && least > 0; d++)
        for (size_t s = 0; s < SIDES && least > 0; s++) {
            const double across = x + side[s][0] * distance[d] * sheet->em;
            const double middle = y + side[s][1] * (distance[d] + 0.3) * sheet->em;
            struct box box = {.bottom = middle - high / 2, .top = middle + high / 2};
            box.left = side[s][0] > 0 ? across : side[s][0] < 0 ? across - wide : across - wide / 2;
            box.right = box.left + wide;
            const double taken = conflict(scatter, &box, sheet);
            if (taken < least) {
                least = taken;
                best = box;
            }
        }
    scatter->box[scatter->boxes++] = best;
    return best;
}

void cost_label(struct text *out, struct scatter *scatter, const struct dot *dot, size_t more,
                const struct sheet *sheet)
{
    struct text label = {0};
    plot_text_variant(&label, scatter->of.results, dot->variant, LABEL_SHOWN);
    if (more > 0)
        text_append(&label, " and %zu more", more);
    const struct box box =
        place_label(scatter, dot, sheet_inches(sheet, text_string(&label), SHEET_NOTE), sheet);
    const double x = cost_x(scatter, dot), y = cost_y(scatter, dot), middle = (box.bottom + box.top) / 2;
    const double near = fmax(box.left, fmin(x, box.right));
    sheet_text(out, sheet, text_string(&label), box.left, middle,
               dot->front ? "left textcolor rgb '#111111' font note_font noenhanced"
                          : "left textcolor rgb grey font note_font noenhanced");
    if (hypot(near - x, middle - y) > 1.2 * sheet->em)
        text_append(out,
                    "set arrow from screen %.5f, screen %.5f to screen %.5f, screen %.5f nohead lc rgb pale "
                    "lw 0.6 back\n",
                    x / sheet->width, y / sheet->height, near / sheet->width, middle / sheet->height);
    text_carry(out, &label);
    text_release(&label);
}
