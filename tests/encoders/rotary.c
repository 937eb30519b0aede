/* rotary.c -- rope and its relatives, and what goes with them at evaluation: what each file promises
 * beside the golden values of golden-rotary.c and golden-distances.c. */
#include "tests/encoders/fixture.h"

extern const struct encoder encoder_dual_chunk, encoder_evq, encoder_lambda, encoder_log_n, encoder_longrope,
    encoder_p_rope, encoder_rnope, encoder_rope, encoder_self_extend, encoder_sinks, encoder_ssmax,
    encoder_temperature, encoder_window;

enum { WIDTH = 8, PAIRS = WIDTH / 2, COUNT = 50 };

static const struct shape shape = {
    .layers = 1, .heads = 2, .head_width = WIDTH, .width = 2 * WIDTH, .axes = 1, .trained_length = 16};

static void angles(double *out, const char *options, size_t length, double first)
{
    double at[COUNT];
    struct positions positions = fixture_positions(at, COUNT, first, 1);
    struct fixture f;
    fixture_open(&f, &encoder_rope, options, &shape, length);
    f.encoder->angle(f.state, f.w, &f.site, &positions, out);
    fixture_close(&f);
}

/* Turns v as the contract says: rotated = 0: pairs (2t, 2t+1); r: pairs (t, t + r/2). */
static void rotate(double *out, const double *v, const double *angle, size_t rotated)
{
    for (size_t t = 0; t < PAIRS; t++) {
        size_t a = rotated ? t : 2 * t, b = rotated ? t + rotated / 2 : 2 * t + 1;
        out[a] = v[a] * cos(angle[t]) - v[b] * sin(angle[t]);
        out[b] = v[a] * sin(angle[t]) + v[b] * cos(angle[t]);
    }
}

/* The rotation written out with complex numbers:  Re sum_t q_t conj(k_t) e^(i (m - n) theta_t). */
static double product_at_distance(const double *q, const double *k, double distance, size_t rotated)
{
    double sum = 0;
    for (size_t t = 0; t < PAIRS; t++) {
        size_t a = rotated ? t : 2 * t, b = rotated ? t + PAIRS : 2 * t + 1;
        double turn = distance * pow(10000, -2 * (double)t / WIDTH);
        sum += (q[a] * k[a] + q[b] * k[b]) * cos(turn) + (q[a] * k[b] - q[b] * k[a]) * sin(turn);
    }
    return sum;
}

static void rope_depends_on_distance_alone(void **state)
{
    static const char *const pairings[] = {"pairs=interleaved", "pairs=half"};
    double angle[COUNT * PAIRS], q[WIDTH], k[WIDTH], turned_q[WIDTH], turned_k[WIDTH];
    (void)state;
    for (size_t i = 0; i < WIDTH; i++) {
        q[i] = random_normal(key_named(1, "q"), i);
        k[i] = random_normal(key_named(1, "k"), i);
    }
    for (size_t p = 0; p < 2; p++) {
        struct fixture f;
        fixture_open(&f, &encoder_rope, pairings[p], &shape, COUNT);
        size_t rotated = f.encoder->rotated(f.state, &shape);
        assert_int_equal(rotated, p == 0 ? 0 : WIDTH);
        angles(angle, pairings[p], COUNT, 7.5);
        for (size_t i = 0; i < COUNT; i++)
            for (size_t j = 0; j < COUNT; j++) {
                double sum = 0;
                rotate(turned_q, q, angle + i * PAIRS, rotated);
                rotate(turned_k, k, angle + j * PAIRS, rotated);
                for (size_t d = 0; d < WIDTH; d++)
                    sum += turned_q[d] * turned_k[d];
                assert_near(sum, product_at_distance(q, k, (double)i - (double)j, rotated), 1e-11);
            }
        fixture_close(&f);
    }
}

/* To the bit: the dynamic methods for n <= L, and every method with factor 1. */
static void scalings_are_plain_up_to_the_training_length(void **state)
{
    static const char *const scalings[] = {"ntk", "by-parts", "by-parts,ramp=program", "yarn", "llama3"};
    double plain[COUNT * PAIRS], scaled[COUNT * PAIRS];
    (void)state;
    angles(plain, NULL, COUNT, 0);
    for (size_t s = 0; test_row("scalings", s, sizeof scalings / sizeof *scalings); s++) {
        char options[64];
        struct fixture f;
        snprintf(options, sizeof options, "scaling=%s", scalings[s]);
        fixture_open(&f, &encoder_rope, options, &shape, 16);
        assert_true(f.encoder->magnitude(f.state, &f.site) == 1);
        fixture_close(&f);
        for (size_t n = 1; n <= 16; n++) {
            angles(scaled, options, n, 0);
            assert_memory_equal(plain, scaled, sizeof plain);
        }
        angles(scaled, options, 17, 0);
        assert_memory_not_equal(plain, scaled, sizeof plain);
        snprintf(options, sizeof options, "scaling=%s,factor=1", scalings[s]);
        angles(scaled, options, 64, 0);
        assert_memory_equal(plain, scaled, sizeof plain);
    }
    angles(scaled, "factor=4", 64, 0); /* scaling = none: factor says nothing */
    assert_memory_equal(plain, scaled, sizeof plain);
}

/* Equation 16: the fastest pair is left alone, the slowest slowed by s, those between by s^(2t/(d-2)). */
static void ntk_stretches_the_slow_pairs(void **state)
{
    double plain[COUNT * PAIRS], automatic[COUNT * PAIRS], fixed[COUNT * PAIRS];
    (void)state;
    angles(plain, NULL, 64, 0);
    angles(automatic, "scaling=ntk", 64, 0); /* n / L = 4 */
    angles(fixed, "scaling=ntk,factor=4", 32, 0);
    assert_memory_equal(automatic, fixed, sizeof fixed);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t t = 0; t < PAIRS; t++)
            assert_near(automatic[i * PAIRS + t], plain[i * PAIRS + t] / pow(4, 2 * (double)t / (WIDTH - 2)),
                        1e-12);
}

/* Of r = 6 turned dimensions: pairs (t, t + 3) when halves are paired, else the first three. */
static void partial_rope_turns_the_first_dimensions(void **state)
{
    double angle[PAIRS], at = 5;
    struct positions positions = {.at = &at, .count = 1, .regular = true, .step = 1};
    (void)state;
    for (int half = 0; half < 2; half++) {
        struct fixture f;
        fixture_open(&f, &encoder_rope, half ? "fraction=0.8,pairs=half" : "fraction=0.8", &shape, COUNT);
        assert_int_equal(f.encoder->rotated(f.state, &shape), half ? 6 : 0);
        f.encoder->angle(f.state, f.w, &f.site, &positions, angle);
        for (size_t t = 0; t < 3; t++)
            assert_near(angle[t], 5 * pow(10000, -2 * (double)t / 6), 1e-14);
        assert_true(angle[3] == 0);
        fixture_close(&f);
    }
}

/* Which requests are refused, and what the sentence names. */
static void impossible_options_are_refused(void **state)
{
    static const struct {
        const struct encoder *encoder;
        const char *options, *named;
        size_t head_width, trained_length;
    } cases[] = {
        {&encoder_rope, NULL, "head width 7", 7, 16},
        {&encoder_p_rope, NULL, "head width 7", 7, 16},
        {&encoder_evq, NULL, "head width 7", 7, 16},
        {&encoder_longrope, NULL, "head width 7", 7, 16},
        {&encoder_rnope, NULL, "head width 7", 7, 16},
        {&encoder_rope, "fraction=0.2", "fraction = 0.2", 8, 16},
        {&encoder_rope, "scaling=ntk,fraction=0.25", "scaling = ntk", 8, 16},
        {&encoder_rope, "scaling=by-parts,low=32", "high = 32", 8, 16},
        {&encoder_rope, "scaling=llama3,low=4", "high = 4", 8, 16},
        {&encoder_rope, "scaling=by-parts,ramp=program,base=1", "base above 1", 8, 16},
        {&encoder_rope, "scaling=yarn,fraction=0.5", "pairs = half", 8, 16},
        {&encoder_longrope, "factors=1 2 3", "factors are 3 numbers", 8, 16},
        {&encoder_longrope, "factors=1 2 3 4 5", "factors are 5 numbers", 8, 16},
        {&encoder_longrope, "factors=1 2 x 4", "`x 4`", 8, 16},
        {&encoder_longrope, "factors=1 2 0 4", "`0 4`", 8, 16},
        {&encoder_longrope, NULL, "ln L is 0", 8, 1},
        {&encoder_ssmax, NULL, "L = 1", 8, 1},
        {&encoder_log_n, NULL, "L = 1", 8, 1},
        {&encoder_dual_chunk, "size=17", "size is 17", 8, 16},
        {&encoder_dual_chunk, "rule=program,size=3,local=3", "local is 3", 8, 16},
        {&encoder_lambda, "limit=3,local=5", "limit of at least 4", 8, 16},
    };
    (void)state;
    for (size_t c = 0; test_row("cases", c, sizeof cases / sizeof *cases); c++) {
        const struct encoder *encoder = cases[c].encoder;
        struct shape asked = shape;
        struct message message = {""};
        void *options = fixture_state(encoder->state_size, encoder->options, encoder->name, cases[c].options);
        asked.head_width = cases[c].head_width;
        asked.trained_length = cases[c].trained_length;
        assert_int_equal(encoder->prepare(options, &asked, &message), STATUS_WRONG);
        if (!strstr(message.text, cases[c].named))
            fail_msg("%s(%s): `%s` does not name `%s`", encoder->name,
                     cases[c].options ? cases[c].options : "", message.text, cases[c].named);
        memory_release(options);
    }
}

static void dual_chunk_refuses_maps_that_stretch(void **state)
{
    double at[COUNT];
    struct positions positions = fixture_positions(at, COUNT, 7.5, 1);
    struct fixture f;
    (void)state;
    fixture_open(&f, &encoder_dual_chunk, NULL, &shape, COUNT);
    assert_null(f.encoder->refuses(f.state, &f.site, &positions));
    positions = fixture_positions(at, COUNT, 0, 0.5);
    assert_non_null(f.encoder->refuses(f.state, &f.site, &positions));
    fixture_close(&f);
}

/* Sinks follow the position map: the cache's last number is that of a place. */
static void sinks_follow_the_position_map(void **state)
{
    double at[COUNT], query[COUNT], key[COUNT];
    struct positions positions = fixture_positions(at, COUNT, 3, 0.5);
    struct fixture f;
    (void)state;
    fixture_open(&f, &encoder_sinks, "sinks=2,recent=5", &shape, COUNT);
    f.encoder->plane(f.state, &f.site, 1, QUERY, &positions, query);
    f.encoder->plane(f.state, &f.site, 1, KEY, &positions, key);
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(query[i] == at[i < 6 ? i : 6]);
        assert_true(key[i] == at[i]);
    }
    fixture_close(&f);
}

static void parameters_follow_the_options(void **state)
{
    struct fixture f;
    (void)state;
    fixture_open(&f, &encoder_temperature, "learned=off", &shape, COUNT);
    assert_int_equal(f.parameters, 0);
    fixture_close(&f);
    fixture_open(&f, &encoder_temperature, NULL, &shape, COUNT);
    assert_int_equal(f.weights, shape.layers * shape.heads);
    fixture_close(&f);
    fixture_open(&f, &encoder_ssmax, "shift=on", &shape, COUNT);
    assert_int_equal(f.weights, 2 * shape.layers * shape.heads);
    assert_string_equal(f.parameter[1].name, "layer0.shift");
    assert_true(f.w[0] > 0 && f.w[shape.heads] == 0);
    fixture_close(&f);
}

/* ---- self-extend ---- */

/* The distance at which query i sees key j, through segments and planes. */
static void distances(double *out, const char *options, size_t n)
{
    double at[COUNT], plane[2][2][COUNT];
    struct positions positions = fixture_positions(at, n, 0, 1);
    struct segment segment[SEGMENTS_MAX];
    struct fixture f;
    fixture_open(&f, &encoder_self_extend, options, &shape, n);
    for (unsigned p = 0; p < 2; p++)
        for (int side = QUERY; side <= KEY; side++)
            f.encoder->plane(f.state, &f.site, p, (enum side)side, &positions, plane[p][side]);
    for (size_t i = 0; i < n; i++) {
        size_t count = f.encoder->segments(f.state, &f.site, i, n, segment), seen = 0;
        for (size_t s = 0; s < count; s++)
            for (size_t j = segment[s].first; j < segment[s].end; j++, seen++)
                out[i * n + j] = plane[segment[s].plane][QUERY][i] - plane[segment[s].plane][KEY][j];
        assert_int_equal(seen, i + 1);
    }
    fixture_close(&f);
}

static void self_extend_is_its_formula(void **state)
{
    static const struct {
        const char *options;
        long group, near;
    } cases[] = {{"group=3,window=7", 3, 7},
                 {"group=4,window=0.5L", 4, 8},
                 {NULL, 8, 4},
                 {"group=50,window=1", 50, 1}};
    double out[COUNT * COUNT];
    (void)state;
    for (size_t c = 0; test_row("cases", c, sizeof cases / sizeof *cases); c++) {
        long group = cases[c].group, near = cases[c].near;
        distances(out, cases[c].options, COUNT);
        for (long i = 0; i < COUNT; i++)
            for (long j = 0; j <= i; j++)
                assert_true(out[i * COUNT + j] ==
                            (double)(i - j < near ? i - j : i / group + near - near / group - j / group));
    }
}

static void self_extend_of_one_is_rope(void **state)
{
    double out[COUNT * COUNT];
    (void)state;
    distances(out, "group=1", COUNT);
    for (size_t i = 0; i < COUNT; i++)
        for (size_t j = 0; j <= i; j++)
            assert_true(out[i * COUNT + j] == (double)(i - j));
}

/* ---- window and log-n ---- */

static void window_keeps_the_last_keys(void **state)
{
    struct segment segment[SEGMENTS_MAX];
    struct fixture f;
    (void)state;
    fixture_open(&f, &encoder_window, "width=5", &shape, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(f.encoder->segments(f.state, &f.site, i, COUNT, segment), 1);
        assert_int_equal(segment[0].first, i < 5 ? 0 : i - 4);
        assert_int_equal(segment[0].end, i + 1);
        assert_int_equal(segment[0].plane, 0);
    }
    fixture_close(&f);
    /* The default is 1L: for n <= L nothing is cut. */
    fixture_open(&f, &encoder_window, NULL, &shape, 16);
    for (size_t i = 0; i < 17; i++) {
        assert_int_equal(f.encoder->segments(f.state, &f.site, i, 17, segment), 1);
        assert_int_equal(segment[0].first, i < 16 ? 0 : 1);
        assert_int_equal(segment[0].end, i + 1);
    }
    fixture_close(&f);
}

static void log_n_is_one_up_to_the_training_length(void **state)
{
    double at[COUNT];
    struct positions positions = fixture_positions(at, COUNT, 0, 1);
    struct message message = {""};
    struct shape short_shape = shape;
    struct fixture f;
    real s[COUNT];
    (void)state;
    fixture_open(&f, &encoder_log_n, NULL, &shape, COUNT);
    for (size_t h = 0; h < shape.heads; h++) {
        f.encoder->scale(f.state, f.w, &f.site, h, &positions, s);
        for (size_t i = 0; i < 16; i++)
            assert_true(s[i] == 1);
        for (size_t i = 16; i < COUNT; i++)
            assert_near((double)s[i], log((double)i + 1) / log(16), 2 * REAL_EPSILON);
        assert_true(s[16] > 1);
    }
    fixture_close(&f);
    short_shape.trained_length = 1;
    assert_int_equal(encoder_log_n.prepare(NULL, &short_shape, &message), STATUS_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rope_depends_on_distance_alone),
        cmocka_unit_test(scalings_are_plain_up_to_the_training_length),
        cmocka_unit_test(ntk_stretches_the_slow_pairs),
        cmocka_unit_test(partial_rope_turns_the_first_dimensions),
        cmocka_unit_test(impossible_options_are_refused),
        cmocka_unit_test(dual_chunk_refuses_maps_that_stretch),
        cmocka_unit_test(sinks_follow_the_position_map),
        cmocka_unit_test(parameters_follow_the_options),
        cmocka_unit_test(self_extend_is_its_formula),
        cmocka_unit_test(self_extend_of_one_is_rope),
        cmocka_unit_test(window_keeps_the_last_keys),
        cmocka_unit_test(log_n_is_one_up_to_the_training_length),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
