/* embedded.h -- files compiled in as text: scripts/embed.sh writes an array, who reads it declares it. */
#ifndef LEXBENCH_EMBEDDED_H
#define LEXBENCH_EMBEDDED_H

struct embedded_file {
    const char *name; /* of the file, without folder and ending; NULL ends an array */
    const char *text;
};

/* The file of this name; NULL = there is none. */
const struct embedded_file *embedded_find(const struct embedded_file *files, const char *name);

#endif
