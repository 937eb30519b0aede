/* process.h -- another program as a child.  No shell sees a name. */
#ifndef LEXBENCH_PROCESS_H
#define LEXBENCH_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct process {
    char *const *words;       /* the program, then its arguments; ends with NULL */
    bool search;              /* the program is looked for in PATH; else it is a path */
    const char *folder;       /* where it runs; NULL: here */
    int input, output, error; /* its standard streams, open descriptors; input -1: there is nothing to read */
};

/* Starts it; 0, or the errno that says why it could not be. */
int process_start(pid_t *child, const struct process *process);

/* read(2), again when a signal came between. */
ssize_t process_read(int end, void *bytes, size_t size);

/* Waits for its end; the state as waitpid(2) gives it. */
int process_wait(pid_t child);

#endif
