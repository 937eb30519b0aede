/* Plans: what an experiment file comes to, and the sentence for everything that is wrong in one. */
#include "experiment/plan.h"
#include "tests/experiment/scratch.h"

enum { SETS_MAX = 4 };

static enum status make(struct plan *plan, const char *experiment, const char *const sets[SETS_MAX],
                        struct message *message)
{
    struct plan_request request = {.experiment = experiment, .set = sets, .instruction_set = "plain"};
    while (sets && request.sets < SETS_MAX && sets[request.sets])
        request.sets++;
    *message = (struct message){""};
    return plan_make(plan, &request, message);
}

static void make_sound(struct plan *plan, const char *experiment, const char *const sets[SETS_MAX])
{
    struct message message;
    if (make(plan, experiment, sets, &message))
        fail_msg("%s", message.text);
}

static const struct variant *variant_named(const struct plan *plan, const char *name)
{
    for (size_t v = 0; v < plan->variants; v++)
        if (strcmp(plan->variant[v].name, name) == 0)
            return &plan->variant[v];
    fail_msg("no variant %s", name);
    return NULL;
}

static void assert_near(double got, double expected, double tolerance)
{
    if (!(got >= expected - tolerance && got <= expected + tolerance))
        fail_msg("%.17g, not %.17g", got, expected);
}

static void assert_composition(const struct composition *composition, const char *expected)
{
    struct text text = {0};
    composition_print_encoders(&text, composition);
    text_append(&text, "; ");
    composition_print_positions(&text, composition);
    assert_string_equal(text_string(&text), expected);
    text_release(&text);
}

/* --------------------------------------------------------------------------------------- quick */

static void plans_quick(void **state)
{
    (void)state;
    struct plan plan;
    make_sound(&plan, "quick", NULL);
    assert_string_equal(plan.name, "quick");
    assert_int_equal(plan.variants, 10);
    assert_int_equal(plan.datasets, 2);
    assert_int_equal(plan.trainings, 24); /* 6 trained parts, 2 datasets, 2 seeds */
    size_t evaluations = 0;
    for (size_t t = 0; t < plan.trainings; t++) {
        const struct planned_training *training = &plan.training[t];
        evaluations += training->evaluations;
        assert_int_equal(training->evaluation[0], training->variant);
        assert_int_equal(strlen(training->id), 16);
        assert_int_equal(training->dataset, t / 12); /* dataset, then variant, then seed */
        assert_int_equal(training->seed, 1 + t % 2);
        assert_true(t % 12 < 2 || training->variant >= plan.training[t - 1].variant);
        for (size_t u = 0; u < t; u++)
            assert_string_not_equal(training->id, plan.training[u].id);
    }
    assert_int_equal(evaluations, 40); /* 10 variants, 2 datasets, 2 seeds */
    assert_string_equal(plan.dataset[0].evaluation.protocols, "nonoverlap, fixed-targets");
    assert_string_equal(plan.dataset[1].evaluation.protocols, "exact-match");
    assert_int_equal(plan.dataset[1].evaluation.lengths.count, 3);
    assert_int_equal(plan.dataset[1].model.width, 64);
    plan_release(&plan);
    assert_int_equal(plan.trainings, 0);
}

static void shares_trainings(void **state)
{
    (void)state;
    struct plan plan;
    make_sound(&plan, "quick", (const char *[SETS_MAX]){"experiment.datasets=recall", "experiment.seeds=1"});
    assert_int_equal(plan.trainings, 6);
    const struct planned_training *rope = &plan.training[3];
    assert_string_equal(plan.variant[rope->variant].name, "rope");
    assert_int_equal(rope->evaluations, 3);
    assert_string_equal(plan.variant[rope->evaluation[2]].name, "rope-ntk");
    assert_false(variant_named(&plan, "rope")->evaluation_only);
    assert_true(variant_named(&plan, "rope-ntk")->evaluation_only);
    assert_composition(&variant_named(&plan, "rope-ntk")->trained,
                       "rope(base=10000, pairs=interleaved, scaling=none, factor=auto); identity");
    assert_composition(&variant_named(&plan, "rope-ntk")->evaluated,
                       "rope(base=10000, pairs=interleaved, scaling=ntk, factor=auto); identity");
    assert_composition(&variant_named(&plan, "rope-interpolated")->evaluated,
                       "rope(base=10000, pairs=interleaved, scaling=none, factor=auto); "
                       "interpolate(factor=auto)");
    plan_release(&plan);
}

/* Every shipped variant can be planned, whether quick asks for it or not. */
static void plans_all_shipped_variants(void **state)
{
    (void)state;
    struct plan plan;
    const char *path = scratch_file(
        "all.ini", "include = variants.ini\n[experiment]\ndatasets = recall\nvariants = none, sinusoidal,\n"
                   " sinusoidal-interpolated, learned-clamped, learned-interpolated, learned-wrapped,\n"
                   " rope, rope-interpolated, rope-ntk, alibi, t5, self-extend, rope-window, rope-log-n,\n"
                   " fire, cope, forgetting, rope + log-n\n");
    make_sound(&plan, path, NULL);
    assert_string_equal(plan.name, "all");
    assert_int_equal(plan.variants, 18);
    assert_int_equal(plan.trainings, 10); /* none sinusoidal learned rope alibi t5 fire cope forgetting,
                                             and rope + log-n, trained as such */
    plan_release(&plan);
}

static void keeps_only(void **state)
{
    (void)state;
    struct plan plan;
    struct message message;
    struct plan_request request = {.experiment = "quick", .instruction_set = "plain", .only = "rope-ntk, t5"};
    assert_int_equal(plan_make(&plan, &request, &message), STATUS_OK);
    assert_int_equal(plan.variants, 2);
    assert_int_equal(plan.trainings, 8);
    plan_release(&plan);
    request.only = "rop";
    assert_int_equal(plan_make(&plan, &request, &message), STATUS_WRONG);
    assert_holds(message.text, "did you mean `rope`");
}

/* ---------------------------------------------------------------------------------- precedence */

static void later_layers_win(void **state)
{
    (void)state;
    struct plan plan;
    scratch_file("base.ini", "[training]\nsteps = 10\nbatch = 4\n[training recall]\nrate = 0.5\n");
    const char *path = scratch_file("over.ini", "include = base.ini\n[experiment]\ndatasets = text, recall\n"
                                                "variants = rope\n[training]\nsteps = 20\n"
                                                "[training recall]\nsteps = 30\n");
    make_sound(&plan, path, NULL);
    assert_int_equal(plan.dataset[0].training.steps, 20);  /* file over include */
    assert_int_equal(plan.dataset[0].training.batch, 4);   /* include over default */
    assert_int_equal(plan.dataset[0].training.length, 64); /* default */
    assert_int_equal(plan.dataset[1].training.steps, 30);  /* the dataset's own over the shared */
    assert_near(plan.dataset[1].training.rate, 0.5, 0);
    plan_release(&plan);
    make_sound(&plan, path, (const char *[SETS_MAX]){"training.steps=40", "training.rate=0.25"});
    assert_int_equal(plan.dataset[0].training.steps, 40); /* a setting over both of the file */
    assert_int_equal(plan.dataset[1].training.steps, 40);
    assert_near(plan.dataset[1].training.rate, 0.25, 0);
    plan_release(&plan);
    make_sound(&plan, path, (const char *[SETS_MAX]){"training recall.steps=50", "training.steps=40"});
    assert_int_equal(plan.dataset[0].training.steps, 40);
    assert_int_equal(plan.dataset[1].training.steps, 50);
    plan_release(&plan);
}

static void variants_build_on_each_other(void **state)
{
    (void)state;
    struct plan plan;
    const char *path = scratch_file(
        "like.ini",
        "include = variants.ini\n[experiment]\ndatasets = recall\nvariants = c, b, a\n"
        "[variant c]\nevaluate.interpolate.factor = 3\nlike = b\nevaluate.positions = interpolate\n"
        "[variant b]\nlike = a\nevaluate.encoder = rope + window(width=1L)\n"
        "evaluate.window.width = 5\nevaluate.rope.scaling = ntk\n"
        "[variant a]\nencoder = rope(base=77)\npositions = identity\nevaluate.rope.factor = 2\n");
    make_sound(&plan, path, NULL);
    assert_int_equal(plan.trainings, 1);
    assert_composition(&variant_named(&plan, "a")->evaluated,
                       "rope(base=77, pairs=interleaved, scaling=none, factor=2); identity");
    assert_composition(&variant_named(&plan, "b")->evaluated,
                       "rope(base=10000, pairs=interleaved, scaling=ntk, factor=auto) + window(width=5); "
                       "identity");
    assert_composition(&variant_named(&plan, "c")->evaluated,
                       "rope(base=10000, pairs=interleaved, scaling=ntk, factor=auto) + window(width=5); "
                       "interpolate(factor=3)");
    assert_composition(&variant_named(&plan, "c")->trained,
                       "rope(base=77, pairs=interleaved, scaling=none, factor=auto); identity");
    plan_release(&plan);
    make_sound(&plan, path, (const char *[SETS_MAX]){"variant a.encoder=rope(base=78)"});
    assert_composition(&variant_named(&plan, "c")->trained,
                       "rope(base=78, pairs=interleaved, scaling=none, factor=auto); identity");
    plan_release(&plan);
}

static void protocols_go_where_they_fit(void **state)
{
    (void)state;
    struct plan plan;
    struct message message;
    const char *path = scratch_file("fit.ini", "[experiment]\ndatasets = text, recall\nvariants = rope\n"
                                               "[evaluation]\nprotocols = exact-match, nonoverlap\n"
                                               "lengths = 64, 1L, 2L, 128\n");
    make_sound(&plan, path, NULL);
    assert_string_equal(plan.dataset[0].evaluation.protocols, "nonoverlap");
    assert_string_equal(plan.dataset[1].evaluation.protocols, "exact-match");
    assert_int_equal(plan.dataset[0].evaluation.lengths.count, 2); /* equal ones are one */
    plan_release(&plan);
    assert_int_equal(make(&plan, path, (const char *[SETS_MAX]){"evaluation.protocols=nonoverlap"}, &message),
                     STATUS_WRONG);
    assert_holds(message.text, "none of the protocols nonoverlap is for tasks, which `recall` is");
    assert_int_equal(
        make(&plan, path, (const char *[SETS_MAX]){"evaluation text.protocols=exact-match"}, &message),
        STATUS_WRONG);
    assert_holds(message.text, "--set evaluation text.protocols=exact-match: ");
    assert_holds(message.text, "is for tasks");
    assert_int_equal(
        make(&plan, path,
             (const char *[SETS_MAX]){"evaluation text.protocols=fixed-targets", "evaluation.lengths=0.5L"},
             &message),
        STATUS_WRONG);
    assert_holds(message.text, "fixed-targets needs lengths of at least the training length, 64");
}

static void counts_cost(void **state)
{
    (void)state;
    struct plan plan;
    /* N = 2 (4 + 2 * 4) 64^2 + 256 * 64; 32 * 64 tokens a step; 6N + 12 * 2 * 64 * 64 each */
    const double products = 2.0 * 12 * 64 * 64 + 256 * 64;
    make_sound(&plan, "quick",
               (const char *[SETS_MAX]){"experiment.datasets=text", "training.steps=7",
                                        "evaluation.protocols=nonoverlap"});
    assert_near(plan.training[0].training_flop, 7.0 * 32 * 64 * (6 * products + 12.0 * 2 * 64 * 64), 1);
    /* 8 windows of 64 of 512 tokens, a third of the cost each; recall: the mean over n = 12..64 */
    plan_release(&plan);
    make_sound(&plan, "quick",
               (const char *[SETS_MAX]){"training.steps=7", "evaluation.protocols=nonoverlap, exact-match",
                                        "evaluation.lengths=1L", "evaluation.tokens=512"});
    const double text = 6 * products + 12.0 * 2 * 64 * 64;
    assert_near(plan.training[0].evaluation_flop, 8 * 64 * text / 3, 1);
    assert_near(plan.training[2].evaluation_flop, 2 * plan.training[0].evaluation_flop, 1);
    const double vocabulary = (double)plan.dataset[1].kind->vocabulary(plan.dataset[1].state);
    double sum = 0;
    for (size_t n = 12; n <= 64; n++)
        sum += (double)n * (6 * (2.0 * 12 * 64 * 64 + vocabulary * 64) + 12.0 * 2 * 64 * (double)n);
    assert_near(plan.training[12].training_flop, 7.0 * 32 * sum / 53, 16);
    plan_release(&plan);
}

/* ------------------------------------------------------------------------------------- refusals */

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
        {HEAD "[evaluation recall]\nprotocols = exact-match, nonoverlap\n", ":6: ", "for running text"},
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
        cmocka_unit_test(plans_quick),
        cmocka_unit_test(shares_trainings),
        cmocka_unit_test(plans_all_shipped_variants),
        cmocka_unit_test(keeps_only),
        cmocka_unit_test(later_layers_win),
        cmocka_unit_test(variants_build_on_each_other),
        cmocka_unit_test(protocols_go_where_they_fit),
        cmocka_unit_test(counts_cost),
        cmocka_unit_test(refuses_files),
        cmocka_unit_test(refuses_settings),
        cmocka_unit_test(refuses_texts),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
