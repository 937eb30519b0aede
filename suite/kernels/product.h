/* product.h -- matrix products, row-major.  The only file that knows the matrix library. */
#ifndef LEXBENCH_PRODUCT_H
#define LEXBENCH_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

#include "support/profile.h"
#include "support/real.h"

/* c(m, n) = a b, or c += a b when accumulate.  a is (m, k) with a row stride, or (k, m) when
 * transposed; b is (k, n), or (n, k) when transposed.  Strides in elements.
 *
 * The bits of c depend on m, n and k: callers let these depend on shapes and lengths only, and call
 * it inside a task of threads_run, where the library keeps to one thread. */
void product(real *c, size_t c_stride, const real *a, size_t a_stride, bool a_transposed, const real *b,
             size_t b_stride, bool b_transposed, bool accumulate, size_t m, size_t n, size_t k);

/* product(), its time and operations charged to `part`. */
void product_profiled(struct profile *profile, enum profile_part part, real *c, size_t c_stride,
                      const real *a, size_t a_stride, bool a_transposed, const real *b, size_t b_stride,
                      bool b_transposed, bool accumulate, size_t m, size_t n, size_t k);

/* The same by plain loops: the reference, and the last resort. */
void product_plain(real *c, size_t c_stride, const real *a, size_t a_stride, bool a_transposed, const real *b,
                   size_t b_stride, bool b_transposed, bool accumulate, size_t m, size_t n, size_t k);

#endif
