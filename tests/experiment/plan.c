/* Plans: what an experiment file comes to. */
#include "experiment/resolve/resolve.h"
#include "support/memory.h"
#include "tests/experiment/planned.h"

/* rope with all its options, as plans print it. */
#define ROPE(base, scaling, factor)                                                                          \
    "rope(base=" base ", pairs=interleaved, fraction=1, scaling=" scaling ", factor=" factor                 \
    ", ramp=paper, low=1, high=auto)"

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

/* ---- quick ---- */

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
                       ROPE("10000", "none", "auto") "; identity");
    assert_composition(&variant_named(&plan, "rope-ntk")->evaluated,
                       ROPE("10000", "ntk", "auto") "; identity");
    assert_composition(&variant_named(&plan, "rope-interpolated")->evaluated,
                       ROPE("10000", "none", "auto") "; "
                                                     "interpolate(factor=auto)");
    plan_release(&plan);
}

/* Every shipped variant can be planned, whether quick asks for it or not. */
static void plans_all_shipped_variants(void **state)
{
    (void)state;
    struct plan plan;
    const char *path = scratch_file(
        "all.ini",
        "include = variants.ini\n[experiment]\ndatasets = recall\nvariants = none, sinusoidal,\n"
        " sinusoidal-interpolated, learned-clamped, learned-interpolated, learned-wrapped,\n"
        " rope, rope-interpolated, rope-ntk, alibi, t5, self-extend, rope-window, rope-log-n,\n"
        " fire, cope, forgetting, rope + log-n, sinusoidal-interpolated-tuned,\n"
        " learned-interpolated-tuned, rope-interpolated-tuned, rope-ntk-tuned, rope-tuned, drope,\n"
        " rope-truncated\n");
    make_sound(&plan, path, NULL);
    assert_string_equal(plan.name, "all");
    assert_int_equal(plan.variants, 25);
    assert_int_equal(plan.trainings, 16); /* none sinusoidal learned rope alibi t5 fire cope forgetting,
                                             rope + log-n, trained as such, and six fine-tunes */
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

/* ---- precedence ---- */

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
    assert_composition(&variant_named(&plan, "a")->evaluated, ROPE("77", "none", "2") "; identity");
    assert_composition(&variant_named(&plan, "b")->evaluated,
                       ROPE("10000", "ntk", "auto") " + window(width=5); "
                                                    "identity");
    assert_composition(&variant_named(&plan, "c")->evaluated,
                       ROPE("10000", "ntk", "auto") " + window(width=5); "
                                                    "interpolate(factor=3)");
    assert_composition(&variant_named(&plan, "c")->trained, ROPE("77", "none", "auto") "; identity");
    plan_release(&plan);
    make_sound(&plan, path, (const char *[SETS_MAX]){"variant a.encoder=rope(base=78)"});
    assert_composition(&variant_named(&plan, "c")->trained, ROPE("78", "none", "auto") "; identity");
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
    /* what a setting says for all datasets holds where it fits, over the file's own for one */
    make_sound(&plan, "quick", (const char *[SETS_MAX]){"evaluation.protocols=exact-match, nonoverlap"});
    assert_string_equal(plan.dataset[0].evaluation.protocols, "nonoverlap");
    assert_string_equal(plan.dataset[1].evaluation.protocols, "exact-match");
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

static void fixed_targets_need_a_whole_window(void **state)
{
    (void)state;
    const struct protocol fixed = {.kind = protocol_kind_find("fixed-targets")};
    const struct protocol nonoverlap = {.kind = protocol_kind_find("nonoverlap")};
    const struct protocol sliding = {.kind = protocol_kind_find("sliding"), .stride = 8};
    assert_true(protocol_asked(&fixed, 64, 64));
    assert_false(protocol_asked(&fixed, 64, 63));
    assert_true(protocol_asked(&nonoverlap, 64, 63));
    assert_true(protocol_asked(&sliding, 64, 8));
    assert_false(protocol_asked(&sliding, 64, 7));
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

#ifdef LEXBENCH_HARD
/* Whatever the plan was about to ask for: a lack of memory is a failure, and no fault of the experiment. */
static void no_memory_is_no_fault_of_the_experiment(void **state)
{
    (void)state;
    static const char *const sets[SETS_MAX] = {"experiment.datasets=text", "experiment.variants=rope",
                                               "experiment.seeds=1"};
    enum status status = STATUS_FAILED;
    for (unsigned long k = 1; status; k++) {
        struct plan plan;
        struct message message;
        memory_fail_after(k, false);
        status = make(&plan, "quick", sets, &message);
        memory_fail_after(0, false);
        if (!status)
            plan_release(&plan);
        else if (status != STATUS_FAILED || !strstr(message.text, "memory"))
            fail_msg("allocation %lu: status %d: %s", k, (int)status, message.text);
    }
}
#endif

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
        cmocka_unit_test(fixed_targets_need_a_whole_window),
        cmocka_unit_test(counts_cost),
#ifdef LEXBENCH_HARD
        cmocka_unit_test(no_memory_is_no_fault_of_the_experiment),
#endif
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
