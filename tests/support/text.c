/* text.c -- nearest names, JSON, numbers, UTF-8. */
#include "tests/test.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/text.h"

static const char *const names[] = {"none", "rope", "rope-partial", "alibi", "sinusoidal", "t5", "learned"};
enum { NAMES = sizeof names / sizeof *names };

static void appends(void **state)
{
    struct text text = {0};
    (void)state;
    assert_string_equal(text_string(&text), "");
    for (int i = 0; i < 1000; i++)
        text_append(&text, "%d,", i % 10);
    assert_int_equal(text.length, 2000);
    assert_int_equal(strlen(text.bytes), 2000);
    text_append_bytes(&text, "a\0b", 3);
    assert_int_equal(text.length, 2003);
    assert_memory_equal(text.bytes + 1998, "9,a\0b", 6);
    text_release(&text);
    assert_string_equal(text_string(&text), "");
}

static void failure_lasts(void **state)
{
    struct message message = {""};
    struct text text = {0};
    (void)state;
    assert_int_equal(text_check(&text, "a test", &message), STATUS_OK);
    text_append(&text, "kept");
    text_append_bytes(&text, "x", SIZE_MAX / 4);
    assert_true(text.failed);
    text_append(&text, "more");
    assert_string_equal(text_string(&text), "kept");
    assert_int_equal(text_check(&text, "a test", &message), STATUS_FAILED);
    assert_string_equal(message.text, "no memory for a test");
    text_release(&text);
}

static void strips(void **state)
{
    char line[] = " \t two words \r\n", blank[] = " \n", empty[] = "";
    (void)state;
    assert_string_equal(text_strip(line), "two words");
    assert_string_equal(text_strip(blank), "");
    assert_string_equal(text_strip(empty), "");
}

static void nearest_names(void **state)
{
    static const struct {
        const char *wrong, *out;
        size_t count;
    } cases[] = {
        {"roep", "`rope`", 1},           /* a transposition is one edit */
        {"nope", "`none` or `rope`", 2}, /* equally near: in the order given */
        {"RoPE", "`rope` or `none`", 2}, /* case is no edit, so the nearer one is first */
        {"sinusodial", "`sinusoidal`", 1},
        {"albi", "`alibi`", 1},
        {"t4", "`t5`", 1},
        {"rope-part", "`rope-partial`", 1}, /* a third of nine letters */
        {"ro-part", "", 0},
        {"xy", "", 0}, /* shares nothing with t5 */
        {"", "", 0},
        {"transformer", "", 0},
    };
    (void)state;
    for (size_t i = 0; test_row("cases", i, sizeof cases / sizeof *cases); i++) {
        char out[100];
        assert_int_equal(text_nearest(out, sizeof out, cases[i].wrong, names, NAMES), cases[i].count);
        assert_string_equal(out, cases[i].out);
    }
}

static void at_most_three_nearest_first(void **state)
{
    static const char *const near[] = {"axxde", "abxde", "abcdx", "abcxe", "abcde", "axcde"};
    static const char *const swapped[] = {"abdxy", "abcde"};
    char out[100], small[10], whole_name[200] = {0};
    (void)state;
    assert_int_equal(text_nearest(out, sizeof out, "abcde", near, 6), 3);
    assert_string_equal(out, "`abcde`, `abxde` or `abcdx`");
    assert_int_equal(text_nearest(small, sizeof small, "abcde", near, 6), 3);
    assert_string_equal(small, "`abcde`, ");
    assert_int_equal(text_nearest(out, sizeof out, "abdce", swapped, 2), 2);
    assert_string_equal(out, "`abcde` or `abdxy`"); /* one swap is nearer than two replacements */
    memset(whole_name, 'a', sizeof whole_name - 1);
    assert_int_equal(text_nearest(out, sizeof out, whole_name, near, 6), 0);
}

static void suggestions(void **state)
{
    char out[100], small[12];
    (void)state;
    text_suggest(out, sizeof out, "roep", names, 2);
    assert_string_equal(out, "did you mean `rope`?");
    text_suggest(out, sizeof out, "transformer", names, 3);
    assert_string_equal(out, "valid: none, rope, rope-partial");
    text_suggest(small, sizeof small, "transformer", names, 3);
    assert_string_equal(small, "valid: none");
}

static void json_strings(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"\n\t\r\x01\x1f", "\"\\n\\t\\u000d\\u0001\\u001f\""},
        {"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", "\"\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\""},
        {"a\xFFz", "\"a\xEF\xBF\xBDz\""},
        {"\xC3", "\"\xEF\xBF\xBD\""},
        {"\xC0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    (void)state;
    for (size_t i = 0; test_row("cases", i, sizeof cases / sizeof *cases); i++) {
        struct text text = {0};
        text_append_json(&text, cases[i].in);
        assert_string_equal(text_string(&text), cases[i].out);
        text_release(&text);
    }
}

static void check_number(double value, const char *expected)
{
    struct text text = {0};
    double again;
    text_append_number(&text, value);
    if (expected)
        assert_string_equal(text_string(&text), expected);
    if (isfinite(value)) {
        again = strtod(text_string(&text), NULL);
        assert_memory_equal(&again, &value, sizeof value);
    }
    text_release(&text);
}

static void numbers_come_back(void **state)
{
    (void)state;
    check_number(0, "0");
    check_number(0.1, "0.1");
    check_number(-1.5, "-1.5");
    check_number(1e-8, "1e-08");
    check_number(1099511627776.0, "1099511627776");
    check_number(0.1 + 0.2, "0.30000000000000004");
    check_number(1.0 / 3, "0.3333333333333333");
    check_number(DBL_MAX, NULL);
    check_number(DBL_TRUE_MIN, NULL);
    check_number(nextafter(1, 2), NULL);
    check_number(NAN, "null");
    check_number(INFINITY, "null");
    check_number(-INFINITY, "null");
}

static void utf8(void **state)
{
    static const char *const good[] = {"",
                                       "abc",
                                       "\xC2\x80",
                                       "\xDF\xBF",
                                       "\xE0\xA0\x80",
                                       "\xED\x9F\xBF",
                                       "\xEE\x80\x80",
                                       "\xEF\xBF\xBF",
                                       "\xF0\x90\x80\x80",
                                       "\xF4\x8F\xBF\xBF"};
    static const char *const bad[] = {"\x80",
                                      "\xBF",
                                      "\xC0\xAF",
                                      "\xC1\xBF",
                                      "\xC2",
                                      "\xC2z",
                                      "\xE0\x9F\xBF",
                                      "\xE2\x82",
                                      "\xE2\x82z",
                                      "\xED\xA0\x80",
                                      "\xF0\x8F\xBF\xBF",
                                      "\xF0\x90\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF5\x80\x80\x80",
                                      "\xFF"};
    (void)state;
    for (size_t i = 0; test_row("good", i, sizeof good / sizeof *good); i++)
        assert_true(text_is_utf8(good[i], strlen(good[i])));
    for (size_t i = 0; test_row("bad", i, sizeof bad / sizeof *bad); i++) {
        char line[16];
        assert_false(text_is_utf8(bad[i], strlen(bad[i])));
        snprintf(line, sizeof line, "ab%s", bad[i]);
        assert_false(text_is_utf8(line, strlen(line)));
    }
    assert_false(text_is_utf8("a\0b", 3));
}

static void escapes(void **unused)
{
    unsigned char bytes[64];
    size_t size;
    (void)unused;
    assert_true(text_unescape(bytes, &size, "a\\n\\t\\f\\r\\\\n\\x0aB\\xfF"));
    assert_int_equal(size, 10);
    assert_memory_equal(bytes, "a\n\t\f\r\\n\nB\xff", 10);
    assert_true(text_unescape(bytes, &size, ""));
    assert_int_equal(size, 0);
    assert_false(text_unescape(bytes, &size, "a\\"));
    assert_false(text_unescape(bytes, &size, "\\q"));
    assert_false(text_unescape(bytes, &size, "\\x"));
    assert_false(text_unescape(bytes, &size, "\\x1"));
    assert_false(text_unescape(bytes, &size, "\\x1g"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends),
        cmocka_unit_test(failure_lasts),
        cmocka_unit_test(strips),
        cmocka_unit_test(nearest_names),
        cmocka_unit_test(at_most_three_nearest_first),
        cmocka_unit_test(suggestions),
        cmocka_unit_test(json_strings),
        cmocka_unit_test(numbers_come_back),
        cmocka_unit_test(utf8),
        cmocka_unit_test(escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
