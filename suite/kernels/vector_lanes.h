/* vector_lanes.h -- LANES numbers at once, in the instruction set that vector.c is being compiled for;
 * private to vector.c.
 *
 * Loops over lanes are written so that the compiler turns them into vectors without being allowed to
 * reorder sums.  The exponential is libmvec's, called by its vector names: -ffast-math, which would be
 * the other way to it, makes exp differ between the vector body and the tail. */
#ifndef LEXBENCH_VECTOR_LANES_H
#define LEXBENCH_VECTOR_LANES_H

#include <math.h>

#include "kernels/kernels.h"

enum { LANES = VECTOR_LANES };

/* exponential_lanes: x = exp(x - shift).  Below this exp is taken as 0.  libmvec leaves its vector path for such lanes, and masked logits, which
 * are -inf, would make that the common case.  Written so that NaN stays NaN. */
#define UNDERFLOW (-80.0f)

#if defined(__AVX512F__) && !defined(LEXBENCH_DOUBLE)
#include <immintrin.h>
__m512 _ZGVeN16v_expf(__m512 x);
static inline void exponential_lanes(real x[LANES], real shift)
{
    __m512 value = _mm512_sub_ps(_mm512_loadu_ps(x), _mm512_set1_ps(shift));
    __mmask16 low = _mm512_cmp_ps_mask(value, _mm512_set1_ps(UNDERFLOW), _CMP_LT_OQ);

    value = _ZGVeN16v_expf(_mm512_mask_mov_ps(value, low, _mm512_setzero_ps()));
    _mm512_storeu_ps(x, _mm512_mask_mov_ps(value, low, _mm512_setzero_ps()));
}
#elif defined(__AVX2__) && !defined(LEXBENCH_DOUBLE)
#include <immintrin.h>
__m256 _ZGVdN8v_expf(__m256 x);
static inline void exponential_lanes(real x[LANES], real shift)
{
    for (size_t half = 0; half < LANES; half += 8) {
        __m256 value = _mm256_sub_ps(_mm256_loadu_ps(x + half), _mm256_set1_ps(shift));
        __m256 low = _mm256_cmp_ps(value, _mm256_set1_ps(UNDERFLOW), _CMP_LT_OQ);
        value = _ZGVdN8v_expf(_mm256_andnot_ps(low, value));
        _mm256_storeu_ps(x + half, _mm256_andnot_ps(low, value));
    }
}
#else
static inline void exponential_lanes(real x[LANES], real shift)
{
    for (size_t l = 0; l < LANES; l++)
        x[l] = sizeof(real) == sizeof(float) ? (real)expf((float)(x[l] - shift)) : (real)exp((double)(x[l] - shift));
}
#endif

/* chain = chain * 0.999 + 0.001, rounds times: fused where the instruction set has it, in intrinsics, because
 * compilers turn plainer loops into something else. */
#if defined(__AVX512F__) && !defined(LEXBENCH_DOUBLE)
static inline void multiply_add_chains(real chain[MULTIPLY_ADD_CHAINS][LANES], size_t rounds)
{
    __m512 value[MULTIPLY_ADD_CHAINS], factor = _mm512_set1_ps(0.999f), term = _mm512_set1_ps(0.001f);

    for (int c = 0; c < MULTIPLY_ADD_CHAINS; c++)
        value[c] = _mm512_set1_ps((real)c);
    for (size_t r = 0; r < rounds; r++)
        for (int c = 0; c < MULTIPLY_ADD_CHAINS; c++)
            value[c] = _mm512_fmadd_ps(value[c], factor, term);
    for (int c = 0; c < MULTIPLY_ADD_CHAINS; c++)
        _mm512_storeu_ps(chain[c], value[c]);
}
#elif defined(__AVX2__) && !defined(LEXBENCH_DOUBLE)
static inline void multiply_add_chains(real chain[MULTIPLY_ADD_CHAINS][LANES], size_t rounds)
{
    __m256 value[MULTIPLY_ADD_CHAINS], factor = _mm256_set1_ps(0.999f), term = _mm256_set1_ps(0.001f);

    for (int c = 0; c < MULTIPLY_ADD_CHAINS; c++)
        value[c] = _mm256_set1_ps((real)c);
    for (size_t r = 0; r < 2 * rounds; r++)     /* two vectors are LANES */
        for (int c = 0; c < MULTIPLY_ADD_CHAINS; c++)
            value[c] = _mm256_fmadd_ps(value[c], factor, term);
    for (int c = 0; c < MULTIPLY_ADD_CHAINS; c++) {
        _mm256_storeu_ps(chain[c], value[c]);
        _mm256_storeu_ps(chain[c] + 8, value[c]);
    }
}
#else
static inline void multiply_add_chains(real chain[MULTIPLY_ADD_CHAINS][LANES], size_t rounds)
{
    for (size_t c = 0; c < MULTIPLY_ADD_CHAINS; c++)
        for (size_t l = 0; l < LANES; l++)
            chain[c][l] = (real)c;
    for (size_t r = 0; r < rounds; r++)
        for (size_t c = 0; c < MULTIPLY_ADD_CHAINS; c++)
            for (size_t l = 0; l < LANES; l++)
                chain[c][l] = chain[c][l] * (real)0.999 + (real)0.001;
}
#endif

/* The sum of count lanes (a power of 2) by a fixed tree. */
static inline real lanes_sum(real *lane, size_t count)
{
    for (size_t step = count / 2; step > 0; step /= 2)
        for (size_t l = 0; l < step; l++)
            lane[l] += lane[l + step];
    return lane[0];
}

static inline real lanes_maximum(real *lane, size_t count)
{
    for (size_t step = count / 2; step > 0; step /= 2)
        for (size_t l = 0; l < step; l++)
            lane[l] = lane[l + step] > lane[l] ? lane[l + step] : lane[l];
    return lane[0];
}

#endif
