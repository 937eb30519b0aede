/* distribution.c -- Gamma variates by Marsaglia and Tsang 2000, "A simple method for generating gamma
 * variables" (ACM TOMS 26, 363-372): for a >= 1, with d = a - 1/3 and c = 1 / sqrt(9 d),
 *
 *   v = (1 + c x)^3, x normal;   d v is accepted if v > 0 and ln u < x^2 / 2 + d - d v + d ln v
 *
 * and for a < 1 (section 6 there) Gamma(a) = Gamma(a + 1) u^(1/a).  Everything is kept as a logarithm: at
 * a = 0.01 the power u^100 is often below the smallest double, and so might a whole row be. */
#include "datasets/shared/distribution.h"

#include <math.h>

static double log_gamma_variate(struct key key, double a)
{
    double raised = a < 1 ? a + 1 : a, d = raised - 1.0 / 3, c = 1 / sqrt(9 * d), log_v, x, u;
    uint64_t counter = 0;
    do {
        x = random_normal(key, counter++);
        u = 1 - random_uniform(key, counter++); /* (0, 1] */
        log_v = c * x > -1 ? 3 * log1p(c * x) : -(double)INFINITY;
    } while (!(log(u) < x * x / 2 + d - d * exp(log_v) + d * log_v));
    return log(d) + log_v + (a < 1 ? log(1 - random_uniform(key, counter)) / a : 0);
}

void distribution_dirichlet(double *p, struct key key, double concentration, size_t count)
{
    double most = -(double)INFINITY, sum = 0;
    for (size_t j = 0; j < count; j++) {
        p[j] = log_gamma_variate(key_with(key, j), concentration);
        most = fmax(most, p[j]);
    }
    for (size_t j = 0; j < count; j++) {
        p[j] = exp(p[j] - most);
        sum += p[j];
    }
    for (size_t j = 0; j < count; j++)
        p[j] /= sum;
}

size_t distribution_draw(const double *p, size_t count, double u)
{
    size_t last = 0;
    for (size_t j = 0; j < count; j++) {
        if (u < p[j])
            return j;
        u -= p[j];
        last = p[j] > 0 ? j : last;
    }
    return last; /* u was within rounding of 1 */
}
