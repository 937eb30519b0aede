/* measures.c -- biases, keys and scales of an encoder by itself, and lengths of all sizes. */
#include "tests/inspection/fixture.h"

#include "model/model.h"
#include "registry/registry.h"
#include "support/memory.h"

/* ---- biases ---- */

static void alibi_is_a_line(void **state)
{
    const size_t n[] = {8 * L};
    struct inspected alibi;
    (void)state;
    look(&alibi, "alibi", NULL, n, 1);
    const struct inspected_array *curve = array(&alibi, "bias_by_distance"),
                                 *distance = array(&alibi, "distance");
    const struct inspected_array *map = array(&alibi, "bias"), *place = array(&alibi, "key");
    for (size_t h = 0; h < HEADS; h++) {
        const double slope = exp2(-8.0 * (double)(h + 1) / HEADS);
        for (size_t d = 0; d < distance->extent[0]; d++)
            close_to(curve->values[h * distance->extent[0] + d], -slope * distance->values[d], 1e-4, "a bias",
                     d);
        for (size_t i = 0; i < 256; i += 17)
            for (size_t j = 0; j <= i; j += 13)
                close_to(map->values[(h * 256 + i) * 256 + j], -slope * (place->values[i] - place->values[j]),
                         1e-4, "a bias of the map", i);
    }
    close_to(fact(&alibi, "bias_lowest"), -0.25 * (8 * L - 1), 1e-4, "the lowest bias", 0);
    close_to(fact(&alibi, "bias_highest"), 0, 0, "the highest bias", 0);
    assert_true(isnan(fact(&alibi, "bias_alike_at")));
    inspected_release(&alibi);
}

/* ReRoPE: all keys from distance w on appear at w. */
static void a_bias_may_end(void **state)
{
    const size_t n[] = {8 * L};
    struct inspected ended;
    (void)state;
    look(&ended, "alibi + rerope(window=0.5L)", NULL, n, 1);
    close_to(fact(&ended, "bias_constant_from"), L / 2, 0, "where the bias ends", 0);
    close_to(fact(&ended, "bias_alike_at"), L / 2 + 1, 0, "the first like the one before", 0);
    close_to(fact(&ended, "bias_lowest"), -0.25 * L / 2, 1e-4, "the lowest bias", 0);
    inspected_release(&ended);
}

/* The weights are those that a training of this seed begins with. */
static void weights_are_those_of_a_model(void **state)
{
    const size_t n[] = {8 * L};
    const struct alone_request request = {.variant = "fire"};
    struct message message = {""};
    struct alone alone;
    struct model *model = NULL;
    struct inspected fire;
    (void)state;
    look(&fire, "fire", NULL, n, 1);
    assert_int_equal(alone_read(&alone, &request, &message), STATUS_OK);
    assert_int_equal(model_create(&model, &alone.model, &alone.variant.trained, L, 256, ISA_PLAIN, &message),
                     STATUS_OK);
    real *weights = memory_allocate(model->weights, sizeof *weights, "weights", NULL), bias[HEADS];
    model_initialise(model, 1, weights);
    const struct component *component = &model->composition.at[0];
    const struct site site = {.shape = &model->shape, .length = n[0]};
    const double query = (double)n[0] - 1;
    const struct inspected_array *curve = array(&fire, "bias_by_distance"),
                                 *distance = array(&fire, "distance");
    for (size_t d = 0; d < distance->extent[0]; d++) {
        const double key = query - distance->values[d];
        component->encoder->bias(component->state, weights + component->first_parameter, &site, &query, &key,
                                 1, bias);
        for (size_t h = 0; h < HEADS; h++)
            assert_true(curve->values[h * distance->extent[0] + d] == (double)bias[h]);
    }
    memory_release(weights);
    model_release(model);
    alone_release(&alone);
    inspected_release(&fire);
}

/* ---- keys and scales ---- */

static void far_keys_share_positions(void **state)
{
    const size_t n[] = {8 * L};
    const double group = 8, window = L / 4;
    struct inspected extended;
    (void)state;
    look(&extended, "rope + self-extend", NULL, n, 1);
    const struct inspected_array *map = array(&extended, "apparent_distance"),
                                 *place = array(&extended, "query");
    for (size_t i = 0; i < 256; i++)
        for (size_t j = 0; j < 256; j++) {
            const double query = place->values[i], key = place->values[j], found = map->values[i * 256 + j];
            if (key > query)
                assert_true(isnan(found));
            else if (query - key < window)
                close_to(found, query - key, 0, "a near key", j);
            else
                close_to(found, floor(query / group) + window - floor(window / group) - floor(key / group), 0,
                         "a far key", j);
        }
    /* Two far keys of one group have one position. */
    close_to(fact(&extended, "rotation_neighbours"), 1, 1e-9, "neighbours of a group", 0);
    assert_string_equal(extended.at[0].refusal, "");
    inspected_release(&extended);
}

static void a_window_ends(void **state)
{
    const size_t n[] = {8 * L};
    struct inspected window;
    (void)state;
    look(&window, "window", NULL, n, 1);
    const struct inspected_array *seen = array(&window, "seen_by_distance"),
                                 *distance = array(&window, "distance");
    for (size_t d = 0; d < distance->extent[0]; d++)
        close_to(seen->values[d], distance->values[d] < L ? 1 : 0, 0, "a share of keys", d);
    close_to(fact(&window, "keys_seen"), L, 0, "keys seen", 0);
    close_to(fact(&window, "keys_farthest"), L - 1, 0, "the farthest key", 0);
    inspected_release(&window);
}

static void queries_grow(void **state)
{
    const size_t n[] = {8 * L};
    struct inspected scaled;
    (void)state;
    look(&scaled, "none + log-n", NULL, n, 1);
    close_to(fact(&scaled, "scale_lowest"), log(8 * L) / log(L), 1e-6, "the last scale", 0);
    close_to(array(&scaled, "query_scale")->values[0], 1, 0, "the first scale", 0);
    inspected_release(&scaled);
}

/* ---- lengths ---- */

static void refusals_are_said(void **state)
{
    const size_t n[] = {L, 8 * L};
    struct inspected learned;
    (void)state;
    look(&learned, "learned", NULL, n, 2);
    assert_string_equal(learned.at[0].refusal, "");
    assert_non_null(strstr(learned.at[1].refusal, "its table has 64 rows"));
    assert_int_equal(learned.at[1].arrays, 0);
    assert_int_equal(learned.at[1].facts, 0);
    inspected_release(&learned);
}

static void a_million_takes_little_memory(void **state)
{
    const size_t n[] = {1000000};
    const size_t before = memory_peak();
    struct inspected rope;
    double sum = 0;
    (void)state;
    look(&rope, "rope", NULL, n, 1);
    for (size_t a = 0; a < rope.at[0].arrays; a++)
        for (size_t i = 0; i < rope.at[0].array[a].rank; i++)
            assert_true(rope.at[0].array[a].extent[i] <= 512);
    for (size_t t = 0; t < HALF; t++)
        sum += cos(999999 * pow(1e4, -(double)t / HALF)) / HALF;
    close_to(array(&rope, "rotation_similarity_by_distance")
                 ->values[3 * (array(&rope, "distance")->extent[0] - 1)],
             sum, 1e-6, "the farthest distance", 999999);
    inspected_release(&rope);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    /* A table of angles alone would be 64 MB. */
    if (memory_peak() - before > (size_t)48 << 20)
        fail_msg("it took %zu MB", (memory_peak() - before) >> 20);
#else
    (void)before;
#endif
}

static void short_lengths(void **state)
{
    const size_t n[] = {2, 3, 16, 17};
    const char *const variants[] = {"rope", "sinusoidal", "alibi", "rope + window(width=1)"};
    struct inspected inspected;
    (void)state;
    for (size_t v = 0; test_row("variants", v, sizeof variants / sizeof *variants); v++) {
        look(&inspected, variants[v], NULL, n, 4);
        for (size_t i = 0; i < 4; i++) {
            const struct inspected_array *distance = inspected_find(&inspected.at[i], "distance");
            assert_non_null(distance);
            assert_true(distance->values[0] == 0);
            assert_true(distance->values[distance->extent[0] - 1] == (double)n[i] - 1);
        }
        inspected_release(&inspected);
    }
}

/* Next year's encoders too: nothing infinite, the same each time, something said of where they act. */
static void every_encoder_can_be_looked_at(void **state)
{
    const size_t n[] = {L, 5 * L};
    struct inspected first, second;
    (void)state;
    for (const struct encoder *const *at = encoder_list; *at; at++) {
        char spec[80];
        snprintf(spec, sizeof spec, "%s()", (*at)->name);
        look(&first, spec, NULL, n, 2);
        look(&second, spec, NULL, n, 2);
        assert_true(first.idle.length > 0);
        for (size_t i = 0; i < 2; i++) {
            for (size_t a = 0; a < first.at[i].arrays; a++) {
                const struct inspected_array *array = &first.at[i].array[a];
                size_t size = 1;
                for (size_t k = 0; k < array->rank; k++)
                    size *= array->extent[k];
                for (size_t k = 0; k < size; k++)
                    if (isinf(array->values[k]))
                        fail_msg("%s: %s is infinite", spec, array->name);
                assert_memory_equal(array->values, second.at[i].array[a].values, size * sizeof(double));
            }
            for (size_t f = 0; f < first.at[i].facts; f++)
                if (isinf(first.at[i].fact[f].value))
                    fail_msg("%s: %s is infinite", spec, first.at[i].fact[f].name);
        }
        inspected_release(&first);
        inspected_release(&second);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_million_takes_little_memory), /* first: the peak is that of the process */
        cmocka_unit_test(alibi_is_a_line),
        cmocka_unit_test(a_bias_may_end),
        cmocka_unit_test(weights_are_those_of_a_model),
        cmocka_unit_test(far_keys_share_positions),
        cmocka_unit_test(a_window_ends),
        cmocka_unit_test(queries_grow),
        cmocka_unit_test(refusals_are_said),
        cmocka_unit_test(short_lengths),
        cmocka_unit_test(every_encoder_can_be_looked_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
