/* position_bin.c -- quarters of an octave. */
#include "support/position_bin.h"

#include <math.h>

int64_t position_bin_first(size_t bin)
{
    int64_t first = (int64_t)floor(exp2((double)bin / 4)), whole = (int64_t)1 << (bin / 4);
    if (bin % 4 == 0) /* exact, whatever exp2 gives */
        return whole;
    return first + 1; /* between powers of two an octave's quarter is never an integer */
}

size_t position_bin_of(int64_t position)
{
    size_t bin = 0;
    while (bin + 1 < POSITION_BINS && position_bin_first(bin + 1) <= position)
        bin++;
    return bin;
}
