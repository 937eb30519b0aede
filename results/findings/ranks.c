/* ranks.c -- variants ranked over datasets.
 *
 * A block is a dataset in a configuration, under one protocol: fixed-targets before the others on a text. All
 * blocks are taken at the longest n/L that they have in common.  Seeds are averaged first (Demsar 2006,
 * section 3.2); a variant without a score ranks last, is counted, and is not left out.  One that was fine-tuned on
 * sequences of that length does not extrapolate to it as the others do: it stands apart, without a rank. */
#include "results/findings/ranks.h"

#include <math.h>
#include <string.h>

#include "support/memory.h"

/* ---- blocks ---- */

static bool is_preferred(const struct selection *selection)
{
    const struct protocol_record *protocol = &selection->results->protocol[selection->protocol];
    return strcmp(protocol->kind, "fixed-targets") == 0 || strcmp(protocol->kind, "exact-match") == 0;
}

size_t ranks_blocks(struct selection *out, const struct results *results, const char *protocol)
{
    struct selection selection;
    size_t blocks = 0;
    for (size_t i = 0; i < selection_tables(results); i++) {
        if (!selection_table(&selection, results, i) || !measure_main(selection.measure))
            continue;
        if (protocol && strcmp(results->protocol[selection.protocol].name, protocol) != 0)
            continue;
        struct selection *last = blocks > 0 ? &out[blocks - 1] : NULL;
        if (last && last->dataset == selection.dataset && last->configuration == selection.configuration) {
            if (!is_preferred(last) && is_preferred(&selection))
                *last = selection;
            continue;
        }
        out[blocks++] = selection;
    }
    return blocks;
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

static size_t longest(const struct selection *block)
{
    size_t longest = 0;
    for (size_t n = 0; n < block->results->lengths; n++)
        if (selection_uses_length(block, n))
            longest = n;
    return longest;
}

/* The longest n/L that all blocks have, or for each its longest. */
static void find_lengths(struct ranks *ranks)
{
    ranks->ratio = NAN;
    for (size_t n = 0; ranks->blocks > 0 && n < ranks->results->lengths; n++) {
        const double ratio = selection_ratio(&ranks->block[0], n);
        bool all = !(ratio <= ranks->ratio);
        for (size_t b = 0; b < ranks->blocks && all; b++)
            all = length_at(&ranks->block[b], ratio) < ranks->results->lengths;
        if (all)
            ranks->ratio = ratio;
    }
    for (size_t b = 0; b < ranks->blocks; b++)
        ranks->length[b] =
            isnan(ranks->ratio) ? longest(&ranks->block[b]) : length_at(&ranks->block[b], ranks->ratio);
}

/* ---- ranks ---- */

/* Those that any block has. */
static void find_variants(struct ranks *ranks)
{
    for (size_t v = 0; v < ranks->results->variants; v++) {
        bool used = false, saw = false;
        for (size_t b = 0; b < ranks->blocks; b++) {
            used = used || selection_uses_variant(&ranks->block[b], v);
            saw = saw || selection_saw(&ranks->block[b], v, ranks->length[b]);
        }
        if (used && saw)
            ranks->apart[ranks->aside++] = v;
        else if (used)
            ranks->variant[ranks->variants++] = v;
    }
}

static void rank_all(struct ranks *ranks)
{
    find_variants(ranks);
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

bool ranks_over(struct ranks *ranks, const struct results *results, const struct selection *block,
                size_t blocks, struct message *message)
{
    const size_t places = blocks > 0 ? blocks : 1, cells = places * results->variants;
    static const char what[] = "the ranks of variants";
    *ranks = (struct ranks){.results = results, .blocks = blocks};
    ranks->block = memory_allocate(places, sizeof *ranks->block, what, message);
    ranks->length = memory_allocate(places, sizeof *ranks->length, what, message);
    ranks->variant = memory_allocate(results->variants, sizeof *ranks->variant, what, message);
    ranks->apart = memory_allocate(results->variants, sizeof *ranks->apart, what, message);
    ranks->order = memory_allocate(results->variants, sizeof *ranks->order, what, message);
    ranks->score = memory_allocate(cells, sizeof *ranks->score, what, message);
    ranks->rank = memory_allocate(cells, sizeof *ranks->rank, what, message);
    ranks->mean = memory_allocate(results->variants, sizeof *ranks->mean, what, message);
    ranks->values = memory_allocate(results->seeds * results->folds, sizeof *ranks->values, what, message);
    if (!ranks->block || !ranks->length || !ranks->variant || !ranks->apart || !ranks->order ||
        !ranks->score || !ranks->rank || !ranks->mean || !ranks->values) {
        ranks_release(ranks);
        return false;
    }
    if (blocks > 0)
        memcpy(ranks->block, block, blocks * sizeof *block);
    find_lengths(ranks);
    rank_all(ranks);
    return true;
}

bool ranks_make(struct ranks *ranks, const struct results *results, const char *protocol,
                struct message *message)
{
    struct selection *block = memory_allocate(results->datasets * results->configurations, sizeof *block,
                                              "the ranks of variants", message);
    const bool made =
        block && ranks_over(ranks, results, block, ranks_blocks(block, results, protocol), message);
    memory_release(block);
    if (made && (ranks->blocks < 2 || !(ranks->ratio > 1) || ranks->variants < 2))
        ranks->variants = 0; /* one dataset's table is its ranking */
    return made;
}

void ranks_release(struct ranks *ranks)
{
    memory_release(ranks->block);
    memory_release(ranks->length);
    memory_release(ranks->variant);
    memory_release(ranks->apart);
    memory_release(ranks->order);
    memory_release(ranks->score);
    memory_release(ranks->rank);
    memory_release(ranks->mean);
    memory_release(ranks->values);
    *ranks = (struct ranks){.blocks = 0};
}
