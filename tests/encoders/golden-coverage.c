/* golden-coverage.c -- what must have a golden value: every hook of an encoder that states a formula, near
 * and far; every option, and every value of those that choose.  An encoder without any is named and skipped:
 * a file of one's own works without a script.  Maps that draw have theirs for what they do where nothing is
 * drawn; maps.c has the rest. */
#include "tests/encoders/golden.h"

#include <glob.h>

enum { LINES_MAX = 8192, FAR = 999999 };

/* What one line, or one half of it, says: kind, name, options, the greatest number that tells how far it
 * asks. */
struct stated {
    char kind[16], name[32], options[96];
    double far;
};

struct book {
    size_t count;
    struct stated line[LINES_MAX];
};

/* The hooks, the kinds of lines that state them, and the field that holds a position, distance or length. */
static const struct hook {
    const char *kind;
    size_t far; /* 0: positions play no part, or end where a table does */
    size_t offset;
} hooks[] = {
    {"add", 0, offsetof(struct encoder, add)},
    {"angle", 6, offsetof(struct encoder, angle)},
    {"magnitude", 4, offsetof(struct encoder, magnitude)},
    {"decay", 4, offsetof(struct encoder, decay)},
    {"distance", 4, offsetof(struct encoder, segments)},
    {"scale", 4, offsetof(struct encoder, scale)},
    {"bias", 4, offsetof(struct encoder, bias)},
    {"token", 0, offsetof(struct encoder, token)},
    {"strip", 5, offsetof(struct encoder, strip)},
    {"attention", 0, 0},
    {"map", 0, 0},
};
enum { HOOKS = sizeof hooks / sizeof *hooks };

static void note(struct book *book, const struct golden *golden, size_t name)
{
    assert_true(book->count < LINES_MAX);
    struct stated *line = &book->line[book->count++];
    const struct hook *hook = NULL;

    for (size_t h = 0; h < HOOKS; h++)
        if (strcmp(hooks[h].kind, golden->kind) == 0)
            hook = &hooks[h];
    if (!hook)
        fail_msg("%s:%zu: no test knows lines of kind `%s`", golden->path, golden->line, golden->kind);
    snprintf(line->kind, sizeof line->kind, "%s", golden->kind);
    snprintf(line->name, sizeof line->name, "%s", golden->field[name]);
    snprintf(line->options, sizeof line->options, ",%s,", golden_options(golden, name));
    line->far = hook->far ? golden_number(golden, hook->far) : 0;
}

static struct book *read_book(void)
{
    struct book *book = memory_allocate(1, sizeof *book, "the golden values", NULL);
    struct golden golden;
    glob_t paths;

    assert_non_null(book);
    assert_int_equal(glob("tests/encoders/golden-*.txt", 0, NULL, &paths), 0);
    for (size_t p = 0; p < paths.gl_pathc; p++)
        for (golden_open(&golden, paths.gl_pathv[p]); golden_next(&golden, NULL);) {
            note(book, &golden, 0);
            if (strcmp(golden.kind, "attention") == 0)
                note(book, &golden, 2);
        }
    globfree(&paths);
    return book;
}

/* Lines of a name; of a kind (NULL: any) and as far as `far`. */
static size_t lines_of(const struct book *book, const char *name, const char *kind, double far)
{
    size_t count = 0;
    for (size_t i = 0; i < book->count; i++)
        count += strcmp(book->line[i].name, name) == 0 && (!kind || strcmp(book->line[i].kind, kind) == 0) &&
                 book->line[i].far >= far;
    return count;
}

/* Is there a line of the name with option=value; NULL: with any value; default: or with none? */
static bool has(const struct book *book, const char *name, const struct option *option, const char *value)
{
    const bool standard = value && strcmp(value, option->standard) == 0;
    char set[128], begun[64];
    snprintf(begun, sizeof begun, ",%s=", option->name);
    snprintf(set, sizeof set, "%s%s%s", begun, value ? value : "", value ? "," : "");
    for (size_t i = 0; i < book->count; i++)
        if (strcmp(book->line[i].name, name) == 0 &&
            (strstr(book->line[i].options, set) || (standard && !strstr(book->line[i].options, begun))))
            return true;
    return false;
}

static void check_options(const struct book *book, const char *name, const struct option *options)
{
    static const char *const switches[] = {"off", "on", NULL};
    for (const struct option *option = options; option && option->name; option++) {
        const char *const *values = option->type == OPTION_BOOLEAN ? switches : option->choices;
        if (!values && !has(book, name, option, NULL))
            fail_msg("%s: no golden value with `%s`", name, option->name);
        for (; values && *values; values++)
            if (!has(book, name, option, *values))
                fail_msg("%s: no golden value with %s=%s", name, option->name, *values);
    }
}

/* Function pointers are compared with NULL by their bytes: the hooks differ in type. */
static bool acts(const struct encoder *encoder, const struct hook *hook)
{
    static const unsigned char nothing[sizeof(void (*)(void))];
    return hook->offset > 0 && memcmp((const char *)encoder + hook->offset, nothing, sizeof nothing) != 0;
}

static void check_encoder(const struct book *book, const struct encoder *encoder)
{
    for (size_t h = 0; h < HOOKS; h++)
        if (acts(encoder, &hooks[h]) &&
            lines_of(book, encoder->name, hooks[h].kind, hooks[h].far ? FAR - 20 : 0) == 0)
            fail_msg("%s: no golden value of kind `%s`%s", encoder->name, hooks[h].kind,
                     hooks[h].far ? " far beyond L" : "");
    check_options(book, encoder->name, encoder->options);
}

static void encoders_have_golden_values(void **state)
{
    struct book *book = read_book();
    bool skipped = false;
    (void)state;
    for (size_t e = 0; encoder_list[e]; e++)
        if (lines_of(book, encoder_list[e]->name, NULL, 0) > 0) {
            check_encoder(book, encoder_list[e]);
        } else {
            printf("skip golden values of %s: tests/encoders/golden-*.py do not state it\n",
                   encoder_list[e]->name);
            skipped = true;
        }
    memory_release(book);
    if (skipped)
        skip();
}

static void maps_have_golden_values(void **state)
{
    struct book *book = read_book();
    (void)state;
    for (size_t m = 0; position_maps[m]; m++) {
        const struct position_map *map = position_maps[m];
        if (lines_of(book, map->name, "map", 0) == 0)
            fail_msg("%s: no golden value", map->name);
        if (!map->needs)
            check_options(book, map->name, map->options);
    }
    memory_release(book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encoders_have_golden_values),
        cmocka_unit_test(maps_have_golden_values),
    };
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
