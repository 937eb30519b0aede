/* statistics.h -- numbers about numbers: pure, no input, no output.  What needs room is given it, but the
 * bootstrap, which takes memory of its own.  Each file opens with its formulas and their sources.
 *
 * The unit of inference is the seed.  Below SEEDS_LEAST seeds there are points and ranges, no interval and
 * no p: functions that give one return NAN there. */
#ifndef LEXBENCH_STATISTICS_H
#define LEXBENCH_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

#include "support/rng.h"
#include "support/status.h"

enum { SEEDS_LEAST = 5, BOOTSTRAP_SEEDS_LEAST = 6 };

struct interval {
    double low, high;
};

/* ---- statistics.c: summaries ---- */

struct summary {
    size_t count;
    double mean, minimum, maximum; /* NAN of no values */
    double deviation;              /* standard deviation of a sample; NAN below 2 values */
};

/* Of values(count), none of them NaN; summed in the order given. */
struct summary statistics_summary(const double *values, size_t count);

/* Half the width of Student's t interval for the mean: t(1 - (1 - level)/2, n - 1) s / sqrt n.  NAN below
 * SEEDS_LEAST values. */
double statistics_half_width(const struct summary *summary, double level);

/* (score - chance) / (1 - chance): 0 for guessing, 1 for all right.  NAN for chance 1. */
double statistics_chance_corrected(double score, double chance);

/* ---- distributions.c ---- */

double incomplete_beta(double x, double a, double b); /* regularised I_x(a, b); a, b > 0, x in [0, 1] */
double incomplete_gamma_upper(double a, double x);    /* regularised Q(a, x); a > 0, x >= 0 */
double normal_lower(double z);                        /* P(Z <= z) */
double normal_quantile(double p);                     /* z with P(Z <= z) = p; p in (0, 1) */
double student_upper(double t, double freedom);       /* P(T >= t) */
double student_quantile(double p, double freedom);    /* t with P(T <= t) = p; p in (0, 1) */
double fisher_upper(double f, double freedom1, double freedom2); /* P(F >= f) */
double chi_square_upper(double x, double freedom);               /* P(X >= x) */
double studentised_range_upper(double q, size_t groups);         /* P(Q >= q), infinite degrees of freedom */
double studentised_range_quantile(double p, size_t groups);      /* q with P(Q <= q) = p */

/* ---- paired.c: two variants on the same seeds ---- */

struct paired { /* of the differences a_i - b_i */
    size_t count;
    double mean, deviation;
    double t; /* mean / (deviation / sqrt n); infinite where all are equal, NAN for zeros */
    double p_two_sided, p_less, p_greater; /* of t; NAN below SEEDS_LEAST pairs */
    struct interval interval;              /* 95 % of the mean difference; NAN likewise */
    double effect;                         /* Hedges's g of the differences; NAN below 3 pairs */
};
/* differences(count), none NaN. */
struct paired statistics_paired(const double *differences, size_t count);

/* One-sided sign-flip test: P(sum +-d_i <= sum d_i) over all assignments of signs, for "less": the mean is
 * below zero.  Exact up to SIGN_FLIP_EXACT values, above that SIGN_FLIP_DRAWS draws of the key's stream and
 * (1 + hits) / (1 + draws).  NAN below SEEDS_LEAST. */
enum { SIGN_FLIP_EXACT = 20, SIGN_FLIP_DRAWS = 1 << 20 };
double statistics_sign_flip(const double *differences, size_t count, struct key key);

/* The least p that the test can give with that many seeds: 2^-n, and no less than the draws allow. */
double statistics_sign_flip_least(size_t count);
/* The fewest seeds, at least SEEDS_LEAST, with which `tests` sign-flip tests, Holm-corrected, can all reach
 * `level`. */
size_t statistics_seeds_needed(size_t tests, double level);

/* Holm's adjusted p, in the order given; adjusted(count) may be p itself.  NAN stays NAN and is not
 * counted.  order(count) is room. */
void statistics_holm(double *adjusted, const double *p, size_t *order, size_t count);

/* ---- ranks.c: many variants on several blocks (data sets) ---- */

/* Ranks from 1, the best first; equal values share the average of their ranks, and all NAN are last, equal
 * to each other.  order(count) is room. */
void statistics_ranks(double *rank, const double *values, bool lower_is_better, size_t *order, size_t count);

struct friedman {
    double chi_square, p_chi_square; /* with ties corrected; NAN when nothing differs */
    double f, p_f;                   /* Iman and Davenport; f INFINITY when all blocks agree */
};
/* rank(blocks, variants). */
struct friedman statistics_friedman(const double *rank, size_t blocks, size_t variants);

/* Nemenyi: two mean ranks that differ by less do not differ at the level 1 - p. */
double statistics_critical_difference(size_t variants, size_t blocks, double p);
/* Does it say anything: is it at most half the number of variants? */
bool statistics_critical_difference_tells(double difference, size_t variants);

/* Mean of 1/rank over rank[0], rank[stride], ...  (Never without raw scores beside it.) */
double statistics_mean_reciprocal(const double *rank, size_t stride, size_t count);

/* ---- bootstrap.c ---- */

struct moments { /* of the items of one seed */
    size_t count;
    double mean, variance, skewness; /* plug-in: divided by count; skewness 0 where variance is 0 */
};
struct moments statistics_moments(const float *items, size_t count);

struct bootstrap_cell {
    const struct moments *seed; /* (seeds) */
    size_t seeds;
    struct key key; /* of the cell's coordinates: no other cell matters */
};
struct bootstrap_options {
    size_t draws; /* 10000 */
    double level; /* 0.95 */
    bool plain;   /* plain percentiles, too narrow for few seeds; else expanded ones */
    size_t workers;
};
/* out(count): the interval of the mean of each cell; NAN below SEEDS_LEAST seeds.  The same bits for any
 * number of workers and any company of cells.  STATUS_FAILED: no memory. */
enum status statistics_bootstrap(struct interval *out, const struct bootstrap_cell *cells, size_t count,
                                 const struct bootstrap_options *options, struct message *message);

/* ---- length.c ---- */

struct effective_length {
    bool any;               /* false: not even the first length */
    size_t last;            /* index of n*, when any */
    bool interval;          /* from SEEDS_LEAST seeds on; below, the range over single seeds */
    bool low_any, high_any; /* as `any`, for the ends */
    size_t low, high;       /* indices of the ends */
    bool complete;          /* n* is the longest length there is: it may be more */
    bool gap;               /* it ended where a seed has no number */
};
enum length_rule {
    LENGTH_SCORE, /* tasks: score(n) >= 0.9 score(L), mean over seeds */
    LENGTH_LOSS   /* text: paired 95 % upper bound of loss(n) - loss(L) below 0.01 nat */
};
/* values(lengths, seeds) in ascending order of length, reference(seeds) at L; all of a seed, and a length
 * without all its numbers (any NAN) ends the run.  scratch(seeds). */
struct effective_length statistics_effective_length(const double *values, const double *reference,
                                                    size_t lengths, size_t seeds, enum length_rule rule,
                                                    double *scratch);

/* A task is solved by a seed at SOLVED or above (Deletang et al. 2023: 90 %). */
#define SOLVED 0.9
size_t statistics_solved(const double *values, size_t count); /* how many */

#endif
