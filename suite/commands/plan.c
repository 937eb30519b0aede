/* plan.c -- lexbench plan: what an experiment would run. */
#include <stdio.h>

#include "commands/schedule.h"

#define AT(field) offsetof(struct experiment_request, field)

static enum status plan_show(const void *request, size_t count, const char *const *operand,
                             struct message *message)
{
    struct schedule schedule;
    struct text text = {0};
    enum status status = schedule_make(&schedule, operand[0], request, message);

    (void)count;
    if (status != STATUS_OK)
        return status;
    schedule_print(&text, &schedule);
    if (text.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the plan");
    else
        fputs(text_string(&text), stdout);
    text_release(&text);
    schedule_release(&schedule);
    return status;
}

static const struct argument plan_arguments[] = {
    {"out", ARGUMENT_TEXT, AT(out), "DIR",
     "where results would go, and may be already (default: runs/<experiment>)"},
    {"only", ARGUMENT_TEXT, AT(only), "VARIANT,...", "only these variants of the experiment"},
    {"set", ARGUMENT_LIST, AT(set), "SECTION.KEY=VALUE",
     "a setting above those of the file; may be repeated"},
    {"isa", ARGUMENT_TEXT, AT(isa), "NAME", "instruction set: auto (default), plain, avx2, avx512"},
    {.name = NULL}};

extern const struct command command_plan;
const struct command command_plan = {
    .name = "plan",
    .operands = "EXPERIMENT",
    .summary = "the trainings and evaluations that run would do, and their cost",
    .examples = "lexbench plan quick\n"
                "lexbench plan quick --only rope,alibi --set training.steps=2000\n"
                "lexbench plan mine.ini --out runs/mine",
    .more = "EXPERIMENT is a shipped name (lexbench list experiments) or a file.\n",
    .arguments = plan_arguments,
    .request_size = sizeof(struct experiment_request),
    .least = 1,
    .most = 1,
    .run = plan_show,
};
