/* command.c -- finds the command, prints help from the tables. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "commandline/command.h"
#include "support/memory.h"

enum { COMMANDS_MAX = 32, COLUMN = 26 };

static const char top_examples[] = "    lexbench run quick                       train, evaluate, draw\n"
                                   "    lexbench plan quick                      what that would do\n"
                                   "    lexbench report runs/quick               the tables again\n"
                                   "    lexbench list encoders                   what there is\n"
                                   "    lexbench list encoders rope              one encoder, its options\n";

static void append_row(struct text *out, const char *left, const char *right)
{
    const bool fits = strlen(left) < COLUMN;
    text_append(out, "    %-*s%s%*s%s\n", COLUMN, left, fits ? "" : "\n", fits ? 0 : 4 + COLUMN, "", right);
}

/* `    a\n    b\n` from "a\nb\n". */
static void append_indented(struct text *out, const char *lines)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        text_append(out, "    %.*s\n", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}

/* The words that a value can be, under the name of the option. */
static void append_words(struct text *out, const struct argument *argument)
{
    const char *word, *summary;
    size_t width = 0;
    if (!argument->word)
        return;
    for (size_t i = 0; (word = argument->word(i, NULL)) != NULL; i++)
        width = strlen(word) > width ? strlen(word) : width;
    text_append(out, "\n--%s\n", argument->name);
    for (size_t i = 0; (word = argument->word(i, &summary)) != NULL; i++)
        text_append(out, "    %-*s  %s\n", (int)width, word, summary);
}

static void command_help(struct text *out, const struct command *command)
{
    text_append(out, "lexbench %s%s%s%s -- %s\n\nexamples\n", command->name,
                command->arguments ? " [OPTION...]" : "", *command->operands ? " " : "", command->operands,
                command->summary);
    append_indented(out, command->examples);
    text_append(out, "\noptions\n");
    for (const struct argument *argument = command->arguments; argument && argument->name; argument++) {
        char value[ARGUMENT_VALUE_SIZE], left[ARGUMENT_VALUE_SIZE + 40];
        argument_value(value, argument);
        snprintf(left, sizeof left, "--%s%s%s", argument->name, *value ? " " : "", value);
        append_row(out, left, argument->help);
    }
    append_row(out, "--help", "this text");
    for (const struct argument *argument = command->arguments; argument && argument->name; argument++)
        append_words(out, argument);
    if (command->more)
        text_append(out, "\n%s", command->more);
}

static void top_help(struct text *out, const struct command *const *commands)
{
    text_append(out, "lexbench -- %s\n\nexamples\n%s\ncommands\n", command_purpose, top_examples);
    for (; *commands; commands++) {
        char left[80];
        snprintf(left, sizeof left, "%s %s", (*commands)->name, (*commands)->operands);
        append_row(out, left, (*commands)->summary);
    }
    append_row(out, "help COMMAND", "the options of a command");
    text_append(out, "\noptions\n");
    append_row(out, "--version", "the program, its build and its libraries");
    append_row(out, "--help", "this text");
    text_append(out, "\nexit status\n");
    for (const struct exit_meaning *exit = command_exits; exit->meaning; exit++)
        text_append(out, "    %-2d  %s\n", exit->status, exit->meaning);
}

static enum status print(struct text *text, struct message *message)
{
    enum status status =
        text->failed ? message_set(message, STATUS_FAILED, "no memory for the text to print") : STATUS_OK;
    if (!status)
        fputs(text_string(text), stdout);
    text_release(text);
    return status;
}

static enum status find_command(const struct command **out, const struct command *const *commands,
                                const char *name, struct message *message)
{
    const char *names[COMMANDS_MAX] = {"help"};
    char suggestion[300];
    size_t count = 1;
    for (; *commands; commands++) {
        if (strcmp((*commands)->name, name) == 0) {
            *out = *commands;
            return STATUS_OK;
        }
        if (count < COMMANDS_MAX)
            names[count++] = (*commands)->name;
    }
    text_suggest(suggestion, sizeof suggestion, name, names, count);
    if (name[0] == '-')
        return message_set(
            message, STATUS_WRONG,
            "unknown option %.60s before the command; options follow it: lexbench COMMAND %.60s "
            "(`lexbench --help`)",
            name, name);
    return message_set(message, STATUS_WRONG, "unknown command `%.60s`: %s (`lexbench --help`)", name,
                       suggestion);
}

static enum status run_command(const struct command *command, int argc, char **argv, struct message *message)
{
    size_t count = 0;
    bool help = false;
    void *request = memory_allocate(1, command->request_size, "the request", message);
    const char **operand = memory_allocate((size_t)argc, sizeof *operand, "the operands", message);
    enum status status = request && operand
                             ? arguments_read(request, operand, &count, &help, command, argc, argv, message)
                             : STATUS_FAILED;
    if (!status && help) {
        struct text text = {0};
        command_help(&text, command);
        status = print(&text, message);
    } else if (!status) {
        status = command->run(request, count, operand, message);
    }
    memory_release(request);
    memory_release(operand);
    return status;
}

enum status command_dispatch(const struct command *const *commands, int argc, char **argv,
                             struct message *message)
{
    const char *name = argc > 1 ? argv[1] : "--help";
    const struct command *command;
    struct text text = {0};
    enum status status;
    if (strcmp(name, "--version") == 0) {
        about_print(&text);
        return print(&text, message);
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || (strcmp(name, "help") == 0 && argc == 2)) {
        top_help(&text, commands);
        return print(&text, message);
    }
    if (strcmp(name, "help") == 0 && argc == 3 &&
        (strcmp(argv[2], "--man") == 0 || strcmp(argv[2], "--completion") == 0)) {
        (strcmp(argv[2], "--man") == 0 ? manual_print : completion_print)(&text, commands);
        return print(&text, message);
    }
    if (strcmp(name, "help") == 0) {
        status = find_command(&command, commands, argv[2], message);
        if (status)
            return status;
        command_help(&text, command);
        return print(&text, message);
    }
    status = find_command(&command, commands, name, message);
    return !status ? run_command(command, argc - 1, argv + 1, message) : status;
}
