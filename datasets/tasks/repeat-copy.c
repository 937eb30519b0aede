/* repeat-copy.c -- copy a string of few symbols, which repeat (Huang, Yang, Bhattamishra, Sarrof, Krebs,
 * Zhou, Nakkiran, Hahn 2025, "A formal framework for understanding length generalization in transformers",
 * arXiv:2410.02140; two symbols there).
 *
 *   begin x_1 ... x_k separator x_1 ... x_k end         x_i uniform, independent;  k = floor((n - 3) / 2)
 *
 * A symbol does not say where in the string one is: unlike unique-copy this needs positions, or the last
 * 2 log k / log s symbols (s different ones).  Hard: their best model, trained on up to 50 symbols, had 26 %
 * of the strings of 51 to 100 right and none of 101 to 150. */
#include "datasets/shared/strings.h"

struct repeat_copy {
    size_t symbols;
};

static const struct option repeat_copy_options[] = {
    {"symbols", OPTION_SIZE, offsetof(struct repeat_copy, symbols), "2", 1, STRING_SYMBOLS_MAX, NULL,
     "different symbols"},
    {.name = NULL},
};

static size_t repeat_copy_vocabulary(const void *state)
{
    const struct repeat_copy *copy = state;
    return STRING_SYMBOLS + copy->symbols;
}

static enum status repeat_copy_refuses(const void *state, enum split split, size_t n, struct message *message)
{
    (void)state, (void)split;
    return string_refuses("repeat-copy", n, message);
}

static void repeat_copy_example(const void *state, struct key key, enum split split, size_t n,
                                int32_t *tokens, int32_t *targets, int32_t *marks)
{
    const struct repeat_copy *copy = state;
    struct key own = key_with(key, split);
    size_t count = string_count(n);
    for (size_t i = 0; i < count; i++)
        tokens[1 + i] = tokens[count + 2 + i] =
            (int32_t)(STRING_SYMBOLS + random_below(own, i, copy->symbols));
    string_frame(tokens, targets, n);
    string_marks(marks, n);
}

/* From the end: the target of the last scored place but one is the last symbol before the separator, and so
 * on. */
static bool repeat_copy_verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct repeat_copy *copy = state;
    const int32_t *given, *asked;
    if (!string_framed(n, tokens, targets, copy->symbols))
        return false;
    given = tokens;
    while (*given != STRING_SEPARATOR)
        given++;
    asked = targets + n - 1;
    while (*asked != STRING_END)
        asked--;
    while (*--given != TOKEN_BEGIN)
        if (*--asked != *given)
            return false;
    return true;
}

static double repeat_copy_chance(const void *state)
{
    const struct repeat_copy *copy = state;
    return 1.0 / (double)(1 + copy->symbols);
}

const struct dataset dataset_repeat_copy = {
    .name = "repeat-copy",
    .summary = "copy a string of few symbols, which repeat",
    .citation = "Huang et al. 2025, arXiv:2410.02140",
    .version = 1,
    .state_size = sizeof(struct repeat_copy),
    .options = repeat_copy_options,
    .uniform_length = true,
    .vocabulary = repeat_copy_vocabulary,
    .minimum = string_minimum,
    .refuses = repeat_copy_refuses,
    .example = repeat_copy_example,
    .verify = repeat_copy_verify,
    .chance = repeat_copy_chance,
    .floor = answer_floor,
    .end_token = string_end_token,
};
