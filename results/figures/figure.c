/* figure.c -- a list of figures, their names, and what a wish takes in. */
#include "results/figures/figure.h"

#include <stdio.h>
#include <string.h>

#include "support/memory.h"

void figure_list_release(struct figure_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        text_release(&list->figure[i].script);
        text_release(&list->figure[i].caption);
    }
    memory_release(list->figure);
    *list = (struct figure_list){.count = 0};
}

/* A name from a file as part of a file's name: other characters become _, long names are cut. */
static void append_name(char *out, const char *name)
{
    enum { SHOWN = 60 };
    size_t at = strlen(out);
    for (size_t i = 0; name[i] && i < SHOWN && at + 1 < FIGURE_NAME_SIZE; i++) {
        const char c = name[i];
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '_' || (c == '.' && i > 0);
        out[at++] = plain ? c : '_';
    }
    out[at] = '\0';
}

static bool taken(const struct figure_list *list, const char *name)
{
    for (size_t i = 0; i + 1 < list->count; i++)
        if (strcmp(list->figure[i].name, name) == 0)
            return true;
    return false;
}

struct figure *figure_add(struct figure_list *list, const struct results *results, size_t dataset,
                          struct message *message)
{
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity ? 2 * list->capacity : 8;
        struct figure *grown = memory_allocate(capacity, sizeof *grown, "figures", message);
        if (!grown)
            return NULL;
        if (list->count > 0)
            memcpy(grown, list->figure, list->count * sizeof *grown);
        memory_release(list->figure);
        list->figure = grown;
        list->capacity = capacity;
    }
    struct figure *figure = &list->figure[list->count++];
    *figure = (struct figure){.kind = list->kind, .dataset = dataset};
    char name[FIGURE_NAME_SIZE - 24];
    snprintf(figure->name, FIGURE_NAME_SIZE, "%s", list->kind);
    if (dataset < results->datasets) {
        strcat(figure->name, "-");
        append_name(figure->name, results->dataset[dataset].name);
    }
    snprintf(name, sizeof name, "%.*s", (int)sizeof name - 1, figure->name);
    for (size_t i = 2; taken(list, figure->name); i++)
        snprintf(figure->name, FIGURE_NAME_SIZE, "%s-%zu", name, i);
    return figure;
}

bool figure_selection(struct selection *out, const struct figure_wish *wish, size_t index)
{
    return selection_table(out, wish->results, index) && measure_main(out->measure) &&
           (!wish->dataset || strcmp(wish->results->dataset[out->dataset].name, wish->dataset) == 0) &&
           (!wish->protocol || strcmp(wish->results->protocol[out->protocol].name, wish->protocol) == 0);
}
