/* text.c -- names as text, SVG as a part of the page. */
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "results/page/private.h"
#include "support/label.h"

static void escape(struct text *out, const char *value)
{
    static const char *const written[][2] = {
        {"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}};
    for (; *value; value++) {
        size_t i = 0;
        while (i < sizeof written / sizeof *written && written[i][0][0] != *value)
            i++;
        if (i < sizeof written / sizeof *written)
            text_append(out, "%s", written[i][1]);
        else
            text_append_bytes(out, value, 1);
    }
}

void html_text(struct text *out, const char *value)
{
    struct text plain = {0};
    label_plain(&plain, value);
    escape(out, text_string(&plain));
    text_carry(out, &plain);
    text_release(&plain);
}

void html_lines(struct text *out, const char *value)
{
    while (*value) {
        const size_t bytes = strcspn(value, "\n");
        struct text line = {0};
        text_append_bytes(&line, value, bytes);
        html_text(out, text_string(&line));
        text_carry(out, &line);
        text_release(&line);
        value += bytes;
        if (*value == '\n') {
            text_append(out, "\n");
            value++;
        }
    }
}

void html_shell_word(struct text *out, const char *value)
{
    struct text plain = {0}, word = {0};
    bool safe = value[0] != '\0' && value[0] != '-';
    label_plain(&plain, value);
    for (const char *c = text_string(&plain); *c; c++)
        safe = safe && (isalnum((unsigned char)*c) || strchr("._/-", *c));
    text_append(&word, "%s", safe ? "" : "'");
    for (const char *c = text_string(&plain); *c; c++)
        text_append(&word, *c == '\'' ? "'\\''" : "%c", *c);
    text_append(&word, "%s", safe ? "" : "'");
    escape(out, text_string(&word));
    text_carry(out, &plain);
    text_carry(out, &word);
    text_release(&plain);
    text_release(&word);
}

/* ---- SVG ---- */

/* Only what draws, and nothing that runs or fetches. */
static bool known_element(const char *name, size_t size)
{
    static const char *const known[] = {"svg",   "g",       "defs",     "circle",  "path",       "rect",
                                        "use",   "polygon", "polyline", "line",    "text",       "tspan",
                                        "title", "desc",    "filter",   "feFlood", "feComposite"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i]) == size && strncmp(known[i], name, size) == 0)
            return true;
    return false;
}

/* One attribute, name="value" with either quote, as it stands in the page: ids and references get the
 * prefix, namespaces go, what could run or fetch is none.  Returns its end; NULL = it must not pass. */
static const char *copy_attribute(struct text *out, const char *at, const char *prefix)
{
    const size_t name = strcspn(at, "= \t\n>");
    const char *value = at + name;
    value += strspn(value, " ");
    if (*value != '=')
        return NULL;
    value++;
    value += strspn(value, " ");
    const char quote = *value;
    const char *end = quote == '"' || quote == '\'' ? strchr(value + 1, quote) : NULL;
    if (!end || strncmp(at, "on", 2) == 0)
        return NULL;
    value++;
    if (strncmp(at, "xmlns", 5) == 0)
        return end + 1;
    if (name == 10 && strncmp(at, "xlink:href", 10) == 0) {
        if (*value != '#')
            return NULL;
        text_append(out, " href=\"#%s%.*s\"", prefix, (int)(end - value - 1), value + 1);
    } else if (name == 2 && strncmp(at, "id", 2) == 0) {
        if (strncmp(value, "gnuplot_", 8) != 0) /* those of plots repeat, and nothing refers to them */
            text_append(out, " id=\"%s%.*s\"", prefix, (int)(end - value), value);
    } else {
        text_append(out, " ");
        text_append_bytes(out, at, name);
        text_append(out, "=%c", quote);
        for (; value < end; value++) /* a filter by reference */
            if (strncmp(value, "url(#", 5) == 0) {
                text_append(out, "url(#%s", prefix);
                value += 4;
            } else {
                text_append_bytes(out, value, 1);
            }
        text_append(out, "%c", quote);
    }
    return end + 1;
}

/* One tag from its <; NULL = it must not pass. */
static const char *copy_tag(struct text *out, const char *at, const char *prefix, const char *first)
{
    const bool closing = at[1] == '/';
    const char *name = at + 1 + closing;
    const size_t size = strcspn(name, " \t\n/>");
    if (!known_element(name, size))
        return NULL;
    text_append(out, "<%s%.*s", closing ? "/" : "", (int)size, name);
    if (first)
        text_append(out, "%s", first);
    at = name + size;
    for (at += strspn(at, " \t\n"); at && *at && *at != '>' && *at != '/'; at += strspn(at, " \t\n")) {
        at = copy_attribute(out, at, prefix);
        if (!at)
            return NULL;
    }
    if (!at || !*at)
        return NULL;
    text_append(out, "%s", *at == '/' ? "/>" : ">");
    at = strchr(at, '>');
    return at ? at + 1 : NULL;
}

bool html_svg(struct text *out, const struct text *svg, const char *prefix, const char *label,
              const char *look)
{
    struct text copy = {0}, first = {0};
    const char *at = strstr(text_string(svg), "<svg");
    bool passes = at != NULL;
    text_append(&first, " class=\"%s\" role=\"img\" aria-label=\"", look);
    html_text(&first, label);
    text_append(&first, "\"");
    for (const char *beginning = at; passes && *at;) {
        if (*at == '<') {
            at = copy_tag(&copy, at, prefix, at == beginning ? text_string(&first) : NULL);
            passes = at != NULL;
        } else {
            const size_t bytes = strcspn(at, "<");
            text_append_bytes(&copy, at, bytes);
            at += bytes;
        }
    }
    if (passes)
        text_append_bytes(out, text_string(&copy), copy.length);
    text_carry(out, &copy);
    text_carry(out, &first);
    text_release(&copy);
    text_release(&first);
    return passes;
}
