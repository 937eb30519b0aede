/* p-rope.c -- RoPE that keeps its fast pairs and lets the slow ones see no positions.
 *
 *   theta_t = b^(-2t/d)  for t < floor(p d/2),   0 for the others
 *
 * d head width, t = 0..d/2-1 a pair, p = 0.75: exponents stay those of full RoPE, which is what
 * distinguishes it from partial RoPE (rope with fraction < 1, spaced anew).  p = 0 is no encoder,
 * p = 1 is RoPE.  The paper's program (appendix D) pairs halves: pairs = half.
 * Barbero, Vitvitskyi, Perivolaropoulos, Pascanu, Velickovic 2024. */
#include "encoders/shared/rotary.h"

struct p_rope {
    double share, base;
    int pairs;
};

static const struct option options[] = {
    {"share", OPTION_REAL, offsetof(struct p_rope, share), "0.75", 0, 1, NULL,
     "p: share of the pairs, the fastest first, that turn"},
    {"base", OPTION_REAL, offsetof(struct p_rope, base), "10000", 1, 1e12, NULL,
     "frequency base b: pair t turns by b^(-2t/d) per token"},
    {"pairs", OPTION_CHOICE, offsetof(struct p_rope, pairs), "interleaved", 0, 0, rotary_pairings,
     "which dimensions turn together: (2t, 2t+1) or (t, t + d/2)"},
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
    const struct p_rope *p_rope = state;
    size_t width = site->shape->head_width, turning = (size_t)(p_rope->share * (double)(width / 2) + 1e-9);
    (void)w;
    for (size_t t = 0; t < width / 2; t++)
        rotary_column(out, positions, t < turning ? rotary_frequency(p_rope->base, t, width) : 0, t,
                      width / 2);
}

static size_t rotated(const void *state, const struct shape *shape)
{
    const struct p_rope *p_rope = state;
    return rotary_rotated(p_rope->pairs, shape->head_width);
}

const struct encoder encoder_p_rope = {
    .name = "p-rope",
    .summary = "rotary positions in the fastest pairs only; the slow pairs see none",
    .citation = "Barbero, Vitvitskyi, Perivolaropoulos, Pascanu, Velickovic 2024, "
                "Round and round we go!, arXiv:2410.06205",
    .version = 1,
    .attentions = CAUSAL | BIDIRECTIONAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct p_rope),
    .options = options,
    .prepare = prepare,
    .angle = angle,
    .rotated = rotated,
};
