/* The whole model's gradient: every parameter tensor of every registered encoder, under every position map,
 * against central differences (double build); a directional derivative in float. */
#include "tests/test.h"

#include "tests/model/fixture.h"

#ifdef LEXBENCH_DOUBLE
static void test_every_encoder(void **state)
{
    (void)state;
    for (size_t e = 0; encoder_list[e]; e++)
        for (size_t m = 0; position_maps[m]; m++) {
            struct fixture_request request = {.encoders = encoder_list[e]->name,
                                              .positions = position_maps[m]->name,
                                              .trained_length = 7,
                                              .training = true};
            fixture_check_gradient(&request, encoder_list[e]->name);
        }
}

/* Components together: rotation under planes, segments, scales, biases of both kinds, strips, tokens. */
static void test_compositions(void **state)
{
    static const char *const specs[] = {
        "rope(pairs=half) + alibi + t5 + fire",
        "rope + self-extend(group=2, window=4)",
        "rope + window(width=5) + t5",
        "t5 + self-extend(group=3, window=3)",
        "rope + cope(npos=5) + fire + forgetting",
        "sinusoidal + learned + log-n",
        "rope(pairs=half, fraction=0.5, scaling=yarn, factor=4) + dual-chunk(size=5) + ssmax(shift=on)",
        "rnope(window=3) + temperature(value=1.3) + log-n",
        "evq(pairs=half) + sinks(sinks=2, recent=4) + window(width=6)",
        "t5 + lambda(global=2, local=3, limit=5) + ssmax + temperature",
        "p-rope + leaky-rerope(window=3, factor=3) + forgetting",
        "longrope(kept=3, factor=4) + rerope(window=4) + cope(npos=5)",
    };
    (void)state;
    for (size_t i = 0; test_row("specs", i, sizeof specs / sizeof *specs); i++) {
        struct fixture_request request = {.encoders = specs[i],
                                          .positions = "identity",
                                          .trained_length = FIXTURE_LENGTH,
                                          .training = true};
        fixture_check_gradient(&request, specs[i]);
    }
}

static void test_hooks_that_no_shipped_encoder_uses(void **state)
{
    struct fixture_request request = {.positions = "identity", .trained_length = 7, .training = true};
    (void)state;
    request.extra = &learned_angle_encoder;
    fixture_check_gradient(&request, "learned-angle");
    request.encoders = "self-extend(group=2, window=4)";
    fixture_check_gradient(&request, "self-extend + learned-angle");
    request.encoders = "rope + log-n";
    request.extra = &learned_scale_encoder;
    fixture_check_gradient(&request, "rope + log-n + learned-scale");
}

static void test_tied_head_and_dropout(void **state)
{
    struct fixture_request request = {
        .encoders = "alibi", .positions = "identity", .trained_length = 12, .training = true};
    (void)state;
    request.tied = true;
    fixture_check_gradient(&request, "tied head");
    request.dropout = 0.3;
    fixture_check_gradient(&request, "dropout");
}
#endif

/* One random direction through the whole float model. */
static void test_directional_derivative(void **state)
{
    struct fixture_request request = {.encoders = "rope + t5 + forgetting",
                                      .positions = "identity",
                                      .trained_length = 12,
                                      .training = true};
    struct key key = key_named(1, "direction");
    double step = sizeof(real) == sizeof(float) ? 1e-3 : 1e-5, found = 0, high, low;
    struct message message;
    struct fixture f;
    (void)state;
    assert_int_equal(fixture_create(&f, &request, &message), STATUS_OK);
    fixture_loss(&f, true);
    for (size_t i = 0; i < f.model->weights; i++)
        found += (double)f.dw[i] * random_normal(key, i);
    for (size_t i = 0; i < f.model->weights; i++)
        f.w[i] += (real)(step * random_normal(key, i));
    high = fixture_loss(&f, false);
    for (size_t i = 0; i < f.model->weights; i++)
        f.w[i] -= (real)(2 * step * random_normal(key, i));
    low = fixture_loss(&f, false);
    if (!(fabs((high - low) / (2 * step) - found) <= 2e-3 * (1 + fabs(found))))
        fail_msg("gradient %g, difference %g", found, (high - low) / (2 * step));
    fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#ifdef LEXBENCH_DOUBLE
        cmocka_unit_test(test_every_encoder),
        cmocka_unit_test(test_compositions),
        cmocka_unit_test(test_hooks_that_no_shipped_encoder_uses),
        cmocka_unit_test(test_tied_head_and_dropout),
#endif
        cmocka_unit_test(test_directional_derivative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
