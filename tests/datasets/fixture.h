/* fixture.h -- a task with options, one example of it, and sentences. */
#ifndef LEXBENCH_TESTS_DATASETS_FIXTURE_H
#define LEXBENCH_TESTS_DATASETS_FIXTURE_H

#include <string.h>

#include "datasets/dataset.h"
#include "support/memory.h"
#include "tests/test.h"

enum { UNASKED = UNSCORED };

struct setting {
    const char *name, *value;
};

/* settings (NULL = none) end with a NULL name. */
static inline void *open_task(const struct dataset *dataset, const struct setting *settings)
{
    struct message message = {""};
    void *state = memory_allocate(1, dataset->state_size, "a task", &message);
    assert_non_null(state);
    assert_int_equal(option_defaults(dataset->options, state, &message), STATUS_OK);
    for (; settings && settings->name; settings++)
        if (option_set(dataset->options, state, dataset->name, settings->name, settings->value, &message) !=
            STATUS_OK)
            fail_msg("%s", message.text);
    if (dataset->prepare && dataset->prepare(state, &message))
        fail_msg("%s", message.text);
    return state;
}

static inline struct key nth_key(uint64_t index)
{
    return key_with(key_named(5, "tests of tasks"), index);
}

static inline void expect_sentence(const struct dataset *dataset, const void *state, size_t n,
                                   const char *sentence)
{
    struct message message = {""};
    assert_int_equal(dataset->refuses(state, SPLIT_TRAINING, n, &message), STATUS_WRONG);
    assert_string_equal(message.text, sentence);
}

/* A right example: accepted as it is, refused with any one token changed to any other, and with any one target
 * changed.  may_change(n): places where another token gives a right example too; NULL = none. */
static inline void expect_only_this(const struct dataset *dataset, const void *state, size_t n,
                                    const int32_t *tokens, const int32_t *targets, const bool *may_change)
{
    int32_t vocabulary = (int32_t)dataset->vocabulary(state), changed[64];
    assert_in_range(n, 1, 64);
    assert_true(dataset->verify(state, n, tokens, targets));
    memcpy(changed, tokens, n * sizeof *changed);
    for (size_t i = 0; i < n; i++)
        for (int32_t other = 0; other < vocabulary; other++) {
            changed[i] = other;
            if (other != tokens[i] && !(may_change && may_change[i]) &&
                dataset->verify(state, n, changed, targets))
                fail_msg("token %d in place of %d at %zu is not noticed", other, tokens[i], i);
            changed[i] = tokens[i];
        }
    memcpy(changed, targets, n * sizeof *changed);
    for (size_t i = 0; i < n; i++)
        for (int32_t other = UNSCORED; other < vocabulary; other++) {
            changed[i] = other;
            if (other != targets[i] && dataset->verify(state, n, tokens, changed))
                fail_msg("target %d in place of %d at %zu is not noticed", other, targets[i], i);
            changed[i] = targets[i];
        }
}

/* One example of a million tokens or more, in memory of its own: tokens (n), then targets (n), then marks (n).
 * Release with memory_release(). */
static inline int32_t *long_example(const struct dataset *dataset, const void *state, size_t n)
{
    struct message message = {""};
    int32_t *tokens = memory_allocate(3 * n, sizeof *tokens, "a long example", &message);
    assert_non_null(tokens);
    assert_int_equal(dataset->refuses(state, SPLIT_TEST, n, &message), STATUS_OK);
    dataset->example(state, nth_key(0), SPLIT_TEST, n, tokens, tokens + n, tokens + 2 * n);
    return tokens;
}

#endif
