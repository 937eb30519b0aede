/* biases.c -- alibi, t5, kerple and fire against what their papers say of them. */
#include "tests/encoders/fixture.h"

extern const struct encoder encoder_alibi, encoder_t5, encoder_fire, encoder_kerple_log, encoder_kerple_power;

static struct shape with_heads(size_t heads)
{
    return (struct shape){
        .layers = 2, .heads = heads, .head_width = 4, .width = 4 * heads, .axes = 1, .trained_length = 64};
}

/* Slopes as exponents of 1/2. */
static void check_slopes(size_t heads, const double *exponent)
{
    const double query = 100, key[] = {100, 99, 58.5, 0};
    struct shape shape = with_heads(heads);
    struct fixture f;
    real b[16 * 4];
    fixture_open(&f, &encoder_alibi, NULL, &shape, 128);
    f.encoder->bias(f.state, f.w, &f.site, &query, key, 4, b);
    for (size_t h = 0; h < heads; h++)
        for (size_t j = 0; j < 4; j++)
            assert_near((double)b[h * 4 + j], -pow(0.5, exponent[h]) * (query - key[j]), 2 * REAL_EPSILON);
    fixture_close(&f);
}

static void alibi_slopes_are_the_published_ones(void **state)
{
    (void)state;
    check_slopes(8, (double[]){1, 2, 3, 4, 5, 6, 7, 8}); /* 1/2 ... 1/256, section 3 */
    check_slopes(16, (double[]){0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7, 7.5, 8});
    check_slopes(12, (double[]){1, 2, 3, 4, 5, 6, 7, 8, 0.5, 1.5, 2.5, 3.5});
    check_slopes(6, (double[]){2, 4, 6, 8, 1, 3});
    check_slopes(2, (double[]){4, 8});
    check_slopes(1, (double[]){8});
}

/* The biases of both at many distances and heads: the same bits? */
static bool same_biases(const struct encoder *a, const char *a_options, const struct encoder *b,
                        const char *b_options, size_t heads)
{
    enum { KEYS = 300 };
    struct shape shape = with_heads(heads);
    double at[KEYS];
    struct fixture f[2];
    real bias[2][16 * KEYS];
    fixture_positions(at, KEYS, 0, 1.25);
    fixture_open(&f[0], a, a_options, &shape, KEYS);
    fixture_open(&f[1], b, b_options, &shape, KEYS);
    for (int i = 0; i < 2; i++) {
        f[i].encoder->bias(f[i].state, f[i].w, &f[i].site, &at[KEYS - 1], at, KEYS, bias[i]);
        fixture_close(&f[i]);
    }
    return memcmp(bias[0], bias[1], heads * KEYS * sizeof(real)) == 0;
}

static void kerple_power_of_one_is_alibi(void **state)
{
    static const size_t heads[] = {1, 2, 3, 8, 12};
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        assert_true(
            same_biases(&encoder_kerple_power, "slope=alibi,power=one", &encoder_alibi, NULL, heads[i]));
        assert_false(same_biases(&encoder_kerple_power, "slope=alibi", &encoder_alibi, NULL, heads[i]));
        assert_false(same_biases(&encoder_kerple_power, "power=one", &encoder_alibi, NULL, heads[i]));
    }
}

static void alibi_learned_starts_at_the_published_slopes(void **state)
{
    struct shape shape = with_heads(12);
    const double query = 9, key = 0;
    struct fixture f, learned;
    real b[12], expected[12];
    (void)state;
    fixture_open(&f, &encoder_alibi, NULL, &shape, 64);
    fixture_open(&learned, &encoder_alibi, "slopes=learned", &shape, 64);
    assert_int_equal(f.weights, 0);
    assert_int_equal(learned.weights, 12);
    f.encoder->bias(f.state, f.w, &f.site, &query, &key, 1, expected);
    learned.encoder->bias(learned.state, learned.w, &learned.site, &query, &key, 1, b);
    for (size_t h = 0; h < 12; h++)
        assert_near((double)b[h], (double)expected[h], 16 * REAL_EPSILON);
    fixture_close(&f);
    fixture_close(&learned);
}

/* -m (i - j) and +m j differ by a number of the row alone: the softmax is the same (Press et al., figure 3). */
static void alibi_is_a_shift_of_its_rows(void **state)
{
    enum { KEYS = 40 };
    struct shape shape = with_heads(2);
    double at[KEYS], sum[2] = {0, 0};
    struct fixture f;
    real b[2 * KEYS];
    (void)state;
    fixture_positions(at, KEYS, 0, 1);
    fixture_open(&f, &encoder_alibi, NULL, &shape, KEYS);
    f.encoder->bias(f.state, f.w, &f.site, &at[KEYS - 1], at, KEYS, b);
    const double m = 1.0 / 16; /* of head 0 of 2 */
    for (size_t j = 0; j < KEYS; j++) {
        sum[0] += exp((double)b[j]);
        sum[1] += exp(m * at[j]);
    }
    for (size_t j = 0; j < KEYS; j++)
        assert_near(exp((double)b[j]) / sum[0], exp(m * at[j]) / sum[1], 8 * REAL_EPSILON);
    /* Both directions alike. */
    real after[2];
    f.encoder->bias(f.state, f.w, &f.site, &at[0], &at[KEYS - 1], 1, after);
    assert_true(after[0] == b[0] && after[1] == b[KEYS]);
    fixture_close(&f);
}

/* Wherever training moves the weights, r stays in its range: never a reward for distance. */
static void kerple_stays_a_penalty(void **state)
{
    static const double weights[] = {-3, -0.01, 0, 0.005, 0.01, 1, 1.99, 2, 2.5, 4.1, 9};
    const double query = 100, key[] = {100, 99, 98, 40};
    struct shape shape = with_heads(1);
    (void)state;
    for (size_t e = 0; e < 2; e++) {
        struct fixture f;
        fixture_open(&f, e ? &encoder_kerple_power : &encoder_kerple_log, NULL, &shape, 128);
        for (size_t i = 0; i < 11; i++)
            for (size_t k = 0; k < 11; k++) {
                real b[4];
                f.w[0] = (real)weights[i];
                f.w[1] = (real)weights[k];
                f.encoder->bias(f.state, f.w, &f.site, &query, key, 4, b);
                assert_true(b[0] == 0);
                for (size_t j = 1; j < 4; j++)
                    assert_true(b[j] < b[j - 1]);
            }
        fixture_close(&f);
    }
}

/* ---- t5 ---- */

/* The bucket of a distance, read off a table that holds its own column numbers. */
static size_t bucket_of(struct fixture *f, double query, double key)
{
    size_t heads = f->shape.heads, buckets = f->weights / heads;
    real b[16];
    for (size_t h = 0; h < heads; h++)
        for (size_t column = 0; column < buckets; column++)
            f->w[h * buckets + column] = (real)(1000 * h + column);
    f->encoder->bias(f->state, f->w, &f->site, &query, &key, 1, b);
    for (size_t h = 0; h < heads; h++)
        assert_true(b[h] == (real)(1000 * h) + b[0]);
    return (size_t)b[0];
}

static void t5_thresholds_are_the_published_ones(void **state)
{
    static const size_t threshold[] = {16, 19, 21, 24, 27, 31, 35, 40, 46, 52, 59, 67, 77, 87, 99, 113};
    struct shape shape = with_heads(3);
    struct fixture f;
    (void)state;
    fixture_open(&f, &encoder_t5, NULL, &shape, 128);
    assert_int_equal(f.weights, 3 * 32);
    for (size_t distance = 0; distance < 5000; distance++) {
        size_t expected = distance;
        if (distance >= 16) {
            expected = 15;
            for (size_t i = 0; i < 16; i++)
                expected += distance >= threshold[i];
        }
        assert_int_equal(bucket_of(&f, (double)distance, 0), expected);
    }
    assert_int_equal(bucket_of(&f, 3, 9), 0); /* causal rule: after the query */
    assert_int_equal(bucket_of(&f, 1e15, 0), 31);
    fixture_close(&f);
}

/* Distances that are whole but for rounding, as positions p / s give, stay in their bucket. */
static void t5_buckets_survive_rounding(void **state)
{
    static const double factors[] = {3, 7, 2.5, 10, 1.1};
    struct shape shape = with_heads(1);
    struct fixture f;
    (void)state;
    fixture_open(&f, &encoder_t5, NULL, &shape, 128);
    for (size_t s = 0; s < 5; s++)
        for (size_t whole = 0; whole < 20; whole++)
            for (size_t key = 0; key < 100; key++) {
                double start = (double)key / factors[s];
                assert_int_equal(bucket_of(&f, start + (double)whole, start),
                                 bucket_of(&f, (double)whole, 0));
            }
    fixture_close(&f);
}

static void t5_checks_its_distance(void **state)
{
    struct shape shape = with_heads(1);
    struct message message = {""};
    void *quarter = fixture_state(encoder_t5.state_size, encoder_t5.options, "t5", "distance=0.25L");
    (void)state;
    assert_int_equal(encoder_t5.prepare(quarter, &shape, &message), STATUS_WRONG); /* 16 at L = 64 */
    assert_non_null(strstr(message.text, "at least 17"));
    shape.trained_length = 512; /* 128: the paper */
    assert_int_equal(encoder_t5.prepare(quarter, &shape, &message), STATUS_OK);
    memory_release(quarter);
}

/* ---- fire ---- */

static double psi(double x, double c)
{
    return log(fabs(c * x) + 1);
}

/* The formula, one pair of positions and one head at a time. */
static double fire_naive(const struct fixture *f, const real *w, double query, double key, size_t hidden,
                         double threshold, size_t head)
{
    const real *first = w, *first_bias = first + hidden, *second = first_bias + hidden;
    const real *second_bias = second + f->shape.heads * hidden;
    double c = (double)second_bias[f->shape.heads], m = (double)second_bias[f->shape.heads + 1];
    double x = psi(query - key, c) / (psi(fmax(query, fabs(m * threshold)), c) + 1e-6);
    double sum = (double)second_bias[head];
    for (size_t u = 0; u < hidden; u++)
        sum += (double)second[head * hidden + u] * fmax(0, (double)first[u] * x + (double)first_bias[u]);
    return sum;
}

static void check_fire(const char *options, size_t hidden, double threshold, bool shared)
{
    enum { KEYS = 150 }; /* more than two blocks */
    struct shape shape = with_heads(3);
    size_t layer_size = 2 * hidden + 3 * hidden + 3 + 2;
    double at[KEYS];
    struct fixture f;
    real b[3 * KEYS];
    fixture_positions(at, KEYS, 0, 0.75);
    fixture_open(&f, &encoder_fire, options, &shape, KEYS);
    assert_int_equal(f.weights, layer_size * (shared ? 1 : 2));
    assert_near((double)f.w[layer_size - 2], 0.1, REAL_EPSILON);
    assert_true(f.w[layer_size - 1] == 1);
    fixture_stir(&f, 0.2);
    for (f.site.layer = 0; f.site.layer < 2; f.site.layer++)
        for (size_t i = 0; i < KEYS; i += 7) {
            const real *w = f.w + (shared ? 0 : f.site.layer * layer_size);
            f.encoder->bias(f.state, f.w, &f.site, &at[i], at, i + 1, b);
            for (size_t h = 0; h < 3; h++)
                for (size_t j = 0; j <= i; j++)
                    assert_near((double)b[h * (i + 1) + j],
                                fire_naive(&f, w, at[i], at[j], hidden, threshold, h), 100 * REAL_EPSILON);
        }
    fixture_close(&f);
}

static void fire_is_its_formula(void **state)
{
    (void)state;
    check_fire(NULL, 32, 16, false);
    check_fire("hidden=7,threshold=40,shared=on", 7, 40, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alibi_slopes_are_the_published_ones),
        cmocka_unit_test(kerple_power_of_one_is_alibi),
        cmocka_unit_test(alibi_learned_starts_at_the_published_slopes),
        cmocka_unit_test(alibi_is_a_shift_of_its_rows),
        cmocka_unit_test(kerple_stays_a_penalty),
        cmocka_unit_test(t5_thresholds_are_the_published_ones),
        cmocka_unit_test(t5_buckets_survive_rounding),
        cmocka_unit_test(t5_checks_its_distance),
        cmocka_unit_test(fire_is_its_formula),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
