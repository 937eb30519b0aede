/* Each protocol against a slow way to the same numbers: every window by itself through the model, bins and
 * floors by hand, another number of threads. */
#include "tests/evaluation/protocols.h"

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
            if (whole.target[i] == UNSCORED || position < exp2((double)bin / 4) ||
                position >= exp2(((double)bin + 1) / 4))
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
            e[i] = run(*state, &(struct asked){kind->subjects & SUBJECT_TEXT ? &text : &task, kind->name,
                                               NULL, NULL, 64, (size_t[]){1, 3, 40}[i]});
        for (size_t i = 1; i < 3; i++) {
            const double *a = &e[0].nll, *b = &e[i].nll;
            assert_memory_equal(a, b,
                                offsetof(struct evaluation, left_out) - offsetof(struct evaluation, nll));
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
        cmocka_unit_test(sliding_by_one),    cmocka_unit_test(sliding_over_all),
        cmocka_unit_test(sliding_is_seeded), cmocka_unit_test(sliding_by_more),
        cmocka_unit_test(positions),         cmocka_unit_test(threads),
    };
    return cmocka_run_group_tests(tests, create, destroy);
}
