/* log-n.c -- sharper attention for queries that see many keys.
 *
 *   q_p -> q_p max(1, ln(p + 1) / ln L)
 *
 * p position of the query, L training length: a softmax over n keys spreads as n grows, a factor
 * ln n holds its entropy; divided by ln L and never below 1, it leaves a model alone up to L.
 * Causal: only there a query sees p + 1 keys.
 * Chiang, Cholak 2022 (the factor ln n); Su 2023, ReRoPE's program (this form, query by query).  Not
 * relative: it looks at p itself. */
#include <math.h>

#include "encoders/encoder.h"

static enum status prepare(void *state, const struct shape *shape, struct message *message)
{
    (void)state;
    if (shape->trained_length < 2)
        return message_set(message, STATUS_WRONG,
                           "ln L is 0 at L = %zu; choose a training length of at least 2",
                           shape->trained_length);
    return STATUS_OK;
}

static void scale(const void *state, const real *w, const struct site *site, size_t head,
                  const struct positions *query, real *s)
{
    double trained = (double)site->shape->trained_length;
    (void)state, (void)w, (void)head;
    for (size_t i = 0; i < query->count; i++) {
        double seen = query->at[i] + 1;
        s[i] = seen > trained ? (real)(log(seen) / log(trained)) : 1;
    }
}

/* No parameters, hence no scale_backward: the engine itself carries s into the gradient of q. */
const struct encoder encoder_log_n = {
    .name = "log-n",
    .summary = "queries beyond L multiplied by ln(p + 1) / ln L",
    .citation = "Chiang, Cholak 2022, arXiv:2202.12172; Su 2023, ReRoPE, github.com/bojone/rerope",
    .version = 1,
    .attentions = CAUSAL,
    .prepare = prepare,
    .scale = scale,
};
