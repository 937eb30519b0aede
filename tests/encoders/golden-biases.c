/* golden-biases.c -- biases, running sums over tokens and strips against golden-biases.txt. */
#include "tests/encoders/golden.h"

static const char path[] = "tests/encoders/golden-biases.txt";
enum { HEADS_MAX = 16, HEAD_WIDTH = 4, LAYER = 1, TOKENS_MAX = 16 };

/* Ten digits stand in the file. */
static const double tolerance = sizeof(real) == sizeof(float) ? 2e-5 : 1e-8;

static real data(size_t i)
{
    return (real)(((double)(29 * i % 53) - 26) / 20);
}

static void expect(const struct golden *golden, size_t field, double value)
{
    golden_expect(golden, field, value, tolerance, tolerance);
}

/* The encoder of the line with L and heads of fields 2 and 3, its weights those of the script. */
static void open_encoder(struct fixture *f, const struct golden *golden, size_t length)
{
    const size_t heads = golden_whole(golden, 3);
    const struct shape shape = {.layers = 2,
                                .heads = heads,
                                .head_width = HEAD_WIDTH,
                                .width = heads * HEAD_WIDTH,
                                .axes = 1,
                                .trained_length = golden_whole(golden, 2)};
    assert_true(heads <= HEADS_MAX);
    golden_fixture(f, golden, 0, &shape, length, LAYER);
    golden_weigh(f);
}

static void check_bias(const struct golden *golden)
{
    size_t heads = golden_whole(golden, 3);
    double query = golden_number(golden, 4), key = golden_number(golden, 5);
    struct fixture f;
    real b[HEADS_MAX];
    assert_int_equal(golden->count, 6 + heads);
    open_encoder(&f, golden, (size_t)query + 1);
    f.encoder->bias(f.state, f.w, &f.site, &query, &key, 1, b);
    for (size_t h = 0; h < heads; h++)
        expect(golden, 6 + h, (double)b[h]);
    fixture_close(&f);
}

static void check_token(const struct golden *golden)
{
    size_t heads = golden_whole(golden, 3), n = golden_whole(golden, 4);
    struct fixture f;
    double c[TOKENS_MAX * HEADS_MAX];
    real x[TOKENS_MAX * HEADS_MAX * HEAD_WIDTH];
    assert_true(n <= TOKENS_MAX);
    assert_int_equal(golden->count, 5 + heads * (n - 1));
    open_encoder(&f, golden, n);
    for (size_t i = 0; i < n * heads * HEAD_WIDTH; i++)
        x[i] = data(i);
    f.encoder->token(f.state, f.w, &f.site, x, c);
    for (size_t h = 0; h < heads; h++)
        for (size_t i = 1; i < n; i++)
            expect(golden, 5 + h * (n - 1) + i - 1, c[h * n + i] - c[h * n]);
    fixture_close(&f);
}

/* Row i alone, as a strip of one. */
static void check_strip(const struct golden *golden)
{
    size_t heads = golden_whole(golden, 3), n = golden_whole(golden, 4), row = golden_whole(golden, 6);
    double at[TOKENS_MAX];
    struct fixture f;
    assert_true(n <= TOKENS_MAX);
    assert_int_equal(golden->count, 7 + heads * (row + 1));
    open_encoder(&f, golden, n);
    struct positions positions = fixture_positions(at, n, golden_number(golden, 5), 1);
    size_t vectors = heads * n * HEAD_WIDTH, square = heads * n * n;
    real *q = memory_allocate(2 * vectors + 3 * heads * n, sizeof *q, "inputs", NULL), *k = q + vectors;
    real *content = k + vectors, *bias = content + heads * n, *logits = bias + heads * n;
    void *scratch = memory_allocate(f.encoder->strip_scratch(f.state, &f.site, 1, n), 1, "scratch", NULL);
    for (size_t i = 0; i < 2 * vectors; i++)
        q[i] = data(i);
    for (size_t h = 0; h < heads; h++)
        for (size_t j = 0; j < n; j++) {
            content[h * n + j] = data(2 * vectors + (h * n + row) * n + j);
            bias[h * n + j] = data(2 * vectors + square + (h * n + row) * n + j);
        }
    void *table = fixture_table(&f, &positions);
    const struct strip strip = {.query = &positions,
                                .key = &positions,
                                .first = row,
                                .rows = 1,
                                .q = q,
                                .k = k,
                                .content = content,
                                .bias = bias,
                                .logits = logits,
                                .table = table,
                                .scratch = scratch};
    f.encoder->strip(f.state, f.w, &f.site, &strip);
    memory_release(table);
    for (size_t h = 0; h < heads; h++)
        for (size_t j = 0; j <= row; j++)
            expect(golden, 7 + h * (row + 1) + j, (double)logits[h * n + j]);
    memory_release(scratch);
    memory_release(q);
    fixture_close(&f);
}

static void biases(void **state)
{
    (void)state;
    golden_check(path, "bias", check_bias, 300);
}

static void tokens(void **state)
{
    (void)state;
    golden_check(path, "token", check_token, 2);
}

static void strips(void **state)
{
    (void)state;
    golden_check(path, "strip", check_strip, 48);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(biases),
        cmocka_unit_test(tokens),
        cmocka_unit_test(strips),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
