/* rng.c -- Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, section 3.3 and table 2).
 *
 * One round on counter words c and key words k:
 *   c' = (hi(M1 c2) ^ c1 ^ k0,  lo(M1 c2),  hi(M0 c0) ^ c3 ^ k1,  lo(M0 c0))
 *   k' = (k0 + W0, k1 + W1)
 * hi and lo: the halves of the 64-bit product.  W0 is 2^32 / golden ratio, W1 is 2^32 (sqrt 3 - 1).
 *
 * A struct key has 128 bits and Philox takes 64: `low` is the Philox key, `high` the upper half of
 * the counter, so that the streams of two keys are disjoint blocks unless the keys are equal. */
#include "support/rng.h"

#include <math.h>
#include <string.h>

#include "support/sha256.h"

static const uint32_t multiplier[2] = {0xD2511F53u, 0xCD9E8D57u};
static const uint32_t increment[2] = {0x9E3779B9u, 0xBB67AE85u};

/* Sets the blocks that make keys apart from those that make numbers. */
static const uint64_t refinement = 0x6C65786B65793A31u;

void random_philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2])
{
    uint32_t c[4], k[2];
    memcpy(c, counter, sizeof c);
    memcpy(k, key, sizeof k);
    for (int round = 0; round < 10; round++) {
        uint64_t first = (uint64_t)multiplier[0] * c[0], second = (uint64_t)multiplier[1] * c[2];
        c[0] = (uint32_t)(second >> 32) ^ c[1] ^ k[0];
        c[1] = (uint32_t)second;
        c[2] = (uint32_t)(first >> 32) ^ c[3] ^ k[1];
        c[3] = (uint32_t)first;
        k[0] += increment[0];
        k[1] += increment[1];
    }
    memcpy(out, c, sizeof c);
}

/* Two times 64 bits: block number `counter` of a key. */
static void block(uint64_t out[2], struct key key, uint64_t counter)
{
    const uint32_t words[4] = {(uint32_t)counter, (uint32_t)(counter >> 32), (uint32_t)key.high,
                               (uint32_t)(key.high >> 32)};
    const uint32_t pair[2] = {(uint32_t)key.low, (uint32_t)(key.low >> 32)};
    uint32_t result[4];
    random_philox(result, words, pair);
    out[0] = result[0] | (uint64_t)result[1] << 32;
    out[1] = result[2] | (uint64_t)result[3] << 32;
}

struct key key_named(uint64_t seed, const char *purpose)
{
    unsigned char bytes[8], digest[SHA256_SIZE];
    struct key key = {0, 0};
    struct sha256 hash;
    for (size_t i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(seed >> (8 * i));
    sha256_begin(&hash);
    sha256_add(&hash, bytes, sizeof bytes);
    sha256_add(&hash, purpose, strlen(purpose));
    sha256_end(&hash, digest);
    for (size_t i = 0; i < 8; i++) {
        key.high |= (uint64_t)digest[i] << (8 * i);
        key.low |= (uint64_t)digest[8 + i] << (8 * i);
    }
    return key;
}

struct key key_with(struct key key, uint64_t value)
{
    uint64_t bits[2];
    key.high ^= refinement;
    block(bits, key, value);
    return (struct key){.high = bits[0], .low = bits[1]};
}

uint64_t random_bits(struct key key, uint64_t counter)
{
    uint64_t bits[2];
    block(bits, key, counter);
    return bits[0];
}

double random_uniform(struct key key, uint64_t counter)
{
    return (double)(random_bits(key, counter) >> 11) * 0x1p-53;
}

/* Box and Muller: sqrt(-2 ln u) cos(2 pi v), u in (0, 1], v in [0, 1), both from one block. */
double random_normal(struct key key, uint64_t counter)
{
    const double turn = 6.283185307179586476925;
    uint64_t bits[2];
    double u, v;
    block(bits, key, counter);
    u = (double)((bits[0] >> 11) + 1) * 0x1p-53;
    v = (double)(bits[1] >> 11) * 0x1p-53;
    return sqrt(-2.0 * log(u)) * cos(turn * v);
}

/* floor(bits * bound / 2^64): each value has probability 1/bound to within 2^-64. */
size_t random_below(struct key key, uint64_t counter, size_t bound)
{
    __extension__ typedef unsigned __int128 wide;

    return (size_t)((wide)random_bits(key, counter) * bound >> 64);
}
