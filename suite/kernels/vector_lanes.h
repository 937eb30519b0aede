/* vector_lanes.h -- LANES numbers at once, in the instruction set that vector.c is being compiled for;
 * private to vector.c.
 *
 * Loops over lanes are written so that the compiler turns them into vectors without being allowed to
 * reorder sums. */
#ifndef LEXBENCH_VECTOR_LANES_H
#define LEXBENCH_VECTOR_LANES_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernels/kernels.h"

enum { LANES = VECTOR_LANES };

#ifndef LEXBENCH_DOUBLE
/* As many numbers as one register of the instruction set holds. */
#if defined(__AVX512F__)
#include <immintrin.h>
enum { REGISTER = 16 };
#elif defined(__AVX2__)
#include <immintrin.h>
enum { REGISTER = 8 };
#else
enum { REGISTER = 4 };
#endif
typedef float float_register __attribute__((vector_size(REGISTER * sizeof(float))));
typedef int32_t integer_register __attribute__((vector_size(REGISTER * sizeof(int32_t))));

/* a b + c, fused where the instruction set has it. */
static inline float_register multiply_add(float_register a, float_register b, float_register c)
{
#if defined(__AVX512F__)
    return _mm512_fmadd_ps(a, b, c);
#elif defined(__AVX2__)
    return _mm256_fmadd_ps(a, b, c);
#else
    return a * b + c;
#endif
}

/* exp(x) = 2^n exp(r), n the integer nearest to x / ln 2, r = x - n ln 2 in two parts (Cody and Waite 1980);
 * exp(r) by the polynomial of Moshier's Cephes, expf.  Within one unit in the last place, and with the same
 * bits whatever the C library.  0 below -80, which masked logits, at -inf, are; infinity above 88.3; NaN stays
 * NaN.  Adding 1.5 * 2^23 rounds to an integer and leaves its bits lowest. */
static inline float_register exponential_register(float_register x)
{
    const float_register zero = {0}, rounder = zero + 12582912.0f;
    const integer_register low = x<-80.0f, high = x> 88.3f;
    float_register n, r, p, power;

    x = (float_register)((integer_register)x & ~(low | high));
    n = multiply_add(x, zero + 1.44269504f, rounder);
    power =
        (float_register)((((((integer_register)n << 23) + 0x3f800000) & ~high) | (0x7f800000 & high)) & ~low);
    n -= rounder;
    r = multiply_add(n, zero + 2.12194440e-4f, multiply_add(n, zero - 0.693359375f, x));
    p = multiply_add(r, zero + 1.9875691500e-4f, zero + 1.3981999507e-3f);
    p = multiply_add(p, r, zero + 8.3334519073e-3f);
    p = multiply_add(p, r, zero + 4.1665795894e-2f);
    p = multiply_add(p, r, zero + 1.6666665459e-1f);
    p = multiply_add(p, r, zero + 5.0000001201e-1f);
    return (multiply_add(p, r * r, r) + 1.0f) * power;
}
#endif

/* x = exp(x - shift), and added to sum, lane by lane. */
static inline void exponential_lanes(real x[LANES], real sum[LANES], real shift)
{
#ifdef LEXBENCH_DOUBLE
    for (size_t l = 0; l < LANES; l++)
        sum[l] += x[l] = exp(x[l] - shift);
#else
    for (size_t l = 0; l < LANES; l += REGISTER) {
        float_register value, total;
        memcpy(&value, x + l, sizeof value);
        memcpy(&total, sum + l, sizeof total);
        value = exponential_register(value - shift);
        total += value;
        memcpy(x + l, &value, sizeof value);
        memcpy(sum + l, &total, sizeof total);
    }
#endif
}

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
    for (size_t r = 0; r < 2 * rounds; r++) /* two vectors are LANES */
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

/* Twelve chains hide the latency of a multiply-add on two units and still fit the registers. */
static inline double multiply_adds(size_t rounds)
{
    real chain[MULTIPLY_ADD_CHAINS][LANES], sum[LANES] = {0};
    multiply_add_chains(chain, rounds);
    for (size_t c = 0; c < MULTIPLY_ADD_CHAINS; c++)
        for (size_t l = 0; l < LANES; l++)
            sum[l] += chain[c][l];
    return (double)lanes_sum(sum, LANES);
}

#endif
