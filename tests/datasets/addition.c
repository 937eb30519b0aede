/* addition.c -- what only the addition dataset promises. */
#include "tests/datasets/fixture.h"

extern const struct dataset dataset_addition;

enum { BLANK, BEGIN, EQUALS, END, PLUS, ZERO };
enum { N = 16, DIGITS = 3 };

/* 478 + 064 = 0542 in the four orders, with two blanks behind. */
static const struct {
    const char *order, *operands, *written, *significance;
} form[] = {
    {"plain", "plain", "^478+064=0542$__", "0321032104321000"},
    {"reversed", "plain", "^478+064=2450$__", "0321032101234000"},
    {"plain", "reversed", "^874+460=0542$__", "0123012304321000"},
    {"reversed", "reversed", "^874+460=2450$__", "0123012301234000"},
};

static int32_t token_of(char written)
{
    static const char signs[] = "_^=$+";
    const char *sign = strchr(signs, written);
    return sign ? (int32_t)(sign - signs) : ZERO + written - '0';
}

static void *open_addition(const char *order, const char *operands, const char *base)
{
    const struct setting settings[] = {
        {"order", order}, {"operands", operands}, {"base", base}, {NULL, NULL}};
    return open_task(&dataset_addition, settings);
}

static void worked_sums(void **unused)
{
    (void)unused;
    for (size_t f = 0; f < 4; f++) {
        void *state = open_addition(form[f].order, form[f].operands, "10");
        int32_t tokens[N], targets[N];
        for (size_t i = 0; i < N; i++) {
            tokens[i] = token_of(form[f].written[i]);
            targets[i] = i >= 8 && i < 13 ? token_of(form[f].written[i + 1]) : UNSCORED;
        }
        expect_only_this(&dataset_addition, state, N, tokens, targets, NULL);
        expect_only_this(&dataset_addition, state, N - 1, tokens, targets, NULL);
        expect_only_this(&dataset_addition, state, N - 2, tokens, targets, NULL);
        memory_release(state);
    }
}

/* The value of a number whose digits are read by their marks. */
static long value_of(const int32_t *tokens, const int32_t *marks, size_t first, size_t count, long base)
{
    long value = 0;
    for (int32_t mark = (int32_t)count; mark > 0; mark--)
        for (size_t i = first; i < first + count; i++)
            if (marks[i] == mark)
                value = value * base + tokens[i] - ZERO;
    return value;
}

/* Read by the marks the three numbers add up, in every order and base; a length of its own for each. */
static void sums_by_significance(void **unused)
{
    static const long bases[] = {2, 3, 10};
    (void)unused;
    for (size_t f = 0; f < 4; f++)
        for (size_t b = 0; b < 3; b++) {
            void *state = open_addition(form[f].order, form[f].operands, b == 0 ? "2" : b == 1 ? "3" : "10");
            bool carried = false;
            assert_true(dataset_addition.chance(state) == 1.0 / (double)bases[b]);
            for (uint64_t i = 0; i < 300; i++) {
                int32_t tokens[40], targets[40], marks[40];
                size_t n = 8 + i % 32, count = (n - 5) / 3;
                long power, sum;
                dataset_addition.example(state, nth_key(i), SPLIT_TEST, n, tokens, targets, marks);
                power = 1;
                for (size_t j = 0; j < count; j++)
                    power *= bases[b];
                sum = value_of(tokens, marks, 3 + 2 * count, count + 1, bases[b]);
                assert_int_equal(value_of(tokens, marks, 1, count, bases[b]) +
                                     value_of(tokens, marks, 2 + count, count, bases[b]),
                                 sum);
                carried = carried || sum >= power;
                for (size_t j = 0; j < N && n == N; j++)
                    assert_int_equal(marks[j], form[f].significance[j] - '0');
            }
            assert_true(carried);
            memory_release(state);
        }
}

/* The four orders write the same sums. */
static void orders_agree(void **unused)
{
    int32_t tokens[4][N], targets[N], marks[4][N];
    (void)unused;
    for (size_t f = 0; f < 4; f++) {
        void *state = open_addition(form[f].order, form[f].operands, "10");
        dataset_addition.example(state, nth_key(3), SPLIT_TEST, N, tokens[f], targets, marks[f]);
        for (size_t number = 0; number < 3; number++)
            assert_int_equal(value_of(tokens[f], marks[f], 1 + 4 * number, DIGITS + (number == 2), 10),
                             value_of(tokens[0], marks[0], 1 + 4 * number, DIGITS + (number == 2), 10));
        memory_release(state);
    }
}

static void lengths(void **unused)
{
    enum { LONG = 3000001 };
    void *state = open_addition("reversed", "plain", "10");
    int32_t *tokens = long_example(&dataset_addition, state, LONG);
    (void)unused;
    assert_true(dataset_addition.verify(state, LONG, tokens, tokens + LONG));
    memory_release(tokens);
    expect_sentence(
        &dataset_addition, state, 7,
        "dataset addition: two numbers of one digit and their sum need 8 tokens, more than 7; use a larger "
        "length");
    memory_release(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_sums),
        cmocka_unit_test(sums_by_significance),
        cmocka_unit_test(orders_agree),
        cmocka_unit_test(lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
