/* rng.c -- known answers, moments, independence of keys. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "support/rng.h"

/* The published vectors of Philox4x32-10: counter, key, result. */
static void known_answers(void **state)
{
    static const struct {
        uint32_t counter[4], key[2], result[4];
    } vectors[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    (void)state;
    for (size_t i = 0; test_row("vectors", i, sizeof vectors / sizeof *vectors); i++) {
        uint32_t out[4];
        random_philox(out, vectors[i].counter, vectors[i].key);
        assert_memory_equal(out, vectors[i].result, sizeof out);
    }
}

static void bits_are_the_first_words_of_a_block(void **state)
{
    const struct key key = {.high = 0x0370734413198a2e, .low = 0x299f31d0a4093822};
    (void)state;
    assert_true(random_bits(key, 0x85a308d3243f6a88) == 0x94fdccebd16cfe09);
}

/* Mean 1/2, variance 1/12, correlation of neighbours 0; n numbers stray by some 1/sqrt(n). */
static void uniform_moments(void **state)
{
    enum { COUNT = 200000 };
    const struct key key = key_named(1, "uniform");
    double sum = 0, squares = 0, products = 0, before = 0.5;
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        double u = random_uniform(key, i);
        assert_true(u >= 0 && u < 1);
        sum += u;
        squares += (u - 0.5) * (u - 0.5);
        products += (u - 0.5) * (before - 0.5);
        before = u;
    }
    assert_true(fabs(sum / COUNT - 0.5) < 4 * sqrt(1.0 / 12 / COUNT));
    assert_true(fabs(squares / COUNT - 1.0 / 12) < 4 * sqrt(1.0 / 180 / COUNT));
    assert_true(fabs(products / COUNT) < 4 * sqrt(1.0 / 144 / COUNT));
}

static void normal_moments(void **state)
{
    enum { COUNT = 200000 };
    const struct key key = key_named(1, "normal");
    double power[5] = {0};
    size_t beyond = 0;
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        double x = random_normal(key, i), product = 1;
        assert_true(isfinite(x));
        for (size_t p = 1; p <= 4; p++)
            power[p] += product *= x;
        beyond += fabs(x) > 1.959963985;
    }
    assert_true(fabs(power[1] / COUNT) < 4 * sqrt(1.0 / COUNT));
    assert_true(fabs(power[2] / COUNT - 1) < 4 * sqrt(2.0 / COUNT));
    assert_true(fabs(power[3] / COUNT) < 4 * sqrt(15.0 / COUNT));
    assert_true(fabs(power[4] / COUNT - 3) < 4 * sqrt(96.0 / COUNT));
    assert_true(fabs((double)beyond / COUNT - 0.05) < 4 * sqrt(0.05 * 0.95 / COUNT));
}

/* Chi-square with 9 degrees of freedom: 33.7 is passed once in 10,000 keys, and this key is fixed. */
static void below_is_even(void **state)
{
    enum { COUNT = 100000, BOUND = 10 };
    const struct key key = key_named(2, "below");
    size_t seen[BOUND] = {0};
    double chi = 0;
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        size_t value = random_below(key, i, BOUND);
        assert_true(value < BOUND);
        seen[value]++;
    }
    for (size_t v = 0; v < BOUND; v++)
        chi += pow((double)seen[v] - COUNT / BOUND, 2) / (COUNT / BOUND);
    assert_true(chi < 33.7);
    assert_int_equal(random_below(key, 7, 1), 0);
    assert_true(random_below(key, 7, SIZE_MAX) > UINT32_MAX);
}

/* Any change of seed, purpose or value gives an unrelated stream: half of all bits differ. */
static void keys_are_independent(void **state)
{
    const struct key base = key_named(1, "batch");
    const struct key others[] = {key_named(2, "batch"),
                                 key_named(1, "batci"),
                                 key_named(1, ""),
                                 key_with(base, 0),
                                 key_with(base, 1),
                                 key_with(base, 2),
                                 key_with(key_with(base, 1), 1),
                                 {base.high ^ 1, base.low},
                                 {base.high, base.low ^ 1}};
    enum { KEYS = sizeof others / sizeof *others, COUNT = 2000 };
    (void)state;
    for (size_t k = 0; k < KEYS; k++)
        for (size_t m = 0; m <= k; m++) {
            const struct key other = m == k ? base : others[m];
            double flipped = 0;
            for (uint64_t i = 0; i < COUNT; i++)
                flipped += __builtin_popcountll(random_bits(others[k], i) ^ random_bits(other, i));
            assert_true(fabs(flipped / (64.0 * COUNT) - 0.5) < 5 * 0.5 / sqrt(64.0 * COUNT));
        }
}

/* key_with(key, v) must not be the numbers v of key's own stream. */
static void a_refined_key_is_no_number_of_its_parent(void **state)
{
    const struct key base = key_named(3, "parent");
    (void)state;
    for (uint64_t v = 0; v < 100; v++) {
        struct key child = key_with(base, v);
        for (uint64_t i = 0; i < 100; i++)
            assert_true(child.high != random_bits(base, i) && child.low != random_bits(base, i));
    }
}

static void same_question_same_answer(void **state)
{
    const struct key a = key_with(key_named(5, "layer0.bias"), 3),
                     b = key_with(key_named(5, "layer0.bias"), 3);
    (void)state;
    assert_memory_equal(&a, &b, sizeof a);
    assert_true(random_bits(a, 17) == random_bits(b, 17));
    assert_true(random_normal(a, 17) == random_normal(b, 17));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(bits_are_the_first_words_of_a_block),
        cmocka_unit_test(uniform_moments),
        cmocka_unit_test(normal_moments),
        cmocka_unit_test(below_is_even),
        cmocka_unit_test(keys_are_independent),
        cmocka_unit_test(a_refined_key_is_no_number_of_its_parent),
        cmocka_unit_test(same_question_same_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
