/* cable.c -- biases that the tokens themselves decide, accumulated along the sequence.
 *
 *   logit_ij = q_i . k_j + c_i - c_j,   c_i = f_0 + ... + f_i,   f_t = -softplus(x_t . w_h + b_h)
 *
 * x_t (width) the input of the attention; w_h (starts normal, deviation 0.02), b_h (starts at 0) per head
 * and layer.  With f_t = ln sigma(-(x_t . w_h + b_h)) it is the forget gate of forgetting.c with its sign
 * turned and another beginning: at b = 0 a key loses ln 2 with every token.
 *
 * divide: the authors' program divides by sqrt(width / width) = 1, so its content term has no
 * 1/sqrt(head width) (divide = off); on is the usual attention.  c is summed in double.  The position map
 * plays no part.  Veisi, Amirzadeh, Mansourian 2025. */
#include <math.h>

#include "encoders/shared/gates.h"

struct cable {
    bool divide;
};

static const struct option options[] = {
    {"divide", OPTION_BOOLEAN, offsetof(struct cable, divide), "off", 0, 0, NULL,
     "divide the content term by sqrt(head width)"},
    {.name = NULL},
};

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    (void)state;
    return gates_parameters("fade", shape, out);
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    (void)state;
    gates_initialise(0, shape, parameter, key, w);
}

static void token(const void *state, const real *w, const struct site *site, const real *x, double *c)
{
    (void)state;
    gates_sum(-1, w, site, x, c);
}

static void token_backward(const void *state, const real *w, const struct site *site, const real *x,
                           const double *dc, real *dx, real *dw)
{
    (void)state;
    gates_sum_backward(-1, w, site, x, dc, dx, dw);
}

static void scale(const void *state, const real *w, const struct site *site, size_t head,
                  const struct positions *query, real *s)
{
    const struct cable *cable = state;
    (void)w, (void)head;
    for (size_t i = 0; i < query->count; i++)
        s[i] = cable->divide ? 1 : (real)sqrt((double)site->shape->head_width);
}

/* The scale has no weights. */
static void scale_backward(const void *state, const real *w, const struct site *site, size_t head,
                           const struct positions *query, const real *ds, real *dw)
{
    (void)state, (void)w, (void)site, (void)head, (void)query, (void)ds, (void)dw;
}

const struct encoder encoder_cable = {
    .name = "cable",
    .summary = "a bias that each token adds to, accumulated along the sequence; content not divided",
    .citation =
        "Veisi, Amirzadeh, Mansourian 2025, Context-aware biases for length extrapolation, arXiv:2503.08067",
    .version = 1,
    .attentions = CAUSAL,
    .axes = AXES_ANY,
    .flags = ENCODER_RELATIVE,
    .state_size = sizeof(struct cable),
    .options = options,
    .parameters = parameters,
    .initialise = initialise,
    .scale = scale,
    .scale_backward = scale_backward,
    .token = token,
    .token_backward = token_backward,
};
