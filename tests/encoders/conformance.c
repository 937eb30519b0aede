/* conformance.c -- the promises of encoders/encoder.h, for every encoder of the registry. */
#include "tests/encoders/fixture.h"

#include "model/places.h"
#include "registry/registry.h"

enum { LENGTH = 12, OUTPUTS = 1 << 15 };

/* Everything the forward hooks of one layer say, one number after the other. */
struct answers {
    size_t count;
    double at[OUTPUTS];
};

static void answer(struct answers *answers, double value)
{
    assert_true(answers->count < OUTPUTS);
    answers->at[answers->count++] = value;
}

static void answer_reals(struct answers *answers, const real *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        answer(answers, (double)values[i]);
}

static void ask_positions(struct answers *answers, struct fixture *f, const struct positions *positions)
{
    const struct encoder *encoder = f->encoder;
    size_t n = positions->count, half = f->shape.head_width / 2;
    real *x = memory_allocate(n * (f->shape.width + f->shape.heads), sizeof *x, "x", NULL);
    double *angle = memory_allocate(n * (half + 1), sizeof *angle, "angles", NULL);
    if (encoder->add) {
        encoder->add(f->state, f->w, &f->site, positions, x);
        answer_reals(answers, x, n * f->shape.width);
    }
    if (encoder->angle) {
        encoder->angle(f->state, f->w, &f->site, positions, angle);
        for (size_t i = 0; i < n * half; i++)
            answer(answers, angle[i]);
    }
    for (size_t h = 0; encoder->scale && h < f->shape.heads; h++) {
        encoder->scale(f->state, f->w, &f->site, h, positions, x);
        answer_reals(answers, x, n);
    }
    for (size_t i = 0; encoder->bias && i < n; i++) {
        encoder->bias(f->state, f->w, &f->site, &positions->at[i], positions->at, i + 1, x);
        answer_reals(answers, x, f->shape.heads * (i + 1));
    }
    for (unsigned p = 0; p < encoder->planes; p++) {
        double first = 0; /* what matters are distances to the keys, here to the first */
        for (int side = KEY; side >= QUERY; side--) {
            encoder->plane(f->state, &f->site, p, (enum side)side, positions, angle);
            first = side == KEY ? angle[0] : first;
            for (size_t i = 0; i < n; i++)
                answer(answers, angle[i] - first);
        }
    }
    memory_release(x);
    memory_release(angle);
}

static void ask_content(struct answers *answers, struct fixture *f, const struct positions *positions)
{
    const struct encoder *encoder = f->encoder;
    size_t n = positions->count, heads = f->shape.heads, size = heads * n * f->shape.head_width;
    real *x = memory_allocate(n * f->shape.width + 2 * size + 3 * heads * n * n, sizeof *x, "inputs", NULL);
    real *q = x + n * f->shape.width, *k = q + size, *content = k + size;
    real *bias = content + heads * n * n, *logits = bias + heads * n * n;
    double *c = memory_allocate(heads * n, sizeof *c, "sums", NULL);
    size_t bytes = encoder->strip_scratch ? encoder->strip_scratch(f->state, &f->site, n, n) : 0;
    void *scratch = memory_allocate(bytes, 1, "scratch", NULL);
    fill_normal(x, n * f->shape.width + 2 * size + 2 * heads * n * n, "inputs");
    memset(scratch, 0xff, bytes); /* a strip trusts nothing in its scratch */
    if (encoder->token) {
        encoder->token(f->state, f->w, &f->site, x, c);
        for (size_t i = 0; i < heads * n; i++)
            answer(answers, c[i]);
    }
    if (encoder->strip) {
        void *table = fixture_table(f, positions);
        const struct strip strip = {.query = positions,
                                    .key = positions,
                                    .rows = n,
                                    .q = q,
                                    .k = k,
                                    .content = content,
                                    .bias = bias,
                                    .logits = logits,
                                    .table = table,
                                    .scratch = scratch};
        encoder->strip(f->state, f->w, &f->site, &strip);
        memory_release(table);
        answer_reals(answers, logits, heads * n * n);
    }
    memory_release(x);
    memory_release(c);
    memory_release(scratch);
}

static void ask(struct answers *answers, struct fixture *f, size_t n, double first)
{
    double at[LENGTH];
    struct positions positions = fixture_positions(at, n, first, 0.75);
    answers->count = 0;
    f->site.length = n;
    if (f->encoder->refuses && f->encoder->refuses(f->state, &f->site, &positions))
        return;
    for (f->site.layer = 0; f->site.layer < f->shape.layers; f->site.layer++) {
        ask_positions(answers, f, &positions);
        ask_content(answers, f, &positions);
    }
    f->site.layer = 0;
}

/* ------------------------------------------------------------------------------------------------- */

static void parameters_are_named_and_finite(void **state)
{
    (void)state;
    for (size_t e = 0; encoder_list[e]; e++)
        for (size_t s = 0; s < FIXTURE_SHAPES; s++) {
            struct fixture f;
            fixture_open(&f, encoder_list[e], NULL, &fixture_shapes[s], LENGTH);
            for (size_t p = 0; p < f.parameters; p++) {
                const struct parameter *parameter = &f.parameter[p];
                assert_true(parameter->name[0] && memchr(parameter->name, '\0', sizeof parameter->name));
                assert_in_range(parameter->rank, 1, 3);
                assert_true(parameter_size(parameter) > 0);
                for (size_t other = 0; other < p; other++)
                    assert_string_not_equal(parameter->name, f.parameter[other].name);
            }
            for (size_t i = 0; i < f.weights; i++)
                assert_true(isfinite((double)f.w[i]));
            fixture_close(&f);
        }
}

/* The same question twice, with another length asked in between: same bits, nothing touched. */
static void hooks_are_pure(void **unused)
{
    struct answers *first = memory_allocate(1, sizeof *first, "answers", NULL);
    struct answers *second = memory_allocate(1, sizeof *second, "answers", NULL);
    (void)unused;
    for (size_t e = 0; encoder_list[e]; e++)
        for (size_t s = 0; s < FIXTURE_SHAPES; s++) {
            struct fixture f;
            fixture_open(&f, encoder_list[e], NULL, &fixture_shapes[s], LENGTH);
            fixture_stir(&f, 0.3);
            void *state = memory_allocate(f.encoder->state_size, 1, "state", NULL);
            real *w = memory_allocate(f.weights, sizeof *w, "weights", NULL);
            memcpy(state, f.state, f.encoder->state_size);
            memcpy(w, f.w, f.weights * sizeof *w);
            ask(first, &f, 6, 0);
            ask(second, &f, LENGTH - 1, 0.5);
            ask(second, &f, 6, 0);
            assert_int_equal(first->count, second->count);
            assert_memory_equal(first->at, second->at, first->count * sizeof *first->at);
            for (size_t i = 0; i < first->count; i++)
                assert_true(isfinite(first->at[i]));
            assert_memory_equal(state, f.state, f.encoder->state_size);
            assert_memory_equal(w, f.w, f.weights * sizeof *w);
            memory_release(state);
            memory_release(w);
            fixture_close(&f);
        }
    memory_release(first);
    memory_release(second);
}

/* ENCODER_RELATIVE: nothing changes when all positions move by one constant. */
static void relative_encoders_ignore_shifts(void **state)
{
    static const double shifts[] = {3, 1000, 0.37};
    static struct answers still, moved;
    const double tolerance = 64 * REAL_EPSILON + 1e-12; /* an angle near 1,000 is known to 1e-13 */
    size_t checked = 0;
    (void)state;
    for (size_t e = 0; encoder_list[e]; e++)
        for (size_t s = 0; s < FIXTURE_SHAPES * 3 && (encoder_list[e]->flags & ENCODER_RELATIVE); s++) {
            struct fixture f;
            fixture_open(&f, encoder_list[e], NULL, &fixture_shapes[s / 3], LENGTH);
            fixture_stir(&f, 0.3);
            size_t half = f.shape.head_width / 2;
            ask(&still, &f, LENGTH, 0);
            ask(&moved, &f, LENGTH, shifts[s % 3]);
            assert_int_equal(still.count, moved.count);
            if (f.encoder->angle) {
                /* Angles, and the positions of planes, may move; their differences may not. */
                assert_null(f.encoder->bias);
                assert_null(f.encoder->plane);
                for (size_t i = half; i < LENGTH * half; i++)
                    assert_near(moved.at[i] - moved.at[i % half], still.at[i] - still.at[i % half], 1e-9);
            } else {
                for (size_t i = 0; i < still.count; i++)
                    assert_near(moved.at[i], still.at[i], tolerance);
            }
            checked++;
            fixture_close(&f);
        }
    assert_true(checked > 0);
}

static void segments_of_query(struct fixture *f, size_t query, size_t n)
{
    struct segment segment[SEGMENTS_MAX];
    size_t count = f->encoder->segments(f->state, &f->site, query, n, segment), before = 0;
    unsigned planes = f->encoder->planes > 0 ? f->encoder->planes : 1;
    assert_in_range(count, 1, SEGMENTS_MAX);
    for (size_t i = 0; i < count; i++) {
        assert_true(segment[i].first >= before);
        assert_true(segment[i].first < segment[i].end);
        assert_true(segment[i].end <= n && segment[i].end <= query + 1);
        assert_true(segment[i].plane < planes);
        before = segment[i].end;
    }
    assert_int_equal(before, query + 1); /* a query sees itself */
}

static void segments_are_disjoint_and_ascending(void **state)
{
    (void)state;
    for (size_t e = 0; encoder_list[e]; e++)
        for (size_t s = 0; s < FIXTURE_SHAPES && encoder_list[e]->segments; s++) {
            struct fixture f;
            fixture_open(&f, encoder_list[e], NULL, &fixture_shapes[s], LENGTH);
            for (size_t n = 1; n <= 8 * f.shape.trained_length; n = 2 * n + 1)
                for (size_t query = 0; query < n; query++) {
                    f.site.length = n;
                    segments_of_query(&f, query, n);
                }
            fixture_close(&f);
        }
}

/* Is there a key after the query, at a place that it is shown? */
static bool shows_later_keys(const struct fixture *f)
{
    struct segment segment[SEGMENTS_MAX];
    const size_t count = f->encoder->segments(f->state, &f->site, LENGTH / 2, LENGTH, segment);
    return count > 0 && segment[count - 1].end > LENGTH / 2 + 1;
}

/* One head's biases of keys at 1 and at 5 places behind the query: a number each, and not one for all. */
static bool biases_later_keys(const struct fixture *f)
{
    const double query = 20, key[] = {21, 25};
    real b[2 * 8];
    f->encoder->bias(f->state, f->w, &f->site, &query, key, 2, b);
    return isfinite((double)b[0]) && isfinite((double)b[1]) && b[0] != b[1];
}

/* What an encoder says of the attentions that it serves against what its hooks can do.  Sums along the sequence
 * and strips, of which a causal one reads no later keys, are causal; what reads positions of queries and keys
 * together has no meaning where these belong to two sequences. */
static void attentions_are_those_of_the_hooks(void **state)
{
    const unsigned causal = HOOK_TOKEN | HOOK_STRIP, alone = HOOK_ADD | HOOK_SCALE;
    size_t both = 0, cross = 0;
    (void)state;
    for (size_t e = 0; encoder_list[e]; e++) {
        const struct encoder *encoder = encoder_list[e];
        const unsigned hooks = encoder_hooks(encoder);
        struct fixture f;
        fixture_open(&f, encoder, NULL, &fixture_shapes[0], LENGTH);
        fixture_stir(&f, 0.3);
        assert_true(encoder->attentions & CAUSAL);
        if (encoder->attentions & BIDIRECTIONAL) {
            if (hooks & causal || (encoder->segments && !shows_later_keys(&f)) ||
                (encoder->bias && !biases_later_keys(&f)))
                fail_msg("%s is marked bidirectional, but does not serve keys after the query",
                         encoder->name);
            both++;
        }
        if (encoder->attentions & CROSS) {
            if (hooks & ~alone)
                fail_msg("%s is marked cross, but reads distances of queries and keys", encoder->name);
            cross++;
        }
        fixture_close(&f);
    }
    assert_true(both > 0 && cross > 0);
}

/* Composes with every map of the list: values are finite, start at 0 and are the same twice. */
static void maps_are_pure(void **unused)
{
    (void)unused;
    for (size_t m = 0; position_maps[m]; m++) {
        const struct position_map *map = position_maps[m];
        void *state = fixture_state(map->state_size, map->options, map->name, NULL);
        struct site site = {.shape = &fixture_shapes[0], .length = 40};
        double once[40], twice[40];
        assert_true(map->name[0] && map->summary[0] && map->citation[0] && map->version > 0);
        map->map(state, &site, key_named(1, "map"), NULL, 40, once);
        map->map(state, &site, key_named(1, "map"), NULL, 40, twice);
        assert_memory_equal(once, twice, sizeof once);
        for (size_t i = 0; i < 40; i++)
            assert_true(isfinite(once[i]));
        memory_release(state);
    }
}

/* Equal spaces in training and evaluation, within L and beyond; of the others some have none. */
static void regular_maps_are_regular(void **unused)
{
    size_t regular = 0, irregular = 0;
    (void)unused;
    for (size_t m = 0; position_maps[m]; m++) {
        const struct position_map *map = position_maps[m];
        void *state = fixture_state(map->state_size, map->options, map->name, NULL);
        bool equal = true;
        double at[40];
        for (size_t c = 0; c < 4; c++) {
            const size_t n = c / 2 ? 40 : 7; /* L is 8 */
            const struct site site = {.shape = &fixture_shapes[0], .length = n, .training = c % 2 == 0};
            map->map(state, &site, key_named(c, "map"), NULL, n, at);
            for (size_t i = 2; i < n; i++)
                equal = equal && fabs(at[i] - 2 * at[i - 1] + at[i - 2]) < 1e-9;
        }
        if (map->regular && !equal)
            fail_msg("%s is marked regular, and its positions are not equally spaced", map->name);
        regular += map->regular;
        irregular += !equal;
        memory_release(state);
    }
    assert_true(regular > 0 && irregular > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_named_and_finite),
        cmocka_unit_test(hooks_are_pure),
        cmocka_unit_test(relative_encoders_ignore_shifts),
        cmocka_unit_test(segments_are_disjoint_and_ascending),
        cmocka_unit_test(attentions_are_those_of_the_hooks),
        cmocka_unit_test(maps_are_pure),
        cmocka_unit_test(regular_maps_are_regular),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
