/* positions.c -- drawn positions and marks in training and evaluation: the same bits for any number of
 * workers, other draws for other seeds, and what is refused. */
#include "tests/training/fixture.h"

#include <string.h>

#include "evaluation/evaluation.h"

/* The recall task, with marks 1, 2, 3, 0, 1, ... */
static struct dataset marked;
static const struct dataset *plain;

static void marked_example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                           int32_t *targets, int32_t *marks)
{
    plain->example(state, key, split, n, tokens, targets, NULL);
    for (size_t i = 0; marks && i < n; i++)
        marks[i] = (int32_t)((i + 1) % 4);
}

static void create(struct setting *s, const char *encoders, const char *positions, bool marks)
{
    struct message message = {""};
    create_of(s, encoders, "16");
    s->training.steps = 7;
    assert_int_equal(spec_positions(&s->model->composition, positions, &message), STATUS_OK);
    if (marks) {
        plain = s->dataset;
        marked = *plain;
        marked.example = marked_example;
        s->dataset = &marked;
    }
}

static enum status train(real **w, const struct setting *s, size_t threads, uint64_t seed,
                         struct message *message)
{
    struct training_request request = {.model = s->model,
                                       .dataset = s->dataset,
                                       .dataset_state = s->dataset_state,
                                       .options = s->training,
                                       .seed = seed,
                                       .threads = threads};
    struct training_curve curve;
    enum status status;
    *w = weights_for(s);
    status = training_run(*w, &curve, &request, message);
    training_curve_release(&curve);
    return status;
}

/* Mean loss of the trained weights on examples of n tokens. */
static enum status evaluate(double *nll, const struct setting *s, const real *w, size_t n, uint64_t seed,
                            struct message *message)
{
    struct evaluation_options options = {.validation = false};
    struct evaluation evaluation;
    struct evaluation_request request = {.model = s->model,
                                         .weights = w,
                                         .dataset = s->dataset,
                                         .dataset_state = s->dataset_state,
                                         .options = &options,
                                         .length = n,
                                         .threads = 2};
    assert_int_equal(option_defaults(evaluation_option_table, &options, message), STATUS_OK);
    options.examples = 20;
    options.seed = seed;
    const struct protocol protocol = {.name = "exact-match", .kind = protocol_kind_find("exact-match")};
    request.protocol = &protocol;
    enum status status = evaluation_run(&evaluation, &request, message);
    if (!status) {
        *nll = evaluation.nll;
        evaluation_release(&evaluation);
    }
    return status;
}

static void draws_do_not_depend_on_workers(void **state)
{
    static const char *const cases[][2] = {
        {"rope", "randomised"},         {"t5", "randomised(draw=sequence, range=60)"},
        {"sinusoidal", "cape"},         {"learned(rows=4L)", "random-offset(range=4L)"},
        {"abacus + alibi", "coupling"}, {"fire", "pose"},
    };
    (void)state;
    for (size_t i = 0; test_row("cases", i, sizeof cases / sizeof *cases); i++) {
        struct message message = {""};
        struct setting s;
        real *w, *again;
        double nll, repeated;
        create(&s, cases[i][0], cases[i][1], true);
        if (train(&w, &s, 1, 4, &message))
            fail_msg("%s, positions %s: %s", cases[i][0], cases[i][1], message.text);
        for (size_t threads = 2; threads <= 3; threads++) {
            assert_int_equal(train(&again, &s, threads, 4, &message), STATUS_OK);
            if (memcmp(w, again, s.model->weights * sizeof(real)) != 0)
                fail_msg("%s, positions %s: %zu workers give other weights", cases[i][0], cases[i][1],
                         threads);
            memory_release(again);
        }
        assert_int_equal(evaluate(&nll, &s, w, 32, 1, &message), STATUS_OK);
        assert_int_equal(evaluate(&repeated, &s, w, 32, 1, &message), STATUS_OK);
        assert_true(nll == repeated);
        memory_release(w);
        release(&s);
    }
}

/* Layers, sequences and rules each change what is drawn: trained weights tell. */
static void what_is_drawn_matters(void **state)
{
    static const char *const positions[] = {
        "identity", "randomised(layers=shared)", "randomised", "randomised(draw=sequence)", "shift",
        "coupling", "coupling(draw=batch)"};
    enum { COUNT = sizeof positions / sizeof *positions };
    real *w[COUNT];
    size_t weights = 0;
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        struct message message = {""};
        struct setting s;
        create(&s, "sinusoidal + alibi", positions[i], true);
        assert_int_equal(train(&w[i], &s, 2, 4, &message), STATUS_OK);
        weights = s.model->weights;
        release(&s);
        for (size_t other = 0; other < i; other++)
            assert_memory_not_equal(w[i], w[other], weights * sizeof(real));
    }
    for (size_t i = 0; i < COUNT; i++)
        memory_release(w[i]);
}

/* The same weights and examples, drawn positions or not. */
static void evaluation_draws_unless_told_not_to(void **state)
{
    struct message message = {""};
    struct setting s;
    double first = 0, other = 0;
    real *w;
    (void)state;
    create(&s, "alibi", "randomised", false);
    assert_int_equal(train(&w, &s, 2, 4, &message), STATUS_OK);
    assert_int_equal(evaluate(&first, &s, w, 16, 1, &message), STATUS_OK);
    assert_int_equal(spec_positions(&s.model->composition, "randomised(evaluation=off)", &message),
                     STATUS_OK);
    assert_int_equal(evaluate(&other, &s, w, 16, 1, &message), STATUS_OK);
    assert_true(first != other);
    memory_release(w);
    release(&s);
}

static void what_cannot_be_is_refused(void **state)
{
    struct message message = {""};
    struct setting s;
    double nll;
    real *w;
    (void)state;
    create(&s, "abacus", "coupling", false); /* recall has no numbers */
    assert_int_equal(train(&w, &s, 2, 4, &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "`coupling` need the significance of tokens"));
    assert_non_null(strstr(message.text, "`recall`"));
    assert_int_equal(evaluate(&nll, &s, w, 16, 1, &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "significance"));
    memory_release(w);
    release(&s);
    create(&s, "learned", "shift", false);
    assert_int_equal(train(&w, &s, 2, 4, &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "16 rows"));
    memory_release(w);
    release(&s);
    create(&s, "alibi", "randomised(range=20)", false);
    assert_int_equal(train(&w, &s, 2, 4, &message), STATUS_OK);
    assert_int_equal(evaluate(&nll, &s, w, 21, 1, &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "larger range"));
    assert_int_equal(evaluate(&nll, &s, w, 20, 1, &message), STATUS_OK);
    memory_release(w);
    release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_do_not_depend_on_workers),
        cmocka_unit_test(what_is_drawn_matters),
        cmocka_unit_test(evaluation_draws_unless_told_not_to),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
