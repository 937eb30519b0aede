/* sha256.h -- SHA-256 (FIPS 180-4). */
#ifndef LEXBENCH_SHA256_H
#define LEXBENCH_SHA256_H

#include <stddef.h>
#include <stdint.h>

enum { SHA256_SIZE = 32, SHA256_HEX_SIZE = 65 };

struct sha256 {
    uint32_t state[8];
    uint64_t bytes;
    unsigned char block[64];
};

void sha256_begin(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *bytes, size_t count);
void sha256_end(struct sha256 *hash, unsigned char digest[SHA256_SIZE]);

void sha256_hex(char hex[SHA256_HEX_SIZE], const unsigned char digest[SHA256_SIZE]);
void sha256_of(char hex[SHA256_HEX_SIZE], const void *bytes, size_t count); /* in one call */

#endif
