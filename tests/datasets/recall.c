/* recall.c -- what only the recall dataset promises. */
#include <math.h>
#include <string.h>

#include "registry/registry.h"
#include "support/memory.h"
#include "tests/test.h"

extern const struct dataset dataset_recall;

struct setting {
    const char *name, *value;
};

static void *open_recall(const struct setting *settings)
{
    struct message message = {""};
    void *state = memory_allocate(1, dataset_recall.state_size, "recall", &message);
    assert_non_null(state);
    assert_int_equal(option_defaults(dataset_recall.options, state, &message), STATUS_OK);
    for (; settings && settings->name; settings++)
        if (option_set(dataset_recall.options, state, "recall", settings->name, settings->value, &message) !=
            STATUS_OK)
            fail_msg("%s", message.text);
    if (dataset_recall.prepare(state, &message))
        fail_msg("%s", message.text);
    return state;
}

static struct key nth_key(uint64_t index)
{
    return key_with(key_named(3, "recall test"), index);
}

/* Each key once among the pairs and once as a query; its value is the target. */
static void check_structure(const void *state, size_t pairs, size_t keys, size_t n, uint64_t index)
{
    int32_t *tokens = memory_allocate(n, sizeof *tokens, "tokens", NULL);
    int32_t *targets = memory_allocate(n, sizeof *targets, "targets", NULL);
    int32_t *value_of = memory_allocate(keys + 1, sizeof *value_of, "values", NULL);
    size_t queries = 0;
    assert_true(tokens && targets && value_of);
    dataset_recall.example(state, nth_key(index), SPLIT_TRAINING, n, tokens, targets, NULL);
    for (size_t i = 0; i < 2 * pairs; i += 2) {
        assert_in_range(tokens[i], 1, keys);
        assert_int_equal(value_of[tokens[i]], 0); /* a new key */
        assert_true(tokens[i + 1] > (int32_t)keys);
        value_of[tokens[i]] = tokens[i + 1];
    }
    for (size_t i = 0; i < n; i++) {
        bool key = tokens[i] >= 1 && tokens[i] <= (int32_t)keys;
        if (i < 2 * pairs || !key) {
            assert_int_equal(targets[i], UNSCORED);
            continue;
        }
        assert_true(value_of[tokens[i]] > 0); /* asked for the first time */
        assert_int_equal(targets[i], value_of[tokens[i]]);
        value_of[tokens[i]] = -1;
        queries++;
    }
    assert_int_equal(queries, pairs);
    memory_release(tokens);
    memory_release(targets);
    memory_release(value_of);
}

static void structure(void **unused)
{
    const struct setting crowded[] = {{"pairs", "48"}, {"keys", "48"}, {"values", "2"}, {NULL, NULL}};
    const struct setting random[] = {{"filler", "random"}, {NULL, NULL}};
    void *plain = open_recall(NULL), *full = open_recall(crowded), *noisy = open_recall(random);
    (void)unused;
    for (uint64_t i = 0; i < 50; i++) {
        check_structure(plain, 4, 16, 12 + i, i);
        check_structure(noisy, 4, 16, 12 + i, i);
        check_structure(full, 48, 48, 3 * 48 + i % 2, i); /* every place but one holds a query */
    }
    check_structure(noisy, 4, 16, 1000000, 1);
    memory_release(plain);
    memory_release(full);
    memory_release(noisy);
}

static void filler_is_never_a_key(void **unused)
{
    const struct setting random[] = {{"filler", "random"}, {NULL, NULL}};
    void *plain = open_recall(NULL), *noisy = open_recall(random);
    int32_t tokens[500], targets[500];
    bool seen[33] = {false};
    size_t different = 0;
    (void)unused;
    dataset_recall.example(plain, nth_key(1), SPLIT_TEST, 500, tokens, targets, NULL);
    for (size_t i = 8; i < 500; i++)
        if (targets[i] == UNSCORED)
            assert_int_equal(tokens[i], 0);
    dataset_recall.example(noisy, nth_key(1), SPLIT_TEST, 500, tokens, targets, NULL);
    for (size_t i = 8; i < 500; i++)
        if (targets[i] == UNSCORED) {
            assert_in_range(tokens[i], 17, 32);
            seen[tokens[i]] = true;
        }
    for (size_t i = 17; i < 33; i++)
        different += seen[i];
    assert_int_equal(different, 16);
    memory_release(plain);
    memory_release(noisy);
}

/* How often each gap comes with one pair, against p(g) ~ g^(a - 1): chi-square with space - 1 degrees of
 * freedom, mean space - 1, deviation sqrt(2 (space - 1)); five deviations above is a defect. */
static void check_gaps(const char *power, double a)
{
    enum { SPACE = 30, TRIALS = 20000 };
    const struct setting one[] = {{"pairs", "1"}, {"gap_power", power}, {NULL, NULL}};
    void *state = open_recall(one);
    double count[SPACE] = {0}, total = 0, square = 0;
    int32_t tokens[SPACE + 2], targets[SPACE + 2];
    for (uint64_t i = 0; i < TRIALS; i++) {
        dataset_recall.example(state, nth_key(i), SPLIT_TRAINING, SPACE + 2, tokens, targets, NULL);
        for (size_t g = 0; g < SPACE; g++)
            count[g] += targets[g + 2] != UNSCORED;
    }
    for (size_t g = 1; g <= SPACE; g++)
        total += pow((double)g, a - 1);
    for (size_t g = 1; g <= SPACE; g++) {
        double expected = TRIALS * pow((double)g, a - 1) / total;
        square += (count[g - 1] - expected) * (count[g - 1] - expected) / expected;
    }
    if (square > SPACE - 1 + 5 * sqrt(2.0 * (SPACE - 1)) || square < 5)
        fail_msg("gap_power = %s: chi-square %.1f with %d degrees of freedom", power, square, SPACE - 1);
    memory_release(state);
}

static void gaps_follow_the_power_law(void **unused)
{
    (void)unused;
    check_gaps("0.01", 0.01);
    check_gaps("0.5", 0.5);
    check_gaps("1", 1);
}

/* Without replacement: with several pairs, queries stand at different places and short gaps lead. */
static void short_gaps_lead_in_long_examples(void **unused)
{
    enum { LENGTH = 100000, TRIALS = 100 };
    static int32_t tokens[LENGTH], targets[LENGTH];
    void *state = open_recall(NULL);
    size_t below = 0;
    (void)unused;
    for (uint64_t i = 0; i < TRIALS; i++) {
        dataset_recall.example(state, nth_key(i), SPLIT_TRAINING, LENGTH, tokens, targets, NULL);
        for (size_t g = 1; g <= 316; g++) /* half of the space on a logarithmic axis */
            below += targets[7 + g] != UNSCORED;
    }
    assert_in_range(below, 160, 260); /* of 400; uniform gaps would give 1 */
    memory_release(state);
}

/* Every key and every value is as likely as any other, at every place. */
static void keys_and_values_are_even(void **unused)
{
    enum { TRIALS = 16000 };
    void *state = open_recall(NULL);
    int32_t tokens[20], targets[20];
    double count[8][33] = {{0}};
    (void)unused;
    for (uint64_t i = 0; i < TRIALS; i++) {
        dataset_recall.example(state, nth_key(i), SPLIT_TEST, 20, tokens, targets, NULL);
        for (size_t place = 0; place < 8; place++)
            count[place][tokens[place]]++;
    }
    for (size_t place = 0; place < 8; place++)
        for (size_t token = 1; token < 33; token++) {
            double expected = (token <= 16) == (place % 2 == 0) ? TRIALS / 16.0 : 0;
            if (fabs(count[place][token] - expected) > 5 * sqrt(expected))
                fail_msg("token %zu at place %zu: %g times, expected %g", token, place, count[place][token],
                         expected);
        }
    memory_release(state);
}

/* A query that is missing, one too many, or a pair that is out of order is noticed. */
static void verify_notices(void **unused)
{
    void *state = open_recall(NULL);
    int32_t tokens[40], targets[40];
    size_t query = 8;
    (void)unused;
    dataset_recall.example(state, nth_key(5), SPLIT_TEST, 40, tokens, targets, NULL);
    assert_true(dataset_recall.verify(state, 40, tokens, targets));
    while (targets[query] == UNSCORED)
        query++;
    int32_t token = tokens[query], target = targets[query];
    tokens[query] = 0;
    targets[query] = UNSCORED;
    assert_false(dataset_recall.verify(state, 40, tokens, targets));
    tokens[query] = token;
    targets[query] = target;

    size_t blank = 8;
    while (tokens[blank] != 0)
        blank++;
    tokens[blank] = token;
    targets[blank] = target;
    assert_false(dataset_recall.verify(state, 40, tokens, targets));
    tokens[blank] = 0;
    targets[blank] = UNSCORED;
    assert_true(dataset_recall.verify(state, 40, tokens, targets));

    tokens[0] = tokens[2]; /* a key twice */
    assert_false(dataset_recall.verify(state, 40, tokens, targets));
    assert_false(dataset_recall.verify(state, 11, tokens, targets));
    memory_release(state);
}

static void wrong_requests(void **unused)
{
    struct message message = {""};
    void *state = open_recall(NULL);
    (void)unused;
    assert_int_equal(dataset_recall.refuses(state, SPLIT_TEST, 11, &message), STATUS_WRONG);
    assert_string_equal(message.text,
                        "dataset recall: 4 pairs and their queries need at least 12 tokens, not 11; use "
                        "fewer pairs or a larger length");
    assert_int_equal(option_set(dataset_recall.options, state, "recall", "pairs", "17", &message), STATUS_OK);
    assert_int_equal(dataset_recall.prepare(state, &message), STATUS_WRONG);
    assert_string_equal(message.text,
                        "dataset recall: pairs = 17 need as many different keys, but keys = 16");
    memory_release(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(structure),
        cmocka_unit_test(filler_is_never_a_key),
        cmocka_unit_test(gaps_follow_the_power_law),
        cmocka_unit_test(short_gaps_lead_in_long_examples),
        cmocka_unit_test(keys_and_values_are_even),
        cmocka_unit_test(verify_notices),
        cmocka_unit_test(wrong_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
