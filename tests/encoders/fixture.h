/* fixture.h -- an encoder ready to be asked: options set, prepared, its weights initialised. */
#ifndef LEXBENCH_TESTS_FIXTURE_H
#define LEXBENCH_TESTS_FIXTURE_H

#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "encoders/encoder.h"
#include "support/memory.h"

enum { FIXTURE_PARAMETERS_MAX = 128 };

struct fixture {
    const struct encoder *encoder;
    void *state;
    struct shape shape;
    struct site site;
    size_t parameters, weights;
    struct parameter parameter[FIXTURE_PARAMETERS_MAX];
    real *w;
};

/* Shapes that differ in everything: heads no power of two, one layer, head width 2, odd widths. */
static const struct shape fixture_shapes[] = {
    {.layers = 2, .heads = 2, .head_width = 4, .width = 8, .axes = 1, .trained_length = 8},
    {.layers = 1, .heads = 3, .head_width = 6, .width = 18, .axes = 1, .trained_length = 5},
    {.layers = 3, .heads = 1, .head_width = 2, .width = 2, .axes = 1, .trained_length = 64},
    {.layers = 2, .heads = 6, .head_width = 8, .width = 48, .axes = 1, .trained_length = 16},
};
enum { FIXTURE_SHAPES = sizeof fixture_shapes / sizeof *fixture_shapes };

static inline size_t parameter_size(const struct parameter *parameter)
{
    size_t size = 1;
    for (size_t i = 0; i < parameter->rank; i++)
        size *= parameter->extent[i];
    return size;
}

/* A state with its defaults and then options, "name=value,name=value". */
static inline void *fixture_state(size_t size, const struct option *table, const char *name,
                                  const char *options)
{
    struct message message = {""};
    void *state = memory_allocate(size, 1, "a state", NULL);
    char text[256], *rest = text;
    assert_non_null(state);
    assert_int_equal(option_defaults(table, state, &message), STATUS_OK);
    snprintf(text, sizeof text, "%s", options ? options : "");
    for (char *item; (item = strsep(&rest, ",")) != NULL && *item;) {
        char *value = strchr(item, '=');
        assert_non_null(value);
        *value++ = '\0';
        if (option_set(table, state, name, item, value, &message))
            fail_msg("%s", message.text);
    }
    return state;
}

/* What strips over these positions look up. */
static inline void *fixture_table(const struct fixture *fixture, const struct positions *positions)
{
    const struct encoder *encoder = fixture->encoder;
    const size_t bytes =
        encoder->strip_table ? encoder->strip_table(fixture->state, &fixture->site, positions->count) : 0;
    void *table = memory_allocate(bytes, 1, "a table", NULL);
    assert_non_null(table);
    if (encoder->strip_begin)
        encoder->strip_begin(fixture->state, &fixture->site, positions, positions, table);
    return table;
}

static inline void fixture_open(struct fixture *fixture, const struct encoder *encoder, const char *options,
                                const struct shape *shape, size_t length)
{
    struct message message = {""};
    size_t first = 0;
    *fixture = (struct fixture){.encoder = encoder, .shape = *shape};
    fixture->site = (struct site){.shape = &fixture->shape, .length = length, .training = true};
    fixture->state = fixture_state(encoder->state_size, encoder->options, encoder->name, options);
    if (encoder->prepare && encoder->prepare(fixture->state, shape, &message))
        fail_msg("%s: %s", encoder->name, message.text);
    if (encoder->parameters) {
        fixture->parameters = encoder->parameters(fixture->state, shape, NULL);
        assert_true(fixture->parameters <= FIXTURE_PARAMETERS_MAX);
        encoder->parameters(fixture->state, shape, fixture->parameter);
    }
    for (size_t p = 0; p < fixture->parameters; p++)
        fixture->weights += parameter_size(&fixture->parameter[p]);
    fixture->w = memory_allocate(fixture->weights, sizeof(real), "weights", NULL);
    for (size_t p = 0; p < fixture->parameters; first += parameter_size(&fixture->parameter[p++]))
        encoder->initialise(fixture->state, shape, p, key_named(1, fixture->parameter[p].name),
                            fixture->w + first);
}

static inline void fixture_close(struct fixture *fixture)
{
    memory_release(fixture->state);
    memory_release(fixture->w);
}

/* Moves every weight off its initial value, so that nothing is checked at a zero only. */
static inline void fixture_stir(struct fixture *fixture, double deviation)
{
    for (size_t i = 0; i < fixture->weights; i++)
        fixture->w[i] += (real)(deviation * random_normal(key_named(2, "stir"), i));
}

/* first, first + step, ... */
static inline struct positions fixture_positions(double *at, size_t count, double first, double step)
{
    for (size_t i = 0; i < count; i++)
        at[i] = first + (double)i * step;
    return (struct positions){.at = at, .count = count, .regular = true, .step = step};
}

static inline void fill_normal(real *x, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        x[i] = (real)random_normal(key_named(3, name), i);
}

static inline void assert_near(double value, double expected, double tolerance)
{
    if (!(fabs(value - expected) <= tolerance * (1 + fabs(expected))))
        fail_msg("%.17g is not %.17g to %g", value, expected, tolerance);
}

#endif
