/* product.c -- oneDNN where it exists, else CBLAS, else plain loops.
 *
 * oneDNN writes its code for the processor it finds and needs no settings; it has no double product,
 * so the double build, which only checks gradients, uses the plain loops. */
#include "kernels/product.h"

#if defined(LEXBENCH_ONEDNN) && !defined(LEXBENCH_DOUBLE)
#include <dnnl.h>
#elif defined(LEXBENCH_CBLAS) && !defined(LEXBENCH_DOUBLE)
#include <cblas.h>
#include <pthread.h>

/* There when the CBLAS is OpenBLAS, which may bring threads of its own that know nothing of OpenMP. */
extern void openblas_set_num_threads(int count) __attribute__((weak));

static void keep_to_one_thread(void)
{
    if (openblas_set_num_threads)
        openblas_set_num_threads(1);
}
#endif

void product_plain(real *c, size_t c_stride, const real *a, size_t a_stride, bool a_transposed, const real *b,
                   size_t b_stride, bool b_transposed, bool accumulate, size_t m, size_t n, size_t k)
{
    for (size_t i = 0; i < m; i++) {
        real *row = c + i * c_stride;
        for (size_t j = 0; !accumulate && j < n; j++)
            row[j] = 0;
        for (size_t l = 0; l < k; l++) {
            real factor = a_transposed ? a[l * a_stride + i] : a[i * a_stride + l];
            for (size_t j = 0; j < n; j++)
                row[j] += factor * (b_transposed ? b[j * b_stride + l] : b[l * b_stride + j]);
        }
    }
}

void product(real *c, size_t c_stride, const real *a, size_t a_stride, bool a_transposed, const real *b,
             size_t b_stride, bool b_transposed, bool accumulate, size_t m, size_t n, size_t k)
{
    if (m == 0 || n == 0 || k == 0)
        return;
#if defined(LEXBENCH_ONEDNN) && !defined(LEXBENCH_DOUBLE)
    dnnl_sgemm(a_transposed ? 'T' : 'N', b_transposed ? 'T' : 'N', (dnnl_dim_t)m, (dnnl_dim_t)n,
               (dnnl_dim_t)k, 1.0f, a, (dnnl_dim_t)a_stride, b, (dnnl_dim_t)b_stride,
               accumulate ? 1.0f : 0.0f, c, (dnnl_dim_t)c_stride);
#elif defined(LEXBENCH_CBLAS) && !defined(LEXBENCH_DOUBLE)
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, keep_to_one_thread);
    cblas_sgemm(CblasRowMajor, a_transposed ? CblasTrans : CblasNoTrans,
                b_transposed ? CblasTrans : CblasNoTrans, (int)m, (int)n, (int)k, 1.0f, a, (int)a_stride, b,
                (int)b_stride, accumulate ? 1.0f : 0.0f, c, (int)c_stride);
#else
    product_plain(c, c_stride, a, a_stride, a_transposed, b, b_stride, b_transposed, accumulate, m, n, k);
#endif
}

void product_profiled(struct profile *profile, enum profile_part part, real *c, size_t c_stride,
                      const real *a, size_t a_stride, bool a_transposed, const real *b, size_t b_stride,
                      bool b_transposed, bool accumulate, size_t m, size_t n, size_t k)
{
    enum profile_part before = profile_switch(profile, part);
    product(c, c_stride, a, a_stride, a_transposed, b, b_stride, b_transposed, accumulate, m, n, k);
    profile_count(profile, 2.0 * (double)m * (double)n * (double)k);
    profile_switch(profile, before);
}
