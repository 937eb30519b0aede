/* [tuning]: the trainings that choose, and the experiment with what they chose. */
#include "experiment/plan.h"
#include "tests/experiment/planned.h"

static const char *base_file(void)
{
    return scratch_file("tune.ini",
                        "include = variants.ini\n[experiment]\ndatasets = text, recall\nseeds = 3\n"
                        "variants = rope, rope-ntk, alibi\n[training]\nbatch = 4 | 8\n"
                        "[tuning]\ngrid.training.rate = 0.1 | 0.2 | 0.3\n"
                        "grid.model.dropout = 0 | 0.1 | 0.2\nzip = grid.training.rate, grid.model.dropout\n"
                        "grid.training.warmup = 0 | 0.5\nseed = 77\nsteps = 9\n");
}

/* Every trained part gets every combination once, on every dataset in every configuration. */
static void everyone_has_the_same_grid(void **state)
{
    (void)state;
    struct plan plan;
    make_sound(&plan, base_file(), NULL);
    assert_true(search_goes_on(&plan));
    assert_int_equal(plan.search->candidates, 6);
    assert_int_equal(plan.variants, 2); /* rope and alibi; rope-ntk is trained as rope */
    assert_int_equal(plan.datasets, 4 * 6);
    assert_int_equal(plan.trainings, 4 * 6 * 2);
    assert_int_equal(plan.search->experiment->trainings, 4 * 2 * 3);
    for (size_t t = 0; t < plan.trainings; t++) {
        const struct planned_training *training = &plan.training[t];
        const struct planned_dataset *dataset = &plan.dataset[training->dataset];
        assert_int_equal(training->seed, 77);
        assert_int_equal(training->evaluations, 1);
        assert_int_equal(training->dataset, t / 2); /* the order in which scores are told */
        assert_int_equal(training->variant, t % 2);
        assert_int_equal(dataset->candidate, t / 2 % 6);
        assert_int_equal(dataset->training.steps, 9);
        assert_true(dataset->evaluation.validation);
        assert_int_equal(dataset->evaluation.lengths.count, 1);
        assert_int_equal(length_tokens(dataset->evaluation.lengths.at[0], 64), 64);
        assert_string_equal(dataset->evaluation.protocols, t < 24 ? "nonoverlap" : "exact-match");
        assert_true(training->training_flop ==
                    plan.training[t / 12 * 12].training_flop); /* the same budget */
        for (size_t u = 0; u < t; u++)
            assert_string_not_equal(training->id, plan.training[u].id);
    }
    assert_string_equal(plan.dataset[1].tuning, "rate=0.1 dropout=0 warmup=0.5");
    assert_true(plan.dataset[5].training.rate == 0.3 && plan.dataset[5].model.dropout == 0.2);
    assert_true(plan.dataset[5].training.warmup == 0.5);
    plan_release(&plan);
}

/* The trainings of the experiment are those of one whose file has the chosen values. */
static void choices_enter_options_and_ids(void **state)
{
    (void)state;
    struct plan plan, written;
    make_sound(&plan, base_file(), NULL);
    /* (text 4, text 8, recall 4, recall 8) x (rope, alibi) */
    const size_t choice[8] = {0, 1, 2, 3, 4, 5, 0, 4};
    const double rates[] = {0.1, 0.2, 0.3};
    end_round(&plan, choice);
    assert_false(search_goes_on(&plan));
    assert_int_equal(plan.search->rounds, 1);
    assert_int_equal(plan.search->round[0].trainings, 48);
    assert_int_equal(plan.variants, 3);
    assert_int_equal(plan.trainings, 4 * 2 * 3);
    for (size_t t = 0; t < plan.trainings; t++) {
        const struct planned_training *training = &plan.training[t];
        const struct planned_dataset *dataset = &plan.dataset[training->dataset];
        const size_t pair = t / 6, part = t / 3 % 2;
        const size_t chosen = choice[pair * 2 + part];
        assert_string_equal(plan.variant[training->variant].name, part ? "alibi" : "rope");
        assert_int_equal(training->evaluations, part ? 1 : 2);
        assert_int_equal(training->seed, 1 + t % 3);
        assert_int_equal(dataset->training.steps, 600);
        assert_int_equal(dataset->training.batch, pair % 2 ? 8 : 4);
        assert_false(dataset->evaluation.validation);
        assert_string_equal(dataset->tuning, "");
        assert_true(dataset->training.rate == rates[chosen / 2]);
        assert_true(dataset->training.warmup == 0.5 * (double)(chosen % 2));
        assert_string_equal(dataset->configuration, pair % 2 ? "2x64-L64-batch=8" : "2x64-L64-batch=4");
    }
    const char *path =
        scratch_file("written.ini", "[experiment]\ndatasets = text\nseeds = 3\nvariants = alibi\n"
                                    "[model]\ndropout = 0.1\n[training]\nbatch = 8\nrate = 0.2\n"
                                    "warmup = 0.5\n");
    make_sound(&written, path, NULL); /* text 8, alibi: candidate 3 */
    for (size_t s = 0; s < 3; s++)
        assert_string_equal(written.training[s].id, plan.training[9 + s].id);
    plan_release(&written);
    plan_release(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everyone_has_the_same_grid),
        cmocka_unit_test(choices_enter_options_and_ids),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
