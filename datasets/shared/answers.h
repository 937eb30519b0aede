/* answers.h -- what the tasks share whose example is a prompt, its answer, and what is left of n:
 *
 *   tokens     p_1 ... p_a   y_1 ... y_(c-1)  y_c   blank ...
 *   targets    _ ...   y_1   y_2 ... y_c      _     _ ...
 *
 * The answer is part of the n tokens: each of its tokens is predicted from the prompt and the answer so far.
 * Blanks stand behind the answer, where no scored place of a causal model sees them and where they shift
 * nobody's position: an example of n tokens with r blanks is the one of n - r tokens. */
#ifndef LEXBENCH_ANSWERS_H
#define LEXBENCH_ANSWERS_H

#include <string.h>

#include "datasets/dataset.h"

enum { TOKEN_BLANK, TOKEN_BEGIN }; /* of every vocabulary that these tasks use */

/* targets(n): the `count` tokens from tokens[first] on, each asked for one place before it stands. */
static inline void answer_targets(int32_t *targets, const int32_t *tokens, size_t n, size_t first,
                                  size_t count)
{
    for (size_t i = 0; i < n; i++)
        targets[i] = i + 1 >= first && i + 1 < first + count ? tokens[i + 1] : UNSCORED;
}

/* Whether exactly that is asked for. */
static inline bool answer_asked(const int32_t *targets, const int32_t *tokens, size_t n, size_t first,
                                size_t count)
{
    size_t scored = 0;
    for (size_t i = 0; i < n; i++)
        scored += targets[i] != UNSCORED;
    for (size_t i = 0; i < count; i++)
        if (targets[first - 1 + i] == UNSCORED || targets[first - 1 + i] != tokens[first + i])
            return false;
    return scored == count;
}

static inline void answer_no_marks(int32_t *marks, size_t n)
{
    if (marks)
        memset(marks, 0, n * sizeof *marks);
}

/* The prompt determines the answer. */
static inline void answer_floor(const void *state, size_t n, const int32_t *tokens, const int32_t *targets,
                                double *nll)
{
    (void)state, (void)tokens;
    for (size_t i = 0; i < n; i++)
        if (targets[i] != UNSCORED)
            nll[i] = 0;
}

#endif
