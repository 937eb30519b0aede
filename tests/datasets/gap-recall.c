/* gap-recall.c -- what only recall at a known gap promises. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "registry/registry.h"
#include "support/memory.h"
#include "tests/test.h"

extern const struct dataset dataset_gap_recall;

enum { LONGEST = 4096 };

struct setting {
    const char *name, *value;
};

static void *open_recall(const struct setting *settings)
{
    struct message message = {""};
    void *state = memory_allocate(1, dataset_gap_recall.state_size, "gap-recall", &message);
    assert_non_null(state);
    assert_int_equal(option_defaults(dataset_gap_recall.options, state, &message), STATUS_OK);
    for (; settings && settings->name; settings++)
        if (option_set(dataset_gap_recall.options, state, "gap-recall", settings->name, settings->value,
                       &message))
            fail_msg("%s", message.text);
    if (dataset_gap_recall.prepare(state, &message))
        fail_msg("%s", message.text);
    return state;
}

static struct key nth_key(uint64_t index)
{
    return key_with(key_named(4, "gap-recall test"), index);
}

/* The gap of an example in which every pair, found by its second key, is asked once; 0 if it is not so.
 * first, last: places of the first key and of the last query. */
static size_t gap_of(const int32_t *tokens, const int32_t *targets, size_t n, size_t pairs, int32_t keys,
                     size_t *first, size_t *last)
{
    size_t gap = 0, asked = 0, occurrences = 0;
    *first = n;
    for (size_t i = 0; i < n; i++) {
        bool key = tokens[i] >= 1 && tokens[i] <= keys;
        occurrences += key;
        *first = key && i < *first ? i : *first;
        if (targets[i] == UNSCORED)
            continue;
        *last = i;
        asked++;
        for (size_t j = 0; j < i; j++)
            if (tokens[j] == tokens[i]) {
                if (tokens[j + 1] != targets[i] || targets[i] <= keys || (gap > 0 && gap != i - j))
                    return 0;
                gap = i - j;
            }
    }
    return asked == pairs && occurrences == 2 * pairs ? gap : 0;
}

static void all_queries_have_the_gap(void **unused)
{
    static int32_t tokens[LONGEST], targets[LONGEST];
    const struct setting far[] = {{"gap", "fraction"}, {"fraction", "0.9"}, {"pairs", "8"}, {NULL, NULL}};
    const struct setting near[] = {
        {"gap", "fraction"}, {"fraction", "0.1"}, {"filler", "random"}, {NULL, NULL}};
    void *drawn = open_recall(NULL), *long_gap = open_recall(far), *short_gap = open_recall(near);
    size_t first, last, shortest = LONGEST, longest = 0;
    (void)unused;
    for (uint64_t e = 0; e < 2000; e++) {
        size_t n = 15 + e % 100, gap;
        dataset_gap_recall.example(drawn, nth_key(e), SPLIT_TEST, n, tokens, targets, NULL);
        gap = gap_of(tokens, targets, n, 4, 16, &first, &last);
        assert_in_range(gap, 8, n - 7);
        assert_true(dataset_gap_recall.verify(drawn, n, tokens, targets));
        shortest = gap < shortest ? gap : shortest;
        longest = gap > longest ? gap : longest;
    }
    assert_true(shortest == 8 && longest > 95);
    for (size_t n = dataset_gap_recall.minimum(long_gap); n < 400; n += 13) {
        dataset_gap_recall.example(long_gap, nth_key(n), SPLIT_TEST, n, tokens, targets, NULL);
        assert_int_equal(gap_of(tokens, targets, n, 8, 16, &first, &last), (size_t)(0.9 * (double)n));
    }
    for (size_t n = dataset_gap_recall.minimum(short_gap); n < 400; n += 13) {
        dataset_gap_recall.example(short_gap, nth_key(n), SPLIT_TEST, n, tokens, targets, NULL);
        assert_int_equal(gap_of(tokens, targets, n, 4, 16, &first, &last), (size_t)(0.1 * (double)n));
    }
    memory_release(drawn);
    memory_release(long_gap);
    memory_release(short_gap);
}

/* The minimum is the least n whose gap fits, found by trying all. */
static void minimum_is_the_least_length(void **unused)
{
    static const char *const fractions[] = {"0.01", "0.1", "0.3333", "0.5", "0.7", "0.95", "0.99"};
    static const char *const counts[] = {"1", "3", "16"};
    (void)unused;
    for (size_t f = 0; f < 7; f++)
        for (size_t p = 0; p < 3; p++) {
            const struct setting settings[] = {
                {"gap", "fraction"}, {"fraction", fractions[f]}, {"pairs", counts[p]}, {NULL, NULL}};
            void *state = open_recall(settings);
            double fraction = strtod(fractions[f], NULL);
            size_t n = 1, pairs = (size_t)atoi(counts[p]);
            while (floor(fraction * (double)n) < 2 * (double)pairs ||
                   floor(fraction * (double)n) + 2 * (double)pairs > (double)n + 1)
                n++;
            assert_int_equal(dataset_gap_recall.minimum(state), n);
            memory_release(state);
        }
}

/* Each octave of gaps is as frequent as any other; chi-square as for recall. */
static void gaps_are_log_uniform(void **unused)
{
    enum { N = 15 + 56, TRIALS = 20000, SHORTEST = 8, GAPS = 57 };
    void *state = open_recall(NULL);
    int32_t tokens[N], targets[N];
    double count[GAPS] = {0}, chi = 0;
    size_t first, last;
    (void)unused;
    for (uint64_t e = 0; e < TRIALS; e++) {
        dataset_gap_recall.example(state, nth_key(e), SPLIT_TRAINING, N, tokens, targets, NULL);
        count[gap_of(tokens, targets, N, 4, 16, &first, &last) - SHORTEST]++;
    }
    for (size_t i = 0; i < GAPS; i++) {
        double g = (double)(i + SHORTEST);
        double expected = TRIALS * log((g + 1) / g) / log((double)(GAPS + SHORTEST) / SHORTEST);
        chi += (count[i] - expected) * (count[i] - expected) / expected;
    }
    if (chi > GAPS - 1 + 5 * sqrt(2.0 * (GAPS - 1)) || chi < 10)
        fail_msg("chi-square %.1f with %d degrees of freedom", chi, GAPS - 1);
    memory_release(state);
}

/* Depth 0: pairs begin the example.  1: the shortest gap.  Queries always end it. */
static void depth_is_the_gap(void **unused)
{
    static int32_t tokens[LONGEST], targets[LONGEST], again[LONGEST];
    void *state = open_recall(NULL);
    size_t first, last, before = LONGEST;
    (void)unused;
    for (size_t step = 0; step <= 10; step++) {
        size_t gap;
        dataset_gap_recall.example_at(state, nth_key(step), SPLIT_TEST, 300, (double)step / 10, tokens,
                                      targets, NULL);
        dataset_gap_recall.example_at(state, nth_key(step), SPLIT_TEST, 300, (double)step / 10, again,
                                      targets, NULL);
        assert_memory_equal(tokens, again, 300 * sizeof *tokens);
        assert_true(dataset_gap_recall.verify(state, 300, tokens, targets));
        gap = gap_of(tokens, targets, 300, 4, 16, &first, &last);
        assert_int_equal(gap, 293 - (size_t)lround(285.0 * (double)step / 10));
        assert_int_equal(last, 299);
        assert_true(gap < before);
        assert_true(step > 0 || first == 0);
        before = gap;
    }
    memory_release(state);
}

/* Keys and values even, and pairs and queries not always at the same places. */
static void nothing_is_favoured(void **unused)
{
    enum { N = 40, TRIALS = 16000 };
    void *state = open_recall(NULL);
    int32_t tokens[N], targets[N];
    double count[33] = {0}, begin[N] = {0};
    size_t first, last, begins = 0, apart = 0, equal = 0;
    (void)unused;
    for (uint64_t e = 0; e < TRIALS; e++) {
        dataset_gap_recall.example(state, nth_key(e), SPLIT_TEST, N, tokens, targets, NULL);
        for (size_t i = 0; i < N; i++) {
            count[tokens[i]] += tokens[i] > 0;
            assert_true(targets[i] == UNSCORED || tokens[i] <= 16);
        }
        assert_true(gap_of(tokens, targets, N, 4, 16, &first, &last) > 0);
        begin[first]++;
        apart += tokens[first + 2] == 0; /* the second pair need not follow at once */
        equal += tokens[first + 2] > 0 && tokens[first + 1] == tokens[first + 3];
    }
    for (size_t token = 1; token < 33; token++) {
        double expected = TRIALS * (token <= 16 ? 8.0 : 4.0) / 16;
        if (fabs(count[token] - expected) > 8 * sqrt(expected)) /* keys come in twos */
            fail_msg("token %zu: %g times, expected %g", token, count[token], expected);
    }
    for (size_t i = 0; i < N; i++)
        begins += begin[i] > 0;
    assert_true(begins > 15);
    assert_in_range(apart, TRIALS / 10, TRIALS * 9 / 10);
    /* Values are independent: 1 in 16 repeats the one before. */
    assert_true(fabs((double)equal - (double)(TRIALS - apart) / 16) < 5 * sqrt(TRIALS / 16.0));
    memory_release(state);
}

static void verify_notices(void **unused)
{
    void *state = open_recall(NULL);
    int32_t tokens[60], targets[60];
    size_t query = 0;
    (void)unused;
    dataset_gap_recall.example(state, nth_key(5), SPLIT_TEST, 60, tokens, targets, NULL);
    assert_true(dataset_gap_recall.verify(state, 60, tokens, targets));
    while (targets[query] == UNSCORED)
        query++;
    int32_t token = tokens[query], target = targets[query];
    tokens[query] = 0;
    targets[query] = UNSCORED;
    assert_false(dataset_gap_recall.verify(state, 60, tokens, targets)); /* a query is missing */
    size_t other = query + 1;
    while (other < 59 && (tokens[other] != 0 || other == query))
        other++;
    tokens[other] = token;
    targets[other] = target;
    assert_false(dataset_gap_recall.verify(state, 60, tokens, targets)); /* at another gap */
    memory_release(state);
}

static void wrong_requests(void **unused)
{
    struct message message = {""};
    void *state = open_recall(NULL);
    (void)unused;
    assert_int_equal(dataset_gap_recall.refuses(state, SPLIT_TEST, 14, &message), STATUS_WRONG);
    assert_string_equal(
        message.text, "dataset gap-recall: 4 pairs, their queries and the gap between them need at least 15 "
                      "tokens, not 14; use fewer pairs or a larger length");
    assert_int_equal(option_set(dataset_gap_recall.options, state, "gap-recall", "pairs", "17", &message),
                     STATUS_OK);
    assert_int_equal(dataset_gap_recall.prepare(state, &message), STATUS_WRONG);
    assert_string_equal(message.text,
                        "dataset gap-recall: pairs = 17 need as many different keys, but keys = 16");
    memory_release(state);
}

/* Every length from the minimum on, crowded and roomy; nothing outside n is written. */
static void crowded(void **unused)
{
    static int32_t tokens[LONGEST], targets[LONGEST];
    const struct setting many[] = {{"pairs", "16"}, {"filler", "random"}, {"values", "2"}, {NULL, NULL}};
    void *state = open_recall(many);
    (void)unused;
    for (size_t n = 63; n < 90; n++)
        for (uint64_t e = 0; e < 50; e++) {
            tokens[n] = targets[n] = 77;
            dataset_gap_recall.example(state, nth_key(e), SPLIT_TEST, n, tokens, targets, NULL);
            assert_true(dataset_gap_recall.verify(state, n, tokens, targets));
            assert_true(tokens[n] == 77 && targets[n] == 77);
        }
    memory_release(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_queries_have_the_gap), cmocka_unit_test(minimum_is_the_least_length),
        cmocka_unit_test(gaps_are_log_uniform),     cmocka_unit_test(depth_is_the_gap),
        cmocka_unit_test(nothing_is_favoured),      cmocka_unit_test(verify_notices),
        cmocka_unit_test(wrong_requests),           cmocka_unit_test(crowded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
