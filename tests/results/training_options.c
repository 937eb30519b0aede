/* Options of training in which the variants of one table differ are said under it, and are no objection. */
#include "tests/test.h"

#include "results/findings/training_options.h"
#include "results/findings/validity.h"
#include "results/tables/table.h"
#include "support/label.h"
#include "tests/results/synthetic.h"

enum { VARIANTS = 5 };
static const char *const names[VARIANTS] = {"rope", "alibi", "t5", "nope", "a,b"};

/* The variants on text, two seeds each, with these lines in their manifests. */
static void make(struct results *results, const char *const *options)
{
    struct message message = {""};
    struct trial trial[2 * VARIANTS];
    const struct trial *pointer[2 * VARIANTS];
    for (size_t i = 0; i < 2 * VARIANTS; i++) {
        struct text manifest = {0};
        synthetic_trial(&trial[i], names[i / 2], "text", (int64_t)(i % 2) + 1, 2);
        text_append(&manifest, "{\n  \"identity\": {\n    \"model.width\": \"64\"%s\n  }\n}\n",
                    options[i / 2]);
        memory_release(trial[i].manifest);
        trial[i].manifest = manifest.bytes;
        pointer[i] = &trial[i];
    }
    if (synthetic_merge(results, pointer, 2 * VARIANTS, names, VARIANTS, &message))
        fail_msg("%s", message.text);
    for (size_t i = 0; i < 2 * VARIANTS; i++)
        trial_release(&trial[i]);
}

static void assert_lines(const struct results *results, const char *wanted)
{
    struct text lines = {0};
    training_options_unequal(&lines, results, 0, 0, label_plain);
    assert_string_equal(text_string(&lines), wanted);
    text_release(&lines);
}

#define RATE(rate) ",\n    \"training.batch\": \"16\",\n    \"training.rate\": \"" rate "\""

static void alike(void **state)
{
    static const char *const same[] = {RATE("0.006"), RATE("0.006"), RATE("0.006"), RATE("0.006"),
                                       RATE("0.006")};
    struct results results;
    struct text table = {0};
    (void)state;
    make(&results, same);
    assert_lines(&results, "");
    table_text(&table, &results);
    assert_null(strstr(text_string(&table), "not trained alike"));
    text_release(&table);
    results_release(&results);
}

static void not_alike(void **state)
{
    static const char *const one[] = {RATE("0.006"), RATE("0.003"), RATE("0.006"), RATE("0.006"),
                                      RATE("0.006")};
    static const char *const more[] = {RATE("0.006"), RATE("0.003"), RATE("0.01"), RATE("0.003"),
                                       RATE("0.006")};
    static const char *const unnamed[] = {RATE("0.006"), RATE("0.006"), ",\n    \"training.rate\": \"0.006\"",
                                          RATE("0.006"), RATE("0.006")};
    struct results results;
    (void)state;
    make(&results, one);
    assert_lines(&results, "training.rate is 0.003 in alibi; else 0.006\n");
    results_release(&results);
    make(&results, more);
    assert_lines(&results, "training.rate is 0.006 in rope, a,b; 0.003 in alibi, nope; 0.01 in t5\n");
    results_release(&results);
    make(&results, unnamed); /* an older training, which did not name what is at its default */
    assert_lines(&results, "training.batch is its default in t5; else 16\n");
    results_release(&results);
}

static void said(void **state)
{
    static const char *const one[] = {RATE("0.006"), RATE("0.003"), RATE("0.006"), RATE("0.006"),
                                      RATE("0.006")};
    struct results results;
    struct validity validity;
    struct text table = {0};
    (void)state;
    make(&results, one);
    table_text(&table, &results);
    assert_non_null(
        strstr(text_string(&table), "\n- not trained alike: training.rate is 0.003 in alibi; else 0.006\n"));
    text_release(&table);
    validity_of_results(&validity, &results);
    assert_int_equal(validity.count, 0);
    assert_string_equal(text_string(&validity.notes),
                        "text, 2x64-L64: training.rate is 0.003 in alibi; else 0.006\n");
    validity_release(&validity);
    results_release(&results);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(alike), cmocka_unit_test(not_alike),
                                       cmocka_unit_test(said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
