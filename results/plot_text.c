/* plot_text.c -- names and sentences of a figure, and how they reach gnuplot.
 *
 * They stand in double-quoted strings only, where every character that could end the string or start
 * something (quotes, backslash, backquote) is written as its octal code; single quotes will not do,
 * because gnuplot misreads a doubled quote at the start of such a string.  Labels are noenhanced; the
 * titles' markup characters are escaped. */
#include "results/plot_text.h"

#include <string.h>

#include "results/label.h"

enum { NAME_SHOWN = 40 };

/* A name as it is shown: long ones are cut. */
static void plot_text_name(struct text *out, const char *name)
{
    struct text plain = {0};
    label_plain(&plain, name);
    const char *at = text_string(&plain);
    size_t shown = label_width(at) > NAME_SHOWN ? NAME_SHOWN - 1 : NAME_SHOWN;
    for (size_t i = 0, size; i < shown && (size = label_character(at)) > 0; i++, at += size)
        text_append_bytes(out, at, size);
    if (*at)
        text_append(out, "…");
    text_carry(out, &plain);
    text_release(&plain);
}

/* A string of gnuplot's. */
void plot_text_quoted(struct text *out, const struct text *value)
{
    text_append(out, "\"");
    for (const char *at = text_string(value); *at; at++)
        text_append(out, strchr("\"\\`'@$", *at) ? "\\%03o" : "%c", (unsigned char)*at);
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
    else
        text_append(out, "%.3g×", ratio);
}

void plot_text_label(struct text *out, const struct panel *panel, const struct panel_curve *curve)
{
    plot_text_name(out, panel->of.results->variant[curve->variant].name);
    if (!curve->complete) {
        text_append(out, " (to ");
        plot_text_ratio(out, curve->last_ratio);
        text_append(out, ")");
    }
}

void plot_text_title(struct text *out, const struct panel *panel)
{
    plot_text_name(out, panel->of.results->dataset[panel->of.dataset].name);
    if (panel->of.measure == MEASURE_NLL)
        text_append(out, ": loss (nats per token)");
    else
        text_append(out, ": %s (%%)", measure_name(panel->of.measure));
}

void plot_text_subtitle(struct text *out, const struct panel *panel)
{
    const struct results *results = panel->of.results;
    text_append(out, "protocol ");
    plot_text_name(out, results->protocol[panel->of.protocol].name);
    text_append(out, ", configuration ");
    plot_text_name(out, results->configuration[panel->of.configuration].name);
    if (selection_replicates(&panel->of) > 1) {
        text_append(out, "; lines: mean of ");
        selection_print_replicates(out, &panel->of);
        text_append(out, ", dots: each of them");
    } else {
        text_append(out, "; 1 seed");
    }
    if (panel->hidden > 0)
        text_append(out, "; %zu variant%s gave no score", panel->hidden, panel->hidden == 1 ? "" : "s");
}
