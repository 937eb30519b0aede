/* scratch.h -- experiment files for tests: written into a folder of their own, removed at the end. */
#ifndef LEXBENCH_SCRATCH_H
#define LEXBENCH_SCRATCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/test.h"

static char scratch_folder[] = "/tmp/lexbench-experiment-XXXXXX";

static inline int scratch_begin(void **state)
{
    (void)state;
    return mkdtemp(scratch_folder) ? 0 : -1;
}

static inline int scratch_end(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", scratch_folder);
    return system(command);
}

/* The path of a file in the folder; good until the next call but three. */
static inline const char *scratch_path(const char *name)
{
    static char paths[4][256];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", scratch_folder, name);
    return path;
}

static inline const char *scratch_bytes(const char *name, const void *bytes, size_t size)
{
    const char *path = scratch_path(name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return path;
}

static inline const char *scratch_file(const char *name, const char *text)
{
    return scratch_bytes(name, text, strlen(text));
}

/* Fails with both texts when `part` does not stand in `whole`. */
static inline void assert_holds(const char *whole, const char *part)
{
    if (!strstr(whole, part))
        fail_msg("`%s` does not stand in: %s", part, whole);
}

#endif
