/* hidden-markov.c -- a hidden Markov model with known parameters, the same for all examples (Rabiner 1989,
 * "A tutorial on hidden Markov models and selected applications in speech recognition", Proc. IEEE 77,
 * 257-286; what a sequence model must infer of it: Xie, Raghunathan, Liang, Ma 2022, arXiv:2111.02080).
 *
 *   z_0 uniform;   z_{t+1} = z_t with probability s, else ~ A(z_t, .);   x_t ~ B(z_t, .)
 *
 * z: hidden states, x: tokens, s: stay.  Rows of A and B are drawn once from Dirichlet priors by the
 * option `seed`.  Every token but the first is asked for; the last place has no target.  A state lasts
 * 1 / (1 - s) tokens and more, so a predictor gains from all of them, and it forgets what lies far back.
 *
 * floor: the normalised forward algorithm (Rabiner, section III.A and V.A).  With the filtered
 * distribution f_t(z) = p(z_t = z | x_0 .. x_t) and T = s 1 + (1 - s) A,
 *
 *   g(z') = sum_z f_t(z) T(z, z');   p(x_{t+1} | x_0 .. x_t) = sum_z' g(z') B(z', x_{t+1})
 *   f_{t+1}(z') = g(z') B(z', x_{t+1}) / p(x_{t+1} | x_0 .. x_t)
 *
 * which is what a predictor that knows A, B and s can reach and nothing can beat. */
#include <math.h>
#include <string.h>

#include "datasets/dataset.h"
#include "datasets/shared/distribution.h"

enum { STATES_MAX = 32, SYMBOLS_MAX = 64 };
enum stream { STREAM_TRANSITION, STREAM_EMISSION, STREAM_STATE, STREAM_SYMBOL };

struct hidden_markov {
    size_t states, symbols, seed;
    double stay, spread, emission;
    double transition[STATES_MAX * STATES_MAX]; /* (states, states) T */
    double emit[STATES_MAX * SYMBOLS_MAX];      /* (states, symbols) B */
};

static const struct option hidden_markov_options[] = {
    {"states", OPTION_SIZE, offsetof(struct hidden_markov, states), "4", 1, STATES_MAX, NULL,
     "hidden states"},
    {"symbols", OPTION_SIZE, offsetof(struct hidden_markov, symbols), "8", 2, SYMBOLS_MAX, NULL,
     "size of the alphabet"},
    {"stay", OPTION_REAL, offsetof(struct hidden_markov, stay), "0.9", 0, 1, NULL,
     "probability of keeping the state (s): near 1 the memory is long"},
    {"spread", OPTION_REAL, offsetof(struct hidden_markov, spread), "1", 0.01, 100, NULL,
     "concentration of the Dirichlet prior of a row of A, where a state goes that is left"},
    {"emission", OPTION_REAL, offsetof(struct hidden_markov, emission), "0.5", 0.01, 100, NULL,
     "concentration of the Dirichlet prior of a row of B: near 0 a state has one symbol"},
    {"seed", OPTION_SIZE, offsetof(struct hidden_markov, seed), "1", 0, 4294967295, NULL,
     "which parameters are drawn; the same for training and test"},
    {.name = NULL},
};

static enum status hidden_markov_prepare(void *state, struct message *message)
{
    struct hidden_markov *model = state;
    struct key key = key_named(model->seed, "hidden-markov");
    (void)message;
    for (size_t z = 0; z < model->states; z++) {
        double *row = model->transition + z * model->states;
        distribution_dirichlet(row, key_with(key_with(key, STREAM_TRANSITION), z), model->spread,
                               model->states);
        for (size_t j = 0; j < model->states; j++)
            row[j] = (1 - model->stay) * row[j] + (j == z ? model->stay : 0);
        distribution_dirichlet(model->emit + z * model->symbols, key_with(key_with(key, STREAM_EMISSION), z),
                               model->emission, model->symbols);
    }
    return STATUS_OK;
}

static size_t hidden_markov_vocabulary(const void *state)
{
    const struct hidden_markov *model = state;
    return model->symbols;
}

static size_t hidden_markov_minimum(const void *state)
{
    (void)state;
    return 2;
}

static enum status hidden_markov_refuses(const void *state, enum split split, size_t n,
                                         struct message *message)
{
    (void)split;
    if (n >= hidden_markov_minimum(state))
        return STATUS_OK;
    return message_set(message, STATUS_WRONG,
                       "dataset hidden-markov: an example needs at least 2 tokens, one to predict from the "
                       "other, not %zu",
                       n);
}

static void hidden_markov_example(const void *state, struct key key, enum split split, size_t n,
                                  int32_t *tokens, int32_t *targets, int32_t *marks)
{
    const struct hidden_markov *model = state;
    struct key own = key_with(key, split);
    struct key hidden = key_with(own, STREAM_STATE), symbol = key_with(own, STREAM_SYMBOL);
    size_t z = random_below(hidden, 0, model->states);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            z = distribution_draw(model->transition + z * model->states, model->states,
                                  random_uniform(hidden, i));
        tokens[i] = (int32_t)distribution_draw(model->emit + z * model->symbols, model->symbols,
                                               random_uniform(symbol, i));
        targets[i] = UNSCORED;
        if (i > 0)
            targets[i - 1] = tokens[i];
    }
    if (marks)
        memset(marks, 0, n * sizeof *marks);
}

/* The target is the token that follows; and some path of hidden states must be able to emit the tokens. */
static bool hidden_markov_verify(const void *state, size_t n, const int32_t *tokens, const int32_t *targets)
{
    const struct hidden_markov *model = state;
    bool possible[STATES_MAX] = {false}, any = n >= 2;
    for (size_t i = 0; i < n && any; i++) {
        bool before[STATES_MAX];
        if (tokens[i] < 0 || (size_t)tokens[i] >= model->symbols ||
            targets[i] != (i + 1 < n ? tokens[i + 1] : UNSCORED))
            return false;
        memcpy(before, possible, sizeof before);
        any = false;
        for (size_t z = 0; z < model->states; z++) {
            bool reached = i == 0;
            for (size_t from = 0; from < model->states && !reached; from++)
                reached = before[from] && model->transition[from * model->states + z] > 0;
            possible[z] = reached && model->emit[z * model->symbols + (size_t)tokens[i]] > 0;
            any = any || possible[z];
        }
    }
    return any;
}

/* expected: p(z | tokens before); becomes p(z | and this token).  Returns p(token | tokens before). */
static double absorb(const struct hidden_markov *model, double *expected, int32_t token)
{
    double total = 0;
    for (size_t z = 0; z < model->states; z++) {
        expected[z] *= model->emit[z * model->symbols + (size_t)token];
        total += expected[z];
    }
    for (size_t z = 0; z < model->states; z++)
        expected[z] /= total;
    return total;
}

static void advance(const struct hidden_markov *model, double *out, const double *filtered)
{
    memset(out, 0, model->states * sizeof *out);
    for (size_t from = 0; from < model->states; from++)
        for (size_t z = 0; z < model->states; z++)
            out[z] += filtered[from] * model->transition[from * model->states + z];
}

static void hidden_markov_floor(const void *state, size_t n, const int32_t *tokens, const int32_t *targets,
                                double *nll)
{
    const struct hidden_markov *model = state;
    double filtered[STATES_MAX], expected[STATES_MAX];
    for (size_t z = 0; z < model->states; z++)
        filtered[z] = 1.0 / (double)model->states;
    absorb(model, filtered, tokens[0]);
    for (size_t i = 0; i + 1 < n; i++) {
        double probability;
        advance(model, expected, filtered);
        probability = absorb(model, expected, tokens[i + 1]);
        if (targets[i] != UNSCORED)
            nll[i] = fmax(0, -log(probability)); /* a sum of probabilities may exceed 1 by rounding */
        memcpy(filtered, expected, model->states * sizeof *filtered);
    }
}

const struct dataset dataset_hidden_markov = {
    .name = "hidden-markov",
    .summary = "a hidden Markov model with known parameters, the same for all examples",
    .citation = "Rabiner 1989, Proc. IEEE 77, 257-286",
    .version = 1,
    .state_size = sizeof(struct hidden_markov),
    .options = hidden_markov_options,
    .prepare = hidden_markov_prepare,
    .vocabulary = hidden_markov_vocabulary,
    .minimum = hidden_markov_minimum,
    .refuses = hidden_markov_refuses,
    .example = hidden_markov_example,
    .verify = hidden_markov_verify,
    .floor = hidden_markov_floor,
};
