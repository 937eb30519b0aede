/* stream.h -- a whole stream of the dataset prose, for its tests. */
#ifndef LEXBENCH_TEST_STREAM_H
#define LEXBENCH_TEST_STREAM_H

#include <stdio.h>
#include <stdlib.h>

#include "datasets/dataset.h"
#include "datasets/text/prose/narrator.h"
#include "support/memory.h"
#include "tests/test.h"

extern const struct dataset dataset_prose;

struct setting {
    const char *name, *value;
};

/* A whole stream: training is all of it. */
struct stream {
    void *state;
    char *text; /* (count + 1) */
    double *nll;
    size_t count;
};

static void *open_prose(const struct setting *settings)
{
    struct message message = {""};
    void *state = memory_allocate(1, dataset_prose.state_size, "prose", &message);
    assert_non_null(state);
    assert_int_equal(option_defaults(dataset_prose.options, state, &message), STATUS_OK);
    for (; settings && settings->name; settings++)
        if (option_set(dataset_prose.options, state, "prose", settings->name, settings->value, &message) !=
            STATUS_OK)
            fail_msg("%s", message.text);
    if (dataset_prose.prepare(state, &message))
        fail_msg("%s", message.text);
    return state;
}

static void close_prose(void *state)
{
    dataset_prose.release(state);
    memory_release(state);
}

static struct stream open_stream(struct narrator_options options, const char *bytes)
{
    char values[4][32];
    const struct setting settings[] = {{"sentences", values[0]},  {"cast", values[1]}, {"depth", values[2]},
                                       {"topicality", values[3]}, {"validation", "0"}, {"test", "0"},
                                       {"bytes", bytes},          {NULL, NULL}};
    struct stream stream = {.count = (size_t)atoi(bytes)};
    int32_t *tokens, *targets;
    snprintf(values[0], sizeof values[0], "%zu", options.sentences);
    snprintf(values[1], sizeof values[1], "%zu", options.cast);
    snprintf(values[2], sizeof values[2], "%zu", options.depth);
    snprintf(values[3], sizeof values[3], "%.17g", options.topicality);
    stream.state = open_prose(settings);
    stream.text = memory_allocate(stream.count + 1, 1, "text", NULL);
    stream.nll = memory_allocate(stream.count, sizeof *stream.nll, "losses", NULL);
    tokens = memory_allocate(stream.count, sizeof *tokens, "tokens", NULL);
    targets = memory_allocate(stream.count, sizeof *targets, "targets", NULL);
    assert_true(stream.text && stream.nll && tokens && targets);
    assert_int_equal(dataset_prose.extent(stream.state, SPLIT_TRAINING), stream.count - 1);
    dataset_prose.window(stream.state, SPLIT_TRAINING, 0, stream.count - 1, tokens, targets);
    dataset_prose.window_floor(stream.state, SPLIT_TRAINING, 0, stream.count - 1, stream.nll + 1);
    stream.text[0] = (char)tokens[0];
    for (size_t i = 1; i < stream.count; i++)
        stream.text[i] = (char)targets[i - 1];
    stream.nll[0] = 0; /* no window asks for the first byte, which is a T */
    assert_int_equal(stream.text[0], 'T');
    memory_release(tokens);
    memory_release(targets);
    return stream;
}

static void close_stream(struct stream *stream)
{
    close_prose(stream->state);
    memory_release(stream->text);
    memory_release(stream->nll);
}

static const struct narrator_options standard = {.sentences = 40, .cast = 4, .depth = 3, .topicality = 0.8};

#endif
