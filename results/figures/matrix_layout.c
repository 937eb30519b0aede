/* matrix_layout.c -- where the blocks of a matrix of scores stand.
 *
 * They stand side by side.  On a sheet of fixed width numbers become smaller and names shorter; what still has
 * no room beside the others begins another band with all rows, but many rows rather lose their numbers. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/figures/matrix.h"
#include "results/figures/plot_text.h"

enum { ROWS_MANY = 30 };

static const double widest_screen = 12; /* inches */

#define SMALLEST 0.72 /* text, in units of the base font */

static const struct matrix_fit fits[] = {{1, PLOT_NAME_SHOWN},
                                         {SMALLEST, PLOT_NAME_SHOWN},
                                         {SMALLEST, 24},
                                         {0, PLOT_NAME_SHOWN},
                                         {0, 24},
                                         {0, 20},
                                         {0, 16}};
enum { FITS = sizeof fits / sizeof *fits, FITS_NUMBERED = 3 };

void matrix_print_score(char out[MATRIX_SCORE_SIZE], const struct matrix_block *block, double mean)
{
    const int digits = block->of->measure != MEASURE_NLL ? 0 : mean < 9.995 ? 2 : mean < 99.95 ? 1 : 0;
    if (mean < 9999.5) {
        snprintf(out, MATRIX_SCORE_SIZE, "%.*f", digits, mean);
        return;
    }
    snprintf(out, MATRIX_SCORE_SIZE, "%.0e", mean); /* 2e+07 */
    char *plus = strchr(out, '+');
    const char *power = plus + (plus[1] == '0' ? 2 : 1);
    memmove(plus, power, strlen(power) + 1);
}

double matrix_shade(const struct matrix_block *block, double mean)
{
    return fmin(fmax((mean - block->worst) / (block->best - block->worst), 0), 1);
}

/* What stands over a block: dataset, measure, protocol, each a paragraph. */
enum { TITLES = 3 };

static void block_titles(struct text title[TITLES], const struct matrix_block *block)
{
    const struct results *results = block->of->results;
    plot_text_name(&title[0], results->dataset[block->of->dataset].name, PLOT_NAME_SHOWN);
    text_append(&title[1], block->of->measure == MEASURE_NLL ? "loss (nats)" : "exact match (%%)");
    plot_text_name(&title[2], results->protocol[block->of->protocol].name, PLOT_NAME_SHOWN);
}

/* ---- layout ---- */

static double widest_word(const struct sheet *sheet, const char *text, double size)
{
    struct text word = {0};
    double widest = 0;
    while (*text) {
        const size_t bytes = strcspn(text, " ");
        word.length = 0;
        text_append_bytes(&word, text, bytes);
        widest = fmax(widest, sheet_inches(sheet, text_string(&word), size));
        text += bytes + strspn(text + bytes, " ");
    }
    text_release(&word);
    return widest;
}

/* Inches that a column of a block needs. */
static double least_cell(const struct matrix_layout *layout, const struct matrix_block *block)
{
    const double em = layout->sheet.em;
    struct text title[TITLES] = {{0}, {0}, {0}};
    double cell = 1.1 * em, words = 0;
    for (size_t i = 0; i < layout->matrix->rows * block->columns && layout->numbers > 0; i++) {
        char score[MATRIX_SCORE_SIZE];
        if (isnan(block->mean[i]))
            continue;
        matrix_print_score(score, block, block->mean[i]);
        cell = fmax(cell, sheet_inches(&layout->sheet, score, layout->numbers) + 0.35 * em);
    }
    block_titles(title, block);
    for (size_t i = 0; i < TITLES; i++) {
        const double size = i == 0 ? SHEET_LABEL : layout->over;
        words = fmax(words, i == 1 && layout->numbers > 0
                                ? sheet_inches(&layout->sheet, text_string(&title[i]), size)
                                : widest_word(&layout->sheet, text_string(&title[i]), size));
        text_release(&title[i]);
    }
    return fmax(cell, fmin(words, 8 * em) / (double)block->columns);
}

double matrix_block_width(const struct matrix_block *block)
{
    return block->cell * (double)block->columns;
}

/* Side by side, as many as there is room for; returns the width of the widest band. */
static double place_blocks(struct matrix_layout *layout, double room)
{
    const double gap = MATRIX_GAP * layout->sheet.em;
    double at = 0, widest = 0;
    size_t band = 0;
    for (size_t b = 0; b < layout->matrix->blocks; b++) {
        struct matrix_block *block = &layout->matrix->block[b];
        if (at > 0 && at + matrix_block_width(block) > room) {
            at = 0;
            band++;
        }
        block->band = band;
        block->left = at;
        widest = fmax(widest, at + matrix_block_width(block));
        at += matrix_block_width(block) + gap;
    }
    layout->bands = band + 1;
    return widest;
}

static double names_width(const struct matrix_layout *layout)
{
    double widest = 0;
    for (size_t i = 0; i < layout->matrix->rows; i++) {
        struct text name = {0};
        plot_text_variant(&name, layout->matrix->results, layout->matrix->row[i], layout->fit.name);
        widest = fmax(widest, sheet_inches(&layout->sheet, text_string(&name), layout->size));
        text_release(&name);
    }
    return widest;
}

/* Returns the width of the widest band. */
static double try_fit(struct matrix_layout *layout, const struct matrix_fit *fit, double *room)
{
    const double em = layout->sheet.em;
    const double width =
        layout->sheet.size->fixed ? layout->sheet.width : fmax(layout->sheet.width, widest_screen);
    layout->fit = *fit;
    layout->numbers = fmin(fit->numbers, layout->size);
    layout->over = fit->numbers > 0 ? layout->size : SMALLEST;
    layout->names = names_width(layout);
    for (size_t b = 0; b < layout->matrix->blocks; b++)
        layout->matrix->block[b].cell = least_cell(layout, &layout->matrix->block[b]);
    *room = width - layout->names - (2 * MATRIX_MARGIN + MATRIX_NAME) * em;
    return place_blocks(layout, *room);
}

/* Columns become wider where there is room; a block that is wider than the sheet becomes narrower. */
static void stretch(struct matrix_layout *layout, double widest, double room)
{
    const double gaps =
        layout->bands > 1 ? 0 : MATRIX_GAP * layout->sheet.em * (double)(layout->matrix->blocks - 1);
    const double share = fmax(1, fmin((room - gaps) / (widest - gaps), 1.5));
    for (size_t b = 0; b < layout->matrix->blocks; b++) {
        struct matrix_block *block = &layout->matrix->block[b];
        block->cell = fmin(block->cell * (layout->bands > 1 ? 1 : share), room / (double)block->columns);
    }
    place_blocks(layout, layout->bands > 1 ? room : INFINITY);
}

double matrix_titles(struct text *out, const struct matrix_layout *layout, const struct matrix_block *block,
                     double left, double top)
{
    const struct sheet *sheet = &layout->sheet;
    const double width = matrix_block_width(block) + 0.01;
    struct text title[TITLES] = {{0}, {0}, {0}};
    double height = 0;
    block_titles(title, block);
    for (size_t i = 0; i < TITLES; i++) {
        height += sheet_paragraph(out, sheet, text_string(&title[i]), left, top - height, width,
                                  i == 0 ? SHEET_LABEL : layout->over, i == 0);
        height = title[i].failed ? NAN : height;
        if (out)
            text_carry(out, &title[i]);
        text_release(&title[i]);
    }
    return height;
}

void matrix_lay_out(struct matrix_layout *layout)
{
    struct sheet *sheet = &layout->sheet;
    const bool many = layout->matrix->rows > ROWS_MANY;
    const size_t ways = sheet->size->fixed ? FITS : 1, first = many || ways == 1 ? ways : FITS_NUMBERED;
    double room = 0, widest = INFINITY;
    layout->size = many ? 0.8 : SHEET_NOTE;
    layout->pitch = 1.32 * layout->size * sheet->em;
    layout->bands = 2;
    for (size_t i = 0; i < first && (layout->bands > 1 || widest > room); i++)
        widest = try_fit(layout, &fits[i], &room);
    if (layout->bands > 1 || widest > room) /* in bands then, with numbers if they can be had */
        for (size_t i = 0; i < ways && (i == 0 || widest > room); i++)
            widest = try_fit(layout, &fits[i], &room);
    const double taken = layout->names + (2 * MATRIX_MARGIN + MATRIX_NAME) * sheet->em;
    if (!sheet->size->fixed)
        sheet->width = fmax(sheet->width, taken + fmin(widest, room));
    stretch(layout, widest, sheet->width - taken);
    for (size_t b = 0; b < layout->matrix->blocks; b++) {
        const double titles = matrix_titles(NULL, layout, &layout->matrix->block[b], 0, 0);
        if (isnan(titles) || titles > layout->titles) /* NAN: there was no memory for them */
            layout->titles = titles;
    }
}
