/* golden-rotary.c -- angles, magnitudes, decays and scales of encoders against golden-rotary.txt. */
#include "tests/encoders/golden.h"

static const char path[] = "tests/encoders/golden-rotary.txt";
enum { WIDTH = 4, PAIRS_MAX = 64 };

static struct shape shape_of(size_t head_width, size_t trained_length)
{
    return (struct shape){.layers = 4,
                          .heads = 2,
                          .head_width = head_width,
                          .width = 2 * head_width,
                          .axes = 1,
                          .trained_length = trained_length};
}

/* Relative to the angle, so that a pair which hardly turns is checked as sharply as a fast one. */
static void check_angles(const struct golden *golden)
{
    const struct shape shape = shape_of(golden_whole(golden, 3), golden_whole(golden, 4));
    const size_t pairs = shape.head_width / 2;
    double at = golden_number(golden, 6), angle[PAIRS_MAX];
    struct positions positions = {.at = &at, .count = 1, .regular = true, .step = 1};
    struct fixture f;
    assert_true(pairs <= PAIRS_MAX);
    assert_int_equal(golden->count, 7 + pairs);
    golden_fixture(&f, golden, 0, &shape, golden_whole(golden, 5), golden_whole(golden, 2));
    f.encoder->angle(f.state, f.w, &f.site, &positions, angle);
    for (size_t t = 0; t < pairs; t++)
        golden_expect(golden, 7 + t, angle[t], 0, 2e-14);
    fixture_close(&f);
}

static void check_magnitude(const struct golden *golden)
{
    const struct shape shape = shape_of(golden_whole(golden, 2), golden_whole(golden, 3));
    struct fixture f;
    assert_int_equal(golden->count, 6);
    golden_fixture(&f, golden, 0, &shape, golden_whole(golden, 4), 0);
    golden_expect(golden, 5, f.encoder->magnitude(f.state, &f.site), 0, 2e-14);
    fixture_close(&f);
}

/* The exponent, because the factor itself is 0 far away. */
static void check_decay(const struct golden *golden)
{
    const struct shape shape = shape_of(golden_whole(golden, 2), golden_whole(golden, 3));
    const size_t pairs = shape.head_width / 2;
    double rate[PAIRS_MAX];
    struct fixture f;
    assert_true(pairs <= PAIRS_MAX);
    assert_int_equal(golden->count, 5 + pairs);
    golden_fixture(&f, golden, 0, &shape, shape.trained_length, 0);
    f.encoder->decay(f.state, &shape, rate);
    for (size_t t = 0; t < pairs; t++)
        golden_expect(golden, 5 + t, rate[t] * golden_number(golden, 4), 0, 1e-13);
    fixture_close(&f);
}

static void check_scale(const struct golden *golden)
{
    const struct shape shape = shape_of(WIDTH, golden_whole(golden, 2));
    size_t n = golden_whole(golden, 3);
    double *at = memory_allocate(n, sizeof *at, "positions", NULL);
    real *s = memory_allocate(n, sizeof *s, "scales", NULL);
    struct positions positions = fixture_positions(at, n, 0, 1);
    struct fixture f;
    assert_int_equal(golden->count, 6);
    golden_fixture(&f, golden, 0, &shape, n, 1);
    for (size_t h = 0; h < shape.heads; h++) {
        f.encoder->scale(f.state, f.w, &f.site, h, &positions, s);
        golden_expect(golden, 5, (double)s[golden_whole(golden, 4)], 4 * REAL_EPSILON, 4 * REAL_EPSILON);
    }
    fixture_close(&f);
    memory_release(at);
    memory_release(s);
}

static void angles(void **state)
{
    (void)state;
    golden_check(path, "angle", check_angles, 400);
}

static void magnitudes(void **state)
{
    (void)state;
    golden_check(path, "magnitude", check_magnitude, 36);
}

static void decays(void **state)
{
    (void)state;
    golden_check(path, "decay", check_decay, 80);
}

static void scales(void **state)
{
    (void)state;
    golden_check(path, "scale", check_scale, 160);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(angles),
        cmocka_unit_test(magnitudes),
        cmocka_unit_test(decays),
        cmocka_unit_test(scales),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
