/* addition.c -- the sum of two numbers (order of the digits: Lee, Sreenivasan, Lee, Lee, Papailiopoulos 2023,
 * "Teaching arithmetic to small transformers", arXiv:2307.03381; zeros in front: Cho, Cha, Awasthi,
 * Bhojanapalli, Gupta, Yun 2024, "Position coupling", arXiv:2405.20671; both operands reversed: McLeish et
 * al. 2024, "Transformers can do arithmetic with the right embeddings", arXiv:2405.17399).
 *
 *   begin a ... a + b ... b = c ... c end         k digits, k digits, k + 1 digits;  k = floor((n - 5) / 3)
 *
 * Digits are uniform, so numbers may begin with zeros, and so does the sum: its length says nothing.  One or
 * two blanks stand behind `end` where n - 5 is no multiple of 3.  Marks: 1 for the ones, 2 for the next
 * digit, ... */
#include "datasets/shared/answers.h"

enum { TOKEN_EQUALS = TOKEN_BEGIN + 1, TOKEN_END, TOKEN_PLUS, TOKEN_DIGITS };
enum { MINIMUM = 8 };
enum order { ORDER_REVERSED, ORDER_PLAIN };

struct addition {
    size_t base;
    int order, operands;
};

/* Where the digits of a number stand. */
struct number {
    size_t first, count;
    bool reversed;
};

static const char *const order_names[] = {"reversed", "plain", NULL};

static const struct option addition_options[] = {
    {"order", OPTION_CHOICE, offsetof(struct addition, order), "reversed", 0, 0, order_names,
     "of the answer's digits: the ones first, or as one writes them"},
    {"operands", OPTION_CHOICE, offsetof(struct addition, operands), "plain", 0, 0, order_names,
     "the same for the two operands"},
    {"base", OPTION_SIZE, offsetof(struct addition, base), "10", 2, 65536, NULL, "different digits"},
    {.name = NULL},
};

static void layout(struct number number[3], const struct addition *addition, size_t n)
{
    size_t count = (n - 5) / 3;
    number[0] = (struct number){1, count, addition->operands == ORDER_REVERSED};
    number[1] = (struct number){2 + count, count, addition->operands == ORDER_REVERSED};
    number[2] = (struct number){3 + 2 * count, count + 1, addition->order == ORDER_REVERSED};
}

/* The place of the digit that counts base^significance. */
static size_t place(struct number number, size_t significance)
{
    return number.first + (number.reversed ? significance : number.count - 1 - significance);
}

static size_t addition_vocabulary(const void *state)
{
    const struct addition *addition = state;
    return TOKEN_DIGITS + addition->base;
}

static size_t addition_minimum(const void *state)
{
    (void)state;
    return MINIMUM;
}

static enum status addition_refuses(const void *state, enum split split, size_t n, struct message *message)
{
    (void)state, (void)split;
    if (n >= MINIMUM)
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "dataset addition: two numbers of one digit and their sum need %d tokens, more than %zu; use "
        "a larger length",
        MINIMUM, n);
}

static void addition_example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                             int32_t *targets, int32_t *marks)
{
    const struct addition *addition = state;
    struct key own = key_with(key, split);
    struct number number[3];
    size_t carry = 0, count, end;
    layout(number, addition, n);
    count = number[0].count;
    end = number[2].first + number[2].count;
    for (size_t i = 0; i < count; i++) {
        size_t a = random_below(own, 2 * i, addition->base), b = random_below(own, 2 * i + 1, addition->base);
        tokens[place(number[0], i)] = (int32_t)(TOKEN_DIGITS + a);
        tokens[place(number[1], i)] = (int32_t)(TOKEN_DIGITS + b);
        tokens[place(number[2], i)] = (int32_t)(TOKEN_DIGITS + (a + b + carry) % addition->base);
        carry = (a + b + carry) / addition->base;
    }
    tokens[place(number[2], count)] = (int32_t)(TOKEN_DIGITS + carry);
    tokens[0] = TOKEN_BEGIN;
    tokens[number[1].first - 1] = TOKEN_PLUS;
    tokens[number[2].first - 1] = TOKEN_EQUALS;
    tokens[end] = TOKEN_END;
    for (size_t i = end + 1; i < n; i++)
        tokens[i] = TOKEN_BLANK;
    answer_targets(targets, tokens, n, number[2].first, number[2].count + 1);
    answer_no_marks(marks, n);
    for (size_t i = 0; marks && i < 3; i++)
        for (size_t j = 0; j < number[i].count; j++)
            marks[place(number[i], j)] = (int32_t)(1 + j);
}

/* From the most significant digit down, without carrying: what is left of c - a - b must stay 0 or 1 (a carry
 * that is still to come from below) and end at 0. */
static bool sums(const struct number number[3], const int32_t *tokens, long base)
{
    long left = 0;
    for (size_t i = number[2].count; i-- > 0;) {
        left = left * base + tokens[place(number[2], i)] - TOKEN_DIGITS;
        for (size_t j = 0; j < 2; j++)
            if (i < number[j].count)
                left -= tokens[place(number[j], i)] - TOKEN_DIGITS;
        if (left < 0 || left > 1)
            return false;
    }
    return left == 0;
}

static bool addition_verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct addition *addition = state;
    struct number number[3];
    size_t end;
    if (n < MINIMUM)
        return false;
    layout(number, addition, n);
    end = number[2].first + number[2].count;
    if (tokens[0] != TOKEN_BEGIN || tokens[number[1].first - 1] != TOKEN_PLUS ||
        tokens[number[2].first - 1] != TOKEN_EQUALS || tokens[end] != TOKEN_END)
        return false;
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < number[i].count; j++)
            if (tokens[place(number[i], j)] < TOKEN_DIGITS ||
                tokens[place(number[i], j)] >= (int32_t)(TOKEN_DIGITS + addition->base))
                return false;
    for (size_t i = end + 1; i < n; i++)
        if (tokens[i] != TOKEN_BLANK)
            return false;
    return sums(number, tokens, (long)addition->base) &&
           answer_asked(targets, tokens, n, number[2].first, number[2].count + 1);
}

static double addition_chance(const void *state)
{
    const struct addition *addition = state;
    return 1.0 / (double)addition->base;
}

static int32_t addition_end_token(const void *state)
{
    (void)state;
    return TOKEN_END;
}

const struct dataset dataset_addition = {
    .name = "addition",
    .summary = "the sum of two numbers, the ones first or last",
    .citation = "Lee et al. 2023, arXiv:2307.03381; Cho et al. 2024, arXiv:2405.20671",
    .version = 1,
    .state_size = sizeof(struct addition),
    .options = addition_options,
    .uniform_length = true,
    .vocabulary = addition_vocabulary,
    .minimum = addition_minimum,
    .refuses = addition_refuses,
    .example = addition_example,
    .verify = addition_verify,
    .chance = addition_chance,
    .floor = answer_floor,
    .end_token = addition_end_token,
};
