/* libraries.h -- the versions of what this room alone knows: HDF5 and gnuplot. */
#ifndef LEXBENCH_LIBRARIES_H
#define LEXBENCH_LIBRARIES_H

#include <stdbool.h>
#include <stddef.h>

enum { LIBRARY_SIZE = 128 };

/* The library that is loaded: "HDF5 1.10.8". */
void libraries_hdf5(char out[LIBRARY_SIZE]);

/* What the program on PATH says of itself: "gnuplot 5.4 patchlevel 6"; false and "" when there is none. */
bool libraries_gnuplot(char out[LIBRARY_SIZE]);

#endif
