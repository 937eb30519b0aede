/* plot.c -- makes the figures that are asked for, writes their scripts, draws them. */
#include "results/figures/plot.h"

#include <string.h>

#include "results/figures/figure.h"
#include "results/figures/gnuplot.h"
#include "support/file.h"
#include "support/memory.h"

enum { WORDS_MAX = 8 }; /* kinds, formats, sizes */

static const char *const format_names[] = {"png", "svg", "pdf", NULL};

const char *plot_kind(size_t index, const char **summary)
{
    if (figure_kinds[index] && summary)
        *summary = figure_kinds[index]->summary;
    return figure_kinds[index] ? figure_kinds[index]->name : NULL;
}

const char *plot_size(size_t index, const char **summary)
{
    if (figure_sizes[index].name && summary)
        *summary = figure_sizes[index].summary;
    return figure_sizes[index].name;
}

static const char *plot_format(size_t index, const char **summary)
{
    (void)summary;
    return format_names[index];
}

/* Which of the words, divided by commas, are named; words NULL: all that `name` gives. */
static enum status read_words(bool wanted[WORDS_MAX], const char *words, const char *what,
                              const char *(*name)(size_t, const char **), struct message *message)
{
    const char *names[WORDS_MAX];
    char suggestion[200], word[64];
    size_t count = 0;
    bool any = false;
    while (count < WORDS_MAX && (names[count] = name(count, NULL)) != NULL)
        wanted[count++] = !words;
    for (const char *at = words ? words : ""; *at;) {
        const size_t size = strcspn(at, ", ");
        size_t i = 0;
        while (i < count && (strlen(names[i]) != size || strncmp(at, names[i], size) != 0))
            i++;
        if (size > 0 && i == count) {
            memcpy(word, at, size < sizeof word ? size : sizeof word - 1);
            word[size < sizeof word ? size : sizeof word - 1] = '\0';
            text_suggest(suggestion, sizeof suggestion, word, names, count);
            return message_set(message, STATUS_WRONG, "unknown %s `%.40s`: %s", what, word, suggestion);
        }
        if (size > 0)
            wanted[i] = any = true;
        at += size + strspn(at + size, ", ");
    }
    if (words && !any) {
        text_suggest(suggestion, sizeof suggestion, "", names, count);
        return message_set(message, STATUS_WRONG, "no %s given: %s", what, suggestion);
    }
    return STATUS_OK;
}

static enum status nothing(const struct plot_request *request, struct message *message)
{
    if (request->protocol || request->dataset)
        return message_set(message, STATUS_WRONG, "nothing to plot: no score of %s%.60s%s%s%s%.60s%s",
                           request->dataset ? "dataset `" : "", request->dataset ? request->dataset : "",
                           request->dataset ? "`" : "",
                           request->dataset && request->protocol ? " under " : "",
                           request->protocol ? "protocol `" : "", request->protocol ? request->protocol : "",
                           request->protocol ? "`" : "");
    if (request->kinds)
        return message_set(message, STATUS_WRONG,
                           "nothing to plot: the results hold no numbers for figures of kind %.60s",
                           request->kinds);
    return message_set(message, STATUS_WRONG, "the results hold no score: nothing to plot");
}

static enum status publish(const char *folder, const struct figure *figure, const bool formats[WORDS_MAX],
                           struct text *written, struct message *message)
{
    struct text file = {0};
    text_append(&file, "%s.gp", figure->name);
    char *path = file.failed ? NULL : file_join(folder, file.bytes);
    enum status status = STATUS_FAILED;
    if (figure->script.failed || !path)
        message_set(message, status, "no memory for the script of a figure in %s", folder);
    else
        status = file_publish(path, figure->script.bytes, figure->script.length, message);
    if (!status)
        text_append(written, "%s\n", path);
    for (size_t f = 0; format_names[f] && !status; f++)
        if (formats[f])
            status = gnuplot_draw(folder, figure->name, format_names[f], written, message);
    memory_release(path);
    text_release(&file);
    return status;
}

enum status figure_publish(const char *folder, const struct figure *figure, const char *formats,
                           struct text *written, struct message *message)
{
    bool wanted[WORDS_MAX];
    const enum status status = read_words(wanted, formats, "format", plot_format, message);
    return !status ? publish(folder, figure, wanted, written, message) : status;
}

/* The words of a request as switches. */
struct wanted {
    bool formats[WORDS_MAX], kinds[WORDS_MAX], sizes[WORDS_MAX];
};

static enum status read_request(struct wanted *out, const struct plot_request *request,
                                struct message *message)
{
    enum status status =
        read_words(out->formats, request->formats ? request->formats : "png", "format", plot_format, message);
    if (!status)
        status = read_words(out->kinds, request->kinds, "kind", plot_kind, message);
    if (!status)
        status = read_words(out->sizes, request->size ? request->size : figure_sizes[0].name, "size",
                            plot_size, message);
    return status;
}

enum status plot_check(const struct plot_request *request, struct message *message)
{
    struct wanted wanted;
    return read_request(&wanted, request, message);
}

enum status plot_draw(const struct results *results, const char *folder, const struct plot_request *request,
                      struct text *written, struct message *message)
{
    struct wanted wanted;
    struct figure_list list = {.count = 0};
    struct figure_wish wish = {results, figure_sizes, request->dataset, request->protocol};
    enum status status = read_request(&wanted, request, message);
    if (status)
        return status;
    while (!wanted.sizes[wish.size - figure_sizes])
        wish.size++;
    for (size_t k = 0; figure_kinds[k] && !status; k++)
        if (wanted.kinds[k])
            status = figure_kinds[k]->make(&list, &wish, message);
    if (!status && list.count == 0)
        status = nothing(request, message);
    for (size_t i = 0; i < list.count && !status; i++)
        status = publish(folder, &list.figure[i], wanted.formats, written, message);
    figure_list_release(&list);
    return status;
}
