/* option.h -- option tables: one row is the parser, the default, the range, the help text and
 * the value written beside every result.
 *
 * A table ends with { .name = NULL }.  Values live in a struct of the owner's at `offset`, as
 * the type that `type` names.
 *
 * What is stored and compared between versions (ids, the texts of variants in results) must not change
 * because a table grew.  So a row that came later says since when, and is left out there while it holds its
 * default.  What lacks it was made as if it had that default, which must therefore never change again. */
#ifndef LEXBENCH_OPTION_H
#define LEXBENCH_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "support/status.h"
#include "support/text.h"

enum { OPTION_TEXT_SIZE = 512, OPTION_LENGTHS_MAX = 64 };

/* A count of tokens: absolute (256) or a multiple of the training length (4L, 0.25L). */
struct length {
    double value;
    bool relative;
};
struct length_list {
    size_t count;
    struct length at[OPTION_LENGTHS_MAX];
};

/* type            C type at offset        written as */
enum option_type {
    OPTION_SIZE,    /* size_t              600 */
    OPTION_REAL,    /* double              0.001 */
    OPTION_BOOLEAN, /* bool                on | off */
    OPTION_CHOICE,  /* int, index          one of choices[] */
    OPTION_LENGTH,  /* struct length       64 | 0.25L */
    OPTION_FACTOR,  /* double, 0 = auto    8 | auto */
    OPTION_TEXT,    /* char[OPTION_TEXT_SIZE] */
    OPTION_LENGTHS  /* struct length_list  1L, 2L, 512 */
};

struct option {
    const char *name;
    enum option_type type;
    size_t offset;
    const char *standard;       /* the default, as it would be written */
    double minimum, maximum;    /* of SIZE, REAL, FACTOR, LENGTH(S: of the number, L or not); both included */
    const char *const *choices; /* of CHOICE: NULL-ended */
    const char *help;           /* one line, with the unit */
    const char *since;          /* the version of lexbench that brought it; NULL = there from the beginning */
};

/* Fills the object with every default of the table.  The table is a constant of the program,
 * so a bad default is a defect: STATUS_FAILED with a sentence. table may be NULL. */
enum status option_defaults(const struct option *table, void *object, struct message *message);

/* object.name = value, checked for type and range.  STATUS_WRONG with a sentence that names the
 * option, the value, what is allowed, and for an unknown option the nearest names.  `owner` is
 * what the options belong to, for the sentence ("rope", "[training]"). */
enum status option_set(const struct option *table, void *object, const char *owner, const char *name,
                       const char *value, struct message *message);

const struct option *option_find(const struct option *table, const char *name); /* or NULL */

/* The value in canonical form: reading it back gives the same bits. */
void option_print(struct text *out, const struct option *option, const void *object);

/* name=value, ... of all options of the table, in table order: for people, and for files to change. */
void option_print_all(struct text *out, const struct option *table, const void *object);

/* Not one that came later and holds its default: does it go into ids and records? */
bool option_is_stored(const struct option *option, const void *object);
/* The same of those that are stored. */
void option_print_stored(struct text *out, const struct option *table, const void *object);

/* "whole number from 1 to 64", "on or off", "one of none, ntk": for help and sentences. */
void option_describe(struct text *out, const struct option *option);

/* Reads one length ("4L", "256"): more than 0 and at most 2^40 tokens.  `name` is for the sentence. */
enum status length_parse(struct length *out, const char *value, const char *name, struct message *message);

/* In tokens, for training length L: rounded to the nearest, at least 1. */
size_t length_tokens(struct length length, size_t trained_length);

#endif
