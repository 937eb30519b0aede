/* Merging trials: the union of coordinates, and everything that must be refused. */
#include "tests/test.h"

#include "results/merge/compare.h"
#include "results/merge/merge.h"
#include "tests/results/synthetic.h"

static void assert_says(const struct message *message, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!strstr(message->text, words[i]))
            fail_msg("`%s` does not say `%s`", message->text, words[i]);
}

static void union_of_coordinates(void **state)
{
    struct message message = {.text = ""};
    struct trial trial[3];
    const struct trial *pointer[3] = {&trial[0], &trial[1], &trial[2]};
    const char *const order[] = {"zeta", "not there", "rope"};
    struct results results;
    (void)state;
    synthetic_trial(&trial[0], "alibi", "text", 2, 2);
    synthetic_trial(&trial[1], "zeta", "text", 1, 3);
    synthetic_trial(&trial[2], "rope", "recall", 1, 1);
    assert_int_equal(synthetic_merge(&results, pointer, 3, order, 3, &message), STATUS_OK);
    assert_string_equal(results.title, "quick");
    assert_int_equal(results.numerics_revision, 1);
    assert_string_equal(results.instruction_set, "avx2");
    assert_int_equal(results.variants, 3);
    assert_string_equal(results.variant[0].name, "zeta");
    assert_string_equal(results.variant[1].name, "rope");
    assert_string_equal(results.variant[2].name, "alibi");
    assert_string_equal(results.dataset[0].name, "recall");
    assert_string_equal(results.dataset[1].name, "text");
    assert_int_equal(results.configurations, 1);
    assert_int_equal(results.budget[2 * 2 + 1].steps, 600); /* alibi on text */
    assert_int_equal(results.budget[1 * 2 + 0].steps, 900); /* rope on recall */
    assert_int_equal(results.budget[1 * 2 + 1].steps, 0);   /* rope on text: no such training */
    assert_int_equal(results.budget[1 * 2 + 0].parameters, 100000);
    assert_int_equal(results.seeds, 2);
    assert_int_equal(results.seed[0], 1);
    assert_int_equal(results.seed[1], 2);
    assert_int_equal(results.protocols, 2);
    assert_string_equal(results.protocol[1].name, "nonoverlap");
    assert_int_equal(results.lengths, 3);
    assert_int_equal(results.length[2], 256);
    assert_int_equal(results.trainings, 3);

    const struct cell *cell = results_find_cell(&results, results_index(&results, 2, 1, 0, 1, 0, 1, 1));
    assert_int_equal(cell->status, CELL_MEASURED);
    assert_true(cell->nll == trial[0].cell[1].nll);
    assert_int_equal(cell->items, SYNTHETIC_ITEMS);
    assert_memory_equal(cell->score, trial[0].cell[1].score, SYNTHETIC_ITEMS * sizeof(float));
    assert_null(results_find_cell(&results, results_index(&results, 2, 1, 0, 1, 0, 1, 2)));
    cell = results_cell(&results, results_index(&results, 2, 1, 0, 1, 0, 1, 2));
    assert_int_equal(cell->status, CELL_NOT_ASKED);
    assert_true(isnan(cell->nll));
    assert_int_equal(cell->length, 0); /* all such places share one cell */
    assert_string_equal(results.training_id[2 * 4 + 1 * 2 + 1], trial[0].training_id);
    assert_string_equal(results.training_id[2 * 4 + 1 * 2 + 0], "");
    results_release(&results);

    /* Another order of the same files gives the same results. */
    const struct trial *backwards[3] = {&trial[2], &trial[1], &trial[0]};
    assert_int_equal(synthetic_merge(&results, backwards, 3, NULL, 0, &message), STATUS_OK);
    assert_string_equal(results.variant[0].name, "alibi");
    assert_string_equal(results.variant[1].name, "rope");
    assert_string_equal(results.variant[2].name, "zeta");
    results_release(&results);
    for (size_t i = 0; i < 3; i++)
        trial_release(&trial[i]);
}

/* Two trials, changed by the caller; both orders must give the status and the words. */
static void assert_pair(const struct trial *a, const struct trial *b, enum status expected,
                        const char *const *words, size_t count)
{
    const struct trial *pairs[2][2] = {{a, b}, {b, a}};
    for (size_t i = 0; i < 2; i++) {
        struct message message = {.text = ""};
        struct results results;
        assert_int_equal(synthetic_merge(&results, pairs[i], 2, NULL, 0, &message), expected);
        assert_says(&message, words, count);
        results_release(&results);
    }
}

static void equal_duplicates(void **state)
{
    struct trial a, b;
    (void)state;
    synthetic_trial(&a, "rope", "text", 1, 2);
    synthetic_trial(&b, "rope", "text", 1, 3);
    snprintf(b.evaluation_id, ID_SIZE, "other");
    b.cell[0].tokens_per_second = 5; /* measured things may differ */
    b.cell[0].wall_time = 9;
    b.training_wall_time = 1;
    snprintf(b.host, NAME_SIZE, "elsewhere");
    b.curve.count = 0; /* an evaluation added later */
    assert_pair(&a, &b, STATUS_OK, NULL, 0);
    b.curve.count = SYNTHETIC_STEPS;

    synthetic_refuse(&a.cell[0], CELL_REFUSED, "no");
    synthetic_refuse(&b.cell[0], CELL_MISSING, ""); /* missing yields to anything */
    assert_pair(&a, &b, STATUS_OK, NULL, 0);
    trial_release(&a);
    trial_release(&b);
}

static void unequal_duplicates(void **state)
{
    struct trial a, b;
    (void)state;
    synthetic_trial(&a, "rope", "text", 1, 2);
    synthetic_trial(&b, "rope", "text", 1, 2);
    snprintf(b.evaluation_id, ID_SIZE, "other");
    const char *words[] = {a.training_id, a.evaluation_id, "other",      "rope",       "text",
                           "2x64-L64",    "seed 1",        "nonoverlap", "length 128", "nll"};
    b.cell[1].nll = nextafter(b.cell[1].nll, 9);
    assert_pair(&a, &b, STATUS_FAILED, words, 10);
    b.cell[1].nll = a.cell[1].nll;
    b.cell[1].score[2] = nextafterf(b.cell[1].score[2], 9);
    words[9] = "score";
    assert_pair(&a, &b, STATUS_FAILED, words, 10);
    b.cell[1].score[2] = a.cell[1].score[2];
    assert_pair(&a, &b, STATUS_OK, NULL, 0);
    b.cell[1].scored_tokens++;
    words[0] = "scored_tokens";
    assert_pair(&a, &b, STATUS_FAILED, words, 1);
    b.cell[1].scored_tokens--;
    b.curve.loss[0] += 1;
    words[0] = "curves differ";
    assert_pair(&a, &b, STATUS_FAILED, words, 1);
    b.curve.loss[0] = a.curve.loss[0];
    snprintf(b.training_id, ID_SIZE, "second");
    words[0] = "second";
    assert_pair(&a, &b, STATUS_FAILED, words, 1);
    trial_release(&a);
    trial_release(&b);
}

static void mixtures(void **state)
{
    struct trial a, b;
    (void)state;
    synthetic_trial(&a, "rope", "text", 1, 2);
    synthetic_trial(&b, "alibi", "text", 1, 2);
    const char *words[] = {a.training_id, b.training_id, "revision"};
    b.numerics_revision = 2;
    assert_pair(&a, &b, STATUS_FAILED, words, 3);
    b.numerics_revision = 1;
    snprintf(b.instruction_set, NAME_SIZE, "avx512");
    words[2] = "avx512";
    assert_pair(&a, &b, STATUS_FAILED, words, 3);
    snprintf(b.instruction_set, NAME_SIZE, "avx2");
    b.dataset.version = 4;
    words[2] = "dataset_version";
    assert_pair(&a, &b, STATUS_FAILED, words, 3);
    b.dataset.version = 3;
    snprintf(b.variant.name, NAME_SIZE, "rope");
    words[2] = "variant `rope`";
    assert_pair(&a, &b, STATUS_FAILED, words, 3);
    snprintf(b.variant.name, NAME_SIZE, "alibi");
    b.cell[1].scored_sha256 = "f";
    words[2] = "different sets";
    assert_pair(&a, &b, STATUS_FAILED, words, 3);
    synthetic_refuse(&b.cell[1], CELL_REFUSED, "no"); /* a refused cell scored nothing */
    assert_pair(&a, &b, STATUS_OK, NULL, 0);
    snprintf(b.dataset.name, NAME_SIZE, "a/b"); /* it would name a group within a group */
    words[0] = "a/b";
    assert_pair(&a, &b, STATUS_FAILED, words, 1);
    snprintf(b.dataset.name, NAME_SIZE, "text");
    b.cell[0].protocol = "unheard-of";
    words[0] = "unheard-of";
    assert_pair(&a, &b, STATUS_FAILED, words, 1);
    trial_release(&a);
    trial_release(&b);
}

/* Steps and parameters are one number for all seeds of a variant, dataset and configuration; a training
 * that failed early does not know its parameters. */
static void budgets(void **state)
{
    struct trial a, b;
    (void)state;
    synthetic_trial(&a, "rope", "text", 1, 1);
    synthetic_trial(&b, "rope", "text", 2, 1);
    const char *words[] = {"variant rope", "dataset text", "not trained alike"};
    b.parameters = 0;
    assert_pair(&a, &b, STATUS_OK, NULL, 0);
    b.parameters = 7;
    assert_pair(&a, &b, STATUS_FAILED, words, 3);
    b.parameters = a.parameters;
    b.steps++;
    assert_pair(&a, &b, STATUS_FAILED, words, 3);
    b.steps--;
    b.configuration.width++;
    words[0] = "width";
    assert_pair(&a, &b, STATUS_FAILED, words, 1);
    trial_release(&a);
    trial_release(&b);
}

/* Two configurations may score different sets under one protocol at one length; two seeds may not. */
static void sets_of_configurations(void **state)
{
    struct trial a, b;
    (void)state;
    synthetic_trial(&a, "rope", "text", 1, 1);
    synthetic_trial(&b, "rope", "text", 2, 1);
    b.cell[0].scored_sha256 = "f";
    b.cell[0].item_key[1]++;
    const char *words[] = {a.training_id, b.training_id, "length 64", "different sets"};
    assert_pair(&a, &b, STATUS_FAILED, words, 4);
    snprintf(b.configuration.name, NAME_SIZE, "2x64-L32");
    assert_pair(&a, &b, STATUS_OK, NULL, 0);
    trial_release(&a);
    trial_release(&b);
}

/* What --allow-mixed lets through stands in the results, sorted, and never changes a cell. */
static void allowed_mixtures(void **state)
{
    struct message message = {.text = ""};
    const struct merge_options options = {.allow_mixed = true};
    struct trial a, b;
    (void)state;
    synthetic_trial(&a, "rope", "text", 1, 2);
    synthetic_trial(&b, "alibi", "text", 1, 2);
    b.numerics_revision = 2;
    snprintf(b.instruction_set, NAME_SIZE, "avx512");
    b.dataset.version = 4;
    b.cell[1].scored_sha256 = "f";
    for (size_t i = 0; i < 2; i++) {
        struct merger *merger;
        struct results results;
        assert_int_equal(merger_create(&merger, &options, &message), STATUS_OK);
        assert_int_equal(merger_add_trial(merger, i ? &b : &a, "one", &message), STATUS_OK);
        assert_int_equal(merger_add_trial(merger, i ? &a : &b, "other", &message), STATUS_OK);
        assert_int_equal(merger_finish(&results, merger, NULL, 0, &message), STATUS_OK);
        assert_string_equal(results.mixed, "dataset_version of dataset text\n"
                                           "scored sets of dataset text, configuration 2x64-L64, protocol "
                                           "nonoverlap, length 128\n"
                                           "numerics revision 1\nnumerics revision 2\n"
                                           "instruction set avx2\ninstruction set avx512");
        assert_string_equal(results.instruction_set, "mixed");
        assert_int_equal(results.numerics_revision, 1);
        assert_int_equal(results.dataset[0].version, 3);
        assert_string_equal(results.cell[1].scored_sha256, "mixed");
        assert_int_equal(results.cell[1].items, 0);
        assert_true(results.cell[1].nll == b.cell[1].nll); /* alibi */
        assert_int_equal(results.cell[0].items, SYNTHETIC_ITEMS);
        merger_release(merger);
        /* A mixture is not merged without being asked for, either. */
        const struct merge_options strict = {.allow_mixed = false};
        assert_int_equal(merger_create(&merger, &strict, &message), STATUS_OK);
        assert_int_equal(merger_add_results(merger, &results, "old.h5", &message), STATUS_FAILED);
        assert_non_null(strstr(message.text, "old.h5 is a mixture"));
        merger_release(merger);
        results_release(&results);
    }
    b.numerics_revision = 1;
    snprintf(b.variant.name, NAME_SIZE, "rope"); /* one place with two values is no mixture */
    struct merger *merger;
    assert_int_equal(merger_create(&merger, &options, &message), STATUS_OK);
    assert_int_equal(merger_add_trial(merger, &a, "one", &message), STATUS_OK);
    assert_int_equal(merger_add_trial(merger, &b, "other", &message), STATUS_FAILED);
    merger_release(merger);
    trial_release(&a);
    trial_release(&b);
}

/* Results are a source like their trials, and change nothing beside them. */
static void results_are_a_source(void **state)
{
    struct message message = {.text = ""};
    const char *const names[] = {"rope", "alibi"};
    struct comparison comparison;
    struct results whole, part, merged;
    struct trial extra;
    struct merger *merger;
    const struct merge_options options = {.allow_mixed = false};
    (void)state;
    assert_int_equal(synthetic_results(&whole, names, 2, 2, 2, &message), STATUS_OK);
    assert_int_equal(synthetic_results(&part, names, 1, 2, 2, &message), STATUS_OK);
    assert_int_equal(merger_create(&merger, &options, &message), STATUS_OK);
    assert_int_equal(merger_add_results(merger, &part, "part.h5", &message), STATUS_OK);
    for (int64_t seed = 1; seed <= 2; seed++)
        for (size_t task = 0; task < 2; task++) {
            synthetic_trial(&extra, "alibi", task ? "recall" : "text", seed, 2);
            assert_int_equal(merger_add_trial(merger, &extra, "extra", &message), STATUS_OK);
            trial_release(&extra);
        }
    assert_int_equal(merger_add_results(merger, &whole, "whole.h5", &message), STATUS_OK);
    assert_int_equal(merger_finish(&merged, merger, names, 2, &message), STATUS_OK);
    merger_release(merger);
    assert_int_equal(results_compare(&comparison, &whole, "whole", &merged, "merged", &message), STATUS_OK);
    assert_int_equal(comparison.differing + comparison.others, 0);
    assert_int_equal(comparison.cells, 2 * 2 * 2 * 2);

    assert_int_equal(merger_create(&merger, &options, &message), STATUS_OK);
    assert_int_equal(merger_add_results(merger, &whole, "whole.h5", &message), STATUS_OK);
    part.cell[0].score[1] += 1;
    assert_int_equal(merger_add_results(merger, &part, "part.h5", &message), STATUS_FAILED);
    const char *words[] = {"whole.h5 and part.h5", "rope", "score of an item"};
    assert_says(&message, words, 3);
    merger_release(merger);
    results_release(&whole);
    results_release(&part);
    results_release(&merged);
}

/* Without items, and what had them joined with what has none. */
static void without_items(void **state)
{
    struct message message = {.text = ""};
    struct trial trial;
    struct results bare, full;
    struct merger *merger;
    const struct merge_options no_items = {.no_items = true}, all = {.no_items = false};
    (void)state;
    synthetic_trial(&trial, "rope", "text", 1, 2);
    assert_int_equal(merger_create(&merger, &no_items, &message), STATUS_OK);
    assert_int_equal(merger_add_trial(merger, &trial, "trial", &message), STATUS_OK);
    assert_int_equal(merger_finish(&bare, merger, NULL, 0, &message), STATUS_OK);
    merger_release(merger);
    assert_int_equal(bare.cell[0].items, 0);
    assert_true(bare.cell[0].nll == trial.cell[0].nll);
    assert_int_equal(merger_create(&merger, &all, &message), STATUS_OK);
    assert_int_equal(merger_add_results(merger, &bare, "bare.h5", &message), STATUS_OK);
    assert_int_equal(merger_add_trial(merger, &trial, "trial", &message), STATUS_OK);
    assert_int_equal(merger_finish(&full, merger, NULL, 0, &message), STATUS_OK);
    merger_release(merger);
    assert_int_equal(full.cell[0].items, SYNTHETIC_ITEMS);
    results_release(&bare);
    results_release(&full);
    trial_release(&trial);
}

/* Variants that differ only at evaluation share a training, wherever its trials stand. */
static void shared_training(void **state)
{
    struct message message;
    struct trial trial[3];
    const struct trial *pointer[3] = {&trial[0], &trial[1], &trial[2]};
    struct results results;
    (void)state;
    synthetic_trial(&trial[0], "rope", "text", 1, 2);
    synthetic_trial(&trial[1], "alibi", "text", 1, 2);
    synthetic_trial(&trial[2], "rope-ntk", "text", 1, 2);
    memcpy(trial[2].training_id, trial[0].training_id, ID_SIZE);
    assert_int_equal(synthetic_merge(&results, pointer, 3, NULL, 0, &message), STATUS_OK);
    assert_int_equal(results.trainings, 2);
    assert_string_equal(results.training_id[1], results.training_id[2]); /* rope, rope-ntk */
    results_release(&results);
    for (size_t i = 0; i < 3; i++)
        trial_release(&trial[i]);
}

static void nothing_to_merge(void **state)
{
    struct message message = {.text = ""};
    struct results results;
    (void)state;
    assert_int_equal(synthetic_merge(&results, NULL, 0, NULL, 0, &message), STATUS_FAILED);
    assert_true(message.text[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(union_of_coordinates), cmocka_unit_test(equal_duplicates),
        cmocka_unit_test(unequal_duplicates),   cmocka_unit_test(mixtures),
        cmocka_unit_test(nothing_to_merge),     cmocka_unit_test(budgets),
        cmocka_unit_test(shared_training),      cmocka_unit_test(sets_of_configurations),
        cmocka_unit_test(allowed_mixtures),     cmocka_unit_test(results_are_a_source),
        cmocka_unit_test(without_items),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
