/* chart.c -- curves, the ranges of their axes, and the order of variants. */
#include "results/figures/chart.h"

#include <math.h>
#include <stdio.h>

#include "support/memory.h"

static const double logarithmic_from = 8; /* a larger ratio of losses is drawn on a log axis */

enum status chart_begin(struct chart *chart, const struct selection *of, size_t ticks,
                        struct message *message)
{
    const struct results *results = of->results;
    *chart = (struct chart){.results = results,
                            .trained = NAN,
                            .tick_capacity = ticks,
                            .floor_last = NAN,
                            .x_last = -INFINITY,
                            .x_minimum = INFINITY,
                            .x_maximum = -INFINITY,
                            .y_minimum = INFINITY,
                            .y_maximum = -INFINITY};
    chart->curve = memory_allocate(results->variants, sizeof *chart->curve, "a figure", message);
    chart->tick = memory_allocate(ticks + 1, sizeof *chart->tick, "a figure", message);
    chart->values = memory_allocate(selection_replicates(of), sizeof *chart->values, "a figure", message);
    return chart->curve && chart->tick && chart->values ? STATUS_OK : STATUS_FAILED;
}

void chart_end(void *block)
{
    struct chart *chart = block;
    for (size_t i = 0; i < chart->curves; i++) {
        text_release(&chart->curve[i].data);
        text_release(&chart->curve[i].dots);
    }
    sheet_words_release(&chart->words);
    text_release(&chart->x_title);
    text_release(&chart->end_words);
    text_release(&chart->floor);
    memory_release(chart->curve);
    memory_release(chart->tick);
    memory_release(chart->values);
}

struct chart_curve *chart_curve(struct chart *chart, size_t variant, double trained)
{
    struct chart_curve *curve = &chart->curve[chart->curves++];
    *curve = (struct chart_curve){
        .variant = variant, .trained = trained, .trained_value = NAN, .last_x = NAN, .last_value = NAN};
    return curve;
}

static void widen(struct chart *chart, double x, double low, double high)
{
    chart->x_minimum = fmin(chart->x_minimum, x);
    chart->x_maximum = fmax(chart->x_maximum, x);
    chart->y_minimum = fmin(chart->y_minimum, low);
    chart->y_maximum = fmax(chart->y_maximum, high);
}

static double share_between(const struct chart *chart, double low, double x, double high)
{
    return chart->x_logarithmic ? log(x / low) / log(high / low) : (x - low) / (high - low);
}

void chart_point(struct chart *chart, struct chart_curve *curve, double x, const struct spread *spread,
                 bool gap)
{
    text_append(&curve->data, "%s%.10g %.10g %.10g %.10g\n", gap && curve->points > 0 ? "\n" : "", x,
                spread->mean, spread->low, spread->high);
    if (x > curve->trained &&
        curve->last_x <= curve->trained) /* between its neighbours, as the line is drawn */
        curve->trained_value = curve->last_value + (spread->mean - curve->last_value) *
                                                       share_between(chart, curve->last_x, curve->trained, x);
    curve->points++;
    curve->last_x = x;
    curve->last_value = spread->mean;
    widen(chart, x, spread->low, spread->high);
}

void chart_dot(struct chart *chart, struct chart_curve *curve, double x, double value)
{
    text_append(&curve->dots, "%.10g %.10g\n", x, value);
    widen(chart, x, value, value);
}

void chart_note_trained(struct chart *chart)
{
    bool any = false;
    for (size_t i = 0; i < chart->curves; i++)
        any = any || (chart_curve_saw_more(chart, &chart->curve[i]) && chart->curve[i].points > 0);
    if (any)
        text_append(
            &chart->words.note,
            "%sWhat a fine-tune saw in training ends at the bar across its curve, or at its own shade.",
            chart->words.note.length > 0 ? "  " : "");
}

void chart_floor(struct chart *chart, double x, double value)
{
    text_append(&chart->floor, "%.10g %.10g\n", x, value);
    chart->floored = true;
    chart->floor_x = x;
    chart->floor_last = value;
    widen(chart, x, value, value);
}

void chart_tick(struct chart *chart, double x, const char *label)
{
    if (chart->ticks == chart->tick_capacity)
        return;
    chart->tick[chart->ticks].x = x;
    snprintf(chart->tick[chart->ticks++].label, CHART_TICK_SIZE, "%s", label);
}

/* From the range of the data to that of the axis: the region seen in training shows. */
static void widen_axis(struct chart *chart)
{
    if (!chart->x_logarithmic) {
        const double span = chart->x_maximum > chart->x_minimum ? chart->x_maximum - chart->x_minimum : 1;
        chart->x_minimum = fmin(0, chart->x_minimum);
        chart->x_maximum += 0.02 * span;
        return;
    }
    const double low = log2(chart->x_minimum), high = log2(chart->x_maximum);
    const double trained = isnan(chart->trained) ? low : log2(chart->trained);
    const double least = fmin(low, trained), most = fmax(high, trained);
    const double span = most > least ? most - least : 1;
    /* A quarter of the axis for what was seen in training, where nothing was measured there. */
    chart->x_minimum = exp2(fmin(least - 0.03 * span, trained - 0.25 * span));
    chart->x_maximum = exp2(most + 0.03 * span);
}

static void widen_scores(struct chart *chart)
{
    if (chart->percent) {
        chart->y_minimum = -4; /* markers at 0 and 100 are drawn whole */
        chart->y_maximum = 104;
        return;
    }
    chart->y_logarithmic = chart->y_minimum > 0 && chart->y_maximum > logarithmic_from * chart->y_minimum;
    if (chart->y_logarithmic) {
        const double edge = pow(chart->y_maximum / chart->y_minimum, 0.05);
        chart->y_minimum /= edge;
        chart->y_maximum *= edge;
    } else {
        const double span = chart->y_maximum - chart->y_minimum;
        /* Not so narrow that differences nobody cares about fill the panel. */
        const double edge = fmax(0.05 * span, (0.1 - span) / 2);
        chart->y_minimum -= edge;
        chart->y_maximum += edge;
    }
}

bool chart_finish(struct chart *chart)
{
    size_t kept = 0;
    for (size_t i = 0; i < chart->curves; i++) {
        if (chart->curve[i].points > 0)
            chart->curve[kept++] = chart->curve[i];
    }
    chart->curves = kept;
    for (size_t i = 0; i < kept; i++)
        chart->x_last = fmax(chart->x_last, chart->curve[i].last_x);
    for (size_t i = 0; i < kept; i++)
        chart->curve[i].complete = chart->curve[i].last_x == chart->x_last;
    if (kept > 0) {
        widen_axis(chart);
        widen_scores(chart);
    }
    return kept > 0;
}

static double height_of(const struct chart *chart, double value)
{
    if (chart->y_logarithmic)
        return log(value / chart->y_minimum) / log(chart->y_maximum / chart->y_minimum);
    return (value - chart->y_minimum) / (chart->y_maximum - chart->y_minimum);
}

enum status chart_place_labels(struct chart *chart, double pitch, struct message *message)
{
    enum status status = STATUS_FAILED;
    const size_t count = chart->curves + chart->floored;
    double *at = memory_allocate(count + 1, sizeof *at, "the labels of a figure", message);
    size_t *order = memory_allocate(count + 1, sizeof *order, "the labels of a figure", message);
    if (!at || !order)
        goto done;
    for (size_t i = 0; i < chart->curves; i++)
        at[i] = height_of(chart, chart->curve[i].last_value);
    if (chart->floored)
        at[chart->curves] = height_of(chart, chart->floor_last);
    sheet_push_apart(at, order, count, pitch);
    for (size_t i = 0; i < chart->curves; i++)
        chart->curve[i].label = at[i];
    chart->floor_label = chart->floored ? at[chart->curves] : NAN;
    status = STATUS_OK;
done:
    memory_release(at);
    memory_release(order);
    return status;
}

bool chart_curve_saw_more(const struct chart *chart, const struct chart_curve *curve)
{
    return curve->trained > chart->trained;
}

/* Its end was seen in training, beyond what the others saw. */
static bool is_apart(const struct chart *chart, const struct chart_curve *curve)
{
    return chart_curve_saw_more(chart, curve) && curve->last_x > chart->trained &&
           curve->last_x <= curve->trained;
}

bool chart_any_apart(const struct chart *chart)
{
    for (size_t i = 0; i < chart->curves; i++)
        if (is_apart(chart, &chart->curve[i]))
            return true;
    return false;
}

/* Is curve a better than b? */
static bool better(const struct chart *chart, size_t a, size_t b)
{
    const struct chart_curve *first = &chart->curve[a], *second = &chart->curve[b];
    if (is_apart(chart, first) != is_apart(chart, second))
        return is_apart(chart, second);
    if (first->last_x != second->last_x)
        return first->last_x > second->last_x;
    if (first->last_value != second->last_value)
        return (first->last_value < second->last_value) == chart->lower_is_better;
    return false;
}

void chart_rank(size_t *order, const struct chart *chart)
{
    for (size_t i = 0; i < chart->curves; i++) {
        size_t j = i;
        for (; j > 0 && better(chart, i, order[j - 1]); j--)
            order[j] = order[j - 1];
        order[j] = i;
    }
}
