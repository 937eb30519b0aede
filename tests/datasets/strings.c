/* strings.c -- what only unique-copy, repeat-copy and sort promise: begin x separator y end, and a blank. */
#include <math.h>
#include <stdio.h>

#include "tests/datasets/fixture.h"

extern const struct dataset dataset_unique_copy, dataset_repeat_copy, dataset_sort;

enum { BLANK, BEGIN, SEPARATOR, END, A, B, C, D };

static void worked_unique_copy(void **unused)
{
    const struct setting four[] = {{"symbols", "4"}, {NULL, NULL}};
    const int32_t tokens[] = {BEGIN, C, A, D, SEPARATOR, C, A, D, END, BLANK};
    const int32_t targets[] = {UNASKED, UNASKED, UNASKED, UNASKED, C, A, D, END, UNASKED, UNASKED};
    const int32_t twice[] = {BEGIN, C, A, C, SEPARATOR, C, A, C, END};
    const int32_t twice_targets[] = {UNASKED, UNASKED, UNASKED, UNASKED, C, A, C, END, UNASKED};
    void *state = open_task(&dataset_unique_copy, four);
    (void)unused;
    assert_int_equal(dataset_unique_copy.vocabulary(state), 8);
    assert_int_equal(dataset_unique_copy.end_token(state), END);
    expect_only_this(&dataset_unique_copy, state, 9, tokens, targets, NULL);
    expect_only_this(&dataset_unique_copy, state, 10, tokens, targets, NULL);
    expect_only_this(&dataset_unique_copy, state, 5, (const int32_t[]){BEGIN, B, SEPARATOR, B, END},
                     (const int32_t[]){UNASKED, UNASKED, B, END, UNASKED}, NULL);
    assert_false(dataset_unique_copy.verify(state, 9, twice, twice_targets));
    memory_release(state);
}

static void worked_repeat_copy(void **unused)
{
    const int32_t tokens[] = {BEGIN, B, B, A, SEPARATOR, B, B, A, END, BLANK};
    const int32_t targets[] = {UNASKED, UNASKED, UNASKED, UNASKED, B, B, A, END, UNASKED, UNASKED};
    void *state = open_task(&dataset_repeat_copy, NULL);
    (void)unused;
    assert_int_equal(dataset_repeat_copy.vocabulary(state), 6); /* two symbols, as in the paper */
    expect_only_this(&dataset_repeat_copy, state, 9, tokens, targets, NULL);
    expect_only_this(&dataset_repeat_copy, state, 10, tokens, targets, NULL);
    memory_release(state);
}

static void worked_sort(void **unused)
{
    const struct setting four[] = {{"symbols", "4"}, {NULL, NULL}};
    const int32_t tokens[] = {BEGIN, D, A, C, SEPARATOR, A, C, D, END, BLANK};
    const int32_t targets[] = {UNASKED, UNASKED, UNASKED, UNASKED, A, C, D, END, UNASKED, UNASKED};
    const int32_t twice[] = {BEGIN, A, A, C, SEPARATOR, A, B, C, END};
    const int32_t twice_targets[] = {UNASKED, UNASKED, UNASKED, UNASKED, A, B, C, END, UNASKED};
    void *state = open_task(&dataset_sort, four);
    (void)unused;
    expect_only_this(&dataset_sort, state, 9, tokens, targets, NULL);
    expect_only_this(&dataset_sort, state, 10, tokens, targets, NULL);
    assert_false(dataset_sort.verify(state, 9, twice, twice_targets));
    memory_release(state);
}

/* A blank more shifts nothing. */
static void even_is_odd_and_a_blank(void **unused)
{
    const struct dataset *const all[] = {&dataset_unique_copy, &dataset_repeat_copy, &dataset_sort};
    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        void *state = open_task(all[i], NULL);
        int32_t odd[3][51], even[3][52];
        all[i]->example(state, nth_key(i), SPLIT_TEST, 51, odd[0], odd[1], odd[2]);
        all[i]->example(state, nth_key(i), SPLIT_TEST, 52, even[0], even[1], even[2]);
        for (size_t array = 0; array < 3; array++)
            assert_memory_equal(odd[array], even[array], sizeof odd[array]);
        assert_int_equal(even[0][51], BLANK);
        assert_int_equal(even[1][51], UNSCORED);
        memory_release(state);
    }
}

/* The i-th symbol is marked i on both sides for copies, nothing is for sort. */
static void marks(void **unused)
{
    static const int32_t copied[] = {0, 1, 2, 3, 0, 1, 2, 3, 0, 0}, none[10] = {0};
    const struct dataset *const all[] = {&dataset_unique_copy, &dataset_repeat_copy, &dataset_sort};
    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        void *state = open_task(all[i], NULL);
        int32_t tokens[10], targets[10], out[10];
        all[i]->example(state, nth_key(i), SPLIT_TEST, 10, tokens, targets, out);
        assert_memory_equal(out, i < 2 ? copied : none, sizeof out);
        memory_release(state);
    }
}

/* Each symbol equally often at each place of x: five deviations of a binomial away is a defect. */
static void symbols_are_even(void **unused)
{
    enum { TRIALS = 20000, SYMBOLS = 9, COUNT = 6, N = 2 * COUNT + 3 };
    const struct setting nine[] = {{"symbols", "9"}, {NULL, NULL}};
    const struct dataset *const all[] = {&dataset_unique_copy, &dataset_repeat_copy, &dataset_sort};
    const double expected = TRIALS / (double)SYMBOLS, deviation = sqrt(expected * (1 - 1.0 / SYMBOLS));
    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        void *state = open_task(all[i], nine);
        double count[COUNT][SYMBOLS] = {{0}};
        int32_t tokens[N], targets[N];
        for (uint64_t trial = 0; trial < TRIALS; trial++) {
            all[i]->example(state, nth_key(trial), SPLIT_TRAINING, N, tokens, targets, NULL);
            for (size_t place = 0; place < COUNT; place++)
                count[place][tokens[1 + place] - A]++;
        }
        for (size_t place = 0; place < COUNT; place++)
            for (size_t symbol = 0; symbol < SYMBOLS; symbol++)
                if (fabs(count[place][symbol] - expected) > 5 * deviation)
                    fail_msg("%s: symbol %zu at place %zu: %g times, expected %g", all[i]->name, symbol,
                             place, count[place][symbol], expected);
        memory_release(state);
    }
}

/* Lengths beyond 2 symbols + 4 want a larger vocabulary, and the sentence says which. */
static void vocabulary_for_the_longest(void **unused)
{
    const struct dataset *const all[] = {&dataset_unique_copy, &dataset_sort};
    struct message message = {""};
    (void)unused;
    for (size_t i = 0; i < 2; i++) {
        void *state = open_task(all[i], NULL);
        char sentence[300];
        assert_int_equal(all[i]->refuses(state, SPLIT_TEST, 1028, &message), STATUS_OK);
        snprintf(sentence, sizeof sentence,
                 "dataset %s: an example of 4096 tokens has a string of 2046 different symbols, but symbols "
                 "= 512; "
                 "use symbols = 2046 or more, or lengths of at most 1028",
                 all[i]->name);
        expect_sentence(all[i], state, 4096, sentence);
        assert_int_equal(all[i]->refuses(state, SPLIT_TEST, 1029, &message), STATUS_WRONG);
        assert_int_equal(all[i]->refuses(state, SPLIT_TEST, 4, &message), STATUS_WRONG);
        memory_release(state);
    }
}

/* All symbols in use at two million tokens, with no other memory than the example's. */
static void millions(void **unused)
{
    enum { SYMBOLS = 1000000, N = 2 * SYMBOLS + 4 };
    const struct setting million[] = {{"symbols", "1000000"}, {NULL, NULL}};
    const struct dataset *const all[] = {&dataset_unique_copy, &dataset_sort, &dataset_repeat_copy};
    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        void *state = open_task(all[i], i < 2 ? million : NULL);
        int32_t *tokens = long_example(all[i], state, N), *targets = tokens + N, *seen = tokens + 2 * N;
        const int32_t *asked = tokens + SYMBOLS + 2;
        memset(seen, 0, SYMBOLS * sizeof *seen);
        for (size_t j = 0; j < SYMBOLS; j++) {
            assert_int_equal(targets[SYMBOLS + 1 + j], asked[j]);
            assert_int_equal(asked[j], all[i] == &dataset_sort ? A + (int32_t)j : tokens[1 + j]);
            if (i < 2)
                assert_int_equal(seen[tokens[1 + j] - A]++, 0);
        }
        assert_int_equal(targets[2 * SYMBOLS + 1], END);
        if (i == 2)
            assert_true(all[i]->verify(state, N, tokens, targets));
        memory_release(tokens);
        memory_release(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_unique_copy),
        cmocka_unit_test(worked_repeat_copy),
        cmocka_unit_test(worked_sort),
        cmocka_unit_test(even_is_odd_and_a_blank),
        cmocka_unit_test(marks),
        cmocka_unit_test(symbols_are_even),
        cmocka_unit_test(vocabulary_for_the_longest),
        cmocka_unit_test(millions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
