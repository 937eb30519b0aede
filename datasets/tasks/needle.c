/* needle.c -- one of several key-value pairs in a haystack is asked for at the end (Hsieh, Sun, Kriman,
 * Acharya, Rekesh, Jia, Zhang, Ginsburg 2024, "RULER: what's the real context size of your long-context
 * language models?", arXiv:2404.06654: single and multi-key needle in a haystack), in symbols:
 *
 *   begin _ _ k2 v2 _ _ _ k1 v1 _ k3 v3 _ _ k1 v1          the needle is k1 v1, the others distract
 *
 * Keys differ from each other, values may repeat.  The haystack of H = n - 5 tokens is filler and pairs in
 * random order, every order equally likely; the needle is inserted behind the first t of its tokens, t
 * uniform in 0..H, or round(depth H) when the depth is given, and one later where that would split a pair.
 * Random filler is drawn from the values, never from the keys, so that only pairs answer the question. */
#include <math.h>

#include "datasets/shared/answers.h"
#include "datasets/shared/sample.h"

enum { TOKEN_KEYS = TOKEN_BEGIN + 1, FRAME = 5 }; /* begin, the needle, the question and its answer */
enum filler { FILLER_BLANK, FILLER_RANDOM };
enum stream { STREAM_DEPTH, STREAM_KEY, STREAM_VALUE, STREAM_ORDER, STREAM_FILLER };

struct needle {
    size_t distractors, keys, values;
    int filler;
};

static const char *const filler_names[] = {"blank", "random", NULL};

static const struct option needle_options[] = {
    {"distractors", OPTION_SIZE, offsetof(struct needle, distractors), "3", 0, 1048576, NULL,
     "pairs beside the needle; fewer than keys"},
    {"keys", OPTION_SIZE, offsetof(struct needle, keys), "16", 1, 1048577, NULL, "different keys"},
    {"values", OPTION_SIZE, offsetof(struct needle, values), "16", 2, 65536, NULL, "different values"},
    {"filler", OPTION_CHOICE, offsetof(struct needle, filler), "blank", 0, 0, filler_names,
     "what stands between the pairs: one blank token, or random values"},
    {.name = NULL},
};

static enum status needle_prepare(void *state, struct message *message)
{
    const struct needle *needle = state;
    if (needle->distractors < needle->keys)
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "dataset needle: %zu distractors and the needle need %zu different keys, but keys = %zu",
        needle->distractors, needle->distractors + 1, needle->keys);
}

static size_t needle_vocabulary(const void *state)
{
    const struct needle *needle = state;
    return TOKEN_KEYS + needle->keys + needle->values;
}

static size_t needle_minimum(const void *state)
{
    const struct needle *needle = state;
    return FRAME + 2 * needle->distractors;
}

static enum status needle_refuses(const void *state, enum split split, size_t n, struct message *message)
{
    const struct needle *needle = state;
    (void)split;
    if (n >= needle_minimum(state))
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "dataset needle: %zu distractors, the needle and the question need at least %zu tokens, not "
        "%zu; use fewer distractors or a larger length",
        needle->distractors, needle_minimum(state), n);
}

static int32_t random_value(const struct needle *needle, struct key key, size_t which)
{
    return (int32_t)(TOKEN_KEYS + needle->keys + random_below(key, which, needle->values));
}

/* key(1 + distractors): the keys, the needle's first.  They may lie in the array of targets. */
static void write_haystack(int32_t *tokens, const struct needle *needle, struct key own, size_t n,
                           size_t before, const int32_t *key)
{
    struct key value = key_with(own, STREAM_VALUE), order = key_with(own, STREAM_ORDER);
    struct key filler = key_with(own, STREAM_FILLER);
    size_t pairs = 0, left = n - FRAME - needle->distractors; /* things of the haystack: fillers and pairs */
    bool inserted = false;
    tokens[0] = TOKEN_BEGIN;
    for (size_t i = 1; i < n - 2;) {
        if (!inserted && i > before) {
            tokens[i++] = TOKEN_KEYS + key[0];
            tokens[i++] = random_value(needle, value, 0);
            inserted = true;
            continue;
        }
        if (sample_next(order, left, needle->distractors - pairs, left)) {
            pairs++;
            tokens[i++] = TOKEN_KEYS + key[pairs];
            tokens[i++] = random_value(needle, value, pairs);
        } else {
            tokens[i] = needle->filler == FILLER_BLANK ? TOKEN_BLANK : random_value(needle, filler, i);
            i++;
        }
        left--;
    }
    tokens[n - 2] = TOKEN_KEYS + key[0];
    tokens[n - 1] = random_value(needle, value, 0);
}

static void write_example(const struct needle *needle, struct key own, size_t n, size_t before,
                          int32_t *tokens, int32_t *targets, int32_t *marks)
{
    sample_distinct(targets, tokens, key_with(own, STREAM_KEY), 1 + needle->distractors, needle->keys);
    write_haystack(tokens, needle, own, n, before, targets);
    answer_targets(targets, tokens, n, n - 1, 1);
    answer_no_marks(marks, n);
}

static void needle_example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                           int32_t *targets, int32_t *marks)
{
    struct key own = key_with(key, split);
    size_t before = random_below(key_with(own, STREAM_DEPTH), 0, n - FRAME + 1);
    write_example(state, own, n, before, tokens, targets, marks);
}

static void needle_example_at(const void *state, struct key key, enum split split, size_t n, double depth,
                              int32_t *tokens, int32_t *targets, int32_t *marks)
{
    size_t before = (size_t)llround(depth * (double)(n - FRAME));
    write_example(state, key_with(key, split), n, before, tokens, targets, marks);
}

static bool is_key(const struct needle *needle, int32_t token)
{
    return token >= TOKEN_KEYS && token < (int32_t)(TOKEN_KEYS + needle->keys);
}

/* Goes back from the question: the one earlier place of its key, and what stands behind it. */
static bool needle_verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct needle *needle = state;
    size_t pairs = 0, found = 0;
    int32_t answer = UNSCORED;
    if (n < needle_minimum(state) || tokens[0] != TOKEN_BEGIN || !is_key(needle, tokens[n - 2]))
        return false;
    for (size_t i = n - 2; i-- > 1;) {
        if (targets[i] != UNSCORED)
            return false;
        if (!is_key(needle, tokens[i]))
            continue;
        pairs++;
        if (is_key(needle, tokens[i + 1]) || tokens[i + 1] == TOKEN_BLANK)
            return false;
        if (tokens[i] == tokens[n - 2]) {
            answer = tokens[i + 1];
            found++;
        }
    }
    return found == 1 && pairs == 1 + needle->distractors && targets[0] == UNSCORED &&
           targets[n - 2] == answer && tokens[n - 1] == answer && targets[n - 1] == UNSCORED;
}

static double needle_chance(const void *state)
{
    const struct needle *needle = state;
    return 1.0 / (double)needle->values;
}

const struct dataset dataset_needle = {
    .name = "needle",
    .summary = "one of several key-value pairs in a haystack, asked for at the end",
    .citation = "Hsieh et al. 2024, arXiv:2404.06654",
    .version = 1,
    .state_size = sizeof(struct needle),
    .options = needle_options,
    .uniform_length = true,
    .prepare = needle_prepare,
    .vocabulary = needle_vocabulary,
    .minimum = needle_minimum,
    .refuses = needle_refuses,
    .example = needle_example,
    .verify = needle_verify,
    .chance = needle_chance,
    .floor = answer_floor,
    .example_at = needle_example_at,
};
