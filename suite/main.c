/* main.c -- lexbench: how well do Transformers with different positional encoders do on inputs longer
 * than any they were trained on?  The table of commands, and nothing else. */
#include <stdio.h>

#include "commandline/command.h"
#include "registry/registry.h"

extern const struct command command_run, command_plan, command_merge, command_report, command_plot,
    command_list, command_compare, command_evaluate, command_validate, command_info, command_new,
    command_bench, command_inspect;

static const struct command *const commands[] = {&command_run,      &command_plan,
                                                 &command_evaluate, &command_merge,
                                                 &command_compare,  &command_report,
                                                 &command_plot,     &command_inspect,
                                                 &command_list,     &command_validate,
                                                 &command_info,     &command_new,
                                                 &command_bench,    NULL};

int main(int argc, char **argv)
{
    struct message message = {""};
    enum status status = registry_check(&message);
    if (!status)
        status = command_dispatch(commands, argc, argv, &message);
    if (!status && (fflush(stdout) != 0 || ferror(stdout)))
        status = message_set(&message, STATUS_FAILED, "can't write to standard output: is the disk full?");
    if (status && message.text[0]) /* compare has said where on standard output */
        fprintf(stderr, "lexbench: %s\n", message.text);
    return (int)status;
}
