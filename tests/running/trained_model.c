/* A model with its weights: as they were written, borrowed where they lie alike, else copied by their names. */
#include "running/trained_model.h"

#include "running/weights_file.h"
#include "tests/experiment/planned.h"

static struct plan plan;
static struct trained_model trained;

enum { BIASED, PLAIN, ROPE, ROPE_NTK }; /* variants; the first two and the last two are trained alike */

static int begin(void **state)
{
    scratch_begin(state);
    make_sound(&plan,
               scratch_file("two.ini",
                            "[experiment]\ndatasets = recall\nvariants = biased, plain, rope, ntk\n"
                            "[model]\nwidth = 16\nheads = 2\nlayers = 1\n"
                            "[variant biased]\nencoder = t5 + learned\n"
                            "[variant plain]\nlike = biased\nevaluate.encoder = learned\n"
                            "[variant rope]\nencoder = rope\n"
                            "[variant ntk]\nlike = rope\nevaluate.rope.scaling = ntk\n"),
               NULL);
    assert_int_equal(plan.trainings, 2);
    return 0;
}

static int end(void **state)
{
    plan_release(&plan);
    return scratch_end(state);
}

static size_t vocabulary(void)
{
    return plan.dataset[0].kind->vocabulary(plan.dataset[0].state);
}

/* `trained`: the model of a variant, with weights 1, 2, 3, ... */
static void create(size_t variant)
{
    struct message message = {""};
    if (trained_model_create(&trained, &plan.dataset[0], &plan.variant[variant].trained, vocabulary(),
                             ISA_PLAIN, &message))
        fail_msg("%s", message.text);
    for (size_t i = 0; i < trained.model->weights; i++)
        trained.weights[i] = (real)(i + 1);
}

static enum status adopt(struct trained_model *out, size_t variant, struct message *message)
{
    return trained_model_adopt(out, &trained, &plan.dataset[0], &plan.variant[variant].evaluated, ISA_PLAIN,
                               message);
}

static void a_file_gives_back_what_was_written(void **state)
{
    (void)state;
    const char *path = scratch_path("weights.h5");
    struct trained_model read;
    struct message message = {""};
    create(BIASED);
    if (weights_file_write(path, &plan, 0, ISA_PLAIN, trained.model, trained.weights, &message) ||
        trained_model_open(&read, path, &plan.dataset[0], &plan.variant[BIASED].trained, vocabulary(),
                           ISA_PLAIN, &message))
        fail_msg("%s", message.text);
    assert_int_equal(read.model->weights, trained.model->weights);
    for (size_t i = 0; i < read.model->weights; i++)
        assert_true(read.weights[i] == (real)(i + 1));
    trained_model_release(&read);
    assert_int_equal(trained_model_open(&read, path, &plan.dataset[0], &plan.variant[ROPE].trained,
                                        vocabulary() + 1, ISA_PLAIN, &message),
                     STATUS_FAILED);
    assert_holds(message.text, path);
    trained_model_release(&read);
    trained_model_release(&trained);
}

static void weights_at_the_same_places_are_borrowed(void **state)
{
    (void)state;
    struct trained_model evaluated;
    struct message message = {""};
    create(ROPE);
    assert_int_equal(adopt(&evaluated, ROPE_NTK, &message), STATUS_OK);
    assert_true(evaluated.borrowed);
    assert_ptr_equal(evaluated.weights, trained.weights);
    assert_ptr_not_equal(evaluated.model, trained.model);
    trained_model_release(&evaluated);
    assert_true(trained.weights[0] == 1); /* still there */
    trained_model_release(&trained);
}

static void others_are_copied_by_name(void **state)
{
    (void)state;
    struct trained_model evaluated;
    struct message message = {""};
    create(BIASED);
    assert_int_equal(adopt(&evaluated, PLAIN, &message), STATUS_OK);
    assert_false(evaluated.borrowed);
    assert_true(evaluated.model->weights < trained.model->weights);
    for (size_t p = 0; p < evaluated.model->parameters; p++) {
        const struct model_parameter *to = &evaluated.model->parameter[p];
        const struct model_parameter *from = trained.model->parameter;
        while (strcmp(from->name, to->name) != 0)
            from++;
        for (size_t i = 0; i < to->size; i++)
            assert_true(evaluated.weights[to->offset + i] == trained.weights[from->offset + i]);
    }
    trained_model_release(&evaluated);
    trained_model_release(&trained);
    create(ROPE);
    assert_int_equal(adopt(&evaluated, BIASED, &message), STATUS_WRONG); /* it has no bias */
    trained_model_release(&evaluated);
    trained_model_release(&trained);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_gives_back_what_was_written),
        cmocka_unit_test(weights_at_the_same_places_are_borrowed),
        cmocka_unit_test(others_are_copied_by_name),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
