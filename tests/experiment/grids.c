/* Alternatives, zip, presets. */
#include "experiment/file/grid.h"
#include "experiment/plan.h"
#include "tests/experiment/planned.h"

static const struct planned_dataset *configuration(const struct plan *plan, const char *dataset,
                                                   const char *name)
{
    for (size_t d = 0; d < plan->datasets; d++)
        if (strcmp(plan->dataset[d].name, dataset) == 0 && strcmp(plan->dataset[d].configuration, name) == 0)
            return &plan->dataset[d];
    fail_msg("%s has no configuration %s", dataset, name);
    return NULL;
}

static const struct variant *variant(const struct plan *plan, const char *name)
{
    for (size_t v = 0; v < plan->variants; v++)
        if (strcmp(plan->variant[v].name, name) == 0)
            return &plan->variant[v];
    fail_msg("no variant %s", name);
    return NULL;
}

static void assert_distinct_ids(const struct plan *plan)
{
    for (size_t t = 0; t < plan->trainings; t++)
        for (size_t u = 0; u < t; u++)
            assert_string_not_equal(plan->training[t].id, plan->training[u].id);
}

#define RECALL "[experiment]\ndatasets = recall\nvariants = rope\n"

/* ---- configurations ---- */

static void alternatives_multiply(void **state)
{
    (void)state;
    struct plan plan;
    make_sound(&plan,
               scratch_file("product.ini", RECALL "[model]\nwidth = 16 | 32\nheads = 2\n"
                                                  "[training]\nsteps = 6|7 | 8\nrate = 0.5\n"),
               NULL);
    assert_int_equal(plan.datasets, 6);
    assert_int_equal(plan.trainings, 6);
    assert_distinct_ids(&plan);
    assert_string_equal(plan.dataset[0].configuration, "2x16-L64-steps=6");
    assert_string_equal(plan.dataset[0].label, "recall 2x16-L64-steps=6");
    assert_string_equal(plan.dataset[1].configuration, "2x16-L64-steps=7");
    assert_string_equal(plan.dataset[5].configuration, "2x32-L64-steps=8");
    assert_int_equal(plan.dataset[5].model.width, 32);
    assert_int_equal(plan.dataset[5].training.steps, 8);
    assert_ptr_equal(plan.dataset[5].state, plan.dataset[0].state);
    plan_release(&plan);
}

static void zip_pairs(void **state)
{
    (void)state;
    struct plan plan;
    const char *path =
        scratch_file("zip.ini", RECALL "[training]\nrate = 0.5 | 0.25\nbatch = 2 | 4 | 8\nsteps = 6 | 7\n"
                                       "zip = steps, rate, clip\nclip = 3\n");
    make_sound(&plan, path, NULL);
    assert_int_equal(plan.datasets, 6); /* 2 pairs, 3 batches */
    assert_distinct_ids(&plan);
    const struct planned_dataset *last = configuration(&plan, "recall", "2x64-L64-rate=0.25-batch=8-steps=7");
    assert_int_equal(last->training.steps, 7);
    assert_int_equal(last->training.batch, 8);
    assert_true(last->training.rate == 0.25 && last->training.clip == 3);
    configuration(&plan, "recall", "2x64-L64-rate=0.5-batch=2-steps=6");
    plan_release(&plan);
    make_sound(&plan, path, (const char *[SETS_MAX]){"training.steps=9"}); /* one value goes with each */
    assert_int_equal(plan.datasets, 6);
    assert_int_equal(configuration(&plan, "recall", "2x64-L64-rate=0.25-batch=8")->training.steps, 9);
    plan_release(&plan);
}

static void names_have_shape_and_length_once(void **state)
{
    (void)state;
    struct plan plan;
    make_sound(&plan,
               scratch_file("shape.ini", RECALL "[model]\nlayers = 1 | 2\n[training]\nlength = 16 | 32\n"),
               NULL);
    assert_int_equal(plan.datasets, 4);
    assert_string_equal(plan.dataset[1].configuration, "1x64-L32");
    assert_string_equal(plan.dataset[2].configuration, "2x64-L16");
    assert_false(plan.dataset[2].named_by_grid);
    plan_release(&plan);
}

/* What [training DATASET] sets does not multiply there, what it gives alternatives does so only there. */
static void a_dataset_has_its_own(void **state)
{
    (void)state;
    struct plan plan;
    make_sound(&plan,
               scratch_file("own.ini", "[experiment]\ndatasets = text, recall\nvariants = rope\n"
                                       "[training]\nsteps = 6 | 7\nrate = 0.5 | 0.25\nzip = steps, rate\n"
                                       "[training recall]\nsteps = 9\nbatch = 2 | 4\n"),
               NULL);
    assert_int_equal(plan.datasets, 6);
    assert_int_equal(configuration(&plan, "text", "2x64-L64-steps=7-rate=0.25")->training.batch, 32);
    assert_int_equal(configuration(&plan, "recall", "2x64-L64-rate=0.5-batch=4")->training.steps, 9);
    assert_ptr_not_equal(plan.dataset[2].state, plan.dataset[0].state);
    assert_distinct_ids(&plan);
    plan_release(&plan);
}

static void a_view_leaves_the_file_as_it_is(void **state)
{
    (void)state;
    struct ini ini;
    struct grid grid;
    struct message message = {""};
    const char *path = scratch_file("view.ini", RECALL "[training]\nsteps = 6 | 7\nrate = 0.5\n");
    assert_int_equal(ini_read(&ini, path, &message), STATUS_OK);
    const struct ini_section *section = ini_find(&ini, "training");
    const struct ini_entry *steps = ini_entry(section, "steps");
    grid_begin(&grid);
    assert_int_equal(grid_add(&grid, section, NULL, false, &message), STATUS_OK);
    const struct view first = {&ini, &grid, 0}, second = {&ini, &grid, 1}, file = {.ini = &ini};
    assert_string_equal(view_value(&second, steps), "7");
    assert_string_equal(view_value(&first, steps), "6");
    assert_string_equal(view_value(&file, steps), "6 | 7");
    assert_string_equal(view_value(&second, ini_entry(section, "rate")), "0.5");
    grid_release(&grid);
    ini_release(&ini);
}

static void long_names_stay_unique(void **state)
{
    (void)state;
    struct plan plan;
    make_sound(&plan,
               scratch_file("long.ini", RECALL "[training]\nweight_decay = 0.0123456 | 0.0123457\n"
                                               "final_rate = 0.0123 | 0.0124\nepsilon = 1e-9 | 1e-10\n"),
               NULL);
    assert_int_equal(plan.datasets, 8);
    for (size_t d = 0; d < 8; d++) {
        assert_int_equal(strlen(plan.dataset[d].configuration), NAME_SIZE - 1);
        for (size_t e = 0; e < d; e++)
            assert_string_not_equal(plan.dataset[d].configuration, plan.dataset[e].configuration);
    }
    plan_release(&plan);
}

/* A grid of one point changes neither names nor ids; the point of a grid is trained as it would be alone. */
static void a_point_of_a_grid_is_the_same_training(void **state)
{
    (void)state;
    struct plan alone, grid;
    const char *path = scratch_file("point.ini", RECALL "[training]\nsteps = 7\n");
    make_sound(&alone, path, NULL);
    make_sound(&grid, path, (const char *[SETS_MAX]){"training.steps=6|7"});
    assert_string_equal(alone.dataset[0].configuration, "2x64-L64");
    assert_string_equal(alone.dataset[0].label, "recall");
    assert_string_equal(alone.training[0].id, grid.training[1].id);
    /* the trial file holds the configuration's name, so it is another file */
    assert_string_not_equal(alone.training[0].evaluation_id[0], grid.training[1].evaluation_id[0]);
    plan_release(&alone);
    plan_release(&grid);
}

static void refuses_a_product_beyond_bounds(void **state)
{
    (void)state;
    struct plan plan;
    struct message message;
    char ini[4096] = RECALL "[training]\n";
    static const char *const keys[] = {"rate", "batch", "steps", "clip", "beta1", "beta2", "warmup"};
    for (size_t k = 0; test_row("keys", k, sizeof keys / sizeof *keys); k++) {
        strcat(ini, keys[k]);
        strcat(ini, k == 1 || k == 2 ? " = 1|2|3|4|5|6|7|8\n" : " = .1|.2|.3|.4|.5|.6|.7|.8\n");
    }
    assert_int_equal(make(&plan, scratch_file("huge.ini", ini), NULL, &message), STATUS_WRONG);
    assert_holds(message.text,
                 "huge.ini:4: [training]: the product of its alternatives has more than 1000000");
    assert_int_equal(make(&plan,
                          scratch_file("seeds.ini", RECALL "seeds = 10000\n[training]\n"
                                                           "rate = .1|.2|.3|.4|.5|.6|.7|.8|.9|.91|.92\n"
                                                           "batch = 1|2|3|4|5|6|7|8|9|10\n"),
                          NULL, &message),
                     STATUS_WRONG);
    assert_holds(message.text, "1100000 evaluated trainings");
}

/* ---- variants ---- */

static void variants_multiply(void **state)
{
    (void)state;
    struct plan plan;
    const char *path = scratch_file(
        "multiply.ini",
        "[experiment]\ndatasets = recall\nvariants = r, s, alibi\n"
        "[variant r]\nencoder = rope(base=10 | 20) + window(width=1L)\n"
        "[variant s]\nlike = r\nevaluate.rope.scaling = none | ntk\nevaluate.rope.factor = 2 | 4\n"
        "zip = evaluate.rope.scaling, evaluate.rope.factor\n"
        "[variant e]\nencoder = rope | alibi | rope(base=5)\n");
    make_sound(&plan, path, NULL);
    assert_int_equal(plan.variants, 7);
    assert_string_equal(plan.variant[0].name, "r-base=10");
    assert_string_equal(plan.variant[0].listed, "r");
    assert_string_equal(plan.variant[1].name, "r-base=20");
    assert_string_equal(plan.variant[2].name, "s-base=10-scaling=none-factor=2");
    assert_string_equal(plan.variant[5].name, "s-base=20-scaling=ntk-factor=4");
    assert_string_equal(plan.variant[6].name, "alibi");
    assert_int_equal(plan.trainings, 3); /* two bases, alibi */
    assert_int_equal(plan.training[0].evaluations, 3);
    assert_string_equal(variant(&plan, "s-base=20-scaling=ntk-factor=4")->trained_text,
                        variant(&plan, "r-base=20")->trained_text);
    plan_release(&plan);
    make_sound(&plan, path, (const char *[SETS_MAX]){"experiment.variants=e, r-base=20"});
    assert_int_equal(plan.variants, 4);
    assert_string_equal(plan.variant[1].name, "e-encoder=alibi");
    assert_string_equal(plan.variant[2].name, "e-encoder=rope(base=5)");
    assert_string_equal(plan.variant[3].name, "r-base=20");
    plan_release(&plan);
}

/* What a variant sets itself it does not have alternatives of from the one it is like. */
static void a_nearer_key_replaces_a_grid(void **state)
{
    (void)state;
    struct plan plan;
    make_sound(
        &plan,
        scratch_file("nearer.ini",
                     "[experiment]\ndatasets = recall\nvariants = b\n"
                     "[variant a]\nencoder = rope\nevaluate.rope.scaling = none | ntk\n"
                     "evaluate.rope.factor = 2 | 3\n[variant b]\nlike = a\nevaluate.rope.factor = 4\n"),
        NULL);
    assert_int_equal(plan.variants, 2);
    assert_string_equal(plan.variant[1].name, "b-scaling=ntk");
    plan_release(&plan);
}

static void only_takes_a_grid_or_a_point(void **state)
{
    (void)state;
    struct plan plan;
    struct message message;
    const char *path = scratch_file("only.ini", "[experiment]\ndatasets = recall\nvariants = r, alibi\n"
                                                "[variant r]\nencoder = rope(base=10 | 20)\n");
    struct plan_request request = {.experiment = path, .instruction_set = "plain", .only = "r"};
    assert_int_equal(plan_make(&plan, &request, &message), STATUS_OK);
    assert_int_equal(plan.variants, 2);
    plan_release(&plan);
    request.only = "r-base=20, alibi";
    assert_int_equal(plan_make(&plan, &request, &message), STATUS_OK);
    assert_int_equal(plan.variants, 2);
    assert_string_equal(plan.variant[0].name, "r-base=20");
    plan_release(&plan);
    request.only = "r-base=21";
    assert_int_equal(plan_make(&plan, &request, &message), STATUS_WRONG);
    assert_holds(message.text, "did you mean `r-base=20`");
}

/* ---- presets ---- */

static enum status make_preset(struct plan *plan, const char *path, size_t presets, const char *const *preset,
                               const char *set, struct message *message)
{
    struct plan_request request = {.experiment = path,
                                   .instruction_set = "plain",
                                   .presets = presets,
                                   .preset = preset,
                                   .sets = set != NULL,
                                   .set = &set};
    return plan_make(plan, &request, message);
}

static void presets_lie_between_file_and_settings(void **state)
{
    (void)state;
    struct plan plan;
    struct message message = {""};
    const char *path = scratch_file(
        "preset.ini",
        "[experiment]\ndatasets = recall, text\nvariants = rope\n[training]\nsteps = 5\nbatch = 2\n"
        "[training recall]\nsteps = 6\n[preset big]\ntraining.steps = 50 | 60\n"
        "training text.batch = 3\nexperiment.seeds = 2\n"
        "[preset bigger]\ntraining.steps = 500\nvariant v.encoder = rope\n");
    assert_int_equal(make_preset(&plan, path, 0, NULL, NULL, &message), STATUS_OK);
    assert_int_equal(plan.dataset[0].training.steps, 6);
    assert_int_equal(plan.seeds, 1);
    plan_release(&plan);
    assert_int_equal(make_preset(&plan, path, 1, (const char *[]){"big"}, NULL, &message), STATUS_OK);
    assert_int_equal(plan.datasets, 4);
    assert_int_equal(plan.dataset[1].training.steps, 60); /* over [training recall] of the file */
    assert_int_equal(plan.dataset[1].training.batch, 2);
    assert_int_equal(plan.dataset[3].training.batch, 3);
    assert_int_equal(plan.seeds, 2);
    plan_release(&plan);
    const char *const both[] = {"big", "bigger"};
    assert_int_equal(make_preset(&plan, path, 2, both, NULL, &message), STATUS_OK);
    assert_int_equal(plan.datasets, 2);
    assert_int_equal(plan.dataset[0].training.steps, 500);
    plan_release(&plan);
    assert_int_equal(make_preset(&plan, path, 2, both, "training.batch=7", &message), STATUS_OK);
    assert_int_equal(plan.dataset[1].training.batch, 7); /* over [training text] of the preset */
    plan_release(&plan);
    assert_int_equal(make_preset(&plan, path, 1, (const char *[]){"bgi"}, NULL, &message), STATUS_WRONG);
    assert_holds(message.text, "there is no preset `bgi`: did you mean `big`");
    assert_int_equal(make_preset(&plan, "quick", 1, (const char *[]){"big"}, NULL, &message), STATUS_WRONG);
    assert_holds(message.text, "this experiment has no [preset NAME]");
    path = scratch_file("bad.ini", RECALL "[preset p]\ntraining.stepps = 3\n");
    assert_int_equal(make_preset(&plan, path, 1, (const char *[]){"p"}, NULL, &message), STATUS_WRONG);
    assert_holds(message.text, "bad.ini:5: [training] has no option `stepps`; did you mean `steps`?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alternatives_multiply),
        cmocka_unit_test(zip_pairs),
        cmocka_unit_test(names_have_shape_and_length_once),
        cmocka_unit_test(a_dataset_has_its_own),
        cmocka_unit_test(a_view_leaves_the_file_as_it_is),
        cmocka_unit_test(long_names_stay_unique),
        cmocka_unit_test(a_point_of_a_grid_is_the_same_training),
        cmocka_unit_test(refuses_a_product_beyond_bounds),
        cmocka_unit_test(variants_multiply),
        cmocka_unit_test(a_nearer_key_replaces_a_grid),
        cmocka_unit_test(only_takes_a_grid_or_a_point),
        cmocka_unit_test(presets_lie_between_file_and_settings),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
