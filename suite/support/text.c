/* text.c -- a growing string, and the small questions one asks of names. */
#include "support/text.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/memory.h"

static bool reserve(struct text *text, size_t more)
{
    void *bytes = text->bytes;
    if (!text->failed && (more >= SIZE_MAX - text->length ||
                          memory_grow(&bytes, &text->capacity, text->length + more + 1, 1, "a text", NULL)))
        text->failed = true;
    text->bytes = bytes;
    return !text->failed;
}

void text_append_bytes(struct text *text, const char *bytes, size_t count)
{
    if (!reserve(text, count))
        return;
    if (count > 0)
        memcpy(text->bytes + text->length, bytes, count);
    text->length += count;
    text->bytes[text->length] = '\0';
}

void text_append(struct text *text, const char *format, ...)
{
    va_list arguments;
    int count;
    va_start(arguments, format);
    count = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (count < 0) {
        text->failed = true;
        return;
    }
    if (!reserve(text, (size_t)count))
        return;
    va_start(arguments, format);
    vsnprintf(text->bytes + text->length, (size_t)count + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)count;
}

const char *text_string(const struct text *text)
{
    return text->bytes ? text->bytes : "";
}

enum status text_check(const struct text *text, const char *what, struct message *message)
{
    return text->failed ? message_set(message, STATUS_FAILED, "no memory for %s", what) : STATUS_OK;
}

void text_carry(struct text *text, const struct text *part)
{
    text->failed = text->failed || part->failed;
}

void text_release(struct text *text)
{
    memory_release(text->bytes);
    *text = (struct text){0};
}

bool text_begins(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

char *text_strip(char *line)
{
    size_t length;
    while (isspace((unsigned char)*line))
        line++;
    length = strlen(line);
    while (length > 0 && isspace((unsigned char)line[length - 1]))
        length--;
    line[length] = '\0';
    return line;
}

/* ---- nearest names ---- */

enum { NAME_MAX_COMPARED = 63, NEAREST_MAX = 3 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edits (insert, delete, replace, swap of neighbours) that turn a into b; case does not count. */
static size_t edit_distance(const char *a, size_t length_a, const char *b, size_t length_b)
{
    size_t row[3][NAME_MAX_COMPARED + 1]; /* rows i-2, i-1 and i of the table, in turn */
    for (size_t j = 0; j <= length_b; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= length_a; i++) {
        size_t *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];
        int x = tolower((unsigned char)a[i - 1]);
        now[0] = i;
        for (size_t j = 1; j <= length_b; j++) {
            int y = tolower((unsigned char)b[j - 1]);
            now[j] = smaller(smaller(before[j], now[j - 1]) + 1, before[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
                y == tolower((unsigned char)a[i - 2]))
                now[j] = smaller(now[j], earlier[j - 2] + 1);
        }
    }
    return row[length_a % 3][length_b];
}

/* The best few, nearest first, in the order given where equally near. */
static size_t find_nearest(const char *found[NEAREST_MAX], const char *wrong, const char *const *names,
                           size_t count)
{
    size_t length = strlen(wrong), limit = length / 3 > 2 ? length / 3 : 2, kept = 0;
    size_t distances[NEAREST_MAX];
    for (size_t i = 0; i < count && length <= NAME_MAX_COMPARED; i++) {
        size_t other = strlen(names[i]), distance, place;
        if (other > NAME_MAX_COMPARED)
            continue;
        distance = edit_distance(wrong, length, names[i], other);
        /* A name that shares nothing with the wrong one is no suggestion, however short both are. */
        if (distance > limit || distance >= (length > other ? length : other))
            continue;
        for (place = kept; place > 0 && distances[place - 1] > distance; place--)
            if (place < NEAREST_MAX) {
                distances[place] = distances[place - 1];
                found[place] = found[place - 1];
            }
        if (place < NEAREST_MAX) {
            distances[place] = distance;
            found[place] = names[i];
            kept += kept < NEAREST_MAX;
        }
    }
    return kept;
}

size_t text_nearest(char *out, size_t size, const char *wrong, const char *const *names, size_t count)
{
    const char *found[NEAREST_MAX];
    size_t kept = find_nearest(found, wrong, names, count), used = 0;
    if (size > 0)
        out[0] = '\0';
    for (size_t i = 0; i < kept && used < size; i++) {
        const char *before = i == 0 ? "" : i + 1 == kept ? " or " : ", ";
        int written = snprintf(out + used, size - used, "%s`%s`", before, found[i]);
        used += written > 0 ? (size_t)written : 0;
    }
    return kept;
}

void text_suggest(char *out, size_t size, const char *wrong, const char *const *names, size_t count)
{
    static const char question[] = "did you mean ";
    size_t used = 0;
    if (size == 0)
        return;
    snprintf(out, size, "%s", question);
    used = strlen(out);
    if (text_nearest(out + used, size - used, wrong, names, count) > 0) {
        used = strlen(out);
        snprintf(out + used, size - used, "?");
        return;
    }
    snprintf(out, size, "valid: ");
    for (size_t i = 0; i < count; i++) {
        used = strlen(out);
        snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "", names[i]);
    }
}

/* ---- UTF-8 and JSON ---- */

/* Bytes of the well-formed character at the start (Unicode 15, table 3-7), 0 when there is none. */
static size_t character_length(const char *text, size_t count)
{
    const unsigned char *s = (const unsigned char *)text;
    unsigned low = 0x80, high = 0xBF;
    size_t length;
    if (count == 0)
        return 0;
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xC2 || s[0] > 0xF4)
        return 0;
    length = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (length > count)
        return 0;
    if (s[0] == 0xE0)
        low = 0xA0; /* shorter forms exist below */
    else if (s[0] == 0xED)
        high = 0x9F; /* surrogates lie above */
    else if (s[0] == 0xF0)
        low = 0x90;
    else if (s[0] == 0xF4)
        high = 0x8F; /* Unicode ends there */
    if (s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (s[i] < 0x80 || s[i] > 0xBF)
            return 0;
    return length;
}

bool text_is_utf8(const char *bytes, size_t count)
{
    while (count > 0) {
        size_t length = character_length(bytes, count);
        if (length == 0 || *bytes == '\0')
            return false;
        bytes += length;
        count -= length;
    }
    return true;
}

void text_append_json(struct text *text, const char *s)
{
    size_t left = strlen(s);
    text_append_bytes(text, "\"", 1);
    while (left > 0) {
        size_t length = character_length(s, left);
        if (length == 0) {
            text_append_bytes(text, "\xEF\xBF\xBD", 3);
            length = 1;
        } else if (*s == '"' || *s == '\\') {
            text_append(text, "\\%c", *s);
        } else if (*s == '\n') {
            text_append_bytes(text, "\\n", 2);
        } else if (*s == '\t') {
            text_append_bytes(text, "\\t", 2);
        } else if ((unsigned char)*s < 0x20) {
            text_append(text, "\\u%04x", (unsigned)(unsigned char)*s);
        } else {
            text_append_bytes(text, s, length);
        }
        s += length;
        left -= length;
    }
    text_append_bytes(text, "\"", 1);
}

/* The byte of the escape that begins behind a \; *at goes to its last character. */
static bool read_escape(unsigned char *byte, const char **at)
{
    static const char names[] = "ntfr\\", values[] = "\n\t\f\r\\";
    const char *name = **at ? strchr(names, **at) : NULL;
    if (name)
        *byte = (unsigned char)values[name - names];
    else if (**at == 'x' && isxdigit((unsigned char)(*at)[1]) && isxdigit((unsigned char)(*at)[2])) {
        *byte = (unsigned char)strtol((char[]){(*at)[1], (*at)[2], '\0'}, NULL, 16);
        *at += 2;
    } else
        return false;
    return true;
}

bool text_unescape(unsigned char *out, size_t *size, const char *written)
{
    *size = 0;
    for (const char *at = written; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte == '\\') {
            at++;
            if (!read_escape(&byte, &at))
                return false;
        }
        out[(*size)++] = byte;
    }
    return true;
}

void text_append_number(struct text *text, double value)
{
    char digits[40];
    if (!isfinite(value)) {
        text_append_bytes(text, "null", 4);
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (strtod(digits, NULL) == value)
            break;
    }
    text_append_bytes(text, digits, strlen(digits));
}
