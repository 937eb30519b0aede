/* rope.c -- rotary position embedding, with NTK scaling.
 *
 *   q_p, k_p -> R(p) q, R(p) k;  R(p) turns pair t by the angle  p theta_t,  theta_t = b^(-2t/d)
 *   scaling = ntk:  b' = b s^(d/(d-2)),  s = factor, or max(1, n/L) for factor = auto
 *
 * p position, d head width, t = 0..d/2-1, b = 10000, n length of the pass, L training length.
 * NTK scaling leaves the fastest pair alone and slows the slowest by exactly s; with factor = auto
 * it is plain RoPE for n <= L ("dynamic NTK").  pairs = interleaved: (2t, 2t+1), as in the paper;
 * half: (t, t + d/2), as in LLaMA: as good, but weights fit only the one they were trained with.
 * Su, Lu, Pan, Murtadha, Wen, Liu 2021 (RoPE); NTK: Peng, Quesnelle, Fan, Shippole 2023 (YaRN),
 * equation 16, after bloc97. */
#include <math.h>

#include "encoders/encoder.h"

enum { INTERLEAVED, HALF };
enum { PLAIN, NTK };

struct rope {
    double base, factor; /* factor: 0 = auto */
    int pairs, scaling;
};

static const char *const pairs_names[] = {"interleaved", "half", NULL};
static const char *const scaling_names[] = {"none", "ntk", NULL};

static const struct option options[] = {
    {"base", OPTION_REAL, offsetof(struct rope, base), "10000", 1, 1e12, NULL,
     "frequency base b: pair t turns by b^(-2t/d) per token"},
    {"pairs", OPTION_CHOICE, offsetof(struct rope, pairs), "interleaved", 0, 0, pairs_names,
     "which dimensions turn together: (2t, 2t+1) or (t, t + d/2)"},
    {"scaling", OPTION_CHOICE, offsetof(struct rope, scaling), "none", 0, 0, scaling_names,
     "how frequencies follow the length: not at all, or b s^(d/(d-2))"},
    {"factor", OPTION_FACTOR, offsetof(struct rope, factor), "auto", 1, 1e6, NULL,
     "s of the scaling; auto: max(1, n/L) of each pass"},
    {.name = NULL}};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    const struct rope *rope = state;

    if (shape->head_width % 2 != 0)
        return message_set(message, STATUS_WRONG,
                           "head width %zu is odd, and pairs of dimensions are turned; "
                           "choose width / heads even",
                           shape->head_width);
    /* One pair has frequency b^0 = 1 whatever b is: the result would be plain RoPE, mislabelled. */
    if (rope->scaling == NTK && shape->head_width < 4)
        return message_set(message, STATUS_WRONG,
                           "scaling = ntk changes nothing at head width %zu; "
                           "choose width / heads of at least 4, or scaling = none",
                           shape->head_width);
    return STATUS_OK;
}

static double base_of(const struct rope *rope, const struct site *site)
{
    double d = (double)site->shape->head_width, s = rope->factor;

    if (rope->scaling == PLAIN)
        return rope->base;
    if (s <= 0)
        s = fmax(1, (double)site->length / (double)site->shape->trained_length);
    return rope->base * pow(s, d / (d - 2));
}

static void angle(const void *state, const real *w, const struct site *site,
                  const struct positions *positions, double *out)
{
    double base = base_of(state, site);
    size_t pairs = site->shape->head_width / 2;

    (void)w;
    for (size_t t = 0; t < pairs; t++) {
        double frequency = pow(base, -(double)t / (double)pairs);
        for (size_t i = 0; i < positions->count; i++)
            out[i * pairs + t] = positions->at[i] * frequency;
    }
}

static size_t rotated(const void *state, const struct shape *shape)
{
    const struct rope *rope = state;

    return rope->pairs == HALF ? shape->head_width : 0;
}

const struct encoder encoder_rope = {
    .name = "rope",
    .summary = "queries and keys turned by angles proportional to their positions",
    .citation = "Su, Lu, Pan, Murtadha, Wen, Liu 2021, RoFormer, arXiv:2104.09864; "
                "NTK scaling: Peng, Quesnelle, Fan, Shippole 2023, YaRN, arXiv:2309.00071",
    .version = 1,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct rope),
    .options = options,
    .prepare = prepare,
    .angle = angle,
    .rotated = rotated,
};
