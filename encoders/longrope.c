/* longrope.c -- rotary frequencies divided by factors that a search has found, one per pair.
 *
 *   angle_t(p) = p theta_t            for p < kept,        theta_t = b^(-2t/d)
 *              = p theta_t / l_t      for the others,      l_t = 1 + (lambda_t - 1) (s - 1) / (S - 1)
 *   cos and sin are multiplied by  m(s) = sqrt(1 + ln s / ln L)
 *
 * lambda (d/2) were searched for the stretch S = `searched`; s = factor, or max(1, n/L) for factor =
 * auto, which is the program's dynamic class; factor = S gives lambda itself.  The paper searches
 * lambda ascending in [1, 1.25 S] and kept (its n-hat) in {0, 1, 2, 4, ..., 256} per model and length.
 * factors = ntk is not a search's result but one of the points from which the paper's begins:
 * lambda_t = S^(2t/(d-2)).  Give the d/2 numbers of a search, separated by blanks, in their place.
 * magnitude: su is the program's default, yarn (0.1 ln s + 1) its other; none is the paper's text.
 * Erratum: the program's static class multiplies by m(S) also for n <= L, where it leaves the
 * frequencies alone; here m follows s and is 1 for n <= L.
 * Ding, Zhang, Zhang, Xu, Shang, Xu, Yang, Yang 2024.  Not relative with kept > 0. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "encoders/shared/rotary.h"

enum { SU, YARN, NONE };
enum { PAIRS_MOST = 256 };

struct longrope {
    double base, searched, factor; /* factor: 0 = auto */
    size_t kept;
    int pairs, magnitude;
    char factors[OPTION_TEXT_SIZE];
    double lambda[PAIRS_MOST];
};

static const char *const magnitude_names[] = {"su", "yarn", "none", NULL};

static const struct option options[] = {
    {"factors", OPTION_TEXT, offsetof(struct longrope, factors), "ntk", 0, 0, NULL,
     "lambda: head width / 2 numbers of a search, separated by blanks; ntk: where a search begins"},
    {"searched", OPTION_REAL, offsetof(struct longrope, searched), "8", 1.001, 1e6, NULL,
     "S: the stretch n/L for which the factors were searched"},
    {"kept", OPTION_SIZE, offsetof(struct longrope, kept), "0", 0, 1 << 30, NULL,
     "positions below this, in tokens, keep their own angles"},
    {"factor", OPTION_FACTOR, offsetof(struct longrope, factor), "auto", 1, 1e6, NULL,
     "s: how far to go towards lambda; auto: max(1, n/L) of each pass"},
    {"magnitude", OPTION_CHOICE, offsetof(struct longrope, magnitude), "su", 0, 0, magnitude_names,
     "what multiplies cos and sin: sqrt(1 + ln s / ln L), 0.1 ln s + 1, or nothing"},
    {"base", OPTION_REAL, offsetof(struct longrope, base), "10000", 1, 1e12, NULL,
     "frequency base b: pair t turns by b^(-2t/d) per token"},
    {"pairs", OPTION_CHOICE, offsetof(struct longrope, pairs), "interleaved", 0, 0, rotary_pairings,
     "which dimensions turn together: (2t, 2t+1) or (t, t + d/2)"},
    {.name = NULL},
};

static enum status read_factors(struct longrope *longrope, size_t pairs, struct message *message)
{
    const char *at = longrope->factors;
    size_t count = 0;
    for (at += strspn(at, " \t"); *at; at += strspn(at, " \t"), count++) {
        char *end;
        double lambda = strtod(at, &end);
        if (end == at || !(lambda > 0) || !isfinite(lambda) || (*end && !strchr(" \t", *end)))
            return message_set(message, STATUS_WRONG,
                               "factors: `%.40s` does not begin with a number above 0; "
                               "write ntk, or numbers separated by blanks",
                               at);
        if (count < PAIRS_MOST)
            longrope->lambda[count] = lambda;
        at = end;
    }
    if (count != pairs)
        return message_set(message, STATUS_WRONG,
                           "factors are %zu numbers, but a head has %zu pairs; write one for each", count,
                           pairs);
    return STATUS_OK;
}

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct longrope *longrope = state;
    size_t pairs = shape->head_width / 2;
    enum status status = rotary_check(shape, message);
    if (status)
        return status;
    if (pairs > PAIRS_MOST)
        return message_set(message, STATUS_WRONG, "head width %zu has %zu pairs; at most %d are possible",
                           shape->head_width, pairs, PAIRS_MOST);
    if (longrope->magnitude == SU && shape->trained_length < 2)
        return message_set(message, STATUS_WRONG,
                           "ln L is 0 at L = %zu; choose L of at least 2, or magnitude = none",
                           shape->trained_length);
    if (strcmp(longrope->factors, "ntk") != 0)
        return read_factors(longrope, pairs, message);
    for (size_t t = 0; t < pairs; t++) /* a single pair is the fastest: left alone */
        longrope->lambda[t] = pairs < 2 ? 1 : pow(longrope->searched, (double)t / (double)(pairs - 1));
    return STATUS_OK;
}

static void angle(const void *state, const real *w, const struct site *site,
                  const struct positions *positions, double *out)
{
    const struct longrope *longrope = state;
    size_t width = site->shape->head_width, pairs = width / 2;
    double share = (rotary_factor(longrope->factor, site) - 1) / (longrope->searched - 1);
    (void)w;
    for (size_t t = 0; t < pairs; t++) {
        double own = rotary_frequency(longrope->base, t, width);
        rotary_column(out, positions, own / (1 + (longrope->lambda[t] - 1) * share), t, pairs);
        for (size_t i = 0; i < positions->count; i++)
            if (positions->at[i] < (double)longrope->kept)
                out[i * pairs + t] = positions->at[i] * own;
    }
}

static size_t rotated(const void *state, const struct shape *shape)
{
    const struct longrope *longrope = state;
    return rotary_rotated(longrope->pairs, shape->head_width);
}

static double magnitude(const void *state, const struct site *site)
{
    const struct longrope *longrope = state;
    double stretch = log(rotary_factor(longrope->factor, site));
    if (longrope->magnitude == NONE)
        return 1;
    return longrope->magnitude == YARN ? 0.1 * stretch + 1
                                       : sqrt(1 + stretch / log((double)site->shape->trained_length));
}

const struct encoder encoder_longrope = {
    .name = "longrope",
    .summary = "rotary positions with a searched factor per pair; the first tokens may keep theirs",
    .citation = "Ding, Zhang, Zhang, Xu, Shang, Xu, Yang, Yang 2024, LongRoPE, arXiv:2402.13753",
    .version = 1,
    .attentions = CAUSAL | BIDIRECTIONAL,
    .state_size = sizeof(struct longrope),
    .options = options,
    .prepare = prepare,
    .angle = angle,
    .rotated = rotated,
    .magnitude = magnitude,
};
