/* rope.c -- rotary position embedding, and the frequency scalings that carry it beyond L.
 *
 *   q_p, k_p -> R(p) q, R(p) k;  R(p) turns pair t by the angle  p theta_t,  theta_t = b^(-2t/r)
 *
 * p position, r = 2 floor(fraction d / 2) the dimensions turned of d, t = 0..r/2-1, b = 10000.
 * pairs = interleaved: (2t, 2t+1), as in the paper; half: (t, t + r/2), as in LLaMA: as good, but
 * weights fit only the one they were trained with.  fraction < 1 is partial RoPE: frequencies are
 * spaced anew over r (GPT-J, GPT-NeoX).  Su, Lu, Pan, Murtadha, Wen, Liu 2021.
 *
 *   ntk        theta_t = b'^(-2t/r),  b' = b s^(r/(r-2))                      (YaRN, equation 16)
 *   by-parts   theta_t' = (1 - g_t) theta_t / s + g_t theta_t                 (equations 17 to 20)
 *     ramp = paper    g_t = clip((L theta_t / 2 pi - low) / (high - low), 0, 1)
 *     ramp = program  g_t = 1 - clip((t - a) / (z - a), 0, 1),  a = max(0, floor D(high)),
 *                     z = min(r - 1, ceil D(low)),  z += 0.001 if z = a,
 *                     D(x) = r ln(L / (2 pi x)) / (2 ln b)
 *   yarn       by-parts, and cos and sin times 0.1 ln s + 1                   (equation 22)
 *   llama3     by-parts with high = 4: between L and L/4 tokens per turn, Llama 3.1's program
 *
 * s = factor, or max(1, n/L) for factor = auto: plain RoPE for n <= L ("dynamic").  low = 1 and
 * high = 32 turns within L are the paper's alpha and beta.  Equation 17 prints b' where b is meant.
 * The authors' program ramps over the pair's index instead of its turns, and its limit r - 1 is that
 * of dimensions, not of pairs.  Below L = 202 no pair has 32 turns: by turns even the fastest is then
 * slowed, by index it is left alone.  Llama 3.1 came with b = 500000, s = 8, L = 8192.
 * Peng, Quesnelle, Fan, Shippole 2023 (YaRN); ntk after bloc97. */
#include <math.h>

#include "encoders/shared/rotary.h"

enum { PLAIN, NTK, BY_PARTS, YARN, LLAMA3 };
enum { PAPER, PROGRAM };

struct rope {
    double base, fraction, factor, low, high; /* factor, high: 0 = auto */
    int pairs, scaling, ramp;
    size_t turned; /* r */
};

static const char *const scaling_names[] = {"none", "ntk", "by-parts", "yarn", "llama3", NULL};
static const char *const ramp_names[] = {"paper", "program", NULL};

static const struct option options[] = {
    {"base", OPTION_REAL, offsetof(struct rope, base), "10000", 1, 1e12, NULL,
     "frequency base b: pair t turns by b^(-2t/r) per token"},
    {"pairs", OPTION_CHOICE, offsetof(struct rope, pairs), "interleaved", 0, 0, rotary_pairings,
     "which dimensions turn together: (2t, 2t+1) or (t, t + r/2)"},
    {"fraction", OPTION_REAL, offsetof(struct rope, fraction), "1", 0.001, 1, NULL,
     "share of a head's dimensions that turn; the others see no positions"},
    {"scaling", OPTION_CHOICE, offsetof(struct rope, scaling), "none", 0, 0, scaling_names,
     "how frequencies follow the length"},
    {"factor", OPTION_FACTOR, offsetof(struct rope, factor), "auto", 1, 1e6, NULL,
     "s of the scaling; auto: max(1, n/L) of each pass"},
    {"ramp", OPTION_CHOICE, offsetof(struct rope, ramp), "paper", 0, 0, ramp_names,
     "by-parts, yarn: what lies between the limits goes by turns (paper) or by index (program)"},
    {"low", OPTION_REAL, offsetof(struct rope, low), "1", 0.001, 1e6, NULL,
     "by-parts, yarn, llama3: pairs of fewer turns within L are slowed by s"},
    {"high", OPTION_FACTOR, offsetof(struct rope, high), "auto", 0.001, 1e6, NULL,
     "pairs of more turns within L are left alone; auto: 32, for llama3 4"},
    {.name = NULL},
};

static double high_of(const struct rope *rope)
{
    return rope->high > 0 ? rope->high : rope->scaling == LLAMA3 ? 4 : 32;
}

static enum status check_scaling(const struct rope *rope, struct message *message)
{
    /* One pair has frequency b^0 = 1 whatever b is: the result would be plain RoPE, mislabelled. */
    if (rope->scaling == NTK && rope->turned < 4)
        return message_set(message, STATUS_WRONG,
                           "scaling = ntk changes nothing where %zu dimensions of a head are turned; "
                           "choose at least 4, or scaling = none",
                           rope->turned);
    if (rope->scaling >= BY_PARTS && high_of(rope) <= rope->low)
        return message_set(message, STATUS_WRONG, "high = %g is not above low = %g turns within L",
                           high_of(rope), rope->low);
    if (rope->scaling >= BY_PARTS && rope->ramp == PROGRAM && rope->base <= 1)
        return message_set(message, STATUS_WRONG, "ramp = program divides by ln b: choose base above 1");
    /* The engine multiplies every interleaved pair, those that are not turned too. */
    if (rope->scaling == YARN && rope->fraction < 1 && rope->pairs == ROTARY_INTERLEAVED)
        return message_set(message, STATUS_WRONG,
                           "scaling = yarn multiplies what is turned, and interleaved pairs are multiplied "
                           "all or none; choose pairs = half, or fraction = 1");
    return STATUS_OK;
}

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct rope *rope = state;
    enum status status = rotary_check(shape, message);
    if (status)
        return status;
    rope->turned = 2 * (size_t)(rope->fraction * (double)shape->head_width / 2 + 1e-9);
    if (rope->turned == 0)
        return message_set(message, STATUS_WRONG,
                           "fraction = %g of head width %zu is less than one pair; choose at least %g",
                           rope->fraction, shape->head_width, 2 / (double)shape->head_width);
    return check_scaling(rope, message);
}

static double unit(double x)
{
    return fmin(1, fmax(0, x));
}

/* D(turns): the index, a real number, of the pair that turns so often within L. */
static double index_of(const struct rope *rope, double turns, double trained)
{
    return (double)rope->turned * log(trained / (2 * M_PI * turns)) / (2 * log(rope->base));
}

/* g_t: 1 = left alone, 0 = slowed by s. */
static double kept(const struct rope *rope, size_t pair, double trained)
{
    double low = rope->low, high = high_of(rope);
    if (rope->scaling == LLAMA3 || rope->ramp == PAPER) {
        double turns = trained * rotary_frequency(rope->base, pair, rope->turned) / (2 * M_PI);
        return unit((turns - low) / (high - low));
    }
    double first = fmax(0, floor(index_of(rope, high, trained)));
    double last = fmin((double)rope->turned - 1, ceil(index_of(rope, low, trained)));
    if (!(last > first) && !(last < first))
        last += 0.001;
    return 1 - unit(((double)pair - first) / (last - first));
}

static double frequency(const struct rope *rope, const struct site *site, size_t pair)
{
    double s = rotary_factor(rope->factor, site), r = (double)rope->turned, base = rope->base;
    double theta = rotary_frequency(base, pair, rope->turned), g;
    if (rope->scaling == PLAIN || s <= 1)
        return theta;
    if (rope->scaling == NTK)
        return rotary_frequency(base * pow(s, r / (r - 2)), pair, rope->turned);
    g = kept(rope, pair, (double)site->shape->trained_length);
    return (1 - g) * theta / s + g * theta;
}

static void angle(const void *state, const real *w, const struct site *site,
                  const struct positions *positions, double *out)
{
    const struct rope *rope = state;
    size_t columns = site->shape->head_width / 2;
    (void)w;
    for (size_t t = 0; t < columns; t++)
        rotary_column(out, positions, t < rope->turned / 2 ? frequency(rope, site, t) : 0, t, columns);
}

static size_t rotated(const void *state, const struct shape *shape)
{
    const struct rope *rope = state;
    (void)shape;
    return rotary_rotated(rope->pairs, rope->turned);
}

static double magnitude(const void *state, const struct site *site)
{
    const struct rope *rope = state;
    return rope->scaling == YARN ? 0.1 * log(rotary_factor(rope->factor, site)) + 1 : 1;
}

const struct encoder encoder_rope = {
    .name = "rope",
    .summary = "queries and keys turned by angles proportional to their positions",
    .citation = "Su, Lu, Pan, Murtadha, Wen, Liu 2021, RoFormer, arXiv:2104.09864; "
                "scalings: Peng, Quesnelle, Fan, Shippole 2023, YaRN, arXiv:2309.00071; "
                "llama3: Llama Team 2024, The Llama 3 herd of models, arXiv:2407.21783",
    .version = 1,
    .attentions = CAUSAL | BIDIRECTIONAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct rope),
    .options = options,
    .prepare = prepare,
    .angle = angle,
    .rotated = rotated,
    .magnitude = magnitude,
};
