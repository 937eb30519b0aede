/* golden-additive.c -- what encoders add to the embeddings, and position maps, against golden-additive.txt. */
#include "tests/encoders/golden.h"

static const char path[] = "tests/encoders/golden-additive.txt";
enum { HEAD_WIDTH = 4, COLUMNS_MAX = 64 };

/* Ten digits stand in the file. */
static const double tolerance = sizeof(real) == sizeof(float) ? 2e-5 : 1e-8;

static void check_addition(const struct golden *golden)
{
    size_t heads = golden_whole(golden, 3), width = heads * HEAD_WIDTH;
    const struct shape shape = {.layers = 2,
                                .heads = heads,
                                .head_width = HEAD_WIDTH,
                                .width = width,
                                .axes = 1,
                                .trained_length = golden_whole(golden, 2)};
    double position = golden_number(golden, 4);
    real x[COLUMNS_MAX] = {0};
    struct fixture f;
    assert_int_equal(golden->count, 5 + width);
    assert_true(width <= COLUMNS_MAX);
    golden_fixture(&f, golden, 0, &shape, 1, 0);
    golden_weigh(&f);
    f.encoder->add(f.state, f.w, &f.site, &(struct positions){.at = &position, .count = 1}, x);
    for (size_t k = 0; k < width; k++)
        golden_expect(golden, 5 + k, (double)x[k], tolerance, tolerance);
    fixture_close(&f);
}

static void additions(void **state)
{
    (void)state;
    golden_check(path, "add", check_addition, 101);
}

/* The marks of the script. */
static int32_t *marks_of(size_t count)
{
    int32_t *mark = memory_allocate(count, sizeof *mark, "marks", NULL);
    for (size_t p = 0; p < count; p++)
        mark[p] = (int32_t)((7 - p % 7) % 7);
    return mark;
}

static void check_map(const struct golden *golden)
{
    const struct position_map *map;
    struct shape shape = {.layers = 1, .heads = 1, .head_width = 2, .width = 2, .axes = 1};
    struct site site = {.shape = &shape, .length = golden_whole(golden, 3)};
    struct message message;
    size_t place = golden_whole(golden, 4);
    assert_int_equal(golden->count, 6);
    shape.trained_length = golden_whole(golden, 2);
    if (position_map_find(&map, golden->field[0], &message))
        fail_msg("%s:%zu: %s", path, golden->line, message.text);
    void *state = fixture_state(map->state_size, map->options, map->name, golden_options(golden, 0));
    const size_t seen = map->seen ? map->seen(state, &site) : site.length, hidden = site.length - seen;
    const unsigned needs = map->needs ? map->needs(state, &site) : 0;
    double *at = memory_allocate(seen, sizeof *at, "positions", NULL);
    int32_t *mark = needs & MAP_MARKS ? marks_of(seen) : NULL;
    site.length = seen;
    assert_false(needs & (MAP_DRAWS | MAP_DRAWS_SEQUENCES));
    map->map(state, &site, (struct key){0}, mark, seen, at);
    if (golden_nothing(golden, 5) != (place < hidden))
        fail_msg("%s:%zu: %s(%s) shows the last %zu tokens", path, golden->line, golden->field[0],
                 golden->field[1], seen);
    if (place >= hidden)
        golden_expect(golden, 5, at[place - hidden], 1e-9, 1e-9);
    memory_release(mark);
    memory_release(at);
    memory_release(state);
}

static void maps(void **state)
{
    (void)state;
    golden_check(path, "map", check_map, 301);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(additions),
        cmocka_unit_test(maps),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
