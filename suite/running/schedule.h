/* schedule.h -- a plan against what is on disk: what is done, what is to do, what it costs.  For run and
 * plan. */
#ifndef LEXBENCH_SCHEDULE_H
#define LEXBENCH_SCHEDULE_H

#include "experiment/plan.h"
#include "kernels/isa.h"
#include "running/folder.h"
#include "running/shards.h"
#include "support/status.h"
#include "support/text.h"

struct schedule_request {
    struct plan_request plan; /* its instruction set is filled in */
    const char *out;          /* NULL = runs/<experiment> */
    const char *isa;          /* NULL = auto */
    const char *shard;        /* "2/8"; NULL = the whole plan */
};

struct scheduled { /* one training of the plan */
    size_t to_do;  /* evaluations that are not done */
    bool needed;   /* it has no weights, and a fine-tune that is to do begins with it */
    bool mine;     /* in the shard that was asked for */
    double flop;   /* still to do */
};
struct schedule {
    struct plan plan;
    enum isa isa;
    struct text out;             /* the folder */
    struct folder *folder;       /* what is done */
    struct scheduled *scheduled; /* (plan.trainings) */
    struct shard shard;
    size_t trainings, to_do; /* of the shard: all, and those that are not done */
    double flop, flop_to_do; /* of the shard */
    double thread_rate;      /* FLOP per second and thread of finished trainings; NAN = none is known */
};

/* Chooses the instruction set, makes the plan, looks at the disk.  schedule_release() after success. */
enum status schedule_make(struct schedule *schedule, const struct schedule_request *request,
                          struct message *message);
void schedule_release(struct schedule *schedule);

/* Trainings of other shards that are not done, as it is now. */
size_t schedule_others_to_do(const struct schedule *schedule);

/* The trainings and evaluations of the shard, one a line, and the sum. */
void schedule_print(struct text *out, const struct schedule *schedule);

#endif
