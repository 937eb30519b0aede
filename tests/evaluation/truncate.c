/* Truncation: the last tokens alone, at positions from 0.  Under fixed-targets its value at every n is that
 * at the length it keeps, to the bit; where targets before it are scored it is refused. */
#include "tests/evaluation/fixture.h"

#include <math.h>
#include <string.h>

#include "evaluation/evaluation.h"
#include "registry/registry.h"
#include "support/memory.h"

struct setting {
    struct untrained untrained;
    const struct dataset *dataset;
    void *dataset_state;
    struct evaluation_options options;
};

static void create(struct setting *s, const char *dataset, const char *positions)
{
    struct model_options options;
    struct message message = {""};
    *s = (struct setting){.untrained = {.model = NULL}};
    assert_int_equal(option_defaults(model_option_table, &options, &message), STATUS_OK);
    assert_int_equal(option_defaults(evaluation_option_table, &s->options, &message), STATUS_OK);
    assert_int_equal(
        option_set(evaluation_option_table, &s->options, "", "lengths", "8, 16, 32, 64", &message),
        STATUS_OK);
    options.width = 16;
    options.initial_deviation = 0.5; /* so that it has opinions */
    s->options.examples = 24;
    s->options.targets = 160;
    s->options.tokens = 640;
    assert_int_equal(dataset_find(&s->dataset, dataset, &message), STATUS_OK);
    s->dataset_state = memory_allocate(1, s->dataset->state_size, "dataset", &message);
    assert_int_equal(option_defaults(s->dataset->options, s->dataset_state, &message), STATUS_OK);
    if (s->dataset->prepare(s->dataset_state, &message))
        fail_msg("%s", message.text);
    untrained_create(&s->untrained, &options, "sinusoidal", positions,
                     s->dataset->vocabulary(s->dataset_state));
}

static void release(struct setting *s)
{
    untrained_release(&s->untrained);
    if (s->dataset->release)
        s->dataset->release(s->dataset_state);
    memory_release(s->dataset_state);
}

static enum status run(struct evaluation *out, const struct setting *s, const char *kind, size_t n,
                       size_t threads, struct message *message)
{
    struct protocol protocol;
    assert_int_equal(protocol_begin(&protocol, kind, protocol_kind_find(kind), message), STATUS_OK);
    assert_int_equal(protocol_finish(&protocol, message), STATUS_OK);
    const struct evaluation_request request = {.model = s->untrained.model,
                                               .weights = s->untrained.weights,
                                               .dataset = s->dataset,
                                               .dataset_state = s->dataset_state,
                                               .options = &s->options,
                                               .protocol = &protocol,
                                               .length = n,
                                               .threads = threads,
                                               .per_token = true};
    return evaluation_run(out, &request, message);
}

static void fixed_targets_are_a_horizontal_line(void **state)
{
    (void)state;
    struct setting whole, cut;
    struct evaluation at_l, full, out;
    struct message message = {""};
    create(&whole, "text", "identity");
    create(&cut, "text", "truncate(length=1L)");
    assert_int_equal(run(&at_l, &whole, "fixed-targets", 16, 2, &message), STATUS_OK);
    for (size_t n = 16; n <= 64; n *= 2) {
        for (size_t threads = 1; threads <= 100; threads += 99) { /* 100: they share each chunk */
            assert_int_equal(run(&out, &cut, "fixed-targets", n, threads, &message), STATUS_OK);
            assert_true(out.nll == at_l.nll && out.accuracy == at_l.accuracy);
            assert_int_equal(out.items, at_l.items);
            assert_memory_equal(out.score, at_l.score, out.items * sizeof *out.score);
            assert_int_equal(out.item_key[0] + (int64_t)n, at_l.item_key[0] + 16); /* where they end */
            /* the same set as another variant's at this n */
            assert_int_equal(run(&full, &whole, "fixed-targets", n, 2, &message), STATUS_OK);
            assert_string_equal(out.scored_sha256, full.scored_sha256);
            assert_int_equal(memcmp(out.token, full.token, out.items * n * sizeof *out.token), 0);
            assert_true(n == 16 || out.nll != full.nll);
            assert_true(isnan(out.loss[0]) && out.loss[n - 1] == at_l.loss[15]);
            evaluation_release(&full);
            evaluation_release(&out);
        }
    }
    evaluation_release(&at_l);
    release(&whole);
    release(&cut);
}

/* Below what it keeps it is the plain encoder, in any protocol; above, not where all is scored. */
static void what_it_does_not_see_it_cannot_score(void **state)
{
    (void)state;
    struct setting whole, cut;
    struct evaluation one, other;
    struct message message = {""};
    create(&whole, "text", "identity");
    create(&cut, "text", "truncate(length=1L)");
    for (size_t n = 8; n <= 16; n += 8) {
        assert_int_equal(run(&one, &whole, "nonoverlap", n, 2, &message), STATUS_OK);
        assert_int_equal(run(&other, &cut, "nonoverlap", n, 2, &message), STATUS_OK);
        assert_true(one.nll == other.nll);
        evaluation_release(&one);
        evaluation_release(&other);
    }
    assert_int_equal(run(&other, &cut, "nonoverlap", 32, 2, &message), STATUS_WRONG);
    assert_string_equal(message.text,
                        "truncate: the last 16 tokens are seen, and `nonoverlap` scores targets before them");
    assert_int_equal(run(&other, &cut, "attention", 32, 2, &message), STATUS_WRONG);
    assert_int_equal(run(&other, &cut, "sliding", 32, 2, &message), STATUS_OK);
    evaluation_release(&other);
    release(&whole);
    release(&cut);
}

/* Recall asks at any place behind its four pairs: without the pairs all is scored, without more it is
 * refused. */
static void tasks_are_asked_with_their_end_alone(void **state)
{
    (void)state;
    struct setting whole, cut, short_cut;
    struct evaluation one, other;
    struct message message = {""};
    create(&whole, "recall", "identity");
    create(&cut, "recall", "truncate(length=56)");
    create(&short_cut, "recall", "truncate(length=16)");
    assert_int_equal(run(&one, &whole, "exact-match", 64, 2, &message), STATUS_OK);
    assert_int_equal(run(&other, &cut, "exact-match", 64, 2, &message), STATUS_OK);
    assert_string_equal(one.scored_sha256, other.scored_sha256);
    assert_true(isfinite(other.nll) && one.nll != other.nll);
    evaluation_release(&one);
    evaluation_release(&other);
    assert_int_equal(run(&other, &short_cut, "exact-match", 64, 2, &message), STATUS_WRONG);
    release(&whole);
    release(&cut);
    release(&short_cut);
}

/* ---- marks ---- */

enum { SEEN = 56, WHOLE = 64 };

/* Marks count the tokens that are seen, from 1. */
static const struct dataset *plain;

static void marked_example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                           int32_t *targets, int32_t *marks)
{
    plain->example(state, key, split, n, tokens, targets, NULL);
    for (size_t i = 0; marks && i < n; i++)
        marks[i] = (int32_t)(i + 1) - (WHOLE - SEEN);
}

static size_t see_the_last(const void *state, const struct site *site)
{
    (void)state;
    return site->length < SEEN ? site->length : SEEN;
}

static unsigned need_marks(const void *state, const struct site *site)
{
    (void)state, (void)site;
    return MAP_MARKS;
}

static void follow_marks(const void *state, const struct site *site, struct key key, const int32_t *mark,
                         size_t count, double *at)
{
    (void)state, (void)site, (void)key;
    for (size_t i = 0; i < count; i++)
        at[i] = mark ? mark[i] : 1;
}

static void count_tokens(const void *state, const struct site *site, struct key key, const int32_t *mark,
                         size_t count, double *at)
{
    (void)state, (void)site, (void)key, (void)mark;
    for (size_t i = 0; i < count; i++)
        at[i] = (double)i + 1;
}

static void marks_are_cut_with_their_tokens(void **state)
{
    (void)state;
    const struct position_map counting = {.name = "counting", .seen = see_the_last, .map = count_tokens};
    const struct position_map marking = {
        .name = "marking", .seen = see_the_last, .needs = need_marks, .map = follow_marks};
    struct evaluation counted, marked;
    struct message message = {""};
    struct setting s;
    create(&s, "recall", "identity");
    plain = s.dataset;
    struct dataset with_marks = *plain;
    with_marks.example = marked_example;
    s.dataset = &with_marks;
    s.untrained.model->composition.map = &counting;
    assert_int_equal(run(&counted, &s, "exact-match", WHOLE, 2, &message), STATUS_OK);
    s.untrained.model->composition.map = &marking;
    assert_int_equal(run(&marked, &s, "exact-match", WHOLE, 2, &message), STATUS_OK);
    assert_true(counted.nll == marked.nll);
    assert_memory_equal(counted.score, marked.score, counted.items * sizeof *counted.score);
    evaluation_release(&counted);
    evaluation_release(&marked);
    release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_targets_are_a_horizontal_line),
        cmocka_unit_test(what_it_does_not_see_it_cannot_score),
        cmocka_unit_test(tasks_are_asked_with_their_end_alone),
        cmocka_unit_test(marks_are_cut_with_their_tokens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
