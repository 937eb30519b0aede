/* job_training.h -- the weights of one planned training: read where they are whole, else trained and saved. */
#ifndef LEXBENCH_JOB_TRAINING_H
#define LEXBENCH_JOB_TRAINING_H

#include "running/folder.h"
#include "running/trained_model.h"
#include "support/progress.h"
#include "training/training.h"

struct job_setting { /* the same for all trainings of a run */
    const struct plan *plan;
    const char *out; /* OUT */
    struct folder *folder;
    enum isa isa;
    size_t threads; /* of one training */
    bool discard_weights;
    double checkpoint_interval, lease_timeout; /* seconds */
    struct progress *progress;
};

/* Begin with {.wall_time = NAN}. */
struct job_training {
    struct trained_model trained; /* the model is there also when the training has failed */
    struct training_curve curve;
    double wall_time; /* seconds; NAN = not known */
};

/* A fine-tune begins with the weights of its parent, which are there.  job_training_release() in any case. */
enum status job_training_obtain(struct job_training *out, const struct job_setting *setting, size_t training,
                                struct message *message);
void job_training_release(struct job_training *training);

void job_training_remove_checkpoint(const struct job_setting *setting, size_t training);

/* "rope on text, seed 1" */
enum { JOB_LABEL_SIZE = 384 };
void job_training_label(char out[JOB_LABEL_SIZE], const struct plan *plan,
                        const struct planned_training *training);

#endif
