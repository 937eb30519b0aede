/* ranks.c -- mean ranks of variants over datasets (ranks.h). */
#include "results/findings/ranks.h"

#include <math.h>
#include <stdio.h>

#include "results/figures/kinds.h"
#include "results/figures/panels.h"
#include "results/figures/plot_text.h"

enum { BLOCKS_NAMED = 6 };

/* ---- drawing ---- */

/* NAN where it is not drawn: with too few blocks, or where it says nothing. */
static double critical_difference(const struct ranks *ranks)
{
    return ranks->blocks < BLOCKS_FOR_A_TEST ? NAN
                                             : figure_critical_difference(ranks->variants, ranks->blocks);
}

static void name_block(struct text *out, const struct ranks *ranks, size_t block)
{
    const struct selection *of = &ranks->block[block];
    plot_text_name(out, ranks->results->dataset[of->dataset].name, PLOT_NAME_SHOWN);
    text_append(out, " ");
    plot_text_name(out, ranks->results->protocol[of->protocol].name, PLOT_NAME_SHOWN);
    if (ranks->results->configurations > 1) {
        text_append(out, " ");
        plot_text_name(out, ranks->results->configuration[of->configuration].name, PLOT_NAME_SHOWN);
    }
}

static void make_words(struct sheet_words *words, const struct ranks *ranks)
{
    struct text *title = &words->title, *subtitle = &words->subtitle, *note = &words->note;
    const double critical = critical_difference(ranks);
    text_append(title, "Mean rank at ");
    plot_text_ratio(title, ranks->ratio);
    text_append(title, " the training length (1 is the best of %zu)", ranks->variants);
    text_append(subtitle, "over ");
    for (size_t b = 0; b < ranks->blocks && b < BLOCKS_NAMED; b++) {
        text_append(subtitle, "%s", b > 0 ? ", " : "");
        name_block(subtitle, ranks, b);
    }
    if (ranks->blocks > BLOCKS_NAMED)
        text_append(subtitle, " and %zu more", ranks->blocks - BLOCKS_NAMED);
    text_append(
        subtitle,
        "; scores are means of %zu seed%s.  Ties share ranks, no score is last.  Small dots: ranks on "
        "single datasets.",
        ranks->results->seeds, ranks->results->seeds == 1 ? "" : "s");
    if (!isnan(critical))
        text_append(subtitle, "  Shaded: not told from the best (critical difference %.2f, Nemenyi, 5 %%).",
                    critical);
    else if (ranks->blocks < BLOCKS_FOR_A_TEST)
        text_append(note, "No critical difference is drawn: %zu datasets are too few for a test of ranks.",
                    ranks->blocks);
    else
        text_append(
            note,
            "No critical difference is drawn: over %zu datasets it exceeds half the number of variants.",
            ranks->blocks);
    for (size_t i = 0; i < ranks->aside; i++) {
        text_append(note, "%s", i > 0 ? ", " : "  Trained on this length, so without a rank: ");
        plot_text_variant(note, ranks->results, ranks->apart[i], PLOT_NAME_SHOWN);
        text_append(note, "%s", i + 1 == ranks->aside ? "." : "");
    }
    figure_note(note, ranks->block, ranks->blocks);
}

static void write_data(struct text *out, const struct ranks *ranks)
{
    text_append(out, "$ranks << EOD\n");
    for (size_t i = 0; i < ranks->variants; i++)
        for (size_t b = 0; b < ranks->blocks; b++)
            text_append(out, "%.10g %zu\n", ranks->rank[b * ranks->variants + ranks->order[i]], i + 1);
    text_append(out, "EOD\n$means << EOD\n");
    for (size_t i = 0; i < ranks->variants; i++)
        text_append(out, "%.10g %zu\n", ranks->mean[ranks->order[i]], i + 1);
    text_append(out, "EOD\n");
}

static void write_rows(struct text *out, const struct ranks *ranks)
{
    text_append(out, "set ytics scale 0 (");
    for (size_t i = 0; i < ranks->variants; i++)
        text_append(out, "%s\"\" %zu", i > 0 ? ", " : "", i + 1);
    text_append(out, ")\nset xrange [0.5:%zu.5]; set yrange [%zu.6:0.4]\n", ranks->variants, ranks->variants);
    const double critical = critical_difference(ranks);
    if (!isnan(critical))
        text_append(out,
                    "set object rectangle from first %.6g, graph 0 to first %.6g, graph 1 fc rgb shade fs "
                    "solid 1 noborder behind\n",
                    ranks->mean[ranks->order[0]], ranks->mean[ranks->order[0]] + critical);
}

/* Name and mean of a variant at the left of its row. */
static void write_names(struct text *out, const struct ranks *ranks, const struct sheet *sheet, double left,
                        double top, double pitch, size_t most)
{
    for (size_t i = 0; i < ranks->variants; i++) {
        const double y = top - pitch * ((double)i + 0.6);
        const size_t variant = ranks->variant[ranks->order[i]];
        char value[24];
        struct text label = {0};
        plot_text_variant(&label, ranks->results, variant, most);
        sheet_text(out, sheet, text_string(&label), left - 3.9 * sheet->em, y,
                   "right textcolor rgb ink font label_font noenhanced");
        snprintf(value, sizeof value, "%.2f", ranks->mean[ranks->order[i]]);
        sheet_text(out, sheet, value, left - 0.8 * sheet->em, y, "right textcolor rgb grey font note_font");
        text_carry(out, &label);
        text_release(&label);
    }
}

static double names_width(const struct ranks *ranks, const struct sheet *sheet, size_t most)
{
    double names = 0;
    for (size_t i = 0; i < ranks->variants; i++) {
        struct text label = {0};
        plot_text_variant(&label, ranks->results, ranks->variant[i], most);
        names = fmax(names, sheet_inches(sheet, text_string(&label), SHEET_LABEL));
        text_release(&label);
    }
    return names;
}

static double draw(struct text *out, void *block, size_t p, const struct sheet *sheet, double top)
{
    const struct ranks *ranks = block;
    const double em = sheet->em, pitch = 1.5 * em, margin = 0.5 * em;
    const size_t most = sheet->size->fixed ? 24 : PLOT_NAME_SHOWN;
    const double left = names_width(ranks, sheet, most) + 4.6 * em, right = sheet->width - em,
                 rows = pitch * ((double)ranks->variants + 0.2);
    struct sheet_words words = {.note = {0}};
    (void)p;
    make_words(&words, ranks);
    const double axes = top - sheet_heading(out, sheet, &words, margin, top) - 0.3 * em;
    const double foot = sheet_foot(out, sheet, &words, margin, axes - rows - 3.3 * em);
    sheet_words_release(&words);
    if (out) {
        write_data(out, ranks);
        sheet_axes(out, sheet, left, right, axes - rows, axes);
        write_rows(out, ranks);
        sheet_ticks(out, "x", 0.5, (double)ranks->variants + 0.5,
                    (size_t)fmax(3, (right - left) / (2.2 * em)), true);
        sheet_centred(out, sheet, "mean rank", (left + right) / 2, axes - rows - 2.5 * em);
        write_names(out, ranks, sheet, left, axes, pitch, most);
        text_append(out, "plot $ranks using 1:2 with points pt 7 ps 0.4*mark lc rgb '#b5b5b5', \\\n"
                         "     $means using 1:2 with points pt 7 ps 1.15*mark lc rgb '#0072B2'\n");
    }
    return top - axes + rows + 3.6 * em + foot;
}

static void settings(struct text *out, const void *blocks)
{
    const struct ranks *ranks = blocks;
    sheet_looks(out, ranks->results);
}

/* ---- the figure ---- */

static enum status draw_figures(struct figure_list *list, const struct figure_wish *wish,
                                struct message *message)
{
    static const struct panels panels = {.about = "mean ranks", .settings = settings, .draw = draw};
    struct sheet sheet = sheet_of(wish->size);
    struct ranks ranks;
    enum status status = STATUS_OK;
    if (wish->dataset) /* one dataset's score is its ranking */
        return status;
    if (!ranks_make(&ranks, wish->results, wish->protocol, message))
        return STATUS_FAILED;
    if (ranks.variants > 0) {
        struct figure *figure = figure_add(list, wish->results, wish->results->datasets, message);
        status = figure ? STATUS_OK : STATUS_FAILED;
        if (figure) {
            panels_script(&figure->script, &sheet, figure->name, &panels, &ranks, 1);
            text_append(&figure->caption, "Mean rank of each variant over datasets, the best first");
        }
    }
    ranks_release(&ranks);
    return status;
}

const struct figure_kind figure_kind_ranks = {
    .name = "ranks",
    .summary = "mean rank of each variant, with the critical difference where it tells",
    .needs = "scores of two or more variants on two or more datasets",
    .draw = draw_figures,
};
