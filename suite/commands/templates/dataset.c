/* NAME.c -- one line: what an example is, and what is asked.
 *
 *   tokens   a, b, c, ..., SEPARATOR, a, b, c, ...      half a list, then the list again
 *   targets  at each place of the second half: the token that comes next; elsewhere UNSCORED
 *
 * This template is a complete task: copy a list of random symbols.  datasets/dataset.h is the
 * contract, and datasets/README.md says what the tests check. */
#include "datasets/dataset.h"

/* The options, and what prepare() derives from them. */
struct settings {
    size_t symbols;
};

/* One row is the parser, the default, the range, the help text and a line in every result. */
static const struct option options[] = {
    {"symbols", OPTION_SIZE, offsetof(struct settings, symbols), "32", 2, 10000, NULL,
     "size of the alphabet"},
    {.name = NULL},
};

/* The symbols are 0 .. symbols - 1; the separator comes after them. */
static size_t vocabulary(const void *state)
{
    const struct settings *settings = state;
    return settings->symbols + 1;
}

/* The shortest example: twice ten symbols and the separator. */
static size_t minimum(const void *state)
{
    (void)state;
    return 21;
}

static enum status refuses(const void *state, enum split split, size_t n, struct message *message)
{
    (void)split;
    if (n < minimum(state))
        return message_set(message, STATUS_WRONG,
                           "dataset NAME: "
                           "an example has at least %zu tokens, not %zu",
                           minimum(state), n);
    return STATUS_OK;
}

/* Everything about example `key` of n tokens.  All randomness comes from the key, and the split
 * enters it, so that no split repeats another. */
static void example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                    int32_t *targets, int32_t *marks)
{
    const struct settings *settings = state;
    const struct key own = key_with(key, split);
    const size_t half = n / 2; /* behind the separator: as many tokens, or one less */
    for (size_t i = 0; i < n; i++) {
        tokens[i] = i < half    ? (int32_t)random_below(own, i, settings->symbols)
                    : i == half ? (int32_t)settings->symbols
                                : tokens[i - half - 1];
        targets[i] = UNSCORED;
        if (marks)
            marks[i] = 0;
    }
    for (size_t i = half; i < n; i++)
        if (i - half < half)
            targets[i] = tokens[i - half];
}

/* The targets worked out another way: by the place of the separator. */
static bool verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct settings *settings = state;
    size_t half = 0;
    while (half < n && tokens[half] != (int32_t)settings->symbols)
        half++;
    for (size_t i = 0; i < n; i++) {
        const int32_t wanted = i >= half && i < 2 * half ? tokens[i - half] : UNSCORED;
        if (targets[i] != wanted)
            return false;
    }
    return true;
}

const struct dataset dataset_SYMBOL = {
    .name = "NAME",
    .summary = "copies a list of random symbols",
    .citation = "names year, title, where it stands",
    .version = 1, /* raise it whenever the same key gives another example */
    .state_size = sizeof(struct settings),
    .options = options,
    .vocabulary = vocabulary,
    .minimum = minimum,
    .refuses = refuses,
    .example = example,
    .verify = verify,
};
