/* inspected.h -- an encoder by itself, as named arrays and single numbers: what `lexbench inspect` hands to
 * files and figures (README.md: Encoders by themselves). */
#ifndef LEXBENCH_INSPECTED_H
#define LEXBENCH_INSPECTED_H

#include <stddef.h>
#include <stdint.h>

#include "support/names.h"
#include "support/status.h"
#include "support/text.h"

enum { INSPECTED_RANK = 3, INSPECTED_ARRAYS = 24, INSPECTED_FACTS = 40 };

/* Texts are constants of the program.  A coordinate has rank 1 and the name of its dimension. */
struct inspected_array {
    const char *name, *units, *description;
    size_t rank;
    const char *dimension[INSPECTED_RANK];
    size_t extent[INSPECTED_RANK];
    double *values; /* owned; NAN = none */
};
struct inspected_fact {
    const char *name, *units, *description;
    double value; /* NAN = there is none */
};
struct inspected_length {
    size_t length;             /* n */
    char refusal[REASON_SIZE]; /* why there is no pass of this length; then there is nothing else */
    size_t arrays, facts;
    struct inspected_array array[INSPECTED_ARRAYS];
    struct inspected_fact fact[INSPECTED_FACTS];
};
struct inspected {
    char variant[NAME_SIZE];
    struct text encoder, positions;  /* as evaluated, with all options */
    struct text acts, idle, content; /* where it acts; where not; what it does with the text alone */
    size_t layers, heads, width, trained_length, layer, seed; /* layer from 1 */
    size_t lengths;
    struct inspected_length *at; /* (lengths) ascending */
};
void inspected_release(struct inspected *inspected); /* what it points to */

/* A new array of zeros; NULL: no memory.  Unused dimensions are NULL. */
double *inspected_add(struct inspected_length *length, const struct inspected_array *array,
                      struct message *message);
void inspected_say(struct inspected_length *length, const char *name, const char *units,
                   const char *description, double value);
const struct inspected_array *inspected_find(const struct inspected_length *length,
                                             const char *name);                  /* or NULL */
double inspected_value(const struct inspected_length *length, const char *fact); /* or NAN */

/* netCDF-4 readable, published whole: a group `n<length>` per length that was not refused. */
enum status inspected_write(const char *path, const struct inspected *inspected, struct message *message);

/* Lower bounds of the base for a context length at head width 128 (Men, Xu, Wang, Zhang, Wang, Zhou, Chen, Lin,
 * Tang, Lin, Chen, Chen, Wu 2024, Base of RoPE bounds context length, table 2). */
struct published_bound {
    double length, base;
};
enum { PUBLISHED_BOUNDS = 8 };
extern const struct published_bound published_bounds[PUBLISHED_BOUNDS]; /* ascending */

#endif
