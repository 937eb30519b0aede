/* markov.c -- in-context Markov chains: the floor is the Bayes-optimal loss, and examples come from the
 * distribution that it is optimal for. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "registry/registry.h"
#include "support/memory.h"
#include "tests/test.h"

extern const struct dataset dataset_markov;

static void *open_markov(size_t order, size_t symbols, double concentration)
{
    struct message message = {""};
    void *state = memory_allocate(1, dataset_markov.state_size, "markov", &message);
    const char *const names[] = {"order", "symbols", "concentration"};
    char values[3][32];
    assert_non_null(state);
    snprintf(values[0], sizeof values[0], "%zu", order);
    snprintf(values[1], sizeof values[1], "%zu", symbols);
    snprintf(values[2], sizeof values[2], "%.17g", concentration);
    for (size_t i = 0; i < 3; i++)
        if (option_set(dataset_markov.options, state, "markov", names[i], values[i], &message))
            fail_msg("%s", message.text);
    if (dataset_markov.prepare(state, &message))
        fail_msg("%s", message.text);
    return state;
}

static struct key nth_key(uint64_t index)
{
    return key_with(key_named(5, "markov test"), index);
}

static void draw(int32_t *tokens, int32_t *targets, const void *state, uint64_t index, size_t n)
{
    dataset_markov.example(state, nth_key(index), SPLIT_TEST, n, tokens, targets, NULL);
}

/* Targets and floor of given tokens; the sum over all scored places. */
static double total_floor(const void *state, size_t order, const int32_t *tokens, size_t n, double *nll)
{
    int32_t targets[64];
    double total = 0;
    for (size_t i = 0; i < n; i++)
        targets[i] = i + 1 >= order && i + 1 < n ? tokens[i + 1] : UNSCORED;
    assert_true(dataset_markov.verify(state, n, tokens, targets));
    dataset_markov.floor(state, n, tokens, targets, nll);
    for (size_t i = 0; i < n; i++)
        total += targets[i] != UNSCORED ? nll[i] : 0;
    return total;
}

/* All places but the first r tokens are asked, and the sum of the floor is the logarithm of the marginal
 * likelihood, a ratio of gamma functions for each row:
 *   prod_j Gamma(n_j + a) / Gamma(a)  Gamma(k a) / Gamma(n + k a) */
static void check_marginal_likelihood(size_t order, size_t k, double a, size_t n)
{
    static double count[4096];
    void *state = open_markov(order, k, a);
    int32_t *tokens = memory_allocate(n, sizeof *tokens, "tokens", NULL);
    int32_t *targets = memory_allocate(n, sizeof *targets, "targets", NULL);
    double *nll = memory_allocate(n, sizeof *nll, "losses", NULL), total = 0, expected = 0;
    size_t rows = order == 1 ? k : k * k, scored = 0;
    assert_true(tokens && targets && nll);
    memset(count, 0, sizeof count);
    draw(tokens, targets, state, n, n);
    dataset_markov.floor(state, n, tokens, targets, nll);
    for (size_t i = 0; i + 1 < n; i++)
        if (targets[i] != UNSCORED) {
            size_t row = order == 1 ? (size_t)tokens[i] : (size_t)tokens[i - 1] * k + (size_t)tokens[i];
            total += nll[i];
            scored++;
            count[row * k + (size_t)tokens[i + 1]]++;
        }
    assert_int_equal(scored, n - order);
    for (size_t row = 0; row < rows; row++) {
        double sum = 0;
        for (size_t j = 0; j < k; j++) {
            expected -= lgamma(count[row * k + j] + a) - lgamma(a);
            sum += count[row * k + j];
        }
        expected -= lgamma((double)k * a) - lgamma(sum + (double)k * a);
    }
    if (fabs(total - expected) > 1e-9 * (1 + fabs(expected)))
        fail_msg("order %zu, k = %zu, a = %g, n = %zu: floor %.12g, marginal likelihood %.12g", order, k, a,
                 n, total, expected);
    memory_release(tokens);
    memory_release(targets);
    memory_release(nll);
    memory_release(state);
}

static void floor_is_the_marginal_likelihood(void **unused)
{
    (void)unused;
    check_marginal_likelihood(1, 2, 1, 2);
    check_marginal_likelihood(1, 4, 1, 300);
    check_marginal_likelihood(1, 64, 0.1, 5000);
    check_marginal_likelihood(2, 3, 0.01, 300);
    check_marginal_likelihood(2, 16, 2.5, 20000);
    check_marginal_likelihood(2, 2, 1, 3);
}

/* The chance of tokens 0..count-1 of a chain of two symbols, by summing over all transition matrices on a
 * grid, weighted with the prior: no use of conjugacy, nor of independent rows. */
static double integrated_likelihood(const int32_t *tokens, size_t count, double a)
{
    enum { GRID = 400 };
    double sum = 0, weights = 0;
    for (size_t i = 0; i < GRID; i++)
        for (size_t j = 0; j < GRID; j++) {
            double p = ((double)i + 0.5) / GRID, q = ((double)j + 0.5) / GRID; /* of 1 after 0, after 1 */
            double prior = pow(p * (1 - p) * q * (1 - q), a - 1), likelihood = 1;
            for (size_t t = 1; t < count; t++) {
                double one = tokens[t - 1] ? q : p;
                likelihood *= tokens[t] ? one : 1 - one;
            }
            sum += prior * likelihood;
            weights += prior;
        }
    return sum / weights;
}

static void floor_is_bayesian_integration(void **unused)
{
    enum { N = 9 };
    (void)unused;
    for (size_t a = 1; a <= 2; a++) {
        void *state = open_markov(1, 2, (double)a);
        for (uint64_t e = 0; e < 4; e++) {
            int32_t tokens[N], targets[N];
            double nll[N];
            draw(tokens, targets, state, e, N);
            dataset_markov.floor(state, N, tokens, targets, nll);
            for (size_t i = 0; i + 1 < N; i++) {
                double expected = -log(integrated_likelihood(tokens, i + 2, (double)a) /
                                       integrated_likelihood(tokens, i + 1, (double)a));
                if (fabs(nll[i] - expected) > 1e-4)
                    fail_msg("a = %zu, place %zu: floor %g, integral %g", a, i, nll[i], expected);
            }
        }
        memory_release(state);
    }
}

/* Over all sequences: their chances sum to 1, examples have these frequencies (chi-square), and the mean
 * floor of examples is the entropy of the sequence. */
static void check_all_sequences(size_t order, size_t k, double a, size_t n)
{
    enum { SEQUENCES_MAX = 4096, TRIALS = 20000 };
    static double chance[SEQUENCES_MAX], count[SEQUENCES_MAX];
    void *state = open_markov(order, k, a);
    size_t sequences = (size_t)lround(pow((double)k, (double)n)), degrees = 0;
    double sum = 0, entropy = 0, mean = 0, square = 0, chi = 0, nll[64], deviation;
    assert_true(sequences <= SEQUENCES_MAX);
    memset(count, 0, sizeof count);
    for (size_t s = 0; s < sequences; s++) {
        int32_t tokens[64];
        size_t rest = s;
        double total;
        for (size_t i = 0; i < n; i++, rest /= k)
            tokens[i] = (int32_t)(rest % k);
        total = total_floor(state, order, tokens, n, nll);
        chance[s] = exp(-total) / pow((double)k, (double)order);
        sum += chance[s];
        entropy += chance[s] * total;
    }
    assert_true(fabs(sum - 1) < 1e-12);
    for (uint64_t e = 0; e < TRIALS; e++) {
        int32_t tokens[64], targets[64];
        size_t s = 0;
        double total;
        draw(tokens, targets, state, e, n);
        for (size_t i = n; i-- > 0;)
            s = s * k + (size_t)tokens[i];
        count[s]++;
        total = total_floor(state, order, tokens, n, nll);
        mean += total / TRIALS;
        square += total * total / TRIALS;
    }
    deviation = sqrt((square - mean * mean) / TRIALS);
    if (fabs(mean - entropy) > 5 * deviation)
        fail_msg("order %zu, k = %zu, a = %g: mean floor %g, entropy %g, deviation %g", order, k, a, mean,
                 entropy, deviation);
    for (size_t s = 0; s < sequences; s++)
        if (chance[s] * TRIALS > 5) {
            chi += pow(count[s] - TRIALS * chance[s], 2) / (TRIALS * chance[s]);
            degrees++;
        }
    assert_true(degrees > 10);
    if (chi > (double)degrees + 5 * sqrt(2.0 * (double)degrees))
        fail_msg("order %zu, k = %zu, a = %g: chi-square %.1f with %zu sequences", order, k, a, chi, degrees);
    memory_release(state);
}

static void examples_have_the_chances_of_the_floor(void **unused)
{
    (void)unused;
    check_all_sequences(1, 2, 1, 7);
    check_all_sequences(1, 3, 0.4, 5);
    check_all_sequences(2, 2, 1, 7);
    check_all_sequences(2, 3, 3, 5);
}

/* Two symbols, a = 1: the entropy rate of a chain that leaves 0 with p and 1 with q is
 * (q H(p) + p H(q)) / (p + q); its mean over the prior is what the floor falls to. */
static void floor_falls_to_the_entropy_rate(void **unused)
{
    enum { GRID = 500, N = 2000, EXAMPLES = 1000 };
    static int32_t tokens[N], targets[N];
    static double nll[N];
    void *state = open_markov(1, 2, 1);
    double rate = 0, mean = 0, square = 0, begin = 0;
    (void)unused;
    for (size_t i = 0; i < GRID; i++)
        for (size_t j = 0; j < GRID; j++) {
            double p = ((double)i + 0.5) / GRID, q = ((double)j + 0.5) / GRID;
            double hp = -p * log(p) - (1 - p) * log(1 - p), hq = -q * log(q) - (1 - q) * log(1 - q);
            rate += (q * hp + p * hq) / (p + q) / (GRID * GRID);
        }
    for (uint64_t e = 0; e < EXAMPLES; e++) {
        double late = 0;
        draw(tokens, targets, state, e, N);
        dataset_markov.floor(state, N, tokens, targets, nll);
        assert_true(fabs(nll[0] - log(2)) < 1e-12); /* nothing is known yet */
        begin += nll[1] / EXAMPLES;
        for (size_t i = N / 2; i + 1 < N; i++)
            late += nll[i] / (N / 2 - 1);
        mean += late / EXAMPLES;
        square += late * late / EXAMPLES;
    }
    assert_true(begin > rate + 0.1);
    if (fabs(mean - rate) > 5 * sqrt((square - mean * mean) / EXAMPLES))
        fail_msg("mean floor of late places %g, mean entropy rate %g", mean, rate);
    memory_release(state);
}

/* A protocol that asks for some places only gets the same losses there, and nothing elsewhere. */
static void floor_where_asked(void **unused)
{
    int32_t tokens[40], targets[40];
    double all[40], some[40];
    void *state = open_markov(2, 3, 1);
    (void)unused;
    draw(tokens, targets, state, 1, 40);
    dataset_markov.floor(state, 40, tokens, targets, all);
    for (size_t i = 0; i < 40; i++) {
        some[i] = -1;
        targets[i] = i % 3 == 0 ? UNSCORED : targets[i];
    }
    dataset_markov.floor(state, 40, tokens, targets, some);
    for (size_t i = 0; i < 40; i++)
        assert_true(some[i] == (targets[i] == UNSCORED ? -1 : all[i]));
    memory_release(state);
}

static void verify_notices(void **unused)
{
    int32_t tokens[40], targets[40];
    void *state = open_markov(2, 5, 1);
    (void)unused;
    draw(tokens, targets, state, 3, 40);
    assert_true(dataset_markov.verify(state, 40, tokens, targets));
    for (size_t i = 0; i < 40; i++) {
        int32_t token = tokens[i], target = targets[i];
        targets[i] = target == UNSCORED ? 0 : UNSCORED;
        assert_false(dataset_markov.verify(state, 40, tokens, targets));
        targets[i] = target;
        tokens[i] = 5;
        assert_false(dataset_markov.verify(state, 40, tokens, targets));
        tokens[i] = token;
    }
    assert_false(dataset_markov.verify(state, 2, tokens, targets));
    memory_release(state);
}

static void wrong_requests(void **unused)
{
    struct message message = {""};
    void *state = open_markov(2, 16, 1);
    (void)unused;
    assert_int_equal(dataset_markov.refuses(state, SPLIT_TEST, 2, &message), STATUS_WRONG);
    assert_string_equal(message.text, "dataset markov: a chain of order 2 needs at least 3 tokens, not 2");
    assert_int_equal(option_set(dataset_markov.options, state, "markov", "symbols", "17", &message),
                     STATUS_OK);
    assert_int_equal(dataset_markov.prepare(state, &message), STATUS_WRONG);
    assert_string_equal(message.text,
                        "dataset markov: chains of order 2 over 17 symbols have 4913 probabilities, at most "
                        "4096 are possible: 64 symbols with order 1, 16 with order 2");
    memory_release(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floor_is_the_marginal_likelihood),
        cmocka_unit_test(floor_is_bayesian_integration),
        cmocka_unit_test(examples_have_the_chances_of_the_floor),
        cmocka_unit_test(floor_falls_to_the_entropy_rate),
        cmocka_unit_test(floor_where_asked),
        cmocka_unit_test(verify_notices),
        cmocka_unit_test(wrong_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
