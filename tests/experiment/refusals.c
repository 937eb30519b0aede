/* The sentence for everything that is wrong in an experiment. */
#include "tests/experiment/planned.h"

static void refuses_files(void **state)
{
    (void)state;
#define HEAD "include = variants.ini\n[experiment]\ndatasets = recall\nvariants = rope\n"
    static const struct {
        const char *text, *place, *sentence;
    } wrong[] = {
        {"[model]\nwidth = 64\n", "", "no section [experiment]"},
        {"[experiment]\ndatasets = text\n", ":1: ", "needs `variants = ...`"},
        {"[experiment]\nvariants = rope\n", ":1: ", "needs `datasets = ...`"},
        {"[experiment]\ndatasets = text\nvariants = roep\n", ":3: ", "did you mean `rope`"},
        {"[experiment]\ndatasets = text\nvariants = rope(bass=3)\n", ":3: ", "did you mean `base`?"},
        {"[experiment]\ndatasets = text\nvariants = rope, rope\n", ":3: ", "`rope` stands twice"},
        {"[experiment]\ndatasets = text\nvariants = rope,, t5\n", ":3: ", "empty name"},
        {"[experiment]\ndatasets = txt\nvariants = rope\n", ":2: ", "did you mean `text`?"},
        {"[experiment]\nsed = 3\n", ":2: ", "did you mean `seeds`"},
        {"[experiment]\nseeds = 0\n", ":2: ", "seeds"},
        {"[experiment]\nseeds = 2 | 3\n", ":2: ", "not built yet"},
        {"[experiment]\nname = a/b\n", ":2: ", "folder"},
        {HEAD "[modle]\n", ":5: ", "did you mean `model`?"},
        {HEAD "[model recall]\nwidth = 64\n", ":5: ", "one [model] for all"},
        {HEAD "[variant]\nencoder = rope\n", ":5: ", "[variant NAME]"},
        {HEAD "[variant a.b]\nencoder = rope\n", ":5: ", "letters, digits"},
        {HEAD "[training recal]\n", ":5: ", "did you mean `recall`?"},
        {HEAD "[training text]\nstepps = 4\n", ":6: ", "did you mean `steps`?"},
        {HEAD "[model]\nwidht = 4\n", ":6: ", "did you mean `width`?"},
        {HEAD "[model]\nwidth = 65\n", ":6: ", "4 heads do not divide a width of 65"},
        {HEAD "[model]\nlayers = -1\n", ":6: ", "layers"},
        {HEAD "[training]\nrate = 0.1 | 0.2\n", ":6: ", "grid"},
        {HEAD "[training]\nzip = rate, steps\n", ":6: ", "`zip` is not built yet"},
        {HEAD "[training]\nlength = 0\n", ":6: ", "length"},
        {HEAD "[training]\nlength = 99999999999999999999999999\n", ":6: ", "length"},
        {HEAD "[training]\nlength = 8\n", ":6: ", "at least 12 tokens"},
        {HEAD "[evaluation]\nlengths = 1L, 0\n", ":6: ", "out of range"},
        {HEAD "[evaluation]\nlengths = -4\n", ":6: ", "out of range"},
        {HEAD "[evaluation]\nlengths = 1e300L\n", ":6: ", "out of range"},
        {HEAD "[evaluation]\nlengths = 99999999999999999999999999\n", ":6: ", "out of range"},
        {HEAD "[evaluation]\nlengths = 1000000L\n", ":6: ", "at most 16777216"},
        {HEAD "[evaluation]\nlengths = 0.1L\n", ":6: ", "at least 12 tokens"},
        {HEAD "[evaluation]\nlengths = 1L,\n", ":6: ", "comma"},
        {HEAD "[evaluation]\nprotocols = exact-mach\n", ":6: ", "did you mean `exact-match`?"},
        {HEAD "[evaluation]\nprotocols = sliding\n", ":6: ", "not built yet"},
        {HEAD
         "[evaluation]\nprotocols = exact-match\n[evaluation recall]\nprotocols = exact-match, nonoverlap\n",
         ":8: ", "for running text"},
        {HEAD "[dataset recall]\nparis = 4\n", ":6: ", "did you mean `pairs`?"},
        {HEAD "[dataset recall]\nkind = recal\n", ":6: ", "did you mean `recall`?"},
        {HEAD "[dataset recall]\npairs = 17\n", ":5: ", "keys"},
        {HEAD "[tuning]\n", ":5: ", "not built yet"},
        {HEAD "[claim one]\n", ":5: ", "not built yet"},
        {HEAD "[preset p]\ntraining.steps = 4\n", ":5: ", "not built yet"},
        {HEAD "[protocol p]\n", ":5: ", "not built yet"},
        {HEAD "[variant x]\n", ":5: ", "neither"},
        {HEAD "[variant x]\nlike = rope\nencoder = t5\n", ":6: ", "both"},
        {HEAD "[variant x]\nlike = rop\n", ":6: ", "did you mean `rope`"},
        {HEAD "[variant x]\nlike = y\n[variant y]\nlike = x\n", ":6: ", "leads back to itself"},
        {HEAD "[variant x]\nencoder = rope + sinosoidal\n", ":6: ", "did you mean `sinusoidal`?"},
        {HEAD "[variant x]\nencoder = rope | t5\n", ":6: ", "grid"},
        {HEAD "[variant x]\nencoder = rope\nposition = clamp\n", ":7: ", "did you mean `positions`"},
        {HEAD "[variant x]\nencoder = rope\npositions = clmap\n", ":7: ", "did you mean `clamp`"},
        {HEAD "[variant x]\nencoder = rope\nevaluate.rop.factor = 2\n", ":7: ", "did you mean `rope`?"},
        {HEAD "[variant x]\nencoder = rope\nevaluate.rope.scalng = ntk\n", ":7: ", "did you mean `scaling`?"},
        {HEAD "[variant x]\nencoder = rope\nevaluate.rope.scaling = ntq\n", ":7: ", "scaling"},
        {HEAD "[variant x]\nencoder = rope\nevaluate.rope = ntk\n", ":7: ", "COMPONENT.OPTION"},
        {HEAD "[variant x]\nencoder = rope\ntraining.steps = 3\n", ":7: ", "not built yet"},
        {HEAD "[variant x]\nencoder = rope\nfinetune.steps = 3\n", ":7: ", "not built yet"},
        {HEAD "[variant x]\nencoder = rope + self-extend\n", ":5: ", "evaluate.encoder"},
        {"[experiment]\ndatasets = recall\nvariants = x\n[variant x]\nencoder = rope\n"
         "evaluate.encoder = t5\n",
         "", "evaluation uses weights `bias` of `t5` that the trained part does not have"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct plan plan;
        struct message message;
        char place[300] = "";
        const char *path = scratch_file("wrong.ini", wrong[i].text);
        if (make(&plan, path, NULL, &message) != STATUS_WRONG)
            fail_msg("not refused (%s): %s", message.text, wrong[i].text);
        if (*wrong[i].place)
            snprintf(place, sizeof place, "%s%s", path, wrong[i].place);
        assert_holds(message.text, place);
        assert_holds(message.text, wrong[i].sentence);
        assert_null(plan.training);
    }
}

static void refuses_settings(void **state)
{
    (void)state;
    static const struct {
        const char *set, *sentence;
    } wrong[] = {
        {"trainig.steps=4", "did you mean `training`?"},
        {"training.stepss=4", "did you mean `steps`?"},
        {"training.steps=four", "--set training.steps=four: "},
        {"training recal.steps=4", "did you mean `recall`?"},
        {"variant rope-ntk.evaluate.rope.scaling=nkt", "ntk"},
        {"experiment.variants=rope, alibbi", "did you mean `alibi`?"},
        {"experiment.datasets=recal", "did you mean `recall`?"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct plan plan;
        struct message message;
        const char *sets[SETS_MAX] = {wrong[i].set};
        assert_int_equal(make(&plan, "quick", sets, &message), STATUS_WRONG);
        assert_holds(message.text, wrong[i].sentence);
        assert_holds(message.text, "--set ");
    }
}

static void refuses_texts(void **state)
{
    (void)state;
    struct plan plan;
    struct message message;
    char set[300];
    const char *sets[SETS_MAX] = {"experiment.datasets=text", set};
    snprintf(set, sizeof set, "dataset text.path=%s", scratch_file("ten.txt", "0123456789"));
    assert_int_equal(make(&plan, "quick", sets, &message), STATUS_WRONG);
    assert_holds(message.text, "ten.txt");
    assert_holds(message.text, "64 tokens");
    snprintf(set, sizeof set, "dataset text.path=%s", scratch_file("none.txt", ""));
    assert_int_equal(make(&plan, "quick", sets, &message), STATUS_WRONG);
    assert_holds(message.text, "empty");
    snprintf(set, sizeof set, "dataset text.path=%s", scratch_path("nowhere.txt"));
    assert_int_equal(make(&plan, "quick", sets, &message), STATUS_WRONG);
    assert_holds(message.text, "nowhere.txt");
    snprintf(set, sizeof set, "dataset text.path=%s", scratch_folder);
    assert_int_equal(make(&plan, "quick", sets, &message), STATUS_WRONG);
    assert_holds(message.text, scratch_folder);
    /* 6,000 bytes: 4,800 to train on, 600 to test on, which 8L fits and 16L does not */
    char text[6001];
    memset(text, 'a', 6000);
    text[6000] = '\0';
    snprintf(set, sizeof set, "dataset text.path=%s", scratch_file("short.txt", text));
    assert_int_equal(make(&plan, "quick", sets, &message), STATUS_WRONG);
    assert_holds(message.text, "evaluation on dataset `text`");
    assert_holds(message.text, "1024 tokens");
    sets[2] = "evaluation.lengths=1L, 8L";
    make_sound(&plan, "quick", sets);
    plan_release(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_files),
        cmocka_unit_test(refuses_settings),
        cmocka_unit_test(refuses_texts),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
