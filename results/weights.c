/* weights.c -- weights.h5: one dataset of floats per named array, under the array's flat name (dots
 * are part of it), and the manifest as an attribute. */
#include "results/hdf5_helpers.h"
#include "results/store_private.h"

enum status weights_write(const char *path, const struct weight_array *arrays, size_t count,
                          const char *manifest, struct message *message)
{
    struct hdf5_file file;
    hdf5_create(&file, path, "weights", message);
    hdf5_attribute_text(&file, "/", "lexbench_version", LEXBENCH_VERSION);
    hdf5_attribute_text(&file, "/", "manifest", manifest ? manifest : "");
    for (size_t i = 0; i < count; i++) {
        if (!store_name_fits(arrays[i].name))
            hdf5_fail(&file, "array %zu is called `%.95s`; a name is not empty and has no `/`", i,
                      arrays[i].name);
        hdf5_put(&file, arrays[i].name, HDF5_REAL32, arrays[i].values, arrays[i].rank, arrays[i].extent);
    }
    return hdf5_publish(&file);
}

enum status weights_read(const char *path, const struct weight_array *arrays, size_t count,
                         float *const *buffers, struct message *message)
{
    struct hdf5_file file;
    hdf5_open(&file, path, "weights", message);
    for (size_t i = 0; i < count; i++)
        hdf5_get(&file, buffers[i], arrays[i].name, HDF5_REAL32, arrays[i].rank, arrays[i].extent);
    return hdf5_close(&file);
}
