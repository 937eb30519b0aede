/* evq.c -- rotary frequencies from a variational quantisation: fewer fast pairs, more slow ones.
 *
 *   theta_k = b^(-phi_k),   phi_k = 1 - asinh((1 - u_k) sinh tau) / tau,   k = 0..K-1, K = d/2
 *   quantiles = paper: u_k = k / K;   program: u_k = (k + 1/2) / K
 *
 * d head width, L training length, tau = d / sqrt(L) by default, b = 500000.  tau -> 0 is RoPE of the
 * same base with the paper's quantiles, whose fastest pair stays at one radian per token; with the
 * midpoints of the authors' sweeps it is RoPE half a pair slower.
 * Reference: the manuscript and programs of "EVQ-cosh" in a public repository.  Its files disagree on
 * u_k, and one of them has tau = d / sqrt(L ln b). */
#include <math.h>

#include "encoders/shared/rotary.h"

enum { PAPER, PROGRAM };

struct evq {
    double base, tau; /* tau: 0 = auto */
    int quantiles, pairs;
    double bend; /* tau in use */
};

static const double bend_most = 500; /* sinh overflows at 710 */

static const char *const quantile_names[] = {"paper", "program", NULL};

static const struct option options[] = {
    {"base", OPTION_REAL, offsetof(struct evq, base), "500000", 1, 1e12, NULL,
     "frequency base b: no pair turns slower than 1/b per token"},
    {"tau", OPTION_FACTOR, offsetof(struct evq, tau), "auto", 1e-6, 500, NULL,
     "how far frequencies move to the slow end; auto: head width / sqrt(L)"},
    {"quantiles", OPTION_CHOICE, offsetof(struct evq, quantiles), "paper", 0, 0, quantile_names,
     "where the K intervals are read: at their beginning (paper) or middle (program)"},
    {"pairs", OPTION_CHOICE, offsetof(struct evq, pairs), "interleaved", 0, 0, rotary_pairings,
     "which dimensions turn together: (2t, 2t+1) or (t, t + d/2)"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct evq *evq = state;
    enum status status = rotary_check(shape, message);
    evq->bend = evq->tau > 0 ? evq->tau : (double)shape->head_width / sqrt((double)shape->trained_length);
    evq->bend = fmin(evq->bend, bend_most);
    return status;
}

static void angle(const void *state, const real *w, const struct site *site,
                  const struct positions *positions, double *out)
{
    const struct evq *evq = state;
    size_t pairs = site->shape->head_width / 2;
    (void)w;
    for (size_t k = 0; k < pairs; k++) {
        double u = ((double)k + (evq->quantiles == PROGRAM ? 0.5 : 0)) / (double)pairs;
        double phi = 1 - asinh((1 - u) * sinh(evq->bend)) / evq->bend;
        rotary_column(out, positions, pow(evq->base, -phi), k, pairs);
    }
}

static size_t rotated(const void *state, const struct shape *shape)
{
    const struct evq *evq = state;
    return rotary_rotated(evq->pairs, shape->head_width);
}

const struct encoder encoder_evq = {
    .name = "evq",
    .summary = "rotary positions with frequencies crowded at the slow end, by a closed formula",
    .citation = "EVQ-cosh, manuscript and programs, github.com/misaya-yang/hybrid-rope",
    .version = 1,
    .attentions = CAUSAL | BIDIRECTIONAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct evq),
    .options = options,
    .prepare = prepare,
    .angle = angle,
    .rotated = rotated,
};
