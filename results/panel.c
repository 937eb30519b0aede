/* panel.c -- ranges of axes, and labels beside the ends of curves.
 *
 * Labels want to stand at y_i, sorted, and may not be closer than g.  With z_i = y_i - i g the least
 * sum of squared moves is the isotonic regression of z (pool adjacent violators; Barlow et al. 1972,
 * Statistical Inference under Order Restrictions), and bounds are met by clamping it. */
#include "results/panel.h"

#include <math.h>
#include <string.h>

#include "results/label.h"
#include "support/memory.h"

static const double least_height = 2.9;   /* inches of axes */
static const double logarithmic_from = 8; /* a larger ratio of losses is drawn on a log axis */

static void sort_by_value(size_t *order, const double *at, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t j = i;
        for (; j > 0 && at[order[j - 1]] > at[i]; j--)
            order[j] = order[j - 1];
        order[j] = i;
    }
}

/* Replaces z(count) in this order by its isotonic regression: blocks whose means descend are pooled. */
static void pool(double *z, const size_t *order, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        size_t first = i;
        double mean = z[order[i]];
        while (first > 0 && z[order[first - 1]] > mean) {
            size_t begin = first - 1; /* the block before has one value */
            double before = z[order[begin]];
            while (begin > 0 && z[order[begin - 1]] == before)
                begin--;
            mean =
                (mean * (double)(i + 1 - first) + before * (double)(first - begin)) / (double)(i + 1 - begin);
            first = begin;
        }
        for (size_t j = first; j <= i; j++)
            z[order[j]] = mean;
    }
}

void panel_push_apart(double *at, size_t *order, size_t count, double gap)
{
    if (count == 0)
        return;
    sort_by_value(order, at, count);
    if (gap * (double)(count - 1) > 1)
        gap = 1 / (double)(count - 1);
    for (size_t i = 0; i < count; i++)
        at[order[i]] -= gap * (double)i;
    pool(at, order, count);
    const double highest = 1 - gap * (double)(count - 1);
    for (size_t i = 0; i < count; i++)
        at[order[i]] = fmax(0, fmin(highest, at[order[i]])) + gap * (double)i;
}

double panel_text_width(const char *text)
{
    double width = 0;
    for (size_t size; (size = label_character(text)) > 0; text += size) {
        if (size > 1)
            width += size == 2 ? 0.65 : 1;
        else if (strchr("ijl.,:;'|!()[] tfrI", *text))
            width += 0.36;
        else if (strchr("mwMW@%+=<>~", *text))
            width += 0.92;
        else
            width += *text >= 'A' && *text <= 'Z' ? 0.72 : 0.6;
    }
    return 1.15 * width; /* some terminals draw larger than they are asked to */
}

/* The curve of one variant; false when it has no score.  Widens the ranges of scores and lengths. */
static bool find_curve(struct panel *panel, struct panel_curve *curve, size_t variant)
{
    const struct results *results = panel->of.results;
    bool found = false;
    curve->variant = variant;
    for (size_t n = 0; n < results->lengths; n++) {
        struct outcome outcome = selection_outcome(&panel->of, variant, n, panel->values);
        if (outcome.measured == 0)
            continue;
        found = true;
        curve->last_ratio = selection_ratio(&panel->of, n);
        curve->last_value = outcome.summary.mean;
        panel->x_minimum = fmin(panel->x_minimum, curve->last_ratio);
        panel->x_maximum = fmax(panel->x_maximum, curve->last_ratio);
        panel->y_minimum = fmin(panel->y_minimum, outcome.summary.minimum);
        panel->y_maximum = fmax(panel->y_maximum, outcome.summary.maximum);
    }
    return found;
}

/* From the range of lengths to that of the axis: the region seen in training, up to 1, shows. */
static void widen_lengths(struct panel *panel)
{
    double low = log2(panel->x_minimum), high = log2(panel->x_maximum);
    double least = fmin(low, 0), most = fmax(high, 0);
    double span = most > least ? most - least : 1;
    panel->x_minimum = exp2(fmin(least - 0.03 * span, -0.25 * span));
    panel->x_maximum = exp2(most + 0.03 * span);
}

static void widen_scores(struct panel *panel)
{
    if (panel->of.measure != MEASURE_NLL) {
        panel->y_minimum = -4; /* markers at 0 and 100 are drawn whole */
        panel->y_maximum = 104;
        return;
    }
    panel->y_logarithmic = panel->y_minimum > 0 && panel->y_maximum > logarithmic_from * panel->y_minimum;
    if (panel->y_logarithmic) {
        double edge = pow(panel->y_maximum / panel->y_minimum, 0.05);
        panel->y_minimum /= edge;
        panel->y_maximum *= edge;
    } else {
        double span = panel->y_maximum - panel->y_minimum;
        /* Not so narrow that differences nobody cares about fill the panel. */
        double edge = fmax(0.05 * span, (0.1 - span) / 2);
        panel->y_minimum -= edge;
        panel->y_maximum += edge;
    }
}

static double height_of(const struct panel *panel, double value)
{
    if (panel->y_logarithmic)
        return log(value / panel->y_minimum) / log(panel->y_maximum / panel->y_minimum);
    return (value - panel->y_minimum) / (panel->y_maximum - panel->y_minimum);
}

static enum status place_labels(struct panel *panel, struct message *message)
{
    enum status status = STATUS_FAILED;
    double *at = memory_allocate(panel->curves, sizeof *at, "the labels of a figure", message);
    size_t *order = memory_allocate(panel->curves, sizeof *order, "the labels of a figure", message);
    if (!at || !order)
        goto done;
    panel->height = fmax(least_height, PANEL_LABEL_PITCH * (double)panel->curves);
    for (size_t i = 0; i < panel->curves; i++)
        at[i] = height_of(panel, panel->curve[i].last_value);
    panel_push_apart(at, order, panel->curves, PANEL_LABEL_PITCH / panel->height);
    for (size_t i = 0; i < panel->curves; i++)
        panel->curve[i].label = at[i];
    status = STATUS_OK;
done:
    memory_release(at);
    memory_release(order);
    return status;
}

enum status panel_make(struct panel *panel, const struct selection *selection, struct message *message)
{
    const struct results *results = selection->results;
    *panel = (struct panel){.of = *selection,
                            .x_minimum = INFINITY,
                            .x_maximum = -INFINITY,
                            .y_minimum = INFINITY,
                            .y_maximum = -INFINITY};
    panel->values =
        memory_allocate(selection_replicates(selection), sizeof *panel->values, "a figure", message);
    panel->curve = memory_allocate(results->variants, sizeof *panel->curve, "a figure", message);
    if (!panel->values || !panel->curve)
        goto failed;
    for (size_t v = 0; v < results->variants; v++) {
        if (find_curve(panel, &panel->curve[panel->curves], v))
            panel->curves++;
        else if (selection_uses_variant(selection, v))
            panel->hidden++;
    }
    for (size_t i = 0; i < panel->curves; i++)
        panel->curve[i].complete = panel->curve[i].last_ratio == panel->x_maximum;
    widen_lengths(panel);
    widen_scores(panel);
    if (place_labels(panel, message) == STATUS_OK)
        return STATUS_OK;
failed:
    panel_release(panel);
    return STATUS_FAILED;
}

void panel_release(struct panel *panel)
{
    memory_release(panel->values);
    memory_release(panel->curve);
    panel->values = NULL;
    panel->curve = NULL;
    panel->curves = 0;
}
