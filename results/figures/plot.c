/* plot.c -- makes the figures that are asked for, writes their scripts, draws them. */
#include "results/figures/plot.h"

#include <string.h>

#include "results/figures/kinds.h"
#include "results/figures/publish.h"

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

static enum status nothing(const struct plot_request *request, const bool kinds[PUBLISH_WORDS],
                           struct message *message)
{
    if (request->protocol || request->dataset)
        return message_set(message, STATUS_WRONG, "nothing to plot: no score of %s%.60s%s%s%s%.60s%s",
                           request->dataset ? "dataset `" : "", request->dataset ? request->dataset : "",
                           request->dataset ? "`" : "",
                           request->dataset && request->protocol ? " under " : "",
                           request->protocol ? "protocol `" : "", request->protocol ? request->protocol : "",
                           request->protocol ? "`" : "");
    if (request->kinds) {
        size_t k = 0;
        while (!kinds[k])
            k++;
        return message_set(
            message, STATUS_WRONG,
            "nothing to plot: the results hold no numbers for figures of kind %.60s (%s needs %s)",
            request->kinds, figure_kinds[k]->name, figure_kinds[k]->needs);
    }
    return message_set(message, STATUS_WRONG, "the results hold no score: nothing to plot");
}

/* The words of a request as switches. */
struct wanted {
    bool formats[PUBLISH_WORDS], kinds[PUBLISH_WORDS], sizes[PUBLISH_WORDS];
};

static enum status read_request(struct wanted *out, const struct plot_request *request,
                                struct message *message)
{
    enum status status = publish_words(out->formats, request->formats ? request->formats : "png", "format",
                                       publish_format, message);
    if (!status)
        status = publish_words(out->kinds, request->kinds, "kind", plot_kind, message);
    if (!status)
        status = publish_words(out->sizes, request->size ? request->size : figure_sizes[0].name, "size",
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
            status = figure_draw(&list, figure_kinds[k], &wish, message);
    if (!status && list.count == 0)
        status = nothing(request, wanted.kinds, message);
    for (size_t i = 0; i < list.count && !status; i++)
        status = figure_publish(folder, &list.figure[i], wanted.formats, written, message);
    figure_list_release(&list);
    return status;
}
