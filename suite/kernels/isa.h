/* isa.h -- which instruction set the kernels use: one for a whole run, chosen at start, part of
 * the training id, because the last bits of a result depend on it. */
#ifndef LEXBENCH_ISA_H
#define LEXBENCH_ISA_H

#include "support/status.h"

enum isa { ISA_PLAIN, ISA_AVX2, ISA_AVX512 };

/* The best this processor has, or the one named ("auto", "plain", "avx2", "avx512"), which must be
 * one it has.  Pins the matrix library to it: call once, before the first product. */
enum status isa_choose(enum isa *out, const char *name, struct message *message);
const char *isa_name(enum isa isa);

#endif
