/* statistics.h -- numbers about numbers: pure, no input, no output, no allocation. */
#ifndef LEXBENCH_STATISTICS_H
#define LEXBENCH_STATISTICS_H

#include <stddef.h>

struct summary {
    size_t count;
    double mean, minimum, maximum;      /* NAN of no values */
    double deviation;                   /* standard deviation of a sample; NAN below 2 values */
};

/* Of values(count), none of them NaN; summed in the order given. */
struct summary statistics_summary(const double *values, size_t count);

#endif
