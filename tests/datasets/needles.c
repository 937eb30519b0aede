/* needles.c -- what only passkey and needle promise. */
#include <math.h>

#include "tests/datasets/fixture.h"

extern const struct dataset dataset_passkey, dataset_needle;

/* begin = 1, the key = 2, two digits 3 and 4, three words 5, 6, 7 */
static void worked_passkey(void **unused)
{
    const struct setting small[] = {{"digits", "3"}, {"base", "2"}, {"words", "3"}, {NULL, NULL}};
    const int32_t tokens[] = {1, 5, 6, 7, 5, 2, 4, 3, 3, 5, 6, 2, 4, 3, 3};
    const int32_t targets[] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 4, 3, 3, -1};
    const bool word[15] = {[1] = true, [2] = true, [3] = true, [4] = true, [9] = true, [10] = true};
    const int32_t before_digits[] = {1, 3, 6, 7, 5, 2, 4, 3, 3, 5, 6, 2, 4, 3, 3};
    void *state = open_task(&dataset_passkey, small);
    (void)unused;
    assert_int_equal(dataset_passkey.vocabulary(state), 8);
    assert_int_equal(dataset_passkey.minimum(state), 9);
    expect_only_this(&dataset_passkey, state, 15, tokens, targets, word);
    assert_false(dataset_passkey.verify(state, 15, before_digits, targets));
    expect_sentence(
        &dataset_passkey, state, 8,
        "dataset passkey: a passkey of 3 digits and the answer need at least 9 tokens, not 8; use fewer "
        "digits or a larger length");
    memory_release(state);
}

/* Of 4 words 0, 1, ... 4 stand before the needle; the sentence begins again behind it. */
static void passkey_depths(void **unused)
{
    const struct setting small[] = {{"digits", "2"}, {"words", "3"}, {NULL, NULL}};
    static const int32_t sentence[] = {13, 14, 15, 13};
    void *state = open_task(&dataset_passkey, small);
    int32_t tokens[11], targets[11];
    (void)unused;
    for (size_t before = 0; before <= 4; before++) {
        dataset_passkey.example_at(state, nth_key(before), SPLIT_TEST, 11,
                                   (double)before / 4 + 0.1 * (before < 4), tokens, targets, NULL);
        for (size_t i = 0; i < before; i++)
            assert_int_equal(tokens[1 + i], sentence[i]);
        assert_int_equal(tokens[1 + before], 2);
        for (size_t i = 0; i < 4 - before; i++)
            assert_int_equal(tokens[4 + before + i], sentence[i]);
        assert_int_equal(tokens[8], 2);
    }
    memory_release(state);
}

static void passkey_fillers(void **unused)
{
    const struct setting random[] = {{"filler", "random"}, {NULL, NULL}},
                         blank[] = {{"filler", "blank"}, {NULL, NULL}};
    void *noisy = open_task(&dataset_passkey, random), *empty = open_task(&dataset_passkey, blank);
    int32_t tokens[600], targets[600];
    size_t words = 0, different = 0, blanks = 0;
    bool seen[33] = {false};
    (void)unused;
    dataset_passkey.example_at(noisy, nth_key(1), SPLIT_TEST, 600, 0.5, tokens, targets, NULL);
    assert_true(dataset_passkey.verify(noisy, 600, tokens, targets));
    for (size_t i = 0; i < 600; i++)
        if (tokens[i] >= 13) {
            assert_in_range(tokens[i], 13, 32);
            different += !seen[tokens[i]];
            seen[tokens[i]] = true;
            words++;
        }
    assert_int_equal(words, 600 - 13);
    assert_int_equal(different, 20);
    dataset_passkey.example_at(empty, nth_key(1), SPLIT_TEST, 600, 0.5, tokens, targets, NULL);
    for (size_t i = 0; i < 600; i++)
        blanks += tokens[i] == 0;
    assert_int_equal(blanks, 600 - 13);
    memory_release(noisy);
    memory_release(empty);
}

/* begin = 1, three keys 2, 3, 4, two values 5 and 6 */
static void worked_needle(void **unused)
{
    const struct setting small[] = {{"distractors", "1"}, {"keys", "3"}, {"values", "2"}, {NULL, NULL}};
    const int32_t tokens[] = {1, 0, 3, 5, 0, 0, 2, 6, 0, 3, 5};
    const int32_t targets[] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, 5, -1};
    const int32_t same_key[] = {1, 0, 3, 5, 0, 0, 3, 5, 0, 3, 5};
    void *state = open_task(&dataset_needle, small);
    int32_t changed[11];
    (void)unused;
    assert_int_equal(dataset_needle.vocabulary(state), 7);
    assert_int_equal(dataset_needle.minimum(state), 7);
    assert_true(dataset_needle.verify(state, 11, tokens, targets));
    assert_false(dataset_needle.verify(state, 11, same_key, targets));
    /* the needle's key, its value, the distractor's key, the question, the answer; nothing for the pair */
    for (size_t i = 0; i < 6; i++) {
        static const size_t place[] = {2, 3, 6, 9, 10, 7};
        static const int32_t other[] = {4, 6, 3, 2, 6, 0};
        memcpy(changed, tokens, sizeof changed);
        changed[place[i]] = other[i];
        assert_false(dataset_needle.verify(state, 11, changed, targets));
    }
    memory_release(state);
}

/* What stands where: every key once but the needle's, which is asked for; pairs whole; the rest filler. */
static void check_haystack(const void *state, const struct setting *settings, size_t distractors, size_t keys,
                           size_t n, double depth, uint64_t index)
{
    int32_t *tokens = memory_allocate(2 * n + keys + 2, sizeof *tokens, "an example", NULL),
            *targets = tokens + n;
    int32_t *seen = tokens + 2 * n, value = (int32_t)(2 + keys);
    size_t pairs = 0, place = 0;
    assert_non_null(tokens);
    dataset_needle.example_at(state, nth_key(index), SPLIT_TEST, n, depth, tokens, targets, NULL);
    for (size_t i = 1; i < n - 2; i++) {
        if (tokens[i] < 2 || tokens[i] >= value) {
            assert_true(tokens[i] == 0 ? !settings : tokens[i] >= value);
            continue;
        }
        assert_int_equal(seen[tokens[i]]++, 0);
        place = tokens[i] == tokens[n - 2] ? i : place;
        pairs++;
        i++;
        assert_true(tokens[i] >= value);
    }
    assert_int_equal(pairs, distractors + 1);
    assert_int_equal(targets[n - 2], tokens[place + 1]);
    assert_int_equal(tokens[n - 1], tokens[place + 1]);
    if ((double)place < 1 + round(depth * (double)(n - 5)) ||
        (double)place > 2 + round(depth * (double)(n - 5)))
        fail_msg("depth %g of %zu tokens: the needle is at %zu", depth, n, place);
    memory_release(tokens);
}

static void haystacks(void **unused)
{
    const struct setting crowded[] = {
        {"distractors", "40"}, {"keys", "41"}, {"filler", "random"}, {NULL, NULL}};
    const struct setting many[] = {{"distractors", "200000"}, {"keys", "200001"}, {NULL, NULL}};
    void *plain = open_task(&dataset_needle, NULL), *full = open_task(&dataset_needle, crowded);
    void *haystack = open_task(&dataset_needle, many);
    (void)unused;
    for (uint64_t i = 0; i <= 40; i++) {
        check_haystack(plain, NULL, 3, 16, 11 + i, (double)i / 40, i);
        check_haystack(full, crowded, 40, 41, 85 + i % 3, (double)i / 40, i); /* no room for filler */
    }
    check_haystack(plain, NULL, 3, 16, 1000000, 0.25, 1);
    check_haystack(haystack, NULL, 200000, 200001, 1000000, 0.75, 1);
    memory_release(plain);
    memory_release(full);
    memory_release(haystack);
}

/* Without a depth asked for the needle is everywhere alike: chi-square over all places it may have, whose
 * mean is places - 1 and deviation sqrt(2 (places - 1)). */
static void check_even(const struct dataset *dataset, const struct setting *settings, size_t n, size_t places)
{
    enum { TRIALS = 20000 };
    void *state = open_task(dataset, settings);
    double count[64] = {0}, expected = TRIALS / (double)places, square = 0;
    int32_t tokens[64], targets[64];
    assert_in_range(n, 1, 64);
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        size_t asked = 0, place = 1;
        dataset->example(state, nth_key(trial), SPLIT_TRAINING, n, tokens, targets, NULL);
        while (targets[asked] == UNSCORED)
            asked++;
        while (tokens[place] != tokens[asked])
            place++;
        count[place - 1]++;
    }
    for (size_t i = 0; i < 64; i++) {
        assert_true(i < places || count[i] == 0.0);
        square += i < places ? (count[i] - expected) * (count[i] - expected) / expected : 0;
    }
    if (square > (double)places - 1 + 5 * sqrt(2 * ((double)places - 1)))
        fail_msg("%s: chi-square %g for %zu places", dataset->name, square, places);
    memory_release(state);
}

static void depths_are_even(void **unused)
{
    const struct setting alone[] = {{"distractors", "0"}, {NULL, NULL}};
    (void)unused;
    check_even(&dataset_passkey, NULL, 40, 40 - 13 + 1);
    check_even(&dataset_needle, alone, 40, 40 - 5 + 1);
}

static void passkey_of_millions(void **unused)
{
    enum { N = 2000000 };
    void *state = open_task(&dataset_passkey, NULL);
    int32_t *tokens = long_example(&dataset_passkey, state, N);
    (void)unused;
    assert_true(dataset_passkey.verify(state, N, tokens, tokens + N));
    memory_release(tokens);
    memory_release(state);
}

static void wrong_requests(void **unused)
{
    struct message message = {""};
    void *state = open_task(&dataset_needle, NULL);
    (void)unused;
    expect_sentence(
        &dataset_needle, state, 10,
        "dataset needle: 3 distractors, the needle and the question need at least 11 tokens, not 10; use "
        "fewer distractors or a larger length");
    assert_int_equal(option_set(dataset_needle.options, state, "needle", "distractors", "16", &message),
                     STATUS_OK);
    assert_int_equal(dataset_needle.prepare(state, &message), STATUS_WRONG);
    assert_string_equal(
        message.text, "dataset needle: 16 distractors and the needle need 17 different keys, but keys = 16");
    memory_release(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_passkey),  cmocka_unit_test(passkey_depths),
        cmocka_unit_test(passkey_fillers), cmocka_unit_test(worked_needle),
        cmocka_unit_test(haystacks),       cmocka_unit_test(depths_are_even),
        cmocka_unit_test(wrong_requests),  cmocka_unit_test(passkey_of_millions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
