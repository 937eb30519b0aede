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
        {"[experiment]\nseeds = 2 | 3\n", ":2: ", "here is one value"},
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
        {HEAD "[model]\nmixer = atention\n", ":6: ", "unknown mixer `atention`: did you mean `attention`?"},
        {HEAD "[model]\nmixer = attention(\n", ":6: ", "the parenthesis closes"},
        {HEAD "[training]\nrate = 0.1 | 0.2 |\n", ":6: ", "an empty alternative"},
        {HEAD "[training]\nrate = 0.1 | x\n", ":6: ", "rate = `x` is wrong"},
        {HEAD "[training]\nrate = 0.1 | 0.10\n", ":6: ", "`0.1` and `0.10` are one"},
        {HEAD "[training]\nrate = 0.1 | 0.1\n", ":6: ", "`0.1` stands twice"},
        {HEAD "[training]\nrate = 0.1 | 0.2\nzip = rate, step\nsteps = 1 | 2\n",
         ":7: ", "did you mean `steps`?"},
        {HEAD "[training]\nrate = 0.1 | 0.2\nzip = rate, steps\nsteps = 1 | 2 | 3\n",
         ":7: ", "zip pairs `rate`, which has 2 alternatives, with `steps`, which has 3"},
        {HEAD "[training]\nrate = 0.1 | 0.2\nzip = rate\n", ":7: ", "zip pairs two keys or more"},
        {HEAD "[training]\nzip = rate, steps\n", ":6: ", "zip pairs keys of its own section, which has none"},
        {HEAD "[training recall]\nrate = 0.1 | y\n", ":6: ", "rate = `y` is wrong"},
        {HEAD "[evaluation]\nexamples = 4 | 8\n", ":6: ", "here is one value"},
        {HEAD "[evaluation]\nzip = lengths, examples\n", ":6: ", "has no key `zip`"},
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
        {HEAD "[evaluation]\nprotocols = sliding\n", ":6: ", "none of the protocols sliding is for tasks"},
        {HEAD "[evaluation recall]\nprotocols = retrieval\n",
         ":6: ", "for tasks with a needle, and `recall` is a task"},
        {HEAD "[evaluation]\nprotocols = p\n[protocol q]\nkind = per-token\n",
         ":6: ", "unknown protocol `p`"},
        {HEAD "[evaluation]\nprotocols = p, per-position\n[protocol p]\nkind = per-position\n",
         ":6: ", "`p` and `per-position` of dataset `recall` are both of kind per-position"},
        {HEAD
         "[evaluation]\nprotocols = exact-match\n[evaluation recall]\nprotocols = exact-match, nonoverlap\n",
         ":8: ", "for running text"},
        {HEAD "[dataset recall]\nparis = 4\n", ":6: ", "did you mean `pairs`?"},
        {HEAD "[dataset recall]\nkind = recal\n", ":6: ", "did you mean `recall`?"},
        {HEAD "[dataset recall]\npairs = 17\n", ":5: ", "keys"},
        {HEAD "[claim one]\n", ":5: ", "needs `test = ...`"},
        {HEAD "[tuning]\nseed = 9\n", ":5: ", "nothing to choose from"},
        {HEAD "[tuning]\ngrid.training.rate = 0.1 | 0.2\n", ":5: ", "needs a seed of its own"},
        {HEAD "[tuning]\ngrid.training.rate = 0.1 | 0.2\nseed = 1\n", ":7: ", "needs a seed of its own"},
        {HEAD "[tuning]\ngrid.training.rate = 0.1 | 0.2\nseed = 8 | 9\n", ":7: ", "seed has one value"},
        {HEAD "[tuning]\ngrid.training.rat = 0.1 | 0.2\nseed = 9\n", ":6: ", "did you mean `rate`"},
        {HEAD "[tuning]\ngrid.rate = 0.1 | 0.2\nseed = 9\n", ":6: ", "no key `grid.rate`"},
        {HEAD "[tuning]\nsede = 9\n", ":6: ", "did you mean `seed`"},
        {HEAD "[tuning]\ngrid.training.length = 16 | 32\nseed = 9\n", ":6: ", "makes the configuration"},
        {HEAD "[tuning]\ngrid.model.heads = 2 | 4\nseed = 9\n", ":6: ", "makes the configuration"},
        {HEAD "[tuning]\ngrid.training.rate = 0.1 | 20\nseed = 9\n", ":6: ", "rate = `20` is wrong"},
        {HEAD "[tuning]\ngrid.training.rate = 0.1 | 0.10\nseed = 9\n", ":5: ", "two combinations are one"},
        {HEAD "[training]\nrate = 0.1 | 0.2\n[tuning]\ngrid.training.rate = 0.1 | 0.2\nseed = 9\n",
         ":8: ", "keep one of both"},
        {"[experiment]\ndatasets = text\nvariants = rope\n[dataset text]\nvalidation = 0\n"
         "[tuning]\ngrid.training.rate = 0.1 | 0.2\nseed = 9\n",
         "", "scores the validation block of dataset `text`"},
        {HEAD "[preset p]\nsteps = 4\n", ":6: ", "a preset has lines section.key = value"},
        {HEAD "[preset p]\ntrainig.steps = 4\n", ":6: ", "did you mean `training`?"},
        {HEAD "[preset p]\ntraining recal.steps = 4\n", ":6: ", "there is no dataset `recal`"},
        {HEAD "[preset p]\npreset q.training.steps = 4\n", ":6: ", "a preset sets no other preset"},
        {HEAD "[preset p]\n[preset p]\n", ":6: ", "stands twice"},
        {HEAD "[protocol p]\n", ":5: ", "needs `kind = ...`"},
        {HEAD "[protocol p]\nkind = slidng\n", ":6: ", "did you mean `sliding`"},
        {HEAD "[protocol p]\nkind = sliding\nstirde = 2\n", ":7: ", "did you mean `stride`"},
        {HEAD "[protocol p]\nkind = sliding\nstride = 0\n", ":7: ", "stride = `0` is wrong"},
        {HEAD "[protocol p]\nkind = sliding\nstride = 1 | 2\n", ":7: ", "here is one value"},
        {HEAD "[protocol retrieval]\ndepths = 0.5, 0.2\n", ":5: ", "ascending"},
        {HEAD "[protocol retrieval]\ndepths = 0, 1.5\n", ":5: ", "numbers from 0 to 1"},
        {HEAD "[protocol retrieval]\ndepths = 0, x\n", ":5: ", "numbers from 0 to 1"},
        {HEAD "[protocol nonoverlap]\nstride = 2\n", ":6: ", "stride"},
        {HEAD "folds = 2\n[tuning]\ngrid.training.rate = 0.1 | 0.2\nseed = 9\n",
         ":6: ", "[tuning] does not go together with folds = 2"},
        {HEAD "folds = 0\n", ":5: ", "folds = `0` is wrong"},
        {HEAD "[variant x]\n", ":5: ", "neither"},
        {HEAD "[variant x]\nlike = rope\nencoder = t5\n", ":6: ", "both"},
        {HEAD "[variant x]\nlike = rop\n", ":6: ", "did you mean `rope`"},
        {HEAD "[variant x]\nlike = x\n", ":6: ", "leads back to itself"},
        {HEAD "[variant x]\nlike = y\n[variant y]\nlike = x\n", "",
         "leads back to itself"}, /* either may be named */
        {HEAD "[variant x]\nencoder = rope + sinosoidal\n", ":6: ", "did you mean `sinusoidal`?"},
        {HEAD "[variant x]\nencoder = rope | t6\n", ":6: ", "did you mean"},
        {HEAD "[variant x]\nencoder = rope(10 | 20)\n", ":6: ", "name(option = a | b)"},
        {HEAD "[variant x]\nencoder = rope\n[variant y]\nlike = x | rope\n", ":8: ", "like one other"},
        {HEAD "[variant x]\nencoder = rope\nposition = clamp\n", ":7: ", "did you mean `positions`"},
        {HEAD "[variant x]\nencoder = rope\npositions = clmap\n", ":7: ", "did you mean `clamp`"},
        {HEAD "[variant x]\nencoder = rope\nevaluate.rop.factor = 2\n", ":7: ", "did you mean `rope`?"},
        {HEAD "[variant x]\nencoder = rope\nevaluate.rope.scalng = ntk\n", ":7: ", "did you mean `scaling`?"},
        {HEAD "[variant x]\nencoder = rope\nevaluate.rope.scaling = ntq\n", ":7: ", "scaling"},
        {HEAD "[variant x]\nencoder = rope\nevaluate.rope = ntk\n", ":7: ", "COMPONENT.OPTION"},
        {HEAD "[variant x]\nencoder = rope\ntraining.steps = 3\n", ":7: ", "not built yet"},
        {HEAD "[variant x]\nencoder = rope + sinusoidal + lambda + fire + kerple-power + dynamic-bias + "
              "temperature\n"
              "evaluate.rope.base = 12345.678901234567\nevaluate.rope.fraction = 0.12345678901234568\n"
              "evaluate.rope.factor = 1.2345678901234567\nevaluate.rope.low = 1.2345678901234567\n"
              "evaluate.rope.high = 1.2345678901234567\nevaluate.sinusoidal.base = 12345.678901234567\n"
              "evaluate.sinusoidal.period = 12345.678901234567\n"
              "evaluate.sinusoidal.exponent = 1.2345678901234567\n",
         ":5: ", "with all its options it has more than 511 characters"},
        {HEAD "[variant x]\nencoder = rope\nfinetune.stpes = 3\n", ":7: ", "write finetune.steps"},
        {HEAD "[variant x]\nencoder = rope + self-extend\n", ":5: ", "evaluate.encoder"},
        {"[experiment]\ndatasets = recall\nvariants = x\n[variant x]\nencoder = rope\n"
         "evaluate.encoder = t5\n",
         "", "evaluation uses weights `bias` of `t5` that the trained part does not have"},
    };
    for (size_t i = 0; test_row("wrong", i, sizeof wrong / sizeof *wrong); i++) {
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
    for (size_t i = 0; test_row("wrong", i, sizeof wrong / sizeof *wrong); i++) {
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
