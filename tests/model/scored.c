/* scored.c -- tokens without a target cost less and change nothing: losses of the others, and their
 * gradients, are what they are when every token is scored. */
#include "tests/test.h"

#include "tests/model/fixture.h"

enum { LENGTH = 150, SEQUENCES = 2, ROWS = LENGTH + LENGTH / 2, VOCABULARY = 13 };

struct case_of_rows {
    struct model *model;
    struct workspace *workspace;
    real *w, *transposed;
    int32_t tokens[ROWS], targets[ROWS], every[ROWS]; /* every: all targets */
    size_t count[SEQUENCES];
    struct key dropout[SEQUENCES];
    struct chunk chunk;
    double nll[ROWS];
    unsigned char hit[ROWS];
};

static void create(struct case_of_rows *c, const char *encoders, double dropout)
{
    struct model_options options = {.layers = 2,
                                    .width = 24,
                                    .heads = 3,
                                    .feed_forward = 2,
                                    .dropout = dropout,
                                    .embedding_scale = 1.5,
                                    .initial_deviation = 0.2,
                                    .mixer = "attention"};
    struct composition composition = {0};
    struct key key = key_named(3, "scored");
    *c = (struct case_of_rows){.count = {LENGTH, LENGTH / 2}};
    assert_int_equal(spec_encoders(&composition, encoders, NULL), STATUS_OK);
    assert_int_equal(spec_positions(&composition, "identity", NULL), STATUS_OK);
    assert_int_equal(model_create(&c->model, &options, &composition, LENGTH, VOCABULARY, ISA_PLAIN, NULL),
                     STATUS_OK);
    composition_release(&composition);
    c->w = memory_allocate(c->model->weights, sizeof(real), "w", NULL);
    c->transposed = memory_allocate(c->model->weights, sizeof(real), "transposed", NULL);
    model_initialise(c->model, 5, c->w);
    for (size_t i = 0; i < c->model->weights; i++)
        c->w[i] += (real)(0.2 * random_normal(key, i));
    for (size_t p = 0; p < c->model->parameters; p++)
        model_transpose(c->transposed, c->model, c->w, p);
    for (size_t i = 0; i < ROWS; i++) {
        c->tokens[i] = (int32_t)random_below(key, 5000 + i, VOCABULARY);
        c->every[i] = (int32_t)random_below(key, 9000 + i, VOCABULARY);
    }
    c->dropout[0] = key;
    c->dropout[1] = key_with(key, 1);
    c->chunk = (struct chunk){.sequences = SEQUENCES,
                              .count = c->count,
                              .tokens = c->tokens,
                              .targets = c->targets,
                              .dropout = dropout > 0 ? c->dropout : NULL};
    assert_int_equal(workspace_create(&c->workspace, c->model, SEQUENCES, LENGTH, true, 1, NULL), STATUS_OK);
}

static void destroy(struct case_of_rows *c)
{
    workspace_release(c->workspace);
    model_release(c->model);
    memory_release(c->w);
    memory_release(c->transposed);
}

/* Few, of one tile and of the last strip; all others; none; every one. */
static bool chosen(int which, size_t row)
{
    bool few = (row > 20 && row < 24) || row == 77 || row == ROWS - 1;
    return which == 0 ? few : which == 1 ? !few : which == 3;
}

static double *gradient(struct case_of_rows *c, int which)
{
    double *copy = memory_allocate(c->model->weights, sizeof(double), "a gradient", NULL);
    real *dw = memory_allocate(c->model->weights, sizeof(real), "dw", NULL);
    for (size_t i = 0; i < ROWS; i++)
        c->targets[i] = chosen(which, i) ? c->every[i] : -1;
    memset(dw, 0x55, c->model->weights * sizeof(real));
    model_forward_backward(dw, false, c->nll, c->hit, c->workspace, c->w, c->transposed, &c->chunk);
    model_flush(dw, c->workspace);
    for (size_t i = 0; i < c->model->weights; i++)
        copy[i] = (double)dw[i];
    memory_release(dw);
    return copy;
}

static void check(const char *encoders, double dropout)
{
    const double close = sizeof(real) == sizeof(float) ? 2e-4 : 1e-11;
    double nll[ROWS], *of_all, *of_none;
    unsigned char hit[ROWS];
    struct case_of_rows c;
    create(&c, encoders, dropout);
    of_all = gradient(&c, 3);
    memcpy(nll, c.nll, sizeof nll);
    memcpy(hit, c.hit, sizeof hit);
    of_none = gradient(&c, 2);
    for (size_t i = 0; i < ROWS; i++)
        assert_true(c.nll[i] == 0 && c.hit[i] == 0);
    for (size_t i = 0; i < c.model->weights; i++)
        if (of_none[i] != 0)
            fail_msg("%s: weight %zu has a gradient of %g without targets", encoders, i, of_none[i]);
    double *part[2] = {gradient(&c, 0), NULL};
    for (int which = 0; which < 2; which++) {
        if (which == 1)
            part[1] = gradient(&c, 1);
        for (size_t i = 0; i < ROWS; i++)
            if (chosen(which, i) ? fabs(c.nll[i] - nll[i]) > close || c.hit[i] != hit[i]
                                 : c.nll[i] != 0 || c.hit[i])
                fail_msg("%s: row %zu has loss %.9g, alone among scored ones %.9g", encoders, i, nll[i],
                         c.nll[i]);
    }
    for (size_t i = 0; i < c.model->weights; i++)
        if (fabs(part[0][i] + part[1][i] - of_all[i]) > close * (1 + fabs(of_all[i])))
            fail_msg("%s: weight %zu: gradients %.9g of few and %.9g of the others, %.9g of all", encoders, i,
                     part[0][i], part[1][i], of_all[i]);
    memory_release(of_all);
    memory_release(of_none);
    memory_release(part[0]);
    memory_release(part[1]);
    destroy(&c);
}

static void only_what_is_scored(void **state)
{
    static const char *const specs[] = {"rope",
                                        "sinusoidal + alibi",
                                        "t5 + self-extend(group=3, window=3)",
                                        "rope + cope(npos=5) + fire + forgetting",
                                        "transformer-xl",
                                        "window(width=9)"};
    (void)state;
    for (size_t i = 0; test_row("specs", i, sizeof specs / sizeof *specs); i++)
        check(specs[i], 0);
}

static void with_dropout(void **state)
{
    (void)state;
    check("rope", 0.3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(only_what_is_scored), cmocka_unit_test(with_dropout)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
