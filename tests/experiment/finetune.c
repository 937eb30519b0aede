/* Fine-tunes in a plan: families in order, what is shared, ids that change when they must, what is refused. */
#include "tests/experiment/planned.h"

#include "experiment/writings/trained.h"
#include "support/text.h"

static const char *family_file(void)
{
    static const char *path;
    if (!path)
        path = strdup(scratch_file("family.ini",
                                   "[experiment]\ndatasets = d\nvariants = p, other, t, e, q\n"
                                   "[dataset d]\nkind = recall\n"
                                   "[evaluation]\nlengths = 1L, 2L\n"
                                   "[variant other]\nencoder = alibi\n"
                                   "[variant p]\nencoder = rope\n"
                                   "[variant t]\nlike = p\nfinetune.steps = 50\nfinetune.length = 4L\n"
                                   "finetune.positions = interpolate(factor=4)\n"
                                   "[variant e]\nlike = t\nevaluate.positions = identity\n"
                                   "[variant q]\nencoder = alibi\nfinetune.steps = 7\n"
                                   "finetune.encoder = t5\n"
                                   "[variant alone]\nencoder = fire\nfinetune.steps = 7\n"));
    return path;
}

/* A plan's trainings as text, "variant<parent: evaluated evaluated" each. */
static void print_families(char *out, size_t size, const struct plan *plan)
{
    struct text text = {0};
    for (size_t t = 0; t < plan->trainings; t++) {
        const struct planned_training *training = &plan->training[t];
        text_append(&text, "%s%zu", plan->variant[training->variant].name, training->seed);
        if (training->parent != NO_PARENT) {
            assert_true(training->parent < t);
            assert_string_equal(training->parent_id, plan->training[training->parent].id);
            text_append(&text, "<%zu", training->parent);
        } else {
            assert_string_equal(training->parent_id, "");
        }
        for (size_t e = 0; e < training->evaluations; e++)
            text_append(&text, "%s%s", e ? "," : ":", plan->variant[training->evaluation[e]].name);
        text_append(&text, " ");
    }
    snprintf(out, size, "%s", text_string(&text));
    text_release(&text);
}

static void families_stand_in_order_and_share_their_parent(void **state)
{
    (void)state;
    static const char *const sets[SETS_MAX] = {"experiment.seeds=2"};
    char families[512];
    struct plan plan;
    make_sound(&plan, family_file(), sets);
    print_families(families, sizeof families, &plan);
    assert_string_equal(families, "p1:p t1<0:t,e p2:p t2<2:t,e other1:other q1<4:q other2:other q2<6:q ");
    /* Options: what is given, in tokens; the rest is the first training's. */
    const struct training_options *first = &plan.training[0].options, *tuned = &plan.training[1].options;
    assert_int_equal(first->length, 64);
    assert_int_equal(first->steps, 600);
    assert_int_equal(tuned->length, 256);
    assert_int_equal(tuned->steps, 50);
    assert_int_equal(tuned->batch, first->batch);
    assert_true(tuned->rate == first->rate && tuned->warmup == first->warmup);
    /* recall draws lengths uniformly, and the cost of a token grows with them */
    assert_true(plan.training[1].training_flop > plan.training[0].training_flop * 50 / 600 * 3);
    /* What is trained is evaluated, unless it says otherwise. */
    assert_string_equal(plan.variant[2].trained.map->name, "interpolate");
    assert_string_equal(plan.variant[2].evaluated.map->name, "interpolate");
    assert_string_equal(plan.variant[2].first.map->name, "identity");
    assert_false(plan.variant[2].evaluation_only);
    assert_string_equal(plan.variant[3].evaluated.map->name, "identity");
    assert_true(plan.variant[3].evaluation_only);
    assert_ptr_equal(planned_composition(&plan, &plan.training[1]), &plan.variant[2].trained);
    assert_ptr_equal(planned_composition(&plan, &plan.training[0]), &plan.variant[0].first);
    plan_release(&plan);
}

static void a_parent_that_no_variant_evaluates_is_planned_all_the_same(void **state)
{
    (void)state;
    static const char *const sets[SETS_MAX] = {"experiment.variants=alone, t"};
    char families[512];
    struct plan plan;
    make_sound(&plan, family_file(), sets);
    print_families(families, sizeof families, &plan);
    assert_string_equal(families, "alone1 alone1<0:alone t1 t1<2:t ");
    assert_string_not_equal(plan.training[0].id, plan.training[1].id);
    plan_release(&plan);
}

/* An option of a component that is fine-tuned is evaluated too, unless the evaluation has its own. */
static void options_of_components_are_evaluated_too(void **state)
{
    (void)state;
    static const char *const sets[SETS_MAX] = {"experiment.variants=t", "variant t.finetune.rope.base=500"};
    static const char *const own[SETS_MAX] = {"experiment.variants=t", "variant t.finetune.rope.base=500",
                                              "variant t.evaluate.rope.base=7"};
    const char *const *const both[] = {sets, own};
    static const char *const evaluated[] = {"base=500", "base=7"};
    for (size_t i = 0; i < 2; i++) {
        struct plan plan;
        struct text first = {0}, trained = {0}, text = {0};
        make_sound(&plan, family_file(), both[i]);
        composition_print_encoders(&first, &plan.variant[0].first);
        composition_print_encoders(&trained, &plan.variant[0].trained);
        composition_print_encoders(&text, &plan.variant[0].evaluated);
        assert_holds(text_string(&first), "base=10000");
        assert_holds(text_string(&trained), "base=500");
        assert_holds(text_string(&text), evaluated[i]);
        text_release(&first);
        text_release(&trained);
        text_release(&text);
        plan_release(&plan);
    }
}

/* The ids of the family of p: of the first training, of its fine-tune, of the evaluation of t. */
struct ids {
    char first[ID_SIZE], tuned[ID_SIZE], evaluation[ID_SIZE];
};

static struct ids ids_of(const char *set)
{
    const char *const sets[SETS_MAX] = {set, "experiment.variants=p, t"};
    struct ids ids;
    struct plan plan;
    make_sound(&plan, family_file(), sets);
    assert_int_equal(plan.trainings, 2);
    memcpy(ids.first, plan.training[0].id, ID_SIZE);
    memcpy(ids.tuned, plan.training[1].id, ID_SIZE);
    memcpy(ids.evaluation, plan.training[1].evaluation_id[0], ID_SIZE);
    plan_release(&plan);
    return ids;
}

static void ids_change_when_they_must(void **state)
{
    (void)state;
    static const struct {
        const char *set;
        bool first, tuned, evaluation;
    } cases[] = {
        {"variant t.finetune.steps=51", false, true, true},
        {"variant t.finetune.length=3L", false, true, true},
        {"variant t.finetune.rate=0.001", false, true, true},
        {"variant t.finetune.batch=8", false, true, true},
        {"variant t.finetune.encoder=none", false, true, true},
        {"variant t.finetune.positions=interpolate(factor=3)", false, true, true},
        {"variant t.finetune.rope.base=500", false, true, true},
        {"variant t.evaluate.positions=identity", false, false, true},
        {"evaluation.lengths=1L, 3L", false, false, true},
        {"experiment.title=Another", false, false, false},
        {"variant t.finetune.length=256", false, false, false}, /* 4L in tokens */
        {"training.steps=601", true, true, true},
        {"training.weight_decay=0.2", true, true, true},
        {"model.width=32", true, true, true},
        {"variant p.encoder=rope(base=77)", true, true, true},
        {"experiment.first_seed=2", true, true, true},
        {"dataset d.pairs=5", true, true, true},
    };
    const struct ids plain = ids_of("experiment.name=plain");
    for (size_t i = 0; test_row("cases", i, sizeof cases / sizeof *cases); i++) {
        const struct ids ids = ids_of(cases[i].set);
        if ((strcmp(ids.first, plain.first) != 0) != cases[i].first ||
            (strcmp(ids.tuned, plain.tuned) != 0) != cases[i].tuned ||
            (strcmp(ids.evaluation, plain.evaluation) != 0) != cases[i].evaluation)
            fail_msg("%s: ids do not change as they should", cases[i].set);
    }
}

/* A fine-tune put beside a variant trains nothing again. */
static void the_first_training_is_the_one_it_would_be_alone(void **state)
{
    (void)state;
    static const char *const alone[SETS_MAX] = {"experiment.variants=p"};
    static const char *const tuned[SETS_MAX] = {"experiment.variants=t"};
    struct plan one, other;
    make_sound(&one, family_file(), alone);
    make_sound(&other, family_file(), tuned);
    assert_int_equal(one.trainings, 1);
    assert_string_equal(one.training[0].id, other.training[0].id);
    assert_holds(other.training[1].identity, "\nfinetune.steps=50\n");
    assert_holds(other.training[1].identity, "\ntraining.length=64\n");
    assert_holds(other.training[1].identity, "\nfinetune.length=256\n");
    assert_holds(other.training[1].identity, "\npositions=interpolate(factor=4)\n");
    assert_holds(other.training[1].identity, other.training[0].id);
    assert_null(strstr(other.training[0].identity, "finetune"));
    struct text manifest = {0};
    plan_manifest(&manifest, &other, 1);
    assert_holds(text_string(&manifest), "\"parent\": \"");
    text_release(&manifest);
    plan_release(&one);
    plan_release(&other);
}

static void the_resolved_file_has_the_same_ids(void **state)
{
    (void)state;
    struct text printed = {0};
    struct message message = {""};
    const struct plan_request request = {.experiment = family_file(), .instruction_set = "plain"};
    struct plan one, other;
    if (plan_print(&printed, &request, &message))
        fail_msg("%s", message.text);
    make_sound(&one, family_file(), NULL);
    make_sound(&other, scratch_file("printed.ini", text_string(&printed)), NULL);
    assert_int_equal(one.trainings, 4);
    assert_int_equal(other.trainings, 4);
    for (size_t t = 0; t < 4; t++)
        assert_string_equal(one.training[t].id, other.training[t].id);
    text_release(&printed);
    plan_release(&one);
    plan_release(&other);
}

/* What a weights file says of a fine-tune is enough to evaluate it under the same name and texts. */
static void its_weights_tell_all_of_it(void **state)
{
    (void)state;
    struct plan plan, trained;
    struct text experiment = {0};
    struct message message = {""};
    make_sound(&plan, family_file(), NULL);
    plan_describe(&experiment, &plan, 1);
    const struct trained_request request = {.file = "weights.h5",
                                            .training_id = plan.training[1].id,
                                            .identity = plan.training[1].identity,
                                            .experiment = text_string(&experiment),
                                            .vocabulary = 1000};
    if (trained_plan(&trained, &request, &message))
        fail_msg("%s", message.text);
    assert_int_equal(trained.variants, 2);
    assert_string_equal(trained.variant[0].trained_text, plan.variant[2].trained_text);
    assert_string_equal(trained.variant[1].trained_text, plan.variant[3].trained_text);
    assert_string_equal(trained.training[0].parent_id, plan.training[0].id);
    assert_int_equal(trained.training[0].options.steps, 50);
    assert_int_equal(trained.training[0].options.length, 256);
    assert_int_equal(trained.dataset[0].training.length, 64); /* L */
    assert_string_equal(planned_composition(&trained, &trained.training[0])->map->name, "interpolate");
    plan_release(&trained);
    text_release(&experiment);
    plan_release(&plan);
}

/* A tuning tries the options of first trainings, each once; fine-tunes follow with those chosen. */
static void tunings_are_of_first_trainings(void **state)
{
    (void)state;
    static const char *const sets[SETS_MAX] = {"tuning.grid.training.rate=0.001 | 0.002", "tuning.seed=99"};
    static const size_t choice[] = {1, 0};
    struct plan plan;
    make_sound(&plan, family_file(), sets);
    assert_int_equal(plan.trainings, 4); /* of rope and of alibi, two candidates each */
    for (size_t t = 0; t < plan.trainings; t++)
        assert_int_equal(plan.training[t].parent, NO_PARENT);
    assert_int_equal(plan.search->experiment->trainings, 4);
    end_round(&plan, choice);
    assert_int_equal(plan.trainings, 4);
    assert_true(plan.training[0].options.rate == 0.002 && plan.training[1].options.rate == 0.002);
    assert_int_equal(plan.training[1].parent, 0);
    assert_true(plan.training[2].options.rate == 0.001 && plan.training[3].options.rate == 0.001);
    plan_release(&plan);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *set, *says;
    } cases[] = {
        {"variant p.finetune.length=2L", "no finetune.steps"},
        {"variant p.finetune.positions=clamp", "no finetune.steps"},
        {"variant p.finetune.rate=0.1", "no finetune.steps"},
        {"variant t.finetune.step=3", "finetune.steps, finetune.length"},
        {"variant t.finetune.steps=-3", "finetune.steps"},
        {"variant t.finetune.alibi.slopes=3", "no component of this variant"},
        {"variant t.finetune.encoder=rope + self-extend", "acts at evaluation only"},
        {"variant t.finetune.positions=truncate", "acts at evaluation only"},
        {"variant q.evaluate.encoder=fire", "weights"},
    };
    for (size_t i = 0; test_row("cases", i, sizeof cases / sizeof *cases); i++) {
        const char *const sets[SETS_MAX] = {cases[i].set};
        struct plan plan;
        struct message message;
        if (make(&plan, family_file(), sets, &message) != STATUS_WRONG)
            fail_msg("%s: was not refused", cases[i].set);
        assert_holds(message.text, cases[i].says);
    }
    /* Longer than its table, and longer than the text. */
    static const char *const table[SETS_MAX] = {"variant p.encoder=learned",
                                                "variant t.finetune.positions=identity"};
    static const char *const text[SETS_MAX] = {"dataset d.kind=text", "variant t.finetune.length=2000000"};
    struct plan plan;
    struct message message;
    assert_int_equal(make(&plan, family_file(), table, &message), STATUS_WRONG);
    assert_holds(message.text, "fine-tuned at 256 tokens: learned: its table has 64 rows");
    assert_int_equal(make(&plan, family_file(), text, &message), STATUS_WRONG);
    assert_holds(message.text, "fine-tune of variant `t` on dataset `d`");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(families_stand_in_order_and_share_their_parent),
        cmocka_unit_test(a_parent_that_no_variant_evaluates_is_planned_all_the_same),
        cmocka_unit_test(options_of_components_are_evaluated_too),
        cmocka_unit_test(ids_change_when_they_must),
        cmocka_unit_test(the_first_training_is_the_one_it_would_be_alone),
        cmocka_unit_test(the_resolved_file_has_the_same_ids),
        cmocka_unit_test(its_weights_tell_all_of_it),
        cmocka_unit_test(tunings_are_of_first_trainings),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
