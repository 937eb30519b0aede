/* The resolved file: what is printed is the same experiment. */
#include "experiment/plan.h"
#include "tests/experiment/planned.h"

/* The trainings and evaluations of two plans, in the same order, have the same ids. */
static void assert_same_ids(const struct plan *a, const struct plan *b)
{
    assert_int_equal(a->trainings, b->trainings);
    for (size_t t = 0; t < a->trainings; t++) {
        assert_string_equal(a->training[t].id, b->training[t].id);
        assert_int_equal(a->training[t].evaluations, b->training[t].evaluations);
        for (size_t e = 0; e < a->training[t].evaluations; e++)
            assert_string_equal(a->training[t].evaluation_id[e], b->training[t].evaluation_id[e]);
    }
}

/* The plan of a request and the plan of what it is printed as. */
static void assert_prints_itself(const struct plan_request *request)
{
    struct plan plan, again;
    struct message message = {""};
    struct text text = {0}, second = {0};
    if (plan_make(&plan, request, &message) || plan_print(&text, request, &message))
        fail_msg("%s", message.text);
    struct plan_request printed = {.experiment = scratch_file("printed.ini", text_string(&text)),
                                   .instruction_set = request->instruction_set};
    if (plan_make(&again, &printed, &message) || plan_print(&second, &printed, &message))
        fail_msg("%s\n%s", message.text, text_string(&text));
    assert_same_ids(&plan, &again);
    assert_string_equal(plan.name, again.name);
    assert_string_equal(plan.title, again.title);
    assert_string_equal(text_string(&text), text_string(&second));
    assert_null(strstr(text_string(&text), "include"));
    assert_null(strstr(text_string(&text), "[preset"));
    text_release(&text);
    text_release(&second);
    plan_release(&plan);
    plan_release(&again);
}

static void prints_what_has_the_same_ids(void **state)
{
    (void)state;
    const char *const sets[] = {"training.rate=0.01", "evaluation text.tokens=4096", "model.width=32 | 64",
                                "variant rope.encoder=rope(base=100 | 200)",
                                "evaluation.protocols=nonoverlap, exact-match"};
    assert_prints_itself(&(struct plan_request){.experiment = "quick", .instruction_set = "plain"});
    for (size_t count = 1; count <= sizeof sets / sizeof *sets; count++)
        assert_prints_itself(&(struct plan_request){
            .experiment = "quick", .instruction_set = "plain", .sets = count, .set = sets});
    assert_prints_itself(&(struct plan_request){.experiment = "quick",
                                                .instruction_set = "plain",
                                                .only = "rope-base=200, alibi, rope-ntk",
                                                .sets = 4,
                                                .set = sets});
}

static void prints_zips_presets_and_own_keys(void **state)
{
    (void)state;
    const char *path = scratch_file(
        "all.ini",
        "include = variants.ini\n[experiment]\ndatasets = d, text\nvariants = v, rope + log-n, s\nseeds = 2\n"
        "[dataset d]\nkind = recall\npairs = 3\n"
        "[training]\nsteps = 5 | 6\nbatch = 2 | 3\nzip = steps, batch\nlength = 32\n"
        "[training d]\nsteps = 7\nbatch = 4 | 5\nrate = 0.5 | 0.25\nzip = batch, rate\n"
        "[evaluation]\nlengths = 1L, 2L, 100\n[evaluation d]\nexamples = 8\n"
        "[variant v]\nencoder = rope | alibi\n[variant s]\nlike = rope-ntk\n"
        "evaluate.rope.factor = 2 | auto\n"
        "[preset p]\ntraining.steps = 9\nvariant v.encoder = t5 | alibi\nevaluation d.lengths = 2L\n");
    const char *const preset[] = {"p"};
    const char *const set[] = {"training d.length=48", "training.clip=2"};
    assert_prints_itself(&(struct plan_request){.experiment = path, .instruction_set = "avx2"});
    assert_prints_itself(&(struct plan_request){.experiment = path,
                                                .instruction_set = "avx2",
                                                .presets = 1,
                                                .preset = preset,
                                                .sets = 2,
                                                .set = set});
}

static void prints_nothing_that_cannot_be_read(void **state)
{
    (void)state;
    struct message message = {""};
    struct text text = {0};
    char set[400] = "experiment.title=";
    memset(set + strlen(set), 'x', 250);
    const char *sets[] = {set};
    struct plan_request request = {.experiment = "quick", .instruction_set = "plain", .sets = 1, .set = sets};
    assert_int_equal(plan_print(&text, &request, &message), STATUS_WRONG);
    assert_holds(message.text, "cannot stand in a file");
    text_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_what_has_the_same_ids),
        cmocka_unit_test(prints_zips_presets_and_own_keys),
        cmocka_unit_test(prints_nothing_that_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
