/* strings.h -- what the tasks on a string share: x is given, a string y of as many symbols is asked for.
 *
 *   begin x_1 ... x_k separator y_1 ... y_k end        k = floor((n - 3) / 2); a blank behind when n is even
 *
 * This is the form of Huang et al. 2025, "A formal framework for understanding length generalization in
 * transformers", arXiv:2410.02140.  y and `end` are scored. */
#ifndef LEXBENCH_STRINGS_H
#define LEXBENCH_STRINGS_H

#include "datasets/shared/answers.h"

enum { STRING_SEPARATOR = TOKEN_BEGIN + 1, STRING_END, STRING_SYMBOLS };
enum { STRING_MINIMUM = 5, STRING_SYMBOLS_MAX = (1 << 24) - STRING_SYMBOLS };

static inline size_t string_count(size_t n)
{
    return (n - 3) / 2;
}

/* Everything around x at tokens + 1 and y at tokens + 2 + count, which are there. */
static inline void string_frame(int32_t *tokens, int32_t *targets, size_t n)
{
    size_t count = string_count(n);
    tokens[0] = TOKEN_BEGIN;
    tokens[count + 1] = STRING_SEPARATOR;
    tokens[2 * count + 2] = STRING_END;
    if (2 * count + 3 < n)
        tokens[2 * count + 3] = TOKEN_BLANK;
    answer_targets(targets, tokens, n, count + 2, count + 1);
}

/* x_i and y_i are marked i = 1, 2, ...: position coupling for copies. */
static inline void string_marks(int32_t *marks, size_t n)
{
    size_t count = string_count(n);
    answer_no_marks(marks, n);
    for (size_t i = 0; marks && i < count; i++)
        marks[1 + i] = marks[count + 2 + i] = (int32_t)(1 + i);
}

static inline bool string_symbol(int32_t token, size_t symbols)
{
    return token >= STRING_SYMBOLS && (size_t)(token - STRING_SYMBOLS) < symbols;
}

/* All that does not depend on what y is. */
static inline bool string_framed(size_t n, const int32_t *tokens, const int32_t *targets, size_t symbols)
{
    size_t count;
    bool right;
    if (n < STRING_MINIMUM)
        return false;
    count = string_count(n);
    right = tokens[0] == TOKEN_BEGIN && tokens[count + 1] == STRING_SEPARATOR &&
            tokens[2 * count + 2] == STRING_END && (n % 2 == 1 || tokens[n - 1] == TOKEN_BLANK);
    for (size_t i = 0; i < count; i++)
        right =
            right && string_symbol(tokens[1 + i], symbols) && string_symbol(tokens[count + 2 + i], symbols);
    return right && answer_asked(targets, tokens, n, count + 2, count + 1);
}

static inline enum status string_refuses(const char *name, size_t n, struct message *message)
{
    if (n >= STRING_MINIMUM)
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "dataset %s: begin, a symbol, separator, a symbol and end are %d tokens, more than %zu; use "
        "a larger length",
        name, STRING_MINIMUM, n);
}

/* For strings without repetition: there must be enough symbols. */
static inline enum status string_refuses_symbols(const char *name, size_t n, size_t symbols,
                                                 struct message *message)
{
    enum status status = string_refuses(name, n, message);
    if (status || string_count(n) <= symbols)
        return status;
    return message_set(
        message, STATUS_WRONG,
        "dataset %s: an example of %zu tokens has a string of %zu different symbols, but symbols = "
        "%zu; use symbols = %zu or more, or lengths of at most %zu",
        name, n, string_count(n), symbols, string_count(n), 2 * symbols + 4);
}

static inline size_t string_minimum(const void *state)
{
    (void)state;
    return STRING_MINIMUM;
}

static inline int32_t string_end_token(const void *state)
{
    (void)state;
    return STRING_END;
}

#endif
