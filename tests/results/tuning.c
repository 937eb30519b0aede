/* The choice of a tuning: the best on the validation block, ties and failures, and union of sweeps. */
#include <math.h>
#include <string.h>

#include "results/findings/tuning.h"
#include "results/tables/grid.h"
#include "tests/test.h"

#include <stdio.h>

static struct tuning_record record(const char *variant, int64_t candidate, double nll, double exact_match)
{
    struct tuning_record out = {.candidate = candidate,
                                .seed = 9,
                                .steps = 5,
                                .length = 16,
                                .status = isnan(nll) ? CELL_FAILED : CELL_MEASURED,
                                .nll = nll,
                                .accuracy = NAN,
                                .exact_match = exact_match,
                                .dataset = "text",
                                .configuration = "2x64-L16",
                                .protocol = "nonoverlap"};
    snprintf(out.variant, sizeof out.variant, "%s", variant);
    snprintf(out.coordinates, sizeof out.coordinates, "rate=0.%d", (int)candidate + 1);
    snprintf(out.training_id, sizeof out.training_id, "%.10s-%d", variant, (int)candidate);
    return out;
}

/* The candidate chosen for a variant, -1 = none; two or more are a failure. */
static int64_t chosen(const struct tuning_record *records, size_t count, const char *variant)
{
    int64_t found = -1;
    for (size_t i = 0; i < count; i++)
        if (records[i].chosen && strcmp(records[i].variant, variant) == 0) {
            assert_int_equal(found, -1);
            found = records[i].candidate;
        }
    return found;
}

static void the_lowest_loss_is_chosen(void **state)
{
    (void)state;
    struct tuning_record records[] = {record("b", 2, 1.0, NAN), record("a", 1, 2.5, NAN),
                                      record("b", 0, 1.5, NAN), record("a", 0, 2.0, NAN),
                                      record("b", 1, 1.0, NAN), record("a", 2, NAN, NAN),
                                      record("c", 0, NAN, NAN), record("c", 1, NAN, NAN)};
    records[0].chosen = 1; /* of a sweep that was smaller */
    tuning_choose(records, 8);
    assert_int_equal(chosen(records, 8, "a"), 0);
    assert_int_equal(chosen(records, 8, "b"), 1); /* of equals the first */
    assert_int_equal(chosen(records, 8, "c"), -1);
    assert_string_equal(records[0].variant, "a");
    assert_int_equal(records[0].candidate, 0);
}

static void tasks_go_by_exact_match(void **state)
{
    (void)state;
    struct tuning_record records[] = {record("a", 0, 0.5, 0.25), record("a", 1, 0.9, 0.75),
                                      record("a", 2, 0.8, 0.75), record("a", 3, NAN, NAN)};
    tuning_choose(records, 4);
    assert_int_equal(chosen(records, 4, "a"), 2);
}

static void what_is_settled(void **state)
{
    (void)state;
    struct tuning_record one = record("a", 0, 1, NAN), other = record("a", 1, NAN, NAN);
    assert_true(tuning_settled(&one));
    assert_false(tuning_settled(&other)); /* it may be mended */
    strcpy(other.reason, "the loss is not finite at step 3 of 9");
    assert_true(tuning_settled(&other));
}

static void sweeps_unite(void **state)
{
    (void)state;
    struct message message = {""};
    struct tuning_record records[] = {record("a", 1, 2, NAN), record("a", 0, 3, NAN), record("a", 1, 2, NAN),
                                      record("a", 2, 1, NAN)};
    size_t count = 4;
    records[0].chosen = 1;
    assert_int_equal(tuning_unite(records, &count, &message), STATUS_OK);
    assert_int_equal(count, 3);
    assert_int_equal(chosen(records, 3, "a"), 2);
    struct tuning_record unequal[] = {record("a", 0, 2, NAN), record("a", 0, 2.5, NAN)};
    count = 2;
    assert_int_equal(tuning_unite(unequal, &count, &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "variant a disagree at `rate=0.1` (training a-0)"));
    assert_non_null(strstr(message.text, "nll is 2"));
}

static void differences_are_named(void **state)
{
    (void)state;
    struct tuning_record one[] = {record("a", 0, 2, NAN), record("a", 1, 3, NAN)};
    struct tuning_record other[] = {record("a", 0, 2, NAN), record("a", 1, 3, NAN)};
    struct results a = {.tunings = 2, .tuning = one}, b = {.tunings = 2, .tuning = other};
    char sentence[500];
    assert_false(tuning_difference(sentence, sizeof sentence, &a, "x", &b, "y"));
    b.tunings = 1;
    assert_true(tuning_difference(sentence, sizeof sentence, &a, "x", &b, "y"));
    assert_non_null(strstr(sentence, "2 candidates of a tuning in x and 1 in y"));
    b.tunings = 2;
    other[1].nll = 4;
    assert_true(tuning_difference(sentence, sizeof sentence, &a, "x", &b, "y"));
    assert_non_null(strstr(sentence, "variant a at `rate=0.2`: nll is 3 in x and 4 in y"));
}

static void the_sweep_is_a_table(void **state)
{
    (void)state;
    struct tuning_record records[] = {record("a", 0, 2, NAN), record("a", 1, 3, NAN),
                                      record("bb", 0, NAN, NAN), record("bb", 1, 1, NAN)};
    struct results results = {.tunings = 4, .tuning = records};
    struct text text = {0};
    tuning_choose(records, 4);
    table_tuning(&text, &results, TABLE_TEXT);
    assert_string_equal(
        text_string(&text),
        "text: tuning, loss, nats per token (lower is better)\n"
        "protocol nonoverlap on the validation block, n = L = 16, configuration 2x64-L16, 5 steps, "
        "seed 9\n\n"
        "variant  rate=0.1  rate=0.2\n"
        "a         *2.0000    3.0000\n"
        "bb         failed   *1.0000\n"
        "\n*: chosen, for all seeds\n");
    text_release(&text);
    table_tuning(&text, &results, TABLE_MARKDOWN);
    assert_non_null(strstr(text_string(&text),
                           "| variant | rate=0.1 | rate=0.2 |\n|:--|--:|--:|\n"
                           "| a | **2.0000** | 3.0000 |\n| bb | failed | **1.0000** |\n"));
    text_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lowest_loss_is_chosen), cmocka_unit_test(tasks_go_by_exact_match),
        cmocka_unit_test(what_is_settled),           cmocka_unit_test(sweeps_unite),
        cmocka_unit_test(differences_are_named),     cmocka_unit_test(the_sweep_is_a_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
