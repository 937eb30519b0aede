/* selective-copy.c -- copy the few symbols that stand scattered among blanks (Gu and Dao 2023, "Mamba:
 * linear-time sequence modeling with selective state spaces", arXiv:2312.00752; 16 places and 14 symbols as
 * in Poli et al. 2024, "Mechanistic design and scaling of hybrid architectures", arXiv:2403.17844).
 *
 *   begin  _ x_1 _ _ x_2 ... x_m _ _   copy copy ... copy         answer = hidden: x_j under the j-th copy
 *   begin  _ x_1 _ _ x_2 ... x_m _ _   copy x_1 ... x_(m-1) x_m   answer = shown
 *
 * _ blank.  Every set of m places between begin and copy is equally likely, and symbols repeat.  In the code
 * of the second paper blanks are never inserted behind the last symbol, and from a generator that ignores the
 * seed; not here.  hidden is the form of both papers, shown that of a language model. */
#include "datasets/shared/answers.h"
#include "datasets/shared/sample.h"

enum { TOKEN_COPY = TOKEN_BEGIN + 1, TOKEN_SYMBOLS };
enum answer { ANSWER_HIDDEN, ANSWER_SHOWN };
enum stream { STREAM_SYMBOL, STREAM_PLACE };

struct selective_copy {
    size_t count, symbols;
    int answer;
};

static const char *const answer_names[] = {"hidden", "shown", NULL};

static const struct option selective_copy_options[] = {
    {"count", OPTION_SIZE, offsetof(struct selective_copy, count), "16", 1, 1048576, NULL,
     "symbols to copy (m), at every length"},
    {"symbols", OPTION_SIZE, offsetof(struct selective_copy, symbols), "14", 2, 65536, NULL,
     "different symbols"},
    {"answer", OPTION_CHOICE, offsetof(struct selective_copy, answer), "hidden", 0, 0, answer_names,
     "what stands where the answer is asked for: only the copy token, or the answer so far"},
    {.name = NULL},
};

/* Tokens of the answer's part, from the first copy token on. */
static size_t answer_tokens(const struct selective_copy *copy)
{
    return copy->count + (copy->answer == ANSWER_SHOWN);
}

static size_t selective_copy_vocabulary(const void *state)
{
    const struct selective_copy *copy = state;
    return TOKEN_SYMBOLS + copy->symbols;
}

static size_t selective_copy_minimum(const void *state)
{
    const struct selective_copy *copy = state;
    return 1 + copy->count + answer_tokens(copy);
}

static enum status selective_copy_refuses(const void *state, enum split split, size_t n,
                                          struct message *message)
{
    const struct selective_copy *copy = state;
    (void)split;
    if (n >= selective_copy_minimum(state))
        return STATUS_OK;
    return message_set(
        message, STATUS_WRONG,
        "dataset selective-copy: count = %zu symbols and their copy need at least %zu tokens, not "
        "%zu; use a smaller count or a larger length",
        copy->count, selective_copy_minimum(state), n);
}

static void selective_copy_example(const void *state, struct key key, enum split split, size_t n,
                                   int32_t *tokens, int32_t *targets, int32_t *marks)
{
    const struct selective_copy *copy = state;
    struct key own = key_with(key, split), symbol = key_with(own, STREAM_SYMBOL),
               place = key_with(own, STREAM_PLACE);
    size_t first = n - answer_tokens(copy), placed = 0; /* place of the first copy token */
    tokens[0] = TOKEN_BEGIN;
    for (size_t i = 1; i < first; i++) {
        tokens[i] = TOKEN_BLANK;
        if (sample_next(place, i, copy->count - placed, first - i))
            tokens[i] = (int32_t)(TOKEN_SYMBOLS + random_below(symbol, placed++, copy->symbols));
    }
    for (size_t i = 0; i < n; i++)
        targets[i] = UNSCORED;
    for (size_t i = 1, j = first; i < first; i++)
        if (tokens[i] != TOKEN_BLANK)
            targets[j++] = tokens[i];
    for (size_t i = first; i < n; i++)
        tokens[i] = copy->answer == ANSWER_SHOWN && i > first ? targets[i - 1] : TOKEN_COPY;
    answer_no_marks(marks, n);
}

/* Backwards: the last scored target is the last symbol of the prompt, and so on. */
static bool selective_copy_verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct selective_copy *copy = state;
    size_t first, at;
    if (n < selective_copy_minimum(state) || tokens[0] != TOKEN_BEGIN)
        return false;
    first = n - answer_tokens(copy);
    at = first + copy->count;
    if (copy->answer == ANSWER_SHOWN && targets[n - 1] != UNSCORED)
        return false;
    for (size_t i = first; i < n; i++)
        if (tokens[i] != (copy->answer == ANSWER_SHOWN && i > first ? targets[i - 1] : TOKEN_COPY))
            return false;
    for (size_t i = first - 1; i > 0; i--)
        if (tokens[i] != TOKEN_BLANK) {
            if (tokens[i] < TOKEN_SYMBOLS || targets[i] != UNSCORED || at == first ||
                targets[--at] != tokens[i])
                return false;
        } else if (targets[i] != UNSCORED)
            return false;
    return at == first && targets[0] == UNSCORED;
}

static double selective_copy_chance(const void *state)
{
    const struct selective_copy *copy = state;
    return 1.0 / (double)copy->symbols;
}

const struct dataset dataset_selective_copy = {
    .name = "selective-copy",
    .summary = "copy the few symbols that stand scattered among blanks",
    .citation = "Gu and Dao 2023, arXiv:2312.00752; Poli et al. 2024, arXiv:2403.17844",
    .version = 1,
    .state_size = sizeof(struct selective_copy),
    .options = selective_copy_options,
    .uniform_length = true,
    .vocabulary = selective_copy_vocabulary,
    .minimum = selective_copy_minimum,
    .refuses = selective_copy_refuses,
    .example = selective_copy_example,
    .verify = selective_copy_verify,
    .chance = selective_copy_chance,
    .floor = answer_floor,
};
