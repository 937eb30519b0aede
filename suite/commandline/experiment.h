/* experiment.h -- what the command lines of run and plan say about an experiment. */
#ifndef LEXBENCH_COMMANDLINE_EXPERIMENT_H
#define LEXBENCH_COMMANDLINE_EXPERIMENT_H

#include "commandline/command.h"
#include "running/schedule.h"

struct experiment_arguments {
    const char *out, *only, *isa, *shard;
    struct argument_list set, preset;
};

/* Points into the arguments. */
struct schedule_request experiment_request(const struct experiment_arguments *given, const char *experiment);

#endif
