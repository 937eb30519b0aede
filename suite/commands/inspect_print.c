/* inspect_print.c -- an encoder by itself, in words and numbers. */
#include "commands/inspect_print.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LABEL_WIDTH = 58, VALUE_WIDTH = 12, LINE_WIDTH = 110, WORD_INDENT = 12 };

/* Single numbers are named GROUP_WHAT. */
static const struct {
    const char *prefix, *title;
} groups[] = {{"keys_", "keys"},
              {"additive_", "added vectors"},
              {"rotation_", "rotation"},
              {"bias_", "bias"},
              {"scale_", "scale of queries"}};
enum { GROUPS = sizeof groups / sizeof *groups };

/* ---- as text ---- */

/* "name       words", broken between words. */
static void print_words(struct text *out, const char *name, const char *words)
{
    size_t used = WORD_INDENT;
    if (!*words)
        return;
    text_append(out, "%-*s", WORD_INDENT, name);
    while (*words) {
        const size_t word = strcspn(words, " ");
        if (used > WORD_INDENT && used + 1 + word > LINE_WIDTH) {
            text_append(out, "\n%*s", WORD_INDENT, "");
            used = WORD_INDENT;
        }
        text_append(out, "%s%.*s", used > WORD_INDENT ? " " : "", (int)word, words);
        used += word + 1;
        words += word;
        words += strspn(words, " ");
    }
    text_append(out, "\n");
}

static void print_value(struct text *out, double value)
{
    char digits[40];
    if (isnan(value))
        snprintf(digits, sizeof digits, "-");
    else if (fabs(value - round(value)) <= 1e-9 * fabs(value) && fabs(value) < 1e9)
        snprintf(digits, sizeof digits, "%.0f", round(value) + 0.0); /* a base, for one, comes of a power */
    else
        snprintf(digits, sizeof digits, "%.5g", value);
    text_append(out, " %*s", VALUE_WIDTH, digits);
}

/* Has this name been met at an earlier length, or earlier at this one? */
static bool is_new(const struct inspected *inspected, size_t length, size_t fact)
{
    const char *name = inspected->at[length].fact[fact].name;
    for (size_t i = 0; i <= length; i++)
        for (size_t f = 0; f < (i < length ? inspected->at[i].facts : fact); f++)
            if (strcmp(inspected->at[i].fact[f].name, name) == 0)
                return false;
    return true;
}

static void print_group(struct text *out, const struct inspected *inspected, size_t group)
{
    bool begun = false;
    for (size_t i = 0; i < inspected->lengths; i++)
        for (size_t f = 0; f < inspected->at[i].facts; f++) {
            const struct inspected_fact *fact = &inspected->at[i].fact[f];
            if (strncmp(fact->name, groups[group].prefix, strlen(groups[group].prefix)) != 0 ||
                !is_new(inspected, i, f))
                continue;
            if (!begun)
                text_append(out, "%s\n", groups[group].title);
            begun = true;
            text_append(out, "  %-*s", LABEL_WIDTH - 2, fact->description);
            for (size_t n = 0; n < inspected->lengths; n++)
                print_value(out, inspected_value(&inspected->at[n], fact->name));
            text_append(out, "\n");
        }
}

void inspect_print_text(struct text *out, const struct inspected *inspected)
{
    text_append(out, "%s: untrained, layer %zu of %zu, %zu heads of width %zu, L = %zu, seed %zu\n",
                inspected->variant, inspected->layer, inspected->layers, inspected->heads,
                inspected->width / inspected->heads, inspected->trained_length, inspected->seed);
    print_words(out, "encoder", text_string(&inspected->encoder));
    print_words(out, "positions", text_string(&inspected->positions));
    print_words(out, "acts on", inspected->acts.length > 0 ? text_string(&inspected->acts) : "nothing");
    print_words(out, "not on", text_string(&inspected->idle));
    if (inspected->content.length > 0) {
        print_words(out, "not shown", text_string(&inspected->content));
        print_words(out, "", "(it depends on the text; what is shown is the rest)");
    }
    text_append(out, "\n%-*s", LABEL_WIDTH, "tokens");
    for (size_t n = 0; n < inspected->lengths; n++)
        text_append(out, " %*zu", VALUE_WIDTH, inspected->at[n].length);
    text_append(out, "\n");
    for (size_t g = 0; g < GROUPS; g++)
        print_group(out, inspected, g);
    for (size_t n = 0; n < inspected->lengths; n++)
        if (inspected->at[n].refusal[0])
            text_append(out, "refused at n = %zu: %s\n", inspected->at[n].length, inspected->at[n].refusal);
}

/* ---- as JSON ---- */

static void member(struct text *out, const char *separator, const char *name)
{
    text_append(out, "%s", separator);
    text_append_json(out, name);
    text_append(out, ": ");
}

static void member_text(struct text *out, const char *separator, const char *name, const char *value)
{
    member(out, separator, name);
    text_append_json(out, value);
}

/* Curves have one dimension or two. */
static void print_values(struct text *out, const struct inspected_array *array)
{
    const size_t rows = array->rank > 1 ? array->extent[0] : 1, columns = array->extent[array->rank - 1];
    text_append(out, "%s", array->rank > 1 ? "[" : "");
    for (size_t i = 0; i < rows; i++) {
        text_append(out, "%s[", i > 0 ? ", " : "");
        for (size_t j = 0; j < columns; j++) {
            text_append(out, "%s", j > 0 ? ", " : "");
            text_append_number(out, array->values[i * columns + j]);
        }
        text_append(out, "]");
    }
    text_append(out, "%s", array->rank > 1 ? "]" : "");
}

static bool is_map(const struct inspected_array *array)
{
    return array->rank > 1 && strcmp(array->dimension[array->rank - 1], "key") == 0;
}

static void print_arrays(struct text *out, const struct inspected_length *length)
{
    const char *separator = "\n      ";
    text_append(out, ",\n     \"arrays\": {");
    for (size_t a = 0; a < length->arrays; a++) {
        const struct inspected_array *array = &length->array[a];
        if (is_map(array))
            continue;
        member(out, separator, array->name);
        text_append(out, "{");
        member_text(out, "", "description", array->description);
        member_text(out, ", ", "units", array->units);
        text_append(out, ", \"dimensions\": [");
        for (size_t i = 0; i < array->rank; i++) {
            text_append(out, "%s", i > 0 ? ", " : "");
            text_append_json(out, array->dimension[i]);
        }
        text_append(out, "], \"values\": ");
        print_values(out, array);
        text_append(out, "}");
        separator = ",\n      ";
    }
    text_append(out, "}");
}

static void print_length(struct text *out, const struct inspected_length *length)
{
    text_append(out, "    {\"length\": %zu", length->length);
    member(out, ", ", "refusal");
    if (length->refusal[0])
        text_append_json(out, length->refusal);
    else
        text_append(out, "null");
    text_append(out, ",\n     \"facts\": {");
    for (size_t f = 0; f < length->facts; f++) {
        member(out, f > 0 ? ", " : "", length->fact[f].name);
        text_append_number(out, length->fact[f].value);
    }
    text_append(out, "}");
    print_arrays(out, length);
    text_append(out, "}");
}

void inspect_print_json(struct text *out, const struct inspected *inspected)
{
    member_text(out, "{", "variant", inspected->variant);
    member_text(out, ",\n ", "encoder", text_string(&inspected->encoder));
    member_text(out, ",\n ", "positions", text_string(&inspected->positions));
    member_text(out, ",\n ", "acts", text_string(&inspected->acts));
    member_text(out, ",\n ", "does_not_act", text_string(&inspected->idle));
    member_text(out, ",\n ", "needs_text", text_string(&inspected->content));
    text_append(
        out,
        ",\n \"layers\": %zu, \"heads\": %zu, \"width\": %zu, \"training_length\": %zu, \"layer\": %zu, "
        "\"seed\": %zu,\n \"lengths\": [\n",
        inspected->layers, inspected->heads, inspected->width, inspected->trained_length, inspected->layer,
        inspected->seed);
    for (size_t n = 0; n < inspected->lengths; n++) {
        print_length(out, &inspected->at[n]);
        text_append(out, n + 1 < inspected->lengths ? ",\n" : "\n");
    }
    text_append(out, " ]}\n");
}
