/* gates.h -- a running sum of gates, which tokens themselves open and close.  Not an encoder itself.
 *
 *   c_i = f_0 + ... + f_i,   f_t = ln sigma(sign (x_t . w_h + b_h)) <= 0,   sign = 1 or -1
 *
 * x_t (width) the input of the attention, w_h (width) and b_h per head h and layer. */
#ifndef LEXBENCH_GATES_H
#define LEXBENCH_GATES_H

#include "encoders/encoder.h"

/* Per layer: layerN.NAME.weight (heads, width), then layerN.NAME.bias (heads); as the hook parameters(). */
size_t gates_parameters(const char *name, const struct shape *shape, struct parameter *out);

/* Weights normal with deviation 0.02, biases as given; as the hook initialise(). */
void gates_initialise(double bias, const struct shape *shape, size_t parameter, struct key key, real *w);

/* The hooks token() and token_backward(). */
void gates_sum(double sign, const real *w, const struct site *site, const real *x /* (n, width) */,
               double *c /* (heads, n) */);
void gates_sum_backward(double sign, const real *w, const struct site *site, const real *x, const double *dc,
                        real *dx, real *dw);

#endif
