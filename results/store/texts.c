/* texts.c -- a list of texts, found by their hash. */
#include "results/store/texts.h"

#include <string.h>

#include "results/store/store_private.h"
#include "support/memory.h"

struct search {
    const struct texts *texts;
    const char *text;
};

static bool same_text(const void *context, size_t position)
{
    const struct search *search = context;
    return strcmp(search->texts->text[position], search->text) == 0;
}

const char *texts_keep(struct texts *texts, const char *text, struct message *message)
{
    const struct search search = {texts, text};
    const uint64_t hash = lookup_hash(text, strlen(text));
    if (text[0] == '\0')
        return "";
    const size_t at = lookup_find(&texts->of, hash, same_text, &search);
    if (at != SIZE_MAX)
        return texts->text[at];
    void *block = texts->text;
    enum status status =
        memory_grow(&block, &texts->capacity, texts->count + 1, sizeof *texts->text, "texts", message);
    texts->text = block;
    char *copy = !status ? store_copy(text, strlen(text) + 1, 1, "a text", message) : NULL;
    if (!copy || lookup_add(&texts->of, hash, texts->count, message)) {
        memory_release(copy);
        return NULL;
    }
    return texts->text[texts->count++] = copy;
}

void texts_release(struct texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        memory_release(texts->text[i]);
    memory_release(texts->text);
    lookup_release(&texts->of);
    *texts = (struct texts){.count = 0};
}
