/* positions_drawn.c -- position maps that spread or disturb positions at random.
 *
 *   randomised  r_p,                          r_0 < r_1 < ...: n of 0..R-1 without replacement
 *   cape        (p + d + e_p) l,              d ~ U(-D, D), e_p ~ U(-E, E), ln l ~ U(-ln S, ln S)
 *   pose        p + u_c                       in chunk c of N; u_0 = 0
 *               paper:    u_c ~ U{u_(c-1)..T - n};   program: N = 2, u_1 ~ U{0..T - n}
 *
 * p = 0..n-1 place in the sequence.  shared/draws.h says when a draw is made; where nothing is drawn a token
 * has its place as position.
 *
 * Where programs differ.  Ruoss et al.: one draw for the whole batch, a fresh one in every layer for
 * encoders of the attention, and still drawn at evaluation; for ALiBi and Transformer-XL their program
 * draws distances instead of positions, which here are always those of the drawn positions.  FIRE's own
 * randomised positions are drawn in training only: evaluation = off.  CAPE: some programs take E as the
 * whole range, +-E/2; centring (off by default) comes before shift and scale.  PoSE: the paper draws the
 * lengths of the N chunks, and skips that never fall; the program has two chunks, the first of them of
 * 1..ceil(n/2) tokens. */
#include <math.h>

#include "encoders/positions.h"
#include "encoders/shared/draws.h"

enum { LAYERS_SHARED, LAYERS_FRESH };

struct randomised {
    struct draw draw;
    int layers;
    struct length range;
};

static const char *const layers_choices[] = {"shared", "fresh", NULL};

/* R = 2,048 in the paper, at L = 40. */
static const struct option randomised_options[] = {
    {"range", OPTION_LENGTH, offsetof(struct randomised, range), "51.2L", 0.001, 1e9, NULL,
     "R: positions are drawn from 0 to R - 1"},
    {"draw", OPTION_CHOICE, offsetof(struct draw, of), "batch", 0, 0, draws_choices, draws_help},
    {"layers", OPTION_CHOICE, offsetof(struct randomised, layers), "fresh", 0, 0, layers_choices,
     "layers share a draw, or each makes its own"},
    {"evaluation", OPTION_BOOLEAN, offsetof(struct draw, evaluation), "on", 0, 0, NULL,
     draws_evaluation_help},
    {.name = NULL},
};

static size_t randomised_count(const void *state, const struct site *site)
{
    const struct randomised *options = state;
    return draws_now(state, site) ? length_tokens(options->range, site->shape->trained_length) : site->length;
}

static const char *randomised_refuses(const void *state, const struct site *site)
{
    return site->length > randomised_count(state, site)
               ? "the sequence has more tokens than there are positions to draw; a larger range is needed"
               : NULL;
}

static unsigned randomised_needs(const void *state, const struct site *site)
{
    const struct randomised *options = state;
    return draws_needs(state, site) |
           (options->layers == LAYERS_FRESH && draws_now(state, site) ? MAP_DRAWS_LAYERS : 0U);
}

static void randomised_range(const void *state, const struct site *site, double out[2])
{
    out[0] = 0;
    out[1] = (double)(randomised_count(state, site) - 1);
}

/* Sequential sampling, one uniform number per position (Vitter 1984, Faster methods for random sampling,
 * algorithm A): with `left` of `rest` values still to be taken, s values are skipped with probability
 * (1 - left/rest) (1 - left/(rest-1)) ... of s factors, and the next is taken. */
static void randomised(const void *state, const struct site *site, struct key key, const int32_t *mark,
                       size_t count, double *at)
{
    size_t rest = randomised_count(state, site), value = 0;
    (void)mark;
    for (size_t p = 0; p < count; p++) {
        size_t left = count - p;
        double u = random_uniform(key, p), none = (double)(rest - left) / (double)rest;
        while (none > u) {
            value++;
            rest--;
            none *= (double)(rest - left) / (double)rest;
        }
        at[p] = (double)value++;
        rest--;
    }
}

const struct position_map map_randomised = {
    .name = "randomised",
    .summary = "n positions of a longer range, drawn without replacement and sorted",
    .citation = "Ruoss, Deletang, Genewein, Grau-Moya, Csordas, Bennani, Legg, Veness 2023, Randomized "
                "positional encodings boost length generalization of Transformers, arXiv:2305.16843",
    .version = 1,
    .state_size = sizeof(struct randomised),
    .options = randomised_options,
    .refuses = randomised_refuses,
    .needs = randomised_needs,
    .range = randomised_range,
    .map = randomised,
};

/* ---- cape ---- */

struct cape {
    struct draw draw;
    double shift, jitter, scale;
    bool centre;
};

static const struct option cape_options[] = {
    {"shift", OPTION_REAL, offsetof(struct cape, shift), "5", 0, 1e6, NULL,
     "D: all positions move by up to this, either way, in tokens"},
    {"jitter", OPTION_REAL, offsetof(struct cape, jitter), "0.5", 0, 1e6, NULL,
     "E: each position moves by up to this, either way; up to 0.5 keeps their order"},
    {"scale", OPTION_REAL, offsetof(struct cape, scale), "1.03", 1, 1e3, NULL,
     "S: all are multiplied by 1/S to S"},
    {"centre", OPTION_BOOLEAN, offsetof(struct cape, centre), "off", 0, 0, NULL,
     "the mean of all positions is taken away first, at evaluation too"},
    {"draw", OPTION_CHOICE, offsetof(struct draw, of), "sequence", 0, 0, draws_choices, draws_help},
    {"evaluation", OPTION_BOOLEAN, offsetof(struct draw, evaluation), "off", 0, 0, NULL,
     draws_evaluation_help},
    {.name = NULL},
};

static double cape_first(const struct cape *options, const struct site *site)
{
    return options->centre ? -((double)site->length - 1) / 2 : 0;
}

static void cape_range(const void *state, const struct site *site, double out[2])
{
    const struct cape *options = state;
    double most = draws_now(state, site) ? options->shift + options->jitter : 0;
    double scale = draws_now(state, site) ? options->scale : 1, first = cape_first(options, site);
    double last = first + (double)site->length - 1 + most;
    first -= most;
    out[0] = first < 0 ? first * scale : first / scale;
    out[1] = last * scale;
}

/* U(-most, most) */
static double symmetric(struct key key, uint64_t counter, double most)
{
    return most * (2 * random_uniform(key, counter) - 1);
}

static void cape(const void *state, const struct site *site, struct key key, const int32_t *mark,
                 size_t count, double *at)
{
    const struct cape *options = state;
    double first = cape_first(options, site), scale = 1;
    bool drawn = draws_now(state, site);
    (void)mark;
    if (drawn) {
        first += symmetric(key, 0, options->shift);
        scale = exp(symmetric(key, 1, log(options->scale)));
    }
    for (size_t p = 0; p < count; p++)
        at[p] = (first + (double)p + (drawn ? symmetric(key, 2 + p, options->jitter) : 0)) * scale;
}

const struct position_map map_cape = {
    .name = "cape",
    .summary = "positions shifted, jittered and scaled at random in training",
    .citation = "Likhomanenko, Xu, Collobert, Synnaeve, Rogozhnikov 2021, CAPE: Encoding relative positions "
                "with continuous augmented positional embeddings, arXiv:2106.03143",
    .version = 1,
    .state_size = sizeof(struct cape),
    .options = cape_options,
    .needs = draws_needs,
    .range = cape_range,
    .map = cape,
};

/* ---- pose ---- */

enum { POSE_PAPER, POSE_PROGRAM };

struct pose {
    struct draw draw;
    struct length target;
    size_t chunks;
    int rule;
};

static const char *const pose_choices[] = {"paper", "program", NULL};

/* 2,048 tokens tuned for 16,384 in the paper's first experiments. */
static const struct option pose_options[] = {
    {"target", OPTION_LENGTH, offsetof(struct pose, target), "8L", 0.001, 1e9, NULL,
     "T: positions drawn are 0 to T - 1"},
    {"chunks", OPTION_SIZE, offsetof(struct pose, chunks), "2", 1, 4096, NULL,
     "N: consecutive parts of the sequence, each with a skip of its own (rule = program: always 2)"},
    {"rule", OPTION_CHOICE, offsetof(struct pose, rule), "paper", 0, 0, pose_choices,
     "chunks of any length, skips that grow; or the program's two chunks, the first at most half"},
    {"draw", OPTION_CHOICE, offsetof(struct draw, of), "sequence", 0, 0, draws_choices, draws_help},
    {"evaluation", OPTION_BOOLEAN, offsetof(struct draw, evaluation), "off", 0, 0, NULL,
     draws_evaluation_help},
    {.name = NULL},
};

/* T - n: the greatest skip. */
static size_t pose_room(const struct pose *options, const struct site *site)
{
    size_t target = length_tokens(options->target, site->shape->trained_length);
    return draws_now(options, site) && target > site->length ? target - site->length : 0;
}

static const char *pose_refuses(const void *state, const struct site *site)
{
    const struct pose *options = state;
    size_t target = length_tokens(options->target, site->shape->trained_length);
    return draws_now(state, site) && site->length > target ? "the sequence is longer than its target" : NULL;
}

static void pose_range(const void *state, const struct site *site, double out[2])
{
    out[0] = 0;
    out[1] = (double)(site->length - 1 + pose_room(state, site));
}

/* Chunk ends are drawn one after the other: of `count` tokens the first N - 1 ends are sorted, distinct and
 * equally likely, by the sampling of `randomised` with one number for each place. */
static void pose(const void *state, const struct site *site, struct key key, const int32_t *mark,
                 size_t count, double *at)
{
    const struct pose *options = state;
    size_t most = pose_room(options, site), skip = 0, chunks = options->chunks, drawn = 0;
    size_t half = (count + 1) / 2, first_end = 1 + random_below(key, 0, half);
    (void)mark;
    chunks = chunks < count ? chunks : count;
    for (size_t p = 0; p < count; p++) {
        size_t left = chunks - 1 - drawn, places = count - p; /* ends that may still come, at p..count-1 */
        bool begins = options->rule == POSE_PROGRAM
                          ? p == first_end
                          : p > 0 && random_uniform(key, 1 + 2 * p) * (double)places < (double)left;
        if (begins) {
            drawn++;
            skip += random_below(key, 2 + 2 * p, most - skip + 1);
        }
        at[p] = (double)(p + skip);
    }
}

const struct position_map map_pose = {
    .name = "pose",
    .summary = "chunks of the sequence skip ahead at random, so that a short one covers a long range",
    .citation =
        "Zhu, Yang, Wang, Song, Wu, Wei, Li 2023, PoSE: Efficient context window extension of LLMs via "
        "positional skip-wise training, arXiv:2309.10400",
    .version = 1,
    .state_size = sizeof(struct pose),
    .options = pose_options,
    .refuses = pose_refuses,
    .needs = draws_needs,
    .range = pose_range,
    .map = pose,
};
