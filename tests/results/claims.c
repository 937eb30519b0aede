/* Claims: each verdict can be reached, for the reason that is said; and what results.h5 keeps of them. */
#include "tests/test.h"

#include "results/findings/claims.h"
#include "results/merge/merge.h"
#include "results/tables/table.h"
#include "tests/results/synthetic.h"

enum { MOST = 8 };

/* rope and alibi on text and recall at 64, 128, 256.  On text rope's loss is alibi's and `gap` of the seed.
 */
static void make(struct results *results, size_t seeds, const double *gap)
{
    static const char *const variants[] = {"rope", "alibi"};
    struct message message = {""};
    if (synthetic_results(results, variants, 2, seeds, 3, &message))
        fail_msg("%s", message.text);
    for (size_t s = 0; s < seeds; s++)
        for (size_t n = 0; n < 3; n++) {
            struct cell *rope = results_find_cell(results, results_index(results, 0, 1, 0, s, 0, 1, n));
            rope->nll = results_find_cell(results, results_index(results, 1, 1, 0, s, 0, 1, n))->nll + gap[s];
        }
}

static struct claim_record claim_of(const char *direction, const char *at)
{
    struct claim_record claim = {
        .name = "one",
        .statement = "rope's loss is lower",
        .protocol = "nonoverlap",
        .metric = "nll",
        .operand = {{.variant = "rope"}, {.variant = "alibi"}},
    };
    snprintf(claim.direction, NAME_SIZE, "%s", direction);
    snprintf(claim.at, TUNING_SIZE, "%s", at);
    return claim;
}

static void assert_verdict(const struct results *results, const struct claim_record *claim,
                           const char *wanted)
{
    struct judgement judgement;
    struct message message = {""};
    struct text said = {0};
    if (claims_judge(&judgement, results, claim, &message))
        fail_msg("%s", message.text);
    judgement_print(&said, &judgement);
    if (strcmp(text_string(&said), wanted) != 0)
        fail_msg("`%s`, not `%s`", text_string(&said), wanted);
    text_release(&said);
    judgement_release(&judgement);
}

static const double below[MOST] = {-0.1, -0.2, -0.15, -0.3, -0.1, -0.1, -0.2, -0.25};
static const double mixed[MOST] = {-0.1, 0.2, -0.15, 0.3, 0.1, -0.1, 0.2, -0.05};

static void verdicts(void **state)
{
    struct results results;
    struct claim_record less = claim_of("less", "1L"), greater = claim_of("greater", "1L");
    (void)state;
    make(&results, 5, below); /* all five on one side: p = 1/32 */
    assert_verdict(&results, &less, "holds");
    assert_verdict(&results, &greater, "does not hold");
    less = claim_of("less", "1L, 128"); /* two tests: 2/32 */
    assert_verdict(&results, &less, "undecided: needs 6 seeds");
    less = claim_of("less", "1L, 2L, 4L");
    assert_verdict(&results, &less, "undecided: needs 6 seeds");
    results_release(&results);
    make(&results, 6, below);
    assert_verdict(&results, &less, "holds"); /* 3/64 */
    results_release(&results);
    make(&results, 8, mixed);
    assert_verdict(&results, &less, "does not hold");
    results_release(&results);
    make(&results, 2, below);
    less = claim_of("less", "1L");
    assert_verdict(&results, &less, "undecided: needs 5 seeds");
    results_release(&results);
}

/* The numbers behind a verdict: difference, p, Holm's p. */
static void numbers(void **state)
{
    struct results results;
    struct judgement judgement;
    const struct claim_record claim = claim_of("less", "1L, 2L");
    (void)state;
    make(&results, 6, below);
    assert_int_equal(claims_judge(&judgement, &results, &claim, NULL), STATUS_OK);
    assert_int_equal(judgement.places, 2);
    assert_int_equal(judgement.place[1].length[0], 128);
    assert_int_equal(judgement.place[1].length[1], 128);
    assert_int_equal(judgement.place[0].paired.count, 6);
    assert_true(fabs(judgement.place[0].paired.mean + 0.95 / 6) < 1e-12);
    assert_true(judgement.place[0].p == 1.0 / 64 && judgement.place[0].adjusted == 2.0 / 64);
    judgement_release(&judgement);
    results_release(&results);
}

/* A side with a length of its own. */
static void own_lengths(void **state)
{
    struct results results;
    struct claim_record claim = claim_of("greater", "");
    (void)state;
    make(&results, 5, below);
    snprintf(claim.operand[1].variant, NAME_SIZE, "rope");
    snprintf(claim.operand[0].at, NAME_SIZE, "4L");
    snprintf(claim.operand[1].at, NAME_SIZE, "1L");
    for (size_t s = 0; s < 5; s++)
        results_find_cell(&results, results_index(&results, 0, 1, 0, s, 0, 1, 2))->nll =
            results_find_cell(&results, results_index(&results, 0, 1, 0, s, 0, 1, 0))->nll + 0.5;
    assert_verdict(&results, &claim, "holds");
    snprintf(claim.direction, NAME_SIZE, "less");
    assert_verdict(&results, &claim, "does not hold");
    results_release(&results);
}

/* No seed is left out unnoticed. */
static void gaps(void **state)
{
    struct results results;
    struct claim_record claim = claim_of("less", "1L");
    (void)state;
    make(&results, 6, below);
    struct cell *cell = results_find_cell(&results, results_index(&results, 1, 1, 0, 3, 0, 1, 0));
    cell->status = CELL_FAILED;
    assert_verdict(&results, &claim, "undecided: alibi at n = 64 on text: failed in 1 of 6 seeds");
    cell->status = CELL_NOT_ASKED;
    assert_verdict(&results, &claim,
                   "undecided: alibi at n = 64 on text: a seed is missing that the other side has");
    claim = claim_of("less", "8L");
    assert_verdict(
        &results, &claim,
        "undecided: rope at n = 512 on text: not evaluated; alibi at n = 512 on text: not evaluated");
    claim = claim_of("less", "1L");
    snprintf(claim.operand[0].variant, NAME_SIZE, "none");
    assert_verdict(&results, &claim, "undecided: variant none is not in these results");
    claim = claim_of("unlike", "1L"); /* of a program that knows more kinds */
    assert_verdict(&results, &claim, "undecided: no kind of claim has the direction `unlike` here");
    claim = claim_of("less", "1L");
    snprintf(claim.datasets, TUNING_SIZE, "recall");
    assert_verdict(&results, &claim, "undecided: no dataset of these results has it");
    results_release(&results);
}

/* ---- what is kept ---- */

static void kept(void **state)
{
    const struct merge_options options = {.allow_mixed = false};
    const struct claim_record claims[] = {claim_of("less", "1L"), claim_of("greater", "2L")};
    struct message message = {""};
    struct results results, again, merged;
    struct merger *merger;
    char folder[256];
    (void)state;
    synthetic_folder(folder, sizeof folder);
    char *path = file_join(folder, "results.h5");
    make(&results, 5, below);
    assert_int_equal(results_set_claims(&results, claims, 1, &message), STATUS_OK);
    assert_int_equal(results_write(path, &results, &message), STATUS_OK);
    assert_int_equal(results_read(&again, path, &message), STATUS_OK);
    assert_int_equal(again.claims, 1);
    assert_memory_equal(again.claim, claims, sizeof *claims);

    assert_int_equal(merger_create(&merger, &options, &message), STATUS_OK); /* an equal one is one */
    assert_int_equal(merger_add_results(merger, &results, "a.h5", &message), STATUS_OK);
    assert_int_equal(merger_add_results(merger, &again, "b.h5", &message), STATUS_OK);
    again.claim[0] = claims[1];
    assert_int_equal(merger_add_results(merger, &again, "c.h5", &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "c.h5 has a claim `one` that differs"));
    merger_release(merger);

    snprintf(again.claim[0].name, NAME_SIZE, "two");
    assert_int_equal(merger_create(&merger, &options, &message), STATUS_OK);
    assert_int_equal(merger_add_results(merger, &results, "a.h5", &message), STATUS_OK);
    assert_int_equal(merger_add_results(merger, &again, "b.h5", &message), STATUS_OK);
    assert_int_equal(merger_finish(&merged, merger, NULL, 0, &message), STATUS_OK);
    merger_release(merger);
    assert_int_equal(merged.claims, 2);
    assert_string_equal(merged.claim[1].name, "two");
    results_release(&results);
    results_release(&again);
    results_release(&merged);
    memory_release(path);
    synthetic_remove(folder);
}

static void assert_has(const struct text *text, const char *part)
{
    if (!strstr(text_string(text), part))
        fail_msg("no `%s` in:\n%s", part, text_string(text));
}

/* Names from a file are text. */
static void shown(void **state)
{
    struct claim_record claim = claim_of("less", "1L");
    struct results results;
    struct text text = {0};
    (void)state;
    make(&results, 5, below);
    snprintf(claim.statement, REASON_SIZE, "a|b\033[2J");
    assert_int_equal(results_set_claims(&results, &claim, 1, NULL), STATUS_OK);
    table_text(&text, &results);
    assert_has(&text, "\nclaim one: holds: a|b\\x1B[2J\nnonoverlap nll: rope < alibi, at 1L\n");
    assert_has(&text, "text     64      5      -0.170");
    text_release(&text);
    text = (struct text){0};
    table_markdown(&text, &results);
    assert_has(&text, "claim one: **holds**: a\\|b\\\\x1B\\[2J\n");
    text_release(&text);
    text = (struct text){0};
    table_json(&text, &results);
    assert_has(&text, "\"verdict\": \"holds\", \"places\": [{\"dataset\": \"text\"");
    text_release(&text);
    results_release(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(verdicts),    cmocka_unit_test(numbers),
                                       cmocka_unit_test(own_lengths), cmocka_unit_test(gaps),
                                       cmocka_unit_test(kept),        cmocka_unit_test(shown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
