/* distributions.c -- the few distributions that the tests need.
 *
 *   I_x(a, b)   x^a (1-x)^b / (a B(a, b)) times the continued fraction 26.5.8 of Abramowitz and Stegun
 *               (DLMF 8.17.22), evaluated by Lentz's method (Lentz 1976; Thompson and Barnett 1986); for
 *               x > (a+1)/(a+b+2) as 1 - I_{1-x}(b, a), where it converges fast
 *   Q(a, x)     the series DLMF 8.7.1 for x < a + 1, else the continued fraction DLMF 8.9.2
 *   Student     P(T >= t) = I_{v/(v+t^2)}(v/2, 1/2) / 2 for t >= 0                    (A&S 26.7.1)
 *   Fisher      P(F >= f) = I_{v2/(v2+v1 f)}(v2/2, v1/2)                              (A&S 26.6.2)
 *   chi-square  P(X >= x) = Q(v/2, x/2)                                               (A&S 26.4.19)
 *   range       of k standard normals: P(Q <= q) = k int phi(z) (Phi(z) - Phi(z - q))^(k-1) dz  (Tippett
 *               1925), by the trapezoidal rule, which converges faster than any power for such integrands
 *
 * Quantiles are found by bisection of the upper tail down to neighbouring doubles: slow and sure. */
#include <float.h>
#include <math.h>

#include "results/statistics/statistics.h"

enum { FRACTION_TERMS = 10000, BISECTIONS = 200 };

/* ln Gamma, without the global sign that lgamma writes. */
static double log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

/* Keeps Lentz's denominators off zero. */
static double off_zero(double x)
{
    return fabs(x) < DBL_MIN ? DBL_MIN : x;
}

/* ---- incomplete beta and gamma functions ---- */

static double beta_fraction(double x, double a, double b)
{
    double c = 1, d = 1 / off_zero(1 - (a + b) * x / (a + 1)), value = d;
    for (int m = 1; m < FRACTION_TERMS; m++) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / off_zero(1 + even * d);
        c = off_zero(1 + even / c);
        value *= c * d;
        d = 1 / off_zero(1 + odd * d);
        c = off_zero(1 + odd / c);
        value *= c * d;
        if (fabs(c * d - 1) < DBL_EPSILON)
            break;
    }
    return value;
}

double incomplete_beta(double x, double a, double b)
{
    if (isnan(x) || x < 0 || x > 1)
        return NAN;
    if (x == 0 || x == 1)
        return x;
    const double front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(x, a, b) / a;
    return 1 - front * beta_fraction(1 - x, b, a) / b;
}

static double gamma_series(double a, double x)
{
    double term = 1 / a, sum = term;
    for (int n = 1; n < FRACTION_TERMS && fabs(term) > fabs(sum) * DBL_EPSILON; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum;
}

static double gamma_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1 / DBL_MIN, d = 1 / off_zero(b), value = d;
    for (int n = 1; n < FRACTION_TERMS; n++) {
        const double numerator = -n * (n - a);
        b += 2;
        d = 1 / off_zero(numerator * d + b);
        c = off_zero(b + numerator / c);
        value *= c * d;
        if (fabs(c * d - 1) < DBL_EPSILON)
            break;
    }
    return value;
}

double incomplete_gamma_upper(double a, double x)
{
    if (isnan(x) || x < 0)
        return NAN;
    if (x == 0)
        return 1;
    if (isinf(x))
        return 0;
    const double front = exp(a * log(x) - x - log_gamma(a));
    return x < a + 1 ? 1 - front * gamma_series(a, x) : front * gamma_fraction(a, x);
}

/* ---- tails ---- */

double normal_lower(double z)
{
    return 0.5 * erfc(-z / sqrt(2));
}

double student_upper(double t, double freedom)
{
    if (isnan(t))
        return NAN;
    if (isinf(t))
        return t > 0 ? 0 : 1;
    const double tail = 0.5 * incomplete_beta(freedom / (freedom + t * t), freedom / 2, 0.5);
    return t >= 0 ? tail : 1 - tail;
}

double fisher_upper(double f, double freedom1, double freedom2)
{
    if (isnan(f) || f < 0)
        return NAN;
    return isinf(f) ? 0 : incomplete_beta(freedom2 / (freedom2 + freedom1 * f), freedom2 / 2, freedom1 / 2);
}

double chi_square_upper(double x, double freedom)
{
    return incomplete_gamma_upper(freedom / 2, x / 2);
}

double studentised_range_upper(double q, size_t groups)
{
    const double step = 1.0 / 64, edge = 9; /* phi(9) is 1e-18 */
    if (isnan(q) || groups < 2)
        return NAN;
    if (q <= 0)
        return 1;
    double sum = 0;
    for (int i = 0; i * step <= 2 * edge; i++) {
        const double z = i * step - edge;
        sum += exp(-z * z / 2) * pow(normal_lower(z) - normal_lower(z - q), (double)(groups - 1));
    }
    const double turn = 6.283185307179586476925;
    return fmax(0, 1 - (double)groups * sum * step / sqrt(turn));
}

/* ---- quantiles ---- */

/* The point where a falling tail passes `tail`, between low and high. */
static double bisect(double (*upper)(double x, double parameter), double parameter, double tail, double low,
                     double high)
{
    for (int i = 0; i < BISECTIONS; i++) {
        const double middle = low + (high - low) / 2;
        if (middle == low || middle == high)
            break;
        if (upper(middle, parameter) > tail)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

static double normal_tail(double z, double unused)
{
    (void)unused;
    return normal_lower(-z);
}

static double range_tail(double q, double groups)
{
    return studentised_range_upper(q, (size_t)groups);
}

/* Symmetric distributions: the upper half, where the tail keeps its digits. */
static double symmetric_quantile(double (*upper)(double, double), double parameter, double p)
{
    double high = 2;
    if (!(p > 0 && p < 1))
        return NAN;
    if (p < 0.5)
        return -symmetric_quantile(upper, parameter, 1 - p);
    while (upper(high, parameter) > 1 - p && high < 1e300)
        high *= 2;
    return bisect(upper, parameter, 1 - p, 0, high);
}

double normal_quantile(double p)
{
    return symmetric_quantile(normal_tail, 0, p);
}

double student_quantile(double p, double freedom)
{
    return symmetric_quantile(student_upper, freedom, p);
}

double studentised_range_quantile(double p, size_t groups)
{
    return p > 0 && p < 1 ? bisect(range_tail, (double)groups, 1 - p, 0, 100) : NAN;
}
