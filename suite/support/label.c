/* label.c -- names made safe to show. */
#include "support/label.h"

#include <stdbool.h>
#include <string.h>

size_t label_character(const char *text)
{
    const unsigned char first = (unsigned char)text[0];
    if (first == '\0')
        return 0;
    size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    for (size_t i = 1; i < size; i++)
        if (text[i] == '\0')
            return 1;
    return text_is_utf8(text, size) ? size : 1;
}

/* Characters that are not drawn but change how others are: controls, direction and line marks. */
static bool unseen(const unsigned char *at, size_t size)
{
    if (size == 1)
        return at[0] < 0x20 || at[0] >= 0x7F;
    if (size == 2)
        return at[0] == 0xC2 && at[1] < 0xA0;        /* U+0080 .. U+009F */
    if (size == 3 && at[0] == 0xE2 && at[1] == 0x80) /* U+200B-200F, 2028-202E */
        return (at[2] >= 0x8B && at[2] <= 0x8F) || (at[2] >= 0xA8 && at[2] <= 0xAE);
    if (size == 3 && at[0] == 0xE2 && at[1] == 0x81) /* U+2066 .. U+2069 */
        return at[2] >= 0xA6 && at[2] <= 0xA9;
    return false;
}

static void append(struct text *out, const char *name, const char *escaped)
{
    for (size_t size; (size = label_character(name)) > 0; name += size) {
        if (unseen((const unsigned char *)name, size)) {
            for (size_t i = 0; i < size; i++)
                text_append(out, "%s\\x%02X", strchr(escaped, '\\') ? "\\" : "", (unsigned char)name[i]);
            continue;
        }
        if (size == 1 && strchr(escaped, name[0]))
            text_append_bytes(out, "\\", 1);
        text_append_bytes(out, name, size);
    }
}

void label_plain(struct text *out, const char *name)
{
    append(out, name, "");
}

void label_markdown(struct text *out, const char *name)
{
    append(out, name, "\\`*_{}[]<>#|~&$!");
}

size_t label_width(const char *text)
{
    size_t width = 0;
    for (size_t size; (size = label_character(text)) > 0; text += size)
        width++;
    return width;
}
