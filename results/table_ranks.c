/* table_ranks.c -- variants ranked over datasets: mean rank and mean reciprocal rank, with the scores that
 * were ranked beside them.
 *
 * A block is a dataset in a configuration, under one protocol: fixed-targets before the others on a text. All
 * blocks are taken at the longest n/L that they have in common.  Seeds are averaged first (Demsar 2006,
 * section 3.2); a variant without a score ranks last, is counted, and is not left out. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "results/selection.h"
#include "results/table_grid.h"
#include "support/memory.h"

enum { BLOCKS_FOR_A_TEST = 5 };

struct ranks {
    const struct results *results;
    enum table_format format;
    size_t blocks, variants;
    struct selection *block; /* (blocks) */
    size_t *length;          /* (blocks) indices */
    size_t *variant;         /* (variants) those that any block has */
    double *score, *rank;    /* (blocks, variants) */
    double *mean, *values;   /* (variants), (replicates) */
    size_t *order;           /* (variants) */
    double ratio;            /* n/L */
};

/* ---- blocks ---- */

static bool is_preferred(const struct selection *selection)
{
    const struct protocol_record *protocol = &selection->results->protocol[selection->protocol];
    return strcmp(protocol->kind, "fixed-targets") == 0 || strcmp(protocol->kind, "exact-match") == 0;
}

/* One for each dataset and configuration: the preferred protocol, or the first. */
static void find_blocks(struct ranks *ranks)
{
    struct selection selection;
    for (size_t i = 0; i < selection_tables(ranks->results); i++) {
        if (!selection_table(&selection, ranks->results, i) || !measure_main(selection.measure))
            continue;
        struct selection *last = ranks->blocks > 0 ? &ranks->block[ranks->blocks - 1] : NULL;
        if (last && last->dataset == selection.dataset && last->configuration == selection.configuration) {
            if (!is_preferred(last) && is_preferred(&selection))
                *last = selection;
            continue;
        }
        ranks->block[ranks->blocks++] = selection;
    }
}

/* The length of a block at a ratio, or the number of lengths. */
static size_t length_at(const struct selection *block, double ratio)
{
    size_t n = 0;
    while (n < block->results->lengths &&
           !(selection_ratio(block, n) == ratio && selection_uses_length(block, n)))
        n++;
    return n;
}

/* The longest n/L that all blocks have; false = none beyond L. */
static bool find_ratio(struct ranks *ranks)
{
    ranks->ratio = 1;
    for (size_t n = 0; ranks->blocks > 0 && n < ranks->results->lengths; n++) {
        const double ratio = selection_ratio(&ranks->block[0], n);
        bool all = ratio > ranks->ratio;
        for (size_t b = 0; b < ranks->blocks && all; b++)
            all = length_at(&ranks->block[b], ratio) < ranks->results->lengths;
        if (all)
            ranks->ratio = ratio;
    }
    for (size_t b = 0; b < ranks->blocks; b++)
        ranks->length[b] = length_at(&ranks->block[b], ranks->ratio);
    return ranks->ratio > 1;
}

/* ---- ranks ---- */

static void rank_all(struct ranks *ranks)
{
    for (size_t v = 0; v < ranks->results->variants; v++) {
        bool used = false;
        for (size_t b = 0; b < ranks->blocks; b++)
            used = used || selection_uses_variant(&ranks->block[b], v);
        if (used)
            ranks->variant[ranks->variants++] = v;
    }
    for (size_t b = 0; b < ranks->blocks; b++) {
        double *score = &ranks->score[b * ranks->variants], *rank = &ranks->rank[b * ranks->variants];
        for (size_t v = 0; v < ranks->variants; v++)
            score[v] = selection_outcome(&ranks->block[b], ranks->variant[v], ranks->length[b], ranks->values)
                           .summary.mean;
        statistics_ranks(rank, score, measure_lower_is_better(ranks->block[b].measure), ranks->order,
                         ranks->variants);
        for (size_t v = 0; v < ranks->variants; v++)
            ranks->mean[v] += rank[v] / (double)ranks->blocks;
    }
    /* best mean rank first */
    for (size_t i = 0; i < ranks->variants; i++) {
        size_t at = i;
        for (; at > 0 && ranks->mean[i] < ranks->mean[ranks->order[at - 1]]; at--)
            ranks->order[at] = ranks->order[at - 1];
        ranks->order[at] = i;
    }
}

/* ---- print ---- */

static void print_block(struct text *out, const struct ranks *ranks, size_t block)
{
    const struct selection *of = &ranks->block[block];
    table_grid_name(out, ranks->results->dataset[of->dataset].name, ranks->format);
    text_append(out, " ");
    table_grid_name(out, ranks->results->protocol[of->protocol].name, ranks->format);
    if (ranks->results->configurations > 1) {
        text_append(out, " ");
        table_grid_name(out, ranks->results->configuration[of->configuration].name, ranks->format);
    }
}

static void print_score(struct text *out, const struct ranks *ranks, size_t block, size_t v)
{
    const struct selection *of = &ranks->block[block];
    const struct outcome outcome =
        selection_outcome(of, ranks->variant[v], ranks->length[block], ranks->values);
    if (outcome.measured == 0)
        text_append(out, "%s", outcome_word(&outcome, of->measure));
    else
        text_append(out, "%.*f", measure_digits(of->measure), outcome.summary.mean);
    if (outcome.measured > 0 && outcome.measured < outcome.asked)
        text_append(out, " (%zu of %zu)", outcome.measured, outcome.asked);
}

static void print_grid(struct text *out, const struct ranks *ranks)
{
    struct grid_of_texts grid;
    if (!table_grid_begin(&grid, ranks->variants + 1, ranks->blocks + 3)) {
        out->failed = true;
        return;
    }
    text_append(table_grid_cell(&grid, 0, 0), "variant");
    text_append(table_grid_cell(&grid, 0, 1), "mean rank");
    text_append(table_grid_cell(&grid, 0, 2), "1/rank");
    for (size_t b = 0; b < ranks->blocks; b++)
        print_block(table_grid_cell(&grid, 0, b + 3), ranks, b);
    for (size_t row = 1; row <= ranks->variants; row++) {
        const size_t v = ranks->order[row - 1];
        table_grid_name(table_grid_cell(&grid, row, 0), ranks->results->variant[ranks->variant[v]].name,
                        ranks->format);
        text_append(table_grid_cell(&grid, row, 1), "%.2f", ranks->mean[v]);
        text_append(table_grid_cell(&grid, row, 2), "%.2f",
                    statistics_mean_reciprocal(&ranks->rank[v], ranks->variants, ranks->blocks));
        for (size_t b = 0; b < ranks->blocks; b++)
            print_score(table_grid_cell(&grid, row, b + 3), ranks, b, v);
    }
    table_grid_end(out, &grid, ranks->format);
}

static void print_test(struct text *out, const struct ranks *ranks)
{
    struct text note = {0};
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
    text_append(out, "\n");
    table_note(out, &note, ranks->format);
    text_release(&note);
}

void table_ranks(struct text *out, const struct results *results, enum table_format format)
{
    const size_t places = results->datasets * results->configurations, cells = places * results->variants;
    const char *strong = format == TABLE_MARKDOWN ? "**" : "";
    struct ranks ranks = {.results = results, .format = format};
    ranks.block = memory_allocate(places, sizeof *ranks.block, "a table", NULL);
    ranks.length = memory_allocate(places, sizeof *ranks.length, "a table", NULL);
    ranks.variant = memory_allocate(results->variants, sizeof *ranks.variant, "a table", NULL);
    ranks.order = memory_allocate(results->variants, sizeof *ranks.order, "a table", NULL);
    ranks.score = memory_allocate(cells, sizeof *ranks.score, "a table", NULL);
    ranks.rank = memory_allocate(cells, sizeof *ranks.rank, "a table", NULL);
    ranks.mean = memory_allocate(results->variants, sizeof *ranks.mean, "a table", NULL);
    ranks.values = memory_allocate(results->seeds * results->folds, sizeof *ranks.values, "a table", NULL);
    if (!ranks.block || !ranks.length || !ranks.variant || !ranks.order || !ranks.score || !ranks.rank ||
        !ranks.mean || !ranks.values) {
        out->failed = true;
        goto done;
    }
    find_blocks(&ranks);
    if (ranks.blocks < 2 || !find_ratio(&ranks)) /* one dataset's table is its ranking */
        goto done;
    rank_all(&ranks);
    if (ranks.variants < 2)
        goto done;
    text_append(out, "%s%sranks at n = %.3gL over %zu datasets%s\n\n", out->length > 0 ? "\n" : "", strong,
                ranks.ratio, ranks.blocks, strong);
    print_grid(out, &ranks);
    print_test(out, &ranks);
done:
    memory_release(ranks.block);
    memory_release(ranks.length);
    memory_release(ranks.variant);
    memory_release(ranks.order);
    memory_release(ranks.score);
    memory_release(ranks.rank);
    memory_release(ranks.mean);
    memory_release(ranks.values);
}
