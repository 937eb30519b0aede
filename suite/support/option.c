/* option.c -- option tables: parsing, checking, printing. */
#include "support/option.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 256 };

static const double tokens_most = 0x1p40;

/* ---- numbers: strict, so that nothing is half understood ---- */

/* A decimal number and nothing else: no blanks, hexadecimal, NaN or infinity. */
static bool read_number(double *out, const char *value)
{
    static const char accepted[] = "0123456789.eE+-";
    double number;
    char *end;
    if (*value == '\0' || strspn(value, accepted) != strlen(value))
        return false;
    errno = 0;
    number = strtod(value, &end);
    if (*end != '\0' || end == value || !isfinite(number) || (errno == ERANGE && number == 0))
        return false;
    *out = number + 0.0; /* -0 becomes 0: one value, one spelling */
    return true;
}

static bool read_whole(size_t *out, const char *value)
{
    unsigned long long number;
    if (*value == '\0' || strspn(value, "0123456789") != strlen(value))
        return false;
    errno = 0;
    number = strtoull(value, NULL, 10);
    if (errno != 0 || number > SIZE_MAX)
        return false;
    *out = (size_t)number;
    return true;
}

/* A row that allows only 0 would be no option: 0 and 0 mean that no range was given. */
static bool has_range(const struct option *option)
{
    return option->minimum < 0 || option->minimum > 0 || option->maximum < 0 || option->maximum > 0;
}

static bool in_range(const struct option *option, double value)
{
    return !has_range(option) || (value >= option->minimum && value <= option->maximum);
}

/* ---- lengths ---- */

enum status length_parse(struct length *out, const char *value, const char *name, struct message *message)
{
    size_t size = strlen(value);
    struct length length = {.value = 1, .relative = size > 0 && value[size - 1] == 'L'};
    char digits[64];
    if (size >= sizeof digits)
        goto wrong;
    snprintf(digits, sizeof digits, "%.*s", (int)(size - length.relative), value);
    /* A bare L is the training length itself. */
    if (!(length.relative && digits[0] == '\0') && !read_number(&length.value, digits))
        goto wrong;
    if (length.value <= 0 || length.value > tokens_most)
        return message_set(message, STATUS_WRONG,
                           "%s: the length %s is out of range; a length is more than 0 "
                           "and at most %.0f tokens",
                           name, value, tokens_most);
    if (!length.relative && length.value > floor(length.value))
        return message_set(message, STATUS_WRONG,
                           "%s: the length %s is not a whole number of tokens; "
                           "write %sL for a multiple of the training length",
                           name, value, value);
    out->value = length.value; /* by member: what lies between them stays as it is */
    out->relative = length.relative;
    return STATUS_OK;
wrong:
    return message_set(message, STATUS_WRONG,
                       "%s: `%.80s` is no length; write tokens (256) or a multiple of "
                       "the training length (4L, 0.25L)",
                       name, value);
}

size_t length_tokens(struct length length, size_t trained_length)
{
    double tokens = length.relative ? length.value * (double)trained_length : length.value;
    if (!(tokens >= 1))
        return 1;
    return tokens < 0x1p62 ? (size_t)llround(tokens) : (size_t)1 << 62;
}

/* ---- setting ---- */

static enum status refuse(const struct option *option, const char *owner, const char *value,
                          struct message *message)
{
    struct text allowed = {0};
    option_describe(&allowed, option);
    message_set(message, STATUS_WRONG, "%s: %s = `%.80s` is wrong; %s takes: %.600s", owner, option->name,
                value, option->name, text_string(&allowed));
    text_release(&allowed);
    return STATUS_WRONG;
}

static enum status set_length(const struct option *option, struct length *out, const char *owner,
                              const char *value, struct message *message)
{
    struct length length = {0};
    char name[160];
    snprintf(name, sizeof name, "%s: %s", owner, option->name);
    if (length_parse(&length, value, name, message))
        return STATUS_WRONG;
    if (!in_range(option, length.value))
        return refuse(option, owner, value, message);
    out->value = length.value;
    out->relative = length.relative;
    return STATUS_OK;
}

static enum status set_lengths(const struct option *option, struct length_list *out, const char *owner,
                               const char *value, struct message *message)
{
    struct length_list list = {0};
    const char *next = value;
    for (;;) {
        size_t size = strcspn(next, ",");
        char part[64], *stripped;
        if (list.count == OPTION_LENGTHS_MAX)
            return message_set(message, STATUS_WRONG, "%s: %s has more than %d lengths", owner, option->name,
                               OPTION_LENGTHS_MAX);
        snprintf(part, sizeof part, "%.*s", (int)(size < sizeof part ? size : sizeof part - 1), next);
        stripped = text_strip(part);
        if (*stripped == '\0' || size >= sizeof part)
            return refuse(option, owner, value, message);
        if (set_length(option, &list.at[list.count], owner, stripped, message))
            return STATUS_WRONG;
        list.count++;
        if (next[size] == '\0')
            break;
        next += size + 1;
    }
    *out = list;
    return STATUS_OK;
}

static enum status set_text(const struct option *option, char *out, const char *owner, const char *value,
                            struct message *message)
{
    size_t size = strlen(value);
    if (size >= OPTION_TEXT_SIZE)
        return message_set(message, STATUS_WRONG, "%s: %s has %zu bytes; at most %d fit", owner, option->name,
                           size, OPTION_TEXT_SIZE - 1);
    if (!text_is_utf8(value, size))
        return message_set(message, STATUS_WRONG, "%s: %s is not valid UTF-8", owner, option->name);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)value[i] < 0x20)
            return message_set(message, STATUS_WRONG,
                               "%s: %s has a control character at byte %zu; use plain text", owner,
                               option->name, i + 1);
    memset(out, 0, OPTION_TEXT_SIZE);
    memcpy(out, value, size);
    return STATUS_OK;
}

static bool choose(int *out, const struct option *option, const char *value)
{
    for (int i = 0; option->choices && option->choices[i]; i++)
        if (strcmp(value, option->choices[i]) == 0) {
            *out = i;
            return true;
        }
    return false;
}

/* Reads value into the field that `option` describes. */
static enum status set_field(const struct option *option, void *object, const char *owner, const char *value,
                             struct message *message)
{
    void *field = (char *)object + option->offset;
    bool automatic = strcmp(value, "auto") == 0, good = false;
    double number = 0;
    size_t whole = 0;
    switch (option->type) {
    case OPTION_SIZE:
        good = read_whole(&whole, value) && in_range(option, (double)whole);
        if (good)
            *(size_t *)field = whole;
        break;
    case OPTION_REAL:
        good = read_number(&number, value) && in_range(option, number);
        if (good)
            *(double *)field = number;
        break;
    case OPTION_FACTOR:
        good = automatic || (read_number(&number, value) && number > 0 && in_range(option, number));
        if (good)
            *(double *)field = automatic ? 0 : number;
        break;
    case OPTION_BOOLEAN:
        good = strcmp(value, "on") == 0 || strcmp(value, "off") == 0;
        if (good)
            *(bool *)field = value[1] == 'n';
        break;
    case OPTION_CHOICE:
        good = choose(field, option, value);
        break;
    case OPTION_LENGTH:
        return set_length(option, field, owner, value, message);
    case OPTION_LENGTHS:
        return set_lengths(option, field, owner, value, message);
    case OPTION_TEXT:
        return set_text(option, field, owner, value, message);
    }
    return good ? STATUS_OK : refuse(option, owner, value, message);
}

const struct option *option_find(const struct option *table, const char *name)
{
    for (; table && table->name; table++)
        if (strcmp(table->name, name) == 0)
            return table;
    return NULL;
}

enum status option_set(const struct option *table, void *object, const char *owner, const char *name,
                       const char *value, struct message *message)
{
    const struct option *option = option_find(table, name);
    const char *names[NAMES_MAX];
    size_t count = 0;
    char hint[512];
    if (option)
        return set_field(option, object, owner, value, message);
    for (; table && table[count].name && count < NAMES_MAX; count++)
        names[count] = table[count].name;
    if (count == 0)
        return message_set(message, STATUS_WRONG, "%s has no options, so none is called `%.80s`", owner,
                           name);
    text_suggest(hint, sizeof hint, name, names, count);
    return message_set(message, STATUS_WRONG, "%s has no option `%.80s`; %s", owner, name, hint);
}

enum status option_defaults(const struct option *table, void *object, struct message *message)
{
    for (; table && table->name; table++)
        if (set_field(table, object, "default", table->standard ? table->standard : "", message))
            return STATUS_FAILED;
    return STATUS_OK;
}

/* ---- printing ---- */

static void print_length(struct text *out, struct length length)
{
    text_append_number(out, length.value);
    if (length.relative)
        text_append(out, "L");
}

void option_print(struct text *out, const struct option *option, const void *object)
{
    const void *field = (const char *)object + option->offset;
    const struct length_list *list = field;
    switch (option->type) {
    case OPTION_SIZE:
        text_append(out, "%zu", *(const size_t *)field);
        break;
    case OPTION_REAL:
        text_append_number(out, *(const double *)field);
        break;
    case OPTION_FACTOR:
        if (*(const double *)field > 0)
            text_append_number(out, *(const double *)field);
        else
            text_append(out, "auto");
        break;
    case OPTION_BOOLEAN:
        text_append(out, *(const bool *)field ? "on" : "off");
        break;
    case OPTION_CHOICE:
        text_append(out, "%s", option->choices[*(const int *)field]);
        break;
    case OPTION_LENGTH:
        print_length(out, *(const struct length *)field);
        break;
    case OPTION_LENGTHS:
        for (size_t i = 0; i < list->count; i++) {
            text_append(out, "%s", i > 0 ? ", " : "");
            print_length(out, list->at[i]);
        }
        break;
    case OPTION_TEXT:
        text_append(out, "%s", (const char *)field);
        break;
    }
}

void option_print_all(struct text *out, const struct option *table, const void *object)
{
    for (const struct option *option = table; option && option->name; option++) {
        text_append(out, "%s%s=", option > table ? ", " : "", option->name);
        option_print(out, option, object);
    }
}

static bool same_lengths(const struct length_list *a, const struct length_list *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = a->at[i].relative == b->at[i].relative && a->at[i].value == b->at[i].value;
    return same;
}

/* Compares values, not texts: a text takes memory, and without memory an id would be another one. */
static bool holds_default(const struct option *option, const void *object)
{
    union {
        size_t size;
        double real;
        bool boolean;
        int choice;
        struct length length;
        char text[OPTION_TEXT_SIZE];
        struct length_list lengths;
    } standard;
    struct option alone = *option;
    const void *field = (const char *)object + option->offset;
    const struct length *length = field;
    alone.offset = 0;
    if (set_field(&alone, &standard, "default", option->standard ? option->standard : "", NULL))
        return false;
    switch (option->type) {
    case OPTION_SIZE:
        return *(const size_t *)field == standard.size;
    case OPTION_REAL:
    case OPTION_FACTOR:
        return *(const double *)field == standard.real;
    case OPTION_BOOLEAN:
        return *(const bool *)field == standard.boolean;
    case OPTION_CHOICE:
        return *(const int *)field == standard.choice;
    case OPTION_LENGTH:
        return length->relative == standard.length.relative && length->value == standard.length.value;
    case OPTION_LENGTHS:
        return same_lengths(field, &standard.lengths);
    case OPTION_TEXT:
        return strcmp(field, standard.text) == 0;
    }
    return false;
}

bool option_is_stored(const struct option *option, const void *object)
{
    return !option->since || !holds_default(option, object);
}

void option_print_stored(struct text *out, const struct option *table, const void *object)
{
    const char *separator = "";
    for (const struct option *option = table; option && option->name; option++) {
        if (!option_is_stored(option, object))
            continue;
        text_append(out, "%s%s=", separator, option->name);
        option_print(out, option, object);
        separator = ", ";
    }
}

static void describe_range(struct text *out, const struct option *option)
{
    const double endless = 1e300;
    if (!has_range(option))
        return;
    if (option->minimum > -endless) {
        text_append(out, option->maximum < endless ? " from " : " of at least ");
        text_append_number(out, option->minimum);
    }
    if (option->maximum < endless) {
        text_append(out, option->minimum > -endless ? " to " : " of at most ");
        text_append_number(out, option->maximum);
    }
}

void option_describe(struct text *out, const struct option *option)
{
    switch (option->type) {
    case OPTION_SIZE:
        text_append(out, "whole number");
        describe_range(out, option);
        break;
    case OPTION_REAL:
        text_append(out, "number");
        describe_range(out, option);
        break;
    case OPTION_FACTOR:
        text_append(out, "number");
        describe_range(out, option);
        text_append(out, ", or auto");
        break;
    case OPTION_BOOLEAN:
        text_append(out, "on or off");
        break;
    case OPTION_CHOICE:
        text_append(out, "one of ");
        for (size_t i = 0; option->choices && option->choices[i]; i++)
            text_append(out, "%s%s", i > 0 ? ", " : "", option->choices[i]);
        break;
    case OPTION_LENGTH:
        text_append(out, "tokens (64) or a multiple of the training length (0.25L)");
        if (has_range(option))
            text_append(out, ", the number");
        describe_range(out, option);
        break;
    case OPTION_LENGTHS:
        text_append(out,
                    "list of tokens (512) or multiples of the training length (4L), separated by commas");
        if (has_range(option))
            text_append(out, ", each number");
        describe_range(out, option);
        break;
    case OPTION_TEXT:
        text_append(out, "text");
        break;
    }
}
