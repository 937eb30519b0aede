/* protocols-tasks.c -- answers of tasks, needles by depth, strings that may have been trained on, attention. */
#include "tests/evaluation/protocols.h"

/* ---- exact match ---- */

/* By hand: two items of four answers and an end. */
static void one_item(void **state)
{
    const struct evaluation_request request = {.dataset = &task, .length = 6};
    const int32_t targets[6] = {UNSCORED, 1, UNSCORED, 0, 1, END},
                  without[6] = {1, UNSCORED, END, 1, 0, UNSCORED};
    const double nll[6] = {9, 1, 9, 2, 3, 4};
    const unsigned char all[6] = {0, 1, 0, 1, 1, 1}, no_end[6] = {1, 1, 1, 1, 1, 0},
                        wrong[6] = {1, 1, 1, 0, 1, 1};
    struct item_score a = {0}, b = {0}, c = {0}, d = {0};
    (void)state;
    score_item(&a, NULL, &request, targets, nll, all, NULL, 0);
    assert_true(a.exact && a.exact_forced && a.scored == 4 && a.hits == 4);
    assert_true(a.nll == 10);
    score_item(&b, NULL, &request, targets, nll, no_end, NULL, 0);
    assert_true(!b.exact && b.exact_forced && b.hits == 3);
    score_item(&c, NULL, &request, targets, nll, wrong, NULL, 0);
    assert_true(!c.exact && !c.exact_forced);
    /* An END that is not the last target is an answer like others. */
    score_item(&d, NULL, &request, without, nll, (const unsigned char[6]){1, 0, 0, 1, 1, 0}, NULL, 0);
    assert_true(!d.exact && !d.exact_forced && d.scored == 4);
}

static void exact_match(void **state)
{
    const struct setting *s = *state;
    struct evaluation e = run(s, &(struct asked){&task, "exact-match", "examples", "300", 32, 0});
    struct evaluation plain = run(s, &(struct asked){&task, "per-token", "examples", "300", 32, 0});
    struct dataset endless = task;
    size_t exact = 0, forced = 0;
    assert_int_equal(e.items, 300);
    for (size_t i = 0; i < e.items; i++) {
        double nll[32];
        unsigned char hit[32];
        alone(nll, hit, s, e.token + 32 * i, e.target + 32 * i, 32);
        exact += hit[28] && hit[29] && hit[30] && hit[31];
        forced += hit[28] && hit[29] && hit[30];
        assert_int_equal(split_of(e.token + 32 * i, 32), SPLIT_TEST);
    }
    assert_true(e.exact_match == (double)exact / 300);
    assert_true(e.exact_match_forced == (double)forced / 300);
    assert_true(forced > exact); /* else this shows nothing */
    assert_true(isnan(plain.exact_match) && isnan(plain.exact_match_forced));
    assert_true(plain.accuracy == e.accuracy && plain.nll == e.nll);
    evaluation_release(&e);
    evaluation_release(&plain);
    endless.end_token = NULL;
    e = run(s, &(struct asked){&endless, "exact-match", "examples", "300", 32, 0});
    assert_true(e.exact_match == (double)exact / 300 && isnan(e.exact_match_forced));
    evaluation_release(&e);
}

/* ---- retrieval ---- */

static void retrieval(void **state)
{
    const struct setting *s = *state;
    static const double depth[3] = {0, 0.5, 1};
    struct evaluation e = run(s, &(struct asked){&task, "retrieval", "depths", "0, 0.5, 1", 32, 0});
    size_t all = 0;
    assert_int_equal(e.items, 3 * s->options.examples);
    for (size_t d = 0; d < 3; d++) {
        size_t exact = 0;
        for (size_t i = d * s->options.examples; i < (d + 1) * s->options.examples; i++) {
            double nll[32];
            unsigned char hit[32];
            alone(nll, hit, s, e.token + 32 * i, e.target + 32 * i, 32);
            exact += hit[28] && hit[29] && hit[30] && hit[31];
            for (size_t j = 0; j < 32; j++)
                assert_int_equal(e.token[32 * i + j] == END, j == (size_t)(depth[d] * 27));
        }
        all += exact;
        assert_true(e.retrieval[d] == (double)exact / (double)s->options.examples);
    }
    assert_true(e.exact_match == (double)all / (double)e.items);
    assert_null(e.position_nll);
    evaluation_release(&e);
}

/* ---- what may have been trained on ---- */

/* Almost none of these belongs to the test: of three items about one finds none, and is left out. */
static void rare(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                 int32_t *targets, int32_t *marks)
{
    (void)state, (void)split, (void)marks;
    for (size_t i = 0; i < n; i++) {
        tokens[i] = (int32_t)random_below(key, i, VOCABULARY);
        targets[i] = i + 1 < n ? UNSCORED : tokens[0];
    }
    for (size_t i = 0; split_of(tokens, n) == SPLIT_TEST && random_below(key, n, 64) > 0; i++)
        tokens[i % n] = (tokens[i % n] + 1) % VOCABULARY;
}

/* The same string always: nothing is left. */
static void one_string(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                       int32_t *targets, int32_t *marks)
{
    (void)state, (void)key, (void)split, (void)marks;
    for (size_t i = 0; i < n; i++) {
        tokens[i] = 0;
        targets[i] = 0;
    }
}

static void left_out(void **state)
{
    const struct setting *s = *state;
    const struct dataset some = {.name = "some", .vocabulary = vocabulary, .example = rare};
    const struct dataset none = {.name = "none", .vocabulary = vocabulary, .example = one_string};
    struct message message = {""};
    struct evaluation e = run(s, &(struct asked){&some, "exact-match", NULL, NULL, 16, 0});
    assert_true(e.left_out > 0 && e.items > 0);
    assert_int_equal(e.left_out + (int64_t)e.items, s->options.examples);
    assert_int_equal(e.scored_tokens, e.items);
    for (size_t i = 0; i < e.items; i++) { /* rows per token, keys and scores go together */
        double nll[16];
        unsigned char hit[16];
        assert_int_equal(split_of(e.token + 16 * i, 16), SPLIT_TEST);
        assert_true(i == 0 || e.item_key[i] > e.item_key[i - 1]);
        alone(nll, hit, s, e.token + 16 * i, e.target + 16 * i, 16);
        assert_near((double)e.score[i], nll[15]);
        assert_near(e.loss[16 * i + 15], nll[15]);
    }
    assert_true(e.item_key[e.items - 1] >= (int64_t)e.items);
    evaluation_release(&e);
    assert_int_equal(split_of((int32_t[16]){0}, 16), SPLIT_TRAINING); /* else this shows nothing */
    assert_int_equal(try(&e, s, &(struct asked){&none, "exact-match", NULL, NULL, 16, 0}, &message),
                     STATUS_WRONG);
    assert_non_null(strstr(message.text, "all 24 examples of 16 tokens were left out"));
}

/* Items of which every second is left out: their scores count as nothing, keys and rows stay together. */
static void some_left_out(void **state)
{
    struct item_score item[4] = {
        {.nll = 2, .floor = 1, .scored = 2, .hits = 2, .exact = true, .exact_forced = true},
        {.left_out = true},
        {.nll = 6, .floor = 2, .scored = 2, .hits = 1, .exact_forced = true},
        {.left_out = true}};
    struct protocol protocol = {.kind = protocol_kind_find("retrieval"), .depths = 2};
    const struct evaluation_request request = {.dataset = &task, .protocol = &protocol, .length = 16};
    struct item_plan plan = {.count = 4, .examples = 2};
    struct scored scored = {.request = &request, .plan = &plan, .item = item, .floor = true};
    struct evaluation out = {0};
    struct message message;
    (void)state;
    assert_int_equal(scores_sum(&out, &scored, &message), STATUS_OK);
    assert_int_equal(out.left_out, 2);
    assert_int_equal(out.items, 2);
    assert_int_equal(out.item_key[0], 0);
    assert_int_equal(out.item_key[1], 2);
    assert_true(out.nll == 2 && out.floor == 0.75 && out.accuracy == 0.75);
    assert_true(out.exact_match == 0.5 && out.exact_match_forced == 1);
    assert_true(out.retrieval[0] == 1 && out.retrieval[1] == 0);
    evaluation_release(&out);
    item[0].left_out = item[2].left_out = true;
    assert_int_equal(scores_sum(&out, &scored, &message), STATUS_WRONG);
    evaluation_release(&out);
}

/* ---- attention ---- */

/* Without products of queries and keys attention is what the biases say: here none, so it is uniform. */
static void attention(void **state)
{
    struct setting s = *(struct setting *)*state;
    struct composition none = {0};
    struct message message = {""};
    double entropy = 0, first = 0;
    assert_int_equal(spec_encoders(&none, "none", &message), STATUS_OK);
    assert_int_equal(spec_positions(&none, "identity", &message), STATUS_OK);
    struct model_options options = s.untrained.model->options;
    assert_int_equal(
        model_create(&s.untrained.model, &options, &none, TRAINED_LENGTH, VOCABULARY, ISA_PLAIN, &message),
        STATUS_OK);
    s.untrained.weights = memory_allocate(s.untrained.model->weights, sizeof(real), "weights", &message);
    for (size_t d = 0; d < 2; d++) {
        struct evaluation e = run(&s, &(struct asked){d ? &task : &text, "attention", NULL, NULL, 32, 0});
        entropy = first = 0;
        for (size_t i = 1; i <= 32; i++) {
            entropy += log((double)i) / 32;
            first += 1 / (double)i / 32;
        }
        assert_int_equal(e.items, 4);
        assert_near(e.attention_entropy, entropy);
        assert_near(e.attention_distance, 31.0 / 4);
        assert_near(e.attention_first, first);
        evaluation_release(&e);
    }
    struct evaluation e = run(&s, &(struct asked){&text, "nonoverlap", NULL, NULL, 32, 0});
    assert_true(isnan(e.attention_entropy) && isnan(e.attention_distance) && isnan(e.attention_first));
    evaluation_release(&e);
    memory_release(s.untrained.weights);
    model_release(s.untrained.model);
    composition_release(&none);
}

/* Sums of one chunk do not reach the next that the same worker takes. */
static void attention_of_chunks(void **state)
{
    struct evaluation one = run(*state, &(struct asked){&text, "attention", "examples", "40", 64, 1});
    struct evaluation three = run(*state, &(struct asked){&text, "attention", "examples", "40", 64, 3});
    assert_int_equal(one.items, 40);
    assert_true(one.attention_entropy == three.attention_entropy);
    assert_true(one.attention_distance == three.attention_distance);
    evaluation_release(&one);
    evaluation_release(&three);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_item),
        cmocka_unit_test(exact_match),
        cmocka_unit_test(retrieval),
        cmocka_unit_test(left_out),
        cmocka_unit_test(some_left_out),
        cmocka_unit_test(attention),
        cmocka_unit_test(attention_of_chunks),
    };
    return cmocka_run_group_tests(tests, create, destroy);
}
