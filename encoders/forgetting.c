/* forgetting.c -- a forget gate per head and token, as a bias that data decide.
 *
 *   logit_ij += f_(j+1) + ... + f_i = c_i - c_j,   c_i = f_0 + ... + f_i,   f_t = ln sigma(x_t . w_h + b_h)
 *
 * x_t (width) the input of the attention; w_h, b_h per head and layer.  f <= 0, so a key fades with
 * every token after it, faster where a gate closes.  b starts at 5 (f = -0.0067: an open gate, a
 * half-life of 103 tokens); w starts normal with deviation 0.02.  c is summed in double: it falls
 * without end while the differences stay small.  Lin, Nikishin, He, Courville 2025 (FoX).  The
 * position map plays no part. */
#include "encoders/shared/gates.h"

static size_t parameters(const void *state, const struct shape *shape, struct parameter *out)
{
    (void)state;
    return gates_parameters("gate", shape, out);
}

static void initialise(const void *state, const struct shape *shape, size_t parameter, struct key key,
                       real *w)
{
    (void)state;
    gates_initialise(5, shape, parameter, key, w);
}

static void token(const void *state, const real *w, const struct site *site, const real *x, double *c)
{
    (void)state;
    gates_sum(1, w, site, x, c);
}

static void token_backward(const void *state, const real *w, const struct site *site, const real *x,
                           const double *dc, real *dx, real *dw)
{
    (void)state;
    gates_sum_backward(1, w, site, x, dc, dx, dw);
}

const struct encoder encoder_forgetting = {
    .name = "forgetting",
    .summary = "a forget gate per head and token: keys fade by what came after them",
    .citation = "Lin, Nikishin, He, Courville 2025, Forgetting Transformer, arXiv:2503.02130",
    .version = 1,
    .attentions = CAUSAL,
    .axes = AXES_ANY,
    .flags = ENCODER_RELATIVE,
    .parameters = parameters,
    .initialise = initialise,
    .token = token,
    .token_backward = token_backward,
};
