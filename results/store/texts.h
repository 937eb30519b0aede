/* texts.h -- texts that many records share, each kept once (private to results/). */
#ifndef LEXBENCH_TEXTS_H
#define LEXBENCH_TEXTS_H

#include <stddef.h>

#include "results/store/lookup.h"
#include "support/status.h"

struct texts {
    size_t count, capacity;
    char **text; /* (count) */
    struct lookup of;
};

/* The text, as long as the texts are not released; NULL and a sentence when there is no memory for it. */
const char *texts_keep(struct texts *texts, const char *text, struct message *message);
void texts_release(struct texts *texts);

#endif
