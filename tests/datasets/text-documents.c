/* text-documents.c -- begin tokens, documents kept apart, folds. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/datasets/fixture.h"

extern const struct dataset dataset_text;

static char path[] = "/tmp/lexbench-documents-XXXXXX";

static int make_file(void **state)
{
    int descriptor = mkstemp(path);
    (void)state;
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_file(const char *bytes, size_t count)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

static void close_text(void *state)
{
    dataset_text.release(state);
    memory_release(state);
}

/* settings: at most 6, NULL-ended. */
static void *open_text(const struct setting *settings)
{
    struct setting all[8] = {{"path", path}};
    for (size_t i = 0; settings[i].name; i++)
        all[i + 1] = settings[i];
    return open_task(&dataset_text, all);
}

/* The same targets with and without, and no other token changes. */
static void begin_token(void **unused)
{
    const struct setting on[] = {{"begin_token", "on"}, {NULL, NULL}}, off[] = {{NULL, NULL}};
    struct key key = key_named(1, "begin");
    int32_t plain[2][30], begun[2][30];
    char counting[1000];
    void *without, *with;
    (void)unused;
    for (size_t i = 0; i < sizeof counting; i++)
        counting[i] = (char)(i % 251); /* each byte says where it stands */
    write_file(counting, sizeof counting);
    without = open_text(off);
    with = open_text(on);
    assert_int_equal(dataset_text.vocabulary(without), 256);
    assert_int_equal(dataset_text.vocabulary(with), 257);
    assert_int_equal(dataset_text.extent(with, SPLIT_TEST), dataset_text.extent(without, SPLIT_TEST));
    for (uint64_t i = 0; i < 40; i++) {
        for (size_t j = 0; j < 2; j++) {
            void *state = j == 0 ? without : with;
            int32_t(*out)[30] = j == 0 ? plain : begun;
            if (i % 2 == 0)
                dataset_text.example(state, key_with(key, i), SPLIT_TEST, 30, out[0], out[1], NULL);
            else
                dataset_text.window(state, SPLIT_TEST, i, 30, out[0], out[1]);
        }
        assert_int_equal(begun[0][0], 256);
        assert_true(dataset_text.verify(with, 30, begun[0], begun[1]));
        assert_false(dataset_text.verify(with, 30, plain[0], plain[1]));
        begun[0][0] = plain[0][0];
        assert_memory_equal(begun, plain, sizeof plain);
    }
    close_text(without);
    close_text(with);
}

/* Two separators in a row, one at the end; training is "one\n--two\n--", so "three" is cut in two, and the
 * single "r" holds nothing to predict. */
static const char tale[] = "one\n--two\n----threefold--four--";

static void expect_document(const void *state, enum split split, size_t index, const char *text)
{
    size_t begin, length;
    int32_t tokens[32], targets[32];
    assert_true(dataset_text.document(state, split, index, &begin, &length));
    assert_int_equal(length, strlen(text) - 1);
    dataset_text.window(state, split, begin, length, tokens, targets);
    for (size_t i = 0; i < length; i++) {
        assert_int_equal(tokens[i], text[i]);
        assert_int_equal(targets[i], text[i + 1]);
    }
    assert_false(dataset_text.document(state, split, index + 100, &begin, &length));
}

static void documents_kept_apart(void **unused)
{
    const struct setting settings[] = {{"documents", "separate"},
                                       {"separator", "\\x2d-"},
                                       {"validation", "0.1"},
                                       {"test", "0.4"},
                                       {NULL, NULL}};
    struct message message = {""};
    size_t begin, length;
    char sentence[400];
    void *state;
    (void)unused;
    write_file(tale, strlen(tale)); /* 31 bytes: 16, 3 and 12 */
    state = open_text(settings);
    expect_document(state, SPLIT_TRAINING, 0, "one\n");
    expect_document(state, SPLIT_TRAINING, 1, "two\n");
    expect_document(state, SPLIT_TRAINING, 2, "th");
    assert_false(dataset_text.document(state, SPLIT_TRAINING, 3, &begin, &length));
    expect_document(state, SPLIT_VALIDATION, 0, "ree");
    assert_false(dataset_text.document(state, SPLIT_VALIDATION, 1, &begin, &length));
    expect_document(state, SPLIT_TEST, 0, "fold");
    expect_document(state, SPLIT_TEST, 1, "four");
    assert_false(dataset_text.document(state, SPLIT_TEST, 2, &begin, &length));
    assert_int_equal(dataset_text.extent(state, SPLIT_TEST), 6);
    assert_int_equal(dataset_text.refuses(state, SPLIT_TEST, 3, &message), STATUS_OK);
    assert_int_equal(dataset_text.refuses(state, SPLIT_TEST, 4, &message), STATUS_WRONG);
    snprintf(
        sentence, sizeof sentence,
        "%s: 0 of the 2 documents of its test block are long enough for a window of 4 tokens, which needs 5 "
        "bytes: the longest has 4; use shorter lengths, longer documents (separator = \\x2d-) or documents = "
        "join",
        path);
    assert_string_equal(message.text, sentence);
    close_text(state);
}

/* Examples are all windows within a document, each as often as any other; a window asked for beyond its
 * document scores nothing there. */
static void windows_within_documents(void **unused)
{
    enum { TRIALS = 8000 };
    const struct setting settings[] = {
        {"documents", "separate"}, {"separator", "|"}, {"validation", "0"}, {"test", "0"}, {NULL, NULL}};
    static const char text[] = "abcdefg|hi|jklmn|o|pq";
    static const char crossing[] = "efhjkl";
    struct key key = key_named(1, "documents");
    int32_t tokens[6], targets[6];
    size_t count['q' + 1] = {0};
    void *state;
    (void)unused;
    write_file(text, strlen(text));
    state = open_text(settings);
    expect_document(state, SPLIT_TRAINING, 0, "abcdefg");
    expect_document(state, SPLIT_TRAINING, 1, "hi");
    expect_document(state, SPLIT_TRAINING, 2, "jklmn");
    expect_document(state, SPLIT_TRAINING, 3, "pq"); /* a single letter has no prediction */
    for (uint64_t i = 0; i < TRIALS; i++) {
        dataset_text.example(state, key_with(key, i), SPLIT_TRAINING, 3, tokens, targets, NULL);
        assert_true(dataset_text.verify(state, 3, tokens, targets));
        assert_in_range(tokens[0], 'a', 'q');
        count[tokens[0]]++;
    }
    for (int letter = 'a'; letter <= 'q'; letter++)
        if (strchr("abcdjk", letter)) /* TRIALS / 6 each, five deviations */
            assert_in_range(count[letter], 1333 - 167, 1333 + 167);
        else
            assert_int_equal(count[letter], 0);
    dataset_text.window(state, SPLIT_TRAINING, 4, 6, tokens, targets);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(tokens[i], crossing[i]);
        assert_int_equal(targets[i], i < 2 ? crossing[i] + 1 : UNSCORED);
    }
    assert_false(dataset_text.verify(state, 6, tokens, targets));
    targets[0] = 'b', targets[1] = '|';
    tokens[0] = 'a', tokens[1] = 'b';
    assert_false(dataset_text.verify(state, 2, tokens, targets));
    close_text(state);
}

static void wrong_separators(void **unused)
{
    static const char *const wrong[] = {"", "\\", "\\q", "a\\x1"};
    (void)unused;
    write_file("0123456789", 10);
    for (size_t i = 0; test_row("wrong", i, sizeof wrong / sizeof *wrong); i++) {
        struct message message = {""};
        void *state = memory_allocate(1, dataset_text.state_size, "text", NULL);
        assert_non_null(state);
        assert_int_equal(option_defaults(dataset_text.options, state, &message), STATUS_OK);
        assert_int_equal(option_set(dataset_text.options, state, "text", "path", path, &message), STATUS_OK);
        assert_int_equal(option_set(dataset_text.options, state, "text", "separator", wrong[i], &message),
                         STATUS_OK);
        assert_int_equal(dataset_text.prepare(state, &message), STATUS_WRONG);
        assert_non_null(
            strstr(message.text, "it must not be empty, and behind a \\ stands n, t, f, r, \\, or x"));
        memory_release(state);
    }
}

/* 10 bytes in 3 folds: 012, 345, 6789.  The hole of fold 2 goes around the end. */
static void folds_by_hand(void **unused)
{
    static const char *const expected[3][3] = {
        {"6789", "345", "012"}, {"012", "6789", "345"}, {"345", "012", "6789"}};
    struct message message = {""};
    void *state;
    (void)unused;
    write_file("0123456789", 10);
    state = open_text((const struct setting[]){{NULL, NULL}});
    for (size_t fold = 0; fold < 3; fold++) {
        assert_int_equal(dataset_text.choose_fold(state, fold, 3, &message), STATUS_OK);
        for (enum split split = SPLIT_TRAINING; split <= SPLIT_TEST; split++)
            expect_document(state, split, 0, expected[fold][split]);
    }
    assert_int_equal(dataset_text.choose_fold(state, 1, 5, &message), STATUS_OK);
    expect_document(state, SPLIT_TRAINING, 0, "01");
    expect_document(state, SPLIT_TRAINING, 1, "6789");
    assert_int_equal(dataset_text.refuses(state, SPLIT_TRAINING, 3, &message), STATUS_OK);
    assert_int_equal(dataset_text.refuses(state, SPLIT_TRAINING, 4, &message),
                     STATUS_WRONG); /* 01|6789 is no text */
    assert_int_equal(dataset_text.choose_fold(state, 5, 5, &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "fold 5 of 5 cannot be had from the 10 bytes"));
    close_text(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(begin_token),
        cmocka_unit_test(documents_kept_apart),
        cmocka_unit_test(windows_within_documents),
        cmocka_unit_test(wrong_separators),
        cmocka_unit_test(folds_by_hand),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
