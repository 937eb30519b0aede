/* job.h -- one planned training and the evaluations on it.  Private to this folder.
 *
 *   OUT/trials/<training-id>/lease                 of the process that works there (lease.h)
 *   OUT/trials/<training-id>/checkpoint            the training between two steps; gone when it is done
 *   OUT/trials/<training-id>/weights.h5            the trained weights
 *   OUT/trials/<training-id>/metrics.jsonl         one line a point of the training curve
 *   OUT/trials/<training-id>/<evaluation-id>.h5    one variant's cells
 *
 * Every .h5 is whole or absent, so what is whole is done: a run that was killed goes on where it was. */
#ifndef LEXBENCH_JOB_H
#define LEXBENCH_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include "evaluation/evaluation.h"
#include "experiment/plan.h"
#include "kernels/isa.h"
#include "model/model.h"
#include "results/store/cell.h"
#include "results/store/trial.h"
#include "running/lease.h"
#include "support/progress.h"
#include "support/status.h"
#include "support/text.h"
#include "training/training.h"

struct job_setting { /* the same for all jobs of a run */
    const struct plan *plan;
    const char *out; /* OUT */
    enum isa isa;
    size_t threads; /* of one job */
    bool discard_weights;
    double checkpoint_interval, lease_timeout; /* seconds */
    struct progress *progress;
};

struct job { /* one training under way */
    const struct job_setting *setting;
    const struct planned_training *training;
    const struct planned_dataset *dataset;
    size_t index;        /* of the training in the plan */
    struct model *model; /* as trained */
    real *weights;       /* (model->weights) */
    struct training_curve curve;
    const char
        *parent_failure;  /* why there are no weights to begin with; NULL = they are there, or not needed */
    double wall_time;     /* of the training, seconds; NAN = not known */
    size_t curve_written; /* points that stand in metrics.jsonl */
    size_t failed_cells;
    /* Called for every measured cell, with the losses of its tokens; NULL = they are not wanted. */
    void (*observe)(void *observer, const struct cell *cell, const struct evaluation *evaluation);
    void *observer;
};

/* OUT/trials/<training-id>/name.  Release the text; failed when there was no memory. */
struct text job_path(const char *out, const struct planned_training *training, const char *name);
/* STATUS_FAILED with a sentence when it is. */
enum status job_path_check(const struct text *path, struct message *message);
/* The file of evaluation e. */
struct text job_trial_path(const char *out, const struct planned_training *training, size_t e);

/* Is the file of evaluation e whole, without a failed cell?  thread_seconds (may be NULL): wall time of its
 * training times its threads; NAN when it is not known. */
bool job_evaluation_done(double *thread_seconds, const char *out, const struct planned_training *training,
                         size_t e);

/* Trains (or reads the weights), evaluates what is not done, writes trial files.  When training fails, its
 * trial files say so in every cell.  STATUS_FAILED with a sentence when anything failed;
 * STATUS_CHECKPOINTED when a stop was asked (signals.h): what was done is saved.  *elsewhere: another process
 * works on it, the watch says who, and nothing was done here.
 *
 * A fine-tune begins with the weights of its parent.  Where these are not there it trains the parent, with the
 * parent's lease in hand; when another process has that, the fine-tune counts as elsewhere too.
 * parent_failure: why the parent could not be trained a moment ago (NULL = it was not tried): then it is not
 * tried again. */
enum status job_run(bool *elsewhere, struct lease_watch *watch, const struct job_setting *setting,
                    size_t training, const char *parent_failure, struct message *message);
/* A process that was killed at its very end leaves a checkpoint or a lease of a training that is done. */
void job_tidy(const struct job_setting *setting, size_t training);

/* Does a fine-tune of the plan begin with the weights of this training?  Then they are kept. */
bool job_is_parent(const struct job_setting *setting, size_t training);

/* "rope on text, seed 1" */
void job_label(char *out, size_t size, const struct plan *plan, const struct planned_training *training);

/* ---- job_training.c ---- */

/* Fills model, weights, curve, wall_time: from weights.h5 where it is whole, else by training. */
enum status job_obtain_weights(struct job *job, struct message *message);
void job_remove_checkpoint(const struct job *job);

/* ---- job_evaluation.c ---- */

/* Scores evaluation e on job->weights and writes its trial file.  failure (NULL = none): why there are no
 * weights; then every cell is failed with that reason. */
enum status job_evaluate(struct job *job, size_t e, const char *failure, struct message *message);
/* The same into memory: trial_release() after success. */
enum status job_score(struct trial *trial, struct job *job, size_t e, struct message *message);

/* ---- job_weights.c ---- */

/* The job's weights, and what model of what training they are. */
enum status job_weights_write(const char *path, const struct job *job, struct message *message);
enum status job_weights_read(const char *path, const struct model *model, real *weights,
                             struct message *message);

/* ---- job_metrics.c ---- */

/* Appends the points of the curve that are not in metrics.jsonl yet; ended: and the time taken. */
enum status job_metrics_append(struct job *job, bool ended, struct message *message);
/* The file as it was when the curve had the points it has: whatever came after them goes. */
enum status job_metrics_restart(struct job *job, struct message *message);
/* The curve and the time taken back from the file; both stay empty when it is not complete. */
void job_metrics_read(struct job *job);

#endif
