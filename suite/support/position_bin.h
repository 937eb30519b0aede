/* position_bin.h -- positions in a window, on a logarithmic scale that is the same in every result.
 *
 * Positions from 1 fall into bins of a quarter octave: bin b begins behind 2^(b/4).  The first bins hold one
 * position or none, the last one all that is beyond. */
#ifndef LEXBENCH_POSITION_BIN_H
#define LEXBENCH_POSITION_BIN_H

#include <stddef.h>
#include <stdint.h>

enum { POSITION_BINS = 64 };

int64_t position_bin_first(size_t bin);   /* its first position; that of the next bin ends it */
size_t position_bin_of(int64_t position); /* position from 1 */

#endif
