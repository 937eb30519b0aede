/* lambda.c -- the lambda-shaped mask of LM-Infinite: a window and the first tokens, distances clipped.
 *
 *   query i sees  j < G  and  i - j < W,  at distance  min(i - j, D)
 *
 * i query, j key, G global tokens, W local keys (the query's own included), D the limit.  The paper
 * sets W = D = L and G between 10 and 100; the program's example has G = 10 at every L.
 * distance = program: keys outside the window all stand at min(D, n - 1), n the length of the pass,
 * also those nearer than D; the same wherever W >= D.
 * Places are counted in the sequence; positions come from the map.
 * Han, Wang, Peng, Xiong, Chen, Ji, Wang 2024 (LM-Infinite). */
#include "encoders/shared/segments.h"

enum { PAPER, PROGRAM };

struct lambda {
    struct length global, local, limit;
    int distance;
    size_t first, width, most; /* G, W, D in tokens */
};

static const char *const distance_names[] = {"paper", "program", NULL};

static const struct option options[] = {
    {"global", OPTION_LENGTH, offsetof(struct lambda, global), "10", 0.001, 1e9, NULL,
     "G: how many first tokens every query sees"},
    {"local", OPTION_LENGTH, offsetof(struct lambda, local), "1L", 0.001, 1e9, NULL,
     "W: how many last keys a query sees, in tokens, itself included"},
    {"limit", OPTION_LENGTH, offsetof(struct lambda, limit), "1L", 0.001, 1e9, NULL,
     "D: the largest distance, in tokens"},
    {"distance", OPTION_CHOICE, offsetof(struct lambda, distance), "paper", 0, 0, distance_names,
     "of global tokens outside the window: min(i - j, D), or min(D, n - 1) for all"},
    {.name = NULL},
};

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    struct lambda *lambda = state;
    lambda->first = length_tokens(lambda->global, shape->trained_length);
    lambda->width = length_tokens(lambda->local, shape->trained_length);
    lambda->most = length_tokens(lambda->limit, shape->trained_length);
    if (lambda->most < lambda->width - 1)
        return message_set(message, STATUS_WRONG,
                           "limit is %zu tokens and local %zu, so distances inside the window would be "
                           "clipped; choose limit of at least %zu",
                           lambda->most, lambda->width, lambda->width - 1);
    return STATUS_OK;
}

static size_t segments(const void *state, const struct site *site, size_t query, size_t keys,
                       struct segment out[SEGMENTS_MAX])
{
    const struct lambda *lambda = state;
    size_t count = segments_first_last(out, query, keys, lambda->first, lambda->width);
    size_t clipped = query + 1 > lambda->most ? query + 1 - lambda->most : 0;
    (void)site;
    if (count < 2 || lambda->distance == PROGRAM || clipped >= out[0].end)
        return count;
    /* Global tokens nearer than the limit have their own distance. */
    out[0].plane = 0;
    if (clipped == 0)
        return count;
    out[2] = out[1];
    out[1] = (struct segment){clipped, out[0].end, 0};
    out[0] = (struct segment){0, clipped, 1};
    return count + 1;
}

static void plane(const void *state, const struct site *site, unsigned plane, enum side side,
                  const struct positions *in, double *out)
{
    const struct lambda *lambda = state;
    size_t far = lambda->most;
    if (lambda->distance == PROGRAM && site->length >= 1 && far > site->length - 1)
        far = site->length - 1;
    for (size_t i = 0; i < in->count; i++)
        out[i] = plane == 0 ? in->at[i] : side == QUERY ? (double)far : 0;
}

const struct encoder encoder_lambda = {
    .name = "lambda",
    .summary = "a query sees the last keys and the first few, at a distance that has an end",
    .citation = "Han, Wang, Peng, Xiong, Chen, Ji, Wang 2024, LM-Infinite, arXiv:2308.16137",
    .version = 1,
    .attentions = CAUSAL,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct lambda),
    .options = options,
    .prepare = prepare,
    .segments = segments,
    .planes = 2,
    .plane = plane,
};
