/* command.h -- what a subcommand is.  Private to main.c and this folder.
 *
 * A command is one file that ends in one const struct command.  Its table of options is the parser
 * and the help text.  Results go to standard output, everything else to standard error. */
#ifndef LEXBENCH_COMMAND_H
#define LEXBENCH_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "support/status.h"
#include "support/text.h"

enum { ARGUMENT_LIST_MAX = 256, OPERANDS_MAX = 65536, COUNT_MAX = 1000000 };

/*                   C type at offset            written as */
enum argument_type {
    ARGUMENT_SWITCH, /* bool                     --quiet */
    ARGUMENT_TEXT,   /* const char *             --out DIR          the last one counts */
    ARGUMENT_COUNT,  /* size_t, 1..COUNT_MAX     --jobs N */
    ARGUMENT_LIST    /* struct argument_list     --set K=V          may be repeated */
};
struct argument_list {
    size_t count;
    const char *at[ARGUMENT_LIST_MAX];
};
struct argument {
    const char *name; /* without the hyphens */
    enum argument_type type;
    size_t offset;     /* in the request */
    const char *value; /* what --help calls its value; NULL for a switch */
    const char *help;  /* one line, with the default */
};

struct command {
    const char *name, *operands, *summary; /* operands: "EXPERIMENT", "SOURCE..." */
    const char *examples;                  /* complete command lines, one a line */
    const char *more;                      /* NULL, or what else --help says */
    const struct argument *arguments;      /* ends with name = NULL; NULL = none */
    size_t request_size;                   /* of the struct that the offsets are in; 0 = none */
    size_t least, most;                    /* operands */
    /* request: zero where an option was not given. */
    enum status (*run)(const void *request, size_t count, const char *const *operand,
                       struct message *message);
};

/* The command of argv[1] with the rest of argv; --help, --version and `help COMMAND`.
 * commands ends with NULL. */
enum status command_dispatch(const struct command *const *commands, int argc, char **argv,
                             struct message *message);

/* ---- arguments.c ---- */

/* Fills the request and the operands (pointers into argv) from argv[1]...; *help: --help was given,
 * and nothing else was looked at.  STATUS_WRONG with a sentence and the nearest option. */
enum status arguments_read(void *request, const char **operand, size_t *count, bool *help,
                           const struct command *command, int argc, char **argv, struct message *message);

/* ---- about.c ---- */

/* The program, its build and its libraries, a line each. */
void about_print(struct text *out);

#endif
