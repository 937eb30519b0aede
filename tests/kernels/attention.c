/* The tiled kernel against the definition, and its gradients against central differences, for every
 * kind of hook and every combination of them, at lengths that are no multiple of a tile. */
#include "tests/test.h"

#include <stdio.h>

#include "tests/kernels/attention_case.h"

static void check_forward(unsigned kinds, size_t n, const struct kernels *kernels)
{
    struct attention_case c;
    struct attention_workspace *workspace;
    size_t width = CASE_HEADS * CASE_WIDTH;
    real *out, *expected, *log_sum;
    case_create(&c, kinds, n);
    out = memory_allocate(n * width, sizeof(real), "out", NULL);
    expected = memory_allocate(n * width, sizeof(real), "out", NULL);
    log_sum = memory_allocate(n * CASE_HEADS, sizeof(real), "out", NULL);
    assert_int_equal(
        attention_workspace_create(&workspace, CASE_HEADS, CASE_WIDTH, c.attention.strips, n, true, NULL), 0);
    attention_forward(out, width, log_sum, &c.attention, workspace, kernels);
    assert_int_equal(attention_naive(expected, &c.attention, NULL), STATUS_OK);
    for (size_t i = 0; i < n * width; i++)
        if (!(fabs((double)(out[i] - expected[i])) <= 4000 * (double)REAL_EPSILON)) {
            /* blind queries: the definition is 0/0 there, the kernel promises 0 */
            if ((kinds & CASE_BLIND) && (i / width) % 5 == 4 && out[i] == 0)
                continue;
            fail_msg("kinds %u, n %zu, element %zu: %g instead of %g", kinds, n, i, (double)out[i],
                     (double)expected[i]);
        }
    attention_workspace_release(workspace);
    memory_release(out);
    memory_release(expected);
    memory_release(log_sum);
    case_release(&c);
}

static void test_forward_equals_definition(void **state)
{
    static const size_t lengths[] = {1, 2, 17, 64, 65, 70};
    (void)state;
    for (unsigned kinds = 0; kinds < CASE_KINDS; kinds++)
        for (size_t i = 0; test_row("lengths", i, sizeof lengths / sizeof *lengths); i++)
            check_forward(kinds, lengths[i], kernels_for(ISA_PLAIN));
}

/* Across a key tile's border, with every instruction set of this processor. */
static void test_long_forward(void **state)
{
    static const unsigned kinds[] = {CASE_CAUSAL,
                                     CASE_TABLE | CASE_BIAS,
                                     CASE_PLANES | CASE_TABLE,
                                     CASE_WINDOW,
                                     CASE_TOKEN,
                                     CASE_STRIP | CASE_PLANES,
                                     CASE_DECAY};
    static const char *const names[] = {"plain", "avx2", "avx512"};
    struct message message;
    enum isa isa;
    (void)state;
    for (size_t s = 0; s < 3; s++)
        for (size_t k = 0; !isa_choose(&isa, names[s], &message) && k < sizeof kinds / sizeof kinds[0]; k++)
            check_forward(kinds[k], k % 2 ? 1100 : 600, kernels_for(isa)); /* several tiles, of both sizes */
}

#ifdef LEXBENCH_DOUBLE
static double objective(const struct attention_case *c, struct attention_workspace *workspace, real *out,
                        real *log_sum, const real *weight)
{
    size_t width = CASE_HEADS * CASE_WIDTH;
    double sum = 0;
    attention_forward(out, width, log_sum, &c->attention, workspace, kernels_for(ISA_PLAIN));
    for (size_t i = 0; i < c->n * width; i++)
        sum += (double)out[i] * (double)weight[i];
    return sum;
}

static void backward(struct attention_case *c, struct attention_workspace *workspace, const real *out,
                     const real *log_sum, const real *weight)
{
    size_t width = CASE_HEADS * CASE_WIDTH;
    struct attention_gradient gradient = {.token = c->token_gradient};
    const struct attention *a = &c->attention;
    for (unsigned p = 0; p < a->planes; p++) {
        gradient.query[p] = c->gradients + (a->query[p] - c->values);
        gradient.key[p] = c->gradients + (a->key[p] - c->values);
        gradient.table[p] = a->table[p] ? c->gradients + (a->table[p] - c->values) : NULL;
    }
    gradient.value = c->gradients + (a->value - c->values);
    attention_backward(&gradient, weight, width, out, width, log_sum, a, workspace, kernels_for(ISA_PLAIN));
}

/* The derivative in a random direction of everything at once. */
static void check_backward(unsigned kinds, size_t n)
{
    struct attention_case c;
    struct attention_workspace *workspace;
    size_t width = CASE_HEADS * CASE_WIDTH, tokens = CASE_HEADS * n;
    struct key key = key_named(kinds, "direction");
    double expected, found = 0, value[2];
    const double step = 1e-5;
    real *out, *log_sum, *weight;
    case_create(&c, kinds, n);
    out = memory_allocate(n * width, sizeof(real), "out", NULL);
    weight = memory_allocate(n * width, sizeof(real), "out", NULL);
    log_sum = memory_allocate(n * CASE_HEADS, sizeof(real), "out", NULL);
    for (size_t i = 0; i < n * width; i++)
        weight[i] = (real)random_normal(key, i);
    assert_int_equal(
        attention_workspace_create(&workspace, CASE_HEADS, CASE_WIDTH, c.attention.strips, n, true, NULL), 0);
    objective(&c, workspace, out, log_sum, weight);
    backward(&c, workspace, out, log_sum, weight);
    for (int side = 0; side < 2; side++) {
        double move = side == 0 ? step : -2 * step;
        for (size_t i = 0; i < c.size; i++)
            c.values[i] += (real)(move * random_normal(key, 1000000 + i));
        for (size_t i = 0; i < tokens; i++)
            c.token[i] += move * random_normal(key, 2000000 + i);
        value[side] = objective(&c, workspace, out, log_sum, weight);
    }
    for (size_t i = 0; i < c.size; i++)
        found += (double)c.gradients[i] * random_normal(key, 1000000 + i);
    for (size_t i = 0; i < tokens; i++)
        found += c.token_gradient[i] * random_normal(key, 2000000 + i);
    expected = (value[0] - value[1]) / (2 * step);
    if (!(fabs(found - expected) <= 1e-6 * (1 + fabs(expected))))
        fail_msg("kinds %u, n %zu: gradient %.10g, central difference %.10g", kinds, n, found, expected);
    attention_workspace_release(workspace);
    memory_release(out);
    memory_release(weight);
    memory_release(log_sum);
    case_release(&c);
}

static void test_backward_equals_differences(void **state)
{
    (void)state;
    for (unsigned kinds = 0; kinds < CASE_KINDS; kinds++) {
        check_backward(kinds, 9);
        check_backward(kinds, 70);
    }
    check_backward(CASE_TABLE | CASE_TOKEN | CASE_PLANES, 600); /* two tiles of keys */
    check_backward(CASE_DECAY, 600);
    check_backward(CASE_BIAS | CASE_WINDOW, 1100); /* tiles of long sequences */
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forward_equals_definition),
        cmocka_unit_test(test_long_forward),
#ifdef LEXBENCH_DOUBLE
        cmocka_unit_test(test_backward_equals_differences),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
