/* panels.c -- blocks one under the other: measured, then drawn. */
#include "results/figures/panels.h"

#include <math.h>
#include <string.h>

#include "results/figures/plot_text.h"
#include "support/memory.h"

static void *block_at(const struct panels *panels, void *blocks, size_t p)
{
    return (char *)blocks + p * panels->size;
}

void panels_script(struct text *out, struct sheet *sheet, const char *name, const struct panels *panels,
                   void *blocks, size_t count)
{
    const double margin = 0.5 * sheet->em, gap = 1.6 * sheet->em;
    double height = margin;
    for (size_t p = 0; p < count; p++) {
        height += panels->draw(NULL, block_at(panels, blocks, p), p, sheet, -height);
        height += p + 1 < count ? gap : margin;
    }
    sheet->height = height;
    sheet_head(out, sheet, name, panels->about);
    if (panels->settings)
        panels->settings(out, blocks);
    text_append(out, "set multiplot\n");
    double top = sheet->height - margin;
    for (size_t p = 0; p < count && !out->failed; p++) /* without memory `top` is no place */
        top -= panels->draw(out, block_at(panels, blocks, p), p, sheet, top) + gap;
    text_append(out, "\nunset multiplot\nset output\n");
}

/* ---- a figure for each dataset ---- */

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

/* The blocks of a dataset that have anything to draw: *count; all of them are to be ended, after an error,
 * too. */
static enum status begin_blocks(void *blocks, size_t *count, const struct figure_wish *wish,
                                const struct panels *panels, size_t dataset, struct message *message)
{
    enum status status = STATUS_OK;
    *count = 0;
    for (size_t i = 0; i < selection_tables(wish->results) && !status; i++) {
        struct selection of;
        bool any = false;
        if (!figure_selection(&of, wish, i) || of.dataset != dataset ||
            (panels->once && repeats(wish, &of, i)))
            continue;
        void *block = block_at(panels, blocks, *count);
        memset(block, 0, panels->size);
        status = panels->begin(block, &any, &of, message);
        if (any && !status)
            ++*count;
        else
            panels->end(block);
    }
    return status;
}

static enum status figure_of(struct figure_list *list, const struct figure_wish *wish,
                             const struct panels *panels, size_t dataset, struct message *message)
{
    struct sheet sheet = sheet_of(wish->size);
    size_t count = 0;
    void *blocks =
        memory_allocate(selection_tables(wish->results) + 1, panels->size, "the panels of a figure", message);
    enum status status =
        blocks ? begin_blocks(blocks, &count, wish, panels, dataset, message) : STATUS_FAILED;
    if (!status && count > 0 && panels->prepare)
        status = panels->prepare(blocks, count, &sheet, message);
    if (!status && count > 0) {
        struct figure *figure = figure_add(list, wish->results, dataset, message);
        if (figure) {
            panels_script(&figure->script, &sheet, figure->name, panels, blocks, count);
            text_append(&figure->caption, "%s", panels->caption);
        }
        status = figure ? STATUS_OK : STATUS_FAILED;
    }
    for (size_t p = 0; p < count; p++)
        panels->end(block_at(panels, blocks, p));
    memory_release(blocks);
    return status;
}

enum status panels_figures(struct figure_list *list, const struct figure_wish *wish,
                           const struct panels *panels, struct message *message)
{
    enum status status = STATUS_OK;
    struct figure_wish all = *wish;
    if (panels->once)
        all.protocol = NULL;
    for (size_t d = 0; d < wish->results->datasets && !status; d++)
        status = figure_of(list, &all, panels, d, message);
    return status;
}

/* ---- grids ---- */

struct panel_grid panel_grid_of(size_t count, double left, double room, double least, double gap, size_t most)
{
    struct panel_grid grid = {.left = left};
    grid.columns = (size_t)fmax(1, floor((room + gap) / (least + gap)));
    grid.columns = grid.columns < most ? grid.columns : most;
    grid.columns = grid.columns < count ? grid.columns : count;
    grid.rows = (count + grid.columns - 1) / grid.columns;
    grid.pitch_x = (room + gap) / (double)grid.columns;
    grid.width = grid.pitch_x - gap;
    return grid;
}

void panel_name(struct text *out, const struct sheet *sheet, size_t place, const struct results *results,
                size_t variant, double x, double y, double width)
{
    struct text shown = {0};
    size_t most = PLOT_NAME_SHOWN;
    do {
        shown.length = 0;
        text_append(&shown, "%zu  ", place);
        plot_text_variant(&shown, results, variant, most);
    } while (sheet_inches(sheet, text_string(&shown), SHEET_NOTE) > width && --most > 6);
    sheet_text(out, sheet, text_string(&shown), x, y,
               "left textcolor rgb '#111111' font note_font noenhanced");
    text_carry(out, &shown);
    text_release(&shown);
}
