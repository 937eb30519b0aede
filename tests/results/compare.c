/* Two results side by side: whatever is no measurement makes them differ, by its name and both values. */
#include "tests/test.h"

#include "results/merge/compare.h"
#include "tests/results/synthetic.h"

/* Which of the sentences, and which words in it. */
enum where { NOWHERE, CELL, OTHER, NOTE };

static void make(struct results *results, bool backwards)
{
    const char *const names[] = {"rope", "alibi"}, *const swapped[] = {"alibi", "rope"};
    struct message message;
    assert_int_equal(synthetic_results(results, backwards ? swapped : names, 2, 2, 3, &message), STATUS_OK);
}

static void assert_difference(const struct results *a, const struct results *b, enum where where,
                              const char *word)
{
    struct message message;
    struct comparison comparison;
    assert_int_equal(results_compare(&comparison, a, "first.h5", b, "second.h5", &message), STATUS_OK);
    const char *const sentence[] = {"", comparison.cell, comparison.other, comparison.note};
    for (size_t i = CELL; i <= NOTE; i++) {
        if (i != where && sentence[i][0] != '\0' && where != OTHER)
            fail_msg("not expected: %s", sentence[i]);
    }
    if (!strstr(sentence[where], word))
        fail_msg("`%s` does not say `%s`", sentence[where], word);
    if (where != NOWHERE && where != NOTE && !strstr(sentence[where], "second.h5") &&
        !strstr(sentence[where], "first.h5"))
        fail_msg("`%s` names no file", sentence[where]);
    assert_int_equal(comparison.differing > 0, comparison.cell[0] != '\0');
    assert_int_equal(comparison.others > 0, comparison.other[0] != '\0');
}

static void equal(void **state)
{
    struct results a, b;
    (void)state;
    make(&a, false);
    make(&b, true); /* variants in another order */
    assert_string_equal(a.variant[0].name, "rope");
    assert_string_equal(b.variant[0].name, "alibi");
    for (size_t i = 0; i < 2; i++) {
        b.cell[i].tokens_per_second++;
        b.cell[i].wall_time++;
        b.cell[i].peak_memory++;
        b.training[i].wall_time++;
        b.training[i].threads++;
    }
    snprintf(b.training[0].host, NAME_SIZE, "elsewhere");
    snprintf(b.title, NAME_SIZE, "a label");
    assert_difference(&a, &b, NOWHERE, "");
    b.training[0].manifest[3] = 'X';
    assert_difference(&a, &b, NOTE, a.training[0].id);
    results_release(&a);
    results_release(&b);
}

/* variant 1 (alibi), dataset 1 (text), seed 2, length 128 */
static struct cell *some_cell(struct results *results)
{
    return results_find_cell(results, results_index(results, 1, 1, 0, 1, 0, 1, 1));
}

static void cells(void **state)
{
    struct results a, b;
    (void)state;
    make(&a, false);
    make(&b, false);
    struct cell *cell = some_cell(&b);
    const struct cell was = *cell;
    const char place[] = "alibi on text, 2x64-L64, seed 2, fold 0, nonoverlap at 128";
    cell->nll = nextafter(cell->nll, 9);
    assert_difference(&a, &b, CELL, place);
    char values[80];
    snprintf(values, sizeof values, "is %.17g in first.h5 and %.17g in second.h5", was.nll, cell->nll);
    assert_difference(&a, &b, CELL, values);
    cell->nll = was.nll;
    cell->accuracy /= 2;
    assert_difference(&a, &b, CELL, "accuracy of alibi");
    cell->accuracy = was.accuracy;
    cell->exact_match = 0;
    assert_difference(&a, &b, CELL, "exact_match of alibi");
    cell->exact_match = was.exact_match;
    cell->scored_tokens++;
    assert_difference(&a, &b, CELL, "scored_tokens of alibi");
    cell->scored_tokens--;
    cell->scored_sha256 = "x";
    assert_difference(&a, &b, CELL, "scored_sha256 of alibi");
    *cell = was;
    cell->score[2] = nextafterf(cell->score[2], 9);
    assert_difference(&a, &b, CELL, "score of item 2 of alibi");
    cell->score[2] = a.cell[cell - b.cell].score[2];
    cell->item_key[0]++;
    assert_difference(&a, &b, CELL, "score of item 0 of alibi");
    cell->item_key[0]--;
    cell->items--;
    assert_difference(&a, &b, CELL, "number of items of alibi");
    *cell = was;
    cell->status = CELL_FAILED;
    assert_difference(&a, &b, CELL, "status of alibi");
    assert_difference(&a, &b, CELL, "measured in first.h5 and failed in second.h5");
    cell->reason = "because";
    *cell = was;
    cell->reason = "because";
    assert_difference(&a, &b, CELL, "reason of alibi");
    *cell = was;
    assert_difference(&a, &b, NOWHERE, "");
    results_release(&a);
    results_release(&b);
}

static void others(void **state)
{
    struct results a, b;
    (void)state;
    make(&a, false);
    make(&b, false);
    b.numerics_revision++;
    assert_difference(&a, &b, OTHER, "numerics revision");
    b.numerics_revision--;
    b.instruction_set[0] = 'X';
    assert_difference(&a, &b, OTHER, "instruction set");
    b.instruction_set[0] = 'a';
    b.training[0].curve.loss[1]++;
    assert_difference(&a, &b, OTHER, "curve of training");
    b.training[0].curve.loss[1] = a.training[0].curve.loss[1];
    b.training[0].parent[0] ^= 'X';
    assert_difference(&a, &b, OTHER, "began with");
    b.training[0].parent[0] = a.training[0].parent[0];
    b.training_id[2][0] = 'X';
    assert_difference(&a, &b, OTHER, "the training of rope");
    b.training_id[2][0] = a.training_id[2][0];
    b.budget[1].steps++;
    assert_difference(&a, &b, OTHER, "steps of rope on text");
    b.budget[1].steps--;
    b.variant[1].encoder[0] = 'X';
    assert_difference(&a, &b, OTHER, "encoder of variant `alibi`");
    b.variant[1].encoder[0] = a.variant[1].encoder[0];
    b.dataset[0].version++;
    assert_difference(&a, &b, OTHER, "dataset_version of dataset `recall`");
    b.dataset[0].version--;
    b.configuration[0].heads++;
    assert_difference(&a, &b, OTHER, "heads of configuration");
    b.configuration[0].heads--;
    b.protocol[0].targets[0] = 'X';
    assert_difference(&a, &b, OTHER, "targets of protocol");
    b.protocol[0].targets[0] = a.protocol[0].targets[0];
    assert_difference(&a, &b, NOWHERE, "");
    b.seed[1] = 9;
    assert_difference(&a, &b, OTHER, "seed 2 is in first.h5 only");
    assert_difference(&b, &a, OTHER, "seed 9 is in first.h5 only");
    results_release(&a);
    results_release(&b);
}

/* A coordinate that one of them lacks, and how many cells that is. */
static void lacking(void **state)
{
    const char *const names[] = {"rope", "alibi", "t5"};
    struct message message;
    struct comparison comparison;
    struct results a, b;
    (void)state;
    assert_int_equal(synthetic_results(&a, names, 2, 2, 3, &message), STATUS_OK);
    assert_int_equal(synthetic_results(&b, names, 3, 2, 3, &message), STATUS_OK);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(results_compare(&comparison, i ? &b : &a, "one", i ? &a : &b, "other", &message),
                         STATUS_OK);
        assert_int_equal(comparison.cells, 3 * 2 * 2 * 3);
        assert_int_equal(comparison.differing, 2 * 2 * 3);
        assert_non_null(
            strstr(comparison.other, i ? "variant `t5` is in one only" : "variant `t5` is in other only"));
        assert_non_null(strstr(comparison.cell, "status of t5 on recall"));
        assert_non_null(strstr(comparison.cell, i ? "measured in one and not asked in other"
                                                  : "not asked in one and measured in other"));
    }
    results_release(&a);
    results_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal),
        cmocka_unit_test(cells),
        cmocka_unit_test(others),
        cmocka_unit_test(lacking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
