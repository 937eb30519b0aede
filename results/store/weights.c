/* weights.c -- weights.h5: one dataset of floats per named array, under the array's flat name (dots
 * are part of it), and attributes of the root that say what model they are of. */
#include "results/store/weights.h"
#include "results/store/hdf5_helpers.h"
#include "results/store/store_private.h"
#include "support/memory.h"

static void put_attribute(struct hdf5_file *file, const struct weight_attribute *attribute)
{
    switch (attribute->type) {
    case WEIGHT_TEXT:
        hdf5_attribute_text(file, "/", attribute->name, attribute->text);
        return;
    case WEIGHT_INTEGER:
        hdf5_attribute(file, "/", attribute->name, HDF5_INTEGER, &attribute->integer, 0);
        return;
    case WEIGHT_REAL:
        hdf5_attribute(file, "/", attribute->name, HDF5_REAL64, &attribute->real, 0);
        return;
    }
}

enum status weights_write(const char *path, const struct weight_array *arrays, size_t count,
                          const struct weight_attribute *attributes, size_t attribute_count,
                          struct message *message)
{
    struct hdf5_file file;
    hdf5_create(&file, path, "weights", message);
    hdf5_attribute_text(&file, "/", "lexbench_version", LEXBENCH_VERSION);
    for (size_t i = 0; i < attribute_count; i++)
        put_attribute(&file, &attributes[i]);
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

enum status weights_read_about(struct weights_about *about, const char *path, struct message *message)
{
    struct hdf5_file file;
    hdf5_open(&file, path, "weights", message);
    about->training_id = hdf5_get_attribute_text(&file, "/", "training_id");
    about->identity = hdf5_get_attribute_text(&file, "/", "identity");
    about->experiment = hdf5_get_attribute_text(&file, "/", "experiment");
    about->vocabulary = hdf5_get_attribute_integer(&file, "/", "vocabulary");
    enum status status = hdf5_close(&file);
    if (status)
        weights_about_release(about);
    return status;
}

void weights_about_release(struct weights_about *about)
{
    memory_release(about->training_id);
    memory_release(about->identity);
    memory_release(about->experiment);
    *about = (struct weights_about){.vocabulary = 0};
}
