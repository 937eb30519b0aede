/* schedule.h -- a plan against what is on disk: what is done, what is to do, what it costs.  Private to
 * this folder; shared by run and plan. */
#ifndef LEXBENCH_SCHEDULE_H
#define LEXBENCH_SCHEDULE_H

#include "commandline/command.h"
#include "experiment/plan.h"
#include "kernels/isa.h"
#include "running/shards.h"
#include "support/status.h"
#include "support/text.h"

/* What the command line of run and plan says about an experiment. */
struct experiment_request {
    const char *out, *only, *isa, *shard;
    struct argument_list set, preset;
};

struct scheduled { /* one training of the plan */
    bool *done;    /* (evaluations) */
    size_t to_do;  /* evaluations that are not done */
    bool trained;  /* weights.h5 is there */
    bool needed;   /* it is not, and a fine-tune that is to do begins with it */
    bool mine;     /* in the shard that was asked for */
    double flop;   /* still to do */
};
struct schedule {
    struct plan plan;
    enum isa isa;
    struct text out;             /* the folder */
    struct scheduled *scheduled; /* (plan.trainings) */
    struct shard shard;
    size_t trainings, to_do; /* of the shard: all, and those that are not done */
    double flop, flop_to_do; /* of the shard */
    double thread_rate;      /* FLOP per second and thread of finished trainings; NAN = none is known */
};

/* Chooses the instruction set, makes the plan, looks at the disk.  schedule_release() after success. */
enum status schedule_make(struct schedule *schedule, const char *experiment,
                          const struct experiment_request *request, struct message *message);
void schedule_release(struct schedule *schedule);

/* Looks again: trainings of other shards that are not done. */
size_t schedule_others_to_do(const struct schedule *schedule);

/* The trainings and evaluations of the shard, one a line, and the sum. */
void schedule_print(struct text *out, const struct schedule *schedule);

#endif
