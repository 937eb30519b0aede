/* selective-copy.c -- what only the selective-copy dataset promises. */
#include <math.h>

#include "tests/datasets/fixture.h"

extern const struct dataset dataset_selective_copy;

enum { BLANK, BEGIN, COPY, A, B };

static void worked_hidden(void **unused)
{
    const struct setting small[] = {{"count", "3"}, {"symbols", "2"}, {NULL, NULL}};
    const int32_t tokens[] = {BEGIN, BLANK, B, BLANK, BLANK, A, B, BLANK, COPY, COPY, COPY};
    const int32_t targets[] = {-1, -1, -1, -1, -1, -1, -1, -1, B, A, B};
    void *state = open_task(&dataset_selective_copy, small);
    (void)unused;
    assert_int_equal(dataset_selective_copy.minimum(state), 7);
    assert_int_equal(dataset_selective_copy.vocabulary(state), 5);
    expect_only_this(&dataset_selective_copy, state, 11, tokens, targets, NULL);
    expect_sentence(
        &dataset_selective_copy, state, 6,
        "dataset selective-copy: count = 3 symbols and their copy need at least 7 tokens, not 6; use a "
        "smaller count or a larger length");
    memory_release(state);
}

static void worked_shown(void **unused)
{
    const struct setting small[] = {{"count", "3"}, {"symbols", "2"}, {"answer", "shown"}, {NULL, NULL}};
    const int32_t tokens[] = {BEGIN, BLANK, B, BLANK, BLANK, A, B, BLANK, COPY, B, A, B};
    const int32_t targets[] = {-1, -1, -1, -1, -1, -1, -1, -1, B, A, B, -1};
    void *state = open_task(&dataset_selective_copy, small);
    (void)unused;
    assert_int_equal(dataset_selective_copy.minimum(state), 8);
    expect_only_this(&dataset_selective_copy, state, 12, tokens, targets, NULL);
    memory_release(state);
}

/* The two forms ask the same of the same prompt. */
static void forms_agree(void **unused)
{
    const struct setting shown[] = {{"answer", "shown"}, {NULL, NULL}};
    void *hidden_state = open_task(&dataset_selective_copy, NULL),
         *shown_state = open_task(&dataset_selective_copy, shown);
    int32_t hidden[2][60], with[2][61];
    (void)unused;
    dataset_selective_copy.example(hidden_state, nth_key(1), SPLIT_TEST, 60, hidden[0], hidden[1], NULL);
    dataset_selective_copy.example(shown_state, nth_key(1), SPLIT_TEST, 61, with[0], with[1], NULL);
    assert_memory_equal(hidden[0], with[0], 45 * sizeof(int32_t)); /* as far as the first copy token */
    assert_memory_equal(hidden[1], with[1], sizeof hidden[1]);
    memory_release(hidden_state);
    memory_release(shown_state);
}

/* Every place between begin and copy holds a symbol equally often, the first and the last one too. */
static void places_are_even(void **unused)
{
    enum { TRIALS = 20000, COUNT = 4, PLACES = 15, N = 1 + PLACES + COUNT };
    const struct setting four[] = {{"count", "4"}, {NULL, NULL}};
    const double share = COUNT / (double)PLACES, expected = TRIALS * share;
    void *state = open_task(&dataset_selective_copy, four);
    int32_t tokens[N], targets[N];
    double count[PLACES] = {0}, symbols[14] = {0};
    (void)unused;
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        dataset_selective_copy.example(state, nth_key(trial), SPLIT_TRAINING, N, tokens, targets, NULL);
        for (size_t place = 0; place < PLACES; place++)
            if (tokens[1 + place] != BLANK) {
                count[place]++;
                symbols[tokens[1 + place] - A]++;
            }
    }
    for (size_t place = 0; place < PLACES; place++)
        if (fabs(count[place] - expected) > 5 * sqrt(expected * (1 - share)))
            fail_msg("place %zu: %g times, expected %g", place, count[place], expected);
    for (size_t symbol = 0; symbol < 14; symbol++)
        assert_true(fabs(symbols[symbol] - TRIALS * COUNT / 14.0) < 5 * sqrt(TRIALS * COUNT / 14.0));
    memory_release(state);
}

static void millions(void **unused)
{
    enum { N = 2000000 };
    const struct setting many[] = {{"count", "900000"}, {NULL, NULL}};
    void *few = open_task(&dataset_selective_copy, NULL), *crowded = open_task(&dataset_selective_copy, many);
    int32_t *tokens = long_example(&dataset_selective_copy, few, N);
    (void)unused;
    assert_true(dataset_selective_copy.verify(few, N, tokens, tokens + N));
    memory_release(tokens);
    tokens = long_example(&dataset_selective_copy, crowded, N);
    assert_true(dataset_selective_copy.verify(crowded, N, tokens, tokens + N));
    memory_release(tokens);
    memory_release(few);
    memory_release(crowded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_hidden),   cmocka_unit_test(worked_shown), cmocka_unit_test(forms_agree),
        cmocka_unit_test(places_are_even), cmocka_unit_test(millions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
