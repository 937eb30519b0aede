/* experiment.c -- from the arguments of run and plan to what is asked for. */
#include "commandline/experiment.h"

struct schedule_request experiment_request(const struct experiment_arguments *given, const char *experiment)
{
    return (struct schedule_request){.plan = {.experiment = experiment,
                                              .sets = given->set.count,
                                              .set = given->set.at,
                                              .presets = given->preset.count,
                                              .preset = given->preset.at,
                                              .only = given->only},
                                     .out = given->out,
                                     .isa = given->isa,
                                     .shard = given->shard};
}
