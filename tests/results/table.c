/* Tables: the numbers they show, their words for what has none, and names that are only data. */
#include "tests/test.h"

#include "results/tables/table.h"
#include "support/label.h"
#include "tests/results/synthetic.h"

static void assert_has(const char *table, const char *line)
{
    if (!strstr(table, line))
        fail_msg("no `%s` in:\n%s", line, table);
}

static void assert_lacks(const char *table, const char *line)
{
    if (strstr(table, line))
        fail_msg("`%s` is in:\n%s", line, table);
}

/* Two variants on text, lengths 64 and 128, seeds 1..seeds, with losses that the caller gives. */
static void make(struct results *results, const double *loss, size_t seeds, const char *const *names)
{
    struct message message = {.text = ""};
    struct trial trial[12];
    const struct trial *pointer[12] = {NULL};
    for (size_t i = 0; i < 2 * seeds; i++) {
        synthetic_trial(&trial[i], names[i / seeds], "text", (int64_t)(i % seeds) + 1, 2);
        trial[i].cell[0].nll = loss[i];
        trial[i].cell[1].nll = loss[i] + 1;
        pointer[i] = &trial[i];
    }
    if (synthetic_merge(results, pointer, 2 * seeds, names, 2, &message))
        fail_msg("%s", message.text);
    for (size_t i = 0; i < 2 * seeds; i++)
        trial_release(&trial[i]);
}

static const char *const plain[] = {"rope", "alibi"};

static void two_seeds(void **state)
{
    const double loss[] = {2.25, 2.5, 1.5, 1.75};
    struct results results;
    struct text text = {0};
    (void)state;
    make(&results, loss, 2, plain);
    table_text(&text, &results);
    const char *table = text_string(&text);
    assert_has(table, "text: loss, nats per token (lower is better)\n"
                      "protocol nonoverlap (targets: all), configuration 2x64-L64, 2 seeds\n");
    assert_has(table, "\nvariant          1L 64         2L 128\n"
                      "rope      2.375 ±0.125   3.375 ±0.125\n"
                      "alibi    *1.625 ±0.125  *2.625 ±0.125\n");
    assert_has(table, "half the range over seeds");
    assert_lacks(table, "- "); /* nothing to explain */
    text_release(&text);

    table_markdown(&text, &results);
    table = text_string(&text);
    assert_has(table, "**text: loss, nats per token**");
    assert_has(table, "\n| variant | 1L 64 | 2L 128 |\n|:--|--:|--:|\n"
                      "| rope | 2.375 ±0.125 | 3.375 ±0.125 |\n"
                      "| alibi | **1.625** ±0.125 | **2.625** ±0.125 |\n");
    text_release(&text);
    results_release(&results);
}

/* One seed: no ±.  Equal means: nothing is best.  Five seeds: t(0.975, 4) = 2.7764 times 1.5811 / sqrt 5. */
static void other_counts(void **state)
{
    const double one[] = {2, 2}, five[] = {1, 2, 3, 4, 5, 7, 7, 7, 7, 7};
    struct results results;
    struct text text = {0};
    (void)state;
    make(&results, one, 1, plain);
    table_text(&text, &results);
    assert_has(text_string(&text), "1 seed\n");
    assert_has(text_string(&text), "rope     2.000   3.000\n");
    assert_lacks(text_string(&text), "±");
    assert_lacks(text_string(&text), "*");
    text_release(&text);
    results_release(&results);

    text = (struct text){0};
    make(&results, five, 5, plain);
    table_text(&text, &results);
    assert_has(text_string(&text), "*3.000 ±1.963");
    assert_has(text_string(&text), "mean ± 95 % interval over seeds (Student's t)");
    text_release(&text);
    results_release(&results);
}

static void set_status(struct cell *cell, enum cell_status status, const char *reason)
{
    cell->status = status;
    cell->reason = reason;
}

static void words(void **state)
{
    const double loss[] = {2.25, 2.5, 1.5, 1.75};
    struct results results;
    struct text text = {0};
    (void)state;
    make(&results, loss, 2, plain);
    set_status(results_find_cell(&results, results_index(&results, 0, 0, 0, 0, 0, 0, 0)), CELL_FAILED,
               "loss is not finite");
    set_status(results_find_cell(&results, results_index(&results, 1, 0, 0, 0, 0, 0, 0)), CELL_REFUSED,
               "its table | has 64 rows");
    set_status(results_find_cell(&results, results_index(&results, 1, 0, 0, 1, 0, 0, 0)), CELL_REFUSED,
               "its table | has 64 rows");
    set_status(results_find_cell(&results, results_index(&results, 1, 0, 0, 0, 0, 0, 1)), CELL_MISSING, "");
    set_status(results_find_cell(&results, results_index(&results, 1, 0, 0, 1, 0, 0, 1)), CELL_NOT_ASKED, "");
    table_text(&text, &results);
    const char *table = text_string(&text);
    assert_has(table, "variant         1L 64        2L 128\n"
                      "rope     2.500         3.375 ±0.125\n"
                      "alibi         refused       missing\n");
    assert_has(table, "- rope at 1L 64: failed in 1 of 2 (loss is not finite)\n");
    assert_has(table, "- alibi at 1L 64: refused (its table | has 64 rows)\n");
    assert_has(table, "- alibi at 2L 128: missing\n");
    text_release(&text);
    text = (struct text){0};
    table_markdown(&text, &results);
    assert_has(text_string(&text), "| alibi | refused | missing |");
    assert_has(text_string(&text), "(its table \\| has 64 rows)");
    text_release(&text);
    for (size_t s = 0; s < 2; s++) /* lengths of which the same is to be said have one note */
        set_status(results_find_cell(&results, results_index(&results, 1, 0, 0, s, 0, 0, 1)), CELL_REFUSED,
                   "its table | has 64 rows");
    text = (struct text){0};
    table_text(&text, &results);
    assert_has(text_string(&text), "- alibi at 1L 64, 2L 128: refused (its table | has 64 rows)\n");
    text_release(&text);
    results_release(&results);
}

/* exact match and accuracy are percentages, and a dataset has only its own lengths as columns. */
static void tasks(void **state)
{
    const char *const variants[] = {"rope", "alibi"};
    struct message message;
    struct results results;
    struct text text = {0};
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 2, 1, 5, &message), STATUS_OK);
    struct cell *cell = results_find_cell(&results, results_index(&results, 0, 0, 0, 0, 0, 0, 1));
    cell->exact_match = 0.5;
    cell->accuracy = 0.875;
    table_text(&text, &results);
    const char *table = text_string(&text);
    const char *exact = strstr(table, "recall: exact match, per cent (higher is better)");
    const char *accuracy = strstr(table, "recall: accuracy, per cent");
    const char *loss = strstr(table, "text: loss");
    assert_non_null(exact);
    assert_true(accuracy > exact && loss > accuracy);
    assert_has(exact, "50.0");
    assert_has(accuracy, "87.5");
    assert_null(strstr(loss, "per cent"));
    assert_true(strstr(exact, "8L 512") > loss);
    for (const char *line = table; *line; line += strcspn(line, "\n") + 1)
        assert_true(strcspn(line, "\n") <= 140); /* bytes; 110 columns and some ± */
    text_release(&text);
    results_release(&results);
}

/* More columns than a line holds go on below. */
static void wide(void **state)
{
    const char *const variants[] = {"a variant with a long name", "b"};
    struct message message;
    struct results results;
    struct text text = {0};
    (void)state;
    assert_int_equal(synthetic_results(&results, variants, 2, 3, 11, &message), STATUS_OK);
    table_text(&text, &results);
    for (char *line = strtok(text.bytes, "\n"); line; line = strtok(NULL, "\n"))
        assert_true(label_width(line) <= 110);
    text_release(&text);
    results_release(&results);
}

static void hostile_names(void **state)
{
    const double loss[] = {2.25, 1.5};
    const char *const names[] = {"a|b\n| x |\033[2J", "<b>`c`\xff\xe2\x80\xae"};
    struct results results;
    struct text text = {0};
    (void)state;
    make(&results, loss, 1, names);
    table_markdown(&text, &results);
    assert_has(text_string(&text), "\n| a\\|b\\\\x0A\\| x \\|\\\\x1B\\[2J |");
    assert_has(text_string(&text), "\n| \\<b\\>\\`c\\`\\\\xFF\\\\xE2\\\\x80\\\\xAE |");
    assert_lacks(text_string(&text), "\033");
    text_release(&text);
    text = (struct text){0};
    table_text(&text, &results);
    assert_has(text_string(&text), "\na|b\\x0A| x |\\x1B[2J");
    assert_lacks(text_string(&text), "\033");
    text_release(&text);
    results_release(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_seeds), cmocka_unit_test(other_counts), cmocka_unit_test(words),
        cmocka_unit_test(tasks),     cmocka_unit_test(wide),         cmocka_unit_test(hostile_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
