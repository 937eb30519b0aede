/* cell_arrays_file.h -- arrays of cells in files (private to the store). */
#ifndef LEXBENCH_CELL_ARRAYS_FILE_H
#define LEXBENCH_CELL_ARRAYS_FILE_H

#include "results/store/hdf5_helpers.h"
#include "results/store/results.h"
#include "results/store/trial.h"

/* /cells/<member> (cells, extent) of a trial, for members that some cell has; /depth. */
void cell_arrays_put_trial(struct hdf5_file *file, const struct trial *trial);
void cell_arrays_get_trial(struct hdf5_file *file, struct trial *trial);

/* The dimensions and variables of results.h5, for members that some cell has. */
void cell_arrays_put(struct hdf5_file *file, const struct results *results);
void cell_arrays_get(struct hdf5_file *file, struct results *results);

#endif
