/* unique-copy.c -- copy a string in which no symbol occurs twice (Huang, Yang, Bhattamishra, Sarrof, Krebs,
 * Zhou, Nakkiran, Hahn 2025, "A formal framework for understanding length generalization in transformers",
 * arXiv:2410.02140; 150 symbols and strings of up to 150 there).
 *
 *   begin x_1 ... x_k separator x_1 ... x_k end         x_i != x_j;  k = floor((n - 3) / 2)
 *
 * What follows a symbol is decided by the symbol alone, so matching contents (an induction head) is enough;
 * compare repeat-copy.  symbols must be at least the k of the longest n. */
#include "datasets/shared/sample.h"
#include "datasets/shared/strings.h"

struct unique_copy {
    size_t symbols;
};

static const struct option unique_copy_options[] = {
    {"symbols", OPTION_SIZE, offsetof(struct unique_copy, symbols), "512", 1, STRING_SYMBOLS_MAX, NULL,
     "different symbols; at least (n - 3) / 2 for the longest n that is asked for"},
    {.name = NULL},
};

static size_t unique_copy_vocabulary(const void *state)
{
    const struct unique_copy *copy = state;
    return STRING_SYMBOLS + copy->symbols;
}

static enum status unique_copy_refuses(const void *state, enum split split, size_t n, struct message *message)
{
    const struct unique_copy *copy = state;
    (void)split;
    return string_refuses_symbols("unique-copy", n, copy->symbols, message);
}

static void unique_copy_example(const void *state, struct key key, enum split split, size_t n,
                                int32_t *tokens, int32_t *targets, int32_t *marks)
{
    const struct unique_copy *copy = state;
    size_t count = string_count(n);
    int32_t *given = tokens + 1, *asked = tokens + count + 2;
    sample_distinct(given, targets, key_with(key, split), count, copy->symbols);
    for (size_t i = 0; i < count; i++)
        given[i] += STRING_SYMBOLS;
    memcpy(asked, given, count * sizeof *asked);
    string_frame(tokens, targets, n);
    string_marks(marks, n);
}

/* What is asked for is what stands behind the only other occurrence of the last token: so an induction head
 * would answer.  Takes k^2 steps. */
static bool unique_copy_verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct unique_copy *copy = state;
    size_t count;
    if (!string_framed(n, tokens, targets, copy->symbols))
        return false;
    count = string_count(n);
    if (targets[count + 1] != tokens[1])
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t found = 0, place = 0;
        for (size_t j = 1; j <= count; j++)
            if (tokens[j] == targets[count + 1 + i]) {
                place = j;
                found++;
            }
        if (found != 1 || targets[count + 2 + i] != (place < count ? tokens[place + 1] : STRING_END))
            return false;
    }
    return true;
}

static double unique_copy_chance(const void *state)
{
    const struct unique_copy *copy = state;
    return 1.0 / (double)(1 + copy->symbols);
}

const struct dataset dataset_unique_copy = {
    .name = "unique-copy",
    .summary = "copy a string of symbols in which none occurs twice",
    .citation = "Huang et al. 2025, arXiv:2410.02140",
    .version = 1,
    .state_size = sizeof(struct unique_copy),
    .options = unique_copy_options,
    .uniform_length = true,
    .vocabulary = unique_copy_vocabulary,
    .minimum = string_minimum,
    .refuses = unique_copy_refuses,
    .example = unique_copy_example,
    .verify = unique_copy_verify,
    .chance = unique_copy_chance,
    .floor = answer_floor,
    .end_token = string_end_token,
};
