/* maps-engine.c -- drawn positions and marks on their way through a whole model: who shares a draw, and
 * gradients where every sequence has positions of its own. */
#include "tests/test.h"

#include "tests/model/fixture.h"

/* A model whose three sequences are the same tokens, with three numbers. */
struct drawn {
    struct fixture f;
    size_t number[FIXTURE_SEQUENCES];
    int32_t marks[FIXTURE_SEQUENCES * FIXTURE_LENGTH];
};

static void drawn_open(struct drawn *d, const char *encoders, const char *positions, bool training)
{
    struct fixture_request request = {
        .encoders = encoders, .positions = positions, .trained_length = 6, .training = training};
    struct message message = {""};
    if (fixture_create(&d->f, &request, &message))
        fail_msg("%s", message.text);
    for (size_t s = 0; s < FIXTURE_SEQUENCES; s++) {
        size_t at = s * FIXTURE_LENGTH;
        d->number[s] = s;
        d->f.count[s] = FIXTURE_LENGTH;
        for (size_t i = 0; i < FIXTURE_LENGTH; i++) {
            d->f.tokens[at + i] = d->f.tokens[i];
            d->f.targets[at + i] = d->f.targets[i];
            d->marks[at + i] = (int32_t)((i + s) % 4);
        }
    }
    d->f.chunk.number = d->number;
    d->f.chunk.marks = d->marks;
    d->f.chunk.draw = key_named(1, "draw");
}

/* The losses of sequences a and b: are they the same bits? */
static bool same(const struct drawn *d, size_t a, size_t b)
{
    return memcmp(d->f.nll + a * FIXTURE_LENGTH, d->f.nll + b * FIXTURE_LENGTH,
                  FIXTURE_LENGTH * sizeof(double)) == 0;
}

static void check_sharing(const char *encoders, const char *positions, bool shared)
{
    double first[FIXTURE_SEQUENCES * FIXTURE_LENGTH];
    struct drawn d;
    drawn_open(&d, encoders, positions, false);
    fixture_loss(&d.f, false);
    memcpy(first, d.f.nll, sizeof first);
    assert_true(same(&d, 0, 1) == shared && same(&d, 1, 2) == shared);
    fixture_loss(&d.f, false); /* the same draw again */
    assert_memory_equal(first, d.f.nll, sizeof first);
    d.f.chunk.draw = key_named(2, "draw");
    fixture_loss(&d.f, false);
    assert_memory_not_equal(first, d.f.nll, sizeof first);
    d.f.chunk.draw = key_named(1, "draw");
    d.number[0] = 9; /* another sequence of the step */
    fixture_loss(&d.f, false);
    assert_true((memcmp(first, d.f.nll, FIXTURE_LENGTH * sizeof(double)) == 0) == shared);
    assert_memory_equal(first + FIXTURE_LENGTH, d.f.nll + FIXTURE_LENGTH,
                        2 * FIXTURE_LENGTH * sizeof(double));
    fixture_release(&d.f);
}

static void draws_are_shared_as_asked(void **state)
{
    static const char *const encoders[] = {"sinusoidal", "rope", "alibi", "t5", "fire", "transformer-xl"};
    (void)state;
    for (size_t i = 0; test_row("encoders", i, sizeof encoders / sizeof *encoders); i++) {
        check_sharing(encoders[i], "randomised(range=40)", true);
        check_sharing(encoders[i], "randomised(range=40, draw=sequence)", false);
        check_sharing(encoders[i], "randomised(range=40, draw=sequence, layers=shared)", false);
    }
    check_sharing("sinusoidal", "cape(evaluation=on)", false);
    check_sharing("sinusoidal", "shift(most=500, evaluation=on, draw=batch)", true);
}

static void losses_of(double *out, const char *encoders, const char *positions)
{
    struct drawn d;
    drawn_open(&d, encoders, positions, false);
    fixture_loss(&d.f, false);
    memcpy(out, d.f.nll, sizeof d.f.nll);
    fixture_release(&d.f);
}

static double apart(const char *encoders, const char *a, const char *b)
{
    double first[FIXTURE_SEQUENCES * FIXTURE_LENGTH], second[FIXTURE_SEQUENCES * FIXTURE_LENGTH], largest = 0;
    losses_of(first, encoders, a);
    losses_of(second, encoders, b);
    for (size_t i = 0; i < FIXTURE_SEQUENCES * FIXTURE_LENGTH; i++)
        largest = fmax(largest, fabs(first[i] - second[i]));
    return largest;
}

static void identities_hold_in_a_model(void **state)
{
    const double tolerance = 4000 * (double)REAL_EPSILON;
    (void)state;
    assert_true(apart("rope", "randomised(range=12)", "identity") == 0);
    assert_true(apart("rope", "randomised(range=13)", "identity") > 1e-4);
    assert_true(apart("rope", "randomised(range=40, layers=fresh)", "randomised(range=40, layers=shared)") >
                1e-4);
    /* Relative encoders do not see a shift; absolute ones do. */
    assert_true(apart("rope", "shift(most=500, evaluation=on)", "identity") <= tolerance);
    assert_true(apart("alibi", "shift(most=500, evaluation=on)", "identity") <= tolerance);
    assert_true(apart("sinusoidal", "shift(most=500, evaluation=on)", "identity") > 1e-3);
    assert_true(apart("sinusoidal", "shift", "identity") == 0);
    assert_true(apart("sinusoidal", "interpolate(factor=1)", "identity") == 0);
    assert_true(apart("rope", "group(factor=1)", "identity") == 0);
    assert_true(apart("rope", "group(factor=3)", "identity") > 1e-4);
    assert_true(apart("abacus", "coupling", "identity") > 1e-4);
}

/* Equal lengths, other positions: what one sequence collects must not count for another's. */
static void gradients_are_right_where_sequences_differ(void **state)
{
    static const char *const cases[][2] = {
        {"t5(buckets=8, distance=12)", "randomised(range=20, draw=sequence)"},
        {"learned(rows=80) + kerple-log", "random-offset(range=80)"},
        {"sinusoidal(scale=learned) + fire(hidden=5)", "cape"},
        {"kerple-power(floor=0.05)", "pose(target=30)"},
        {"abacus", "coupling(most=5)"},
        {"abacus + t5(buckets=8, distance=12)", "coupling(most=5, draw=batch)"},
        {"transformer-xl + kerple-log + dape(hidden=3)",
         "randomised(range=20, draw=sequence, layers=shared)"},
    };
    const bool single = sizeof(real) == sizeof(float);
    double step = single ? 1e-3 : 1e-6, tolerance = single ? 2e-2 : 1e-6;
    (void)state;
    for (size_t i = 0; test_row("cases", i, sizeof cases / sizeof *cases); i++) {
        struct key key = key_named(i, "direction");
        double found = 0, high, low;
        struct drawn d;
        drawn_open(&d, cases[i][0], cases[i][1], true);
        fixture_loss(&d.f, true);
        /* Only the encoders' own weights, which come last: the rest of the model would drown them. */
        size_t first = d.f.model->composition.at[0].first_parameter;
        for (size_t w = first; w < d.f.model->weights; w++)
            found += (double)d.f.dw[w] * random_normal(key, w);
        for (size_t w = first; w < d.f.model->weights; w++)
            d.f.w[w] += (real)(step * random_normal(key, w));
        high = fixture_loss(&d.f, false);
        for (size_t w = first; w < d.f.model->weights; w++)
            d.f.w[w] -= (real)(2 * step * random_normal(key, w));
        low = fixture_loss(&d.f, false);
        if (!(fabs((high - low) / (2 * step) - found) <= tolerance * (1 + fabs(found))) || found == 0)
            fail_msg("%s, positions %s: gradient %g, difference %g", cases[i][0], cases[i][1], found,
                     (high - low) / (2 * step));
        fixture_release(&d.f);
    }
}

/* A table is checked against the ends of what may be drawn, not against one draw. */
static void tables_are_refused_what_might_be_drawn(void **state)
{
    static const struct {
        const char *encoders, *positions;
        bool training, fits;
    } cases[] = {
        {"learned", "shift(most=3)", true, false},
        {"learned(rows=2L)", "shift(most=3)", false, true},
        {"learned(rows=15)", "shift(most=3)", true, true},
        {"learned(rows=14)", "shift(most=3)", true, false},
        {"learned(rows=40)", "cape", true, false},
        {"learned(rows=3L)", "randomised(range=3L)", true, true},
        {"learned(rows=17)", "randomised(range=3L)", true, false},
        {"sinusoidal", "randomised(range=11)", false, false}, /* 12 tokens */
    };
    (void)state;
    for (size_t i = 0; test_row("cases", i, sizeof cases / sizeof *cases); i++) {
        struct message message = {""};
        struct drawn d;
        drawn_open(&d, cases[i].encoders, cases[i].positions, false);
        struct site site = {
            .shape = &d.f.model->shape, .length = FIXTURE_LENGTH, .training = cases[i].training};
        enum status status = composition_accepts(&d.f.model->composition, &site, &message);
        if ((!status) != cases[i].fits)
            fail_msg("%s, positions %s: %s", cases[i].encoders, cases[i].positions, message.text);
        fixture_release(&d.f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_are_shared_as_asked),
        cmocka_unit_test(identities_hold_in_a_model),
        cmocka_unit_test(gradients_are_right_where_sequences_differ),
        cmocka_unit_test(tables_are_refused_what_might_be_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
