/* plan.c -- lexbench plan: what an experiment would run. */
#include <stdio.h>

#include "commandline/experiment.h"

struct show_request {
    struct experiment_arguments experiment;
    bool print;
};
#define AT(field) offsetof(struct show_request, field)

static enum status show_plan(struct text *out, const struct schedule_request *request,
                             struct message *message)
{
    struct schedule schedule;
    enum status status = schedule_make(&schedule, request, message);
    if (status)
        return status;
    schedule_print(out, &schedule);
    schedule_release(&schedule);
    return STATUS_OK;
}

static enum status plan_show(const void *given, size_t count, const char *const *operand,
                             struct message *message)
{
    const struct show_request *request = given;
    const struct schedule_request wanted = experiment_request(&request->experiment, operand[0]);
    struct text text = {0};
    enum status status =
        request->print ? plan_print(&text, &wanted.plan, message) : show_plan(&text, &wanted, message);
    (void)count;
    if (!status && text.failed)
        status = message_set(message, STATUS_FAILED, "no memory for the plan");
    else if (!status)
        fputs(text_string(&text), stdout);
    text_release(&text);
    return status;
}

static const struct argument plan_arguments[] = {
    {"print", ARGUMENT_SWITCH, AT(print), NULL,
     "the resolved experiment as a file, which has the same ids; nothing else"},
    {"out", ARGUMENT_TEXT, AT(experiment.out), "DIR",
     "where results would go, and may be already (default: runs/<experiment>)"},
    {"only", ARGUMENT_TEXT, AT(experiment.only), "VARIANT,...",
     "only these variants, of the experiment or besides"},
    {"set", ARGUMENT_LIST, AT(experiment.set), "SECTION.KEY=VALUE",
     "a setting above those of the file; may be repeated"},
    {"preset", ARGUMENT_LIST, AT(experiment.preset), "NAME",
     "the settings of [preset NAME], below those of --set; may be repeated"},
    {"shard", ARGUMENT_TEXT, AT(experiment.shard), "I/N",
     "only the I-th of N parts, I from 1 to N: run's --shard"},
    {"isa", ARGUMENT_TEXT, AT(experiment.isa), "NAME",
     "instruction set: auto (default), plain, avx2, avx512"},
    {.name = NULL},
};

extern const struct command command_plan;
const struct command command_plan = {
    .name = "plan",
    .operands = "EXPERIMENT",
    .summary = "the trainings and evaluations that run would do, and their cost",
    .examples = "lexbench plan quick\n"
                "lexbench plan quick --only rope,alibi --set training.steps=2000\n"
                "lexbench plan mine.ini --out runs/mine --preset cluster\n"
                "lexbench plan quick --set training.steps=2000 --print >longer.ini",
    .more = "EXPERIMENT is a shipped name (lexbench list experiments) or a file.\n",
    .arguments = plan_arguments,
    .request_size = sizeof(struct show_request),
    .least = 1,
    .most = 1,
    .run = plan_show,
};
