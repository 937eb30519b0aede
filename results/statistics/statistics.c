/* statistics.c -- summaries of a sample.
 *
 *   mean       m = (1/n) sum x_i
 *   deviation  s = sqrt( (1/(n-1)) sum (x_i - m)^2 ), in two passes, because the difference of the sum
 *              of squares and the square of the sum loses all digits when s is small beside m (Chan,
 *              Golub, LeVeque 1983, "Algorithms for computing the sample variance")
 *   interval   m +- t(1 - (1 - level)/2, n - 1) s / sqrt n   (Student 1908, "The probable error of a mean")
 *   corrected  (score - chance) / (1 - chance), as Cohen's kappa is of agreement (Cohen 1960, equation 1) */
#include "results/statistics/statistics.h"

#include <math.h>

struct summary statistics_summary(const double *values, size_t count)
{
    struct summary out = {.count = count, .mean = NAN, .minimum = NAN, .maximum = NAN, .deviation = NAN};
    if (count == 0)
        return out;
    double sum = 0, squares = 0;
    out.minimum = out.maximum = values[0];
    for (size_t i = 0; i < count; i++) {
        sum += values[i];
        out.minimum = fmin(out.minimum, values[i]);
        out.maximum = fmax(out.maximum, values[i]);
    }
    out.mean = sum / (double)count;
    /* Rounding must not push the mean of equal values off them. */
    if (out.minimum == out.maximum)
        out.mean = out.minimum;
    for (size_t i = 0; i < count; i++)
        squares += (values[i] - out.mean) * (values[i] - out.mean);
    if (count > 1)
        out.deviation = sqrt(squares / (double)(count - 1));
    return out;
}

double statistics_half_width(const struct summary *summary, double level)
{
    if (summary->count < SEEDS_LEAST)
        return NAN;
    const double t = student_quantile(1 - (1 - level) / 2, (double)(summary->count - 1));
    return t * summary->deviation / sqrt((double)summary->count);
}

double statistics_chance_corrected(double score, double chance)
{
    return chance < 1 ? (score - chance) / (1 - chance) : NAN;
}
