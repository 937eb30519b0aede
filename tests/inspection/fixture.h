/* fixture.h -- one variant, looked at. */
#ifndef LEXBENCH_TESTS_INSPECTION_FIXTURE_H
#define LEXBENCH_TESTS_INSPECTION_FIXTURE_H

#include "tests/test.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "experiment/resolve/alone.h"
#include "inspection/inspection.h"

enum { L = 64, HEADS = 4, WIDTH = 64, HALF = WIDTH / HEADS / 2 };

/* One variant at some lengths. */
static inline void look(struct inspected *out, const char *variant, const char *positions,
                        const size_t *length, size_t lengths)
{
    const struct alone_request request = {.variant = variant, .positions = positions};
    struct message message = {""};
    struct alone alone;
    if (alone_read(&alone, &request, &message))
        fail_msg("%s: %s", variant, message.text);
    const struct inspection_request inspection = {.trained = &alone.variant.trained,
                                                  .evaluated = &alone.variant.evaluated,
                                                  .shape = alone.shape,
                                                  .seed = 1,
                                                  .lengths = lengths,
                                                  .length = length};
    if (inspection_make(out, &inspection, &message))
        fail_msg("%s: %s", variant, message.text);
    alone_release(&alone);
}

static inline const struct inspected_array *array(const struct inspected *inspected, const char *name)
{
    const struct inspected_array *found = inspected_find(&inspected->at[0], name);
    if (!found)
        fail_msg("there is no array %s", name);
    return found;
}

static inline double fact(const struct inspected *inspected, const char *name)
{
    return inspected_value(&inspected->at[0], name);
}

static inline void close_to(double found, double wanted, double tolerance, const char *what, size_t at)
{
    if (!(fabs(found - wanted) <= tolerance))
        fail_msg("%s at %zu is %.12g, not %.12g", what, at, found, wanted);
}

#endif
