/* isa.c -- the instruction sets: their names, what this processor has, and the kernels of each. */
#include "kernels/isa.h"

#include <stdbool.h>
#include <string.h>

#include "kernels/kernels.h"
#include "kernels/product.h"

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
    product_pin(isa);
    *out = isa;
    return STATUS_OK;
}

extern const struct kernels kernels_plain;
#ifdef __x86_64__
extern const struct kernels kernels_avx2, kernels_avx512;
#endif

const struct kernels *kernels_for(enum isa isa)
{
#ifdef __x86_64__
    if (isa == ISA_AVX512)
        return &kernels_avx512;
    if (isa == ISA_AVX2)
        return &kernels_avx2;
#endif
    (void)isa;
    return &kernels_plain;
}
