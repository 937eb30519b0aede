/* The tiled kernel against the definition, and its gradients against central differences, for every mask, every
 * kind of hook and every combination of them, at numbers of queries and keys that are no multiple of a tile. */
#include "tests/test.h"

#include <stdio.h>

#include "support/threads.h"
#include "tests/kernels/attention_case.h"

enum { WIDTH = CASE_HEADS * CASE_WIDTH };

static const char *const mask_names[] = {"causal", "bidirectional", "cross"};

struct counts {
    size_t queries, keys;
};

/* One of each, more queries than keys and fewer, about a tile of 64 or 128 queries. */
static const struct counts unequal[] = {{1, 1}, {1, 40}, {40, 1}, {17, 70}, {70, 17}, {65, 66}, {130, 20}};

/* Two of them for each combination, so that all meet every kind and every mask many times over. */
static struct counts unequal_of(unsigned kinds, enum attention_mask mask, size_t which)
{
    return unequal[(kinds + 2 * mask + 3 * which) % (sizeof unequal / sizeof unequal[0])];
}

static struct attention_workspace *workspace_of(const struct attention *a)
{
    struct attention_workspace *workspace;
    assert_int_equal(
        attention_workspace_create(&workspace, CASE_HEADS, CASE_WIDTH, a->strips, a->keys, true, NULL),
        STATUS_OK);
    return workspace;
}

static void check_forward(unsigned kinds, enum attention_mask mask, struct counts counts,
                          const struct kernels *kernels)
{
    struct attention_case c;
    size_t size = counts.queries * WIDTH;
    real *out = memory_allocate(size, sizeof(real), "out", NULL);
    real *expected = memory_allocate(size, sizeof(real), "out", NULL);
    real *log_sum = memory_allocate(counts.queries * CASE_HEADS, sizeof(real), "out", NULL);
    case_create(&c, kinds, mask, counts.queries, counts.keys);
    struct attention_workspace *workspace = workspace_of(&c.attention);
    attention_forward(out, WIDTH, log_sum, &c.attention, workspace, kernels);
    assert_int_equal(attention_naive(expected, &c.attention, NULL), STATUS_OK);
    for (size_t i = 0; i < size; i++)
        if (!(fabs((double)(out[i] - expected[i])) <= 4000 * (double)REAL_EPSILON)) {
            /* blind queries: the definition is 0/0 there, the kernel promises 0 */
            if ((kinds & CASE_BLIND) && (c.attention.first_query + i / WIDTH) % 5 == 4 && out[i] == 0)
                continue;
            fail_msg("kinds %u, %s, %zu queries, %zu keys, element %zu: %g instead of %g", kinds,
                     mask_names[mask], counts.queries, counts.keys, i, (double)out[i], (double)expected[i]);
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
            check_forward(kinds, ATTENTION_CAUSAL, (struct counts){lengths[i], lengths[i]},
                          kernels_for(ISA_PLAIN));
}

static void test_every_mask_and_count(void **state)
{
    (void)state;
    for (unsigned kinds = 0; kinds < CASE_KINDS; kinds++)
        for (enum attention_mask mask = 0; mask <= ATTENTION_CROSS; mask++) {
            if (mask != ATTENTION_CAUSAL)
                check_forward(kinds, mask, (struct counts){70, 70}, kernels_for(ISA_PLAIN));
            for (size_t i = 0; i < 2; i++)
                check_forward(kinds, mask, unequal_of(kinds, mask, i), kernels_for(ISA_PLAIN));
        }
}

/* What the masks mean, by hand: every key alike, so that the output is the mean of the values in sight. */
static void test_masks_by_hand(void **state)
{
    static const size_t seen[][3] = {{3, 4, 5}, {5, 5, 5}, {5, 5, 5}};
    real out[3 * WIDTH], log_sum[3 * CASE_HEADS];
    (void)state;
    for (enum attention_mask mask = 0; mask <= ATTENTION_CROSS; mask++) {
        struct attention_case c;
        case_create(&c, CASE_CAUSAL, mask, 3, 5);
        struct attention_workspace *workspace = workspace_of(&c.attention);
        memset(c.values, 0, c.size * sizeof(real));
        for (size_t i = 0; i < CASE_HEADS * 5 * CASE_WIDTH; i++) /* key j of every head: j */
            c.values[(c.attention.value - c.values) + (ptrdiff_t)i] = (real)(i / CASE_WIDTH % 5);
        attention_forward(out, WIDTH, log_sum, &c.attention, workspace, kernels_for(ISA_PLAIN));
        for (size_t i = 0; i < 3 * WIDTH; i++)
            assert_true(fabs((double)out[i] - (double)(seen[mask][i / WIDTH] - 1) / 2) < 1e-5);
        attention_workspace_release(workspace);
        case_release(&c);
    }
}

/* Queries `first` and on, as many as are there, of whole(heads, count, width). */
static void slice(real *out, const real *whole, size_t first, size_t queries, size_t count)
{
    for (size_t h = 0; h < CASE_HEADS; h++)
        memcpy(out + h * queries * CASE_WIDTH, whole + (h * count + first) * CASE_WIDTH,
               queries * CASE_WIDTH * sizeof(real));
}

/* Some of the queries of a sequence, asked by themselves, get what they get among all. */
static void check_slice(unsigned kinds, enum attention_mask mask)
{
    enum { N = 70, FIRST = 33, QUERIES = 20 };
    static real all[N * WIDTH], out[QUERIES * WIDTH], log_sum[N * CASE_HEADS], query[2][QUERIES * WIDTH];
    static double token[CASE_HEADS * QUERIES];
    struct attention_case c;
    case_create(&c, kinds, mask, N, N);
    struct attention_workspace *workspace = workspace_of(&c.attention);
    attention_forward(all, WIDTH, log_sum, &c.attention, workspace, kernels_for(ISA_PLAIN));
    c.attention.queries = QUERIES;
    c.attention.first_query = FIRST;
    for (unsigned p = 0; p < c.attention.planes; p++) {
        slice(query[p], c.attention.query[p], FIRST, QUERIES, N);
        c.attention.query[p] = query[p];
        c.attention.query_at[p] += FIRST;
    }
    for (size_t i = 0; c.attention.query_token && i < CASE_HEADS * QUERIES; i++)
        token[i] = c.token[i / QUERIES * N + FIRST + i % QUERIES];
    c.attention.query_token = c.attention.query_token ? token : NULL;
    attention_forward(out, WIDTH, log_sum, &c.attention, workspace, kernels_for(ISA_PLAIN));
    for (size_t i = 0; i < QUERIES * WIDTH; i++)
        if (!(fabs((double)(out[i] - all[FIRST * WIDTH + i])) <= 4000 * (double)REAL_EPSILON))
            fail_msg("kinds %u, %s, element %zu: %g instead of %g", kinds, mask_names[mask], i,
                     (double)out[i], (double)all[FIRST * WIDTH + i]);
    attention_workspace_release(workspace);
    case_release(&c);
}

static void test_slices_of_queries(void **state)
{
    (void)state;
    for (unsigned kinds = 0; kinds < CASE_KINDS; kinds++) {
        check_slice(kinds, ATTENTION_CAUSAL);
        check_slice(kinds, ATTENTION_BIDIRECTIONAL);
    }
}

/* Several tiles, of both sizes. */
static void check_long(unsigned kinds, size_t n, struct counts other, const struct kernels *kernels)
{
    check_forward(kinds, ATTENTION_CAUSAL, (struct counts){n, n}, kernels);
    check_forward(kinds, ATTENTION_BIDIRECTIONAL, other, kernels);
    check_forward(kinds, ATTENTION_CROSS, other, kernels);
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
            check_long(kinds[k], k % 2 ? 1100 : 600,
                       k % 2 ? (struct counts){1100, 150} : (struct counts){150, 1100}, kernels_for(isa));
}

#ifdef LEXBENCH_DOUBLE
static double objective(const struct attention_case *c, struct attention_workspace *workspace, real *out,
                        real *log_sum, const real *weight)
{
    double sum = 0;
    attention_forward(out, WIDTH, log_sum, &c->attention, workspace, kernels_for(ISA_PLAIN));
    for (size_t i = 0; i < c->attention.queries * WIDTH; i++)
        sum += (double)out[i] * (double)weight[i];
    return sum;
}

static void backward(struct attention_case *c, struct attention_workspace *workspace, const real *out,
                     const real *log_sum, const real *weight)
{
    const struct attention *a = &c->attention;
    struct attention_gradient gradient = {.key_token = c->token_gradient};
    if (a->query_token)
        gradient.query_token = c->token_gradient + (a->query_token - c->token);
    for (unsigned p = 0; p < a->planes; p++) {
        gradient.query[p] = c->gradients + (a->query[p] - c->values);
        gradient.key[p] = c->gradients + (a->key[p] - c->values);
        gradient.table[p] = a->table[p] ? c->gradients + (a->table[p] - c->values) : NULL;
    }
    gradient.value = c->gradients + (a->value - c->values);
    attention_backward(&gradient, weight, WIDTH, out, WIDTH, log_sum, a, workspace, kernels_for(ISA_PLAIN));
}

/* The derivative in a random direction of everything at once. */
static void check_backward(unsigned kinds, enum attention_mask mask, struct counts counts)
{
    const size_t queries = counts.queries, keys = counts.keys;
    struct attention_case c;
    struct key key = key_named(kinds, "direction");
    double expected, found = 0, value[2];
    const double step = 1e-5;
    real *out = memory_allocate(queries * WIDTH, sizeof(real), "out", NULL);
    real *weight = memory_allocate(queries * WIDTH, sizeof(real), "out", NULL);
    real *log_sum = memory_allocate(queries * CASE_HEADS, sizeof(real), "out", NULL);
    case_create(&c, kinds, mask, queries, keys);
    struct attention_workspace *workspace = workspace_of(&c.attention);
    for (size_t i = 0; i < queries * WIDTH; i++)
        weight[i] = (real)random_normal(key, i);
    objective(&c, workspace, out, log_sum, weight);
    backward(&c, workspace, out, log_sum, weight);
    for (int side = 0; side < 2; side++) {
        double move = side == 0 ? step : -2 * step;
        for (size_t i = 0; i < c.size; i++)
            c.values[i] += (real)(move * random_normal(key, 1000000 + i));
        for (size_t i = 0; i < c.tokens; i++)
            c.token[i] += move * random_normal(key, 2000000 + i);
        value[side] = objective(&c, workspace, out, log_sum, weight);
    }
    for (size_t i = 0; i < c.size; i++)
        found += (double)c.gradients[i] * random_normal(key, 1000000 + i);
    for (size_t i = 0; i < c.tokens; i++)
        found += c.token_gradient[i] * random_normal(key, 2000000 + i);
    expected = (value[0] - value[1]) / (2 * step);
    if (!(fabs(found - expected) <= 1e-6 * (1 + fabs(expected))))
        fail_msg("kinds %u, %s, %zu queries, %zu keys: gradient %.10g, central difference %.10g", kinds,
                 mask_names[mask], queries, keys, found, expected);
    attention_workspace_release(workspace);
    memory_release(out);
    memory_release(weight);
    memory_release(log_sum);
    case_release(&c);
}

static void test_backward_equals_differences(void **state)
{
    (void)state;
    for (unsigned kinds = 0; kinds < CASE_KINDS; kinds++)
        for (enum attention_mask mask = 0; mask <= ATTENTION_CROSS; mask++) {
            check_backward(kinds, mask, (struct counts){9, 9});
            check_backward(kinds, mask, (struct counts){70, 70});
            for (size_t i = 0; i < 2; i++)
                check_backward(kinds, mask, unequal_of(kinds, mask, i));
        }
    for (enum attention_mask mask = 0; mask <= ATTENTION_CROSS; mask++) {
        check_backward(CASE_TABLE | CASE_TOKEN | CASE_PLANES, mask,
                       (struct counts){600, 600}); /* two tiles of keys */
        check_backward(CASE_DECAY, mask, (struct counts){600, 600});
        check_backward(CASE_BIAS | CASE_WINDOW, mask,
                       (struct counts){1100, 1100}); /* tiles of long sequences */
    }
    check_backward(CASE_TABLE | CASE_TOKEN | CASE_PLANES, ATTENTION_BIDIRECTIONAL, (struct counts){150, 600});
    check_backward(CASE_BIAS | CASE_WINDOW, ATTENTION_CROSS, (struct counts){1100, 600});
}
#endif

/* In a task, as in the program, where the matrix library keeps to one thread. */
static void run_all(void *context, size_t task, size_t worker)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forward_equals_definition),
        cmocka_unit_test(test_every_mask_and_count),
        cmocka_unit_test(test_masks_by_hand),
        cmocka_unit_test(test_slices_of_queries),
        cmocka_unit_test(test_long_forward),
#ifdef LEXBENCH_DOUBLE
        cmocka_unit_test(test_backward_equals_differences),
#endif
    };
    int *failed = context;
    (void)task, (void)worker;
    *failed = cmocka_run_group_tests(tests, NULL, NULL);
}

int main(void)
{
    int failed = 1;
    threads_run(1, 1, &failed, run_all);
    return failed;
}
