/* markov.c -- in-context Markov chains (Edelman, Edelman, Goel, Malach, Tsilivis 2024, "The evolution of
 * statistical induction heads: in-context learning Markov chains", arXiv:2402.11004; chains of a fixed
 * transition matrix: Makkuva et al. 2024, "Attention with Markov", arXiv:2402.04161).
 *
 *   x_1 .. x_r uniform;   x_{t+1} ~ P(. | x_{t-r+1} .. x_t);   each row P(. | c) ~ Dirichlet(a, ..., a)
 *
 * r: order, k: symbols, a: concentration.  Each example is a chain of its own, so its matrix can only be
 * learnt from the example itself.  Every token but the first r is asked for; the target of a place is the
 * token at the next one, so the last place has none.
 *
 * The rows are independent and the first r tokens say nothing about them, so the Bayes-optimal predictor
 * is exactly the posterior mean of the row: after c was seen n_c times and followed by j n_cj times,
 *
 *   p(j | c) = (n_cj + a) / (n_c + k a)                       floor = -ln p, nat
 *
 * Difference from the papers: there the first token comes from the chain's stationary distribution, which
 * says a little about the matrix; then the posterior mean would be optimal only nearly.
 *
 * A row is drawn when the chain first comes to it.  k^(r+1) is bounded, so that the table of a chain lies
 * on the stack. */
#include <math.h>
#include <string.h>

#include "datasets/dataset.h"
#include "datasets/shared/distribution.h"

enum { TABLE_MAX = 4096, ROWS_MAX = TABLE_MAX / 2 };
enum stream { STREAM_START, STREAM_ROW, STREAM_STEP };

struct markov {
    size_t order, symbols;
    double concentration;
};

static const struct option markov_options[] = {
    {"order", OPTION_SIZE, offsetof(struct markov, order), "1", 1, 2, NULL,
     "how many tokens decide the distribution of the next one (r)"},
    {"symbols", OPTION_SIZE, offsetof(struct markov, symbols), "4", 2, 64, NULL,
     "size of the alphabet (k); at most 64 for order 1, 16 for order 2"},
    {"concentration", OPTION_REAL, offsetof(struct markov, concentration), "1", 0.01, 100, NULL,
     "a of the Dirichlet prior of a row: near 0 rows are nearly deterministic, 1 is uniform"},
    {.name = NULL},
};

static size_t rows_of(const struct markov *markov)
{
    return markov->order == 1 ? markov->symbols : markov->symbols * markov->symbols;
}

static enum status markov_prepare(void *state, struct message *message)
{
    const struct markov *markov = state;
    if (rows_of(markov) * markov->symbols > TABLE_MAX)
        return message_set(
            message, STATUS_WRONG,
            "dataset markov: chains of order %zu over %zu symbols have %zu probabilities, at most "
            "%d are possible: 64 symbols with order 1, 16 with order 2",
            markov->order, markov->symbols, rows_of(markov) * markov->symbols, TABLE_MAX);
    return STATUS_OK;
}

static size_t markov_vocabulary(const void *state)
{
    const struct markov *markov = state;
    return markov->symbols;
}

static size_t markov_minimum(const void *state)
{
    const struct markov *markov = state;
    return markov->order + 1;
}

static enum status markov_refuses(const void *state, enum split split, size_t n, struct message *message)
{
    const struct markov *markov = state;
    (void)split;
    if (n >= markov_minimum(state))
        return STATUS_OK;
    return message_set(message, STATUS_WRONG,
                       "dataset markov: a chain of order %zu needs at least %zu tokens, not %zu",
                       markov->order, markov_minimum(state), n);
}

/* The row after place i: its last r tokens as a number. */
static size_t row_at(const struct markov *markov, const int32_t *tokens, size_t i)
{
    size_t row = (size_t)tokens[i];
    return markov->order == 1 ? row : (size_t)tokens[i - 1] * markov->symbols + row;
}

static void markov_example(const void *state, struct key key, enum split split, size_t n, int32_t *tokens,
                           int32_t *targets, int32_t *marks)
{
    const struct markov *markov = state;
    struct key own = key_with(key, split), start = key_with(own, STREAM_START);
    struct key matrix = key_with(own, STREAM_ROW), step = key_with(own, STREAM_STEP);
    size_t k = markov->symbols;
    double p[TABLE_MAX];
    bool drawn[ROWS_MAX] = {false};
    for (size_t i = 0; i < n; i++) {
        size_t row;
        targets[i] = UNSCORED;
        if (i < markov->order) {
            tokens[i] = (int32_t)random_below(start, i, k);
            continue;
        }
        row = row_at(markov, tokens, i - 1);
        if (!drawn[row])
            distribution_dirichlet(p + row * k, key_with(matrix, row), markov->concentration, k);
        drawn[row] = true;
        tokens[i] = (int32_t)distribution_draw(p + row * k, k, random_uniform(step, i));
        targets[i - 1] = tokens[i];
    }
    if (marks)
        memset(marks, 0, n * sizeof *marks);
}

/* Backwards: whatever is asked is the token that follows, and whatever has r tokens up to it and one
 * after it is asked. */
static bool markov_verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct markov *markov = state;
    int32_t next = UNSCORED;
    for (size_t i = n; i-- > 0; next = tokens[i])
        if (tokens[i] < 0 || (size_t)tokens[i] >= markov->symbols ||
            targets[i] != (i + 1 >= markov->order ? next : UNSCORED))
            return false;
    return n >= markov_minimum(state);
}

static void markov_floor(const void *state, size_t n, const int32_t *tokens, const int32_t *targets,
                         double *nll)
{
    const struct markov *markov = state;
    size_t k = markov->symbols, followed[TABLE_MAX] = {0}, seen[ROWS_MAX] = {0};
    double a = markov->concentration;
    for (size_t i = markov->order - 1; i + 1 < n; i++) {
        size_t row = row_at(markov, tokens, i), cell = row * k + (size_t)tokens[i + 1];
        if (targets[i] != UNSCORED)
            nll[i] = log(((double)seen[row] + (double)k * a) / ((double)followed[cell] + a));
        seen[row]++;
        followed[cell]++;
    }
}

const struct dataset dataset_markov = {
    .name = "markov",
    .summary = "in-context Markov chains: each example has a transition matrix of its own",
    .citation = "Edelman et al. 2024, arXiv:2402.11004",
    .version = 1,
    .state_size = sizeof(struct markov),
    .options = markov_options,
    .prepare = markov_prepare,
    .vocabulary = markov_vocabulary,
    .minimum = markov_minimum,
    .refuses = markov_refuses,
    .example = markov_example,
    .verify = markov_verify,
    .floor = markov_floor,
};
