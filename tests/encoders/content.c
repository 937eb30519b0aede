/* content.c -- encoders that look at what tokens say: cope and forgetting against naive double loops, what
 * dape and cable are the same as. */
#include "tests/encoders/fixture.h"

extern const struct encoder encoder_cope, encoder_forgetting, encoder_dape, encoder_cable;

enum { LENGTH = 13, HEADS = 3, WIDTH = 4 };

static const struct shape shape = {
    .layers = 2, .heads = HEADS, .head_width = WIDTH, .width = HEADS * WIDTH, .axes = 1, .trained_length = 6};

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

struct cope_input {
    real q[HEADS * LENGTH * WIDTH], content[HEADS * LENGTH * LENGTH], bias[HEADS * LENGTH * LENGTH];
};

/* The sum of gates from scratch for every pair, both rows of the table multiplied with q. */
static double cope_naive(const struct cope_input *in, const real *table, size_t rows, double factor, size_t h,
                         size_t i, size_t j)
{
    const real *a = in->content + (h * LENGTH + i) * LENGTH, *q = in->q + (h * LENGTH + i) * WIDTH;
    double p = 0, z = 0;
    for (size_t t = j; t <= i; t++)
        p += sigmoid((double)a[t]);
    p = fmin(p, (double)rows - 1);
    for (size_t d = 0; d < WIDTH; d++) {
        double low = (double)table[(size_t)floor(p) * WIDTH + d],
               high = (double)table[(size_t)ceil(p) * WIDTH + d];
        z += (double)q[d] * ((p - floor(p)) * high + (1 - (p - floor(p))) * low);
    }
    return (double)a[j] + (double)in->bias[(h * LENGTH + i) * LENGTH + j] + factor * z;
}

/* In strips of `rows` queries: whatever the engine chooses, the logits are the same. */
static void check_cope(const char *options, size_t table_rows, double factor, size_t strip)
{
    static struct cope_input in;
    double at[LENGTH];
    struct positions positions = fixture_positions(at, LENGTH, 0, 1);
    real content[HEADS * LENGTH * LENGTH], bias[HEADS * LENGTH * LENGTH], logits[HEADS * LENGTH * LENGTH];
    struct fixture f;
    fixture_open(&f, &encoder_cope, options, &shape, LENGTH);
    assert_int_equal(f.weights, 2 * table_rows * WIDTH);
    for (size_t i = 0; i < f.weights; i++)
        assert_true(f.w[i] == 0);
    fixture_stir(&f, 1);
    fill_normal(in.q, HEADS * LENGTH * WIDTH, "q");
    fill_normal(in.content, HEADS * LENGTH * LENGTH, "content");
    fill_normal(in.bias, HEADS * LENGTH * LENGTH, "bias");
    size_t bytes = f.encoder->strip_scratch(f.state, &f.site, strip, LENGTH);
    void *scratch = memory_allocate(bytes, 1, "scratch", NULL);
    for (f.site.layer = 0; f.site.layer < 2; f.site.layer++)
        for (size_t first = 0; first < LENGTH; first += strip) {
            size_t rows = LENGTH - first < strip ? LENGTH - first : strip;
            memset(scratch, 0xff, bytes);
            for (size_t h = 0; h < HEADS; h++) {
                size_t from = (h * LENGTH + first) * LENGTH, to = h * rows * LENGTH, size = rows * LENGTH;
                memcpy(content + to, in.content + from, size * sizeof(real));
                memcpy(bias + to, in.bias + from, size * sizeof(real));
            }
            const struct strip given = {.query = &positions,
                                        .key = &positions,
                                        .first = first,
                                        .rows = rows,
                                        .q = in.q,
                                        .content = content,
                                        .bias = bias,
                                        .logits = logits,
                                        .scratch = scratch};
            f.encoder->strip(f.state, f.w, &f.site, &given);
            for (size_t h = 0; h < HEADS; h++)
                for (size_t r = 0; r < rows; r++)
                    for (size_t j = 0; j <= first + r; j++)
                        assert_near((double)logits[(h * rows + r) * LENGTH + j],
                                    cope_naive(&in, f.w + f.site.layer * table_rows * WIDTH, table_rows,
                                               factor, h, first + r, j),
                                    50 * REAL_EPSILON);
        }
    memory_release(scratch);
    fixture_close(&f);
}

static void cope_is_its_formula(void **state)
{
    (void)state;
    check_cope(NULL, 6, 0.5, LENGTH); /* 1L rows; 1 / sqrt(4) */
    check_cope(NULL, 6, 0.5, 4);
    check_cope("divide=off", 6, 1, 5);
    check_cope("npos=3", 3, 0.5, 5); /* most positions clamped */
    check_cope("npos=1", 1, 0.5, 5);
    check_cope("npos=64", 64, 0.5, 1);
}

/* A table of zeros adds nothing: at its start CoPE is content plus bias. */
static void cope_starts_as_nothing(void **state)
{
    double at[LENGTH];
    struct positions positions = fixture_positions(at, LENGTH, 0, 1);
    real q[HEADS * LENGTH * WIDTH], content[HEADS * LENGTH * LENGTH], bias[HEADS * LENGTH * LENGTH];
    real logits[HEADS * LENGTH * LENGTH];
    struct fixture f;
    (void)state;
    fixture_open(&f, &encoder_cope, NULL, &shape, LENGTH);
    void *scratch =
        memory_allocate(f.encoder->strip_scratch(f.state, &f.site, LENGTH, LENGTH), 1, "scratch", NULL);
    fill_normal(q, HEADS * LENGTH * WIDTH, "q");
    fill_normal(content, HEADS * LENGTH * LENGTH, "content");
    fill_normal(bias, HEADS * LENGTH * LENGTH, "bias");
    const struct strip given = {.query = &positions,
                                .key = &positions,
                                .rows = LENGTH,
                                .q = q,
                                .content = content,
                                .bias = bias,
                                .logits = logits,
                                .scratch = scratch};
    f.encoder->strip(f.state, f.w, &f.site, &given);
    for (size_t r = 0; r < HEADS * LENGTH; r++)
        for (size_t j = 0; j <= r % LENGTH; j++)
            assert_true(logits[r * LENGTH + j] == content[r * LENGTH + j] + bias[r * LENGTH + j]);
    memory_release(scratch);
    fixture_close(&f);
}

/* ---- forgetting ---- */

static void forgetting_is_its_formula(void **state)
{
    real x[LENGTH * HEADS * WIDTH];
    double c[HEADS * LENGTH];
    struct fixture f;
    (void)state;
    fixture_open(&f, &encoder_forgetting, NULL, &shape, LENGTH);
    size_t width = shape.width, layer_size = HEADS * width + HEADS;
    assert_int_equal(f.weights, 2 * layer_size);
    for (size_t h = 0; h < HEADS; h++)
        assert_true(f.w[HEADS * width + h] == 5);
    fixture_stir(&f, 1);
    f.w[HEADS * width] = -3; /* one gate mostly shut */
    fill_normal(x, LENGTH * width, "x");
    for (f.site.layer = 0; f.site.layer < 2; f.site.layer++) {
        const real *w = f.w + f.site.layer * layer_size;
        f.encoder->token(f.state, f.w, &f.site, x, c);
        for (size_t h = 0; h < HEADS; h++)
            for (size_t i = 0; i < LENGTH; i++)
                for (size_t j = 0; j <= i; j++) {
                    double sum = 0; /* of ln sigma(f_t), t = j+1..i */
                    for (size_t t = j + 1; t <= i; t++) {
                        double z = (double)w[HEADS * width + h];
                        for (size_t k = 0; k < width; k++)
                            z += (double)x[t * width + k] * (double)w[h * width + k];
                        sum += log(sigmoid(z));
                    }
                    assert_near(c[h * LENGTH + i] - c[h * LENGTH + j], sum, 1e-11);
                }
        double first = (double)w[HEADS * width];
        for (size_t k = 0; k < width; k++)
            first += (double)x[k] * (double)w[k];
        assert_near(c[0], log(sigmoid(first)), 1e-12); /* inclusive: c_0 = f_0 */
    }
    fixture_close(&f);
}

/* Gates far open and far shut: no overflow, no NaN, ln sigma(-800) = -800. */
static void forgetting_survives_extreme_gates(void **state)
{
    real x[LENGTH * HEADS * WIDTH] = {0};
    double c[HEADS * LENGTH], dc[HEADS * LENGTH];
    struct fixture f;
    (void)state;
    fixture_open(&f, &encoder_forgetting, NULL, &shape, LENGTH);
    real *dx = memory_allocate(LENGTH * shape.width + f.weights, sizeof *dx, "gradient", NULL);
    f.w[HEADS * shape.width] = -800;
    f.w[HEADS * shape.width + 1] = 800;
    f.encoder->token(f.state, f.w, &f.site, x, c);
    for (size_t i = 0; i < LENGTH; i++) {
        assert_near(c[i], -800 * ((double)i + 1), 1e-12);
        assert_true(c[LENGTH + i] == 0);
    }
    for (size_t i = 0; i < HEADS * LENGTH; i++)
        dc[i] = 1;
    f.encoder->token_backward(f.state, f.w, &f.site, x, dc, dx, dx + LENGTH * shape.width);
    for (size_t i = 0; i < LENGTH * shape.width + f.weights; i++)
        assert_true(isfinite((double)dx[i]));
    memory_release(dx);
    fixture_close(&f);
}

/* cable = forgetting with the sign of its weights turned; and it takes the 1/sqrt(d) back. */
static void cable_is_forgetting_turned(void **state)
{
    real x[LENGTH * HEADS * WIDTH], s[LENGTH];
    double c[2][HEADS * LENGTH], at[LENGTH];
    struct positions positions = fixture_positions(at, LENGTH, 0, 1);
    struct fixture cable, forgetting;
    (void)state;
    fixture_open(&cable, &encoder_cable, NULL, &shape, LENGTH);
    fixture_open(&forgetting, &encoder_forgetting, NULL, &shape, LENGTH);
    assert_int_equal(cable.weights, forgetting.weights);
    fixture_stir(&cable, 1);
    for (size_t i = 0; i < cable.weights; i++)
        forgetting.w[i] = -cable.w[i];
    fill_normal(x, LENGTH * shape.width, "x");
    for (size_t layer = 0; layer < 2; layer++) {
        cable.site.layer = forgetting.site.layer = layer;
        cable.encoder->token(cable.state, cable.w, &cable.site, x, c[0]);
        forgetting.encoder->token(forgetting.state, forgetting.w, &forgetting.site, x, c[1]);
        for (size_t i = 0; i < HEADS * LENGTH; i++)
            assert_near(c[0][i], c[1][i], 1e-13);
    }
    cable.encoder->scale(cable.state, cable.w, &cable.site, 0, &positions, s);
    assert_true(s[0] == 2 && s[LENGTH - 1] == 2); /* sqrt(4) */
    fixture_close(&cable);
    fixture_open(&cable, &encoder_cable, "divide=on", &shape, LENGTH);
    cable.encoder->scale(cable.state, cable.w, &cable.site, 0, &positions, s);
    assert_true(s[0] == 1 && s[LENGTH - 1] == 1);
    fixture_close(&cable);
    fixture_close(&forgetting);
}

/* ---- dape ---- */

/* With weights of zero it is its plain bias, to the bit; with others it is not. */
static void dape_of_zero_is_its_plain_bias(void **state)
{
    static const char *const options[] = {NULL, "kernel=3", "hidden=1,kernel=9"};
    enum { SIZE = HEADS * LENGTH * LENGTH };
    double at[LENGTH];
    struct positions positions = fixture_positions(at, LENGTH, 0, 1);
    real content[SIZE], bias[SIZE], logits[SIZE];
    (void)state;
    fill_normal(content, SIZE, "content");
    fill_normal(bias, SIZE, "bias");
    for (size_t o = 0; o < 3; o++) {
        struct fixture f;
        size_t changed = 0;
        fixture_open(&f, &encoder_dape, options[o], &shape, LENGTH);
        void *scratch =
            memory_allocate(f.encoder->strip_scratch(f.state, &f.site, LENGTH, LENGTH), 1, "scratch", NULL);
        for (int zero = 0; zero < 2; zero++) {
            for (size_t i = 0; zero && i < f.weights; i++)
                f.w[i] = 0;
            const struct strip given = {.query = &positions,
                                        .key = &positions,
                                        .rows = LENGTH,
                                        .content = content,
                                        .bias = bias,
                                        .logits = logits,
                                        .scratch = scratch};
            f.encoder->strip(f.state, f.w, &f.site, &given);
            for (size_t r = 0; r < HEADS * LENGTH; r++)
                for (size_t j = 0; j <= r % LENGTH; j++) {
                    bool same = logits[r * LENGTH + j] == content[r * LENGTH + j] + bias[r * LENGTH + j];
                    assert_true(same || !zero);
                    changed += !same;
                }
        }
        assert_true(changed > SIZE / 4);
        memory_release(scratch);
        fixture_close(&f);
    }
}

static void dape_wants_an_odd_kernel(void **state)
{
    struct message message = {""};
    void *even = fixture_state(encoder_dape.state_size, encoder_dape.options, "dape", "kernel=4");
    (void)state;
    assert_int_equal(encoder_dape.prepare(even, &shape, &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "odd"));
    memory_release(even);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cope_is_its_formula),        cmocka_unit_test(cope_starts_as_nothing),
        cmocka_unit_test(forgetting_is_its_formula),  cmocka_unit_test(forgetting_survives_extreme_gates),
        cmocka_unit_test(cable_is_forgetting_turned), cmocka_unit_test(dape_of_zero_is_its_plain_bias),
        cmocka_unit_test(dape_wants_an_odd_kernel),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
