/* xpos.c -- rotary position embedding whose pairs fade with distance, each at a rate of its own.
 *
 *   q_i . k_j  ->  sum_t (R_t(p_i) q_i . R_t(p_j) k_j) zeta_t^((p_i - p_j) / B)
 *   R_t turns pair t = (2t, 2t+1) by  p b^(-2t/d);   zeta_t = (2t/d + gamma) / (1 + gamma)
 *
 * p position, d head width, t = 0..d/2-1, b = 10000, gamma = 0.4, B scale base.  Published as factors
 * zeta^(p/B) of q and zeta^(-p/B) of k with positions around the middle of the sequence, which cancels in
 * the product but overflows on the way there; here the engine forms them tile by tile.  Causal only: it
 * grows for j > i.  B = 512 in the program for L = 1,024 (the paper's models), hence half the training
 * length.
 * Sun, Dong, Patra, Ma, Huang, Benhaim, Chaudhary, Song, Wei 2022, section 3.2 and algorithm 1. */
#include <math.h>

#include "encoders/shared/rotary.h"

struct xpos {
    double base, gamma;
    struct length scale_base;
};

static const struct option options[] = {
    {"base", OPTION_REAL, offsetof(struct xpos, base), "10000", 1, 1e12, NULL,
     "frequency base b: pair t turns by b^(-2t/d) per token"},
    {"gamma", OPTION_REAL, offsetof(struct xpos, gamma), "0.4", 1e-6, 1e300, NULL,
     "how unlike the rates are: the slowest pair keeps gamma / (1 + gamma) over scale_base tokens"},
    {"scale_base", OPTION_LENGTH, offsetof(struct xpos, scale_base), "0.5L", 1e-6, 1099511627776.0, NULL,
     "B, tokens over which pair t fades by zeta_t (paper: 512 at L = 1,024)"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    (void)state;
    return rotary_check(shape, message);
}

static void angle(const void *state, const real *w, const struct site *site,
                  const struct positions *positions, double *out)
{
    const struct xpos *xpos = state;
    size_t width = site->shape->head_width;
    (void)w;
    for (size_t t = 0; t < width / 2; t++)
        rotary_column(out, positions, rotary_frequency(xpos->base, t, width), t, width / 2);
}

static void decay(const void *state, const struct shape *shape, double *rate)
{
    const struct xpos *xpos = state;
    size_t pairs = shape->head_width / 2;
    double tokens = (double)length_tokens(xpos->scale_base, shape->trained_length);
    for (size_t t = 0; t < pairs; t++)
        rate[t] = -log(((double)t / (double)pairs + xpos->gamma) / (1 + xpos->gamma)) / tokens;
}

const struct encoder encoder_xpos = {
    .name = "xpos",
    .summary = "rotary positions whose pairs fade with distance",
    .citation = "Sun, Dong, Patra, Ma, Huang, Benhaim, Chaudhary, Song, Wei 2022, A Length-Extrapolatable "
                "Transformer, "
                "arXiv:2212.10554",
    .version = 1,
    .attentions = CAUSAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct xpos),
    .options = options,
    .prepare = prepare,
    .angle = angle,
    .decay = decay,
};
