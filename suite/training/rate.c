/* rate.c -- warm-up and cosine decay. */
#include "training/rate.h"

#include <math.h>

double rate_at(const struct training_options *options, size_t step)
{
    const double pi = 3.14159265358979323846;
    double warmup = floor(options->warmup * (double)options->steps), at = (double)step, left, share;
    if (at < warmup)
        return options->rate * (at + 1) / warmup;
    left = (double)options->steps - warmup;
    share = left > 1 ? (at - warmup) / (left - 1) : 1;
    return options->rate * (options->final_rate + (1 - options->final_rate) * 0.5 * (1 + cos(pi * share)));
}
