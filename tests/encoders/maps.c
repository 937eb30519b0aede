/* maps.c -- the position maps by themselves: formulas, ends, what is drawn and how often. */
#include "tests/encoders/fixture.h"

enum { LENGTH = 12, TRAINED = 12, DRAWS = 4000 };

/* A map with options, for passes of n tokens. */
struct asked {
    const struct position_map *map;
    void *state;
    struct shape shape;
    struct site site;
    double at[LENGTH];
};

static void ask_open(struct asked *asked, const char *name, const char *options, bool training)
{
    size_t m = 0;
    while (position_maps[m] && strcmp(position_maps[m]->name, name) != 0)
        m++;
    assert_non_null(position_maps[m]);
    *asked = (struct asked){.map = position_maps[m],
                            .shape = {.layers = 1, .heads = 1, .head_width = 2, .width = 2, .axes = 1}};
    asked->shape.trained_length = TRAINED;
    asked->site = (struct site){.shape = &asked->shape, .length = LENGTH, .training = training};
    asked->state = fixture_state(asked->map->state_size, asked->map->options, name, options);
}

/* The positions of draw number `draw`. */
static const double *ask(struct asked *asked, uint64_t draw, const int32_t *marks)
{
    size_t n = asked->site.length;
    asked->map->map(asked->state, &asked->site, key_with(key_named(7, "maps"), draw), marks, n, asked->at);
    if (asked->map->range) {
        double ends[2];
        asked->map->range(asked->state, &asked->site, ends);
        for (size_t p = 0; p < n; p++)
            assert_true(asked->at[p] >= ends[0] && asked->at[p] <= ends[1]);
    }
    return asked->at;
}

static void ask_close(struct asked *asked)
{
    memory_release(asked->state);
}

/* count of DRAWS is near share * DRAWS: five standard deviations. */
static void assert_often(size_t count, double share)
{
    double expected = share * DRAWS, apart = fabs((double)count - expected);
    if (!(apart <= 5 * sqrt(expected * (1 - share)) + 1))
        fail_msg("%zu of %d, not about %g", count, DRAWS, expected);
}

/* ---- what is drawn ---- */

static void randomised_is_a_uniform_subset(void **state)
{
    enum { RANGE = 30 };
    size_t taken[RANGE] = {0}, both = 0;
    double first = 0;
    struct asked asked;
    (void)state;
    ask_open(&asked, "randomised", "range=30", true);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        const double *at = ask(&asked, draw, NULL);
        bool zero = false, last = false;
        for (size_t p = 0; p < LENGTH; p++) {
            assert_true(at[p] == floor(at[p]) && at[p] >= 0 && at[p] < RANGE);
            assert_true(p == 0 || at[p] > at[p - 1]);
            taken[(size_t)at[p]]++;
            zero = zero || at[p] == 0;
            last = last || at[p] == RANGE - 1;
        }
        both += zero && last;
        first += at[0] / DRAWS;
    }
    for (size_t value = 0; value < RANGE; value++)
        assert_often(taken[value], (double)LENGTH / RANGE);
    assert_often(both, (double)LENGTH * (LENGTH - 1) / (RANGE * (RANGE - 1))); /* without replacement */
    assert_near(first, (double)(RANGE - LENGTH) / (LENGTH + 1), 0.05);
    ask_close(&asked);
}

static void randomised_over_its_own_length_is_identity(void **state)
{
    struct asked asked;
    (void)state;
    ask_open(&asked, "randomised", "range=1L", false);
    for (size_t draw = 0; draw < 100; draw++)
        for (size_t p = 0; p < LENGTH; p++)
            assert_true(ask(&asked, draw, NULL)[p] == (double)p);
    assert_null(asked.map->refuses(asked.state, &asked.site));
    asked.site.length = LENGTH + 1;
    assert_non_null(strstr(asked.map->refuses(asked.state, &asked.site), "larger range"));
    ask_close(&asked);
    ask_open(&asked, "randomised", "range=1L,evaluation=off", false);
    asked.site.length = LENGTH + 1;
    assert_null(asked.map->refuses(asked.state, &asked.site)); /* nothing is drawn */
    ask_close(&asked);
}

/* One offset for all, every one of 0..most equally often. */
static void check_offsets(const char *name, const char *options, size_t most)
{
    size_t seen[64] = {0};
    struct asked asked;
    ask_open(&asked, name, options, true);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        const double *at = ask(&asked, draw, NULL);
        assert_in_range((size_t)at[0], 0, most);
        seen[(size_t)at[0]]++;
        for (size_t p = 0; p < LENGTH; p++)
            assert_true(at[p] == at[0] + (double)p);
    }
    for (size_t offset = 0; offset <= most; offset++)
        assert_often(seen[offset], 1 / ((double)most + 1));
    ask_close(&asked);
}

static void offsets_are_uniform(void **state)
{
    (void)state;
    check_offsets("shift", "most=9", 9);
    check_offsets("random-offset", "range=20", 20 - LENGTH); /* the last token reaches position 19 */
    check_offsets("random-offset", "range=1L", 0);
}

static void cape_stays_in_its_bounds(void **state)
{
    double least = 1e9, most = -1e9, shift = 0, scale = 0, sum;
    struct asked asked;
    (void)state;
    ask_open(&asked, "cape", "shift=3,jitter=0.25,scale=1.5", true);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        const double *at = ask(&asked, draw, NULL);
        double step = (at[LENGTH - 1] - at[0]) / (LENGTH - 1);
        least = fmin(least, step);
        most = fmax(most, step);
        scale += log(step) / DRAWS;
        shift += at[0] / step / DRAWS;
        for (size_t p = 1; p < LENGTH; p++)
            assert_true(at[p] > at[p - 1]); /* jitter up to 0.5 keeps the order */
    }
    assert_true(least < 0.69 && least > 0.62 && most > 1.45 && most < 1.58);
    assert_near(scale, 0, 0.03);
    assert_near(shift, 0, 0.15);
    ask_close(&asked);
    ask_open(&asked, "cape", "centre=on", true);
    sum = 0;
    for (size_t draw = 0; draw < DRAWS; draw++)
        for (size_t p = 0; p < LENGTH; p++)
            sum += ask(&asked, draw, NULL)[p] / (DRAWS * LENGTH);
    assert_near(sum, 0, 0.25);
    ask_close(&asked);
    ask_open(&asked, "cape", "shift=0,jitter=0,scale=1", true);
    for (size_t p = 0; p < LENGTH; p++)
        assert_true(ask(&asked, 1, NULL)[p] == (double)p);
    ask_close(&asked);
}

/* Skips of a draw: how many places have one (a skip may be 0), the last of them. */
static void check_pose(const char *options, size_t chunks, double longest_first, double target)
{
    size_t cut[LENGTH] = {0}, cuts = 0;
    struct asked asked;
    ask_open(&asked, "pose", options, true);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        const double *at = ask(&asked, draw, NULL);
        size_t here = 0;
        assert_true(at[0] == 0 && at[LENGTH - 1] < target);
        for (size_t p = 1; p < LENGTH; p++) {
            assert_true(at[p] >= at[p - 1] + 1);
            if (at[p] > at[p - 1] + 1) {
                here++;
                cut[p]++;
                cuts++;
            }
        }
        assert_true(here < chunks);
    }
    for (size_t p = 1; p < LENGTH && chunks == 2; p++) /* two chunks: every cut equally often */
        assert_often(cut[p], (double)p <= longest_first ? (double)cuts / DRAWS / longest_first : 0);
    ask_close(&asked);
}

static void pose_skips_between_chunks(void **state)
{
    (void)state;
    check_pose("target=60", 2, LENGTH - 1, 60);
    check_pose("target=60,chunks=4", 4, 0, 60);
    check_pose("target=60,rule=program", 2, (LENGTH + 1) / 2, 60);
    check_pose("target=1L", 1, 0, TRAINED); /* no room: no skip */
    check_pose("target=60,chunks=1", 1, 0, 60);
}

static void coupling_reads_marks(void **state)
{
    static const int32_t marks[LENGTH] = {0, 3, 2, 1, 0, 3, 2, 1, 0, 1, 2, 3};
    size_t seen[6] = {0};
    struct asked asked;
    (void)state;
    ask_open(&asked, "coupling", "most=5", true);
    for (size_t draw = 0; draw < DRAWS; draw++) {
        const double *at = ask(&asked, draw, marks);
        size_t offset = (size_t)at[3] - 1;
        assert_in_range(offset, 0, 5);
        seen[offset]++;
        for (size_t p = 0; p < LENGTH; p++)
            assert_true(at[p] == (marks[p] > 0 ? (double)marks[p] + (double)offset : 0));
    }
    for (size_t offset = 0; offset <= 5; offset++)
        assert_often(seen[offset], 1.0 / 6);
    asked.site.training = false;
    for (size_t p = 0; p < LENGTH; p++)
        assert_true(ask(&asked, 1, marks)[p] == (double)marks[p]);
    ask_close(&asked);
}

/* ---- when it is drawn ---- */

static void evaluation_is_the_identity_where_it_is_off(void **state)
{
    static const char *const names[] = {"cape", "pose", "random-offset", "shift", "randomised"};
    (void)state;
    for (size_t i = 0; i < 5; i++) {
        struct asked asked;
        ask_open(&asked, names[i], "evaluation=off", false);
        assert_int_equal(asked.map->needs(asked.state, &asked.site), 0);
        for (size_t p = 0; p < LENGTH; p++)
            assert_true(ask(&asked, 3, NULL)[p] == (double)p);
        asked.site.training = true;
        double other[LENGTH];
        memcpy(other, ask(&asked, 3, NULL), sizeof other);
        assert_memory_not_equal(other, ask(&asked, 5, NULL), sizeof other);
        ask_close(&asked);
        ask_open(&asked, names[i], "evaluation=on", false);
        assert_memory_equal(other, ask(&asked, 3, NULL), sizeof other);
        ask_close(&asked);
    }
}

static void needs_say_what_a_draw_is_shared_by(void **state)
{
    static const struct {
        const char *name, *options;
        unsigned training, evaluation;
    } cases[] = {
        {"randomised", NULL, MAP_DRAWS | MAP_DRAWS_LAYERS, MAP_DRAWS | MAP_DRAWS_LAYERS},
        {"randomised", "layers=shared,evaluation=off", MAP_DRAWS, 0},
        {"randomised", "draw=sequence", MAP_DRAWS_SEQUENCES | MAP_DRAWS_LAYERS,
         MAP_DRAWS_SEQUENCES | MAP_DRAWS_LAYERS},
        {"shift", NULL, MAP_DRAWS_SEQUENCES, 0},
        {"cape", "draw=batch,evaluation=on", MAP_DRAWS, MAP_DRAWS},
        {"coupling", NULL, MAP_DRAWS_SEQUENCES | MAP_MARKS, MAP_MARKS},
    };
    (void)state;
    for (size_t i = 0; test_row("cases", i, sizeof cases / sizeof *cases); i++) {
        struct asked asked;
        ask_open(&asked, cases[i].name, cases[i].options, true);
        assert_int_equal(asked.map->needs(asked.state, &asked.site), cases[i].training);
        asked.site.training = false;
        assert_int_equal(asked.map->needs(asked.state, &asked.site), cases[i].evaluation);
        ask_close(&asked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(randomised_is_a_uniform_subset),
        cmocka_unit_test(randomised_over_its_own_length_is_identity),
        cmocka_unit_test(offsets_are_uniform),
        cmocka_unit_test(cape_stays_in_its_bounds),
        cmocka_unit_test(pose_skips_between_chunks),
        cmocka_unit_test(coupling_reads_marks),
        cmocka_unit_test(evaluation_is_the_identity_where_it_is_off),
        cmocka_unit_test(needs_say_what_a_draw_is_shared_by),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
