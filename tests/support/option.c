/* option.c -- every type, every refusal, and back. */
#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "support/option.h"

struct sample {
    size_t steps;
    double rate;
    bool tied;
    int scaling;
    struct length window;
    double factor;
    char path[OPTION_TEXT_SIZE];
    struct length_list lengths;
};

static const char *const scalings[] = {"none", "ntk", "yarn", NULL};
static const struct option table[] = {
    {"steps", OPTION_SIZE, offsetof(struct sample, steps), "600", 1, 1e6, NULL, "updates"},
    {"rate", OPTION_REAL, offsetof(struct sample, rate), "0.001", 0, 1, NULL, "peak rate"},
    {"tied", OPTION_BOOLEAN, offsetof(struct sample, tied), "on", 0, 0, NULL, "one table"},
    {"scaling", OPTION_CHOICE, offsetof(struct sample, scaling), "none", 0, 0, scalings, "how"},
    {"window", OPTION_LENGTH, offsetof(struct sample, window), "0.25L", 0, 1e6, NULL, "keys seen"},
    {"factor", OPTION_FACTOR, offsetof(struct sample, factor), "auto", 1, 1000, NULL, "stretch"},
    {"path", OPTION_TEXT, offsetof(struct sample, path), "", 0, 0, NULL, "file"},
    {"lengths", OPTION_LENGTHS, offsetof(struct sample, lengths), "1L, 2L, 512", 0, 0, NULL, "n"},
    {.name = NULL},
};

static void set(struct sample *sample, const char *name, const char *value)
{
    struct message message = {""};
    if (option_set(table, sample, "rope", name, value, &message))
        fail_msg("%s = %s: %s", name, value, message.text);
}

/* Refused with a sentence that has all the words; the object stays as it was. */
static void refused(const char *name, const char *value, const char *word, const char *other)
{
    struct sample sample, before;
    struct message message = {""};
    memset(&sample, 0, sizeof sample);
    assert_int_equal(option_defaults(table, &sample, &message), STATUS_OK);
    before = sample;
    if (option_set(table, &sample, "rope", name, value, &message) != STATUS_WRONG)
        fail_msg("%s = `%s` was accepted", name, value);
    assert_memory_equal(&sample, &before, sizeof sample);
    if (!strstr(message.text, "rope") || !strstr(message.text, name) || !strstr(message.text, word) ||
        !strstr(message.text, other))
        fail_msg("%s = `%s`: the sentence lacks a word: %s", name, value, message.text);
}

static void defaults(void **state)
{
    struct sample sample;
    struct message message;
    (void)state;
    memset(&sample, 0xAB, sizeof sample);
    assert_int_equal(option_defaults(table, &sample, &message), STATUS_OK);
    assert_int_equal(sample.steps, 600);
    assert_true(sample.rate == 0.001 && sample.tied && sample.scaling == 0 && sample.factor == 0);
    assert_true(sample.window.relative && sample.window.value == 0.25);
    assert_string_equal(sample.path, "");
    assert_int_equal(sample.lengths.count, 3);
    assert_true(sample.lengths.at[1].relative && sample.lengths.at[1].value == 2);
    assert_true(!sample.lengths.at[2].relative && sample.lengths.at[2].value == 512);
    assert_int_equal(option_defaults(NULL, NULL, &message), STATUS_OK);
}

static void a_bad_default_is_a_defect(void **state)
{
    static const struct option bad[] = {
        {"steps", OPTION_SIZE, 0, "many", 1, 2, NULL, ""},
        {.name = NULL},
    };
    struct message message = {""};
    size_t steps = 0;
    (void)state;
    assert_int_equal(option_defaults(bad, &steps, &message), STATUS_FAILED);
    assert_non_null(strstr(message.text, "many"));
}

static void every_type_is_read(void **state)
{
    struct sample sample = {0};
    (void)state;
    set(&sample, "steps", "1000000");
    set(&sample, "rate", "1e-3");
    set(&sample, "tied", "off");
    set(&sample, "scaling", "yarn");
    set(&sample, "window", "64");
    set(&sample, "factor", "2.5");
    set(&sample, "path", "a folder/file.txt");
    set(&sample, "lengths", "L,4L ,  256");
    assert_int_equal(sample.steps, 1000000);
    assert_true(sample.rate == 0.001 && !sample.tied && sample.scaling == 2 && sample.factor == 2.5);
    assert_true(!sample.window.relative && sample.window.value == 64);
    assert_string_equal(sample.path, "a folder/file.txt");
    assert_int_equal(sample.lengths.count, 3);
    assert_true(sample.lengths.at[0].relative && sample.lengths.at[0].value == 1);
    assert_true(!sample.lengths.at[2].relative && sample.lengths.at[2].value == 256);
    set(&sample, "factor", "auto");
    assert_true(sample.factor == 0);
    set(&sample, "rate", "-0");
    assert_false(signbit(sample.rate));
}

static void whole_numbers_refused(void **state)
{
    static const char *const values[] = {"",
                                         "0",
                                         "-1",
                                         "+5",
                                         "1.0",
                                         "1e3",
                                         " 5",
                                         "5 ",
                                         "5x",
                                         "0x10",
                                         "1000001",
                                         "18446744073709551616",
                                         "99999999999999999999999",
                                         "nan",
                                         "five"};
    (void)state;
    for (size_t i = 0; test_row("values", i, sizeof values / sizeof *values); i++)
        refused("steps", values[i], values[i], "whole number from 1 to 1000000");
}

static void numbers_refused(void **state)
{
    static const char *const values[] = {"",       "nan", "inf",  "-inf", "1e999", "1e-400",
                                         "0x1p-3", "0,5", "0.5x", " 0.5", "0.5 ",  "1.1",
                                         "-0.1",   "e",   ".",    "1e",   "--1"};
    (void)state;
    for (size_t i = 0; test_row("values", i, sizeof values / sizeof *values); i++)
        refused("rate", values[i], values[i], "number from 0 to 1");
}

static void words_refused(void **state)
{
    (void)state;
    refused("tied", "true", "true", "on or off");
    refused("tied", "ON", "ON", "on or off");
    refused("tied", "", "``", "on or off");
    refused("scaling", "ntkk", "ntkk", "one of none, ntk, yarn");
    refused("scaling", "", "``", "one of none, ntk, yarn");
    refused("factor", "0", "`0`", "auto");
    refused("factor", "0.5", "0.5", "from 1 to 1000, or auto");
    refused("factor", "Auto", "Auto", "auto");
    refused("factor", "1001", "1001", "from 1 to 1000");
}

static void lengths_refused(void **state)
{
    static const char *const values[] = {
        "0",
        "-4",
        "0L",
        "-1L",
        "1e30",
        "1e30L",
        "1099511627777",
        "1e999",
        "nan",
        "nanL",
        "inf",
        "4l",
        "4LL",
        "4 L",
        "L4",
        "2.5",
        "64x",
        "0x40",
        " 64",
        "00000000000000000000000000000000000000000000000000000000000000000001"};
    char many[400] = "1";
    (void)state;
    for (size_t i = 0; test_row("values", i, sizeof values / sizeof *values); i++) {
        refused("window", values[i], values[i], "length");
        if (values[i][0] != ' ') /* blanks around the parts of a list are fine */
            refused("lengths", values[i], values[i], "length");
    }
    refused("window", "", "length", "256");
    refused("window", "1000001", "1000001", "to 1000000");
    refused("window", "1e7L", "1e7L", "to 1000000");
    refused("window", "2.5", "2.5L", "whole");
    refused("lengths", "", "commas", "4L");
    refused("lengths", "1L,,2L", "commas", "4L");
    refused("lengths", "1L,", "commas", "4L");
    refused("lengths", "1L, 0", "out of range", "0");
    for (int i = 1; i < OPTION_LENGTHS_MAX; i++)
        strcat(many, ",1");
    {
        struct sample sample = {0};

        set(&sample, "lengths", many);
        assert_int_equal(sample.lengths.count, OPTION_LENGTHS_MAX);
    }
    refused("lengths", strcat(many, ",1"), "64", "more than");
}

static void texts_refused(void **state)
{
    char full[OPTION_TEXT_SIZE + 1];
    struct sample sample = {0};
    (void)state;
    memset(full, 'a', sizeof full);
    full[OPTION_TEXT_SIZE] = '\0';
    refused("path", full, "512", "511");
    full[OPTION_TEXT_SIZE - 1] = '\0';
    set(&sample, "path", full);
    assert_string_equal(sample.path, full);
    refused("path", "a\xFFz", "UTF-8", "");
    refused("path", "two\nlines", "control", "4");
}

static void unknown_options(void **state)
{
    struct sample sample = {0};
    struct message message = {""};
    (void)state;
    assert_int_equal(option_set(table, &sample, "[training]", "stepz", "1", &message), STATUS_WRONG);
    assert_string_equal(message.text, "[training] has no option `stepz`; did you mean `steps`?");
    assert_int_equal(option_set(table, &sample, "rope", "momentum", "1", &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "valid: steps, rate, tied, scaling, window, factor, path, lengths"));
    assert_int_equal(option_set(NULL, NULL, "none", "base", "1", &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "none has no options"));
    assert_ptr_equal(option_find(table, "tied"), &table[2]);
    assert_null(option_find(table, "tie"));
    assert_null(option_find(NULL, "tied"));
}

/* Without a range the type's own limits hold. */
static void limits_of_types(void **state)
{
    static const struct option free_table[] = {
        {"count", OPTION_SIZE, offsetof(struct sample, steps), "0", 0, 0, NULL, ""},
        {"real", OPTION_REAL, offsetof(struct sample, rate), "0", 0, 0, NULL, ""},
        {"factor", OPTION_FACTOR, offsetof(struct sample, factor), "auto", 0, 10, NULL, ""},
        {.name = NULL},
    };
    struct sample sample = {0};
    struct message message;
    (void)state;
    assert_int_equal(option_set(free_table, &sample, "x", "count", "18446744073709551615", &message),
                     STATUS_OK);
    assert_true(sample.steps == SIZE_MAX);
    assert_int_equal(option_set(free_table, &sample, "x", "count", "18446744073709551616", &message),
                     STATUS_WRONG);
    assert_int_equal(option_set(free_table, &sample, "x", "real", "-1e300", &message), STATUS_OK);
    assert_true(sample.rate == -1e300);
    assert_int_equal(option_set(free_table, &sample, "x", "real", "1e999", &message), STATUS_WRONG);
    assert_int_equal(option_set(free_table, &sample, "x", "factor", "0", &message), STATUS_WRONG);
}

static bool same(struct length a, struct length b)
{
    return memcmp(&a.value, &b.value, sizeof a.value) == 0 && a.relative == b.relative;
}

/* By member, since what lies between members is undefined. */
static void assert_same(const struct sample *a, const struct sample *b)
{
    assert_int_equal(a->steps, b->steps);
    assert_memory_equal(&a->rate, &b->rate, sizeof a->rate);
    assert_int_equal(a->tied, b->tied);
    assert_int_equal(a->scaling, b->scaling);
    assert_true(same(a->window, b->window));
    assert_memory_equal(&a->factor, &b->factor, sizeof a->factor);
    assert_string_equal(a->path, b->path);
    assert_int_equal(a->lengths.count, b->lengths.count);
    for (size_t i = 0; i < a->lengths.count; i++)
        assert_true(same(a->lengths.at[i], b->lengths.at[i]));
}

/* What is printed is read as the same bits, for values that no short decimal holds. */
static void printed_and_read_again(void **state)
{
    static const char *const values[][2] = {{"steps", "999999"},
                                            {"rate", "0.1"},
                                            {"rate", "0.30000000000000004"},
                                            {"rate", "3.0000000000000001e-5"},
                                            {"rate", "4.9e-324"},
                                            {"rate", "0.33333333333333331483"},
                                            {"tied", "off"},
                                            {"scaling", "ntk"},
                                            {"window", "0.1L"},
                                            {"window", "1000000"},
                                            {"window", "1e-3L"},
                                            {"factor", "auto"},
                                            {"factor", "3.1415926535897931"},
                                            {"path", "x, y=z (1)"},
                                            {"lengths", "0.3333333333333333L,1099511627776,1e3"}};
    struct sample first = {0}, second = {0};
    struct message message;
    (void)state;
    assert_int_equal(option_defaults(table, &first, &message), STATUS_OK);
    second = first;
    for (size_t i = 0; test_row("values", i, sizeof values / sizeof *values); i++) {
        struct text printed = {0}, again = {0};
        set(&first, values[i][0], values[i][1]);
        option_print(&printed, option_find(table, values[i][0]), &first);
        set(&second, values[i][0], text_string(&printed));
        assert_same(&first, &second);
        option_print(&again, option_find(table, values[i][0]), &second);
        assert_string_equal(text_string(&printed), text_string(&again));
        text_release(&printed);
        text_release(&again);
    }
}

static void all_in_table_order(void **state)
{
    struct sample sample;
    struct message message;
    struct text text = {0};
    (void)state;
    assert_int_equal(option_defaults(table, &sample, &message), STATUS_OK);
    set(&sample, "rate", "1.0e-2");
    option_print_all(&text, table, &sample);
    assert_string_equal(text_string(&text),
                        "steps=600, rate=0.01, tied=on, scaling=none, window=0.25L, factor=auto, "
                        "path=, lengths=1L, 2L, 512");
    text_release(&text);
    option_print_all(&text, NULL, NULL);
    assert_string_equal(text_string(&text), "");
}

/* All values of the sample as they are stored when every row came later: "" at the defaults. */
static void assert_stored(const struct sample *sample, const char *expected)
{
    struct option later[sizeof table / sizeof *table];
    struct text text = {0};
    memcpy(later, table, sizeof table);
    for (size_t i = 0; later[i].name; i++)
        later[i].since = "0.2.0";
    option_print_stored(&text, later, sample);
    assert_string_equal(text_string(&text), expected);
    text_release(&text);
}

static void what_came_later_is_stored_when_it_is_chosen(void **state)
{
    static const char *const values[][2] = {{"steps", "601"},          {"rate", "0.0010000000000000002"},
                                            {"tied", "off"},           {"scaling", "yarn"},
                                            {"window", "0.5L"},        {"window", "64"},
                                            {"factor", "1"},           {"path", "x"},
                                            {"lengths", "1L, 2L"},     {"lengths", "1L, 2L, 512L"},
                                            {"lengths", "1L, 3L, 512"}};
    struct sample sample = {0};
    struct message message;
    (void)state;
    assert_int_equal(option_defaults(table, &sample, &message), STATUS_OK);
    assert_stored(&sample, "");
    for (size_t i = 0; test_row("values", i, sizeof values / sizeof *values); i++) {
        char expected[64];
        set(&sample, values[i][0], values[i][1]);
        snprintf(expected, sizeof expected, "%s=%s", values[i][0], values[i][1]);
        assert_stored(&sample, expected);
        set(&sample, values[i][0], option_find(table, values[i][0])->standard);
        assert_stored(&sample, "");
    }
    set(&sample, "rate", "1e-3"); /* the default in other words */
    set(&sample, "lengths", "L,2L, 512");
    assert_stored(&sample, "");
    set(&sample, "scaling", "ntk");
    set(&sample, "path", "x");
    assert_stored(&sample, "scaling=ntk, path=x");
}

static void rows_of_the_beginning_are_always_stored(void **state)
{
    struct option mixed[sizeof table / sizeof *table];
    struct text whole = {0}, stored = {0};
    struct sample sample = {0};
    struct message message;
    (void)state;
    assert_int_equal(option_defaults(table, &sample, &message), STATUS_OK);
    option_print_all(&whole, table, &sample);
    option_print_stored(&stored, table, &sample);
    assert_string_equal(text_string(&whole), text_string(&stored));
    text_release(&stored);
    memcpy(mixed, table, sizeof table);
    mixed[0].since = mixed[3].since = mixed[7].since = "0.2.0"; /* steps, scaling, lengths */
    option_print_stored(&stored, mixed, &sample);
    assert_string_equal(text_string(&stored), "rate=0.001, tied=on, window=0.25L, factor=auto, path=");
    set(&sample, "lengths", "2L");
    assert_true(option_is_stored(&mixed[7], &sample) && !option_is_stored(&mixed[0], &sample));
    text_release(&whole);
    option_print_all(&whole, mixed, &sample);
    assert_non_null(strstr(text_string(&whole), "steps=600, rate=0.001"));
    text_release(&whole);
    text_release(&stored);
    option_print_stored(&stored, NULL, NULL);
    assert_int_equal(stored.length, 0);
}

static void one_length(void **state)
{
    struct message message = {""};
    struct length length;
    (void)state;
    assert_int_equal(length_parse(&length, "0.25L", "--at", &message), STATUS_OK);
    assert_int_equal(length_tokens(length, 64), 16);
    assert_int_equal(length_tokens(length, 1), 1);   /* at least one */
    assert_int_equal(length_tokens(length, 66), 17); /* 16.5: to the nearest, halves up */
    assert_int_equal(length_parse(&length, "256", "--at", &message), STATUS_OK);
    assert_int_equal(length_tokens(length, 64), 256);
    assert_int_equal(length_parse(&length, "1099511627776", "--at", &message), STATUS_OK);
    assert_true(length_tokens(length, 64) == (size_t)1 << 40);
    assert_int_equal(length_parse(&length, "1099511627776L", "--at", &message), STATUS_OK);
    assert_true(length_tokens(length, SIZE_MAX) == (size_t)1 << 62);
    assert_int_equal(length_parse(&length, "four", "--at", &message), STATUS_WRONG);
    assert_non_null(strstr(message.text, "--at"));
    assert_non_null(strstr(message.text, "four"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(a_bad_default_is_a_defect),
        cmocka_unit_test(every_type_is_read),
        cmocka_unit_test(whole_numbers_refused),
        cmocka_unit_test(numbers_refused),
        cmocka_unit_test(words_refused),
        cmocka_unit_test(lengths_refused),
        cmocka_unit_test(texts_refused),
        cmocka_unit_test(unknown_options),
        cmocka_unit_test(limits_of_types),
        cmocka_unit_test(printed_and_read_again),
        cmocka_unit_test(all_in_table_order),
        cmocka_unit_test(what_came_later_is_stored_when_it_is_chosen),
        cmocka_unit_test(rows_of_the_beginning_are_always_stored),
        cmocka_unit_test(one_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
