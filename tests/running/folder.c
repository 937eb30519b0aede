/* folder.h: what is whole is done, and a second question does not look at the disk. */
#include "running/folder.h"

#include <math.h>
#include <unistd.h>

#include "results/store/trial.h"
#include "results/store/weights.h"
#include "support/file.h"
#include "tests/experiment/planned.h"

static struct plan plan;
static struct folder *folder;

/* One training with two evaluations, and a fine-tune with one. */
static int begin(void **state)
{
    struct message message = {""};
    scratch_begin(state);
    make_sound(&plan,
               scratch_file("two.ini", "[experiment]\ndatasets = recall\nvariants = near, far, tuned\n"
                                       "[variant near]\nencoder = rope\n"
                                       "[variant far]\nlike = near\nevaluate.rope.scaling = ntk\n"
                                       "[variant tuned]\nlike = near\nfinetune.steps = 3\n"),
               NULL);
    assert_int_equal(plan.trainings, 2);
    assert_int_equal(plan.training[0].evaluations, 2);
    assert_int_equal(plan.training[1].parent, 0);
    assert_int_equal(folder_open(&folder, &plan, scratch_folder, &message), STATUS_OK);
    return 0;
}

static int end(void **state)
{
    folder_close(folder);
    plan_release(&plan);
    return scratch_end(state);
}

static void make_folder(size_t t)
{
    struct message message = {""};
    struct text path = folder_path(scratch_folder, &plan.training[t], "");
    if (file_make_folders(text_string(&path), &message))
        fail_msg("%s", message.text);
    text_release(&path);
}

static void write_trial(size_t t, size_t e, enum cell_status cell_status)
{
    struct text path = folder_trial_path(scratch_folder, &plan.training[t], e);
    struct protocol_record protocol = {.name = "p", .kind = "p", .targets = "all"};
    struct cell cell = {.protocol = "p", .length = 64, .status = cell_status, .nll = 1};
    struct trial trial = {.experiment = "e",
                          .protocols = 1,
                          .protocol = &protocol,
                          .cells = 1,
                          .cell = &cell,
                          .training_wall_time = 8,
                          .threads = 3};
    struct message message = {""};
    make_folder(t);
    if (trial_write(text_string(&path), &trial, &message))
        fail_msg("%s", message.text);
    text_release(&path);
}

static void write_weights(size_t t, const char *id)
{
    struct text path = folder_path(scratch_folder, &plan.training[t], "weights.h5");
    const struct weight_attribute attribute[] = {
        {.name = "training_id", .type = WEIGHT_TEXT, .text = id},
        {.name = "identity", .type = WEIGHT_TEXT, .text = "i"},
        {.name = "experiment", .type = WEIGHT_TEXT, .text = "e"},
        {.name = "vocabulary", .type = WEIGHT_INTEGER, .integer = 7},
    };
    struct message message = {""};
    make_folder(t);
    if (weights_write(text_string(&path), NULL, 0, attribute, 4, &message))
        fail_msg("%s", message.text);
    text_release(&path);
}

static void remove_file(struct text path)
{
    assert_int_equal(unlink(text_string(&path)), 0);
    text_release(&path);
}

static void evaluations_are_asked_once(void **state)
{
    (void)state;
    assert_false(folder_evaluated(folder, 0, 0));
    assert_true(isnan(folder_thread_seconds(folder, 0)));
    write_trial(0, 0, CELL_MEASURED);
    assert_false(folder_evaluated(folder, 0, 0)); /* remembered, as is what is there */
    folder_look_again(folder, 0);
    assert_true(folder_evaluated(folder, 0, 0));
    assert_false(folder_evaluated(folder, 0, 1));
    assert_false(folder_all_evaluated(folder, 0));
    assert_true(folder_thread_seconds(folder, 0) == 24);
    write_trial(0, 1, CELL_REFUSED); /* an answer too */
    folder_look_again(folder, 0);
    assert_true(folder_all_evaluated(folder, 0));
    remove_file(folder_trial_path(scratch_folder, &plan.training[0], 0));
    assert_true(folder_all_evaluated(folder, 0));
    folder_look_again(folder, 0); /* for what was not done */
    assert_true(folder_all_evaluated(folder, 0));
}

static void what_failed_or_is_cut_short_is_not_done(void **state)
{
    (void)state;
    struct text path = folder_trial_path(scratch_folder, &plan.training[1], 0);
    write_trial(1, 0, CELL_FAILED);
    assert_false(folder_evaluated(folder, 1, 0));
    write_trial(1, 0, CELL_MEASURED);
    assert_int_equal(truncate(text_string(&path), 1000), 0);
    folder_look_again(folder, 1);
    assert_false(folder_evaluated(folder, 1, 0));
    text_release(&path);
}

static void weights_are_asked_once(void **state)
{
    (void)state;
    assert_false(folder_trained(folder, 1));
    write_weights(1, plan.training[0].id); /* of another training */
    folder_look_again(folder, 1);
    assert_false(folder_trained(folder, 1));
    write_weights(1, plan.training[1].id);
    folder_look_again(folder, 0); /* and the fine-tunes that begin with it */
    assert_true(folder_trained(folder, 1));
    assert_true(folder_has_weights(folder, 1));
    remove_file(folder_path(scratch_folder, &plan.training[1], "weights.h5"));
    assert_false(folder_has_weights(folder, 1));
    assert_true(folder_trained(folder, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evaluations_are_asked_once),
        cmocka_unit_test(what_failed_or_is_cut_short_is_not_done),
        cmocka_unit_test(weights_are_asked_once),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
