/* recall.c -- multi-query associative recall (Arora, Eyuboglu, Timalsina, Johnson, Poli, Zou, Rudra, Re
 * 2023, "Zoology: measuring and improving recall in efficient language models", arXiv:2312.04927).
 *
 *   k1 v1 k2 v2 ... kD vD  _ k3 _ _ k1 _ _ _ k2 ...       targets: v3 under k3, v1 under k1, ...
 *
 * D pairs come first, keys without repeats.  Then each key is asked about once, at the place
 * 2D - 1 + g, where the gap g = 1, 2, ..., S (S = n - 2D) has
 *
 *   p(g) = g^(a - 1) / sum_{h=1..S} h^(a - 1)             a = 0.01: short gaps are the frequent ones
 *
 * drawn without replacement: a place that is taken is drawn again.  The target stands at the query's
 * own place and is never shown; loss at queries only.  Other places hold filler.
 *
 * Differences from the paper's code: any place may hold a query, not every second one; values repeat
 * within an example, so that a target says nothing about the others; random filler is drawn from the
 * values and never from the keys, so that no filler can be mistaken for a query.  Blank filler is the
 * default: small models learn it in fewer steps. */
#include <math.h>
#include <string.h>

#include "datasets/dataset.h"

enum { KEYS_MAX = 4096, DRAWS_MAX = 1000 };
enum filler { FILLER_BLANK, FILLER_RANDOM };
enum stream { STREAM_KEY, STREAM_ORDER, STREAM_VALUE, STREAM_GAP, STREAM_FILLER };

struct recall {
    size_t pairs, keys, values;
    double gap_power;
    int filler;
};

static const char *const filler_names[] = {"blank", "random", NULL};

static const struct option recall_options[] = {
    {"pairs", OPTION_SIZE, offsetof(struct recall, pairs), "4", 1, KEYS_MAX, NULL,
     "key-value pairs of an example (D); at most as many as keys"},
    {"keys", OPTION_SIZE, offsetof(struct recall, keys), "16", 1, KEYS_MAX, NULL, "different keys"},
    {"values", OPTION_SIZE, offsetof(struct recall, values), "16", 2, 65536, NULL, "different values"},
    {"gap_power", OPTION_REAL, offsetof(struct recall, gap_power), "0.01", 0.001, 1, NULL,
     "a in p(gap) ~ gap^(a - 1): near 0 favours short gaps, 1 is uniform"},
    {"filler", OPTION_CHOICE, offsetof(struct recall, filler), "blank", 0, 0, filler_names,
     "what stands at places without a pair or a query: one blank token, or random values"},
    {.name = NULL},
};

/* The vocabulary: 0 blank, 1..keys the keys, then the values. */
static int32_t key_token(size_t key)
{
    return (int32_t)(1 + key);
}

static int32_t value_token(const struct recall *recall, size_t value)
{
    return (int32_t)(1 + recall->keys + value);
}

static bool is_key(const struct recall *recall, int32_t token)
{
    return token >= key_token(0) && token < value_token(recall, 0);
}

static enum status recall_prepare(void *state, struct message *message)
{
    const struct recall *recall = state;
    if (recall->pairs > recall->keys)
        return message_set(message, STATUS_WRONG,
                           "dataset recall: pairs = %zu need as many different keys, but keys = %zu",
                           recall->pairs, recall->keys);
    return STATUS_OK;
}

static size_t recall_vocabulary(const void *state)
{
    const struct recall *recall = state;
    return 1 + recall->keys + recall->values;
}

static size_t recall_minimum(const void *state)
{
    const struct recall *recall = state;
    return 3 * recall->pairs;
}

static enum status recall_refuses(const void *state, enum split split, size_t n, struct message *message)
{
    const struct recall *recall = state;
    (void)split;
    if (n >= recall_minimum(state))
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "dataset recall: %zu pairs and their queries need at least %zu tokens, not %zu; use fewer "
        "pairs or a larger length",
        recall->pairs, recall_minimum(state), n);
}

/* D of the keys into the even places: Floyd's choice of a subset (Bentley and Floyd 1987), whose
 * order is not random, then a shuffle. */
static void choose_keys(const struct recall *recall, struct key key, int32_t *tokens)
{
    uint64_t used[KEYS_MAX / 64] = {0};
    struct key subset = key_with(key, STREAM_KEY), order = key_with(key, STREAM_ORDER);
    for (size_t i = 0; i < recall->pairs; i++) {
        size_t most = recall->keys - recall->pairs + i;
        size_t chosen = random_below(subset, i, most + 1);
        if (used[chosen / 64] >> (chosen % 64) & 1)
            chosen = most;
        used[chosen / 64] |= (uint64_t)1 << (chosen % 64);
        tokens[2 * i] = key_token(chosen);
    }
    for (size_t i = recall->pairs; i > 1; i--) {
        size_t j = random_below(order, i, i);
        int32_t last = tokens[2 * (i - 1)];
        tokens[2 * (i - 1)] = tokens[2 * j];
        tokens[2 * j] = last;
    }
}

/* A gap 1..space with p(g) ~ g^(a - 1), exactly and in constant time: x with density x^(a - 1) on
 * [1, space + 1) is cut down to g, which then has q(g) = ((g + 1)^a - g^a) / a, and is accepted with
 * p(g) q(1) / (p(1) q(g)) <= 1. */
static size_t draw_gap(double a, size_t space, struct key key, uint64_t *draw)
{
    double end = pow((double)space + 1, a), first = expm1(a * log1p(1));
    for (;;) {
        double u = random_uniform(key, (*draw)++), accept = random_uniform(key, (*draw)++);
        double g = floor(pow(1 + u * (end - 1), 1 / a));
        double share;
        g = fmin(fmax(g, 1), (double)space); /* rounding of pow at both ends */
        share = g * expm1(a * log1p(1 / g)); /* q(g) a / p(g), without cancellation */
        if (accept * share <= first)
            return (size_t)g;
    }
}

/* The free place for the next query: free places have an unscored target. */
static size_t choose_place(const struct recall *recall, size_t space, struct key key, uint64_t *draw,
                           const int32_t *targets)
{
    const int32_t *place = targets + 2 * recall->pairs;
    size_t gap = 1;
    for (size_t tries = 0; tries < DRAWS_MAX; tries++) {
        gap = draw_gap(recall->gap_power, space, key, draw);
        if (place[gap - 1] == UNSCORED)
            return 2 * recall->pairs + gap - 1;
    }
    while (place[gap - 1] != UNSCORED) /* almost full: the next free one, so that this ends */
        gap = gap % space + 1;
    return 2 * recall->pairs + gap - 1;
}

static void recall_example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                           int32_t *targets, int32_t *marks)
{
    const struct recall *recall = state;
    struct key own = key_with(key, split), value = key_with(own, STREAM_VALUE);
    struct key gap = key_with(own, STREAM_GAP), filler = key_with(own, STREAM_FILLER);
    uint64_t draw = 0;
    for (size_t i = 0; i < n; i++) {
        targets[i] = UNSCORED;
        tokens[i] =
            recall->filler == FILLER_BLANK ? 0 : value_token(recall, random_below(filler, i, recall->values));
    }
    choose_keys(recall, own, tokens);
    for (size_t i = 0; i < recall->pairs; i++)
        tokens[2 * i + 1] = value_token(recall, random_below(value, i, recall->values));
    for (size_t i = 0; i < recall->pairs; i++) {
        size_t place = choose_place(recall, n - 2 * recall->pairs, gap, &draw, targets);
        tokens[place] = tokens[2 * i];
        targets[place] = tokens[2 * i + 1];
    }
    if (marks)
        memset(marks, 0, n * sizeof *marks);
}

/* Looks each query up among the pairs. */
static bool recall_verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct recall *recall = state;
    size_t pairs_end = 2 * recall->pairs, asked = 0;
    if (n < recall_minimum(state))
        return false;
    for (size_t i = 0; i < pairs_end; i++)
        if (targets[i] != UNSCORED || is_key(recall, tokens[i]) != (i % 2 == 0))
            return false;
    for (size_t i = pairs_end; i < n; i++) {
        int32_t answer = UNSCORED;
        if (is_key(recall, tokens[i])) {
            size_t found = 0;
            for (size_t j = 0; j < pairs_end; j += 2)
                if (tokens[j] == tokens[i]) {
                    answer = tokens[j + 1];
                    found++;
                }
            if (found != 1)
                return false;
            asked++;
        }
        if (targets[i] != answer)
            return false;
    }
    return asked == recall->pairs;
}

/* Guessing among all values.  Copying any value of the example already scores about 1/pairs. */
static double recall_chance(const void *state)
{
    const struct recall *recall = state;
    return 1.0 / (double)recall->values;
}

/* The answer always stands in the example. */
static void recall_floor(const void *state, size_t n, const int32_t *tokens, const int32_t *targets,
                         double *nll)
{
    (void)state, (void)tokens;
    for (size_t i = 0; i < n; i++)
        if (targets[i] != UNSCORED)
            nll[i] = 0;
}

const struct dataset dataset_recall = {
    .name = "recall",
    .summary = "multi-query associative recall: key-value pairs, then each key is asked about once",
    .citation = "Arora et al. 2023, arXiv:2312.04927",
    .version = 1,
    .state_size = sizeof(struct recall),
    .options = recall_options,
    .uniform_length = true,
    .prepare = recall_prepare,
    .vocabulary = recall_vocabulary,
    .minimum = recall_minimum,
    .refuses = recall_refuses,
    .example = recall_example,
    .verify = recall_verify,
    .chance = recall_chance,
    .floor = recall_floor,
};
