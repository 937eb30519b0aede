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

/*                    C type at offset            written as */
enum argument_type {
    ARGUMENT_SWITCH,  /* bool                     --quiet */
    ARGUMENT_TEXT,    /* const char *             --out DIR          the last one counts */
    ARGUMENT_COUNT,   /* size_t, 1..COUNT_MAX     --jobs N */
    ARGUMENT_SECONDS, /* double, more than 0      --checkpoint-interval 60 */
    ARGUMENT_LIST     /* struct argument_list     --set K=V          may be repeated */
};
struct argument_list {
    size_t count;
    const char *at[ARGUMENT_LIST_MAX];
};
struct argument {
    const char *name; /* without the hyphens */
    enum argument_type type;
    size_t offset;     /* in the request */
    const char *value; /* what --help calls its value; NULL for a switch.  a|b|c: one of these words */
    const char *help;  /* one line, with the default */
    /* NULL, or the words that it can be, which --help lists with what they are: index from 0, NULL after the
     * last.  Without `value` it is called after them: a|b|c. */
    const char *(*word)(size_t index, const char **summary);
};
enum { ARGUMENT_VALUE_SIZE = 120 };

struct command {
    const char *name, *operands, *summary; /* operands: "EXPERIMENT", "SOURCE...", "a|b|c [NAME]" */
    const char *examples;                  /* complete command lines, one a line */
    const char *more;                      /* NULL, or what else --help says */
    const struct argument *arguments;      /* ends with name = NULL; NULL = none */
    size_t request_size;                   /* of the struct that the offsets are in; 0 = none */
    size_t least, most;                    /* operands */
    /* request: zero where an option was not given. */
    enum status (*run)(const void *request, size_t count, const char *const *operand,
                       struct message *message);
};

/* The command of argv[1] with the rest of argv; --help, --version, `help COMMAND`, and for the
 * installation `help --man` and `help --completion`.
 * commands ends with NULL. */
enum status command_dispatch(const struct command *const *commands, int argc, char **argv,
                             struct message *message);

/* ---- manual.c, completion.c: `lexbench help --man`, `lexbench help --completion` ---- */

void manual_print(struct text *out, const struct command *const *commands);
void completion_print(struct text *out, const struct command *const *commands);

/* ---- arguments.c ---- */

/* Fills the request and the operands (pointers into argv) from argv[1]...; *help: --help was given,
 * and nothing else was looked at.  STATUS_WRONG with a sentence and the nearest option. */
enum status arguments_read(void *request, const char **operand, size_t *count, bool *help,
                           const struct command *command, int argc, char **argv, struct message *message);

/* What the value is called; "" for a switch. */
void argument_value(char out[ARGUMENT_VALUE_SIZE], const struct argument *argument);

/* ---- about.c ---- */

/* What the program is for, and what its exit statuses mean (ends with meaning = NULL). */
extern const char command_purpose[];
struct exit_meaning {
    int status;
    const char *meaning;
};
extern const struct exit_meaning command_exits[];

/* How this binary was made: version first, library of matrix products last. */
enum { ABOUT_FACTS = 7 };
struct fact {
    const char *name, *value;
};
void about_facts(struct fact fact[ABOUT_FACTS]);

/* The program, its build and its libraries, a line each. */
void about_print(struct text *out);

#endif
