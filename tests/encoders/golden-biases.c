/* golden-biases.c -- encoders and position maps against golden-biases.txt, whose numbers golden-biases.py
 * works out from the published formulas, without this program. */
#include "tests/encoders/fixture.h"

#include "experiment/registry.h"

static const char path[] = "tests/encoders/golden-biases.txt";
enum { LINE_SIZE = 4096, VALUES_MAX = 64, HEADS_MAX = 16, HEAD_WIDTH = 4, LAYER = 1 };

/* Ten digits stand in the file. */
static const double tolerance = sizeof(real) == sizeof(float) ? 2e-5 : 1e-8;

static real weight(size_t i)
{
    return (real)(((double)(37 * i % 41) - 20) / 50);
}

static real data(size_t i)
{
    return (real)(((double)(29 * i % 53) - 26) / 20);
}

/* One line of the file: what stands before the colon and after it. */
struct golden {
    size_t number;
    char kind[16], name[32], options[96], rest[96];
    double value[VALUES_MAX];
    size_t values;
};

static void expect(const struct golden *golden, size_t index, double value)
{
    double expected = golden->value[index];

    if (!(fabs(value - expected) <= tolerance * (1 + fabs(expected))))
        fail_msg("%s:%zu: %s(%s) gives %.10g for value %zu, not %.10g", path, golden->number, golden->name,
                 golden->options, value, index, expected);
}

static const struct encoder *encoder_named(const char *name)
{
    size_t e = 0;

    while (encoder_list[e] && strcmp(encoder_list[e]->name, name) != 0)
        e++;
    if (!encoder_list[e])
        fail_msg("%s: no encoder `%s`", path, name);
    return encoder_list[e];
}

static void open_golden(struct fixture *f, const struct golden *golden, size_t trained, size_t heads,
                        size_t length)
{
    const struct shape shape = {.layers = 2,
                                .heads = heads,
                                .head_width = HEAD_WIDTH,
                                .width = heads * HEAD_WIDTH,
                                .axes = 1,
                                .trained_length = trained};

    fixture_open(f, encoder_named(golden->name), golden->options, &shape, length);
    f->site.layer = LAYER;
    for (size_t i = 0; i < f->weights; i++)
        f->w[i] = weight(i);
}

static void check_bias(const struct golden *golden)
{
    size_t trained, heads;
    double query, key;
    struct fixture f;
    real b[HEADS_MAX];

    assert_int_equal(sscanf(golden->rest, "%zu %zu %lf %lf", &trained, &heads, &query, &key), 4);
    assert_int_equal(golden->values, heads);
    open_golden(&f, golden, trained, heads, (size_t)query + 1);
    f.encoder->bias(f.state, f.w, &f.site, &query, &key, 1, b);
    for (size_t h = 0; h < heads; h++)
        expect(golden, h, (double)b[h]);
    fixture_close(&f);
}

static void check_add(const struct golden *golden)
{
    size_t trained, heads;
    double position;
    struct fixture f;
    real x[VALUES_MAX] = {0};

    assert_int_equal(sscanf(golden->rest, "%zu %zu %lf", &trained, &heads, &position), 3);
    assert_int_equal(golden->values, heads * HEAD_WIDTH);
    open_golden(&f, golden, trained, heads, 1);
    f.site.layer = 0;
    f.encoder->add(f.state, f.w, &f.site, &(struct positions){.at = &position, .count = 1}, x);
    for (size_t k = 0; k < golden->values; k++)
        expect(golden, k, (double)x[k]);
    fixture_close(&f);
}

static void check_map(const struct golden *golden)
{
    size_t trained, length, place, m = 0;

    assert_int_equal(sscanf(golden->rest, "%zu %zu %zu", &trained, &length, &place), 3);
    while (position_maps[m] && strcmp(position_maps[m]->name, golden->name) != 0)
        m++;
    assert_non_null(position_maps[m]);
    const struct position_map *map = position_maps[m];
    struct shape shape = {.layers = 1, .heads = 1, .head_width = 2, .width = 2, .axes = 1};
    shape.trained_length = trained;
    struct site site = {.shape = &shape, .length = length};
    void *state = fixture_state(map->state_size, map->options, map->name, golden->options);
    double *at = memory_allocate(length, sizeof *at, "positions", NULL);
    map->map(state, &site, (struct key){0}, NULL, length, at);
    expect(golden, 0, at[place]);
    memory_release(at);
    memory_release(state);
}

static void check_token(const struct golden *golden)
{
    size_t trained, heads, n;
    struct fixture f;
    double c[VALUES_MAX];
    real x[16 * HEADS_MAX * HEAD_WIDTH];

    assert_int_equal(sscanf(golden->rest, "%zu %zu %zu", &trained, &heads, &n), 3);
    assert_int_equal(golden->values, heads * (n - 1));
    open_golden(&f, golden, trained, heads, n);
    for (size_t i = 0; i < n * heads * HEAD_WIDTH; i++)
        x[i] = data(i);
    f.encoder->token(f.state, f.w, &f.site, x, c);
    for (size_t h = 0; h < heads; h++)
        for (size_t i = 1; i < n; i++)
            expect(golden, h * (n - 1) + i - 1, c[h * n + i] - c[h * n]);
    fixture_close(&f);
}

/* Row i alone, as a strip of one. */
static void check_strip(const struct golden *golden)
{
    size_t trained, heads, n, row;
    double first, at[16];
    struct fixture f;

    assert_int_equal(sscanf(golden->rest, "%zu %zu %zu %lf %zu", &trained, &heads, &n, &first, &row), 5);
    assert_int_equal(golden->values, heads * (row + 1));
    open_golden(&f, golden, trained, heads, n);
    struct positions positions = fixture_positions(at, n, first, 1);
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
    f.encoder->strip(f.state, f.w, &f.site, &positions, &positions, row, 1, q, k, content, bias, logits, scratch);
    for (size_t h = 0; h < heads; h++)
        for (size_t j = 0; j <= row; j++)
            expect(golden, h * (row + 1) + j, (double)logits[h * n + j]);
    memory_release(scratch);
    memory_release(q);
    fixture_close(&f);
}

static void read_line(struct golden *golden, char *text)
{
    char *colon = strchr(text, ':');
    int used = 0;

    assert_non_null(colon);
    *colon++ = '\0';
    assert_int_equal(sscanf(text, "%15s %31s %95s %n", golden->kind, golden->name, golden->options, &used), 3);
    snprintf(golden->rest, sizeof golden->rest, "%s", text + used);
    if (strcmp(golden->options, "-") == 0)
        golden->options[0] = '\0';
    for (golden->values = 0; sscanf(colon, "%lf%n", &golden->value[golden->values], &used) == 1; colon += used) {
        golden->values++;
        assert_true(golden->values < VALUES_MAX);
    }
}

static void every_line_holds(void **state)
{
    static const struct {
        const char *kind;
        void (*check)(const struct golden *golden);
    } kinds[] = {
        {"bias", check_bias}, {"add", check_add}, {"map", check_map}, {"token", check_token}, {"strip", check_strip}};
    enum { KINDS = sizeof kinds / sizeof *kinds };
    size_t seen[KINDS] = {0};
    char text[LINE_SIZE];
    struct golden golden = {.number = 0};
    FILE *file = fopen(path, "r");

    (void)state;
    if (!file)
        fail_msg("%s cannot be read: run the tests from the top of the repository", path);
    while (fgets(text, sizeof text, file)) {
        golden.number++;
        read_line(&golden, text);
        for (size_t k = 0; k < KINDS; k++)
            if (strcmp(kinds[k].kind, golden.kind) == 0) {
                kinds[k].check(&golden);
                seen[k]++;
            }
    }
    fclose(file);
    for (size_t k = 0; k < KINDS; k++)
        assert_true(seen[k] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_holds),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
