/* Entropy, distance and share on the first token against the matrix of attention itself, which the definition
 * gives when the values are columns of the identity; and against closed forms. */
#include "tests/test.h"

#include <stdlib.h>

#include "kernels/attention_statistics.h"
#include "tests/kernels/attention_case.h"

/* p(queries, heads, keys): CASE_WIDTH keys at a time. */
static double *matrix(struct attention_case *c)
{
    size_t queries = c->attention.queries, keys = c->attention.keys, width = CASE_HEADS * CASE_WIDTH;
    double *p = memory_allocate(queries * CASE_HEADS * keys, sizeof(double), "test", NULL);
    real *out = memory_allocate(queries * width, sizeof(real), "test", NULL);
    real *value = memory_allocate(CASE_HEADS * keys * CASE_WIDTH, sizeof(real), "test", NULL);
    for (size_t first = 0; first < keys; first += CASE_WIDTH) {
        for (size_t i = 0; i < CASE_HEADS * keys * CASE_WIDTH; i++)
            value[i] = i / CASE_WIDTH % keys == first + i % CASE_WIDTH;
        c->attention.value = value;
        assert_int_equal(attention_naive(out, &c->attention, NULL), STATUS_OK);
        for (size_t i = 0; i < queries; i++)
            for (size_t h = 0; h < CASE_HEADS; h++)
                for (size_t d = 0; d < CASE_WIDTH && first + d < keys; d++)
                    p[(i * CASE_HEADS + h) * keys + first + d] = (double)out[i * width + h * CASE_WIDTH + d];
    }
    memory_release(out);
    memory_release(value);
    return p;
}

static void assert_near(double found, double wanted, double tolerance)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("%.12g instead of %.12g", found, wanted);
}

static void check(unsigned kinds, enum attention_mask mask, size_t queries, size_t keys)
{
    struct attention_case c;
    struct attention_statistics found = {0}, wanted = {0};
    real *scratch =
        memory_allocate(attention_statistics_scratch(CASE_HEADS, keys), sizeof(real), "test", NULL);
    case_create(&c, kinds, mask, queries, keys);
    attention_statistics_add(&found, &c.attention, scratch);
    double *p = matrix(&c);
    for (size_t row = 0; row < queries * CASE_HEADS; row++) {
        double place = (double)(c.attention.first_query + row / CASE_HEADS);
        double sum = 0;
        for (size_t j = 0; j < keys; j++) {
            double at = p[row * keys + j];
            if (!(at > 0)) /* also a row that sees nothing, 0/0 */
                continue;
            sum += at;
            wanted.entropy -= at * log(at);
            wanted.distance += mask == ATTENTION_CROSS ? 0 : at * fabs(place - (double)j);
            wanted.first += j == 0 ? at : 0;
        }
        wanted.queries += sum > 0;
    }
    assert_int_equal(found.queries, wanted.queries);
    assert_near(found.entropy, wanted.entropy, 2e-3);
    assert_near(found.distance, wanted.distance, 2e-2);
    assert_near(found.first, wanted.first, 1e-3);
    memory_release(p);
    memory_release(scratch);
    case_release(&c);
}

static void equals_definition(void **state)
{
    (void)state;
    for (unsigned kinds = 0; kinds < CASE_KINDS; kinds++)
        for (enum attention_mask mask = 0; mask <= ATTENTION_CROSS; mask++) {
            check(kinds, mask, 38, 38);
            check(kinds, mask, 11, 38);
            check(kinds, mask, 38, 11);
        }
}

/* Every key alike: entropy log(i + 1), distance i / 2, share 1 / (i + 1); of a long sequence, the queries
 * that are looked at are evenly spaced and the last is one of them. */
static void uniform(void **state)
{
    static const size_t lengths[] = {1, 7, 1024, 1025, 2500};
    (void)state;
    for (size_t k = 0; k < 5; k++) {
        struct attention_case c;
        size_t n = lengths[k], step = n <= 1024 ? 1 : n <= 2048 ? 2 : 3, queries = 0;
        struct attention_statistics found = {0};
        real *scratch =
            memory_allocate(attention_statistics_scratch(CASE_HEADS, n), sizeof(real), "test", NULL);
        double entropy = 0, distance = 0, first = 0;
        case_create(&c, CASE_CAUSAL, ATTENTION_CAUSAL, n, n);
        memset(c.values, 0, c.size * sizeof(real));
        attention_statistics_add(&found, &c.attention, scratch);
        for (size_t i = n; i > 0; i = i > step ? i - step : 0, queries++) {
            entropy += log((double)i);
            distance += (double)(i - 1) / 2;
            first += 1 / (double)i;
        }
        assert_int_equal(found.queries, CASE_HEADS * queries);
        assert_true(queries <= ATTENTION_STATISTICS_QUERIES);
        assert_near(found.entropy, CASE_HEADS * entropy, 1e-6);
        assert_near(found.distance, CASE_HEADS * distance, 1e-6);
        assert_near(found.first, CASE_HEADS * first, 1e-9);
        memory_release(scratch);
        case_release(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equals_definition), cmocka_unit_test(uniform)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
