/* matrix_draw.c -- the script of a matrix of scores (matrix.c, matrix_layout.c). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "results/figures/matrix.h"
#include "results/figures/panels.h"
#include "results/figures/plot_text.h"

enum { BLOCKS_NAMED = 6, SCALE_STEPS = 48 };

static const double scale_rows = 1.1, bar_high = 0.45; /* in rows: below the last one; height of the bar */

/* ---- words ---- */

/* "2 seeds", where all blocks have as many. */
static void replicates(struct text *out, const struct matrix *matrix)
{
    struct text first = {0};
    bool same = true;
    selection_print_replicates(&first, &matrix->of[0]);
    for (size_t b = 1; b < matrix->blocks; b++) {
        struct text other = {0};
        selection_print_replicates(&other, &matrix->of[b]);
        same = same && strcmp(text_string(&first), text_string(&other)) == 0;
        text_release(&other);
    }
    text_append(out, "means %s %s", same ? "of" : "over seeds, of the first block", text_string(&first));
    text_carry(out, &first);
    text_release(&first);
}

static void ranking_words(struct text *out, const struct matrix *matrix)
{
    const struct ranks *ranks = &matrix->ranks;
    text_append(out, "Ranked by the %s at ", ranks->blocks > 1 ? "mean rank" : "score");
    if (isnan(ranks->ratio))
        text_append(out, "the longest length of each");
    else
        plot_text_ratio(out, ranks->ratio);
    text_append(out, "%s", ranks->blocks > 1 || matrix->blocks > 1 ? " over " : "");
    for (size_t b = 0; b < ranks->blocks && b < BLOCKS_NAMED && (ranks->blocks > 1 || matrix->blocks > 1);
         b++) {
        text_append(out, "%s", b > 0 ? ", " : "");
        plot_text_name(out, matrix->results->dataset[ranks->block[b].dataset].name, PLOT_NAME_SHOWN);
        text_append(out, " ");
        plot_text_name(out, matrix->results->protocol[ranks->block[b].protocol].name, PLOT_NAME_SHOWN);
    }
    if (ranks->blocks > BLOCKS_NAMED)
        text_append(out, " and %zu more", ranks->blocks - BLOCKS_NAMED);
    text_append(out, "%s.",
                ranks->aside > 0 ? "; below the others, without a rank, those trained on that length" : "");
}

static void make_words(struct sheet_words *words, const struct matrix *matrix)
{
    struct text *title = &words->title, *subtitle = &words->subtitle, *note = &words->note;
    bool none = false, blank = false, worst = false, best = false;
    for (size_t b = 0; b < matrix->blocks; b++) {
        const struct matrix_block *block = &matrix->block[b];
        worst = worst || block->cut_worst;
        best = best || block->cut_best;
        for (size_t i = 0; i < matrix->rows * block->columns; i++) {
            none = none || (block->asked[i] && isnan(block->mean[i]));
            blank = blank || !block->asked[i];
        }
    }
    text_append(title, "Scores of %zu variant%s%s", matrix->rows, matrix->rows == 1 ? "" : "s",
                matrix->rows > 1 ? ", the best first" : "");
    text_append(subtitle, "configuration ");
    plot_text_name(subtitle, matrix->results->configuration[matrix->configuration].name, PLOT_NAME_SHOWN);
    text_append(subtitle, "; ");
    replicates(subtitle, matrix);
    text_append(subtitle,
                ".  Columns: evaluation length ÷ training length; red line: the end of what was seen "
                "in training.  ");
    if (matrix->rows > 1)
        ranking_words(subtitle, matrix);
    text_append(subtitle, "  Colours: a scale for each block, below it; its bright end is the better one.");
    if (worst || best)
        text_append(note,
                    "%s: losses beyond have this colour, too (farther from the quartiles than 1.5 times "
                    "their distance).",
                    worst && best ? "≥, ≤"
                    : worst       ? "≥"
                                  : "≤");
    if (none)
        text_append(note, "%sGrey: no score.", note->length > 0 ? "  " : "");
    if (blank)
        text_append(note, "%sBlank: not asked.", note->length > 0 ? "  " : "");
    figure_note(note, matrix->of, matrix->blocks);
}

/* ---- drawing ---- */

/* Scores: left and right of the cell in inches, row, shade, colour of the number, the number, the mean. */
static void write_scores(struct text *out, const struct matrix_layout *layout, size_t band)
{
    const struct matrix *matrix = layout->matrix;
    text_append(out, "# left right row shade ink number mean\n$scores_%zu << EOD\n", band + 1);
    for (size_t b = 0; b < matrix->blocks; b++) {
        const struct matrix_block *block = &matrix->block[b];
        for (size_t i = 0; i < matrix->rows && block->band == band; i++)
            for (size_t c = 0; c < block->columns; c++) {
                const double mean = block->mean[i * block->columns + c], shade = matrix_shade(block, mean);
                const double left = block->left + block->cell * (double)c;
                char score[MATRIX_SCORE_SIZE];
                if (isnan(mean))
                    continue;
                matrix_print_score(score, block, mean);
                text_append(out, "%.4f %.4f %zu %.4f 0x%s %s %.10g\n", left, left + block->cell, i + 1, shade,
                            sheet_palette_light(shade) ? "000000" : "ffffff", score, mean);
            }
    }
    text_append(out, "EOD\n$none_%zu << EOD\n", band + 1);
    for (size_t b = 0; b < matrix->blocks; b++) {
        const struct matrix_block *block = &matrix->block[b];
        for (size_t i = 0; i < matrix->rows && block->band == band; i++)
            for (size_t c = 0; c < block->columns; c++)
                if (block->asked[i * block->columns + c] && isnan(block->mean[i * block->columns + c]))
                    text_append(out, "%.4f %.4f %zu\n", block->left + block->cell * (double)c,
                                block->left + block->cell * (double)(c + 1), i + 1);
    }
    text_append(out, "EOD\n");
}

/* The scale of each block: steps that overlap, so that no seams are seen between them. */
static void write_scales(struct text *out, const struct matrix_layout *layout, size_t band)
{
    text_append(out, "$scale_%zu << EOD\n", band + 1);
    for (size_t b = 0; b < layout->matrix->blocks; b++) {
        const struct matrix_block *block = &layout->matrix->block[b];
        const double width = matrix_block_width(block);
        for (size_t i = 0; i < SCALE_STEPS && block->band == band; i++)
            text_append(out, "%.4f %.4f %.4f\n", block->left + width * (double)i / SCALE_STEPS,
                        block->left + width * fmin((double)(i + 2), SCALE_STEPS) / SCALE_STEPS,
                        ((double)i + 0.5) / SCALE_STEPS);
    }
    text_append(out, "EOD\n");
}

static void write_scale_labels(struct text *out, const struct matrix_layout *layout,
                               const struct matrix_block *block, double left, double y)
{
    char look[120], score[MATRIX_SCORE_SIZE], end[MATRIX_SCORE_SIZE + 8];
    matrix_print_score(score, block, block->worst);
    snprintf(end, sizeof end, "%s%s", block->cut_worst ? "≥" : "", score);
    snprintf(look, sizeof look, "left textcolor rgb grey font sprintf(',%%g', %g*base)", layout->size);
    sheet_text(out, &layout->sheet, end, left, y, look);
    matrix_print_score(score, block, block->best);
    snprintf(end, sizeof end, "%s%s", block->cut_best ? "≤" : "", score);
    snprintf(look, sizeof look, "right textcolor rgb grey font sprintf(',%%g', %g*base)", layout->size);
    sheet_text(out, &layout->sheet, end, left + matrix_block_width(block), y, look);
}

/* Columns that the variant of a row saw in training: up to L, or of a fine-tune further. */
static size_t columns_seen(const struct matrix_layout *layout, const struct matrix_block *block, size_t row)
{
    size_t seen = 0;
    for (size_t c = 0; c < block->columns; c++)
        seen += selection_ratio(block->of, block->length[c]) <= 1 ||
                selection_saw(block->of, layout->matrix->row[row], block->length[c]);
    return seen;
}

/* A red line where training ended, from row to row. */
static void write_trained(struct text *out, const struct matrix_layout *layout,
                          const struct matrix_block *block, double left, double rows_top)
{
    const struct sheet *sheet = &layout->sheet;
    for (size_t first = 0, end; first < layout->matrix->rows; first = end) {
        const size_t seen = columns_seen(layout, block, first);
        for (end = first + 1; end < layout->matrix->rows && columns_seen(layout, block, end) == seen;)
            end++;
        if (seen == 0 || seen == block->columns)
            continue;
        const double x = (left + block->cell * (double)seen) / sheet->width;
        text_append(
            out,
            "set arrow from screen %.5f, screen %.5f to screen %.5f, screen %.5f nohead lc rgb '#d4001a' lw "
            "1.4 front\n",
            x, (rows_top - layout->pitch * (double)end) / sheet->height, x,
            (rows_top - layout->pitch * (double)first) / sheet->height);
    }
}

/* Title, lengths, the line at the training length, the ends of the scale. */
static void write_block(struct text *out, const struct matrix_layout *layout,
                        const struct matrix_block *block, double left, double top, double rows_top)
{
    const struct sheet *sheet = &layout->sheet;
    const double em = sheet->em, bottom = rows_top - layout->pitch * (double)layout->matrix->rows;
    const size_t every = (size_t)fmax(1, ceil(sheet_inches(sheet, "16×", layout->size) / block->cell));
    char look[120];
    snprintf(look, sizeof look, "center textcolor rgb ink font sprintf(',%%g', %g*base)", layout->size);
    matrix_titles(out, layout, block, left, top);
    for (size_t c = 0; c < block->columns; c++) {
        struct text ratio = {0};
        plot_text_ratio(&ratio, selection_ratio(block->of, block->length[c]));
        if (c % every == 0)
            sheet_text(out, sheet, text_string(&ratio), left + block->cell * ((double)c + 0.5),
                       rows_top + 0.7 * em, look);
        text_carry(out, &ratio);
        text_release(&ratio);
    }
    write_trained(out, layout, block, left, rows_top);
    if (block->left > 0) {
        const double x = (left - MATRIX_GAP * em / 2) / sheet->width;
        text_append(
            out,
            "set arrow from screen %.5f, screen %.5f to screen %.5f, screen %.5f nohead lc rgb pale lw 0.8 "
            "back\n",
            x, bottom / sheet->height, x, top / sheet->height);
    }
    write_scale_labels(out, layout, block, left, bottom - (scale_rows + 0.1) * layout->pitch - 0.45 * em);
}

static void write_names(struct text *out, const struct matrix_layout *layout, double right, double top)
{
    char look[120];
    snprintf(look, sizeof look, "right textcolor rgb ink font sprintf(',%%g', %g*base) noenhanced",
             layout->size);
    for (size_t i = 0; i < layout->matrix->rows; i++) {
        struct text name = {0};
        plot_text_variant(&name, layout->matrix->results, layout->matrix->row[i], layout->fit.name);
        sheet_text(out, &layout->sheet, text_string(&name), right, top - layout->pitch * ((double)i + 0.5),
                   look);
        text_carry(out, &name);
        text_release(&name);
    }
}

static double band_height(const struct matrix_layout *layout)
{
    return layout->titles + 1.4 * layout->sheet.em +
           layout->pitch * ((double)layout->matrix->rows + scale_rows) + 1.2 * layout->sheet.em;
}

static void write_band(struct text *out, const struct matrix_layout *layout, size_t band, double top)
{
    const struct sheet *sheet = &layout->sheet;
    const double em = sheet->em, left = MATRIX_MARGIN * em + layout->names + MATRIX_NAME * em,
                 right = sheet->width - em / 4;
    const double rows_top = top - layout->titles - 1.4 * em, rows = (double)layout->matrix->rows;
    text_append(out, "\n# ---- band %zu ----\n", band + 1);
    write_scores(out, layout, band);
    write_scales(out, layout, band);
    sheet_axes(out, sheet, left, right, rows_top - layout->pitch * (rows + scale_rows), rows_top);
    text_append(out, "set xrange [0:%.5f]; set yrange [%.5f:0.5]\n", right - left, rows + scale_rows + 0.5);
    write_names(out, layout, left - MATRIX_NAME * em, rows_top);
    for (size_t b = 0; b < layout->matrix->blocks; b++)
        if (layout->matrix->block[b].band == band)
            write_block(out, layout, &layout->matrix->block[b], left + layout->matrix->block[b].left, top,
                        rows_top);
    const double bar = rows + 0.5 + scale_rows - bar_high;
    text_append(
        out,
        "plot $none_%zu using 1:3:($1+seam):($2-seam):($3-0.47):($3+0.47) with boxxyerror fc rgb '#e8e8e8', "
        "\\\n     $scores_%zu using 1:3:($1+seam):($2-seam):($3-0.47):($3+0.47):4 with boxxyerror fc "
        "palette, \\\n     $scale_%zu using 1:(%.4f):1:2:(%.4f):(%.4f):3 with boxxyerror fc palette, \\\n"
        "     $none_%zu using (($1+$2)/2):3:('–') with labels textcolor rgb grey font number_font",
        band + 1, band + 1, band + 1, bar, bar, bar + bar_high, band + 1);
    if (layout->numbers > 0)
        text_append(
            out,
            ", \\\n     $scores_%zu using (($1+$2)/2):3:(stringcolumn(6)):5 with labels textcolor rgb "
            "variable font number_font",
            band + 1);
    text_append(out, "\nunset label; unset arrow\n");
}

static void settings(struct text *out, const void *blocks)
{
    const struct matrix_layout *layout = blocks;
    sheet_palette(out);
    text_append(out,
                "number_font = sprintf(',%%g', %g*base); seam = 0.005    # inches between cells\n"
                "set cbrange [0:1]; unset colorbox; unset grid; set border 0; unset xtics; unset ytics\n"
                "set style fill solid 1 noborder\n",
                layout->numbers > 0 ? layout->numbers : layout->size);
}

static double draw(struct text *out, void *block, size_t p, const struct sheet *sheet, double top)
{
    const struct matrix_layout *layout = block;
    const double margin = MATRIX_MARGIN * sheet->em, pitch = band_height(layout) + 1.2 * sheet->em;
    struct sheet_words words = {.note = {0}};
    (void)p;
    make_words(&words, layout->matrix);
    const double bands = top - sheet_heading(out, sheet, &words, margin, top) - 0.3 * sheet->em;
    const double bottom = bands - (double)(layout->bands - 1) * pitch - band_height(layout);
    for (size_t band = 0; band + 1 < layout->bands && out; band++)
        write_band(out, layout, band, bands - (double)band * pitch);
    const double foot = sheet_foot(out, sheet, &words, margin, bottom); /* drawn with the last band */
    if (out)
        write_band(out, layout, layout->bands - 1, bottom + band_height(layout));
    sheet_words_release(&words);
    return top - bottom + foot;
}

void matrix_script(struct text *out, struct matrix *matrix, const struct figure_size *size, const char *name)
{
    static const struct panels panels = {.about = "all scores", .settings = settings, .draw = draw};
    struct matrix_layout layout = {.sheet = sheet_of(size), .matrix = matrix};
    matrix_lay_out(&layout);
    panels_script(out, &layout.sheet, name, &panels, &layout, 1);
}
