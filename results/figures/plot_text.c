/* plot_text.c -- names and sentences of a figure, and how they reach gnuplot.
 *
 * They stand in double-quoted strings only, where every character that could end the string or start
 * something (quotes, backslash, backquote) is written as its octal code; single quotes will not do,
 * because gnuplot misreads a doubled quote at the start of such a string.  Labels are noenhanced; the
 * titles' markup characters are escaped. */
#include "results/figures/plot_text.h"

#include <string.h>

#include "results/findings/trained_length.h"
#include "support/label.h"

void plot_text_name(struct text *out, const char *name, size_t most)
{
    struct text plain = {0};
    label_plain(&plain, name);
    const char *at = text_string(&plain);
    const size_t width = label_width(at), tail = most / 3, head = most - tail - 1;
    for (size_t i = 0, size; (size = label_character(at)) > 0; i++, at += size) {
        if (width <= most || i < head || i >= width - tail)
            text_append_bytes(out, at, size);
        else if (i == head)
            text_append(out, "…");
    }
    text_carry(out, &plain);
    text_release(&plain);
}

void plot_text_variant(struct text *out, const struct results *results, size_t variant, size_t most)
{
    struct text mark = {0};
    plot_text_name(out, results->variant[variant].name, most);
    trained_mark(&mark, results, variant);
    if (mark.length > 0)
        text_append(out, " %s", text_string(&mark));
    text_carry(out, &mark);
    text_release(&mark);
}

/* A string of gnuplot's. */
void plot_text_quoted(struct text *out, const char *value)
{
    text_append(out, "\"");
    for (; *value; value++)
        text_append(out, strchr("\"\\`'@$", *value) ? "\\%03o" : "%c", (unsigned char)*value);
    text_append(out, "\"");
}

/* Bold needs enhanced mode (nothing else reaches the svg terminal): its own characters are escaped. */
void plot_text_bold(struct text *out, const char *value)
{
    text_append(out, "{/:Bold ");
    for (; *value; value++)
        text_append(out, strchr("{}^_@&~\\", *value) ? "\\%c" : "%c", *value);
    text_append(out, "}");
}

void plot_text_ratio(struct text *out, double ratio)
{
    if (ratio == 0.25)
        text_append(out, "¼×");
    else if (ratio == 0.5)
        text_append(out, "½×");
    else if (ratio >= 1000)
        text_append(out, "%.0f×", ratio);
    else
        text_append(out, "%.3g×", ratio);
}
