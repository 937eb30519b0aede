/* What tables say beyond means: effective lengths, ranks, comparisons, cells that are one, seeds with folds.
 */
#include "tests/test.h"

#include "results/findings/selection.h"
#include "results/tables/table.h"
#include "tests/results/synthetic.h"

static const char *const names[] = {"rope", "alibi", "none"};

static void make(struct results *results, size_t seeds)
{
    struct message message = {""};
    if (synthetic_results(results, names, 3, seeds, 3, &message))
        fail_msg("%s", message.text);
    for (size_t p = 0; p < results->protocols; p++) /* the text is scored on the same targets at every n */
        if (strcmp(results->protocol[p].kind, "nonoverlap") == 0)
            snprintf(results->protocol[p].kind, NAME_SIZE, "fixed-targets");
}

static struct cell *at(struct results *results, size_t variant, bool text, size_t seed, size_t length)
{
    return results_find_cell(results, results_index(results, variant, text, 0, seed, 0, text, length));
}

static char *written(const struct results *results, void (*write)(struct text *, const struct results *))
{
    static struct text text;
    text_release(&text);
    text = (struct text){0};
    write(&text, results);
    if (text.failed)
        fail_msg("no memory");
    return text.bytes;
}

static void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no `%s` in:\n%s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("`%s` is in:\n%s", part, text);
}

static void effective(void **state)
{
    struct results results;
    (void)state;
    make(&results, 5);
    for (size_t s = 0; s < 5; s++)
        for (size_t n = 0; n < 3; n++) {
            at(&results, 0, true, s, n)->nll = 2 + 0.01 * (double)s;            /* flat */
            at(&results, 1, true, s, n)->nll = 2 + 0.01 * (double)s + (n == 2); /* to 2L */
            at(&results, 2, true, s, n)->nll =
                2 + 0.01 * (double)s + (n == 1 ? 0.02 * (double)(s % 2) : 0); /* unsure */
            at(&results, 0, false, s, n)->exact_match = 1;
            at(&results, 1, false, s, n)->exact_match = n < 2 ? 0.95 : 0.8;
            at(&results, 2, false, s, n)->exact_match = s == 0 && n == 0 ? 0.9 : 0.2;
        }
    const char *table = written(&results, table_text);
    assert_has(table, "effective length n*, tokens\nconfiguration 2x64-L64, trained at L = 64\n\n"
                      "variant  recall: solved  recall exact-match: n*  text nonoverlap: n*\n"
                      "rope             5 of 5     256+ [256+ to 256+]  256+ [256+ to 256+]\n"
                      "alibi            5 of 5        128 [128 to 128]     128 [128 to 128]\n"
                      "none             1 of 5         64 [64 to 256+]      64 [64 to 256+]\n");
    results_release(&results);
}

static void not_learnt_and_gaps(void **state)
{
    struct results results;
    (void)state;
    make(&results, 2);
    for (size_t s = 0; s < 2; s++)
        for (size_t n = 0; n < 3; n++) {
            at(&results, 0, false, s, n)->exact_match = 0.5;
            at(&results, 1, true, s, n)->nll = 2;
        }
    at(&results, 1, true, 1, 1)->status = CELL_FAILED;
    at(&results, 2, true, 0, 0)->status = at(&results, 2, true, 1, 0)->status = CELL_REFUSED;
    const char *table = strstr(written(&results, table_text), "effective length");
    assert_has(table, "rope             0 of 2              not learnt");
    assert_has(table, "  64? (64 to 256+)\n"); /* alibi on text ends where a seed failed; the other goes on */
    assert_has(table, "refused\n");            /* none has no score at L */
    assert_has(table, "?: it ends where a seed");
    results_release(&results);
}

/* Recall: rope .9, alibi .8, none .7 at 4L; text: alibi 1, rope 2, none refused. */
static void ranks(void **state)
{
    struct results results;
    (void)state;
    make(&results, 2);
    for (size_t s = 0; s < 2; s++) {
        for (size_t v = 0; v < 3; v++)
            at(&results, v, false, s, 2)->exact_match = 0.9 - 0.1 * (double)v;
        at(&results, 0, true, s, 2)->nll = 2;
        at(&results, 1, true, s, 2)->nll = 1;
        at(&results, 2, true, s, 2)->status = CELL_REFUSED;
    }
    const char *table = strstr(written(&results, table_text), "ranks at");
    assert_non_null(table);
    assert_has(table, "ranks at n = 4L over 2 datasets\n\n"
                      "variant  mean rank  1/rank  recall exact-match  text nonoverlap\n"
                      "rope          1.50    0.75                90.0            2.000\n"
                      "alibi         1.50    0.75                80.0            1.000\n"
                      "none          3.00    0.33                70.0          refused\n");
    assert_has(table, "2 datasets are too few for a test of ranks");
    results_release(&results);
}

static void twins(void **state)
{
    struct results results;
    (void)state;
    make(&results, 2);
    for (size_t s = 0; s < 2; s++) {
        cell_release(at(&results, 2, true, s, 0));
        *at(&results, 2, true, s, 0) = *at(&results, 0, true, s, 0);
        at(&results, 2, true, s, 0)->score = NULL; /* the other's */
        at(&results, 2, true, s, 0)->item_key = NULL;
        at(&results, 2, true, s, 0)->items = 0;
    }
    const char *text = strstr(written(&results, table_text), "text: loss");
    assert_has(text, "\n- equal to the bit at 1L 64: rope = none\n");
    assert_lacks(text, "equal to the bit at 2L");
    at(&results, 2, true, 1, 0)->nll = nextafter(at(&results, 2, true, 1, 0)->nll, 9);
    assert_lacks(written(&results, table_text), "equal to the bit");
    results_release(&results);
}

static void comparison(void **state)
{
    struct results results;
    struct message message = {""};
    struct text text = {0};
    (void)state;
    make(&results, 5);
    for (size_t s = 0; s < 5; s++)
        for (size_t n = 0; n < 3; n++) {
            const double base = at(&results, 0, true, s, n)->nll;
            at(&results, 1, true, s, n)->nll =
                base - 1 + (n == 2 ? 1.0 - 0.1 * (double)(s % 2) : 0.01 * (double)s);
            at(&results, 2, true, s, n)->status = CELL_REFUSED;
        }
    assert_int_equal(table_comparison_text(&text, &results, "rope", &message), STATUS_OK);
    const char *table =
        strstr(text_string(&text), "text: loss less that of rope, nats per token (below 0 is better)");
    assert_non_null(table);
    /* -0.98, deviation 0.0158: half width 2.776 * 0.0158 / sqrt 5; g = 0.7979 * 62 */
    assert_has(table, "alibi    -0.980 ±0.020 g -49.5*  -0.980 ±0.020 g -49.5*  -0.040 ±0.068 g -0.6\n");
    assert_has(table, "none                    refused                 refused               refused\n");
    assert_int_equal(table_comparison_text(&text, &results, "ropes", &message), STATUS_WRONG);
    assert_has(message.text, "no variant `ropes`: did you mean `rope`?");
    text_release(&text);
    results_release(&results);
    make(&results, 2);
    text = (struct text){0};
    assert_int_equal(table_comparison_text(&text, &results, "rope", &message), STATUS_OK);
    assert_has(text_string(&text), "without interval: undecided, needs 5 seeds");
    assert_lacks(text_string(&text), " g ");
    text_release(&text);
    results_release(&results);
}

/* A seed's score is the mean of its folds; a seed with a fold that failed has none. */
static void folds(void **state)
{
    struct trial trial[6];
    const struct trial *pointer[6];
    struct results results;
    struct message message = {""};
    double values[6];
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        synthetic_trial(&trial[i], "rope", "text", (int64_t)(i / 2), 1);
        trial[i].fold = (int64_t)(i % 2) + 1;
        snprintf(trial[i].training_id, ID_SIZE, "%016zx", i + 1);
        snprintf(trial[i].evaluation_id, ID_SIZE, "%016zx", i + 100);
        trial[i].cell[0].nll = (double)i;
        pointer[i] = &trial[i];
    }
    if (synthetic_merge(&results, pointer, 6, NULL, 0, &message))
        fail_msg("%s", message.text);
    const struct selection of = {.results = &results, .measure = MEASURE_NLL};
    struct outcome outcome = selection_outcome(&of, 0, 0, values);
    assert_int_equal(outcome.measured, 3);
    assert_true(values[0] == 0.5 && values[1] == 2.5 && values[2] == 4.5);
    assert_true(outcome.summary.mean == 2.5);
    results_find_cell(&results, results_index(&results, 0, 0, 0, 1, 1, 0, 0))->status = CELL_FAILED;
    outcome = selection_outcome(&of, 0, 0, values);
    assert_int_equal(outcome.asked, 3);
    assert_int_equal(outcome.measured, 2);
    assert_true(values[1] == 4.5 && outcome.unmeasured);
    assert_true(isnan(selection_seed_value(&of, 0, 0, 1)));
    results_find_cell(&results, results_index(&results, 0, 0, 0, 1, 1, 0, 0))->status =
        CELL_NOT_ASKED; /* others have it */
    outcome = selection_outcome(&of, 0, 0, values);
    assert_int_equal(outcome.measured, 2);
    assert_string_equal(outcome_word(&outcome, MEASURE_NLL), "missing");
    for (size_t i = 0; i < 6; i++)
        trial_release(&trial[i]);
    results_release(&results);
}

/* Where answers are yes or no, 75 per cent are half of what chance leaves. */
static void above_chance(void **state)
{
    struct results results;
    (void)state;
    make(&results, 1);
    assert_lacks(written(&results, table_text), "above chance");
    results.dataset[0].chance = 0.5;
    at(&results, 0, false, 0, 0)->accuracy = 0.75;
    at(&results, 1, false, 0, 0)->accuracy = 0.5;
    at(&results, 2, false, 0, 0)->accuracy = 0.25;
    const char *table = strstr(written(&results, table_text),
                               "recall: accuracy above chance, per cent of what chance leaves");
    assert_non_null(table);
    assert_has(table, "\nrope     *50.0 ");
    assert_has(table, "\nalibi      0.0 ");
    assert_has(table, "\nnone     -50.0 ");
    results_release(&results);
}

/* The bootstrap beside Student's interval: from 6 seeds on, and where all items are there. */
static void bootstrap(void **state)
{
    struct results results;
    (void)state;
    make(&results, 6);
    const char *json = strstr(written(&results, table_json), "\"metric\": \"nll\"");
    assert_non_null(json);
    const char *low = strstr(json, "\"low\": "), *drawn = strstr(json, "\"bootstrap_low\": ");
    const double student = strtod(low + 7, NULL), nested = strtod(drawn + 17, NULL),
                 mean = strtod(strstr(json, "\"mean\": ") + 8, NULL);
    assert_true(student < mean && nested < mean && fabs(student - nested) < 0.5 * (mean - student));
    const struct selection of = {.results = &results, .dataset = 1, .protocol = 1};
    struct interval *one = selection_bootstrap(&results, 1, NULL),
                    *two = selection_bootstrap(&results, 2, NULL);
    for (size_t v = 0; v < 3; v++)
        for (size_t n = 0; n < 3; n++) {
            const size_t index = selection_bootstrap_index(&of, v, n);
            assert_memory_equal(&one[index], &two[index], sizeof *one);
        }
    memory_release(one);
    memory_release(two);
    results_release(&results);
    make(&results, 5);
    assert_has(written(&results, table_json), "\"bootstrap_low\": null, \"bootstrap_high\": null");
    results_release(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(effective),    cmocka_unit_test(not_learnt_and_gaps),
                                       cmocka_unit_test(ranks),        cmocka_unit_test(twins),
                                       cmocka_unit_test(comparison),   cmocka_unit_test(folds),
                                       cmocka_unit_test(above_chance), cmocka_unit_test(bootstrap)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
