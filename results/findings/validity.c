/* validity.c -- the reasons for which results are not fit to be reported. */
#include "results/findings/validity.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "results/findings/selection.h"
#include "results/findings/training_options.h"
#include "results/statistics/statistics.h"
#include "results/store/results.h"
#include "support/label.h"
#include "support/memory.h"

enum { PLACE_SIZE = 320 };

void validity_object(struct validity *validity, const char *reason)
{
    if (validity->count++ >= VALIDITY_REASONS)
        return;
    text_append(&validity->reasons, "    ");
    for (; *reason; reason++)
        text_append_bytes(&validity->reasons, (unsigned char)*reason < ' ' || *reason == 127 ? "?" : reason,
                          1);
    text_append(&validity->reasons, "\n");
}

void validity_release(struct validity *validity)
{
    text_release(&validity->reasons);
    text_release(&validity->notes);
}

/* ---- cells ---- */

/* A loss that is NAN is not given where no score of the same logits is given either (attention). */
static bool is_finite(const struct cell *cell)
{
    const bool scored = isfinite(cell->accuracy) || isfinite(cell->exact_match);
    if (isnan(cell->nll) && !scored)
        return isfinite(cell->attention_entropy) || cell->position_nll || cell->retrieval;
    return isfinite(cell->nll);
}

static void count_cell(struct validity *validity, const struct cell *cell, enum cell_status status,
                       const char *place)
{
    char reason[PLACE_SIZE + REASON_SIZE + 40];
    validity->status[status]++;
    if (status == CELL_FAILED)
        snprintf(reason, sizeof reason, "failed: %s: %s", place, cell->reason);
    else if (status == CELL_MISSING)
        snprintf(reason, sizeof reason, "missing: %s", place);
    else if (status == CELL_MEASURED && !is_finite(cell))
        snprintf(reason, sizeof reason, "not finite: %s", place);
    else
        return;
    validity->not_finite += status == CELL_MEASURED;
    validity_object(validity, reason);
}

void validity_of_trial(struct validity *out, const struct trial *trial)
{
    *out = (struct validity){.count = 0};
    for (size_t i = 0; i < trial->cells; i++) {
        const struct cell *cell = &trial->cell[i];
        char place[PLACE_SIZE];
        snprintf(place, sizeof place, "%s at n = %lld", cell->protocol, (long long)cell->length);
        count_cell(out, cell, cell->status, place);
    }
    if (out->status[CELL_MEASURED] == 0)
        validity_object(out, "nothing was measured");
}

/* ---- results ---- */

/* All of a cell's coordinates but those of its replicate. */
struct place {
    size_t variant, dataset, configuration, protocol, length;
};

static const struct cell *cell_at(const struct results *results, const struct place *at, size_t replicate)
{
    return results_cell(results, results_index(results, at->variant, at->dataset, at->configuration,
                                               replicate / results->folds, replicate % results->folds,
                                               at->protocol, at->length));
}

static int name_part(char out[PLACE_SIZE], const struct results *results, const struct place *at)
{
    return snprintf(out, PLACE_SIZE, "%s on %s, %s", results->variant[at->variant].name,
                    results->dataset[at->dataset].name, results->configuration[at->configuration].name);
}

/* The cells of one place over all seeds and folds.  What some seed was asked and another was not is missing;
 * so is a fold that the dataset has. */
static void check_place(struct validity *validity, const struct results *results, const struct place *at,
                        const bool *in_fold)
{
    const size_t replicates = results->seeds * results->folds;
    size_t asked = 0;
    for (size_t r = 0; r < replicates; r++)
        asked += cell_at(results, at, r)->status != CELL_NOT_ASKED;
    for (size_t r = 0; asked > 0 && r < replicates; r++) {
        const struct cell *cell = cell_at(results, at, r);
        char place[PLACE_SIZE], fold[40] = "";
        const int used = name_part(place, results, at);
        if (cell->status == CELL_NOT_ASKED && !in_fold[r % results->folds])
            continue;
        if (results->folds > 1)
            snprintf(fold, sizeof fold, ", fold %lld", (long long)results->fold[r % results->folds]);
        if (used > 0 && used < PLACE_SIZE)
            snprintf(place + used, (size_t)(PLACE_SIZE - used), ", seed %lld%s, %s at n = %lld",
                     (long long)results->seed[r / results->folds], fold, results->protocol[at->protocol].name,
                     (long long)results->length[at->length]);
        count_cell(validity, cell, cell->status == CELL_NOT_ASKED ? CELL_MISSING : cell->status, place);
    }
}

static bool same_bits(const struct results *results, struct place at, size_t a, size_t b)
{
    size_t measured = 0;
    for (at.protocol = 0; at.protocol < results->protocols; at.protocol++)
        for (at.length = 0; at.length < results->lengths; at.length++) {
            const struct cell *left = cell_at(results, &at, a), *right = cell_at(results, &at, b);
            if (left->status != right->status)
                return false;
            if (left->status != CELL_MEASURED)
                continue;
            if (!(left->nll == right->nll))
                return false;
            measured++;
        }
    return measured > 0;
}

static void check_replicates(struct validity *validity, const struct results *results, const struct place *at)
{
    const size_t replicates = results->seeds * results->folds;
    for (size_t a = 0; a < replicates; a++)
        for (size_t b = a + 1; b < replicates; b++) {
            char place[PLACE_SIZE], reason[PLACE_SIZE + 100];
            if (!same_bits(results, *at, a, b))
                continue;
            name_part(place, results, at);
            snprintf(reason, sizeof reason, "identical to the bit: %s, seeds %lld and %lld", place,
                     (long long)results->seed[a / results->folds],
                     (long long)results->seed[b / results->folds]);
            validity_object(validity, reason);
        }
}

/* A task at n = L, where it was scored by whole answers. */
static void check_learnt(struct validity *validity, const struct results *results, struct place at)
{
    const struct configuration_record *configuration = &results->configuration[at.configuration];
    struct selection of = {.results = results,
                           .dataset = at.dataset,
                           .configuration = at.configuration,
                           .protocol = at.protocol,
                           .measure = MEASURE_EXACT_MATCH,
                           .stored = true};
    for (at.length = 0; at.length < results->lengths; at.length++) {
        char place[PLACE_SIZE], reason[PLACE_SIZE + 160];
        size_t solved = 0, measured = 0;
        double best = -INFINITY;
        for (size_t s = 0; s < results->seeds; s++) {
            const double value = selection_seed_value(&of, at.variant, at.length, s);
            solved += value >= SOLVED;
            if (!isnan(value))
                measured++;
            best = fmax(best, value);
        }
        if (results->length[at.length] != configuration->training_length || measured == 0 || solved > 0)
            continue;
        name_part(place, results, &at);
        snprintf(reason, sizeof reason,
                 "not learnt: %s: none of %zu seed%s has %.0f %% of %s right at n = L (the best %.1f %%)",
                 place, measured, measured == 1 ? "" : "s", 100 * SOLVED, results->protocol[at.protocol].name,
                 100 * best);
        validity_object(validity, reason);
    }
}

static void check_variant(struct validity *validity, const struct results *results, struct place at,
                          const bool *in_fold)
{
    for (at.protocol = 0; at.protocol < results->protocols; at.protocol++) {
        for (at.length = 0; at.length < results->lengths; at.length++)
            check_place(validity, results, &at, in_fold);
        check_learnt(validity, results, at);
    }
    check_replicates(validity, results, &at);
}

/* (datasets, folds) A text may be in folds beside a task that is in none: was anything of the dataset asked in
 * this one?  memory_release(); NULL = no memory. */
static bool *folds_asked(const struct results *results)
{
    bool *asked = memory_allocate(results->datasets * results->folds, sizeof *asked, "folds", NULL);
    for (size_t i = 0; asked && i < results->cells; i++) {
        size_t at[CELL_RANK];
        results_coordinates(at, results, results->place[i], CELL_RANK);
        asked[at[1] * results->folds + at[4]] |= results->cell[i].status != CELL_NOT_ASKED;
    }
    return asked;
}

/* "text, 2x64-L64: training.rate is 0.003 in alibi; else 0.006" */
static void note_options(struct validity *validity, const struct results *results, const struct place *at)
{
    struct text lines = {0};
    training_options_unequal(&lines, results, at->dataset, at->configuration, label_plain);
    for (const char *line = text_string(&lines); *line;) {
        const size_t bytes = strcspn(line, "\n");
        label_plain(&validity->notes, results->dataset[at->dataset].name);
        text_append(&validity->notes, ", ");
        label_plain(&validity->notes, results->configuration[at->configuration].name);
        text_append(&validity->notes, ": %.*s\n", (int)bytes, line);
        line += bytes + (line[bytes] == '\n');
    }
    text_carry(&validity->notes, &lines);
    text_release(&lines);
}

void validity_of_results(struct validity *out, const struct results *results)
{
    struct place at = {0};
    *out = (struct validity){.count = 0};
    if (results->mixed)
        validity_object(out, "it was merged from sources that do not go together (--allow-mixed)");
    bool *in_fold = folds_asked(results);
    out->reasons.failed |= !in_fold;
    for (at.dataset = 0; in_fold && at.dataset < results->datasets; at.dataset++)
        for (at.configuration = 0; at.configuration < results->configurations; at.configuration++) {
            note_options(out, results, &at);
            for (at.variant = 0; at.variant < results->variants; at.variant++)
                check_variant(out, results, at, &in_fold[at.dataset * results->folds]);
        }
    memory_release(in_fold);
    if (out->status[CELL_MEASURED] == 0)
        validity_object(out, "nothing was measured");
}
