/* Identities of whole models (encoders with an engine around them): variants that must give the same
 * losses to rounding, and shifts that must change nothing. */
#include "tests/test.h"

#include "tests/model/fixture.h"

static const double tolerance = 4000 * (double)REAL_EPSILON;

/* Losses of all tokens under a SPEC; weights of the same names are the same. */
static void losses(double *out, const char *encoders, const char *positions, size_t trained_length)
{
    struct fixture_request request = {
        .encoders = encoders, .positions = positions, .trained_length = trained_length};
    struct message message;
    struct fixture f;
    if (fixture_create(&f, &request, &message))
        fail_msg("%s: %s", encoders, message.text);
    fixture_loss(&f, false);
    memcpy(out, f.nll, sizeof f.nll);
    fixture_release(&f);
}

static double distance(const char *a, const char *a_positions, const char *b, const char *b_positions,
                       size_t trained_length)
{
    double first[FIXTURE_SEQUENCES * FIXTURE_LENGTH], second[FIXTURE_SEQUENCES * FIXTURE_LENGTH], largest = 0;
    losses(first, a, a_positions, trained_length);
    losses(second, b, b_positions, trained_length);
    for (size_t i = 0; i < FIXTURE_SEQUENCES * FIXTURE_LENGTH; i++)
        largest = fmax(largest, fabs(first[i] - second[i]));
    return largest;
}

static void assert_same(const char *a, const char *b, size_t trained_length)
{
    double apart = distance(a, "identity", b, "identity", trained_length);
    if (!(apart <= tolerance))
        fail_msg("%s and %s differ by %g nats at L = %zu", a, b, apart, trained_length);
}

static void assert_different(const char *a, const char *b, size_t trained_length)
{
    if (!(distance(a, "identity", b, "identity", trained_length) > 1e-3))
        fail_msg("%s and %s are the same at L = %zu", a, b, trained_length);
}

/* Group 1, window >= n, factor 1, dynamic methods at n <= L.  Each identity stands beside
 * the case in which it must not hold, so that it cannot pass by doing nothing. */
static void test_equal_variants(void **state)
{
    (void)state;
    assert_same("rope + self-extend(group=1, window=3)", "rope", 6);
    assert_same("rope + self-extend(group=4, window=12)", "rope", 6);
    assert_different("rope + self-extend(group=3, window=3)", "rope", 6);
    assert_same("alibi + self-extend(group=1, window=3)", "alibi", 6);
    assert_different("alibi + self-extend(group=3, window=3)", "alibi", 6);
    assert_same("alibi + window(width=12)", "alibi", 6);
    assert_different("alibi + window(width=3)", "alibi", 6);
    assert_same("rope(scaling=ntk, factor=1)", "rope", 6);
    assert_same("rope(scaling=ntk, factor=auto)", "rope", 12);
    assert_different("rope(scaling=ntk, factor=auto)", "rope", 6);
    assert_same("alibi + log-n", "alibi", 12);
    assert_same("xpos(gamma=1e300)", "rope", 12); /* nothing fades */
    assert_different("xpos", "rope", 12);
    assert_same("kerple-power(slope=alibi, power=one, floor=0)", "alibi", 6);
    assert_different("kerple-power(slope=alibi, floor=0)", "alibi", 6);
    assert_different("alibi + log-n", "alibi", 4);
    assert_different("alibi", "none", 12);
    assert_different("t5", "none", 12);
    assert_different("fire", "none", 12);
    assert_different("cope", "none", 12);
    assert_different("forgetting", "none", 12);
    assert_different("sinusoidal", "none", 12);
}

/* Rotary scalings, clipped distances, chunks and masks: where each is its plain encoder, and where not. */
static void test_equal_rotary_variants(void **state)
{
    static const struct {
        const char *variant, *plain;
        size_t trained_length;
        bool same;
    } pairs[] = {
        {"rope(scaling=by-parts, factor=1)", "rope", 6, true},
        {"rope(scaling=by-parts, ramp=program, factor=1)", "rope", 6, true},
        {"rope(scaling=yarn, factor=1)", "rope", 6, true},
        {"rope(scaling=yarn, ramp=program, factor=1)", "rope", 6, true},
        {"rope(scaling=llama3, factor=1)", "rope", 6, true},
        {"longrope(factor=1)", "rope", 6, true},
        {"longrope(factor=1, magnitude=yarn)", "rope", 6, true},
        {"rope(scaling=by-parts)", "rope", 12, true},
        {"rope(scaling=by-parts)", "rope", 6, false},
        {"rope(scaling=by-parts, ramp=program)", "rope", 12, true},
        {"rope(scaling=by-parts, ramp=program)", "rope", 6, false},
        {"rope(scaling=yarn)", "rope", 12, true},
        {"rope(scaling=yarn)", "rope", 6, false},
        {"rope(scaling=yarn)", "rope(scaling=by-parts)", 6, false},
        {"rope(scaling=llama3)", "rope", 12, true},
        {"rope(scaling=llama3)", "rope", 6, false},
        {"rope(scaling=llama3)", "rope(scaling=by-parts, high=4)", 6, true},
        {"longrope", "rope", 12, true},
        {"longrope", "rope", 6, false},
        {"longrope(kept=12, magnitude=none)", "rope", 6, true},
        {"longrope(searched=2, factor=2, magnitude=none)", "rope(scaling=ntk, factor=2)", 6, true},
        {"rope(fraction=0.5)", "rope", 12, false},
        {"p-rope(share=0)", "none", 12, true},
        {"p-rope(share=1)", "rope", 12, true},
        {"p-rope", "rope", 12, false},
        {"p-rope(share=0.5)", "rope(fraction=0.5)", 12, false},
        {"evq(tau=1e-6, base=10000)", "rope", 12, true},
        {"evq(base=10000)", "rope", 12, false},
        {"rnope(period=1)", "none", 12, true},
        {"rnope(window=12)", "rope", 12, false},
        {"rnope(window=12)", "none", 12, false},
        {"rnope(window=3)", "rnope(window=12)", 12, false},
        {"rope + rerope(window=12)", "rope", 6, true},
        {"rope + rerope(window=4)", "rope", 6, false},
        {"alibi + rerope(window=12)", "alibi", 6, true},
        {"alibi + rerope(window=4)", "alibi", 6, false},
        {"rope + leaky-rerope(window=12)", "rope", 6, true},
        {"rope + leaky-rerope(window=3, factor=1)", "rope", 6, true},
        {"rope + leaky-rerope(window=3)", "rope", 6, false},
        {"rope + dual-chunk(size=1L)", "rope", 12, true},
        {"rope + dual-chunk(rule=program, size=14, local=2)", "rope", 6, true},
        {"rope + dual-chunk", "rope", 6, false},
        {"rope + dual-chunk(rule=program)", "rope", 6, false},
        {"rope + dual-chunk(rule=program, size=14, local=2, magnitude=on)", "rope", 6, false},
        {"rope + dual-chunk(size=1L, magnitude=on)", "rope", 12, true},
        {"rope + window(width=12)", "rope", 6, true},
        {"rope + window(width=4)", "rope", 6, false},
        {"rope + sinks(sinks=2, recent=10)", "rope", 6, true},
        {"rope + sinks(sinks=2, recent=4)", "rope", 6, false},
        {"rope + sinks(sinks=2, recent=4)", "rope + sinks(sinks=2, recent=4, positions=text)", 6, false},
        {"rope + lambda(global=2, local=12, limit=12)", "rope", 6, true},
        {"rope + lambda(global=12, local=1, limit=12)", "rope", 6, true},
        {"rope + lambda(global=2)", "rope", 6, false},
        {"rope + lambda(global=2, local=4, limit=12)", "rope + sinks(sinks=2, recent=4, positions=text)", 6,
         true},
        {"rope + temperature(learned=off)", "rope", 12, true},
        {"rope + temperature(learned=off, value=1.2)", "rope", 12, false},
        {"rope + ssmax", "rope", 12, false},
        {"rope + self-extend(group=2, window=3) + window(width=12)", "rope + self-extend(group=2, window=3)",
         6, true},
    };
    (void)state;
    for (size_t i = 0; test_row("pairs", i, sizeof pairs / sizeof *pairs); i++)
        (pairs[i].same ? assert_same : assert_different)(pairs[i].variant, pairs[i].plain,
                                                         pairs[i].trained_length);
}

/* A relative bias is read from tables where positions allow it; without its flag the engine asks the hook
 * for every query.  Losses and gradients must be the same. */
static void check_forms(const struct encoder *encoder, const char *positions, const char *beside)
{
    double loss[2];
    struct fixture f[2];
    struct message message;
    for (int form = 0; form < 2; form++) {
        struct encoder rows = *encoder;
        char spec[128];
        snprintf(spec, sizeof spec, "%s%s%s", beside ? beside : "", beside ? " + " : "", encoder->name);
        struct fixture_request request = {
            .encoders = spec, .positions = positions, .trained_length = 6, .training = true};
        if (form == 1) {
            rows.flags &= ~(unsigned)ENCODER_RELATIVE;
            request.replaced = encoder;
            request.by = &rows;
        }
        if (fixture_create(&f[form], &request, &message))
            fail_msg("%s: %s", spec, message.text);
        loss[form] = fixture_loss(&f[form], true);
    }
    if (!(fabs(loss[0] - loss[1]) <= 30 * tolerance))
        fail_msg("%s, positions %s: %.9g by tables, %.9g by rows", encoder->name, positions, loss[0],
                 loss[1]);
    for (size_t i = 0; i < f[0].model->weights; i++)
        if (!(fabs((double)(f[0].dw[i] - f[1].dw[i])) <= 30 * tolerance * (1 + fabs((double)f[1].dw[i]))))
            fail_msg("%s, positions %s: gradient %zu is %g by tables, %g by rows", encoder->name, positions,
                     i, (double)f[0].dw[i], (double)f[1].dw[i]);
    fixture_release(&f[0]);
    fixture_release(&f[1]);
}

static void test_bias_tables(void **state)
{
    (void)state;
    for (size_t e = 0; encoder_list[e]; e++) {
        if (!encoder_list[e]->bias || !(encoder_list[e]->flags & ENCODER_RELATIVE))
            continue;
        for (size_t m = 0; position_maps[m]; m++) {
            check_forms(encoder_list[e], position_maps[m]->name, NULL);
            check_forms(encoder_list[e], position_maps[m]->name, "self-extend(group=3, window=3)");
        }
    }
}

/* Interpolation at n = L is the identity. */
static void test_position_maps(void **state)
{
    (void)state;
    assert_true(distance("rope", "interpolate", "rope", "identity", 12) <= tolerance);
    assert_true(distance("rope", "interpolate", "rope", "identity", 6) > 1e-3);
    assert_true(distance("rope", "interpolate(factor=1)", "rope", "identity", 6) <= tolerance);
    assert_true(distance("sinusoidal", "group(factor=1)", "sinusoidal", "identity", 6) <= tolerance);
    assert_true(distance("sinusoidal", "group(factor=2)", "sinusoidal", "identity", 6) > 1e-3);
    assert_true(distance("learned", "clamp", "learned", "identity", 12) <= tolerance);
    assert_true(distance("t5", "clamp", "t5", "identity", 12) <= tolerance);
    assert_true(distance("t5", "clamp", "t5", "identity", 4) > 1e-3);
    assert_true(distance("sinusoidal", "wrap", "sinusoidal", "identity", 6) > 1e-3);
}

/* A map of the tests: the identity, moved by 1000. */
static void shifted(const void *state, const struct site *site, struct key key, const int32_t *mark,
                    size_t count, double *at)
{
    (void)state, (void)site, (void)key, (void)mark;
    for (size_t i = 0; i < count; i++)
        at[i] = 1000 + (double)i;
}
static const struct position_map shift_map = {
    .name = "shift", .summary = "test", .citation = "none", .version = 1, .map = shifted};

/* Relative encoders do not see where a sequence starts; the others do. */
static void test_shift(void **state)
{
    (void)state;
    for (size_t e = 0; encoder_list[e]; e++) {
        const struct encoder *encoder = encoder_list[e];
        struct fixture_request request = {
            .encoders = encoder->name, .positions = "identity", .trained_length = 12};
        double kept[FIXTURE_SEQUENCES * FIXTURE_LENGTH], largest = 0;
        struct message message;
        struct fixture f;
        if (!(encoder->flags & ENCODER_RELATIVE))
            continue;
        assert_int_equal(fixture_create(&f, &request, &message), STATUS_OK);
        fixture_loss(&f, false);
        memcpy(kept, f.nll, sizeof kept);
        f.model->composition.map = &shift_map;
        for (size_t l = 0; l < f.workspace->encodings; l++)
            encoding_forget(f.workspace->encoding[l]);
        fixture_loss(&f, false);
        for (size_t i = 0; i < FIXTURE_SEQUENCES * FIXTURE_LENGTH; i++)
            largest = fmax(largest, fabs(kept[i] - f.nll[i]));
        if (!(largest <= tolerance))
            fail_msg("%s is marked relative but a shift by 1000 changes the loss by %g", encoder->name,
                     largest);
        fixture_release(&f);
    }
}

/* What comes later, and other sequences, must not reach a loss: for every encoder. */
static void test_causality(void **state)
{
    (void)state;
    for (size_t e = 0; encoder_list[e]; e++) {
        struct fixture_request request = {
            .encoders = encoder_list[e]->name, .positions = "identity", .trained_length = 12};
        double kept[FIXTURE_SEQUENCES * FIXTURE_LENGTH];
        struct message message;
        struct fixture f;
        assert_int_equal(fixture_create(&f, &request, &message), STATUS_OK);
        fixture_loss(&f, false);
        memcpy(kept, f.nll, sizeof kept);
        f.tokens[FIXTURE_LENGTH - 1] =
            (f.tokens[FIXTURE_LENGTH - 1] + 1) % FIXTURE_VOCABULARY; /* last of sequence 0 */
        fixture_loss(&f, false);
        for (size_t i = 0; i + 1 < FIXTURE_SEQUENCES * FIXTURE_LENGTH; i++)
            if (i != FIXTURE_LENGTH - 1 && kept[i] != f.nll[i])
                fail_msg("%s: a later token, or one of another sequence, changed the loss at %zu",
                         encoder_list[e]->name, i);
        assert_true(kept[FIXTURE_LENGTH - 1] != f.nll[FIXTURE_LENGTH - 1]);
        fixture_release(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_variants), cmocka_unit_test(test_equal_rotary_variants),
        cmocka_unit_test(test_bias_tables),    cmocka_unit_test(test_position_maps),
        cmocka_unit_test(test_shift),          cmocka_unit_test(test_causality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
