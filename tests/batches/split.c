/* The split of an example: by its tokens alone, in the shares that are promised, and no tokens in two splits.
 */
#include "tests/test.h"

#include <math.h>

#include "batches/split.h"

/* n bits, the last is asked: their parity.  A needle makes the bit at its depth 2. */
static void bits_at(const void *state, struct key key, enum split split, size_t n, double depth,
                    int32_t *tokens, int32_t *targets, int32_t *marks)
{
    int32_t sum = 0;
    (void)state, (void)split, (void)marks;
    for (size_t i = 0; i < n; i++) {
        tokens[i] = (int32_t)random_below(key, i, 2);
        sum += tokens[i];
        targets[i] = UNSCORED;
    }
    targets[n - 1] = sum % 2;
    if (!isnan(depth))
        tokens[(size_t)(depth * (double)(n - 1))] = 2;
}

static void bits(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                 int32_t *targets, int32_t *marks)
{
    bits_at(state, key, split, n, NAN, tokens, targets, marks);
}

static size_t text_extent(const void *state, enum split split)
{
    (void)state, (void)split;
    return 0;
}

static void text_window(const void *state, enum split split, size_t first, size_t n, int32_t *tokens,
                        int32_t *targets)
{
    (void)state, (void)split, (void)first, (void)n, (void)tokens, (void)targets;
}

static const struct dataset task = {.name = "bits", .example = bits, .example_at = bits_at};
static const struct dataset text = {
    .name = "text", .example = bits, .extent = text_extent, .window = text_window};

static void shares(void **state)
{
    size_t count[3] = {0}, low[2] = {0};
    (void)state;
    for (int32_t i = 0; i < 16000; i++) {
        int32_t tokens[4] = {i % 20, i / 20 % 20, i / 400 % 40, 3};
        enum split split = split_of(tokens, 4);
        count[split]++;
        low[i % 2] += split == SPLIT_TEST;
        assert_int_equal(split_of(tokens, 4), split);
    }
    assert_true(count[SPLIT_TEST] > 1800 && count[SPLIT_TEST] < 2200);
    assert_true(count[SPLIT_VALIDATION] > 1800 && count[SPLIT_VALIDATION] < 2200);
    assert_true(low[0] > 850 && low[1] > 850); /* whatever the low bit of a token */
}

/* 12 bits: 4,096 strings.  Thousands of draws for each split, and none is drawn for two. */
static void no_string_in_two_splits(void **state)
{
    static unsigned char drawn_for[4096][3];
    int32_t tokens[12], targets[12];
    size_t strings[3] = {0};
    (void)state;
    for (enum split split = SPLIT_TRAINING; split <= SPLIT_TEST; split++)
        for (uint64_t i = 0; i < 6000; i++) {
            size_t number = 0;
            assert_true(split_draw(&task, NULL, key_with(key_named(1, "x"), i), split, 12, NAN, tokens,
                                   targets, NULL));
            for (size_t j = 0; j < 12; j++)
                number = 2 * number + (size_t)tokens[j];
            strings[split] += !drawn_for[number][split];
            drawn_for[number][split] = 1;
        }
    for (size_t s = 0; s < 4096; s++)
        assert_true(drawn_for[s][0] + drawn_for[s][1] + drawn_for[s][2] <= 1);
    assert_true(strings[SPLIT_TEST] > 400 && strings[SPLIT_TRAINING] > 2000);
}

/* Of two bits there are four strings: a split that has none of them draws nothing, and says so. */
static void nothing_to_draw(void **state)
{
    int32_t tokens[2], targets[2];
    size_t owned[3] = {0};
    (void)state;
    for (int32_t s = 0; s < 4; s++)
        owned[split_of((int32_t[]){s / 2, s % 2}, 2)]++;
    for (enum split split = SPLIT_TRAINING; split <= SPLIT_TEST; split++) {
        bool found = split_draw(&task, NULL, key_named(2, "y"), split, 2, NAN, tokens, targets, NULL);
        assert_int_equal(found, owned[split] > 0);
        assert_int_equal(targets[1] != UNSCORED, found);
    }
    assert_true(owned[SPLIT_TEST] == 0 || owned[SPLIT_VALIDATION] == 0); /* else this test shows nothing */
}

static void with_a_needle(void **state)
{
    int32_t tokens[11], targets[11];
    (void)state;
    for (size_t d = 0; d <= 10; d++) {
        assert_true(split_draw(&task, NULL, key_named(3, "z"), SPLIT_TEST, 11, (double)d / 10, tokens,
                               targets, NULL));
        assert_int_equal(split_of(tokens, 11), SPLIT_TEST);
        assert_int_equal(tokens[(size_t)((double)d / 10 * 10)], 2);
    }
}

/* A text is cut into blocks: the key is used as it is. */
static void running_text(void **state)
{
    int32_t tokens[2], targets[2], expected[2];
    (void)state;
    for (uint64_t i = 0; i < 20; i++) {
        struct key key = key_with(key_named(4, "t"), i);
        assert_true(split_draw(&text, NULL, key, SPLIT_TEST, 2, NAN, tokens, targets, NULL));
        bits(NULL, key, SPLIT_TEST, 2, expected, targets, NULL);
        assert_memory_equal(tokens, expected, sizeof tokens);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shares), cmocka_unit_test(no_string_in_two_splits),
                                       cmocka_unit_test(nothing_to_draw), cmocka_unit_test(with_a_needle),
                                       cmocka_unit_test(running_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
