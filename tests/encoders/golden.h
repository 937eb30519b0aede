/* golden.h -- reads the files golden-*.txt, whose numbers scripts of the same names work out from the
 * published formulas without knowing this code.  A line is a kind and then fields, separated by tabs; the
 * head of each script says which.  Fields 0 and 1 are the name of what is asked and its options ("-": none). */
#ifndef LEXBENCH_TESTS_GOLDEN_H
#define LEXBENCH_TESTS_GOLDEN_H

#include "tests/encoders/fixture.h"

#include <stdlib.h>

#include "registry/registry.h"

enum { GOLDEN_FIELDS_MAX = 128, GOLDEN_LINE_SIZE = 1 << 13 };

struct golden {
    const char *path;
    FILE *file;
    size_t line; /* from 1 */
    char text[GOLDEN_LINE_SIZE], *kind, *field[GOLDEN_FIELDS_MAX];
    size_t count; /* fields */
};

static inline void golden_open(struct golden *golden, const char *path)
{
    *golden = (struct golden){.path = path, .file = fopen(path, "r")};
    if (!golden->file)
        fail_msg("%s cannot be read: run the tests from the root of the project", path);
}

/* The next line of this kind, NULL: of any; false at the end, when the file is closed. */
static inline bool golden_next(struct golden *golden, const char *kind)
{
    while (fgets(golden->text, sizeof golden->text, golden->file)) {
        char *rest = golden->text, *end = strchr(golden->text, '\n');
        golden->line++;
        assert_non_null(end);
        *end = '\0';
        golden->kind = strsep(&rest, "\t");
        if (kind && strcmp(golden->kind, kind) != 0)
            continue;
        for (golden->count = 0; rest; golden->field[golden->count++] = strsep(&rest, "\t"))
            assert_true(golden->count < GOLDEN_FIELDS_MAX);
        assert_true(golden->count > 2);
        return true;
    }
    fclose(golden->file);
    return false;
}

static inline size_t golden_whole(const struct golden *golden, size_t field)
{
    assert_true(field < golden->count);
    return (size_t)strtoull(golden->field[field], NULL, 10);
}

static inline double golden_number(const struct golden *golden, size_t field)
{
    assert_true(field < golden->count);
    return strtod(golden->field[field], NULL);
}

/* Is there no value: is a key masked, a token not seen? */
static inline bool golden_nothing(const struct golden *golden, size_t field)
{
    assert_true(field < golden->count);
    return strcmp(golden->field[field], "-") == 0;
}

/* Options behind a name, in the form of fixture_state. */
static inline const char *golden_options(const struct golden *golden, size_t name)
{
    return golden_nothing(golden, name + 1) ? "" : golden->field[name + 1];
}

/* The value is that of the field, to absolute + relative * it. */
static inline void golden_expect(const struct golden *golden, size_t field, double value, double absolute,
                                 double relative)
{
    double expected = golden_number(golden, field);
    if (!(fabs(value - expected) <= absolute + relative * fabs(expected)))
        fail_msg("%s:%zu: %s of %s(%s) gives %.17g in field %zu, not %.17g", golden->path, golden->line,
                 golden->kind, golden->field[0], golden->field[1], value, field, expected);
}

/* The encoder whose name stands in a field, prepared with the options behind it. */
static inline void golden_fixture(struct fixture *f, const struct golden *golden, size_t name,
                                  const struct shape *shape, size_t length, size_t layer)
{
    const struct encoder *encoder;
    struct message message = {""};
    if (encoder_find(&encoder, golden->field[name], &message))
        fail_msg("%s:%zu: %s", golden->path, golden->line, message.text);
    fixture_open(f, encoder, golden_options(golden, name), shape, length);
    f->site.layer = layer;
}

/* Weight number i of an encoder, as the scripts have it. */
static inline real golden_weight(size_t i)
{
    return (real)(((double)(37 * i % 41) - 20) / 50);
}

static inline void golden_weigh(struct fixture *f)
{
    for (size_t i = 0; i < f->weights; i++)
        f->w[i] = golden_weight(i);
}

/* Each line of this kind; there are at least so many. */
static inline void golden_check(const char *path, const char *kind, void (*check)(const struct golden *),
                                size_t least)
{
    struct golden golden;
    size_t lines = 0;
    for (golden_open(&golden, path); golden_next(&golden, kind); lines++)
        check(&golden);
    assert_true(lines >= least);
}

#endif
