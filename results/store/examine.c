/* examine.c -- opens a file of any kind and reads its arrays once. */
#include "results/store/examine.h"

#include <math.h>
#include <stdio.h>

#include "results/store/hdf5_helpers.h"
#include "results/store/hdf5_types.h"
#include "support/file.h"
#include "support/memory.h"

enum { OBJECT_NAME_SIZE = 128 };

struct visit {
    struct hdf5_file *file;
    struct examined *out;
};

/* One array, if it holds floating-point numbers. */
static void look_at(struct visit *visit, hid_t array, const char *name)
{
    hid_t type = H5Dget_type(array), space = H5Dget_space(array);
    const hssize_t points = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;
    if (type >= 0 && hdf5_same_class(type, HDF5_REAL64) && points >= 0) {
        double *values = hdf5_allocate(visit->file, (size_t)points, sizeof *values);
        if (values && H5Dread(array, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
            hdf5_fail(visit->file, "the array %.95s can't be read", name);
        for (hssize_t i = 0; values && !hdf5_failed(visit->file) && i < points; i++)
            visit->out->not_finite += isfinite(values[i]) ? 0 : 1;
        visit->out->arrays++;
        visit->out->values += (size_t)points;
        memory_release(values);
    }
    if (type >= 0)
        H5Tclose(type);
    if (space >= 0)
        H5Sclose(space);
}

static void look_around(struct visit *visit)
{
    H5G_info_t root;
    if (H5Gget_info(visit->file->handle, &root) < 0) {
        hdf5_fail(visit->file, "its list of arrays can't be read");
        return;
    }
    for (hsize_t i = 0; i < root.nlinks && !hdf5_failed(visit->file); i++) {
        char name[OBJECT_NAME_SIZE];
        if (H5Lget_name_by_idx(visit->file->handle, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, sizeof name,
                               H5P_DEFAULT) < 0) {
            hdf5_fail(visit->file, "its list of arrays can't be read");
            return;
        }
        hid_t object = H5Oopen(visit->file->handle, name, H5P_DEFAULT);
        if (object < 0)
            hdf5_fail(visit->file, "%.95s can't be opened", name);
        else if (H5Iget_type(object) == H5I_DATASET)
            look_at(visit, object, name);
        if (object >= 0)
            H5Oclose(object);
    }
}

enum status store_examine(struct examined *out, const char *path, struct message *message)
{
    struct hdf5_file file;
    unsigned char *bytes = NULL;
    *out = (struct examined){.bytes = 0};
    /* Whether a file can be read at all is another question than whether it is whole. */
    enum status status = file_read(&bytes, &out->bytes, path, message);
    memory_release(bytes);
    if (status)
        return status;
    hdf5_open(&file, path, NULL, message);
    char *kind = hdf5_get_attribute_text(&file, "/", "lexbench_file");
    snprintf(out->kind, sizeof out->kind, "%s", kind ? kind : "");
    memory_release(kind);
    struct visit visit = {.file = &file, .out = out};
    if (!hdf5_failed(&file))
        look_around(&visit);
    return hdf5_close(&file);
}
