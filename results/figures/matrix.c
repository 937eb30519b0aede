/* matrix.c -- all scores at one glance: a row for each variant, the best first, a block of columns for
 * each dataset, a column for each length.
 *
 * A scale of colours has the better scores of its block at its bright end.  Exact match goes from 0 to 100
 * per cent.  Losses have no such ends, and one variant that diverges would leave one colour to all others:
 * their scale ends at the fences of Tukey (1977, Exploratory Data Analysis, section 2D), Q1 - 1.5 (Q3 - Q1)
 * and Q3 + 1.5 (Q3 - Q1) of all means of the block, or at the least and the largest mean where these lie
 * inside; and it spans loss_span at least, so that differences that mean nothing do not look like some. */
#include "results/figures/matrix.h"
#include "results/figures/kinds.h"

#include <math.h>
#include <stdlib.h>

#include "support/memory.h"

/* So many columns hold all protocols, more hold one for each dataset; on a narrow sheet and on others. */
enum { COLUMNS_NARROW = 8, COLUMNS_WIDE = 16 };

static const double narrow = 5;      /* inches */
static const double loss_span = 0.1; /* nat */

/* ---- which blocks ---- */

static size_t count_columns(const struct selection *of)
{
    size_t columns = 0;
    for (size_t n = 0; n < of->results->lengths; n++)
        columns += selection_uses_length(of, n);
    return columns;
}

/* The tables of the wish in this configuration; returns their columns. */
static size_t find_tables(struct matrix *matrix, const struct figure_wish *wish)
{
    size_t columns = 0;
    struct selection of;
    for (size_t i = 0; i < selection_tables(matrix->results); i++)
        if (figure_selection(&of, wish, i) && of.configuration == matrix->configuration) {
            columns += count_columns(&of);
            matrix->of[matrix->blocks++] = of;
        }
    return columns;
}

/* The blocks that decide the order: one for each dataset. */
static size_t find_ranked(struct selection *ranked, const struct matrix *matrix,
                          const struct figure_wish *wish)
{
    size_t count = ranks_blocks(ranked, matrix->results, wish->protocol), kept = 0;
    for (size_t b = 0; b < count; b++)
        for (size_t i = 0; i < matrix->blocks; i++)
            if (ranked[b].configuration == matrix->configuration &&
                ranked[b].dataset == matrix->of[i].dataset && ranked[b].protocol == matrix->of[i].protocol)
                ranked[kept++] = ranked[b];
    return kept;
}

/* ---- scores ---- */

static void fill(struct matrix *matrix, struct matrix_block *block, double *values)
{
    for (size_t n = 0; n < matrix->results->lengths; n++)
        if (selection_uses_length(block->of, n))
            block->length[block->columns++] = n;
    for (size_t i = 0; i < matrix->rows; i++)
        for (size_t c = 0; c < block->columns; c++) {
            const struct outcome outcome =
                selection_outcome(block->of, matrix->row[i], block->length[c], values);
            block->mean[i * block->columns + c] = outcome.measured > 0 ? outcome.summary.mean : NAN;
            block->asked[i * block->columns + c] = outcome.asked > 0;
        }
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Of sorted values, between neighbours in proportion (R's type 7). */
static double quantile(const double *sorted, size_t count, double share)
{
    const double at = share * (double)(count - 1);
    const size_t below = (size_t)at, above = below + 1 < count ? below + 1 : below;
    return sorted[below] + (at - (double)below) * (sorted[above] - sorted[below]);
}

/* sorted: room for all means of the block. */
static void find_scale(struct matrix_block *block, size_t rows, double *sorted)
{
    size_t count = 0;
    block->worst = 0;
    block->best = 100;
    if (block->of->measure != MEASURE_NLL)
        return;
    for (size_t i = 0; i < rows * block->columns; i++)
        if (!isnan(block->mean[i]))
            sorted[count++] = block->mean[i];
    if (count == 0)
        return;
    qsort(sorted, count, sizeof *sorted, by_value);
    const double first = quantile(sorted, count, 0.25), third = quantile(sorted, count, 0.75);
    const double reach = 1.5 * (third - first);
    block->best = fmax(first - reach, sorted[0]);
    block->worst = fmax(fmin(third + reach, sorted[count - 1]), block->best + loss_span);
    block->cut_best = sorted[0] < block->best;
    block->cut_worst = sorted[count - 1] > block->worst;
}

/* ---- the figure ---- */

/* Rows: those that are ranked, those apart, then those that only other blocks have. */
static void find_rows(struct matrix *matrix)
{
    const struct ranks *ranks = &matrix->ranks;
    for (size_t i = 0; i < ranks->variants; i++)
        matrix->row[matrix->rows++] = ranks->variant[ranks->order[i]];
    for (size_t i = 0; i < ranks->aside; i++)
        matrix->row[matrix->rows++] = ranks->apart[i];
    for (size_t v = 0; v < matrix->results->variants; v++) {
        bool shown = false, used = false;
        for (size_t i = 0; i < matrix->rows; i++)
            shown = shown || matrix->row[i] == v;
        for (size_t b = 0; b < matrix->blocks; b++)
            used = used || selection_uses_variant(&matrix->of[b], v);
        if (used && !shown)
            matrix->row[matrix->rows++] = v;
    }
}

static enum status fill_blocks(struct matrix *matrix, struct message *message)
{
    const struct results *results = matrix->results;
    const size_t cells = matrix->rows * results->lengths;
    double *room =
        memory_allocate(cells + results->seeds * results->folds, sizeof *room, "a figure", message);
    bool whole = room != NULL;
    for (size_t b = 0; b < matrix->blocks && whole; b++) {
        struct matrix_block *block = &matrix->block[b];
        *block = (struct matrix_block){.of = &matrix->of[b]};
        block->length = memory_allocate(results->lengths, sizeof *block->length, "a figure", message);
        block->mean = memory_allocate(cells, sizeof *block->mean, "a figure", message);
        block->asked = memory_allocate(cells, sizeof *block->asked, "a figure", message);
        whole = block->length && block->mean && block->asked;
        if (whole) {
            fill(matrix, block, room);
            find_scale(block, matrix->rows, room);
        }
    }
    memory_release(room);
    return whole ? STATUS_OK : STATUS_FAILED;
}

/* STATUS_FAILED: no memory; to be released all the same. */
static enum status begin(struct matrix *matrix, const struct figure_wish *wish, size_t configuration,
                         struct message *message)
{
    const struct results *results = wish->results;
    struct selection *ranked =
        memory_allocate(results->datasets * results->configurations, sizeof *ranked, "a figure", message);
    enum status status = STATUS_FAILED;
    *matrix = (struct matrix){.results = results, .configuration = configuration};
    matrix->of = memory_allocate(selection_tables(results) + 1, sizeof *matrix->of, "a figure", message);
    matrix->row = memory_allocate(results->variants, sizeof *matrix->row, "a figure", message);
    if (!ranked || !matrix->of || !matrix->row)
        goto done;
    const size_t columns = find_tables(matrix, wish), count = find_ranked(ranked, matrix, wish);
    if (columns > (wish->size->width < narrow ? COLUMNS_NARROW : COLUMNS_WIDE)) {
        matrix->blocks = count;
        for (size_t b = 0; b < count; b++)
            matrix->of[b] = ranked[b];
    }
    matrix->block = memory_allocate(matrix->blocks + 1, sizeof *matrix->block, "a figure", message);
    if (matrix->block && ranks_over(&matrix->ranks, results, ranked, count, message)) {
        find_rows(matrix);
        status = fill_blocks(matrix, message);
    }
done:
    memory_release(ranked);
    return status;
}

static void end(struct matrix *matrix)
{
    for (size_t b = 0; b < matrix->blocks && matrix->block; b++) {
        memory_release(matrix->block[b].length);
        memory_release(matrix->block[b].mean);
        memory_release(matrix->block[b].asked);
    }
    memory_release(matrix->block);
    memory_release(matrix->of);
    memory_release(matrix->row);
    ranks_release(&matrix->ranks);
}

static bool has_score(const struct matrix *matrix)
{
    for (size_t b = 0; b < matrix->blocks; b++)
        if (selection_has(&matrix->of[b], matrix->of[b].measure))
            return true;
    return false;
}

/* The dataset it is of; datasets = several. */
static size_t dataset_of(const struct matrix *matrix, const struct figure_wish *wish)
{
    return wish->dataset ? matrix->of[0].dataset : matrix->results->datasets;
}

static enum status draw_figures(struct figure_list *list, const struct figure_wish *wish,
                                struct message *message)
{
    const struct results *results = wish->results;
    enum status status = STATUS_OK;
    for (size_t c = 0; c < results->configurations && !status; c++) {
        struct matrix matrix;
        status = begin(&matrix, wish, c, message);
        if (!status && has_score(&matrix)) {
            struct figure *figure = figure_add(list, results, dataset_of(&matrix, wish), message);
            if (figure) {
                matrix_script(&figure->script, &matrix, wish->size, figure->name);
                text_append(&figure->caption,
                            "All scores: a row for each variant, the best first, a column for each dataset "
                            "and length, the score as a colour and, where there is room, a number");
            }
            status = figure ? STATUS_OK : STATUS_FAILED;
        }
        end(&matrix);
    }
    return status;
}

const struct figure_kind figure_kind_matrix = {
    .name = "matrix",
    .summary = "all scores at one glance: variants x lengths of each dataset, as colours and numbers",
    .needs = "scores",
    .draw = draw_figures,
};
