/* Each protocol against a slow way to the same numbers: every window by itself through the model, bins and floors
 * by hand, another number of threads. */
#include "tests/test.h"

#include <math.h>
#include <string.h>

#include "datasets/draw.h"
#include "evaluation/items.h"
#include "experiment/spec.h"
#include "model/workspace.h"
#include "results/store.h"
#include "support/memory.h"

enum { TRAINED_LENGTH = 16, EXTENT = 700, VOCABULARY = 3, END = 2, LONGEST = 64 };

/* ---- a text whose floor names the place, and a task with a needle and an end ---- */

static int32_t letter(size_t place)
{
    return (int32_t)random_below(key_named(5, "letters"), place, VOCABULARY);
}

static size_t vocabulary(const void *state)
{
    (void)state;
    return VOCABULARY;
}

static size_t extent(const void *state, enum split split)
{
    (void)state, (void)split;
    return EXTENT;
}

static void window(const void *state, enum split split, size_t first, size_t n, int32_t *tokens, int32_t *targets)
{
    (void)state, (void)split;
    assert_true(first + n <= EXTENT);
    for (size_t i = 0; i < n; i++) {
        tokens[i] = letter(first + i);
        targets[i] = letter(first + i + 1);
    }
}

static void window_floor(const void *state, enum split split, size_t first, size_t n, double *nll)
{
    (void)state, (void)split;
    for (size_t i = 0; i < n; i++)
        nll[i] = 1e-3 * (double)(first + i);
}

/* Random tokens; three answers and the end at the last four places; the needle is the only END before them. */
static void example_at(const void *state, struct key key, enum split split, size_t n, double depth, int32_t *tokens,
                       int32_t *targets, int32_t *marks)
{
    (void)state, (void)split, (void)marks;
    for (size_t i = 0; i < n; i++) {
        tokens[i] = (int32_t)random_below(key, i, VOCABULARY - 1);
        targets[i] = i + 4 < n ? UNSCORED : (int32_t)random_below(key, n + i, VOCABULARY - 1);
    }
    targets[n - 1] = END;
    if (!isnan(depth))
        tokens[(size_t)(depth * (double)(n - 5))] = END;
}

static void example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens, int32_t *targets,
                    int32_t *marks)
{
    example_at(state, key, split, n, NAN, tokens, targets, marks);
}

static void task_floor(const void *state, size_t n, const int32_t *tokens, const int32_t *targets, double *nll)
{
    (void)state, (void)tokens;
    for (size_t i = 0; i < n; i++)
        if (targets[i] != UNSCORED)
            nll[i] = 0.01 * (double)(n - i);
}

static int32_t end_token(const void *state)
{
    (void)state;
    return END;
}

static const struct dataset text = {.name = "letters", .vocabulary = vocabulary, .example = example, .extent = extent,
                                    .window = window, .window_floor = window_floor};
static const struct dataset task = {.name = "needle", .vocabulary = vocabulary, .example = example,
                                    .example_at = example_at, .end_token = end_token, .floor = task_floor};

/* ---- an untrained model ---- */

struct setting {
    struct composition composition;
    struct model *model;
    real *weights;
    struct evaluation_options options;
};

static int create(void **state)
{
    static struct setting setting;
    struct setting *s = &setting;
    struct model_options options;
    struct message message = {""};

    *s = (struct setting){.model = NULL};
    assert_int_equal(option_defaults(model_option_table, &options, &message), STATUS_OK);
    assert_int_equal(option_defaults(evaluation_option_table, &s->options, &message), STATUS_OK);
    assert_int_equal(option_set(evaluation_option_table, &s->options, "", "lengths", "16, 32, 64", &message), STATUS_OK);
    options.width = 16;
    options.initial_deviation = 0.5; /* so that it has opinions */
    s->options.examples = 24;
    assert_int_equal(spec_encoders(&s->composition, "alibi", &message), STATUS_OK);
    assert_int_equal(spec_positions(&s->composition, "identity", &message), STATUS_OK);
    assert_int_equal(model_create(&s->model, &options, &s->composition, TRAINED_LENGTH, VOCABULARY, ISA_PLAIN, &message),
                     STATUS_OK);
    s->weights = memory_allocate(s->model->weights, sizeof(real), "weights", &message);
    model_initialise(s->model, 3, s->weights);
    *state = s;
    return 0;
}

static int destroy(void **state)
{
    struct setting *s = *state;

    memory_release(s->weights);
    model_release(s->model);
    composition_release(&s->composition);
    return 0;
}

struct asked {
    const struct dataset *dataset;
    const char *kind, *key, *value; /* an option; key NULL = none */
    size_t length, threads;
};

static enum status try(struct evaluation *out, const struct setting *s, const struct asked *asked,
                       struct message *message)
{
    struct protocol protocol;
    const struct evaluation_request request = {.model = s->model,
                                               .weights = s->weights,
                                               .dataset = asked->dataset,
                                               .options = &s->options,
                                               .protocol = &protocol,
                                               .length = asked->length,
                                               .threads = asked->threads > 0 ? asked->threads : 2,
                                               .per_token = true};

    assert_int_equal(protocol_begin(&protocol, "asked", protocol_kind_find(asked->kind), message), STATUS_OK);
    if (asked->key)
        assert_int_equal(option_set(protocol.kind->options, &protocol, "", asked->key, asked->value, message),
                         STATUS_OK);
    assert_int_equal(protocol_finish(&protocol, message), STATUS_OK);
    return evaluation_run(out, &request, message);
}

static struct evaluation run(const struct setting *s, const struct asked *asked)
{
    struct message message = {""};
    struct evaluation out;

    if (try(&out, s, asked, &message) != STATUS_OK)
        fail_msg("%s", message.text);
    return out;
}

/* One sequence alone through the model. */
static void alone(double *nll, unsigned char *hit, const struct setting *s, const int32_t *tokens,
                  const int32_t *targets, size_t n)
{
    struct workspace *workspace;
    struct message message = {""};
    const struct chunk chunk = {.sequences = 1, .padded = n, .count = &n, .tokens = tokens, .targets = targets};

    assert_int_equal(workspace_create(&workspace, s->model, 1, n, false, 1, &message), STATUS_OK);
    model_forward(nll, hit, workspace, s->weights, &chunk);
    workspace_release(workspace);
}

static void assert_near(double found, double wanted)
{
    if (!(fabs(found - wanted) <= 1e-5 * fabs(wanted) + 1e-9))
        fail_msg("%.12g instead of %.12g", found, wanted);
}

/* ---- sliding ---- */

/* Every window by itself; the same places at every n, each after n - 1 other tokens. */
static void sliding_by_one(void **state)
{
    const struct setting *s = *state;
    static const size_t lengths[] = {16, 32, 64};
    int64_t place[3][50];
    char hash[3][SHA256_HEX_SIZE];

    for (size_t k = 0; k < 3; k++) {
        size_t n = lengths[k];
        struct evaluation e = run(s, &(struct asked){&text, "sliding", "targets", "50", n, 0});
        int32_t tokens[LONGEST], targets[LONGEST];
        double nll[LONGEST], sum = 0, floor = 0;
        unsigned char hit[LONGEST];

        assert_int_equal(e.items, 50);
        assert_int_equal(e.scored_tokens, 50);
        for (size_t i = 0; i < e.items; i++) {
            place[k][i] = e.item_key[i] + (int64_t)n - 1;
            assert_true(i == 0 || place[k][i] > place[k][i - 1]);
            window(NULL, SPLIT_TEST, (size_t)e.item_key[i], n, tokens, targets);
            alone(nll, hit, s, tokens, targets, n);
            assert_near((double)e.score[i], nll[n - 1]);
            sum += nll[n - 1];
            floor += 1e-3 * (double)place[k][i];
        }
        assert_near(e.nll, sum / 50);
        assert_near(e.floor, floor / 50);
        memcpy(hash[k], e.scored_sha256, SHA256_HEX_SIZE);
        evaluation_release(&e);
    }
    assert_true(place[0][0] >= LONGEST - 1 && place[0][49] < EXTENT);
    assert_true(place[0][0] < LONGEST + 15 && place[0][49] > EXTENT - 15); /* over the whole block */
    assert_memory_equal(place[0], place[1], sizeof place[0]);
    assert_memory_equal(place[0], place[2], sizeof place[0]);
    assert_string_equal(hash[0], hash[1]);
    assert_string_equal(hash[0], hash[2]);
}

/* More places asked than there are: each once. */
static void sliding_over_all(void **state)
{
    const struct setting *s = *state;
    struct evaluation e = run(s, &(struct asked){&text, "sliding", NULL, NULL, 16, 0});

    assert_int_equal(e.items, EXTENT - LONGEST + 1);
    for (size_t i = 0; i < e.items; i++)
        assert_int_equal(e.item_key[i], (int64_t)(LONGEST - 16 + i));
    evaluation_release(&e);
}

/* Another seed of the evaluation draws other places. */
static void sliding_is_seeded(void **state)
{
    struct setting other = *(struct setting *)*state;
    const struct asked asked = {&text, "sliding", "targets", "50", 16, 0};
    struct evaluation a = run(&other, &asked);

    other.options.seed++;
    struct evaluation b = run(&other, &asked);
    assert_memory_not_equal(a.item_key, b.item_key, 50 * sizeof *a.item_key);
    assert_string_not_equal(a.scored_sha256, b.scored_sha256);
    evaluation_release(&a);
    evaluation_release(&b);
}

/* S = n is nonoverlap, to the bit; S between them leaves n - S tokens before each target. */
static void sliding_by_more(void **state)
{
    const struct setting *s = *state;
    struct evaluation whole = run(s, &(struct asked){&text, "nonoverlap", NULL, NULL, 64, 0});
    struct evaluation same = run(s, &(struct asked){&text, "sliding", "stride", "64", 64, 0});
    struct evaluation some = run(s, &(struct asked){&text, "sliding", "stride", "8", 32, 0});
    struct evaluation longer = run(s, &(struct asked){&text, "sliding", "stride", "8", 64, 0});

    assert_int_equal(same.items, EXTENT / 64);
    assert_true(same.nll == whole.nll && same.accuracy == whole.accuracy && same.floor == whole.floor);
    assert_string_equal(same.scored_sha256, whole.scored_sha256);
    assert_memory_equal(same.score, whole.score, same.items * sizeof *same.score);
    assert_int_equal(some.items, 1 + (EXTENT - LONGEST) / 8);
    assert_int_equal(some.scored_tokens, 8 * some.items);
    for (size_t i = 0; i < some.items; i++) {
        assert_int_equal(some.item_key[i] + 32, LONGEST + 8 * i);
        assert_int_equal(longer.item_key[i] + 64, LONGEST + 8 * i);
        for (size_t j = 0; j < 32; j++)
            assert_int_equal(some.target[i * 32 + j] != UNSCORED, j >= 24);
    }
    assert_string_equal(some.scored_sha256, longer.scored_sha256);
    evaluation_release(&whole);
    evaluation_release(&same);
    evaluation_release(&some);
    evaluation_release(&longer);
}

/* ---- positions ---- */

static void check_positions(const struct setting *s, const struct dataset *dataset, const char *plain)
{
    const struct asked asked = {dataset, "per-position", NULL, NULL, 64, 0};
    struct evaluation e = run(s, &asked);
    struct evaluation whole = run(s, &(struct asked){dataset, plain, NULL, NULL, 64, 0});
    double sum = 0, floor_sum = 0;
    size_t counted = 0;

    assert_true(e.nll == whole.nll && e.floor == whole.floor);
    assert_string_equal(e.scored_sha256, whole.scored_sha256);
    for (size_t bin = 0; bin < POSITION_BINS; bin++) {
        double nll = 0, floor = 0;
        size_t count = 0;
        for (size_t i = 0; i < whole.items * 64; i++) {
            double position = (double)(i % 64) + 1;
            if (whole.target[i] == UNSCORED || position < exp2((double)bin / 4) || position >= exp2(((double)bin + 1) / 4))
                continue;
            nll += whole.loss[i];
            floor += dataset == &text ? 1e-3 * (double)(whole.item_key[i / 64] + (int64_t)(i % 64))
                                      : 0.01 * (double)(64 - i % 64);
            count++;
        }
        assert_int_equal(isnan(e.position_nll[bin]), count == 0);
        assert_int_equal(isnan(e.position_floor[bin]), count == 0);
        counted += count;
        if (count == 0)
            continue;
        assert_near(e.position_nll[bin], nll / (double)count);
        assert_near(e.position_floor[bin], floor / (double)count);
        sum += e.position_nll[bin] * (double)count;
        floor_sum += e.position_floor[bin] * (double)count;
    }
    assert_int_equal(counted, whole.scored_tokens);
    assert_near(sum / (double)counted, whole.nll);
    assert_near(floor_sum / (double)counted, whole.floor);
    assert_null(whole.position_nll);
    evaluation_release(&e);
    evaluation_release(&whole);
}

static void positions(void **state)
{
    check_positions(*state, &text, "nonoverlap");
    check_positions(*state, &task, "per-token");
}

/* ---- exact match ---- */

/* By hand: two items of four answers and an end. */
static void one_item(void **state)
{
    const struct evaluation_request request = {.dataset = &task, .length = 6};
    const int32_t targets[6] = {UNSCORED, 1, UNSCORED, 0, 1, END}, without[6] = {1, UNSCORED, END, 1, 0, UNSCORED};
    const double nll[6] = {9, 1, 9, 2, 3, 4};
    const unsigned char all[6] = {0, 1, 0, 1, 1, 1}, no_end[6] = {1, 1, 1, 1, 1, 0}, wrong[6] = {1, 1, 1, 0, 1, 1};
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
        assert_int_equal(draw_split(e.token + 32 * i, 32), SPLIT_TEST);
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

/* Eight different strings at n = 8 or fewer: a place, then zeros. */
static void few_strings(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                        int32_t *targets, int32_t *marks)
{
    size_t kinds = state ? *(const size_t *)state : 8, which = random_below(key, 0, kinds);

    (void)split, (void)marks;
    for (size_t i = 0; i < n; i++) {
        tokens[i] = i < 6 ? (int32_t)(which >> i & 1) : 0;
        targets[i] = i + 1 < n ? UNSCORED : tokens[0];
    }
}

static void left_out(void **state)
{
    const struct setting *s = *state;
    const struct dataset few = {.name = "few", .vocabulary = vocabulary, .example = few_strings};
    struct evaluation e;
    struct message message = {""};
    size_t here = 0;

    for (size_t which = 0; which < 8; which++) {
        int32_t tokens[16] = {(int32_t)(which & 1), (int32_t)(which >> 1 & 1), (int32_t)(which >> 2 & 1)};
        here += draw_split(tokens, 16) == SPLIT_TEST;
    }
    enum status status = try(&e, s, &(struct asked){&few, "exact-match", NULL, NULL, 16, 0}, &message);
    assert_int_equal(status, here > 0 ? STATUS_OK : STATUS_WRONG);
    if (here == 0)
        assert_non_null(strstr(message.text, "all 24 examples of 16 tokens were left out"));
    for (size_t i = 0; status == STATUS_OK && i < e.items; i++)
        assert_int_equal(draw_split(e.token + 16 * i, 16), SPLIT_TEST);
    evaluation_release(&e);
}

/* Items of which every second is left out: their scores count as nothing, keys and rows stay together. */
static void some_left_out(void **state)
{
    struct item_score item[4] = {{.nll = 2, .floor = 1, .scored = 2, .hits = 2, .exact = true, .exact_forced = true},
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
    struct model_options options = s.model->options;
    assert_int_equal(model_create(&s.model, &options, &none, TRAINED_LENGTH, VOCABULARY, ISA_PLAIN, &message),
                     STATUS_OK);
    s.weights = memory_allocate(s.model->weights, sizeof(real), "weights", &message);
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
    memory_release(s.weights);
    model_release(s.model);
    composition_release(&none);
}

/* ---- any number of threads ---- */

static void assert_same_array(const double *a, const double *b, size_t count)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a)
        assert_memory_equal(a, b, count * sizeof *a);
}

static void threads(void **state)
{
    for (const struct protocol_kind *kind = protocol_kinds; kind->name; kind++) {
        struct evaluation e[3];
        for (size_t i = 0; i < 3; i++)
            e[i] = run(*state, &(struct asked){kind->subjects & SUBJECT_TEXT ? &text : &task, kind->name, NULL, NULL,
                                               64, (size_t[]){1, 3, 40}[i]});
        for (size_t i = 1; i < 3; i++) {
            const double *a = &e[0].nll, *b = &e[i].nll;
            assert_memory_equal(a, b, offsetof(struct evaluation, left_out) - offsetof(struct evaluation, nll));
            assert_string_equal(e[0].scored_sha256, e[i].scored_sha256);
            assert_int_equal(e[0].items, e[i].items);
            assert_memory_equal(e[0].score, e[i].score, e[0].items * sizeof *e[0].score);
            assert_same_array(e[0].position_nll, e[i].position_nll, POSITION_BINS);
            assert_same_array(e[0].position_floor, e[i].position_floor, POSITION_BINS);
            assert_same_array(e[0].retrieval, e[i].retrieval, 11);
        }
        for (size_t i = 0; i < 3; i++)
            evaluation_release(&e[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sliding_by_one),    cmocka_unit_test(sliding_over_all), cmocka_unit_test(sliding_is_seeded),
        cmocka_unit_test(sliding_by_more),   cmocka_unit_test(positions),        cmocka_unit_test(one_item),
        cmocka_unit_test(exact_match),       cmocka_unit_test(retrieval),        cmocka_unit_test(left_out),
        cmocka_unit_test(some_left_out),     cmocka_unit_test(attention),        cmocka_unit_test(threads),
    };

    return cmocka_run_group_tests(tests, create, destroy);
}
