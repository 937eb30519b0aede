/* product.c -- oneDNN where it exists, else CBLAS, else plain loops.
 *
 * oneDNN writes its code for the processor it finds and needs no settings; it has no double product,
 * so the double build, which only checks gradients, uses the plain loops. */
#include "kernels/product.h"

/* Which library: only the float build has one. */
#ifndef LEXBENCH_DOUBLE
#if defined(LEXBENCH_ONEDNN)
#define ONEDNN
#include <dnnl.h>
#elif defined(LEXBENCH_CBLAS)
#define CBLAS
#include <cblas.h>
#include <pthread.h>
#include <stdint.h>

/* OpenBLAS and BLIS may start threads of their own, which know nothing of OpenMP. */
extern void openblas_set_num_threads(int count) __attribute__((weak));
extern void bli_thread_set_num_threads(int64_t count) __attribute__((weak));

static void keep_to_one_thread(void)
{
    if (openblas_set_num_threads)
        openblas_set_num_threads(1);
    if (bli_thread_set_num_threads)
        bli_thread_set_num_threads(1);
}
#endif
#endif

void product_plain(struct matrix_out c, struct matrix a, struct matrix b, size_t m, size_t n, size_t k)
{
    for (size_t i = 0; i < m; i++) {
        real *row = c.at + i * c.stride;
        for (size_t j = 0; !c.accumulate && j < n; j++)
            row[j] = 0;
        for (size_t l = 0; l < k; l++) {
            real factor = a.transposed ? a.at[l * a.stride + i] : a.at[i * a.stride + l];
            for (size_t j = 0; j < n; j++)
                row[j] += factor * (b.transposed ? b.at[j * b.stride + l] : b.at[l * b.stride + j]);
        }
    }
}

void product(struct matrix_out c, struct matrix a, struct matrix b, size_t m, size_t n, size_t k)
{
    if (m == 0 || n == 0 || k == 0)
        return;
#if defined(ONEDNN)
    dnnl_sgemm(a.transposed ? 'T' : 'N', b.transposed ? 'T' : 'N', (dnnl_dim_t)m, (dnnl_dim_t)n,
               (dnnl_dim_t)k, 1.0f, a.at, (dnnl_dim_t)a.stride, b.at, (dnnl_dim_t)b.stride,
               c.accumulate ? 1.0f : 0.0f, c.at, (dnnl_dim_t)c.stride);
#elif defined(CBLAS)
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, keep_to_one_thread);
    cblas_sgemm(CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans,
                b.transposed ? CblasTrans : CblasNoTrans, (int)m, (int)n, (int)k, 1.0f, a.at, (int)a.stride,
                b.at, (int)b.stride, c.accumulate ? 1.0f : 0.0f, c.at, (int)c.stride);
#else
    product_plain(c, a, b, m, n, k);
#endif
}

void product_profiled(struct profile *profile, enum profile_part part, struct matrix_out c, struct matrix a,
                      struct matrix b, size_t m, size_t n, size_t k)
{
    enum profile_part before = profile_switch(profile, part);
    product(c, a, b, m, n, k);
    profile_count(profile, 2.0 * (double)m * (double)n * (double)k);
    profile_switch(profile, before);
}

void product_pin(enum isa isa)
{
#if defined(ONEDNN)
    static const dnnl_cpu_isa_t levels[] = {dnnl_cpu_isa_sse41, dnnl_cpu_isa_avx2, dnnl_cpu_isa_avx512_core};
    dnnl_set_max_cpu_isa(levels[isa]); /* fails once products have run */
#else
    (void)isa;
#endif
}

#define QUOTE(x)  #x
#define STRING(x) QUOTE(x)

const char *product_library(void)
{
#if defined(LEXBENCH_DOUBLE)
    return "plain loops (double precision)";
#elif defined(ONEDNN)
    return "oneDNN " STRING(DNNL_VERSION_MAJOR) "." STRING(DNNL_VERSION_MINOR) "." STRING(DNNL_VERSION_PATCH);
#elif defined(CBLAS)
    return "CBLAS";
#else
    return "plain loops";
#endif
}
