/* folds.c -- what every registered dataset with folds of a file promises: the test blocks are disjoint and
 * together the whole file, and no training window runs over the hole that the test and the validation block
 * leave. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "registry/registry.h"
#include "support/file.h"
#include "support/memory.h"
#include "tests/test.h"

enum { EXAMPLES = 200, FOLDS_MAX = 7 };

static char text_path[] = "/tmp/lexbench-folds-XXXXXX";

/* Long enough that no 41 bytes occur twice. */
static int write_text(void **state)
{
    int descriptor = mkstemp(text_path);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    struct key key = key_named(1, "text of the folds");
    (void)state;
    if (!file)
        return -1;
    for (uint64_t i = 0; i < 5000; i++)
        fputc((int)('a' + random_below(key, i, 26)), file);
    return fclose(file);
}

static int remove_text(void **state)
{
    (void)state;
    return unlink(text_path);
}

static void *open_dataset(const struct dataset *dataset)
{
    struct message message = {""};
    void *state = memory_allocate(1, dataset->state_size, "a dataset", &message);
    assert_non_null(state);
    assert_int_equal(option_defaults(dataset->options, state, &message), STATUS_OK);
    if (option_find(dataset->options, "path"))
        assert_int_equal(option_set(dataset->options, state, dataset->name, "path", text_path, &message),
                         STATUS_OK);
    if (dataset->prepare && dataset->prepare(state, &message))
        fail_msg("%s: %s", dataset->name, message.text);
    return state;
}

/* Their places in the file are known from what stands there: appends the bytes of a split. */
static size_t append_split(unsigned char *out, const struct dataset *dataset, const void *state,
                           enum split split)
{
    size_t begin, length, written = 0, expected = 0;
    for (size_t i = 0; dataset->document(state, split, i, &begin, &length); i++) {
        int32_t *tokens = memory_allocate(length, sizeof *tokens, "tokens", NULL);
        int32_t *targets = memory_allocate(length, sizeof *targets, "targets", NULL);
        assert_true(tokens && targets);
        assert_int_equal(begin, expected); /* disjoint, without a gap */
        dataset->window(state, split, begin, length, tokens, targets);
        for (size_t j = 0; j < length; j++)
            out[written++] = (unsigned char)tokens[j];
        out[written++] = (unsigned char)targets[length - 1];
        expected = begin + length;
        memory_release(tokens);
        memory_release(targets);
    }
    assert_int_equal(expected, dataset->extent(state, split));
    return written;
}

/* Training windows lie in the bytes before the hole or behind it, never across. */
static void check_training(const struct dataset *dataset, const void *state, const unsigned char *before,
                           size_t before_size, const unsigned char *behind, size_t behind_size)
{
    enum { N = 40 };
    int32_t tokens[N], targets[N];
    size_t sides[2] = {0, 0};
    for (uint64_t i = 0; i < EXAMPLES; i++) {
        unsigned char bytes[N + 1];
        bool in_front, at_back;
        dataset->example(state, key_with(key_named(7, "folds"), i), SPLIT_TRAINING, N, tokens, targets, NULL);
        for (size_t j = 0; j < N; j++)
            bytes[j] = (unsigned char)tokens[j];
        bytes[N] = (unsigned char)targets[N - 1];
        in_front = memmem(before, before_size, bytes, N + 1) != NULL;
        at_back = memmem(behind, behind_size, bytes, N + 1) != NULL;
        assert_true(in_front || at_back);
        sides[0] += in_front;
        sides[1] += at_back;
    }
    assert_true((sides[0] > 0 || before_size == 0) && (sides[1] > 0 || behind_size == 0));
}

/* The test blocks of all folds are the file; each is the validation block of the fold before; the rest
 * trains. */
static void check_folds(const struct dataset *dataset, void *state, size_t folds, const unsigned char *file,
                        size_t size, unsigned char *bytes)
{
    struct message message = {""};
    size_t first = 0, test, validation, training, tested[FOLDS_MAX + 1] = {0};
    for (size_t fold = 0; fold < folds; fold++) {
        assert_int_equal(dataset->choose_fold(state, fold, folds, &message), STATUS_OK);
        test = append_split(bytes, dataset, state, SPLIT_TEST);
        assert_true(test >= size / folds && test <= size / folds + 1);
        assert_memory_equal(bytes, file + first, test);
        tested[fold] = first;
        first += test;
    }
    assert_int_equal(first, size);
    tested[folds] = size;
    for (size_t fold = 0; fold < folds; fold++) {
        size_t next = (fold + 1) % folds, begin = tested[fold], end = tested[next + 1];
        size_t before = begin < end ? begin : begin - end, from = begin < end ? 0 : end;
        assert_int_equal(dataset->choose_fold(state, fold, folds, &message), STATUS_OK);
        validation = append_split(bytes, dataset, state, SPLIT_VALIDATION);
        assert_int_equal(validation, tested[next + 1] - tested[next]);
        assert_memory_equal(bytes, file + tested[next], validation);
        training = append_split(bytes, dataset, state, SPLIT_TRAINING);
        assert_int_equal(training, size - validation - (tested[fold + 1] - tested[fold]));
        assert_memory_equal(bytes, file + from, before);
        if (begin < end)
            assert_memory_equal(bytes + before, file + end, training - before);
        check_training(dataset, state, bytes, before, bytes + before, training - before);
    }
}

static void folds_are_disjoint_and_cover(void **unused)
{
    (void)unused;
    for (const struct dataset *const *entry = dataset_list; *entry; entry++) {
        struct message message = {""};
        struct dataset_input input;
        unsigned char *file, *bytes;
        void *state;
        size_t size;
        if (!(*entry)->choose_fold || !(*entry)->input)
            continue;
        assert_true((*entry)->window && (*entry)->document);
        state = open_dataset(*entry);
        (*entry)->input(state, &input);
        assert_int_equal(file_read(&file, &size, input.path, &message), STATUS_OK);
        bytes = memory_allocate(size, 1, "bytes", &message);
        assert_non_null(bytes);
        for (size_t folds = 3; folds <= FOLDS_MAX; folds++)
            check_folds(*entry, state, folds, file, size, bytes);
        memory_release(file);
        memory_release(bytes);
        if ((*entry)->release)
            (*entry)->release(state);
        memory_release(state);
    }
}

static void wrong_folds(void **unused)
{
    static const size_t wrong[][2] = {{0, 0}, {0, 1}, {0, 2}, {3, 3}, {0, 5000}};
    (void)unused;
    for (const struct dataset *const *entry = dataset_list; *entry; entry++) {
        void *state;
        if (!(*entry)->choose_fold || !(*entry)->input)
            continue;
        state = open_dataset(*entry);
        for (size_t i = 0; test_row("wrong", i, sizeof wrong / sizeof *wrong); i++) {
            struct message message = {""};
            assert_int_equal((*entry)->choose_fold(state, wrong[i][0], wrong[i][1], &message), STATUS_WRONG);
            assert_true(strlen(message.text) > 20);
        }
        if ((*entry)->release)
            (*entry)->release(state);
        memory_release(state);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_are_disjoint_and_cover),
        cmocka_unit_test(wrong_folds),
    };
    return cmocka_run_group_tests(tests, write_text, remove_text);
}
