/* list_print.c -- what there is, in words and as JSON. */
#include "commands/list_print.h"

#include <string.h>

#include "model/places.h"

/* ---- as text ---- */

static void append_title(struct text *out, const char *experiment)
{
    struct ini ini = {.count = 0};
    const struct ini_section *section = NULL;
    const struct ini_entry *title = NULL;
    if (!ini_read(&ini, experiment, NULL))
        section = ini_find(&ini, "experiment");
    if (section)
        title = ini_entry(section, "title");
    text_append(out, "%s", title ? title->value : experiment);
    ini_release(&ini);
}

static void append_settings(struct text *out, const struct ini_section *section, const char *separator)
{
    for (size_t i = 0; i < section->count; i++)
        text_append(out, "%s%s = %s", i ? separator : "", section->entry[i].key, section->entry[i].value);
}

static void append_summary(struct text *out, const struct entry *entry)
{
    if (entry->section)
        append_settings(out, entry->section, "; ");
    else if (entry->body)
        append_title(out, entry->name);
    else
        text_append(out, "%s", entry->summary);
}

static void print_rows(struct text *out, const struct catalogue *catalogue)
{
    size_t widest = 0;
    for (size_t i = 0; i < catalogue->count; i++)
        if (strlen(catalogue->entry[i].name) > widest)
            widest = strlen(catalogue->entry[i].name);
    for (size_t i = 0; i < catalogue->count; i++) {
        text_append(out, "%-*s  ", (int)widest, catalogue->entry[i].name);
        append_summary(out, &catalogue->entry[i]);
        text_append(out, "\n");
    }
}

/* "rotation, keys; evaluation only". */
static void append_places(struct text *out, const struct encoder *encoder)
{
    const char *separator = "";
    for (const struct place *place = places; place->name; place++)
        if (encoder_hooks(encoder) & place->hook) {
            text_append(out, "%s%s", separator, place->name);
            separator = ", ";
        }
    text_append(out, "%s; %s", *separator ? "" : "nothing",
                encoder->flags & ENCODER_EVALUATION_ONLY ? "evaluation only" : "training and evaluation");
}

/* "    words words", broken between words. */
static void print_paragraph(struct text *out, const char *words)
{
    enum { WIDTH = 100, INDENT = 4 };
    size_t used = 0;
    while (*words) {
        const size_t word = strcspn(words, " ");
        if (used > 0 && INDENT + used + 1 + word > WIDTH) {
            text_append(out, "\n");
            used = 0;
        }
        text_append(out, "%*s%.*s", used > 0 ? 1 : INDENT, "", (int)word, words);
        used += word + 1;
        words += word;
        words += strspn(words, " ");
    }
    text_append(out, "\n");
}

/* ", since 0.2.0" behind the values of an option that came later. */
static void append_since(struct text *out, const struct option *option)
{
    if (option->since)
        text_append(out, ", since %s", option->since);
}

static void print_options_line(struct text *out, const struct option *options)
{
    struct text line = {0};
    for (const struct option *option = options; option && option->name; option++) {
        text_append(&line, "%s%s = %s (", option == options ? "" : ", ", option->name, option->standard);
        option_describe(&line, option);
        append_since(&line, option);
        text_append(&line, ")");
    }
    if (line.length > 0)
        print_paragraph(out, text_string(&line));
    text_carry(out, &line);
    text_release(&line);
}

/* Encoders: each with where and when it acts, its options and its citation. */
static void print_blocks(struct text *out, const struct catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct entry *entry = &catalogue->entry[i];
        text_append(out, "%s  ", entry->name);
        append_places(out, entry->encoder);
        text_append(out, "\n");
        print_paragraph(out, entry->summary);
        print_options_line(out, entry->options);
        print_paragraph(out, entry->citation);
    }
}

static void print_option(struct text *out, const struct option *option)
{
    struct text values = {0};
    option_describe(&values, option);
    append_since(&values, option);
    text_append(out, "    %s = %s\n        %s (%s)\n", option->name, option->standard, option->help,
                text_string(&values));
    text_carry(out, &values);
    text_release(&values);
}

void list_print_one(struct text *out, const struct entry *entry)
{
    if (entry->body) {
        text_append(out, "%s", entry->body);
        return;
    }
    text_append(out, "%s -- ", entry->name);
    append_summary(out, entry);
    text_append(out, "\n");
    if (entry->encoder) {
        text_append(out, "acts on ");
        append_places(out, entry->encoder);
        text_append(out, "%s%s\n", entry->encoder->flags & ENCODER_RELATIVE ? "; sees distances alone" : "",
                    entry->encoder->attentions == CAUSAL ? "; for causal attention" : "");
    }
    if (entry->citation)
        text_append(out, "%s\n", entry->citation);
    if (entry->options && entry->options->name)
        text_append(out, "\noptions, with their defaults\n");
    for (const struct option *option = entry->options; option && option->name; option++)
        print_option(out, option);
}

void list_print_all(struct text *out, const struct catalogue *catalogue)
{
    (catalogue->count > 0 && catalogue->entry[0].encoder ? print_blocks : print_rows)(out, catalogue);
}

/* ---- as JSON ---- */

static void json_member(struct text *out, const char *separator, const char *name, const char *value)
{
    text_append(out, "%s", separator);
    text_append_json(out, name);
    text_append(out, ": ");
    text_append_json(out, value);
}

/* In the order of enum option_type. */
static const char *const type_names[] = {"size",   "real",   "boolean", "choice",
                                         "length", "factor", "text",    "lengths"};

/* minimum and maximum where there is a range, choices where there are. */
static void json_range(struct text *out, const struct option *option)
{
    if (option->maximum > option->minimum) {
        text_append(out, ", \"minimum\": ");
        text_append_number(out, option->minimum);
        text_append(out, ", \"maximum\": ");
        text_append_number(out, option->maximum);
    }
    if (!option->choices)
        return;
    text_append(out, ", \"choices\": [");
    for (size_t i = 0; option->choices[i]; i++) {
        text_append(out, "%s", i > 0 ? ", " : "");
        text_append_json(out, option->choices[i]);
    }
    text_append(out, "]");
}

static void json_encoder(struct text *out, const struct encoder *encoder)
{
    const char *separator = "";
    text_append(out, ", \"acts\": [");
    for (const struct place *place = places; place->name; place++)
        if (encoder_hooks(encoder) & place->hook) {
            text_append(out, "%s", separator);
            text_append_json(out, place->name);
            separator = ", ";
        }
    text_append(out, "], \"when\": [%s\"evaluation\"], \"relative\": %s, \"causal_only\": %s",
                encoder->flags & ENCODER_EVALUATION_ONLY ? "" : "\"training\", ",
                encoder->flags & ENCODER_RELATIVE ? "true" : "false",
                encoder->attentions == CAUSAL ? "true" : "false");
}

static void json_options(struct text *out, const struct option *options)
{
    text_append(out, ", \"options\": [");
    for (const struct option *option = options; option && option->name; option++) {
        struct text values = {0};
        option_describe(&values, option);
        json_member(out, option == options ? "{" : ", {", "name", option->name);
        json_member(out, ", ", "default", option->standard);
        json_member(out, ", ", "type", type_names[option->type]);
        json_member(out, ", ", "values", text_string(&values));
        json_range(out, option);
        if (option->since)
            json_member(out, ", ", "since", option->since);
        json_member(out, ", ", "help", option->help);
        text_append(out, "}");
        text_carry(out, &values);
        text_release(&values);
    }
    text_append(out, "]");
}

static void json_entry(struct text *out, const struct entry *entry)
{
    struct text summary = {0};
    append_summary(&summary, entry);
    json_member(out, "  {", "name", entry->name);
    json_member(out, ", ", "summary", text_string(&summary));
    text_carry(out, &summary);
    text_release(&summary);
    if (entry->citation) {
        json_member(out, ", ", "citation", entry->citation);
        text_append(out, ", \"version\": %u", entry->version);
    }
    if (entry->encoder)
        json_encoder(out, entry->encoder);
    if (entry->citation || entry->options)
        json_options(out, entry->options);
    if (entry->section) {
        text_append(out, ", \"settings\": {");
        for (size_t i = 0; i < entry->section->count; i++)
            json_member(out, i ? ", " : "", entry->section->entry[i].key, entry->section->entry[i].value);
        text_append(out, "}");
    }
    if (entry->body)
        json_member(out, ", ", "text", entry->body);
    text_append(out, "}");
}

void list_print_json(struct text *out, const struct catalogue *catalogue)
{
    text_append(out, "[\n");
    for (size_t i = 0; i < catalogue->count; i++) {
        json_entry(out, &catalogue->entry[i]);
        text_append(out, i + 1 < catalogue->count ? ",\n" : "\n");
    }
    text_append(out, "]\n");
}
