/* protocols.h -- a text, a task and an untrained model, evaluated under a protocol. */
#ifndef LEXBENCH_TESTS_EVALUATION_PROTOCOLS_H
#define LEXBENCH_TESTS_EVALUATION_PROTOCOLS_H

#include "tests/evaluation/fixture.h"

#include <math.h>
#include <string.h>

#include "batches/split.h"
#include "evaluation/items.h"
#include "model/workspace.h"
#include "support/memory.h"

enum { EXTENT = 700, VOCABULARY = 3, END = 2, LONGEST = 64 };

/* ---- a text whose floor names the place, and a task with a needle and an end ---- */

static int32_t letter(size_t place)
{
    return (int32_t)random_below(key_named(5, "letters"), place, VOCABULARY);
}

static inline size_t vocabulary(const void *state)
{
    (void)state;
    return VOCABULARY;
}

static inline size_t extent(const void *state, enum split split)
{
    (void)state, (void)split;
    return EXTENT;
}

static inline void window(const void *state, enum split split, size_t first, size_t n, int32_t *tokens,
                          int32_t *targets)
{
    (void)state, (void)split;
    assert_true(first + n <= EXTENT);
    for (size_t i = 0; i < n; i++) {
        tokens[i] = letter(first + i);
        targets[i] = letter(first + i + 1);
    }
}

static inline void window_floor(const void *state, enum split split, size_t first, size_t n, double *nll)
{
    (void)state, (void)split;
    for (size_t i = 0; i < n; i++)
        nll[i] = 1e-3 * (double)(first + i);
}

/* Random tokens; three answers and the end at the last four places; the needle is the only END before them.
 */
static inline void example_at(const void *state, struct key key, enum split split, size_t n, double depth,
                              int32_t *tokens, int32_t *targets, int32_t *marks)
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

static inline void example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                           int32_t *targets, int32_t *marks)
{
    example_at(state, key, split, n, NAN, tokens, targets, marks);
}

static inline void task_floor(const void *state, size_t n, const int32_t *tokens, const int32_t *targets,
                              double *nll)
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

static const struct dataset text = {.name = "letters",
                                    .vocabulary = vocabulary,
                                    .example = example,
                                    .extent = extent,
                                    .window = window,
                                    .window_floor = window_floor};
static const struct dataset task = {.name = "needle",
                                    .vocabulary = vocabulary,
                                    .example = example,
                                    .example_at = example_at,
                                    .end_token = end_token,
                                    .floor = task_floor};

/* ---- an untrained model ---- */

struct setting {
    struct untrained untrained;
    struct evaluation_options options;
};

static inline int create(void **state)
{
    static struct setting setting;
    struct setting *s = &setting;
    struct model_options options;
    struct message message = {""};
    *s = (struct setting){.untrained = {.model = NULL}};
    assert_int_equal(option_defaults(model_option_table, &options, &message), STATUS_OK);
    assert_int_equal(option_defaults(evaluation_option_table, &s->options, &message), STATUS_OK);
    assert_int_equal(option_set(evaluation_option_table, &s->options, "", "lengths", "16, 32, 64", &message),
                     STATUS_OK);
    options.width = 16;
    options.initial_deviation = 0.5; /* so that it has opinions */
    s->options.examples = 24;
    untrained_create(&s->untrained, &options, "alibi", "identity", VOCABULARY);
    *state = s;
    return 0;
}

static inline int destroy(void **state)
{
    struct setting *s = *state;
    untrained_release(&s->untrained);
    return 0;
}

struct asked {
    const struct dataset *dataset;
    const char *kind, *key, *value; /* an option; key NULL = none */
    size_t length, threads;
};

static inline enum status try(struct evaluation *out, const struct setting *s, const struct asked *asked,
                              struct message *message)
{
    struct protocol protocol;
    const struct evaluation_request request = {.model = s->untrained.model,
                                               .weights = s->untrained.weights,
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

static inline struct evaluation run(const struct setting *s, const struct asked *asked)
{
    struct message message = {""};
    struct evaluation out;
    if (try(&out, s, asked, &message))
        fail_msg("%s", message.text);
    return out;
}

/* One sequence alone through the model. */
static inline void alone(double *nll, unsigned char *hit, const struct setting *s, const int32_t *tokens,
                         const int32_t *targets, size_t n)
{
    struct workspace *workspace;
    struct message message = {""};
    const struct chunk chunk = {.sequences = 1, .count = &n, .tokens = tokens, .targets = targets};
    assert_int_equal(workspace_create(&workspace, s->untrained.model, 1, n, false, 1, &message), STATUS_OK);
    model_forward(nll, hit, workspace, s->untrained.weights, &chunk);
    workspace_release(workspace);
}

static inline void assert_near(double found, double wanted)
{
    if (!(fabs(found - wanted) <= 1e-5 * fabs(wanted) + 1e-9))
        fail_msg("%.12g instead of %.12g", found, wanted);
}

#endif
