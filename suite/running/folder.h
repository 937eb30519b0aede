/* folder.h -- OUT/trials: where its files lie, and what is done there, asked once and remembered.
 *
 *   OUT/trials/<training-id>/lease                 of the process that works there (lease.h)
 *   OUT/trials/<training-id>/checkpoint            the training between two steps; gone when it is done
 *   OUT/trials/<training-id>/weights.h5            the trained weights
 *   OUT/trials/<training-id>/metrics.jsonl         one line a point of the training curve
 *   OUT/trials/<training-id>/<evaluation-id>.h5    one variant's cells
 *
 * Every .h5 is whole or absent, so what is whole is done: a run that was killed goes on where it was. */
#ifndef LEXBENCH_FOLDER_H
#define LEXBENCH_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "experiment/plan.h"
#include "support/text.h"

/* OUT/trials/<training-id>/name.  Release the text; failed when there was no memory. */
struct text folder_path(const char *out, const struct planned_training *training, const char *name);
/* The file of evaluation e. */
struct text folder_trial_path(const char *out, const struct planned_training *training, size_t e);
/* STATUS_FAILED with a sentence when there was no memory for it. */
enum status folder_path_check(const struct text *path, struct message *message);

/* What is done of a plan.  Any number of threads may ask at once. */
struct folder;
enum status folder_open(struct folder **folder, const struct plan *plan, const char *out,
                        struct message *message);
void folder_close(struct folder *folder); /* NULL is fine; plan and out outlive it */

/* Is the file of evaluation e whole, without a failed cell? */
bool folder_evaluated(struct folder *folder, size_t training, size_t e);
bool folder_all_evaluated(struct folder *folder, size_t training);
/* Is weights.h5 whole, and that of this training?  Reads all of it. */
bool folder_trained(struct folder *folder, size_t training);
/* Is the file there, whole or not?  For an estimate of what is left to do. */
bool folder_has_weights(const struct folder *folder, size_t training);
/* Wall time of the training times its threads, as the last evaluation tells that was asked for; NAN = not
 * known. */
double folder_thread_seconds(const struct folder *folder, size_t training);

/* Somebody may have worked since on this training, or on a fine-tune that begins with it: what was not done
 * is asked again.  What is done stays done. */
void folder_look_again(struct folder *folder, size_t training);

#endif
