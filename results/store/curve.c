/* curve.c -- copies of training curves. */
#include "results/store/curve.h"

#include "results/store/store_private.h"
#include "support/memory.h"

enum status curve_copy(struct curve *out, const struct curve *in, struct message *message)
{
    out->step = store_copy(in->step, in->count, sizeof *in->step, "a training curve", message);
    out->loss = store_copy(in->loss, in->count, sizeof *in->loss, "a training curve", message);
    out->rate = store_copy(in->rate, in->count, sizeof *in->rate, "a training curve", message);
    out->count = in->count;
    if (out->step && out->loss && out->rate)
        return STATUS_OK;
    curve_release(out);
    return STATUS_FAILED;
}

void curve_release(struct curve *curve)
{
    memory_release(curve->step);
    memory_release(curve->loss);
    memory_release(curve->rate);
    *curve = (struct curve){.count = 0};
}
