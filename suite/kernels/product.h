/* product.h -- matrix products, row-major.  The only file that knows the matrix library. */
#ifndef LEXBENCH_PRODUCT_H
#define LEXBENCH_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/isa.h"
#include "support/profile.h"
#include "support/real.h"

struct matrix { /* a factor, whose rows stand `stride` elements apart in memory */
    const real *at;
    size_t stride;
    bool transposed; /* its rows in memory are the columns of the factor */
};

struct matrix_out { /* what a product is written to or, with `accumulate`, added to */
    real *at;
    size_t stride;
    bool accumulate;
};

static inline struct matrix matrix_of(const real *at, size_t stride)
{
    return (struct matrix){at, stride, false};
}

static inline struct matrix matrix_transposed(const real *at, size_t stride)
{
    return (struct matrix){at, stride, true};
}

static inline struct matrix_out matrix_set(real *at, size_t stride)
{
    return (struct matrix_out){at, stride, false};
}

static inline struct matrix_out matrix_add(real *at, size_t stride)
{
    return (struct matrix_out){at, stride, true};
}

/* c(m, n) = a(m, k) b(k, n), or c += a b.
 *
 * The bits of c depend on m, n and k: callers let these depend on shapes and lengths only, and call
 * it inside a task of threads_run, where the library keeps to one thread. */
void product(struct matrix_out c, struct matrix a, struct matrix b, size_t m, size_t n, size_t k);

/* product(), its time and operations charged to `part`. */
void product_profiled(struct profile *profile, enum profile_part part, struct matrix_out c, struct matrix a,
                      struct matrix b, size_t m, size_t n, size_t k);

/* product() by plain loops: the reference, and the last resort. */
void product_plain(struct matrix_out c, struct matrix a, struct matrix b, size_t m, size_t n, size_t k);

/* From now on the library keeps to an instruction set; isa_choose calls it, before the first product: what the
 * library has chosen by then stays in force. */
void product_pin(enum isa isa);

/* The library that does matrix products, with its version: "oneDNN 2.6.3". */
const char *product_library(void);

#endif
