/* ranks.c -- variants ranked over datasets (ranks.h): mean rank and mean reciprocal rank, with the
 * scores that were ranked beside them. */

#include "results/findings/ranks.h"
#include "results/tables/grid.h"

/* ---- print ---- */

static void print_block(struct text *out, const struct ranks *ranks, size_t block, enum table_style style)
{
    const struct selection *of = &ranks->block[block];
    table_grid_name(out, ranks->results->dataset[of->dataset].name, style);
    text_append(out, " ");
    table_grid_name(out, ranks->results->protocol[of->protocol].name, style);
    if (ranks->results->configurations > 1) {
        text_append(out, " ");
        table_grid_name(out, ranks->results->configuration[of->configuration].name, style);
    }
}

static void print_score(struct text *out, const struct ranks *ranks, size_t block, size_t variant)
{
    const struct selection *of = &ranks->block[block];
    const struct outcome outcome = selection_outcome(of, variant, ranks->length[block], ranks->values);
    if (outcome.measured > 0 && selection_saw(of, variant, ranks->length[block]))
        text_append(out, "†");
    if (outcome.measured == 0)
        text_append(out, "%s", outcome_word(&outcome, of->measure));
    else
        text_append(out, "%.*f", measure_digits(of->measure), outcome.summary.mean);
    if (outcome.measured > 0 && outcome.measured < outcome.asked)
        text_append(out, " (%zu of %zu)", outcome.measured, outcome.asked);
}

static void print_grid(struct text *out, const struct ranks *ranks, enum table_style style)
{
    struct grid_of_texts grid;
    if (!table_grid_begin(&grid, ranks->variants + ranks->aside + 1, ranks->blocks + 3)) {
        out->failed = true;
        return;
    }
    text_append(table_grid_cell(&grid, 0, 0), "variant");
    text_append(table_grid_cell(&grid, 0, 1), "mean rank");
    text_append(table_grid_cell(&grid, 0, 2), "1/rank");
    for (size_t b = 0; b < ranks->blocks; b++)
        print_block(table_grid_cell(&grid, 0, b + 3), ranks, b, style);
    for (size_t row = 1; row <= ranks->variants; row++) {
        const size_t v = ranks->order[row - 1];
        table_grid_variant(table_grid_cell(&grid, row, 0), ranks->results, ranks->variant[v], style);
        text_append(table_grid_cell(&grid, row, 1), "%.2f", ranks->mean[v]);
        text_append(table_grid_cell(&grid, row, 2), "%.2f",
                    statistics_mean_reciprocal(&ranks->rank[v], ranks->variants, ranks->blocks));
        for (size_t b = 0; b < ranks->blocks; b++)
            print_score(table_grid_cell(&grid, row, b + 3), ranks, b, ranks->variant[v]);
    }
    for (size_t i = 0; i < ranks->aside; i++) {
        const size_t row = ranks->variants + 1 + i;
        table_grid_variant(table_grid_cell(&grid, row, 0), ranks->results, ranks->apart[i], style);
        text_append(table_grid_cell(&grid, row, 1), "apart");
        text_append(table_grid_cell(&grid, row, 2), "-");
        for (size_t b = 0; b < ranks->blocks; b++)
            print_score(table_grid_cell(&grid, row, b + 3), ranks, b, ranks->apart[i]);
    }
    table_grid_end(out, &grid, style);
}

static void print_test(struct text *out, const struct ranks *ranks, enum table_style style)
{
    struct text note = {0}, finetuned = {0};
    text_append(
        &note,
        "1 is the best; equal scores share the average of their ranks; without a score: last. 1/rank: mean "
        "reciprocal rank. ");
    if (ranks->blocks < BLOCKS_FOR_A_TEST) {
        text_append(&note, "%zu dataset%s too few for a test of ranks.", ranks->blocks,
                    ranks->blocks == 1 ? " is" : "s are");
    } else {
        const struct friedman friedman = statistics_friedman(ranks->rank, ranks->blocks, ranks->variants);
        const double difference = statistics_critical_difference(ranks->variants, ranks->blocks, 0.05);
        text_append(&note, "Friedman's chi-square %.2f, Iman and Davenport's F %.2f, p = %.2g. ",
                    friedman.chi_square, friedman.f, friedman.p_f);
        if (statistics_critical_difference_tells(difference, ranks->variants))
            text_append(&note, "Critical difference of mean ranks (Nemenyi, 5 %%): %.2f.", difference);
        else
            text_append(
                &note,
                "Nemenyi's critical difference, %.1f, exceeds half the number of variants: with %zu datasets "
                "no two need differ.",
                difference, ranks->blocks);
    }
    selection_print_finetuned(&finetuned, ranks->block, ranks->blocks);
    if (ranks->aside > 0)
        text_append(&note, " apart: trained on this length (†), so without a rank.");
    if (finetuned.length > 0)
        text_append(&note, " %s.", text_string(&finetuned));
    text_carry(out, &finetuned);
    text_release(&finetuned);
    text_append(out, "\n");
    table_note(out, &note, style);
    text_release(&note);
}

void table_ranks(struct text *out, const struct results *results, enum table_style style)
{
    const char *strong = style == TABLE_MARKDOWN ? "**" : "";
    struct ranks ranks;
    if (!ranks_make(&ranks, results, NULL, NULL)) {
        out->failed = true;
        return;
    }
    if (ranks.variants > 0) {
        text_append(out, "%s%sranks at n = %.3gL over %zu datasets%s\n\n", out->length > 0 ? "\n" : "",
                    strong, ranks.ratio, ranks.blocks, strong);
        print_grid(out, &ranks, style);
        print_test(out, &ranks, style);
    }
    ranks_release(&ranks);
}
