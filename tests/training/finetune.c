/* A training from weights that are there: it begins with them, with fresh moments and data of its own, and
 * goes on after a stop to the same bits. */
#include "tests/training/fixture.h"

#include <string.h>

static void create(struct setting *s)
{
    create_of(s, "t5", "16");
}

struct watch {
    size_t stop_at; /* 0 = never */
    size_t steps;
    double first_loss;
};

static bool asked_to_stop(void *context)
{
    const struct watch *watch = context;
    return watch->stop_at > 0 && watch->steps == watch->stop_at;
}

static void report(void *context, size_t step, double loss, double rate)
{
    struct watch *watch = context;
    (void)rate;
    if (watch->steps++ == 0)
        watch->first_loss = loss;
    assert_true(step <= 37);
}

static enum status train(real *w, struct setting *s, const real *initial, size_t before, struct watch *watch,
                         const char *checkpoint)
{
    struct training_curve curve = {0};
    struct message message = {""};
    const struct training_request request = {.model = s->model,
                                             .dataset = s->dataset,
                                             .dataset_state = s->dataset_state,
                                             .options = s->training,
                                             .seed = 5,
                                             .initial = initial,
                                             .steps_before = before,
                                             .threads = 2,
                                             .checkpoint = checkpoint,
                                             .id = "tuned",
                                             .checkpoint_interval = 1e9,
                                             .stop = asked_to_stop,
                                             .report = report,
                                             .context = watch};
    enum status status = training_run(w, &curve, &request, &message);
    if (status == STATUS_FAILED)
        fail_msg("%s", message.text);
    training_curve_release(&curve);
    return status;
}

/* At a rate of next to nothing it stays where it began. */
static void it_begins_with_the_weights_given(void **state)
{
    (void)state;
    struct setting s;
    struct watch watch = {0}, other = {0};
    create(&s);
    real *first = weights_for(&s), *w = weights_for(&s);
    const size_t size = s.model->weights * sizeof(real);
    assert_int_equal(train(first, &s, NULL, 0, &watch, NULL), STATUS_OK);
    s.training.rate = 1e-30;
    s.training.steps = 3;
    assert_int_equal(train(w, &s, first, 37, &other, NULL), STATUS_OK);
    assert_memory_equal(w, first, size);
    /* and learned something before */
    assert_true(other.first_loss < 0.95 * watch.first_loss);
    memory_release(first);
    memory_release(w);
    release(&s);
}

/* Steps are counted on: the data of the first training does not come again. */
static void its_data_is_not_that_of_the_first(void **state)
{
    (void)state;
    struct setting s;
    struct watch same = {0}, on = {0}, again = {0};
    create(&s);
    real *first = weights_for(&s), *w = weights_for(&s);
    model_initialise(s.model, 5, first);
    s.training.steps = 1;
    assert_int_equal(train(w, &s, NULL, 0, &again, NULL), STATUS_OK);
    assert_int_equal(train(w, &s, first, 0, &same, NULL), STATUS_OK);
    assert_int_equal(train(w, &s, first, 37, &on, NULL), STATUS_OK);
    assert_true(same.first_loss == again.first_loss);
    assert_true(on.first_loss != again.first_loss);
    memory_release(first);
    memory_release(w);
    release(&s);
}

static void it_goes_on_after_a_stop_to_the_same_bits(void **state)
{
    (void)state;
    struct setting s;
    struct watch whole = {0}, stopped = {.stop_at = 11}, rest = {0};
    create(&s);
    real *first = weights_for(&s), *once = weights_for(&s), *twice = weights_for(&s);
    model_initialise(s.model, 8, first); /* not what the seed of the training gives */
    assert_int_equal(train(once, &s, first, 37, &whole, NULL), STATUS_OK);
    assert_int_equal(train(twice, &s, first, 37, &stopped, s.path), STATUS_CHECKPOINTED);
    assert_int_equal(train(twice, &s, first, 37, &rest, s.path), STATUS_OK);
    assert_int_equal(rest.steps, 37 - 11);
    assert_memory_equal(once, twice, s.model->weights * sizeof(real));
    memory_release(first);
    memory_release(once);
    memory_release(twice);
    release(&s);
}

static const struct model_parameter *find(const struct model *model, const char *name)
{
    for (size_t p = 0; p < model->parameters; p++)
        if (strcmp(model->parameter[p].name, name) == 0)
            return &model->parameter[p];
    return NULL;
}

/* Parameters by name; those that are new begin as the seed has them; another shape is refused. */
static void weights_are_inherited_by_name(void **state)
{
    (void)state;
    struct setting from, to, wide;
    struct message message = {""};
    create_of(&from, "fire", "16");
    create_of(&to, "learned", "16");
    create_of(&wide, "none", "32");
    real *old = weights_for(&from), *w = weights_for(&to), *drawn = weights_for(&to),
         *other = weights_for(&wide);
    model_initialise(from.model, 1, old);
    model_initialise(to.model, 2, drawn);
    for (size_t i = 0; i < from.model->weights; i++)
        old[i] += 1;
    assert_int_equal(model_inherit(to.model, w, 2, from.model, old, &message), STATUS_OK);
    size_t taken = 0, fresh = 0;
    for (size_t p = 0; p < to.model->parameters; p++) {
        const struct model_parameter *parameter = &to.model->parameter[p];
        const struct model_parameter *origin = find(from.model, parameter->name);
        const real *expected = origin ? old + origin->offset : drawn + parameter->offset;
        assert_memory_equal(w + parameter->offset, expected, parameter->size * sizeof(real));
        taken += origin != NULL;
        fresh += origin == NULL;
    }
    assert_true(taken > 20 && fresh >= 1);
    assert_int_equal(model_inherit(wide.model, other, 2, from.model, old, &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "another shape in the fine-tune"));
    memory_release(old);
    memory_release(w);
    memory_release(drawn);
    memory_release(other);
    release(&from);
    release(&to);
    release(&wide);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_begins_with_the_weights_given),
        cmocka_unit_test(its_data_is_not_that_of_the_first),
        cmocka_unit_test(it_goes_on_after_a_stop_to_the_same_bits),
        cmocka_unit_test(weights_are_inherited_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
