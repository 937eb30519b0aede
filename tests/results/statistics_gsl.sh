#!/bin/sh
# statistics_gsl.sh -- our distributions against those of the GNU Scientific Library, another program.  GSL is
# no dependency: where it is not installed (Debian: libgsl-dev) the test is skipped.
. "$(dirname "$0")/../commands/lib.inc"

root=$PWD
if ! gsl-config --version >/dev/null 2>&1; then
    echo 'skip distributions as GSL has them: it is not installed (Debian: libgsl-dev)'
    exit 0
fi
cat >"$work/gsl.c" <<'END'
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <stdio.h>

#include "results/statistics.h"

static double worst;
static void same(double ours, double theirs)
{
    const double error = fabs(ours - theirs) / (fabs(theirs) > 1e-290 ? fabs(theirs) : 1e-290);
    worst = error > worst ? error : worst;
}

int main(void)
{
    gsl_set_error_handler_off();    /* an underflow is 0 */
    for (double a = 0.5; a < 400; a *= 1.7) {
        for (double b = 0.5; b < 400; b *= 1.9)
            for (double x = 0.01; x < 1; x += 0.03)
                if (gsl_sf_beta_inc(a, b, x) > 1e-8)    /* nearer to 0, one of the two cancels */
                    same(incomplete_beta(x, a, b), gsl_sf_beta_inc(a, b, x));
        for (double x = 0.01; x < 60; x *= 1.4)
            if (gsl_sf_gamma_inc_Q(a, x) > 1e-8)
                same(incomplete_gamma_upper(a, x), gsl_sf_gamma_inc_Q(a, x));
        for (double t = 0; t < 30; t += 0.37)
            if (gsl_cdf_tdist_Q(t, a) > 1e-8)           /* GSL's far tail is an expansion */
                same(student_upper(t, a), gsl_cdf_tdist_Q(t, a));
        for (double f = 0.01; f < 30; f *= 1.5)
            if (gsl_cdf_fdist_Q(f, a, 7) > 1e-8)
                same(fisher_upper(f, a, 7), gsl_cdf_fdist_Q(f, a, 7));
        for (double p = 0.003; p < 1; p += 0.017)
            same(student_quantile(p, a), gsl_cdf_tdist_Pinv(p, a));
    }
    for (double p = 0.003; p < 1; p += 0.017)
        same(normal_quantile(p), gsl_cdf_ugaussian_Pinv(p));
    printf("largest relative difference %.1e\n", worst);
    return !(worst < 1e-8);
}
END
# shellcheck disable=SC2046  # flags
if ${CC:-gcc} -std=c17 -D_GNU_SOURCE -I"$root" -I"$root/suite" $(gsl-config --cflags) -o "$work/gsl" "$work/gsl.c" \
    "$root/results/statistics/distributions.c" $(gsl-config --libs) -lm >"$work/log" 2>&1; then
    check 'distributions as GSL has them' 'they differ' "$work/gsl"
else
    not_ok 'distributions as GSL has them' "$(cat "$work/log")"
fi
finish
