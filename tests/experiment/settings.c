/* Rows of section, key and value: what they are written as, and that they are read again. */
#include "experiment/settings.h"
#include "tests/test.h"

#include <string.h>

struct sample {
    size_t steps;
    double rate;
    char path[OPTION_TEXT_SIZE];
};

static const struct option table[] = {
    {"steps", OPTION_SIZE, offsetof(struct sample, steps), "600", 1, 1e9, NULL, "steps", "0.2.0"},
    {"rate", OPTION_REAL, offsetof(struct sample, rate), "0.1", 0, 1, NULL, "a rate", NULL},
    {"path", OPTION_TEXT, offsetof(struct sample, path), "", 0, 0, NULL, "a file", NULL},
    {.name = NULL},
};

static void assert_written(const struct settings *settings, const char *lines)
{
    struct text text = {0};
    settings_write(&text, settings);
    assert_false(text.failed);
    assert_string_equal(text_string(&text), lines);
    text_release(&text);
}

static void rows_are_lines(void **state)
{
    (void)state;
    struct settings settings = {0};
    struct text value = {0};
    assert_written(&settings, "");
    settings_add(&settings, "", "title", "a.b = c");
    settings_add_count(&settings, "protocol far", "stride", 16);
    text_append(&value, "%s", "x=1, y=2");
    settings_add_text(&settings, "protocol", "far", &value);
    assert_null(value.bytes);
    assert_written(&settings, "title=a.b = c\nprotocol far.stride=16\nprotocol.far=x=1, y=2\n");
    settings_release(&settings);
    assert_int_equal(settings.count, 0);
}

static void options_that_are_stored_are_rows(void **state)
{
    (void)state;
    struct settings settings = {0};
    struct sample sample;
    struct message message;
    assert_int_equal(option_defaults(table, &sample, &message), STATUS_OK);
    settings_add_options(&settings, "none", NULL, NULL, NULL);
    settings_add_options(&settings, "model", table, &sample, NULL);
    assert_written(&settings, "model.rate=0.1\nmodel.path=\n");
    settings_release(&settings);
    sample.steps = 7;
    settings_add_options(&settings, "model", table, &sample, "path");
    assert_written(&settings, "model.steps=7\nmodel.rate=0.1\n");
    settings_release(&settings);
}

static void lines_are_rows_again(void **state)
{
    (void)state;
    struct settings settings;
    struct message message;
    static const char lines[] =
        "title=a.b = c\nprotocol far.stride=16\nmodel.a.b=\nmodel.a.b=2\nversion.rope=1\n";
    assert_int_equal(settings_read(&settings, lines, &message), STATUS_OK);
    assert_written(&settings, lines);
    assert_string_equal(settings_value(&settings, "", "title"), "a.b = c");
    assert_string_equal(settings_value(&settings, "protocol far", "stride"), "16");
    assert_string_equal(settings_find(&settings, "model", "a.b"), ""); /* the first */
    assert_null(settings_find(&settings, "", "stride"));
    assert_null(settings_find(&settings, "model", "a"));
    assert_string_equal(settings_value(&settings, "protocol", "stride"), "");
    settings_release(&settings);
    assert_int_equal(settings_read(&settings, "no row\n\nmodel.width=64\nkey=end", &message), STATUS_OK);
    assert_written(&settings, "model.width=64\nkey=end\n");
    settings_release(&settings);
}

static void failure_lasts(void **state)
{
    (void)state;
    struct settings settings = {0};
    struct text value = {.failed = true}, out = {0};
    settings_add(&settings, "", "a", "1");
    settings_add_text(&settings, "", "b", &value);
    settings_add(&settings, "", "c", "3");
    assert_true(settings.failed);
    assert_int_equal(settings.count, 1);
    settings_write(&out, &settings);
    assert_true(out.failed);
    text_release(&out);
    settings_release(&settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_lines),
        cmocka_unit_test(options_that_are_stored_are_rows),
        cmocka_unit_test(lines_are_rows_again),
        cmocka_unit_test(failure_lasts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
