/* folder.c -- what is done in OUT/trials.  An answer costs a hash of the whole file, and opens it with HDF5. */
#include "running/folder.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "results/store/trial.h"
#include "results/store/weights.h"
#include "support/file.h"
#include "support/memory.h"

enum answer { NOT_ASKED, YES, NO };

/* Two threads that ask at once may both look.  Of two different answers NO may stay: it costs another look. */
struct found {
    atomic_int trained;    /* enum answer, as the next */
    atomic_int *evaluated; /* (evaluations) */
    _Atomic(double) thread_seconds;
};
struct folder {
    const struct plan *plan;
    const char *out;
    struct found *found;   /* (plan->trainings) */
    atomic_int *evaluated; /* of all trainings, one after the other */
};

struct text folder_path(const char *out, const struct planned_training *training, const char *name)
{
    struct text path = {0};
    text_append(&path, "%s/trials/%s/%s", out, training->id, name);
    return path;
}

struct text folder_trial_path(const char *out, const struct planned_training *training, size_t e)
{
    struct text path = folder_path(out, training, training->evaluation_id[e]);
    text_append(&path, ".h5");
    return path;
}

enum status folder_path_check(const struct text *path, struct message *message)
{
    return path->failed ? message_set(message, STATUS_FAILED, "no memory for the path of a file") : STATUS_OK;
}

enum status folder_open(struct folder **folder, const struct plan *plan, const char *out,
                        struct message *message)
{
    size_t evaluations = 0;
    for (size_t t = 0; t < plan->trainings; t++)
        evaluations += plan->training[t].evaluations;
    struct folder *opened = *folder = memory_allocate(1, sizeof *opened, "what is done", message);
    if (!opened)
        return STATUS_FAILED;
    *opened = (struct folder){
        .plan = plan,
        .out = out,
        .found = memory_allocate(plan->trainings, sizeof *opened->found, "what is done", message),
        .evaluated = memory_allocate(evaluations, sizeof *opened->evaluated, "what is done", message)};
    if (!opened->found || !opened->evaluated) {
        folder_close(opened);
        *folder = NULL;
        return STATUS_FAILED;
    }
    evaluations = 0;
    for (size_t t = 0; t < plan->trainings; t++) {
        opened->found[t].evaluated = opened->evaluated + evaluations;
        opened->found[t].thread_seconds = NAN;
        evaluations += plan->training[t].evaluations;
    }
    return STATUS_OK;
}

void folder_close(struct folder *folder)
{
    if (!folder)
        return;
    memory_release(folder->found);
    memory_release(folder->evaluated);
    memory_release(folder);
}

bool folder_evaluated(struct folder *folder, size_t training, size_t e)
{
    struct found *found = &folder->found[training];
    const int known = found->evaluated[e];
    if (known != NOT_ASKED)
        return known == YES;
    struct text path = folder_trial_path(folder->out, &folder->plan->training[training], e);
    struct trial_summary trial = {.failed = 0};
    const bool done = !path.failed && file_exists(text_string(&path)) &&
                      !trial_glance(&trial, text_string(&path), NULL) && trial.failed == 0;
    if (done)
        found->thread_seconds = trial.training_wall_time * (double)trial.threads;
    found->evaluated[e] = done ? YES : NO;
    text_release(&path);
    return done;
}

bool folder_all_evaluated(struct folder *folder, size_t training)
{
    for (size_t e = 0; e < folder->plan->training[training].evaluations; e++)
        if (!folder_evaluated(folder, training, e))
            return false;
    return true;
}

static bool look_for_weights(const char *out, const struct planned_training *training)
{
    struct text path = folder_path(out, training, "weights.h5");
    struct weights_about about = {.vocabulary = 0};
    const bool whole = !path.failed && file_exists(text_string(&path)) &&
                       !weights_read_about(&about, text_string(&path), NULL) &&
                       strcmp(about.training_id, training->id) == 0;
    weights_about_release(&about);
    text_release(&path);
    return whole;
}

bool folder_trained(struct folder *folder, size_t training)
{
    struct found *found = &folder->found[training];
    const int known = found->trained;
    if (known != NOT_ASKED)
        return known == YES;
    const bool whole = look_for_weights(folder->out, &folder->plan->training[training]);
    found->trained = whole ? YES : NO;
    return whole;
}

bool folder_has_weights(const struct folder *folder, size_t training)
{
    struct text path = folder_path(folder->out, &folder->plan->training[training], "weights.h5");
    const bool there = !path.failed && file_exists(text_string(&path));
    text_release(&path);
    return there;
}

double folder_thread_seconds(const struct folder *folder, size_t training)
{
    return folder->found[training].thread_seconds;
}

static void forget_no(atomic_int *answer)
{
    int no = NO;
    atomic_compare_exchange_strong(answer, &no, NOT_ASKED);
}

void folder_look_again(struct folder *folder, size_t training)
{
    const struct plan *plan = folder->plan;
    size_t t = training;
    do {
        forget_no(&folder->found[t].trained);
        for (size_t e = 0; e < plan->training[t].evaluations; e++)
            forget_no(&folder->found[t].evaluated[e]);
        t++; /* a training stands right before the fine-tunes that begin with it */
    } while (t < plan->trainings && plan->training[t].parent == training);
}
