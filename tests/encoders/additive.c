/* additive.c -- sinusoidal, learned and abacus, and the position maps they need, against what their papers
 * say. */
#include "tests/encoders/fixture.h"

extern const struct encoder encoder_sinusoidal, encoder_learned, encoder_abacus;

static void sinusoidal_is_its_formula(void **state)
{
    static const double places[] = {0, 1, 2.5, 63, 16384.25};
    const struct positions positions = {.at = places, .count = 5};
    struct fixture f;
    real x[5 * 18];
    (void)state;
    fixture_open(&f, &encoder_sinusoidal, NULL, &fixture_shapes[1], 5);
    for (size_t i = 0; i < 5 * 18; i++)
        x[i] = 2; /* added to, not written */
    f.encoder->add(f.state, f.w, &f.site, &positions, x);
    for (size_t i = 0; i < 5; i++)
        for (size_t t = 0; t < 9; t++) {
            double angle = places[i] / pow(10000, 2 * (double)t / 18);
            assert_near((double)x[i * 18 + 2 * t], 2 + sin(angle), 8 * REAL_EPSILON + 1e-11);
            assert_near((double)x[i * 18 + 2 * t + 1], 2 + cos(angle), 8 * REAL_EPSILON + 1e-11);
        }
    fixture_close(&f);
}

/* sin(10000 i / d^a), as it is sometimes printed, has no column in it. */
static void the_article_schedule_makes_all_columns_alike(void **state)
{
    static const double places[] = {1, 2, 63, 1000};
    const struct positions positions = {.at = places, .count = 4};
    struct fixture f;
    real x[4 * 18] = {0};
    (void)state;
    fixture_open(&f, &encoder_sinusoidal, "schedule=article", &fixture_shapes[1], 5);
    f.encoder->add(f.state, f.w, &f.site, &positions, x);
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 1; k < 18; k++)
            assert_true(x[i * 18 + k] == x[i * 18] && x[i * 18] != 0);
    fixture_close(&f);
}

/* One period for all pairs: positions a period apart are the same. */
static void the_constant_schedule_repeats(void **state)
{
    static const double places[] = {3, 13, 23, 4};
    const struct positions positions = {.at = places, .count = 4};
    struct fixture f;
    real x[4 * 8] = {0};
    (void)state;
    fixture_open(&f, &encoder_sinusoidal, "schedule=constant,period=10,function=triangle", &fixture_shapes[0],
                 5);
    f.encoder->add(f.state, f.w, &f.site, &positions, x);
    for (size_t k = 0; k < 8; k++) {
        assert_near((double)x[8 + k], (double)x[k], 8 * REAL_EPSILON);
        assert_near((double)x[16 + k], (double)x[k], 8 * REAL_EPSILON);
        assert_true(x[24 + k] != x[k]);
    }
    fixture_close(&f);
}

static void learned_scale_starts_at_one_over_root_width(void **state)
{
    struct fixture f;
    (void)state;
    fixture_open(&f, &encoder_sinusoidal, "scale=learned", &fixture_shapes[1], 5);
    assert_int_equal(f.weights, 1);
    assert_near((double)f.w[0], 1 / sqrt(18), REAL_EPSILON);
    fixture_close(&f);
}

static void abacus_has_a_row_for_every_place(void **state)
{
    static const double places[] = {0, 1, 127, 128, 500};
    static const size_t row[] = {0, 1, 127, 127, 127}; /* 16L = 128 rows; beyond: the last */
    const struct positions positions = {.at = places, .count = 5};
    struct fixture f;
    real x[5 * 8] = {0};

    (void)state;
    fixture_open(&f, &encoder_abacus, NULL, &fixture_shapes[0], 5);
    assert_int_equal(f.weights, 128 * 8);
    f.encoder->add(f.state, f.w, &f.site, &positions, x);
    for (size_t i = 0; i < 5; i++)
        assert_memory_equal(x + i * 8, f.w + row[i] * 8, 8 * sizeof *x);
    fixture_close(&f);
}

static void learned_blends_neighbours_and_holds_the_last_row(void **state)
{
    static const double places[] = {0, 3, 2.25, 6.75, 7, 7.875};
    static const size_t left[] = {0, 3, 2, 6, 7, 7};
    static const double share[] = {0, 0, 0.25, 0.75, 0, 0};
    const struct positions positions = {.at = places, .count = 6};
    struct fixture f;
    real x[6 * 8] = {0};
    (void)state;
    fixture_open(&f, &encoder_learned, NULL, &fixture_shapes[0], 6);
    assert_int_equal(f.weights, 8 * 8);
    assert_null(f.encoder->refuses(f.state, &f.site, &positions));
    f.encoder->add(f.state, f.w, &f.site, &positions, x);
    for (size_t i = 0; i < 6; i++)
        for (size_t k = 0; k < 8; k++) {
            size_t right = left[i] + (share[i] > 0);
            double expected =
                (1 - share[i]) * (double)f.w[left[i] * 8 + k] + share[i] * (double)f.w[right * 8 + k];
            assert_near((double)x[i * 8 + k], expected, 4 * REAL_EPSILON);
        }
    fixture_close(&f);
}

static void learned_starts_normal(void **state)
{
    const struct shape shape = {
        .layers = 1, .heads = 1, .head_width = 64, .width = 64, .axes = 1, .trained_length = 256};
    double sum = 0, square = 0, count = 64 * 256;
    struct fixture f;
    (void)state;
    fixture_open(&f, &encoder_learned, NULL, &shape, 6);
    for (size_t i = 0; i < f.weights; i++) {
        sum += (double)f.w[i];
        square += (double)f.w[i] * (double)f.w[i];
    }
    assert_true(fabs(sum / count) < 4 * 0.02 / 128); /* four standard errors */
    assert_true(fabs(sqrt(square / count) - 0.02) < 4 * 0.02 / 181);
    fixture_close(&f);
}

static void learned_refuses_what_it_has_no_row_for(void **state)
{
    static const double beyond[] = {0, 1, 8}, fraction[] = {0, 8.01}, below[] = {-0.5};
    const struct positions wrong[] = {
        {.at = beyond, .count = 3}, {.at = fraction, .count = 2}, {.at = below, .count = 1}};
    struct fixture f;
    (void)state;
    fixture_open(&f, &encoder_learned, NULL, &fixture_shapes[0], 9);
    for (size_t i = 0; i < 3; i++) {
        const char *clause = f.encoder->refuses(f.state, &f.site, &wrong[i]);
        assert_non_null(clause);
        assert_non_null(strstr(clause, "8 rows"));
        assert_non_null(strstr(clause, "clamp"));
        assert_non_null(strstr(clause, "wrap"));
        assert_non_null(strstr(clause, "interpolate"));
    }
    fixture_close(&f);
}

/* ---- position maps ---- */

static const struct position_map *map_named(const char *name)
{
    size_t m = 0;
    while (position_maps[m] && strcmp(position_maps[m]->name, name) != 0)
        m++;
    assert_non_null(position_maps[m]);
    return position_maps[m];
}

static void apply(double *at, const char *name, const char *options, size_t length, size_t trained)
{
    const struct position_map *map = map_named(name);
    struct shape shape = {
        .layers = 1, .heads = 1, .head_width = 2, .width = 2, .axes = 1, .trained_length = trained};
    struct site site = {.shape = &shape, .length = length};
    void *state = fixture_state(map->state_size, map->options, name, options);
    map->map(state, &site, key_named(1, "map"), NULL, length, at);
    memory_release(state);
}

static void maps_are_their_formulas(void **state)
{
    double at[40];
    (void)state;
    apply(at, "identity", NULL, 40, 16);
    for (size_t p = 0; p < 40; p++)
        assert_true(at[p] == (double)p);
    apply(at, "clamp", NULL, 40, 16);
    for (size_t p = 0; p < 40; p++)
        assert_true(at[p] == (p < 15 ? (double)p : 15));
    apply(at, "wrap", NULL, 40, 16);
    for (size_t p = 0; p < 40; p++)
        assert_true(at[p] == fmod((double)p, 16));
    apply(at, "interpolate", NULL, 40, 16); /* n / L = 2.5 */
    for (size_t p = 0; p < 40; p++)
        assert_true(at[p] == (double)p / 2.5 && at[p] < 16);
    apply(at, "interpolate", "factor=8", 40, 16);
    for (size_t p = 0; p < 40; p++)
        assert_true(at[p] == (double)p / 8);
}

static void maps_leave_trained_lengths_alone(void **state)
{
    static const char *const calls[][2] = {
        {"clamp", NULL}, {"wrap", NULL},        {"interpolate", NULL}, {"interpolate", "factor=1"},
        {"group", NULL}, {"group", "factor=1"}, {"identity", NULL}};
    double at[16];
    (void)state;
    for (size_t c = 0; test_row("calls", c, sizeof calls / sizeof *calls); c++)
        for (size_t n = 1; n <= 16; n++) {
            apply(at, calls[c][0], calls[c][1], n, 16);
            for (size_t p = 0; p < n; p++)
                assert_true(at[p] == (double)p);
        }
    double far[40];
    apply(far, "interpolate", "factor=1", 40, 16);
    for (size_t p = 0; p < 40; p++)
        assert_true(far[p] == (double)p);
}

/* The ways out that the refusal names are ways out; so is group. */
static void maps_open_the_table_at_every_length(void **state)
{
    static const char *const names[] = {"clamp", "wrap", "interpolate", "group"};
    struct fixture f;
    double at[200];
    (void)state;
    fixture_open(&f, &encoder_learned, NULL, &fixture_shapes[1], 9);
    for (size_t m = 0; m < 4; m++)
        for (size_t n = 1; n <= 200; n++) {
            struct positions positions = {.at = at, .count = n};
            apply(at, names[m], NULL, n, f.shape.trained_length);
            assert_null(f.encoder->refuses(f.state, &f.site, &positions));
        }
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sinusoidal_is_its_formula),
        cmocka_unit_test(the_article_schedule_makes_all_columns_alike),
        cmocka_unit_test(the_constant_schedule_repeats),
        cmocka_unit_test(learned_scale_starts_at_one_over_root_width),
        cmocka_unit_test(abacus_has_a_row_for_every_place),
        cmocka_unit_test(learned_blends_neighbours_and_holds_the_last_row),
        cmocka_unit_test(learned_starts_normal),
        cmocka_unit_test(learned_refuses_what_it_has_no_row_for),
        cmocka_unit_test(maps_are_their_formulas),
        cmocka_unit_test(maps_leave_trained_lengths_alone),
        cmocka_unit_test(maps_open_the_table_at_every_length),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
