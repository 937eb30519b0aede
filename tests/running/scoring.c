/* scoring_run: the records of a trial, its cells, what fails, and the work that the progress is told of. */
#include "running/scoring.h"

#include "tests/experiment/planned.h"

enum { BYTES = 4000 };
static char bytes[BYTES + 1];

/* Two variants on one training, of which the second refuses what is longer than it was trained for. */
static void make_plan(struct plan *plan, const char *begin_token)
{
    char file[1024];
    for (size_t i = 0; i < BYTES; i++)
        bytes[i] = (char)('a' + i * i % 23);
    snprintf(file, sizeof file,
             "[experiment]\ndatasets = words\nvariants = none, short\n"
             "[dataset words]\nkind = text\npath = %s\nbegin_token = %s\n"
             "[variant none]\nencoder = none\n"
             "[variant short]\nencoder = learned\n"
             "[model]\nlayers = 1\nwidth = 8\nheads = 2\n[training]\nlength = 16\n"
             "[evaluation]\nlengths = 1L, 2L\ntokens = 128\nprotocols = nonoverlap\n",
             scratch_file("text", bytes), begin_token);
    make_sound(plan, scratch_file("words.ini", file), NULL);
    assert_int_equal(plan->trainings, 2);
}

static void make_trained(struct trained_model *trained, const struct plan *plan, size_t training)
{
    const struct planned_dataset *dataset = &plan->dataset[0];
    struct message message = {""};
    if (trained_model_create(trained, dataset, planned_composition(plan, &plan->training[training]),
                             dataset->kind->vocabulary(dataset->state), ISA_PLAIN, &message))
        fail_msg("%s", message.text);
    model_initialise(trained->model, 1, trained->weights);
}

/* Scores the one variant of a training, on weights as drawn. */
static void score(struct trial *trial, size_t *failed, const struct plan *plan, size_t training,
                  const char *failure, struct message *message)
{
    struct trained_model trained;
    struct progress progress;
    const struct scoring_request request = {.plan = plan,
                                            .training = training,
                                            .trained = &trained,
                                            .failure = failure,
                                            .isa = ISA_PLAIN,
                                            .threads = 1,
                                            .progress = &progress};
    make_trained(&trained, plan, training);
    progress_begin(&progress, plan->training[training].evaluation_flop, true);
    if (scoring_run(trial, failed, &request, 0, message))
        fail_msg("%s", message->text);
    assert_true(fabs(progress.done / progress.total - 1) < 1e-12); /* whatever was refused */
    trained_model_release(&trained);
}

static void a_trial_says_what_it_is(void **state)
{
    (void)state;
    struct plan plan;
    struct trial trial;
    struct message message = {""};
    size_t failed;
    make_plan(&plan, "off");
    score(&trial, &failed, &plan, 0, NULL, &message);
    assert_int_equal(failed, 0);
    assert_string_equal(trial.training_id, plan.training[0].id);
    assert_string_equal(trial.evaluation_id, plan.training[0].evaluation_id[0]);
    assert_string_equal(trial.variant.name, "none");
    assert_string_equal(trial.variant.encoder, "none");
    assert_string_equal(trial.dataset.name, "words");
    assert_string_equal(trial.instruction_set, "plain");
    assert_int_equal(trial.dataset.begin_token, 0);
    assert_int_equal(trial.configuration.training_length, 16);
    assert_int_equal(trial.cells, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(trial.cell[i].status, CELL_MEASURED);
        assert_int_equal(trial.cell[i].length, i == 0 ? 16 : 32);
        assert_int_equal(trial.cell[i].scored_tokens, 128);
        assert_true(trial.cell[i].nll > 1 && trial.cell[i].nll < 10);
    }
    assert_true(isnan(trial.training_wall_time) && trial.curve.count == 0);
    trial_release(&trial);
    plan_release(&plan);
    make_plan(&plan, "on");
    score(&trial, &failed, &plan, 0, NULL, &message);
    assert_int_equal(trial.dataset.begin_token, 1);
    trial_release(&trial);
    plan_release(&plan);
}

static void a_refused_length_is_an_answer(void **state)
{
    (void)state;
    struct plan plan;
    struct trial trial;
    struct message message = {""};
    size_t failed;
    make_plan(&plan, "off");
    score(&trial, &failed, &plan, 1, NULL, &message);
    assert_int_equal(failed, 0);
    assert_int_equal(trial.cell[0].status, CELL_MEASURED);
    assert_int_equal(trial.cell[1].status, CELL_REFUSED);
    assert_holds(trial.cell[1].reason, "table has 16 rows");
    trial_release(&trial);
    plan_release(&plan);
}

/* The reason is cut between two characters, and one sees it. */
static void a_failed_training_is_said_in_every_cell(void **state)
{
    (void)state;
    char failure[3 * REASON_SIZE] = "x";
    struct plan plan;
    struct trial trial;
    struct message message = {""};
    size_t failed;
    while (strlen(failure) + strlen("é") < sizeof failure)
        strcat(failure, "é");
    make_plan(&plan, "off");
    score(&trial, &failed, &plan, 0, failure, &message);
    assert_int_equal(failed, 2);
    assert_holds(message.text, "none under nonoverlap at 16 tokens: xéé");
    for (size_t i = 0; i < trial.cells; i++) {
        const char *reason = trial.cell[i].reason;
        const size_t length = strlen(reason);
        assert_int_equal(trial.cell[i].status, CELL_FAILED);
        assert_true(length > REASON_SIZE - 4 && length < REASON_SIZE);
        assert_string_equal(reason + length - strlen("é..."), "é...");
        assert_memory_equal(reason, failure, length - strlen("..."));
    }
    trial_release(&trial);
    score(&trial, &failed, &plan, 0, "no memory", &message);
    assert_string_equal(trial.cell[0].reason, "no memory");
    trial_release(&trial);
    plan_release(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trial_says_what_it_is),
        cmocka_unit_test(a_refused_length_is_an_answer),
        cmocka_unit_test(a_failed_training_is_said_in_every_cell),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
