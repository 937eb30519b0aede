/* arguments.c -- the command line of one command, read by getopt_long from the command's table.
 *
 * <getopt.h> and support/option.h both have a struct option, so they never meet in one file. */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commandline/command.h"

static const double SECONDS_MIN = 0.01, SECONDS_MAX = 1e8;
enum { ARGUMENTS_MAX = 32, HELP = 256, FIRST = 257 }; /* getopt's values lie above all characters */

static size_t table_size(const struct argument *table)
{
    size_t count = 0;
    while (table && table[count].name)
        count++;
    return count;
}

static void fill_long_options(struct option out[ARGUMENTS_MAX + 2], const struct argument *table,
                              size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] =
            (struct option){.name = table[i].name,
                            .has_arg = table[i].type == ARGUMENT_SWITCH ? no_argument : required_argument,
                            .val = FIRST + (int)i};
    out[count] = (struct option){.name = "help", .has_arg = no_argument, .val = HELP};
    out[count + 1] = (struct option){.name = NULL};
}

void argument_value(char out[ARGUMENT_VALUE_SIZE], const struct argument *argument)
{
    const char *word;
    snprintf(out, ARGUMENT_VALUE_SIZE, "%s", argument->value ? argument->value : "");
    if (argument->value || !argument->word)
        return;
    for (size_t i = 0, used = 0; (word = argument->word(i, NULL)) != NULL && used < ARGUMENT_VALUE_SIZE; i++)
        used += (size_t)snprintf(out + used, ARGUMENT_VALUE_SIZE - used, "%s%s", i > 0 ? "|" : "", word);
}

static enum status read_count(size_t *out, const struct argument *argument, const char *value,
                              struct message *message)
{
    char *end = NULL;
    unsigned long long number = isdigit((unsigned char)value[0]) ? strtoull(value, &end, 10) : 0;
    if (!end || *end != '\0' || number < 1 || number > COUNT_MAX)
        return message_set(message, STATUS_WRONG, "--%s takes a whole number from 1 to %d, not `%.60s`",
                           argument->name, COUNT_MAX, value);
    *out = (size_t)number;
    return STATUS_OK;
}

static enum status read_seconds(double *out, const struct argument *argument, const char *value,
                                struct message *message)
{
    char *end = NULL;
    double number = isdigit((unsigned char)value[0]) || value[0] == '.' ? strtod(value, &end) : 0;
    if (!end || *end != '\0' || !(number >= SECONDS_MIN && number <= SECONDS_MAX))
        return message_set(message, STATUS_WRONG, "--%s takes seconds from %g to %g, not `%.60s`",
                           argument->name, SECONDS_MIN, SECONDS_MAX, value);
    *out = number;
    return STATUS_OK;
}

static enum status store(void *request, const struct argument *argument, const char *value,
                         struct message *message)
{
    char value_name[ARGUMENT_VALUE_SIZE];
    void *place = (char *)request + argument->offset;
    struct argument_list *list = place;
    argument_value(value_name, argument);
    switch (argument->type) {
    case ARGUMENT_SWITCH:
        *(bool *)place = true;
        return STATUS_OK;
    case ARGUMENT_TEXT:
        if (value[0] == '\0')
            return message_set(message, STATUS_WRONG, "--%s takes a value (%s), not an empty one",
                               argument->name, value_name);
        *(const char **)place = value;
        return STATUS_OK;
    case ARGUMENT_COUNT:
        return read_count(place, argument, value, message);
    case ARGUMENT_SECONDS:
        return read_seconds(place, argument, value, message);
    case ARGUMENT_LIST:
        if (list->count == ARGUMENT_LIST_MAX)
            return message_set(message, STATUS_WRONG, "--%s is given more than %d times", argument->name,
                               ARGUMENT_LIST_MAX);
        list->at[list->count++] = value;
        return STATUS_OK;
    }
    return STATUS_FAILED;
}

static enum status unknown_option(const struct command *command, const char *written, struct message *message)
{
    const char *names[ARGUMENTS_MAX + 1] = {"help"};
    const char *word = written + strspn(written, "-");
    size_t count = table_size(command->arguments), length = strcspn(word, "=");
    char name[80] = "", suggestion[300];
    for (size_t i = 0; i < count; i++)
        names[i + 1] = command->arguments[i].name;
    if (length < sizeof name)
        memcpy(name, word, length);
    text_suggest(suggestion, sizeof suggestion, name, names, count + 1);
    return message_set(message, STATUS_WRONG,
                       "%s: unknown option `%.60s`: %s (`lexbench %s --help` describes them)", command->name,
                       written, suggestion, command->name);
}

static enum status refuse(const struct command *command, int found, char **argv, struct message *message)
{
    const struct argument *argument = optopt >= FIRST ? &command->arguments[optopt - FIRST] : NULL;
    const char letter[] = {'-', (char)optopt, '\0'};
    char value[ARGUMENT_VALUE_SIZE] = "";
    if (argument)
        argument_value(value, argument);
    if (found == ':' && argument)
        return message_set(message, STATUS_WRONG, "%s: --%s needs a value: --%s %s", command->name,
                           argument->name, argument->name, value);
    if (argument)
        return message_set(message, STATUS_WRONG, "%s: --%s takes no value", command->name, argument->name);
    if (optopt == HELP)
        return message_set(message, STATUS_WRONG, "%s: --help takes no value", command->name);
    return unknown_option(command, optopt != 0 ? letter : argv[optind - 1], message);
}

static enum status check_operands(const struct command *command, size_t count, struct message *message)
{
    if (count < command->least)
        return message_set(message, STATUS_WRONG, "%s needs %s: lexbench %s %s", command->name,
                           command->operands, command->name, command->operands);
    if (count > command->most)
        return message_set(message, STATUS_WRONG, "%s takes at most %zu operand%s, not %zu: lexbench %s %s",
                           command->name, command->most, command->most == 1 ? "" : "s", count, command->name,
                           command->operands);
    return STATUS_OK;
}

enum status arguments_read(void *request, const char **operand, size_t *count, bool *help,
                           const struct command *command, int argc, char **argv, struct message *message)
{
    struct option table[ARGUMENTS_MAX + 2];
    enum status status = STATUS_OK;
    int found;
    fill_long_options(table, command->arguments, table_size(command->arguments));
    *count = 0;
    *help = false;
    opterr = 0;
    optind = 1;
    while (!status && (found = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
        if (found == HELP || found == 'h') {
            *help = true;
            return STATUS_OK;
        }
        status = found >= FIRST ? store(request, &command->arguments[found - FIRST], optarg, message)
                                : refuse(command, found, argv, message);
    }
    if (status)
        return status;
    for (int i = optind; i < argc; i++)
        operand[(*count)++] = argv[i];
    return check_operands(command, *count, message);
}
