/* isa.c -- chooses the instruction set and pins the matrix library to it. */
#include "kernels/isa.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef LEXBENCH_ONEDNN
#include <dnnl.h>
#define QUOTE(x)  #x
#define STRING(x) QUOTE(x)
#endif

static const char *const isa_names[] = {"plain", "avx2", "avx512"};

const char *isa_name(enum isa isa)
{
    return isa_names[isa];
}

static bool processor_has(enum isa isa)
{
#ifdef __x86_64__
    switch (isa) {
    case ISA_PLAIN:
        return true;
    case ISA_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case ISA_AVX512:
        return processor_has(ISA_AVX2) && __builtin_cpu_supports("avx512f") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq");
    }
    return false;
#else
    return isa == ISA_PLAIN;
#endif
}

#if defined(LEXBENCH_CBLAS) && !defined(LEXBENCH_ONEDNN)
/* OpenBLAS and BLIS may start threads of their own; a worker's products stay on its thread. */
extern void openblas_set_num_threads(int count) __attribute__((weak));
extern void bli_thread_set_num_threads(int64_t count) __attribute__((weak));
#endif

static void pin_products(enum isa isa)
{
#if defined(LEXBENCH_CBLAS) && !defined(LEXBENCH_ONEDNN)
    (void)isa;
    if (openblas_set_num_threads)
        openblas_set_num_threads(1);
    if (bli_thread_set_num_threads)
        bli_thread_set_num_threads(1);
#elif defined(LEXBENCH_ONEDNN)
    static const dnnl_cpu_isa_t levels[] = {dnnl_cpu_isa_sse41, dnnl_cpu_isa_avx2, dnnl_cpu_isa_avx512_core};
    /* Fails once products have run; the first choice of the process then stays in force. */
    dnnl_set_max_cpu_isa(levels[isa]);
#else
    (void)isa;
#endif
}

enum status isa_choose(enum isa *out, const char *name, struct message *message)
{
    enum isa isa = ISA_PLAIN;
    if (strcmp(name, "auto") == 0) {
        isa = processor_has(ISA_AVX512) ? ISA_AVX512 : processor_has(ISA_AVX2) ? ISA_AVX2 : ISA_PLAIN;
    } else {
        while (isa <= ISA_AVX512 && strcmp(name, isa_names[isa]) != 0)
            isa++;
        if (isa > ISA_AVX512)
            return message_set(message, STATUS_WRONG,
                               "unknown instruction set `%s`; valid: auto, plain, avx2, avx512", name);
        if (!processor_has(isa))
            return message_set(message, STATUS_WRONG, "this processor has no %s; try isa = auto", name);
    }
    pin_products(isa);
    *out = isa;
    return STATUS_OK;
}

const char *isa_product_library(void)
{
#if defined(LEXBENCH_DOUBLE)
    return "plain loops (double precision)";
#elif defined(LEXBENCH_ONEDNN)
    return "oneDNN " STRING(DNNL_VERSION_MAJOR) "." STRING(DNNL_VERSION_MINOR) "." STRING(DNNL_VERSION_PATCH);
#elif defined(LEXBENCH_CBLAS)
    return "CBLAS";
#else
    return "plain loops";
#endif
}
