/* claims.c -- claims, their verdicts, and the tests behind them. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "results/findings/claim_kinds.h"
#include "results/findings/claims.h"
#include "results/findings/selection.h"
#include "results/tables/grid.h"

static void print_side(struct text *out, const struct results *results, const char *variant, const char *at,
                       enum table_style style)
{
    size_t v = 0;
    while (v < results->variants && strcmp(results->variant[v].name, variant) != 0)
        v++;
    if (v < results->variants)
        table_grid_variant(out, results, v, style);
    else
        table_grid_name(out, variant, style);
    if (at[0]) {
        text_append(out, " at ");
        table_grid_name(out, at, style);
    }
}

static void print_number(struct text *out, const char *format, double value)
{
    if (isnan(value))
        text_append(out, "-");
    else
        text_append(out, format, value);
}

/* Which test, where, in one line. */
static void print_test(struct text *out, const struct results *results, const struct claim_record *claim,
                       enum table_style style)
{
    table_grid_name(out, claim->protocol, style);
    text_append(out, " ");
    table_grid_name(out, claim->metric, style);
    text_append(out, ": ");
    const struct claim_kind *kind = claim_kind_of(claim);
    for (size_t o = 0; o < CLAIM_OPERANDS && claim->operand[o].variant[0]; o++) {
        const char sign = kind ? kind->sign : '?';
        if (o > 0)
            text_append(out, style == TABLE_MARKDOWN && sign == '<' ? " \\%c " : " %c ", sign);
        print_side(out, results, claim->operand[o].variant, claim->operand[o].at, style);
    }
    if (claim->at[0]) {
        text_append(out, ", at ");
        table_grid_name(out, claim->at, style);
    }
}

static void print_row(struct grid_of_texts *grid, size_t row, const struct results *results,
                      const struct claim_place *place, enum measure measure, enum table_style style)
{
    const int digits = measure_digits(measure);
    struct text *where = table_grid_cell(grid, row, 0);
    table_grid_name(where, results->dataset[place->dataset].name, style);
    if (results->configurations > 1) {
        text_append(where, " ");
        table_grid_name(where, results->configuration[place->configuration].name, style);
    }
    struct text *length = table_grid_cell(grid, row, 1);
    text_append(length, "%" PRId64, place->length[0]);
    for (size_t o = 1; o < CLAIM_OPERANDS; o++)
        if (place->length[o] > 0 && place->length[o] != place->length[0])
            text_append(length, " and %" PRId64, place->length[o]);
    text_append(table_grid_cell(grid, row, 2), "%zu", place->paired.count);
    struct text *difference = table_grid_cell(grid, row, 3);
    if (place->paired.count == 0)
        text_append(difference, "-");
    else
        text_append(difference, "%+.*f", digits, place->paired.mean);
    struct text *interval = table_grid_cell(grid, row, 4);
    if (isnan(place->paired.interval.low))
        text_append(interval, "-");
    else
        text_append(interval, "%+.*f to %+.*f", digits, place->paired.interval.low, digits,
                    place->paired.interval.high);
    print_number(table_grid_cell(grid, row, 5), "%.3g", place->adjusted);
    print_number(table_grid_cell(grid, row, 6), "%.3g", place->paired.p_two_sided);
    print_number(table_grid_cell(grid, row, 7), "%+.2f", place->paired.effect);
}

static void print_places(struct text *out, const struct results *results, const struct claim_record *claim,
                         const struct judgement *judgement, enum table_style style)
{
    static const char *const header[] = {"dataset", "n",        "pairs", "difference",
                                         "95 %",    "p (Holm)", "t: p",  "Hedges's g"};
    enum { COLUMNS = sizeof header / sizeof *header };
    struct grid_of_texts grid;
    enum measure measure;
    if (judgement->places == 0 || !measure_find(&measure, claim->metric))
        return;
    if (!table_grid_begin(&grid, judgement->places + 1, COLUMNS)) {
        out->failed = true;
        return;
    }
    for (size_t c = 0; c < COLUMNS; c++)
        text_append(table_grid_cell(&grid, 0, c), "%s", header[c]);
    for (size_t i = 0; i < judgement->places; i++)
        print_row(&grid, i + 1, results, &judgement->place[i], measure, style);
    text_append(out, "\n");
    table_grid_end(out, &grid, style);
}

static void print_claim(struct text *out, const struct results *results, const struct claim_record *claim,
                        enum table_style style)
{
    const char *strong = style == TABLE_MARKDOWN ? "**" : "";
    struct judgement judgement;
    struct text verdict = {0}, plain = {0}, test = {0};
    if (claims_judge(&judgement, results, claim, NULL))
        out->failed = true;
    judgement_print(&plain, &judgement);
    text_append(&verdict, "%s", strong);
    table_grid_name(&verdict, text_string(&plain), style);
    text_append(&verdict, "%s: ", strong);
    table_grid_name(&verdict, claim->statement, style);
    print_test(&test, results, claim, style);
    text_append(out, "%sclaim ", out->length > 0 ? "\n" : "");
    table_grid_name(out, claim->name, style);
    text_append(out, ": ");
    table_note(out, &verdict, style);
    text_append(out, "%s", style == TABLE_MARKDOWN ? "\n" : "");
    table_note(out, &test, style);
    print_places(out, results, claim, &judgement, style);
    text_carry(out, &plain);
    text_release(&plain);
    text_release(&verdict);
    text_release(&test);
    judgement_release(&judgement);
}

void table_claims(struct text *out, const struct results *results, enum table_style style)
{
    struct text note = {0};
    if (results->claims == 0)
        return;
    for (size_t i = 0; i < results->claims; i++)
        print_claim(out, results, &results->claim[i], style);
    text_append(
        &note,
        "difference: left less right, mean over seeds; p: one-sided exact sign-flip test over paired seeds, "
        "corrected by Holm within a claim, which holds where all p are at most 0.05; t: p: paired t test, "
        "two-sided.");
    text_append(out, "\n");
    table_note(out, &note, style);
    text_release(&note);
}
