/* slopes.c -- the slopes of ALiBi, and slopes that are learned but never fall below a floor. */
#include "encoders/shared/slopes.h"

#include <math.h>

double slope_alibi(size_t head, size_t heads)
{
    size_t power = 1;
    while (2 * power <= heads)
        power *= 2;
    if (head < power)
        return exp2(-8.0 * (double)(head + 1) / (double)power);
    return exp2(-8.0 * (double)(2 * (head - power) + 1) / (double)(2 * power));
}

double slope_above(double *change, double floor, real w)
{
    const double over = (double)w - floor;
    *change = over < 0 ? -1 : 1;
    return floor + fabs(over);
}
