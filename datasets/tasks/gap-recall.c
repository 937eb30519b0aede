/* gap-recall.c -- associative recall at a known gap: all queries of an example stand at the same distance
 * from their pairs, so that exact match can be drawn against that distance.  After multi-query associative
 * recall (Arora et al. 2023, "Zoology", arXiv:2312.04927), where each query has a gap of its own.
 *
 *   _ _ k1 v1 _ k2 v2 _ _ _ _ _ k1 _ _ k2 _ _          gap g = 10: from a key to its query
 *                               ^v1    ^v2              targets; never shown
 *
 * D pairs, keys without repeats; 2 D <= g <= n - 2 D + 1, so that the last pair ends before the first query.
 * Pairs lie 2 + (0 or more) places apart, at random, or side by side where a depth is asked; queries repeat
 * their spacing.
 *
 *   gap = log-uniform   p(g) = ln((g + 1) / g) / ln((longest + 1) / shortest): each octave alike
 *   gap = fraction      g = floor(fraction n), always the same at one n
 *
 * Train on log-uniform and look at single gaps afterwards: by depth (0 the longest gap, 1 the shortest; the
 * queries then end the example), or with `gap = fraction` at evaluation.  When trained on one fraction and
 * one length, attending at a fixed distance solves the task without looking at keys.
 *
 * The answer always stands in the example: floor 0. */
#include <math.h>
#include <string.h>

#include "datasets/dataset.h"

enum { PAIRS_MAX = 256, KEYS_MAX = 4096 };
enum gap { GAP_LOG_UNIFORM, GAP_FRACTION };
enum filler { FILLER_BLANK, FILLER_RANDOM };
enum stream { STREAM_KEY, STREAM_VALUE, STREAM_GAP, STREAM_SPACING, STREAM_BEGIN, STREAM_FILLER };

struct gap_recall {
    size_t pairs, keys, values;
    int gap, filler;
    double fraction;
};

static const char *const gap_names[] = {"log-uniform", "fraction", NULL};
static const char *const filler_names[] = {"blank", "random", NULL};

static const struct option gap_recall_options[] = {
    {"pairs", OPTION_SIZE, offsetof(struct gap_recall, pairs), "4", 1, PAIRS_MAX, NULL,
     "key-value pairs of an example (D); at most as many as keys"},
    {"keys", OPTION_SIZE, offsetof(struct gap_recall, keys), "16", 1, KEYS_MAX, NULL, "different keys"},
    {"values", OPTION_SIZE, offsetof(struct gap_recall, values), "16", 2, 65536, NULL, "different values"},
    {"gap", OPTION_CHOICE, offsetof(struct gap_recall, gap), "log-uniform", 0, 0, gap_names,
     "tokens from a key to its query: drawn for each example, or a fixed fraction of n"},
    {"fraction", OPTION_REAL, offsetof(struct gap_recall, fraction), "0.5", 0.01, 0.99, NULL,
     "the gap as a fraction of n, with gap = fraction"},
    {"filler", OPTION_CHOICE, offsetof(struct gap_recall, filler), "blank", 0, 0, filler_names,
     "what stands at places without a pair or a query: one blank token, or random values"},
    {.name = NULL},
};

/* The vocabulary: 0 blank, 1..keys the keys, then the values. */
static int32_t value_token(const struct gap_recall *recall, size_t value)
{
    return (int32_t)(1 + recall->keys + value);
}

static bool is_key(const struct gap_recall *recall, int32_t token)
{
    return token >= 1 && token < value_token(recall, 0);
}

static size_t shortest_gap(const struct gap_recall *recall)
{
    return 2 * recall->pairs;
}

static size_t longest_gap(const struct gap_recall *recall, size_t n)
{
    return n + 1 - 2 * recall->pairs;
}

static size_t fraction_gap(const struct gap_recall *recall, size_t n)
{
    return (size_t)(recall->fraction * (double)n);
}

static enum status gap_recall_prepare(void *state, struct message *message)
{
    const struct gap_recall *recall = state;
    if (recall->pairs > recall->keys)
        return message_set(message, STATUS_WRONG,
                           "dataset gap-recall: pairs = %zu need as many different keys, but keys = %zu",
                           recall->pairs, recall->keys);
    return STATUS_OK;
}

static size_t gap_recall_vocabulary(const void *state)
{
    const struct gap_recall *recall = state;
    return 1 + recall->keys + recall->values;
}

/* From here on the gap fits: both sides of the condition only grow with n. */
static size_t gap_recall_minimum(const void *state)
{
    const struct gap_recall *recall = state;
    double pair_tokens = (double)shortest_gap(recall);
    size_t n = 2 * shortest_gap(recall) - 1;
    if (recall->gap == GAP_LOG_UNIFORM)
        return n;
    n = (size_t)fmax((double)n,
                     fmax(pair_tokens / recall->fraction, (pair_tokens - 2) / (1 - recall->fraction)) - 2);
    while (fraction_gap(recall, n) < shortest_gap(recall) || fraction_gap(recall, n) > longest_gap(recall, n))
        n++;
    return n;
}

static enum status gap_recall_refuses(const void *state, enum split split, size_t n, struct message *message)
{
    const struct gap_recall *recall = state;
    (void)split;
    if (n >= gap_recall_minimum(state))
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "dataset gap-recall: %zu pairs, their queries and the gap between them need at least %zu "
        "tokens, not %zu; use fewer pairs or a larger length",
        recall->pairs, gap_recall_minimum(state), n);
}

/* The first D of a random order of all keys (Fisher and Yates). */
static void choose_keys(const struct gap_recall *recall, struct key key, uint16_t keys[KEYS_MAX])
{
    for (size_t i = 0; i < recall->keys; i++)
        keys[i] = (uint16_t)i;
    for (size_t i = 0; i < recall->pairs; i++) {
        size_t j = i + random_below(key, i, recall->keys - i);
        uint16_t kept = keys[i];
        keys[i] = keys[j];
        keys[j] = kept;
    }
}

/* Where each key lies behind the first token of the pairs: 2 i + e_i, the e_i uniform in 0..slack and in
 * order. */
static void choose_spacing(const struct gap_recall *recall, struct key key, size_t slack,
                           size_t offset[PAIRS_MAX])
{
    for (size_t i = 0; i < recall->pairs; i++) {
        size_t e = random_below(key, i, slack + 1), j = i;
        for (; j > 0 && offset[j - 1] > e; j--)
            offset[j] = offset[j - 1];
        offset[j] = e;
    }
    for (size_t i = 0; i < recall->pairs; i++)
        offset[i] += 2 * i;
}

/* at_end: the last query is the last token and the pairs are neighbours, so that the gap says where they lie. */
static void place(const struct gap_recall *recall, struct key own, size_t n, size_t gap, bool at_end,
                  int32_t *tokens, int32_t *targets)
{
    struct key value = key_with(own, STREAM_VALUE), filler = key_with(own, STREAM_FILLER);
    size_t room_before = gap - shortest_gap(recall), room_after = longest_gap(recall, n) - gap;
    size_t slack = at_end ? 0 : room_before < room_after ? room_before : room_after, first, last;
    size_t offset[PAIRS_MAX];
    uint16_t keys[KEYS_MAX];
    choose_keys(recall, key_with(own, STREAM_KEY), keys);
    choose_spacing(recall, key_with(own, STREAM_SPACING), slack, offset);
    last = n - 1 - gap - offset[recall->pairs - 1];
    first = at_end ? last : random_below(key_with(own, STREAM_BEGIN), 0, last + 1);
    for (size_t i = 0; i < n; i++) {
        targets[i] = UNSCORED;
        tokens[i] =
            recall->filler == FILLER_BLANK ? 0 : value_token(recall, random_below(filler, i, recall->values));
    }
    for (size_t i = 0; i < recall->pairs; i++) {
        size_t at = first + offset[i];
        tokens[at] = tokens[at + gap] = 1 + keys[i];
        tokens[at + 1] = targets[at + gap] = value_token(recall, random_below(value, i, recall->values));
    }
}

/* floor(shortest ((longest + 1) / shortest)^u) */
static size_t draw_gap(const struct gap_recall *recall, struct key key, size_t n)
{
    double low = (double)shortest_gap(recall), high = (double)longest_gap(recall, n);
    double u = random_uniform(key_with(key, STREAM_GAP), 0);
    return (size_t)fmin(fmax(floor(low * exp(u * log((high + 1) / low))), low), high);
}

static void gap_recall_example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                               int32_t *targets, int32_t *marks)
{
    const struct gap_recall *recall = state;
    struct key own = key_with(key, split);
    size_t gap = recall->gap == GAP_FRACTION ? fraction_gap(recall, n) : draw_gap(recall, own, n);
    place(recall, own, n, gap, false, tokens, targets);
    if (marks)
        memset(marks, 0, n * sizeof *marks);
}

static void gap_recall_example_at(const void *state, struct key key, enum split split, size_t n, double depth,
                                  int32_t *tokens, int32_t *targets, int32_t *marks)
{
    const struct gap_recall *recall = state;
    size_t longest = longest_gap(recall, n);
    double range = (double)(longest - shortest_gap(recall));
    place(recall, key_with(key, split), n, longest - (size_t)(fmin(fmax(depth, 0), 1) * range + 0.5), true,
          tokens, targets);
    if (marks)
        memset(marks, 0, n * sizeof *marks);
}

/* A key that comes for the first time is a pair's, the second time it is a query for the token that stood
 * behind it then; all queries are as far away. */
static bool gap_recall_verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct gap_recall *recall = state;
    size_t seen[KEYS_MAX + 1] = {0}; /* place + 1 of each key's first occurrence */
    size_t asked = 0, gap = 0, known = 0;
    for (size_t i = 0; i < n; i++) {
        size_t before = is_key(recall, tokens[i]) ? seen[tokens[i]] : 0;
        if (targets[i] != (before > 0 ? tokens[before] : UNSCORED))
            return false;
        if (before > 0) {
            if (targets[i] < value_token(recall, 0) || (asked > 0 && i + 1 - before != gap))
                return false;
            gap = i + 1 - before;
            asked++;
        } else if (is_key(recall, tokens[i])) {
            seen[tokens[i]] = i + 1;
            known++;
        }
    }
    return asked == recall->pairs && known == recall->pairs;
}

/* Guessing among all values.  Copying any value of the example already scores about 1/pairs. */
static double gap_recall_chance(const void *state)
{
    const struct gap_recall *recall = state;
    return 1.0 / (double)recall->values;
}

static void gap_recall_floor(const void *state, size_t n, const int32_t *tokens, const int32_t *targets,
                             double *nll)
{
    (void)state, (void)tokens;
    for (size_t i = 0; i < n; i++)
        if (targets[i] != UNSCORED)
            nll[i] = 0;
}

const struct dataset dataset_gap_recall = {
    .name = "gap-recall",
    .summary = "associative recall in which all queries are equally far from their pairs",
    .citation = "after Arora et al. 2023, arXiv:2312.04927",
    .version = 1,
    .state_size = sizeof(struct gap_recall),
    .options = gap_recall_options,
    .uniform_length = true,
    .prepare = gap_recall_prepare,
    .vocabulary = gap_recall_vocabulary,
    .minimum = gap_recall_minimum,
    .refuses = gap_recall_refuses,
    .example = gap_recall_example,
    .verify = gap_recall_verify,
    .chance = gap_recall_chance,
    .floor = gap_recall_floor,
    .example_at = gap_recall_example_at,
};
