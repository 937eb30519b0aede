/* positions_offset.c -- position maps that add one random offset to all positions.
 *
 *   random-offset  p + o,                           o ~ U{0..R - n}
 *   shift          p + k,                           k ~ U{0..K}                         (SHAPE)
 *   coupling       m_p + k where m_p > 0, else 0;   k ~ U{0..K}
 *
 * p = 0..n-1 place in the sequence, m_p its mark: the significance of a digit, which the dataset gives.
 * shared/draws.h says when a draw is made; where nothing is drawn the offset is 0.
 *
 * coupling serves two papers.  Abacus draws one k per batch (draw = batch) and gives it to a table
 * (abacus.c).  Position coupling draws for each example; it gives signs such as + and = a position next to
 * their number's: here they have the mark that the dataset gives them, and position 0 if it gives none. */
#include "encoders/positions.h"
#include "encoders/shared/draws.h"

struct offset {
    struct draw draw;
    struct length most; /* R, or K */
};

static void add_offset(double *at, size_t count, size_t offset)
{
    for (size_t p = 0; p < count; p++)
        at[p] = (double)(p + offset);
}

/* R - n: the greatest offset. */
static size_t room(const struct offset *options, const struct site *site)
{
    size_t range = length_tokens(options->most, site->shape->trained_length);
    return range > site->length && draws_now(options, site) ? range - site->length : 0;
}

static const char *random_offset_refuses(const void *state, const struct site *site)
{
    const struct offset *options = state;
    size_t range = length_tokens(options->most, site->shape->trained_length);
    return draws_now(state, site) && site->length > range ? "the sequence is longer than its range" : NULL;
}

static void random_offset_range(const void *state, const struct site *site, double out[2])
{
    out[0] = 0;
    out[1] = (double)(site->length - 1 + room(state, site));
}

static void random_offset(const void *state, const struct site *site, struct key key, const int32_t *mark,
                          size_t count, double *at)
{
    (void)mark;
    add_offset(at, count, random_below(key, 0, room(state, site) + 1));
}

static const struct option random_offset_options[] = {
    {"range", OPTION_LENGTH, offsetof(struct offset, most), "8L", 0.001, 1e9, NULL,
     "R: positions drawn are 0 to R - 1; the longest length that is to be met"},
    {"draw", OPTION_CHOICE, offsetof(struct draw, of), "sequence", 0, 0, draws_choices, draws_help},
    {"evaluation", OPTION_BOOLEAN, offsetof(struct draw, evaluation), "off", 0, 0, NULL,
     draws_evaluation_help},
    {.name = NULL},
};

const struct position_map map_random_offset = {
    .name = "random-offset",
    .summary = "p + o, o drawn so that all positions of a range are met in training",
    .citation = "Huang, Yang, Bhattamishra, Sarrof, Krebs, Zhou, Nakkiran, Hahn 2024, A formal framework for "
                "understanding length generalization in Transformers, arXiv:2410.02140",
    .version = 1,
    .regular = true,
    .state_size = sizeof(struct offset),
    .options = random_offset_options,
    .refuses = random_offset_refuses,
    .needs = draws_needs,
    .range = random_offset_range,
    .map = random_offset,
};

static void shift_range(const void *state, const struct site *site, double out[2])
{
    const struct offset *options = state;
    size_t most = draws_now(state, site) ? length_tokens(options->most, site->shape->trained_length) : 0;
    out[0] = 0;
    out[1] = (double)(site->length - 1 + most);
}

static void shift(const void *state, const struct site *site, struct key key, const int32_t *mark,
                  size_t count, double *at)
{
    const struct offset *options = state;
    size_t most = draws_now(state, site) ? length_tokens(options->most, site->shape->trained_length) : 0;
    (void)mark;
    add_offset(at, count, random_below(key, 0, most + 1));
}

/* K = 500 in the paper; 10L is that for sentences of 50 tokens. */
static const struct option shift_options[] = {
    {"most", OPTION_LENGTH, offsetof(struct offset, most), "10L", 0.001, 1e9, NULL,
     "K: the greatest shift, in tokens"},
    {"draw", OPTION_CHOICE, offsetof(struct draw, of), "sequence", 0, 0, draws_choices, draws_help},
    {"evaluation", OPTION_BOOLEAN, offsetof(struct draw, evaluation), "off", 0, 0, NULL,
     draws_evaluation_help},
    {.name = NULL},
};

const struct position_map map_shift = {
    .name = "shift",
    .summary = "p + k, k drawn from 0 to a greatest shift (SHAPE)",
    .citation = "Kiyono, Kobayashi, Suzuki, Inui 2021, SHAPE: Shifted absolute position embedding, "
                "arXiv:2109.05644",
    .version = 1,
    .regular = true,
    .state_size = sizeof(struct offset),
    .options = shift_options,
    .needs = draws_needs,
    .range = shift_range,
    .map = shift,
};

/* ---- coupling ---- */

static unsigned coupling_needs(const void *state, const struct site *site)
{
    return draws_needs(state, site) | MAP_MARKS;
}

static void coupling(const void *state, const struct site *site, struct key key, const int32_t *mark,
                     size_t count, double *at)
{
    const struct offset *options = state;
    size_t most = draws_now(state, site) ? length_tokens(options->most, site->shape->trained_length) : 0;
    size_t offset = random_below(key, 0, most + 1);
    for (size_t p = 0; p < count; p++)
        at[p] = mark && mark[p] > 0 ? (double)((size_t)mark[p] + offset) : 0;
}

/* K = 99 for abacus, at L of about 63 (two numbers of 20 digits and their sum). */
static const struct option coupling_options[] = {
    {"most", OPTION_LENGTH, offsetof(struct offset, most), "1.6L", 0.001, 1e9, NULL,
     "K: the greatest offset of the significances, in positions"},
    {"draw", OPTION_CHOICE, offsetof(struct draw, of), "sequence", 0, 0, draws_choices, draws_help},
    {"evaluation", OPTION_BOOLEAN, offsetof(struct draw, evaluation), "off", 0, 0, NULL,
     draws_evaluation_help},
    {.name = NULL},
};

const struct position_map map_coupling = {
    .name = "coupling",
    .summary = "digits of one significance share a position, with a random offset in training",
    .citation =
        "Cho, Cha, Awasthi, Bhojanapalli, Gupta, Yun 2024, Position coupling, arXiv:2405.20671; McLeish "
        "et al. 2024, Transformers can do arithmetic with the right embeddings, arXiv:2405.17399",
    .version = 1,
    .state_size = sizeof(struct offset),
    .options = coupling_options,
    .needs = coupling_needs,
    .map = coupling,
};
