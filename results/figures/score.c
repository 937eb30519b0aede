/* score.c -- score against n/L: one chart for each protocol and configuration of a dataset. */
#include <inttypes.h>
#include <math.h>

#include "results/figures/chart.h"
#include "results/figures/kinds.h"
#include "results/figures/plot_text.h"
#include "results/findings/trained_length.h"

static void words(struct chart *chart, const struct selection *of)
{
    const struct results *results = of->results;
    const struct protocol_record *protocol = &results->protocol[of->protocol];
    sheet_words_title(&chart->words, of,
                      of->measure == MEASURE_NLL ? "loss (nats per token)" : "exact match (%)");
    text_append(&chart->words.subtitle, "protocol ");
    plot_text_name(&chart->words.subtitle, protocol->name, PLOT_NAME_SHOWN);
    if (protocol->targets[0]) {
        text_append(&chart->words.subtitle, " (targets: ");
        plot_text_name(&chart->words.subtitle, protocol->targets, PLOT_NAME_SHOWN);
        text_append(&chart->words.subtitle, ")");
    }
    text_append(&chart->words.subtitle, ", configuration ");
    plot_text_name(&chart->words.subtitle, results->configuration[of->configuration].name, PLOT_NAME_SHOWN);
    text_append(&chart->words.subtitle, "; ");
    figure_spread_words(&chart->words.subtitle, of);
    text_append(&chart->words.subtitle, ".");
    text_append(&chart->x_title, "evaluation length ÷ training length, and in tokens");
    figure_note(&chart->words.note, of, 1);
}

static void ticks(struct chart *chart, const struct selection *of)
{
    double last = 1;
    for (size_t n = 0; n < of->results->lengths; n++) {
        struct text label = {0};
        if (!selection_uses_length(of, n))
            continue;
        last = selection_ratio(of, n);
        plot_text_ratio(&label, last);
        text_append(&label, "\n%" PRId64, of->results->length[n]);
        chart_tick(chart, last, text_string(&label));
        text_carry(&chart->x_title, &label);
        text_release(&label);
    }
    plot_text_ratio(&chart->end_words, last);
}

static void curve(struct chart *chart, const struct selection *of, size_t variant)
{
    const struct results *results = of->results;
    const double trained = (double)trained_length(results, variant, of->configuration) /
                           (double)results->configuration[of->configuration].training_length;
    struct chart_curve *out = chart_curve(chart, variant, trained);
    bool gap = false;
    for (size_t n = 0; n < of->results->lengths; n++) {
        const struct outcome outcome = selection_outcome(of, variant, n, chart->values);
        const double ratio = selection_ratio(of, n);
        if (outcome.measured > 0) {
            const struct spread spread = figure_spread(chart->values, outcome.measured);
            chart_point(chart, out, ratio, &spread, gap);
        }
        if (of->results->seeds < SEEDS_LEAST && of->results->seeds > 1)
            for (size_t i = 0; i < outcome.measured; i++)
                chart_dot(chart, out, ratio, chart->values[i]);
        gap = outcome.measured == 0 && outcome.asked > 0;
    }
}

static void floors(struct chart *chart, const struct selection *of)
{
    for (size_t n = 0; n < of->results->lengths && of->measure == MEASURE_NLL; n++) {
        const double floor = figure_floor(of, n);
        if (!isnan(floor))
            chart_floor(chart, selection_ratio(of, n), floor);
    }
}

static enum status begin(void *block, bool *any, const struct selection *of, struct message *message)
{
    struct chart *chart = block;
    const enum status status = chart_begin(chart, of, of->results->lengths, message);
    if (status)
        return status;
    chart->lower_is_better = measure_lower_is_better(of->measure);
    chart->percent = of->measure != MEASURE_NLL;
    chart->x_logarithmic = true;
    chart->trained = 1;
    words(chart, of);
    ticks(chart, of);
    for (size_t v = 0; v < of->results->variants; v++)
        if (selection_uses_variant(of, v))
            curve(chart, of, v);
    chart_note_trained(chart);
    floors(chart, of);
    *any = chart_finish(chart);
    return STATUS_OK;
}

static enum status draw_figures(struct figure_list *list, const struct figure_wish *wish,
                                struct message *message)
{
    static const struct panels panels = {
        .about = "score against evaluation length",
        .settings = chart_settings,
        .draw = chart_draw,
        .caption = "Score against evaluation length, a panel for each protocol and configuration",
        .size = sizeof(struct chart),
        .begin = begin,
        .end = chart_end,
        .prepare = chart_prepare_together};
    return panels_figures(list, wish, &panels, message);
}

const struct figure_kind figure_kind_score = {
    .name = "score",
    .summary = "score against n/L, with the floor where one is known",
    .needs = "scores",
    .draw = draw_figures,
};
