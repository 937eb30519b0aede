/* hdf5_types.h -- element types in memory and in files (private to the store). */
#ifndef LEXBENCH_HDF5_TYPES_H
#define LEXBENCH_HDF5_TYPES_H

#include "results/store/hdf5_helpers.h"

/* New types: the caller closes them (H5Tclose). */
hid_t hdf5_stored_type(enum hdf5_type type);
hid_t hdf5_memory_type(enum hdf5_type type);
size_t hdf5_size(enum hdf5_type type);                   /* of an element in memory */
bool hdf5_same_class(hid_t stored, enum hdf5_type type); /* real, integer or text, as asked */

#endif
