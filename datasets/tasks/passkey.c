/* passkey.c -- one passkey somewhere in a long text that says nothing, asked for at the end (Mohtashami and
 * Jaggi 2023, "Landmark attention", arXiv:2305.16300; five random digits as in Chen, Wong, Chen, Tian 2023,
 * arXiv:2306.15595), in symbols:
 *
 *   begin w_1 w_2 ... w_b  key d_1 ... d_c  w_1 w_2 ... w_a  key d_1 ... d_c
 *
 * key stands for "the pass key is"; d_1 ... d_c behind the second one are the answer.  b of the b + a words
 * stand before the needle: uniform in an example, round(depth (b + a)) when the depth is given.  The words
 * repeat one sentence of `words` different ones ("The grass is green. The sky is blue. ..." in the paper, of
 * about 20), from its beginning on both sides of the needle; or they are drawn at random; or they are blanks.
 */
#include <math.h>

#include "datasets/shared/answers.h"

enum { TOKEN_KEY = TOKEN_BEGIN + 1, TOKEN_DIGITS };
enum filler { FILLER_SENTENCE, FILLER_RANDOM, FILLER_BLANK };
enum stream { STREAM_DEPTH, STREAM_DIGIT, STREAM_FILLER };

struct passkey {
    size_t digits, base, words;
    int filler;
};

static const char *const filler_names[] = {"sentence", "random", "blank", NULL};

static const struct option passkey_options[] = {
    {"digits", OPTION_SIZE, offsetof(struct passkey, digits), "5", 1, 1048576, NULL, "length of the passkey"},
    {"base", OPTION_SIZE, offsetof(struct passkey, base), "10", 2, 65536, NULL, "different digits"},
    {"filler", OPTION_CHOICE, offsetof(struct passkey, filler), "sentence", 0, 0, filler_names,
     "the text around: one sentence over and over, random words, or blanks"},
    {"words", OPTION_SIZE, offsetof(struct passkey, words), "20", 1, 65536, NULL,
     "different words of the text, which are those of the sentence"},
    {.name = NULL},
};

static size_t passkey_vocabulary(const void *state)
{
    const struct passkey *passkey = state;
    return TOKEN_DIGITS + passkey->base + passkey->words;
}

static size_t passkey_minimum(const void *state)
{
    const struct passkey *passkey = state;
    return 3 + 2 * passkey->digits;
}

static enum status passkey_refuses(const void *state, enum split split, size_t n, struct message *message)
{
    const struct passkey *passkey = state;
    (void)split;
    if (n >= passkey_minimum(state))
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "dataset passkey: a passkey of %zu digits and the answer need at least %zu tokens, not %zu; "
        "use fewer digits or a larger length",
        passkey->digits, passkey_minimum(state), n);
}

static int32_t word(const struct passkey *passkey, struct key filler, size_t place, size_t in_sentence)
{
    if (passkey->filler == FILLER_BLANK)
        return TOKEN_BLANK;
    in_sentence = passkey->filler == FILLER_RANDOM ? random_below(filler, place, passkey->words)
                                                   : in_sentence % passkey->words;
    return (int32_t)(TOKEN_DIGITS + passkey->base + in_sentence);
}

static void write_example(const struct passkey *passkey, struct key own, size_t n, size_t before,
                          int32_t *tokens, int32_t *targets, int32_t *marks)
{
    struct key digit = key_with(own, STREAM_DIGIT), filler = key_with(own, STREAM_FILLER);
    size_t needle = 1 + before, question = n - 1 - passkey->digits;
    tokens[0] = TOKEN_BEGIN;
    for (size_t i = 0; i < before; i++)
        tokens[1 + i] = word(passkey, filler, 1 + i, i);
    for (size_t i = needle + 1 + passkey->digits, j = 0; i < question; i++, j++)
        tokens[i] = word(passkey, filler, i, j);
    tokens[needle] = tokens[question] = TOKEN_KEY;
    for (size_t i = 1; i <= passkey->digits; i++)
        tokens[needle + i] = tokens[question + i] =
            (int32_t)(TOKEN_DIGITS + random_below(digit, i, passkey->base));
    answer_targets(targets, tokens, n, question + 1, passkey->digits);
    answer_no_marks(marks, n);
}

static void passkey_example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                            int32_t *targets, int32_t *marks)
{
    struct key own = key_with(key, split);
    size_t words = n - passkey_minimum(state);
    write_example(state, own, n, random_below(key_with(own, STREAM_DEPTH), 0, words + 1), tokens, targets,
                  marks);
}

static void passkey_example_at(const void *state, struct key key, enum split split, size_t n, double depth,
                               int32_t *tokens, int32_t *targets, int32_t *marks)
{
    size_t before = (size_t)llround(depth * (double)(n - passkey_minimum(state)));
    write_example(state, key_with(key, split), n, before, tokens, targets, marks);
}

/* Reads it as one would: digits stand twice, each time behind the key; the second time they are the answer.
 */
static bool passkey_verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct passkey *passkey = state;
    size_t keys = 0, digits = 0, scored = 0, needle = 0, question = 0;
    if (n < passkey_minimum(state) || tokens[0] != TOKEN_BEGIN)
        return false;
    for (size_t i = 0; i < n; i++) {
        needle = tokens[i] == TOKEN_KEY && keys == 0 ? i : needle;
        question = tokens[i] == TOKEN_KEY ? i : question;
        keys += tokens[i] == TOKEN_KEY;
        digits += tokens[i] >= TOKEN_DIGITS && tokens[i] < (int32_t)(TOKEN_DIGITS + passkey->base);
        scored += targets[i] != UNSCORED;
    }
    if (keys != 2 || question + 1 + passkey->digits != n || digits != 2 * passkey->digits ||
        scored != passkey->digits)
        return false;
    for (size_t i = 1; i <= passkey->digits; i++) {
        int32_t asked = tokens[needle + i];
        if (asked < TOKEN_DIGITS || asked >= (int32_t)(TOKEN_DIGITS + passkey->base) ||
            tokens[question + i] != asked || targets[question + i - 1] != asked)
            return false;
    }
    return true;
}

static double passkey_chance(const void *state)
{
    const struct passkey *passkey = state;
    return 1.0 / (double)passkey->base;
}

const struct dataset dataset_passkey = {
    .name = "passkey",
    .summary = "a passkey of some digits in a long text that says nothing, asked for at the end",
    .citation = "Mohtashami and Jaggi 2023, arXiv:2305.16300",
    .version = 1,
    .state_size = sizeof(struct passkey),
    .options = passkey_options,
    .uniform_length = true,
    .vocabulary = passkey_vocabulary,
    .minimum = passkey_minimum,
    .refuses = passkey_refuses,
    .example = passkey_example,
    .verify = passkey_verify,
    .chance = passkey_chance,
    .floor = answer_floor,
    .example_at = passkey_example_at,
};
