/* curves.c -- training loss against training steps.  Variants that differ only at evaluation share
 * a training: it is drawn once, under the name of the first. */
#include <math.h>
#include <string.h>

#include "results/figures/chart.h"
#include "results/figures/kinds.h"
#include "results/figures/plot_text.h"

enum { POINTS_MOST = 120 }; /* of a curve; of more, every k-th is drawn */

static const char *training_of(const struct selection *of, size_t variant, size_t replicate)
{
    const struct results *results = of->results;
    return results->training_id[((variant * results->datasets + of->dataset) * results->configurations +
                                 of->configuration) *
                                    selection_replicates(of) +
                                replicate];
}

static const struct curve *curve_of(const struct selection *of, size_t variant, size_t replicate)
{
    const char *id = training_of(of, variant, replicate);
    for (size_t i = 0; i < of->results->trainings && id[0]; i++)
        if (strcmp(of->results->training[i].id, id) == 0)
            return &of->results->training[i].curve;
    return NULL;
}

/* The first variant on the trainings of this one. */
static size_t first_of(const struct selection *of, size_t variant)
{
    for (size_t v = 0; v < variant; v++) {
        bool same = true;
        for (size_t r = 0; r < selection_replicates(of) && same; r++)
            same = strcmp(training_of(of, v, r), training_of(of, variant, r)) == 0;
        if (same)
            return v;
    }
    return variant;
}

/* Point by point: the replicates log at the same steps, and one that failed ends early. */
static void add_curve(struct chart *chart, const struct selection *of, size_t variant)
{
    struct chart_curve *out = chart_curve(chart, variant, NAN);
    const struct curve *longest = NULL;
    for (size_t r = 0; r < selection_replicates(of); r++) {
        const struct curve *curve = curve_of(of, variant, r);
        if (curve && (!longest || curve->count > longest->count))
            longest = curve;
    }
    const size_t every = longest ? 1 + (longest->count - 1) / POINTS_MOST : 1;
    for (size_t k = 0; longest && k < longest->count; k++) {
        size_t count = 0;
        if (k % every != 0 && k + 1 < longest->count)
            continue;
        for (size_t r = 0; r < selection_replicates(of); r++) {
            const struct curve *curve = curve_of(of, variant, r);
            if (curve && k < curve->count && curve->step[k] == longest->step[k] && isfinite(curve->loss[k]))
                chart->values[count++] = curve->loss[k];
        }
        if (count == 0)
            continue;
        const struct spread spread = figure_spread(chart->values, count);
        chart_point(chart, out, (double)longest->step[k], &spread, false);
    }
}

static void words(struct chart *chart, const struct selection *of)
{
    const struct results *results = of->results;
    sheet_words_title(&chart->words, of, "training loss (nats per token)");
    text_append(&chart->words.subtitle, "configuration ");
    plot_text_name(&chart->words.subtitle, results->configuration[of->configuration].name, PLOT_NAME_SHOWN);
    text_append(&chart->words.subtitle, "; ");
    figure_spread_words(&chart->words.subtitle, of);
    text_append(&chart->words.subtitle, ".");
    text_append(&chart->x_title, "training step");
    text_append(&chart->end_words, "the last step");
}

/* "One training each: rope, rope-ntk; ..." and which trainings have no curve. */
static void note(struct chart *chart, const struct selection *of)
{
    const struct results *results = of->results;
    size_t without = 0;
    for (size_t v = 0; v < results->variants; v++) {
        bool any = false, shared = false;
        if (!selection_uses_variant(of, v))
            continue;
        for (size_t r = 0; r < selection_replicates(of); r++)
            any = any || curve_of(of, v, r);
        without += !any;
        for (size_t w = v + 1; w < results->variants && first_of(of, v) == v; w++) {
            if (!selection_uses_variant(of, w) || first_of(of, w) != v)
                continue;
            if (!shared)
                plot_text_variant(&chart->words.note, results, v, PLOT_NAME_SHOWN);
            text_append(&chart->words.note, shared ? ", " : " is also the training of ");
            plot_text_variant(&chart->words.note, results, w, PLOT_NAME_SHOWN);
            shared = true;
        }
        if (shared)
            text_append(&chart->words.note, ". ");
    }
    if (without > 0)
        text_append(&chart->words.note, "Without a curve: %zu variant%s.", without, without == 1 ? "" : "s");
    while (chart->words.note.length > 0 && chart->words.note.bytes[chart->words.note.length - 1] == ' ')
        chart->words.note.bytes[--chart->words.note.length] = '\0';
    figure_note_finetuned(&chart->words.note, of, 1);
}

static enum status begin(void *block, bool *any, const struct selection *of, struct message *message)
{
    struct chart *chart = block;
    const enum status status = chart_begin(chart, of, 0, message);
    if (status)
        return status;
    chart->lower_is_better = true;
    words(chart, of);
    for (size_t v = 0; v < of->results->variants; v++)
        if (selection_uses_variant(of, v) && first_of(of, v) == v)
            add_curve(chart, of, v);
    note(chart, of);
    *any = chart_finish(chart);
    return STATUS_OK;
}

static enum status draw_figures(struct figure_list *list, const struct figure_wish *wish,
                                struct message *message)
{
    static const struct panels panels = {.about = "training loss against training steps",
                                         .settings = chart_settings,
                                         .draw = chart_draw,
                                         .caption = "Training loss against training steps",
                                         .size = sizeof(struct chart),
                                         .once = true,
                                         .begin = begin,
                                         .end = chart_end,
                                         .prepare = chart_prepare};
    return panels_figures(list, wish, &panels, message);
}

const struct figure_kind figure_kind_curves = {
    .name = "curves",
    .summary = "training loss against training steps",
    .needs = "losses of trainings by step",
    .draw = draw_figures,
};
