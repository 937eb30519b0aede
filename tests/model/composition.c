/* composition.c -- what may stand together in a variant, and what a query sees under several components:
 * exactly the keys that all of them show, however finely they cut. */
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
    .name = "comb", .attentions = CAUSAL, .axes = AXES_ANY, .segments = comb_segments};

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
        .heads = 1, .head_width = WIDTH, .queries = KEYS, .keys = KEYS, .planes = 1, .spans = spans};
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

/* ---- what fits together ---- */

static size_t own_key(const void *state, const struct site *site, size_t query, size_t keys,
                      struct segment out[SEGMENTS_MAX])
{
    (void)state, (void)site;
    out[0] = (struct segment){.first = query, .end = query + 1};
    return query < keys;
}

/* The first key; in the last layer all of them. */
static size_t first_key(const void *state, const struct site *site, size_t query, size_t keys,
                        struct segment out[SEGMENTS_MAX])
{
    const bool last = site->layer + 1 == site->shape->layers;
    (void)state, (void)keys;
    out[0] = (struct segment){.first = 0, .end = last ? query + 1 : 1};
    return 1;
}

static void nothing_turned(const void *state, const real *w, const struct site *site,
                           const struct positions *positions, double *angle)
{
    (void)state, (void)w;
    memset(angle, 0, positions->count * (site->shape->head_width / 2) * sizeof *angle);
}

static void own_plane(const void *state, const struct site *site, unsigned plane, enum side side,
                      const struct positions *in, double *out)
{
    (void)state, (void)site, (void)plane, (void)side;
    memcpy(out, in->at, in->count * sizeof *out);
}

static void no_decay(const void *state, const struct shape *shape, double *rate)
{
    (void)state;
    memset(rate, 0, shape->head_width / 2 * sizeof *rate);
}

static void whole(const void *state, const struct site *site, struct key key, const int32_t *mark,
                  size_t count, double *at)
{
    (void)state, (void)site, (void)key, (void)mark;
    for (size_t i = 0; i < count; i++)
        at[i] = (double)i;
}

static const struct position_map along = {.name = "along", .map = whole};
static const struct position_map across = {.name = "across", .axes = 2, .map = whole};

static const struct encoder turning = {
    .name = "turning", .attentions = CAUSAL | BIDIRECTIONAL, .angle = nothing_turned};
static const struct encoder fading = {
    .name = "fading", .attentions = CAUSAL, .angle = nothing_turned, .decay = no_decay};
static const struct encoder decaying = {.name = "decaying", .attentions = CAUSAL, .decay = no_decay};
static const struct encoder moving = {
    .name = "moving", .attentions = CAUSAL, .planes = 2, .plane = own_plane};
static const struct encoder moving_too = {
    .name = "moving-too", .attentions = CAUSAL, .planes = 2, .plane = own_plane};
static const struct encoder across_only = {
    .name = "across-only", .attentions = BIDIRECTIONAL | CROSS, .axes = 2};
static const struct encoder to_itself = {.name = "to-itself", .attentions = CAUSAL, .segments = own_key};
static const struct encoder to_first = {.name = "to-first", .attentions = CAUSAL, .segments = first_key};

static const struct shape causal = {.layers = 2,
                                    .heads = 1,
                                    .head_width = 2,
                                    .width = 2,
                                    .axes = 1,
                                    .trained_length = 8,
                                    .attention = CAUSAL};

static struct composition composed(const struct encoder *a, const struct encoder *b)
{
    struct composition composition = {.at = {{.encoder = a}, {.encoder = b}}, .map = &along};
    composition.count = b ? 2 : 1;
    return composition;
}

static void assert_says(enum status status, const struct message *message, const char *sentence)
{
    assert_int_equal(status, STATUS_WRONG);
    assert_string_equal(message->text, sentence);
}

static void two_that_do_not_fit_are_both_named(void **state)
{
    static const struct {
        const struct encoder *a, *b;
        const char *sentence;
    } pairs[] = {
        {&comb, &comb, "`comb` stands twice in one variant; name it once"},
        {&turning, &fading,
         "`turning` and `fading` both set the rotation angle; at most one component of a variant may"},
        {&fading, &decaying,
         "`fading` and `decaying` both set the decay; at most one component of a variant may"},
        {&moving, &moving_too,
         "`moving` and `moving-too` both set the planes; at most one component of a variant may"},
        {&turning, &moving, NULL},
        {&to_first, &across_only,
         "`to-first` serves causal attention and `across-only` bidirectional or cross attention; nothing "
         "serves "
         "both"},
        {&turning, &across_only, NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const struct composition composition = composed(pairs[i].a, pairs[i].b);
        struct message message = {""};
        const enum status status = composition_check(&composition, true, &message);
        if (pairs[i].sentence)
            assert_says(status, &message, pairs[i].sentence);
        else
            assert_int_equal(status, STATUS_OK);
    }
}

static void attention_and_axes_of_the_shape_are_heeded(void **state)
{
    struct shape shape = causal;
    struct message message = {""};
    struct composition composition = composed(&turning, &to_itself);
    (void)state;
    assert_int_equal(composition_prepare(&composition, &shape, &message), STATUS_OK);
    shape.attention = BIDIRECTIONAL;
    assert_says(composition_prepare(&composition, &shape, &message), &message,
                "encoder `to-itself` serves causal attention, and the model's is bidirectional");
    shape.attention = CROSS;
    assert_says(composition_prepare(&composition, &shape, &message), &message,
                "encoder `turning` serves causal or bidirectional attention, and the model's is cross");
    composition = composed(&across_only, NULL);
    assert_says(composition_prepare(&composition, &shape, &message), &message,
                "encoder `across-only` is for positions of 2 axes, and the model's have 1");
    shape.axes = 2;
    assert_says(composition_prepare(&composition, &shape, &message), &message,
                "position map `along` is for positions of 1 axis, and the model's have 2");
    composition.map = &across;
    assert_int_equal(composition_prepare(&composition, &shape, &message), STATUS_OK);
    shape.attention = CAUSAL;
    composition = composed(&comb, NULL); /* reads no positions */
    composition.map = &across;
    size_t number = 0;
    composition.at[0].state = &number;
    assert_int_equal(composition_prepare(&composition, &shape, &message), STATUS_OK);
}

/* Query 0 sees key 0 through both, query 1 nothing at all: in the first layer, not in the last. */
static void components_that_leave_no_key_are_refused(void **state)
{
    struct shape shape = causal;
    struct message message = {""};
    struct site site = {.shape = &shape, .length = 1};
    struct composition composition = composed(&to_first, &to_itself);
    (void)state;
    assert_says(composition_prepare(&composition, &shape, &message), &message,
                "`to-first` and `to-itself` have no key in common for query 1 of 8 tokens, in layer 1");
    assert_int_equal(composition_accepts(&composition, &site, &message), STATUS_OK);
    site.length = 5;
    assert_says(composition_accepts(&composition, &site, &message), &message,
                "`to-first` and `to-itself` have no key in common for query 1 of 5 tokens, in layer 1");
    shape.layers = 1;
    assert_int_equal(composition_prepare(&composition, &shape, &message), STATUS_OK);
    assert_int_equal(composition_accepts(&composition, &site, &message), STATUS_OK);
    shape.layers = 2;
    composition = composed(&to_first, NULL);
    assert_int_equal(composition_prepare(&composition, &shape, &message), STATUS_OK);
}

static void hooks_are_told_apart(void **state)
{
    unsigned all = 0;
    (void)state;
    for (const struct place *place = places; place->name; place++) {
        assert_int_equal(all & place->hook, 0);
        all |= place->hook;
    }
    assert_int_equal(all, HOOKS_ALL);
    assert_int_equal(encoder_hooks(&across_only), 0);
    assert_int_equal(encoder_hooks(&fading), HOOK_ROTATION | HOOK_DECAY);
    assert_int_equal(encoder_hooks(&moving), HOOK_PLANES);
    const struct composition composition = composed(&to_first, &fading);
    assert_int_equal(composition_hooks(&composition), HOOK_SEGMENTS | HOOK_ROTATION | HOOK_DECAY);
    assert_ptr_equal(composition_owner(&composition, HOOK_DECAY), &composition.at[1]);
    assert_null(composition_owner(&composition, HOOK_STRIP));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_components_are_obeyed),
        cmocka_unit_test(the_kernel_sees_the_same_keys),
        cmocka_unit_test(two_that_do_not_fit_are_both_named),
        cmocka_unit_test(attention_and_axes_of_the_shape_are_heeded),
        cmocka_unit_test(components_that_leave_no_key_are_refused),
        cmocka_unit_test(hooks_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
