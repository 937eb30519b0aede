/* curve.h -- how a training went. */
#ifndef LEXBENCH_CURVE_H
#define LEXBENCH_CURVE_H

#include <stddef.h>
#include <stdint.h>

#include "support/status.h"

struct curve { /* one training, at the steps that were logged */
    size_t count;
    int64_t *step;
    double *loss, *rate;
};

enum status curve_copy(struct curve *out, const struct curve *in, struct message *message);
void curve_release(struct curve *curve); /* what it points to */

#endif
