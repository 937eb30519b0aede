/* embedded.c -- a file that is compiled in, by its name. */
#include "support/embedded.h"

#include <stddef.h>
#include <string.h>

const struct embedded_file *embedded_find(const struct embedded_file *files, const char *name)
{
    for (const struct embedded_file *at = files; at->name; at++)
        if (strcmp(at->name, name) == 0)
            return at;
    return NULL;
}
