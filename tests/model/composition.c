/* composition.c -- what a query sees under several components: exactly the keys that all of them show,
 * however finely they cut. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "kernels/attention.h"
#include "model/composition.h"
#include "support/memory.h"
#include "support/rng.h"

enum { KEYS = 3 * COMPONENTS_MAX * (SEGMENTS_MAX - 1) + 30, WIDTH = 4 };

/* Comb number `comb` hides SEGMENTS_MAX - 1 single keys; no two combs hide neighbours. */
static bool hidden(size_t comb, size_t key)
{
    return key % 3 == 1 && key / 3 % COMPONENTS_MAX == comb && key / 3 / COMPONENTS_MAX < SEGMENTS_MAX - 1;
}

static size_t comb_segments(const void *state, const struct site *site, size_t query, size_t keys,
                            struct segment out[SEGMENTS_MAX])
{
    const size_t comb = *(const size_t *)state, end = query + 1 < keys ? query + 1 : keys;
    size_t count = 0, first = 0;
    (void)site;
    for (size_t key = 0; key <= end; key++)
        if (key == end || hidden(comb, key)) {
            if (first < key)
                out[count++] = (struct segment){.first = first, .end = key};
            first = key + 1;
        }
    return count;
}

static const struct encoder comb = {
    .name = "comb", .summary = "test", .citation = "none", .version = 1, .segments = comb_segments};

struct combs {
    size_t number[COMPONENTS_MAX];
    struct composition composition;
    struct shape shape;
    struct site site;
};

static void combs_open(struct combs *combs, size_t count)
{
    *combs = (struct combs){.composition.count = count, .shape = {.layers = 1, .heads = 1, .axes = 1}};
    combs->site = (struct site){.shape = &combs->shape, .length = KEYS};
    for (size_t c = 0; c < count; c++) {
        combs->number[c] = c;
        combs->composition.at[c] = (struct component){.encoder = &comb, .state = &combs->number[c]};
    }
}

static bool seen_by_all(size_t combs, size_t query, size_t key)
{
    for (size_t c = 0; c < combs; c++)
        if (hidden(c, key))
            return false;
    return key <= query;
}

/* Each key is in one span when all components show it, else in none; spans are ascending and none is empty.
 */
static void check_query(const struct combs *combs, size_t query)
{
    struct segment span[SPANS_MAX];
    const size_t components = combs->composition.count;
    const size_t count = composition_segments(&combs->composition, &combs->site, query, KEYS, span);
    size_t s = 0;
    assert_in_range(count, 1, SPANS_MAX);
    for (size_t key = 0; key < KEYS; key++) {
        while (s < count && span[s].end <= key) {
            assert_true(span[s].first < span[s].end);
            s++;
        }
        const bool inside = s < count && span[s].first <= key;
        if (inside != seen_by_all(components, query, key))
            fail_msg("%zu components: query %zu %s key %zu", components, query,
                     inside ? "sees" : "does not see", key);
    }
    if (query == KEYS - 1)
        assert_int_equal(count, components * (SEGMENTS_MAX - 1) + 1);
}

static void all_components_are_obeyed(void **state)
{
    (void)state;
    for (size_t components = 1; components <= COMPONENTS_MAX; components++) {
        struct combs combs;
        combs_open(&combs, components);
        for (size_t query = 0; query < KEYS; query++)
            check_query(&combs, query);
    }
}

static size_t spans(const void *context, size_t query, size_t keys, struct attention_span *out)
{
    const struct combs *combs = context;
    struct segment span[SPANS_MAX];
    const size_t count = composition_segments(&combs->composition, &combs->site, query, keys, span);
    for (size_t s = 0; s < count; s++)
        out[s] = (struct attention_span){span[s].first, span[s].end, span[s].plane};
    return count;
}

/* The kernel has room for as many spans as there can be: the attention is that over the keys seen. */
static void the_kernel_sees_the_same_keys(void **state)
{
    struct combs combs;
    real *query = memory_allocate(4 * KEYS * WIDTH, sizeof *query, "a head", NULL),
         *key = query + KEYS * WIDTH;
    real *value = key + KEYS * WIDTH, *out = value + KEYS * WIDTH, log_sum[KEYS];
    struct attention attention = {
        .heads = 1, .head_width = WIDTH, .count = KEYS, .planes = 1, .spans = spans};
    struct attention_workspace *workspace;
    (void)state;
    combs_open(&combs, COMPONENTS_MAX);
    for (size_t i = 0; i < 3 * KEYS * WIDTH; i++)
        query[i] = (real)random_normal(key_named(5, "head"), i);
    attention.query[0] = query, attention.key[0] = key, attention.value = value, attention.context = &combs;
    assert_int_equal(attention_workspace_create(&workspace, 1, WIDTH, 0, 0, false, NULL), STATUS_OK);
    attention_forward(out, WIDTH, log_sum, &attention, workspace, kernels_for(ISA_PLAIN));
    for (size_t i = 0; i < KEYS; i++) {
        double sum = 0, mean[WIDTH] = {0};
        for (size_t j = 0; j < KEYS; j++) {
            double weight = 0;
            for (size_t d = 0; d < WIDTH; d++)
                weight += (double)query[i * WIDTH + d] * (double)key[j * WIDTH + d];
            weight = seen_by_all(COMPONENTS_MAX, i, j) ? exp(weight) : 0;
            sum += weight;
            for (size_t d = 0; d < WIDTH; d++)
                mean[d] += weight * (double)value[j * WIDTH + d];
        }
        for (size_t d = 0; d < WIDTH; d++)
            if (!(fabs((double)out[i * WIDTH + d] - mean[d] / sum) <= 1000 * (double)REAL_EPSILON))
                fail_msg("query %zu: %g instead of %g", i, (double)out[i * WIDTH + d], mean[d] / sum);
    }
    attention_workspace_release(workspace);
    memory_release(query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_components_are_obeyed),
        cmocka_unit_test(the_kernel_sees_the_same_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
