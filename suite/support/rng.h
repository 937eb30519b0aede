/* rng.h -- counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011,
 * "Parallel random numbers: as easy as 1, 2, 3", section 3.3).
 *
 * There is no generator state: a number is a pure function of a key and a counter, so any
 * thread may ask for any number in any order.  A key names a purpose and is refined step by
 * step: key_with(key_named(seed, "batch"), step). */
#ifndef LEXBENCH_RNG_H
#define LEXBENCH_RNG_H

#include <stddef.h>
#include <stdint.h>

struct key {
    uint64_t high, low;
};

struct key key_named(uint64_t seed, const char *purpose); /* purpose: any string */
struct key key_with(struct key key, uint64_t value);      /* an independent stream per value */

/* counter: which number of this key's stream */
uint64_t random_bits(struct key key, uint64_t counter);  /* 64 random bits */
double random_uniform(struct key key, uint64_t counter); /* [0, 1), 53 bits */
double random_normal(struct key key, uint64_t counter);  /* mean 0, variance 1 */
size_t random_below(struct key key, uint64_t counter,
                    size_t bound); /* 0..bound-1, bound > 0; unbiased to 2^-64 */

/* The raw block function, for the known-answer test: out = philox4x32_10(counter, key). */
void random_philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]);

#endif
