/* text.c -- names as text, SVG as images that the page holds. */
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

/* Base64 (RFC 4648, section 4). */
static void append_base64(struct text *out, const struct text *bytes)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes->length; i += 3) {
        const size_t left = bytes->length - i;
        const unsigned char *at = (const unsigned char *)bytes->bytes + i;
        const unsigned group =
            (unsigned)at[0] << 16 | (left > 1 ? (unsigned)at[1] << 8 : 0) | (left > 2 ? at[2] : 0u);
        const char four[] = {digits[group >> 18], digits[group >> 12 & 63],
                             left > 1 ? digits[group >> 6 & 63] : '=', left > 2 ? digits[group & 63] : '='};
        text_append_bytes(out, four, sizeof four);
    }
}

void html_svg(struct text *out, const struct text *svg, const char *label, const char *look)
{
    text_append(out, "<img class=\"%s\" alt=\"", look);
    html_text(out, label);
    text_append(out, "\" src=\"data:image/svg+xml;base64,");
    append_base64(out, svg);
    text_append(out, "\"/>\n");
}
