/* search_scores_tell: nothing before every score is there, then for each trained part and dataset its own
 * best. */
#include "running/search_scores.h"
#include "results/store/trial.h"

#include <math.h>

#include "running/folder.h"
#include "support/file.h"
#include "tests/experiment/planned.h"

static void make_tuning(struct plan *plan)
{
    make_sound(plan,
               scratch_file("tune.ini", "[experiment]\ndatasets = recall, text\nvariants = rope, alibi\n"
                                        "[tuning]\ngrid.training.rate = 0.1 | 0.2 | 0.3\nseed = 9\n"),
               NULL);
    assert_int_equal(plan->trainings, 12);
}

/* The trial file of a training of the tuning; nll NAN: it failed for this reason. */
static void write_score(const struct plan *plan, size_t t, double nll, double exact_match, const char *reason)
{
    const struct planned_training *training = &plan->training[t];
    const struct planned_dataset *dataset = &plan->dataset[training->dataset];
    struct text folder = folder_path(scratch_folder, training, ""),
                path = folder_trial_path(scratch_folder, training, 0);
    struct cell cell = {.length = 64,
                        .status = isnan(nll) ? CELL_FAILED : CELL_MEASURED,
                        .nll = nll,
                        .accuracy = NAN,
                        .exact_match = exact_match,
                        .protocol = "p"};
    struct protocol_record protocol = {.name = "p", .kind = "p", .targets = "all"};
    struct trial trial = {.seed = 9,
                          .candidate = (int64_t)dataset->candidate,
                          .experiment = "e",
                          .protocols = 1,
                          .protocol = &protocol,
                          .cells = 1,
                          .cell = &cell};
    struct message message = {""};
    cell.reason = reason;
    snprintf(trial.tuning, sizeof trial.tuning, "%s", dataset->tuning);
    snprintf(trial.training_id, sizeof trial.training_id, "%s", training->id);
    snprintf(trial.variant.name, sizeof trial.variant.name, "%s", plan->variant[training->variant].name);
    snprintf(trial.dataset.name, sizeof trial.dataset.name, "%s", dataset->name);
    if (file_make_folders(text_string(&folder), &message) ||
        trial_write(text_string(&path), &trial, &message))
        fail_msg("%s", message.text);
    text_release(&folder);
    text_release(&path);
}

static void resolve(struct plan *plan)
{
    struct message message = {""};
    if (search_scores_tell(plan, scratch_folder, "plain", &message))
        fail_msg("%s", message.text);
}

static double rate_of(const struct plan *plan, const char *dataset, const char *variant)
{
    for (size_t t = 0; t < plan->trainings; t++) {
        const struct planned_dataset *at = &plan->dataset[plan->training[t].dataset];
        if (strcmp(at->name, dataset) == 0 &&
            strcmp(plan->variant[plan->training[t].variant].name, variant) == 0)
            return at->training.rate;
    }
    fail_msg("%s is not trained on %s", variant, dataset);
    return NAN;
}

static void everyone_gets_its_own_best(void **state)
{
    (void)state;
    /* recall, text; three rates; rope, alibi */
    static const double nll[12] = {1, 2, 3, 1, 2, 3, 5, 5, 6, 4, 4, 6};
    static const double exact_match[6] = {0.5, 0.25, 0.5, 0.5, 0.25, 0.5};
    struct plan plan;
    make_tuning(&plan);
    for (size_t t = 0; t < 12; t++) {
        resolve(&plan);
        assert_true(search_goes_on(&plan));
        if (t == 4) { /* a failure that may pass is no score */
            write_score(&plan, t, NAN, NAN, "no memory");
            resolve(&plan);
            assert_true(search_goes_on(&plan));
        }
        write_score(&plan, t, nll[t], t < 6 ? exact_match[t] : NAN, "");
    }
    resolve(&plan);
    assert_false(search_goes_on(&plan));
    assert_int_equal(plan.trainings, 4);
    assert_true(rate_of(&plan, "recall", "rope") == 0.1);  /* equal exact match: the lower loss */
    assert_true(rate_of(&plan, "recall", "alibi") == 0.2); /* highest exact match: 0.2 and 0.3 */
    assert_true(rate_of(&plan, "text", "rope") == 0.3);
    assert_true(rate_of(&plan, "text", "alibi") == 0.2);
    plan_release(&plan);
}

static void what_diverges_loses(void **state)
{
    (void)state;
    struct plan plan;
    struct message message = {""};
    make_tuning(&plan);
    write_score(&plan, 10, NAN, NAN, "the loss is not finite at step 3 of 9"); /* rope, text, 0.3 */
    resolve(&plan);
    assert_true(rate_of(&plan, "text", "rope") == 0.1);
    plan_release(&plan);
    make_tuning(&plan);
    write_score(&plan, 6, NAN, NAN, "the loss is not finite at step 3 of 9");
    write_score(&plan, 8, NAN, NAN, "the loss is not finite at step 4 of 9");
    assert_int_equal(search_scores_tell(&plan, scratch_folder, "plain", &message), STATUS_FAILED);
    assert_holds(message.text, "tuning of rope on text");
    assert_holds(message.text,
                 "every combination has failed (rate=0.1: the loss is not finite at step 3 of 9)");
    plan_release(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everyone_gets_its_own_best),
        cmocka_unit_test(what_diverges_loses),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
