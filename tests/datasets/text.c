/* text.c -- what only the text dataset promises. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "registry/registry.h"
#include "support/memory.h"
#include "tests/test.h"

extern const struct dataset dataset_text;

static char folder[] = "/tmp/lexbench-text-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void path_of(char path[64], const char *name)
{
    snprintf(path, 64, "%s/%s", folder, name);
}

static void write_file(const char *path, const unsigned char *bytes, size_t count)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, count, file), count);
    assert_int_equal(fclose(file), 0);
}

/* A file in which each byte says where it stands. */
static void write_counting(const char *path, size_t count)
{
    unsigned char *bytes = memory_allocate(count, 1, "a file", NULL);
    assert_non_null(bytes);
    for (size_t i = 0; i < count; i++)
        bytes[i] = (unsigned char)(i % 251);
    write_file(path, bytes, count);
    memory_release(bytes);
}

static enum status try_open(void **state, const char *path, const char *validation, const char *test,
                            struct message *message)
{
    enum status status;
    *state = memory_allocate(1, dataset_text.state_size, "text", message);
    assert_non_null(*state);
    assert_int_equal(option_defaults(dataset_text.options, *state, message), STATUS_OK);
    if (path)
        assert_int_equal(option_set(dataset_text.options, *state, "text", "path", path, message), STATUS_OK);
    assert_int_equal(option_set(dataset_text.options, *state, "text", "validation", validation, message),
                     STATUS_OK);
    assert_int_equal(option_set(dataset_text.options, *state, "text", "test", test, message), STATUS_OK);
    status = dataset_text.prepare(*state, message);
    if (status) {
        memory_release(*state);
        *state = NULL;
    }
    return status;
}

static void close_text(void *state)
{
    dataset_text.release(state);
    memory_release(state);
}

static void blocks_are_contiguous_and_disjoint(void **unused)
{
    static int32_t tokens[251 * 4], targets[251 * 4];
    struct message message = {""};
    size_t first = 0;
    char path[64];
    void *state;
    (void)unused;
    path_of(path, "counting");
    write_counting(path, 1004);
    assert_int_equal(try_open(&state, path, "0.2", "0.3", &message), STATUS_OK);
    for (enum split split = SPLIT_TRAINING; split <= SPLIT_TEST; split++) {
        static const size_t size[] = {503, 200, 301}; /* 1004 cut by 0.2 and 0.3, the rest trains */
        size_t extent = dataset_text.extent(state, split);
        assert_int_equal(extent, size[split] - 1);
        dataset_text.window(state, split, 0, extent, tokens, targets);
        for (size_t i = 0; i < extent; i++) {
            assert_int_equal(tokens[i], (first + i) % 251);
            assert_int_equal(targets[i], (first + i + 1) % 251);
        }
        first += size[split];
    }
    assert_int_equal(first, 1004);
    close_text(state);
    unlink(path);
}

/* Every start is drawn, and never one whose last target lies outside the block. */
static void examples_stay_in_their_block(void **unused)
{
    struct message message = {""};
    struct key key = key_named(1, "blocks");
    int32_t tokens[19], targets[19];
    bool seen[20] = {false};
    char path[64];
    void *state;
    (void)unused;
    path_of(path, "counting");
    write_counting(path, 100);
    assert_int_equal(try_open(&state, path, "0.1", "0.2", &message), STATUS_OK);
    for (uint64_t i = 0; i < 1000; i++) {
        dataset_text.example(state, key_with(key, i), SPLIT_TEST, 6, tokens, targets, NULL);
        assert_in_range(tokens[0], 80, 99);
        assert_in_range(targets[5], 86, 99);
        seen[tokens[0] - 80] = true;
    }
    for (size_t i = 0; i < 20; i++)
        assert_int_equal(seen[i], i < 14);
    assert_int_equal(dataset_text.refuses(state, SPLIT_TEST, 19, &message), STATUS_OK);
    dataset_text.example(state, key, SPLIT_TEST, 19, tokens, targets, NULL);
    assert_int_equal(tokens[0], 80); /* the one window of this length */
    assert_int_equal(targets[18], 99);
    assert_int_equal(dataset_text.refuses(state, SPLIT_TEST, 20, &message), STATUS_WRONG);
    close_text(state);
    unlink(path);
}

static void input_is_recorded(void **unused)
{
    struct dataset_input input;
    struct message message = {""};
    char path[64];
    void *state;
    (void)unused;
    path_of(path, "abc");
    write_file(path, (const unsigned char *)"abc", 3);
    assert_int_equal(try_open(&state, path, "0.1", "0.1", &message), STATUS_OK);
    dataset_text.input(state, &input);
    assert_string_equal(input.path, path);
    assert_int_equal(input.bytes, 3);
    /* FIPS 180-2, appendix B.1 */
    assert_string_equal(input.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    close_text(state);
    unlink(path);
}

static void expect_refusal(const char *path, const char *validation, const char *test, const char *part)
{
    struct message message = {""};
    void *state;
    assert_int_equal(try_open(&state, path, validation, test, &message), STATUS_WRONG);
    if (!strstr(message.text, part))
        fail_msg("\"%s\" does not say \"%s\"", message.text, part);
}

static void wrong_files(void **unused)
{
    struct message message = {""};
    char path[64], sentence[300];
    void *state;
    (void)unused;
    path_of(path, "missing");
    expect_refusal(path, "0.1", "0.1", path);
    expect_refusal(folder, "0.1", "0.1", folder);
    path_of(path, "empty");
    write_file(path, (const unsigned char *)"", 0);
    expect_refusal(path, "0.1", "0.1", "is empty");
    unlink(path);

    path_of(path, "ten");
    write_file(path, (const unsigned char *)"0123456789", 10);
    expect_refusal(path, "0.5", "0.5", "leave nothing to train on");
    assert_int_equal(try_open(&state, path, "0.1", "0.1", &message), STATUS_OK);
    assert_int_equal(dataset_text.refuses(state, SPLIT_TRAINING, 7, &message), STATUS_OK);
    assert_int_equal(dataset_text.refuses(state, SPLIT_TRAINING, 64, &message), STATUS_WRONG);
    snprintf(sentence, sizeof sentence,
             "%s: its training block has 8 bytes, but a window of 64 tokens needs 65; use a longer text, a "
             "shorter "
             "length or a larger share",
             path);
    assert_string_equal(message.text, sentence);
    assert_int_equal(dataset_text.refuses(state, SPLIT_TEST, 1, &message), STATUS_WRONG);
    assert_int_equal(dataset_text.refuses(state, SPLIT_TEST, SIZE_MAX, &message), STATUS_WRONG);
    close_text(state);
    unlink(path);
}

/* GNUHELP decides where the manual is; a path that is not there is named. */
static void manual_by_environment(void **unused)
{
    struct dataset_input input;
    struct message message = {""};
    char path[64];
    void *state;
    (void)unused;
    path_of(path, "manual.gih");
    assert_int_equal(setenv("GNUHELP", path, 1), 0);
    expect_refusal(NULL, "0.1", "0.1", path);
    write_counting(path, 1000);
    assert_int_equal(try_open(&state, NULL, "0.1", "0.1", &message), STATUS_OK);
    dataset_text.input(state, &input);
    assert_string_equal(input.path, path);
    close_text(state);
    unlink(path);
    unsetenv("GNUHELP");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_contiguous_and_disjoint),
        cmocka_unit_test(examples_stay_in_their_block),
        cmocka_unit_test(input_is_recorded),
        cmocka_unit_test(wrong_files),
        cmocka_unit_test(manual_by_environment),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
