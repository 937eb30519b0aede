/* Losses per token: they are the scores' own summands, to the last bit, of the tokens that the dataset
 * gives, for any number of workers; and nobody pays who has not asked. */
#include "tests/evaluation/fixture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "evaluation/evaluation.h"
#include "registry/registry.h"
#include "support/file.h"
#include "support/memory.h"

enum { TEXT_BYTES = 4000 };

struct setting {
    char path[64];
    struct untrained untrained;
    const struct dataset *dataset;
    void *dataset_state;
    struct evaluation_options options;
};

static void create(struct setting *s, const char *dataset)
{
    struct model_options options;
    struct message message = {""};
    unsigned char text[TEXT_BYTES];
    *s = (struct setting){.path = "/tmp/lexbench-tokens-XXXXXX"};
    for (size_t i = 0; i < TEXT_BYTES; i++)
        text[i] = (unsigned char)('a' + random_below(key_named(7, "text"), i, 20));
    assert_int_equal(option_defaults(model_option_table, &options, &message), STATUS_OK);
    assert_int_equal(option_defaults(evaluation_option_table, &s->options, &message), STATUS_OK);
    assert_int_equal(option_set(evaluation_option_table, &s->options, "", "lengths", "16, 64", &message),
                     STATUS_OK);
    options.width = 16;
    s->options.examples = 5;
    s->options.targets = 40;
    assert_int_equal(dataset_find(&s->dataset, dataset, &message), STATUS_OK);
    s->dataset_state = memory_allocate(1, s->dataset->state_size, "dataset", &message);
    assert_int_equal(option_defaults(s->dataset->options, s->dataset_state, &message), STATUS_OK);
    if (s->dataset->window) {
        int file = mkstemp(s->path);
        assert_true(file >= 0);
        close(file);
        assert_int_equal(file_publish(s->path, text, sizeof text, &message), STATUS_OK);
        assert_int_equal(option_set(s->dataset->options, s->dataset_state, "", "path", s->path, &message),
                         STATUS_OK);
    }
    if (s->dataset->prepare(s->dataset_state, &message))
        fail_msg("%s", message.text);
    unlink(s->path);
    untrained_create(&s->untrained, &options, "rope", "identity", s->dataset->vocabulary(s->dataset_state));
}

static void destroy(struct setting *s)
{
    untrained_release(&s->untrained);
    if (s->dataset->release)
        s->dataset->release(s->dataset_state);
    memory_release(s->dataset_state);
}

static struct evaluation evaluate(const struct setting *s, const char *protocol, size_t length,
                                  size_t threads, bool per_token)
{
    struct protocol asked;
    const struct evaluation_request request = {.model = s->untrained.model,
                                               .weights = s->untrained.weights,
                                               .dataset = s->dataset,
                                               .dataset_state = s->dataset_state,
                                               .options = &s->options,
                                               .protocol = &asked,
                                               .length = length,
                                               .threads = threads,
                                               .per_token = per_token};
    struct evaluation out;
    struct message message = {""};
    assert_int_equal(protocol_begin(&asked, protocol, protocol_kind_find(protocol), &message), STATUS_OK);
    if (evaluation_run(&out, &request, &message))
        fail_msg("%s", message.text);
    return out;
}

/* Summed as the score is: within items, then over them. */
static void check_sums(const struct evaluation *e, size_t length, size_t scored_places)
{
    double sum = 0;
    size_t scored = 0;
    for (size_t item = 0; item < e->items; item++) {
        double own = 0;
        size_t count = 0;
        for (size_t i = item * length; i < (item + 1) * length; i++) {
            assert_true((e->target[i] == UNSCORED) == isnan(e->loss[i]));
            if (e->target[i] == UNSCORED)
                continue;
            assert_true(e->loss[i] > 0);
            own += e->loss[i];
            count++;
        }
        assert_int_equal(count, scored_places);
        assert_true((float)(own / (double)count) == e->score[item]);
        sum += own;
        scored += count;
    }
    assert_int_equal(scored, e->scored_tokens);
    assert_true(sum / (double)scored == e->nll);
}

/* The tokens of each item are those of the test block from its key on. */
static void check_tokens(const struct setting *s, const struct evaluation *e, size_t length)
{
    int32_t tokens[64], targets[64];
    for (size_t item = 0; item < e->items; item++) {
        s->dataset->window(s->dataset_state, SPLIT_TEST, (size_t)e->item_key[item], length, tokens, targets);
        assert_memory_equal(e->token + item * length, tokens, length * sizeof *tokens);
        for (size_t i = 0; i < length; i++)
            if (e->target[item * length + i] != UNSCORED)
                assert_int_equal(e->target[item * length + i], targets[i]);
    }
}

static void check(const char *dataset, const char *protocol, size_t length, size_t scored_places)
{
    struct setting s;
    create(&s, dataset);
    struct evaluation plain = evaluate(&s, protocol, length, 1, false);
    struct evaluation one = evaluate(&s, protocol, length, 1, true);
    struct evaluation three = evaluate(&s, protocol, length, 3, true);
    const size_t count = one.items * length;

    assert_null(plain.token);
    assert_null(plain.target);
    assert_null(plain.loss);
    assert_true(plain.nll == one.nll);
    assert_true(one.items > 1);
    check_sums(&one, length, scored_places);
    if (s.dataset->window)
        check_tokens(&s, &one, length);
    assert_memory_equal(one.token, three.token, count * sizeof *one.token);
    assert_memory_equal(one.target, three.target, count * sizeof *one.target);
    for (size_t i = 0; i < count; i++)
        assert_true(one.loss[i] == three.loss[i] || one.target[i] == UNSCORED);
    evaluation_release(&plain);
    evaluation_release(&one);
    assert_null(one.loss);
    evaluation_release(&three);
    destroy(&s);
}

static void nonoverlap(void **state)
{
    (void)state;
    check("text", "nonoverlap", 16, 16);
    check("text", "nonoverlap", 64, 64);
}

static void fixed_targets(void **state)
{
    (void)state;
    check("text", "fixed-targets", 16, TRAINED_LENGTH / 4);
    check("text", "fixed-targets", 64, TRAINED_LENGTH / 4);
}

static void exact_match(void **state)
{
    (void)state;
    check("recall", "exact-match", 64, 4); /* a question for each of 4 pairs */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nonoverlap), cmocka_unit_test(fixed_targets),
                                       cmocka_unit_test(exact_match)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
