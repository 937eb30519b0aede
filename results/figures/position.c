/* position.c -- loss against the position in the window, at the longest length of each protocol.
 *
 * A bin (store.h) is drawn in the geometric middle of the positions it holds. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "results/figures/chart.h"
#include "results/figures/kinds.h"
#include "results/figures/plot_text.h"
#include "results/findings/trained_length.h"

static double middle_of(size_t bin, double length)
{
    const double first = (double)position_bin_first(bin);
    const double end = bin + 1 < POSITION_BINS ? (double)position_bin_first(bin + 1) : length + 1;
    return sqrt(first * fmax(first, fmin(length, end - 1)));
}

/* The longest length at which positions were taken; lengths = none. */
static size_t longest(const struct selection *of)
{
    const struct results *results = of->results;
    for (size_t n = results->lengths; n-- > 0;)
        for (size_t v = 0; v < results->variants; v++)
            for (size_t r = 0; r < selection_replicates(of); r++) {
                const struct cell *cell = selection_cell(of, v, n, r);
                if (cell->status == CELL_MEASURED && cell->position_nll)
                    return n;
            }
    return results->lengths;
}

/* The last bin of a window may hold few positions of those it stands for: what is less than half full says
 * little and is not drawn. */
static bool drawn(size_t bin, double length)
{
    const double first = (double)position_bin_first(bin);
    const double end = bin + 1 < POSITION_BINS ? (double)position_bin_first(bin + 1) : first;
    return length + 1 - first >= (end - first) / 2;
}

static void curve(struct chart *chart, const struct selection *of, size_t variant, size_t length)
{
    const double trained = (double)trained_length(of->results, variant, of->configuration);
    struct chart_curve *out = chart_curve(chart, variant, trained);
    for (size_t b = 0; b < POSITION_BINS; b++) {
        size_t count = 0;
        for (size_t r = 0; r < selection_replicates(of); r++) {
            const struct cell *cell = selection_cell(of, variant, length, r);
            if (cell->status == CELL_MEASURED && cell->position_nll && isfinite(cell->position_nll[b]))
                chart->values[count++] = cell->position_nll[b];
        }
        if (count == 0 || !drawn(b, (double)of->results->length[length]))
            continue;
        const struct spread spread = figure_spread(chart->values, count);
        chart_point(chart, out, middle_of(b, (double)of->results->length[length]), &spread, false);
    }
}

static void floors(struct chart *chart, const struct selection *of, size_t length)
{
    for (size_t v = 0; v < of->results->variants; v++)
        for (size_t r = 0; r < selection_replicates(of); r++) {
            const struct cell *cell = selection_cell(of, v, length, r);
            if (cell->status != CELL_MEASURED || !cell->position_floor)
                continue;
            for (size_t b = 0; b < POSITION_BINS; b++)
                if (isfinite(cell->position_floor[b]) && drawn(b, (double)of->results->length[length]))
                    chart_floor(chart, middle_of(b, (double)of->results->length[length]),
                                cell->position_floor[b]);
            return;
        }
}

static void words(struct chart *chart, const struct selection *of, size_t length)
{
    const struct results *results = of->results;
    sheet_words_title(&chart->words, of, "loss against position (nats per token)");
    text_append(&chart->words.subtitle, "windows of %" PRId64 " tokens; ", results->length[length]);
    sheet_words_place(&chart->words, of);
    figure_spread_words(&chart->words.subtitle, of);
    text_append(&chart->words.subtitle, ".");
    text_append(&chart->x_title, "position in the window (tokens)");
    text_append(&chart->end_words, "%" PRId64, results->length[length]);
    figure_note(&chart->words.note, of, 1);
    const size_t last = position_bin_of(results->length[length]);
    if (!drawn(last, (double)results->length[length]))
        text_append(&chart->words.note,
                    "%sPositions from %" PRId64 " on do not fill their bin and are not drawn.",
                    chart->words.note.length > 0 ? "  " : "", position_bin_first(last));
}

static void ticks(struct chart *chart, double last)
{
    char label[CHART_TICK_SIZE];
    for (double x = 1; x <= 2 * last; x *= 2) {
        snprintf(label, sizeof label, "%.0f", x);
        chart_tick(chart, x, label);
    }
}

static enum status begin(void *block, bool *any, const struct selection *table, struct message *message)
{
    struct chart *chart = block;
    struct selection loss = *table, *of = &loss;
    const size_t length = longest(table);
    const enum status status = chart_begin(chart, of, POSITION_BINS, message);
    loss.measure = MEASURE_NLL;
    if (status || length == of->results->lengths)
        return status;
    chart->lower_is_better = chart->x_logarithmic = true;
    chart->trained = (double)of->results->configuration[of->configuration].training_length;
    words(chart, of, length);
    ticks(chart, (double)of->results->length[length]);
    for (size_t v = 0; v < of->results->variants; v++)
        curve(chart, of, v, length);
    chart_note_trained(chart);
    floors(chart, of, length);
    *any = chart_finish(chart);
    return STATUS_OK;
}

static enum status draw_figures(struct figure_list *list, const struct figure_wish *wish,
                                struct message *message)
{
    static const struct panels panels = {.about = "loss against the position in the window",
                                         .settings = chart_settings,
                                         .draw = chart_draw,
                                         .caption = "Loss against the position in the longest window",
                                         .size = sizeof(struct chart),
                                         .begin = begin,
                                         .end = chart_end,
                                         .prepare = chart_prepare_together};
    return panels_figures(list, wish, &panels, message);
}

const struct figure_kind figure_kind_position = {
    .name = "position",
    .summary = "loss against the position in the longest window, with the floor",
    .needs = "losses by position",
    .draw = draw_figures,
};
