/* text.h -- a growing string, and the small questions one asks of names.
 *
 * A failed allocation makes a text `failed`; later appends do nothing, so that a builder checks
 * once at its end. */
#ifndef LEXBENCH_TEXT_H
#define LEXBENCH_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "support/status.h"

struct text {
    char *bytes; /* always NUL-terminated once something was appended; NULL before */
    size_t length, capacity;
    bool failed;
};

void text_append(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_append_bytes(struct text *text, const char *bytes, size_t count);
const char *text_string(const struct text *text); /* "" when empty */
void text_release(struct text *text);
/* STATUS_FAILED, "no memory for WHAT", when the text has failed. */
enum status text_check(const struct text *text, const char *what, struct message *message);
/* What is written into `text` came of `part`: where part has failed, text has failed too. */
void text_carry(struct text *text, const struct text *part);

bool text_begins(const char *s, const char *prefix);

/* Strips leading and trailing blanks in place; returns the first character that is none. */
char *text_strip(char *line);

/* The bytes that are written with escapes, \n \t \f \r \\ and \xHH, in out, which has room for as many as are
 * written.  False where another character stands behind a \. */
bool text_unescape(unsigned char *out, size_t *size, const char *written);

/* The names nearest to `wrong` by edit distance (at most 3, those within a third of its length
 * or 2 edits, transpositions counted as one), written as  `rope`, `none` or `t5`  into out.
 * Returns how many; out is "" for none. */
size_t text_nearest(char *out, size_t size, const char *wrong, const char *const *names, size_t count);

/* "did you mean `rope`?" or "valid: a, b, c" -- the tail of a sentence about an unknown name. */
void text_suggest(char *out, size_t size, const char *wrong, const char *const *names, size_t count);

/* JSON: appends s as a quoted string with escapes; invalid UTF-8 becomes U+FFFD. */
void text_append_json(struct text *text, const char *s);
/* JSON number with all digits needed to read the same double again; null for NaN, infinities. */
void text_append_number(struct text *text, double value);

/* Is [bytes, bytes + count) well-formed UTF-8 without NUL? */
bool text_is_utf8(const char *bytes, size_t count);

#endif
