/* sort.c -- write a string of different symbols in ascending order (Huang, Yang, Bhattamishra, Sarrof, Krebs,
 * Zhou, Nakkiran, Hahn 2025, "A formal framework for understanding length generalization in transformers",
 * arXiv:2410.02140; 150 symbols and strings of up to 150 there).
 *
 *   begin x_1 ... x_k separator y_1 ... y_k end         y = x in ascending order;  k = floor((n - 3) / 2)
 *
 * Symbols are ordered as their token numbers.  The next token is the smallest symbol of x above the last one:
 * no position is needed.  symbols must be at least the k of the longest n. */
#include "datasets/shared/sample.h"
#include "datasets/shared/strings.h"

enum { DIGIT_BITS = 8, DIGITS = 1 << DIGIT_BITS };

struct sort {
    size_t symbols;
};

static const struct option sort_options[] = {
    {"symbols", OPTION_SIZE, offsetof(struct sort, symbols), "512", 1, STRING_SYMBOLS_MAX, NULL,
     "different symbols; at least (n - 3) / 2 for the longest n that is asked for"},
    {.name = NULL},
};

static size_t sort_vocabulary(const void *state)
{
    const struct sort *sort = state;
    return STRING_SYMBOLS + sort->symbols;
}

static enum status sort_refuses(const void *state, enum split split, size_t n, struct message *message)
{
    const struct sort *sort = state;
    (void)split;
    return string_refuses_symbols("sort", n, sort->symbols, message);
}

/* By digits of 8 bits, the least significant first: linear, and needs no more than scratch(count). */
static void ascending(int32_t *values, int32_t *scratch, size_t count, size_t bound)
{
    for (int shift = 0; bound >> shift > 0; shift += DIGIT_BITS) {
        size_t place[DIGITS + 1] = {0};
        for (size_t i = 0; i < count; i++)
            place[(values[i] >> shift & (DIGITS - 1)) + 1]++;
        for (size_t digit = 1; digit < DIGITS; digit++)
            place[digit] += place[digit - 1];
        for (size_t i = 0; i < count; i++)
            scratch[place[values[i] >> shift & (DIGITS - 1)]++] = values[i];
        memcpy(values, scratch, count * sizeof *values);
    }
}

static void sort_example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                         int32_t *targets, int32_t *marks)
{
    const struct sort *sort = state;
    size_t count = string_count(n);
    int32_t *given = tokens + 1, *asked = tokens + count + 2;
    sample_distinct(given, targets, key_with(key, split), count, sort->symbols);
    for (size_t i = 0; i < count; i++)
        given[i] += STRING_SYMBOLS;
    memcpy(asked, given, count * sizeof *asked);
    ascending(asked, targets, count, STRING_SYMBOLS + sort->symbols);
    string_frame(tokens, targets, n);
    answer_no_marks(marks, n);
}

/* By rank: a symbol of x belongs at as many places behind the first as there are smaller ones in x.  Takes
 * k^2 steps; two equal symbols would have the same place, and another one be left without. */
static bool sort_verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct sort *sort = state;
    size_t count;
    if (!string_framed(n, tokens, targets, sort->symbols))
        return false;
    count = string_count(n);
    for (size_t i = 1; i <= count; i++) {
        size_t smaller = 0, same = 0;
        for (size_t j = 1; j <= count; j++) {
            smaller += tokens[j] < tokens[i];
            same += tokens[j] == tokens[i];
        }
        if (same != 1 || targets[count + 1 + smaller] != tokens[i])
            return false;
    }
    return targets[2 * count + 1] == STRING_END;
}

static double sort_chance(const void *state)
{
    const struct sort *sort = state;
    return 1.0 / (double)(1 + sort->symbols);
}

const struct dataset dataset_sort = {
    .name = "sort",
    .summary = "write a string of different symbols in ascending order",
    .citation = "Huang et al. 2025, arXiv:2410.02140",
    .version = 1,
    .state_size = sizeof(struct sort),
    .options = sort_options,
    .uniform_length = true,
    .vocabulary = sort_vocabulary,
    .minimum = string_minimum,
    .refuses = sort_refuses,
    .example = sort_example,
    .verify = sort_verify,
    .chance = sort_chance,
    .floor = answer_floor,
    .end_token = string_end_token,
};
