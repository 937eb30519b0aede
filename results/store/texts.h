/* texts.h -- texts that many records share, each kept once (private to results/). */
#ifndef LEXBENCH_TEXTS_H
#define LEXBENCH_TEXTS_H

#include <stddef.h>

#include "results/store/lookup.h"

struct texts {
    size_t count, capacity;
    char **text; /* (count) */
    struct lookup of;
};

/* The text, as long as the texts are not released; where there is no memory for it, a sentence that says so. */
const char *texts_keep(struct texts *texts, const char *text);
void texts_release(struct texts *texts);

#endif
