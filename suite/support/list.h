/* list.h -- "a, b(c=1, d=2), e" in its parts. */
#ifndef LEXBENCH_LIST_H
#define LEXBENCH_LIST_H

#include <stddef.h>

#include "support/status.h"

struct list {
    size_t count;
    char **item; /* (count) stripped, none empty */
};

/* Commas inside parentheses do not separate.  STATUS_WRONG for an empty part, a parenthesis that
 * has no partner and a part that comes twice; `what` is for the sentence ("variants"). */
enum status list_split(struct list *out, const char *value, const char *what, struct message *message);
void list_release(struct list *list);

/* A copy of count bytes in new memory, NUL-terminated (memory_release). */
char *list_copy(const char *bytes, size_t count, struct message *message);

#endif
