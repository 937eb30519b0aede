/* chart_figures.c -- the figures of a kind that consists of charts: one for each dataset. */
#include <math.h>
#include <string.h>

#include "results/figures/chart.h"
#include "support/memory.h"

/* Losses under several protocols of one dataset stand on the same scale. */
static void share_scale(struct chart *charts, size_t count)
{
    double low = INFINITY, high = -INFINITY;
    bool logarithmic = false, percent = false;
    for (size_t i = 0; i < count; i++) {
        low = fmin(low, charts[i].y_minimum);
        high = fmax(high, charts[i].y_maximum);
        logarithmic = logarithmic || charts[i].y_logarithmic;
        percent = percent || charts[i].percent;
    }
    for (size_t i = 0; i < count && !percent; i++) {
        charts[i].y_minimum = low;
        charts[i].y_maximum = high;
        charts[i].y_logarithmic = logarithmic && low > 0;
    }
}

/* Is there an earlier table of the same dataset and configuration? */
static bool repeats(const struct figure_wish *wish, const struct selection *of, size_t index)
{
    struct selection earlier;
    for (size_t i = 0; i < index; i++)
        if (figure_selection(&earlier, wish, i) && earlier.dataset == of->dataset &&
            earlier.configuration == of->configuration)
            return true;
    return false;
}

static enum status figure_of(struct figure_list *list, const struct figure_wish *wish,
                             const struct chart_recipe *recipe, size_t dataset, struct message *message)
{
    const struct results *results = wish->results;
    enum status status = STATUS_OK;
    size_t count = 0, begun = 0;
    struct chart *charts =
        memory_allocate(selection_tables(results) + 1, sizeof *charts, "the panels of a figure", message);
    if (!charts)
        return STATUS_FAILED;
    for (size_t i = 0; i < selection_tables(results) && !status; i++) {
        struct selection of;
        if (!figure_selection(&of, wish, i) || of.dataset != dataset ||
            (!recipe->protocols && repeats(wish, &of, i)))
            continue;
        begun = count + 1;
        status = recipe->fill(&charts[count], &of, message);
        if (!status && charts[count].curves > 0)
            count++;
        else
            chart_release(&charts[count]);
    }
    if (!status && count > 0) {
        struct figure *figure = figure_add(list, results, dataset, message);
        share_scale(charts, recipe->protocols ? count : 0);
        status = figure ? chart_script(&figure->script, charts, count, wish->size, figure->name,
                                       recipe->about, message)
                        : STATUS_FAILED;
        if (figure)
            text_append(&figure->caption, "%s", recipe->caption);
    }
    for (size_t i = 0; i < begun; i++)
        chart_release(&charts[i]);
    memory_release(charts);
    return status;
}

enum status chart_figures(struct figure_list *list, const struct figure_wish *wish,
                          const struct chart_recipe *recipe, struct message *message)
{
    enum status status = STATUS_OK;
    struct figure_wish all = *wish;
    if (!recipe->protocols)
        all.protocol = NULL;
    for (size_t d = 0; d < wish->results->datasets && !status; d++)
        status = figure_of(list, &all, recipe, d, message);
    return status;
}
