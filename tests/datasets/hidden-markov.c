/* hidden-markov.c -- the floor of the hidden Markov model against a sum over all hidden paths.  The test
 * reads the model's parameters, so it is compiled together with the file itself. */
#include "datasets/sources/hidden-markov.c"

#include <stdio.h>

#include "support/memory.h"
#include "tests/test.h"

enum { LENGTH_MAX = 16 };

static struct hidden_markov *open_model(size_t states, size_t symbols, const char *stay, const char *seed)
{
    struct message message = {""};
    struct hidden_markov *model = memory_allocate(1, sizeof *model, "hidden-markov", &message);
    const char *const names[] = {"states", "symbols", "stay", "seed"};
    char values[2][32];
    const char *const value[] = {values[0], values[1], stay, seed};
    assert_non_null(model);
    snprintf(values[0], sizeof values[0], "%zu", states);
    snprintf(values[1], sizeof values[1], "%zu", symbols);
    assert_int_equal(option_defaults(hidden_markov_options, model, &message), STATUS_OK);
    for (size_t i = 0; i < 4; i++)
        if (option_set(hidden_markov_options, model, "hidden-markov", names[i], value[i], &message) !=
            STATUS_OK)
            fail_msg("%s", message.text);
    assert_int_equal(dataset_hidden_markov.prepare(model, &message), STATUS_OK);
    return model;
}

static struct key nth_key(uint64_t index)
{
    return key_with(key_named(6, "hidden-markov test"), index);
}

/* p(x_0 .. x_{count-1}): every path of hidden states, one after the other. */
static double over_all_paths(const struct hidden_markov *model, const int32_t *tokens, size_t count)
{
    size_t paths = (size_t)lround(pow((double)model->states, (double)count));
    double sum = 0;
    for (size_t path = 0; path < paths; path++) {
        size_t rest = path, before = 0;
        double product = 1.0 / (double)model->states;
        for (size_t t = 0; t < count; t++, rest /= model->states) {
            size_t z = rest % model->states;
            product *= t > 0 ? model->transition[before * model->states + z] : 1;
            product *= model->emit[z * model->symbols + (size_t)tokens[t]];
            before = z;
        }
        sum += product;
    }
    return sum;
}

static double total_floor(const struct hidden_markov *model, const int32_t *tokens, size_t n)
{
    int32_t targets[LENGTH_MAX];
    double nll[LENGTH_MAX], total = 0;
    for (size_t i = 0; i < n; i++)
        targets[i] = i + 1 < n ? tokens[i + 1] : UNSCORED;
    hidden_markov_floor(model, n, tokens, targets, nll);
    for (size_t i = 0; i + 1 < n; i++)
        total += nll[i];
    return total;
}

static void check_paths(size_t states, size_t symbols, const char *stay, size_t n)
{
    struct hidden_markov *model = open_model(states, symbols, stay, "3");
    int32_t tokens[LENGTH_MAX], targets[LENGTH_MAX];
    double nll[LENGTH_MAX];
    for (uint64_t e = 0; e < 20; e++) {
        hidden_markov_example(model, nth_key(e), SPLIT_TEST, n, tokens, targets, NULL);
        hidden_markov_floor(model, n, tokens, targets, nll);
        for (size_t i = 0; i + 1 < n; i++) {
            double expected =
                -log(over_all_paths(model, tokens, i + 2) / over_all_paths(model, tokens, i + 1));
            if (fabs(nll[i] - expected) > 1e-10)
                fail_msg("%zu states, %zu symbols, stay %s, place %zu: floor %.12g, over all paths %.12g",
                         states, symbols, stay, i, nll[i], expected);
        }
    }
    memory_release(model);
}

static void floor_is_the_sum_over_all_paths(void **unused)
{
    (void)unused;
    check_paths(3, 4, "0.8", 8);
    check_paths(2, 3, "0", 12);
    check_paths(4, 2, "0.99", 6);
    check_paths(5, 8, "0.5", 5);
}

/* All sequences: their chances sum to 1, examples have these frequencies, the mean floor is the entropy. */
static void examples_have_the_chances_of_the_floor(void **unused)
{
    enum { SYMBOLS = 3, N = 5, SEQUENCES = 243, TRIALS = 20000 };
    struct hidden_markov *model = open_model(3, SYMBOLS, "0.7", "1");
    double chance[SEQUENCES], count[SEQUENCES] = {0}, sum = 0, entropy = 0, mean = 0, square = 0, chi = 0;
    size_t cells = 0;
    (void)unused;
    for (size_t s = 0; s < SEQUENCES; s++) {
        int32_t tokens[N];
        size_t rest = s;
        double total;
        for (size_t i = 0; i < N; i++, rest /= SYMBOLS)
            tokens[i] = (int32_t)(rest % SYMBOLS);
        total = total_floor(model, tokens, N);
        chance[s] = over_all_paths(model, tokens, 1) * exp(-total);
        sum += chance[s];
        entropy += chance[s] * total;
    }
    assert_true(fabs(sum - 1) < 1e-12);
    for (uint64_t e = 0; e < TRIALS; e++) {
        int32_t tokens[N], targets[N];
        size_t s = 0;
        double total;
        hidden_markov_example(model, nth_key(e), SPLIT_TRAINING, N, tokens, targets, NULL);
        for (size_t i = N; i-- > 0;)
            s = s * SYMBOLS + (size_t)tokens[i];
        count[s]++;
        total = total_floor(model, tokens, N);
        mean += total / TRIALS;
        square += total * total / TRIALS;
    }
    assert_true(fabs(mean - entropy) < 5 * sqrt((square - mean * mean) / TRIALS));
    for (size_t s = 0; s < SEQUENCES; s++)
        if (chance[s] * TRIALS > 5) {
            chi += pow(count[s] - TRIALS * chance[s], 2) / (TRIALS * chance[s]);
            cells++;
        }
    assert_true(cells > 40);
    if (chi > (double)cells + 5 * sqrt(2.0 * (double)cells))
        fail_msg("chi-square %.1f with %zu sequences", chi, cells);
    memory_release(model);
}

/* One state: independent tokens, so the floor is -ln B and its mean the entropy of B.  stay = 1: the state
 * of the whole example is what is inferred, a mixture with posterior ~ prod_t B(z, x_t). */
static void known_cases(void **unused)
{
    enum { N = 2000 };
    static int32_t tokens[N], targets[N];
    static double nll[N];
    struct hidden_markov *one = open_model(1, 6, "0.3", "2"), *still = open_model(4, 6, "1", "2");
    double entropy = 0, mean = 0, square = 0, posterior[4] = {1, 1, 1, 1};
    (void)unused;
    for (size_t j = 0; j < 6; j++)
        entropy -= one->emit[j] * log(one->emit[j]);
    hidden_markov_example(one, nth_key(0), SPLIT_TEST, N, tokens, targets, NULL);
    hidden_markov_floor(one, N, tokens, targets, nll);
    for (size_t i = 0; i + 1 < N; i++) {
        assert_true(fabs(nll[i] + log(one->emit[targets[i]])) < 1e-12);
        mean += nll[i] / (N - 1);
        square += nll[i] * nll[i] / (N - 1);
    }
    assert_true(fabs(mean - entropy) < 5 * sqrt((square - mean * mean) / N));

    hidden_markov_example(still, nth_key(1), SPLIT_TEST, 100, tokens, targets, NULL);
    hidden_markov_floor(still, 100, tokens, targets, nll);
    for (size_t i = 0; i + 1 < 100; i++) {
        double before = 0, after = 0;
        for (size_t z = 0; z < 4; z++) {
            posterior[z] *= still->emit[z * 6 + (size_t)tokens[i]];
            before += posterior[z];
            after += posterior[z] * still->emit[z * 6 + (size_t)tokens[i + 1]];
        }
        assert_true(fabs(nll[i] - log(before / after)) < 1e-10);
    }
    memory_release(one);
    memory_release(still);
}

/* The longer a state stays, the more the past says: the floor lies below what the last token alone gives. */
static void far_tokens_matter(void **unused)
{
    enum { N = 400, EXAMPLES = 50 };
    struct hidden_markov *model = open_model(4, 8, "0.98", "1");
    int32_t tokens[N], targets[N];
    double full = 0, recent = 0, nll[N];
    (void)unused;
    for (uint64_t e = 0; e < EXAMPLES; e++) {
        hidden_markov_example(model, nth_key(e), SPLIT_TEST, N, tokens, targets, NULL);
        hidden_markov_floor(model, N, tokens, targets, nll);
        for (size_t i = 10; i + 1 < N; i++) {
            full += nll[i];
            recent -= log(over_all_paths(model, tokens + i, 2) / over_all_paths(model, tokens + i, 1));
        }
    }
    assert_true(full < 0.95 * recent);
    memory_release(model);
}

static void parameters(void **unused)
{
    struct hidden_markov *model = open_model(5, 7, "0.9", "1"), *same = open_model(5, 7, "0.9", "1");
    struct hidden_markov *other = open_model(5, 7, "0.9", "2");
    (void)unused;
    assert_memory_equal(model, same, sizeof *model);
    assert_memory_not_equal(model->emit, other->emit, sizeof model->emit);
    for (size_t z = 0; z < 5; z++) {
        double moves = 0, emits = 0;
        for (size_t j = 0; j < 5; j++)
            moves += model->transition[z * 5 + j];
        for (size_t j = 0; j < 7; j++)
            emits += model->emit[z * 7 + j];
        assert_true(fabs(moves - 1) < 1e-12 && fabs(emits - 1) < 1e-12);
        assert_true(model->transition[z * 5 + z] >= 0.9);
    }
    memory_release(model);
    memory_release(same);
    memory_release(other);
}

static void verify_notices(void **unused)
{
    struct hidden_markov *model = open_model(3, 5, "0.9", "1");
    struct message message = {""};
    int32_t tokens[30], targets[30];
    (void)unused;
    hidden_markov_example(model, nth_key(2), SPLIT_TEST, 30, tokens, targets, NULL);
    assert_true(hidden_markov_verify(model, 30, tokens, targets));
    assert_false(hidden_markov_verify(model, 29, tokens, targets)); /* the last place has no target */
    targets[29] = 0;
    assert_false(hidden_markov_verify(model, 30, tokens, targets));
    targets[29] = UNSCORED;
    for (size_t z = 0; z < 3; z++) /* no state can emit it */
        model->emit[z * 5 + (size_t)tokens[7]] = 0;
    assert_false(hidden_markov_verify(model, 30, tokens, targets));
    assert_int_equal(hidden_markov_refuses(model, SPLIT_TEST, 1, &message), STATUS_WRONG);
    assert_string_equal(message.text,
                        "dataset hidden-markov: an example needs at least 2 tokens, one to predict "
                        "from the other, not 1");
    memory_release(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floor_is_the_sum_over_all_paths),
        cmocka_unit_test(examples_have_the_chances_of_the_floor),
        cmocka_unit_test(known_cases),
        cmocka_unit_test(far_tokens_matter),
        cmocka_unit_test(parameters),
        cmocka_unit_test(verify_notices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
