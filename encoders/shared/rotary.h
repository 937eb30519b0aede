/* rotary.h -- what the encoders that turn queries and keys have in common.  Not an encoder itself. */
#ifndef LEXBENCH_ROTARY_H
#define LEXBENCH_ROTARY_H

#include "encoders/encoder.h"

/* Which dimensions turn together: (2t, 2t+1), or (t, t + r/2) of the first r. */
enum { ROTARY_INTERLEAVED, ROTARY_HALF };
extern const char *const rotary_pairings[]; /* names of the option `pairs`; ends with NULL */

/* STATUS_WRONG when the head width is odd. */
enum status rotary_check(const struct shape *shape, struct message *message);

/* What the hook `rotated` says when the first `dimensions` of a head are turned. */
size_t rotary_rotated(int pairs, size_t dimensions);

/* s of a scaling: factor, or for 0 (auto) max(1, n/L) of the pass. */
double rotary_factor(double factor, const struct site *site);

/* theta_t = base^(-2t/dimensions), radians per token. */
double rotary_frequency(double base, size_t pair, size_t dimensions);

/* Column `pair` of out (count, columns) = position * frequency. */
void rotary_column(double *out, const struct positions *positions, double frequency, size_t pair,
                   size_t columns);

#endif
