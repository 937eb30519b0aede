/* Experiment files: what is read, and the sentence and line of everything that is refused. */
#include "experiment/file/ini.h"
#include "tests/experiment/scratch.h"

static const char *value_of(const struct ini *ini, const char *section, const char *key)
{
    const struct ini_section *found = ini_find(ini, section);
    const struct ini_entry *entry = found ? ini_entry(found, key) : NULL;
    return entry ? entry->value : NULL;
}

static void reads_sections_lists_and_comments(void **state)
{
    (void)state;
    struct ini ini;
    struct message message;
    const char *path = scratch_file("good.ini", "\xEF\xBB\xBF# a comment\n"
                                                "[experiment]   ; behind a section\r\n"
                                                "variants = none, rope,\n"
                                                "\n"
                                                "   ; between\n"
                                                "           alibi,   ; behind a part\n"
                                                "\tt5\n"
                                                "title = a = b ; cut\n"
                                                "[dataset my-text]\n"
                                                "path=x.txt");
    assert_int_equal(ini_read(&ini, path, &message), STATUS_OK);
    assert_string_equal(value_of(&ini, "experiment", "variants"), "none, rope, alibi, t5");
    assert_string_equal(value_of(&ini, "experiment", "title"), "a = b");
    assert_string_equal(value_of(&ini, "dataset my-text", "path"), "x.txt");
    assert_int_equal(ini_entry(ini_find(&ini, "experiment"), "title")->place.line, 8);
    assert_string_equal(ini_argument(ini_find(&ini, "dataset my-text"), "dataset"), "my-text");
    assert_null(ini_argument(ini_find(&ini, "dataset my-text"), "variant"));
    ini_release(&ini);
}

struct refusal {
    const char *text;
    const char *place; /* ":line: " */
    const char *sentence;
};

static void refuses_with_the_line(void **state)
{
    (void)state;
    char long_line[400] = "[a]\nx = 1\n# ", long_section[100] = "\n[";
    memset(long_line + strlen(long_line), 'y', 189);
    memset(long_section + 2, 's', 49);
    strcat(long_section, "]\n");
    const struct refusal refusals[] = {
        {long_line, ":3: ", "191 bytes"},
        {long_section, ":2: ", "49 bytes"},
        {"[a]\nx = \xff\n", ":2: ", "UTF-8"},
        {"[a]\nx = \x01\n", ":2: ", "control character"},
        {"[a]\nx = 1\n  y = 2\n", ":3: ", "indented"},
        {"[a]\n  [b]\n", ":2: ", "indented"},
        {"[a]\nx = 1\n  2\n", ":3: ", "ends in no comma"},
        {"[a]\nx = 1,\ny = 2\n", ":2: ", "ends in a comma"},
        {"[a]\nx = 1,\n", ":2: ", "ends in a comma"},
        {"[a]\nx = 1,\ny = 2,\n  3\n", ":2: ", "ends in a comma"},
        {"[a]\nx = 1,\n  2,\n\n[b]\n", ":3: ", "ends in a comma"},
        {"[a]\nx = 1\ny = 2\nx = 3\n", ":4: ", "`x` stands twice in [a]: here and in line 2"},
        {"[a]\n[b]\n[a]\n", ":3: ", "[a] stands twice: here and in line 1"},
        {"[a\nx = 1\n", ":1: ", "no closing `]`"},
        {"[a] b\n", ":1: ", "behind the `]`"},
        {"[]\n", ":1: ", "[word]"},
        {"[a  b]\n", ":1: ", "one blank"},
        {"[a]\nx\n", ":2: ", "neither"},
        {"[a]\nx : 1\n", ":2: ", "not by `:`"},
        {"[a]\n= 1\n", ":2: ", "no key"},
        {"[a]\nx y = 1\n", ":2: ", "no blanks"},
        {"x = 1\n[a]\n", ":1: ", "before the first [section]"},
        {"[a]\ninclude = b.ini\n", ":2: ", "before the first section"},
        {"include = variants.ini\ninclude = quick.ini\n", ":2: ", "stands twice"},
        {"include =\n[a]\n", ":1: ", "names no file"},
        {"include = varients.ini\n[a]\n", ":1: ", "`variants`"},
    };
    for (size_t i = 0; test_row("refusals", i, sizeof refusals / sizeof *refusals); i++) {
        struct ini ini;
        struct message message = {""};
        const char *path = scratch_file("wrong.ini", refusals[i].text);
        char place[300];
        assert_int_equal(ini_read(&ini, path, &message), STATUS_WRONG);
        snprintf(place, sizeof place, "%s%s", path, refusals[i].place);
        assert_holds(message.text, place);
        assert_holds(message.text, refusals[i].sentence);
        ini_release(&ini);
    }
}

/* The longest line and the longest name that are read come back whole. */
static void reads_up_to_the_limits(void **state)
{
    (void)state;
    struct ini ini;
    struct message message;
    char text[400], section[49] = "", value[187] = "";
    memset(section, 's', 48);
    memset(value, 'v', 186);
    snprintf(text, sizeof text, "[%s]\nx = %s\n", section, value);
    assert_int_equal(ini_read(&ini, scratch_file("limits.ini", text), &message), STATUS_OK);
    assert_string_equal(value_of(&ini, section, "x"), value);
    ini_release(&ini);
}

static void refuses_what_is_no_text(void **state)
{
    (void)state;
    struct ini ini;
    struct message message;
    unsigned char noise[5000];
    for (unsigned seed = 1; seed <= 20; seed++) { /* Park and Miller's generator will do */
        unsigned long x = seed;
        for (size_t i = 0; i < sizeof noise; i++)
            noise[i] = (unsigned char)((x = x * 48271 % 2147483647) >> 7);
        const char *path = scratch_bytes("noise.ini", noise, sizeof noise);
        assert_int_equal(ini_read(&ini, path, &message), STATUS_WRONG);
        assert_holds(message.text, "noise.ini:");
        ini_release(&ini);
    }
    assert_int_equal(ini_read(&ini, scratch_bytes("nul.ini", "[a]\nx = \0 1\n", 12), &message), STATUS_WRONG);
    assert_holds(message.text, "nul.ini:2: ");
    ini_release(&ini);
}

static void refuses_what_is_no_file(void **state)
{
    (void)state;
    struct ini ini;
    struct message message;
    assert_int_equal(ini_read(&ini, scratch_folder, &message), STATUS_WRONG);
    assert_holds(message.text, "is a folder");
    ini_release(&ini);
    assert_int_equal(ini_read(&ini, scratch_path("missing.ini"), &message), STATUS_WRONG);
    assert_holds(message.text, "missing.ini");
    ini_release(&ini);
    assert_int_equal(ini_read(&ini, "quik", &message), STATUS_WRONG);
    assert_holds(message.text, "did you mean `quick`?");
    ini_release(&ini);
    assert_int_equal(ini_read(&ini, "/dev/zero", &message), STATUS_WRONG);
    assert_holds(message.text, "no regular file");
    ini_release(&ini);
    assert_int_equal(ini_read(&ini, scratch_file("empty.ini", ""), &message), STATUS_WRONG);
    assert_holds(message.text, "is empty");
    ini_release(&ini);
    assert_int_equal(ini_read(&ini, scratch_file("empty.ini", " \n\t\n"), &message), STATUS_WRONG);
    assert_holds(message.text, "is empty");
    ini_release(&ini);
}

static void includes_lie_below(void **state)
{
    (void)state;
    struct ini ini;
    struct message message;
    scratch_file("below.ini", "include = variants\n[training]\nsteps = 1\nbatch = 2\n"
                              "[variant rope]\nencoder = rope(base=7)\nevaluate.rope.scaling = ntk\n");
    const char *path = scratch_file("above.ini", "include = below.ini\n[training]\nsteps = 3\n"
                                                 "[variant rope]\nencoder = t5\n");
    assert_int_equal(ini_read(&ini, path, &message), STATUS_OK);
    assert_string_equal(value_of(&ini, "training", "steps"), "3");
    assert_string_equal(value_of(&ini, "training", "batch"), "2");
    assert_string_equal(value_of(&ini, "variant alibi", "encoder"), "alibi"); /* from the shipped file */
    assert_string_equal(value_of(&ini, "variant rope", "encoder"), "t5");
    assert_null(value_of(&ini, "variant rope", "evaluate.rope.scaling")); /* replaced whole */
    assert_int_equal(ini_set(&ini, "training.batch=9", &message), STATUS_OK);
    assert_int_equal(ini_set(&ini, "training.batch=10", &message), STATUS_OK);
    assert_int_equal(ini_set(&ini, "training recall.steps = 4", &message), STATUS_OK);
    assert_string_equal(value_of(&ini, "training", "batch"), "10");
    assert_string_equal(value_of(&ini, "training recall", "steps"), "4");
    ini_release(&ini);
}

static void refuses_loops_and_settings(void **state)
{
    (void)state;
    struct ini ini;
    struct message message;
    scratch_file("a.ini", "# first\ninclude = b.ini\n[x]\n");
    scratch_file("b.ini", "include = ./a.ini\n[y]\n");
    assert_int_equal(ini_read(&ini, scratch_path("a.ini"), &message), STATUS_WRONG);
    assert_holds(message.text, "b.ini:1: ");
    assert_holds(message.text, "includes itself");
    ini_release(&ini);
    const char *const wrong[] = {"",  "steps",     "training.steps", "training=3", ".steps=3", "training.=3",
                                 "=", "a.b=\n[c]", "a.b=\xff"};
    for (size_t i = 0; test_row("wrong", i, sizeof wrong / sizeof *wrong); i++) {
        assert_int_equal(ini_set(&ini, wrong[i], &message), STATUS_WRONG);
        assert_holds(message.text, "section.key=value");
    }
    ini_release(&ini);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_sections_lists_and_comments),
        cmocka_unit_test(refuses_with_the_line),
        cmocka_unit_test(reads_up_to_the_limits),
        cmocka_unit_test(refuses_what_is_no_text),
        cmocka_unit_test(refuses_what_is_no_file),
        cmocka_unit_test(includes_lie_below),
        cmocka_unit_test(refuses_loops_and_settings),
    };
    return cmocka_run_group_tests(tests, scratch_begin, scratch_end);
}
