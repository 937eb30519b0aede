/* length.c -- effective length: how far a model carries.
 *
 * With v_s(n) the score of seed s at length n, d_s(n) says how far v_s(n) is from v_s(L), worse upwards:
 *   tasks   d = 0.9 v(L) - v(n), and n is within where the mean of d is at most 0: the score lies no more
 *           than 10 % below its value at L
 *   text    d = v(n) - v(L), and n is within where the one-sided 95 % upper bound of its mean, paired by
 *           seed (Student), lies below 0.01 nat
 * n* is the largest n that is within, as are all shorter ones.  Its interval turns the test around: from
 * the n* where the upper end of the two-sided 95 % interval of d decides to the one where the lower end
 * does.  L itself is within, however the seeds differ.  Below SEEDS_LEAST seeds the mean of d decides, and
 * the ends are those of the single seeds, of a task of those that learnt it. (RULER, Hsieh et al. 2024, and
 * position interpolation, Chen et al. 2023, each have a threshold of their own model's; these are relative to
 * the same training.) */
#include <math.h>
#include <string.h>

#include "results/statistics/statistics.h"

static const double score_kept = 0.9, loss_margin = 0.01;

struct run { /* of lengths within, from the first on */
    size_t within;
    bool ended;
};

static void extend(struct run *run, bool within)
{
    run->ended = run->ended || !within;
    run->within += !run->ended;
}

/* Does a mean difference count as within? */
static bool decide(double difference, enum length_rule rule)
{
    return rule == LENGTH_SCORE ? difference <= 0 : difference < loss_margin;
}

static double distance(double value, double reference, enum length_rule rule)
{
    return rule == LENGTH_SCORE ? score_kept * reference - value : value - reference;
}

static bool complete(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (isnan(values[i]))
            return false;
    return count > 0;
}

static void place(bool *any, size_t *index, const struct run *run)
{
    *any = run->within > 0;
    *index = run->within > 0 ? run->within - 1 : 0;
}

/* The ends of a few seeds: the least and the most of their own n*.  One that has not learnt the task has
 * nothing to keep: 0 is no less than 90 % of 0. */
static void range_of_seeds(struct effective_length *out, const double *values, const double *reference,
                           size_t lengths, size_t seeds, enum length_rule rule)
{
    struct run least = {.within = lengths}, most = {.within = 0};
    size_t learnt = 0;
    for (size_t s = 0; s < seeds; s++) {
        struct run run = {.within = 0};
        if (rule == LENGTH_SCORE && !(reference[s] >= SOLVED))
            continue;
        learnt++;
        for (size_t n = 0; n < lengths; n++)
            extend(&run, decide(distance(values[n * seeds + s], reference[s], rule), rule));
        least = run.within < least.within ? run : least;
        most = run.within > most.within ? run : most;
    }
    if (learnt == 0)
        least.within = 0;
    place(&out->low_any, &out->low, &least);
    place(&out->high_any, &out->high, &most);
}

struct effective_length statistics_effective_length(const double *values, const double *reference,
                                                    size_t lengths, size_t seeds, enum length_rule rule,
                                                    double *scratch)
{
    struct effective_length out = {.interval = seeds >= SEEDS_LEAST};
    struct run here = {.within = 0}, low = here, high = here;
    for (size_t n = 0; n < lengths; n++) {
        const bool there = complete(&values[n * seeds], seeds) && complete(reference, seeds);
        for (size_t s = 0; s < seeds; s++)
            scratch[s] = distance(values[n * seeds + s], reference[s], rule);
        out.gap = out.gap || (!here.ended && !there);
        const bool trained = there && memcmp(&values[n * seeds], reference, seeds * sizeof *reference) == 0;
        struct summary d = {.mean = NAN};
        double one_sided = 0, two_sided = 0;
        if (there)
            d = statistics_summary(scratch, seeds);
        if (there && out.interval) {
            one_sided = rule == LENGTH_LOSS ? statistics_half_width(&d, 0.90) : 0;
            two_sided = statistics_half_width(&d, 0.95);
        }
        extend(&here, trained || (there && decide(d.mean + one_sided, rule)));
        extend(&low, trained || (there && decide(d.mean + two_sided, rule)));
        extend(&high, trained || (there && decide(d.mean - two_sided, rule)));
    }
    place(&out.any, &out.last, &here);
    place(&out.low_any, &out.low, &low);
    place(&out.high_any, &out.high, &high);
    if (!out.interval)
        range_of_seeds(&out, values, reference, lengths, seeds, rule);
    out.complete = out.any && out.last + 1 == lengths;
    return out;
}

size_t statistics_solved(const double *values, size_t count)
{
    size_t solved = 0;
    for (size_t i = 0; i < count; i++)
        solved += values[i] >= SOLVED;
    return solved;
}
