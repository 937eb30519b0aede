/* Ids: labels do not change them; each thing that decides the weights does. */
#include "experiment/plan.h"
#include "tests/experiment/scratch.h"

static const char *base_file(void)
{
    static const char *path;
    if (!path)
        path = strdup(scratch_file("base.ini", "[experiment]\nname = one\ndatasets = d\nvariants = v\n"
                                               "[dataset d]\nkind = recall\n[variant v]\nencoder = rope\n"));
    return path;
}

/* The first training of an experiment with one setting ("" = none); evaluation: its first id instead. */
static void id_of(char id[ID_SIZE], const char *experiment, const char *set, bool evaluation)
{
    struct plan plan;
    struct message message;
    const char *sets[] = {set};
    struct plan_request request = {
        .experiment = experiment, .sets = *set ? 1 : 0, .set = sets, .instruction_set = "plain"};
    if (plan_make(&plan, &request, &message))
        fail_msg("%s: %s", set, message.text);
    memcpy(id, evaluation ? plan.training[0].evaluation_id[0] : plan.training[0].id, ID_SIZE);
    plan_release(&plan);
}

static void what_decides_the_weights_changes_the_id(void **state)
{
    (void)state;
    static const char *const deciding[] = {"model.layers=3",
                                           "model.width=128",
                                           "model.heads=2",
                                           "model.feed_forward=2",
                                           "model.tied=on",
                                           "model.dropout=0.1",
                                           "model.embedding_scale=2",
                                           "model.initial_deviation=0.03",
                                           "training.length=65",
                                           "training.steps=601",
                                           "training.batch=33",
                                           "training.rate=0.0060000001",
                                           "training.final_rate=0.2",
                                           "training.warmup=0.1",
                                           "training.weight_decay=0.2",
                                           "training.beta1=0.8",
                                           "training.beta2=0.9",
                                           "training.epsilon=1e-7",
                                           "training.clip=2",
                                           "dataset d.pairs=5",
                                           "dataset d.keys=20",
                                           "dataset d.values=20",
                                           "dataset d.gap_power=0.02",
                                           "dataset d.filler=random",
                                           "dataset d.kind=text",
                                           "variant v.encoder=rope(base=10001)",
                                           "variant v.encoder=none",
                                           "variant v.encoder=rope + log-n",
                                           "variant v.positions=clamp",
                                           "experiment.first_seed=2"};
    enum { DECIDING = sizeof deciding / sizeof *deciding };
    char id[DECIDING + 1][ID_SIZE];
    id_of(id[DECIDING], base_file(), "", false);
    for (size_t i = 0; i < DECIDING; i++) {
        id_of(id[i], base_file(), deciding[i], false);
        for (size_t j = 0; j < i; j++)
            if (strcmp(id[i], id[j]) == 0)
                fail_msg("`%s` and `%s` have one id", deciding[i], deciding[j]);
        if (strcmp(id[i], id[DECIDING]) == 0)
            fail_msg("`%s` does not change the id", deciding[i]);
    }
}

static void labels_and_evaluation_do_not(void **state)
{
    (void)state;
    static const char *const indifferent[] = {"experiment.name=two",
                                              "experiment.title=Another",
                                              "experiment.seeds=3",
                                              "evaluation.lengths=1L, 3L",
                                              "evaluation.examples=7",
                                              "evaluation.seed=9",
                                              "variant v.evaluate.rope.scaling=ntk",
                                              "variant v.evaluate.positions=clamp",
                                              "variant other.encoder=t5",
                                              "training text.steps=9",
                                              "training.steps=600"};
    char id[ID_SIZE], other[ID_SIZE];
    id_of(id, base_file(), "", false);
    for (size_t i = 0; test_row("indifferent", i, sizeof indifferent / sizeof *indifferent); i++) {
        id_of(other, base_file(), indifferent[i], false);
        if (strcmp(id, other) != 0)
            fail_msg("`%s` changes the id of a training", indifferent[i]);
    }
    const char *renamed = scratch_file("renamed.ini", "[experiment]\nname = x\ndatasets = e\nvariants = w\n"
                                                      "[dataset e]\nkind = recall\n[variant w]\n"
                                                      "encoder = rope(base=10000.0)\n");
    id_of(other, renamed, "", false);
    assert_string_equal(id, other);
}

static void files_count_by_content(void **state)
{
    (void)state;
    char text[20001], id[3][ID_SIZE], set[300];
    static const char *const names[] = {"first.txt", "copy.txt", "changed.txt"};
    memset(text, 'x', 20000);
    text[20000] = '\0';
    for (size_t i = 0; i < 3; i++) {
        text[19999] = i == 2 ? 'y' : 'x';
        snprintf(set, sizeof set, "dataset text.path=%s", scratch_file(names[i], text));
        id_of(id[i], scratch_file("text.ini", "[experiment]\ndatasets = text\nvariants = rope\n"), set,
              false);
    }
    assert_string_equal(id[0], id[1]);
    assert_string_not_equal(id[0], id[2]);
}

static void evaluations_have_their_own(void **state)
{
    (void)state;
    static const char *const deciding[] = {"evaluation.lengths=1L, 3L",
                                           "evaluation.lengths=1L",
                                           "evaluation.examples=7",
                                           "evaluation.targets=7",
                                           "evaluation.tokens=7",
                                           "evaluation.seed=9",
                                           "variant v.evaluate.rope.scaling=ntk",
                                           "variant v.evaluate.positions=clamp",
                                           "training.steps=599"};
    char id[ID_SIZE], other[ID_SIZE];
    id_of(id, base_file(), "", true);
    for (size_t i = 0; test_row("deciding", i, sizeof deciding / sizeof *deciding); i++) {
        id_of(other, base_file(), deciding[i], true);
        if (strcmp(id, other) == 0)
            fail_msg("`%s` does not change the id of an evaluation", deciding[i]);
    }
    id_of(other, base_file(), "experiment.name=two", true);
    assert_string_equal(id, other);
    id_of(other, base_file(), "evaluation.lengths=64, 128, 4L, 8L, 1024", true); /* in other words */
    assert_string_equal(id, other);
}

/* Two names for one thing: one training, two evaluations. */
static void names_keep_their_files(void **state)
{
    (void)state;
    struct plan plan;
    struct message message;
    const char *path = scratch_file("twice.ini", "[experiment]\ndatasets = recall\nvariants = a, b\n"
                                                 "[variant a]\nencoder = rope\n[variant b]\nlike = a\n");
    struct plan_request request = {.experiment = path, .instruction_set = "plain"};
    assert_int_equal(plan_make(&plan, &request, &message), STATUS_OK);
    assert_int_equal(plan.trainings, 1);
    assert_int_equal(plan.training[0].evaluations, 2);
    assert_string_not_equal(plan.training[0].evaluation_id[0], plan.training[0].evaluation_id[1]);
    char id[ID_SIZE];
    memcpy(id, plan.training[0].id, ID_SIZE);
    plan_release(&plan);
    request.instruction_set = "avx2";
    assert_int_equal(plan_make(&plan, &request, &message), STATUS_OK);
    assert_string_not_equal(id, plan.training[0].id);
    plan_release(&plan);
}

/* The id is the hash of the text that stands in the plan. */
static void the_identity_is_hashed(void **state)
{
    (void)state;
    struct plan plan;
    struct message message;
    char hex[SHA256_HEX_SIZE];
    struct plan_request request = {.experiment = base_file(), .instruction_set = "plain"};
    struct text manifest = {0};
    assert_int_equal(plan_make(&plan, &request, &message), STATUS_OK);
    const struct planned_training *training = &plan.training[0];
    sha256_of(hex, training->identity, strlen(training->identity));
    assert_memory_equal(hex, training->id, 16);
    assert_holds(training->identity, "\ninstruction_set=plain\n");
    assert_holds(training->identity, "\nmodel.width=64\n");
    assert_holds(training->identity, "\nversion.rope=1\n");
    assert_holds(training->identity, "\nversion.identity=1\n");
    assert_holds(training->identity, "\nseed=1\nfold=0\n");
    plan_manifest(&manifest, &plan, 0);
    assert_holds(text_string(&manifest), "\"training.rate\": \"0.006\"");
    assert_holds(text_string(&manifest), "\"lengths\": [64, 128, 256, 512, 1024]");
    assert_null(strstr(strstr(text_string(&manifest), "\"lengths\"") + 1, "\"lengths\""));
    assert_holds(text_string(&manifest), "\"protocols\": \"exact-match\", \"tokens\": 65536");
    assert_holds(text_string(&manifest), training->id);
    text_release(&manifest);
    plan_release(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_decides_the_weights_changes_the_id),
        cmocka_unit_test(labels_and_evaluation_do_not),
        cmocka_unit_test(files_count_by_content),
        cmocka_unit_test(evaluations_have_their_own),
        cmocka_unit_test(names_keep_their_files),
        cmocka_unit_test(the_identity_is_hashed),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
