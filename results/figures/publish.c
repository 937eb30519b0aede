/* publish.c -- the words of what is asked for, and figures written into a folder. */
#include "results/figures/publish.h"

#include <string.h>

#include "results/figures/gnuplot.h"
#include "support/file.h"
#include "support/memory.h"

static const char *const format_names[] = {"png", "svg", "pdf", NULL};

const char *publish_format(size_t index, const char **summary)
{
    (void)summary;
    return format_names[index];
}

enum status publish_words(bool wanted[PUBLISH_WORDS], const char *words, const char *what,
                          const char *(*name)(size_t, const char **), struct message *message)
{
    const char *names[PUBLISH_WORDS];
    char suggestion[200], word[64];
    size_t count = 0;
    bool any = false;
    while (count < PUBLISH_WORDS && (names[count] = name(count, NULL)) != NULL)
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

enum status figure_publish(const char *folder, const struct figure *figure, const bool formats[PUBLISH_WORDS],
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
