/* file.c -- published whole, sealed, and what is said of files that are not. */
#include "tests/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/file.h"
#include "support/memory.h"

static char folder[64];

static const char *in_folder(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/lexbench-test-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

/* The names in the folder, hidden ones too, as one string. */
static void assert_folder_has(const char *expected)
{
    char **names, all[256] = "";
    struct message message;
    size_t count;
    assert_int_equal(file_list(&names, &count, folder, "", &message), STATUS_OK);
    for (size_t i = 0; i < count; i++) {
        strncat(all, names[i], 50);
        strcat(all, " ");
        memory_release(names[i]);
    }
    memory_release(names);
    assert_string_equal(all, expected);
}

static void assert_content(const char *name, const void *expected, size_t size)
{
    struct message message = {""};
    unsigned char *bytes;
    size_t got;
    assert_int_equal(file_read(&bytes, &got, in_folder(name), &message), STATUS_OK);
    assert_int_equal(got, size);
    assert_memory_equal(bytes, expected, size);
    assert_int_equal(bytes[got], 0);
    memory_release(bytes);
}

static void published_and_read(void **state)
{
    enum { LARGE = 300001 };
    char *large = memory_allocate(LARGE, 1, "test", NULL);
    struct message message;
    (void)state;
    for (size_t i = 0; i < LARGE; i++)
        large[i] = (char)(i * 31);
    assert_int_equal(file_publish(in_folder("a"), "one\0two", 7, &message), STATUS_OK);
    assert_content("a", "one\0two", 7);
    assert_int_equal(file_publish(in_folder("a"), large, LARGE, &message), STATUS_OK); /* over the old one */
    assert_content("a", large, LARGE);
    assert_int_equal(file_publish(in_folder("empty"), "", 0, &message), STATUS_OK);
    assert_content("empty", "", 0);
    assert_folder_has("a empty ");
    memory_release(large);
}

/* A file whose size the system does not tell beforehand. */
static void files_of_unknown_size(void **state)
{
    struct message message = {""};
    unsigned char *bytes;
    size_t size;
    (void)state;
    if (!file_exists("/proc/self/status"))
        skip();
    assert_int_equal(file_read(&bytes, &size, "/proc/self/status", &message), STATUS_OK);
    assert_true(size > 10 && strlen((char *)bytes) == size);
    memory_release(bytes);
}

static void unreadable(void **state)
{
    struct message message = {""};
    unsigned char *bytes;
    size_t size;
    (void)state;
    assert_int_equal(file_read(&bytes, &size, in_folder("absent"), &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "absent: No such file"));
    assert_int_equal(file_read(&bytes, &size, folder, &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "folder"));
    assert_int_equal(file_read_sealed(&bytes, &size, in_folder("absent"), &message), STATUS_WRONG);
}

static void publishing_fails_with_a_sentence(void **state)
{
    struct message message = {""};
    (void)state;
    assert_int_equal(file_publish(in_folder("missing/a"), "x", 1, &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "missing/a"));
    assert_non_null(strstr(message.text, "No such file or directory"));
    assert_int_equal(mkdir(in_folder("place"), 0777), 0);
    assert_int_equal(file_publish(in_folder("place"), "x", 1, &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "folder"));
    assert_int_equal(mkfifo(in_folder("pipe"), 0666), 0); /* nor over /dev/null, by root */
    assert_int_equal(file_publish(in_folder("pipe"), "x", 1, &message), STATUS_FAILED);
    assert_folder_has("pipe place ");
}

/* A limit on the size of files stands for a full disk: the old file stays, no temporary is left. */
static void no_room(void **state)
{
    enum { LARGE = 100000 };
    char *large = memory_allocate(LARGE, 1, "test", NULL);
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    struct rlimit before, small;
    struct message message = {""};
    enum status status;
    (void)state;
    assert_int_equal(file_publish(in_folder("a"), "old", 3, &message), STATUS_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){.rlim_cur = 4096, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    status = file_publish(in_folder("a"), large, LARGE, &message);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    assert_int_equal(status, STATUS_FAILED);
    assert_non_null(strstr(message.text, "File too large"));
    assert_content("a", "old", 3);
    assert_folder_has("a ");
    memory_release(large);
}

/* A temporary that a killed process with our number left behind is in nobody's way. */
static void stale_temporary(void **state)
{
    struct message message;
    char name[160], host[80] = "";
    (void)state;
    gethostname(host, sizeof host - 1);
    snprintf(name, sizeof name, ".lexbench-%ld-0@%s.new", (long)getpid(), host);
    assert_int_equal(file_append_line(in_folder(name), "half", &message), STATUS_OK);
    assert_int_equal(file_publish(in_folder("a"), "new", 3, &message), STATUS_OK);
    assert_content("a", "new", 3);
    assert_content(name, "half\n", 5);
}

/* What dead processes of this host left goes; what a live one, or one of another host, writes stays. */
static void tidied(void **state)
{
    static const char *const elsewhere = ".lexbench-999999999-0@elsewhere.new";
    struct message message;
    char host[80] = "", dead[160], live[160];
    (void)state;
    gethostname(host, sizeof host - 1);
    snprintf(dead, sizeof dead, ".lexbench-999999999-0@%s.new", host);
    snprintf(live, sizeof live, ".lexbench-%ld-7@%s.new", (long)getpid(), host);
    assert_int_equal(file_append_line(in_folder(dead), "x", &message), STATUS_OK);
    assert_int_equal(file_append_line(in_folder(live), "x", &message), STATUS_OK);
    assert_int_equal(file_append_line(in_folder(elsewhere), "x", &message), STATUS_OK);
    file_tidy(folder);
    assert_false(file_exists(in_folder(dead)));
    assert_true(file_exists(in_folder(live)));
    assert_true(file_exists(in_folder(elsewhere)));
}

static void assert_seal(const char *word)
{
    struct message message = {""};
    unsigned char *bytes = NULL;
    size_t size;
    enum status status = file_read_sealed(&bytes, &size, in_folder("sealed"), &message);
    if (status != STATUS_FAILED || !strstr(message.text, word) || !strstr(message.text, "/sealed"))
        fail_msg("expected `%s`, got status %d: %s", word, (int)status, message.text);
}

/* Layout: bytes, "lexbench", 64-bit little-endian size, SHA-256 of the bytes. */
static void sealed_layout(void **state)
{
    static const unsigned char expected[] =
        "abc"
        "lexbench\x03\0\0\0\0\0\0\0"
        "\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23"
        "\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad";
    struct message message;
    unsigned char *bytes;
    size_t size;
    (void)state;
    assert_int_equal(file_publish_sealed(in_folder("sealed"), "abc", 3, &message), STATUS_OK);
    assert_content("sealed", expected, sizeof expected - 1);
    assert_int_equal(file_read_sealed(&bytes, &size, in_folder("sealed"), &message), STATUS_OK);
    assert_int_equal(size, 3);
    assert_string_equal((char *)bytes, "abc");
    memory_release(bytes);
    assert_int_equal(file_publish_sealed(in_folder("sealed"), "", 0, &message), STATUS_OK);
    assert_int_equal(file_read_sealed(&bytes, &size, in_folder("sealed"), &message), STATUS_OK);
    assert_int_equal(size, 0);
    memory_release(bytes);
    assert_folder_has("sealed ");
}

/* Every cut and every flipped bit of a sealed file is found. */
static void sealed_damaged(void **state)
{
    static const char content[] = "the bytes of a result";
    struct message message;
    unsigned char *whole;
    size_t size;
    (void)state;
    assert_int_equal(file_publish_sealed(in_folder("sealed"), content, sizeof content, &message), STATUS_OK);
    assert_int_equal(file_read(&whole, &size, in_folder("sealed"), &message), STATUS_OK);
    for (size_t cut = 0; cut < size; cut++) {
        assert_int_equal(file_publish(in_folder("sealed"), whole, cut, &message), STATUS_OK);
        assert_seal("truncated");
        if (cut >= sizeof content + 8) /* the magic is still there: no doubt is left */
            assert_seal("the last bytes of its seal are missing");
    }
    for (size_t i = 0; i < size; i++) {
        whole[i] ^= 4;
        assert_int_equal(file_publish(in_folder("sealed"), whole, size, &message), STATUS_OK);
        assert_seal(i < sizeof content || i >= sizeof content + 8 ? "altered"
                                                                  : "not a file that lexbench wrote");
        whole[i] ^= 4;
    }
    memory_release(whole);
}

static void sealed_foreign(void **state)
{
    static const char bytes[] =
        "\x89HDF\r\n\x1a\n some other program wrote this, and it is longer than a seal";
    struct message message;
    (void)state;
    assert_int_equal(file_publish(in_folder("sealed"), bytes, sizeof bytes, &message), STATUS_OK);
    assert_seal("not a file that lexbench wrote");
    assert_int_equal(file_publish(in_folder("sealed"), "short", 5, &message), STATUS_OK);
    assert_seal("not a file that lexbench wrote");
}

static void lines_are_added(void **state)
{
    struct message message = {""};
    (void)state;
    assert_int_equal(file_append_line(in_folder("log"), "one", &message), STATUS_OK);
    assert_int_equal(file_append_line(in_folder("log"), "", &message), STATUS_OK);
    assert_int_equal(file_append_line(in_folder("log"), "{\"step\": 2}", &message), STATUS_OK);
    assert_content("log", "one\n\n{\"step\": 2}\n", 17);
    assert_int_equal(file_append_line(in_folder("missing/log"), "one", &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "missing/log: No such file"));
    if (file_exists("/dev/full")) {
        assert_int_equal(file_append_line("/dev/full", "one", &message), STATUS_FAILED);
        assert_non_null(strstr(message.text, "No space left"));
    }
}

static void folders(void **state)
{
    struct message message = {""};
    (void)state;
    assert_int_equal(file_make_folders(in_folder("x/y//z/"), &message), STATUS_OK);
    assert_int_equal(file_make_folders(in_folder("x/y/z"), &message), STATUS_OK);
    assert_true(file_exists(in_folder("x/y/z")));
    assert_false(file_exists(in_folder("x/y/z/q")));
    assert_int_equal(file_publish(in_folder("x/plain"), "", 0, &message), STATUS_OK);
    assert_int_equal(file_make_folders(in_folder("x/plain/q"), &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "x/plain: Not a directory"));
}

static void names_are_listed(void **state)
{
    static const char *const made[] = {"b.h5", "a.h5", "B.h5", "c.txt", "h5", ".h5", "a-.h5"};
    static const char *const expected[] = {".h5", "B.h5", "a-.h5", "a.h5", "b.h5"};
    struct message message = {""};
    char **names, *path;
    size_t count;
    (void)state;
    for (size_t i = 0; test_row("made", i, sizeof made / sizeof *made); i++)
        assert_int_equal(file_publish(in_folder(made[i]), "", 0, &message), STATUS_OK);
    assert_int_equal(file_list(&names, &count, folder, ".h5", &message), STATUS_OK);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(names[i], expected[i]);
        memory_release(names[i]);
    }
    memory_release(names);
    assert_int_equal(file_list(&names, &count, folder, ".csv", &message), STATUS_OK);
    assert_int_equal(count, 0);
    memory_release(names);
    assert_int_equal(file_list(&names, &count, in_folder("missing"), "", &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "missing: No such file"));
    path = file_join("a/", "b");
    assert_string_equal(path, "a/b");
    memory_release(path);
    path = file_join("a", "b");
    assert_string_equal(path, "a/b");
    memory_release(path);
}

#define in_new_folder(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        in_new_folder(published_and_read),
        in_new_folder(files_of_unknown_size),
        in_new_folder(unreadable),
        in_new_folder(publishing_fails_with_a_sentence),
        in_new_folder(no_room),
        in_new_folder(stale_temporary),
        in_new_folder(tidied),
        in_new_folder(sealed_layout),
        in_new_folder(sealed_damaged),
        in_new_folder(sealed_foreign),
        in_new_folder(lines_are_added),
        in_new_folder(folders),
        in_new_folder(names_are_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
