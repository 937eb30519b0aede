/* metrics.h -- metrics.jsonl: the curve of a training, written as the training goes.
 *
 *   {"step": 6, "loss": 5.1, "rate": 0.001}     one line a point
 *   {"seconds": 12.5}                           the last line
 *
 * The weights are saved after the last line, so where they are whole, the curve is too. */
#ifndef LEXBENCH_METRICS_H
#define LEXBENCH_METRICS_H

#include "training/training.h"

/* Appends the points of the curve from *written on, and counts them there. */
enum status metrics_append(const char *path, const struct training_curve *curve, size_t *written,
                           struct message *message);
/* Appends the last line. */
enum status metrics_end(const char *path, double seconds, struct message *message);
/* The file as it was when the curve had the points it has: whatever came after them goes. */
enum status metrics_restart(const char *path, const struct training_curve *curve, struct message *message);

/* The curve and its seconds back from the file; empty, and NAN, when it is not complete.
 * training_curve_release() in any case. */
void metrics_read(struct training_curve *curve, const char *path);

#endif
