/* hdf5_arrays.c -- datasets: their types, chunks and dimension scales, writing and reading. */
#include <hdf5_hl.h>
#include <math.h>
#include <string.h>

#include "results/store/hdf5_helpers.h"
#include "results/store/hdf5_types.h"
#include "support/memory.h"

/* Smaller datasets are not worth a chunk index; a chunk is read whole. */
enum { CHUNKED_BYTES = 4096, CHUNK_BYTES = 1 << 20, DEFLATE_LEVEL = 4 };

static hid_t text_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

hid_t hdf5_stored_type(enum hdf5_type type)
{
    switch (type) {
    case HDF5_REAL64:
        return H5Tcopy(H5T_IEEE_F64LE);
    case HDF5_REAL32:
        return H5Tcopy(H5T_IEEE_F32LE);
    case HDF5_INTEGER:
        return H5Tcopy(H5T_STD_I64LE);
    case HDF5_BYTE:
        return H5Tcopy(H5T_STD_U8LE);
    case HDF5_TEXT:
        break;
    }
    return text_type();
}

hid_t hdf5_memory_type(enum hdf5_type type)
{
    switch (type) {
    case HDF5_REAL64:
        return H5Tcopy(H5T_NATIVE_DOUBLE);
    case HDF5_REAL32:
        return H5Tcopy(H5T_NATIVE_FLOAT);
    case HDF5_INTEGER:
        return H5Tcopy(H5T_NATIVE_INT64);
    case HDF5_BYTE:
        return H5Tcopy(H5T_NATIVE_UINT8);
    case HDF5_TEXT:
        break;
    }
    return text_type();
}

size_t hdf5_size(enum hdf5_type type)
{
    switch (type) {
    case HDF5_REAL64:
        return sizeof(double);
    case HDF5_REAL32:
        return sizeof(float);
    case HDF5_INTEGER:
        return sizeof(int64_t);
    case HDF5_BYTE:
        return sizeof(uint8_t);
    case HDF5_TEXT:
        break;
    }
    return sizeof(char *);
}

bool hdf5_same_class(hid_t stored, enum hdf5_type type)
{
    H5T_class_t class = H5Tget_class(stored);
    if (type == HDF5_TEXT)
        return class == H5T_STRING && H5Tis_variable_str(stored) > 0;
    return class == (type == HDF5_REAL64 || type == HDF5_REAL32 ? H5T_FLOAT : H5T_INTEGER);
}

/* Chunks: leading dimensions are cut to one until a chunk is small enough to read for one value. */
static bool set_chunks(hid_t creation, size_t element, size_t rank, const hsize_t *extent)
{
    hsize_t chunk[HDF5_RANK_MAX], bytes = element;
    for (size_t d = 0; d < rank; d++) {
        chunk[d] = extent[d];
        bytes *= extent[d];
    }
    if (bytes < CHUNKED_BYTES)
        return true;
    for (size_t d = 0; d < rank && bytes > CHUNK_BYTES; d++) {
        bytes /= chunk[d];
        hsize_t rows = bytes < CHUNK_BYTES ? CHUNK_BYTES / bytes : 1;
        chunk[d] = rows;
        bytes *= rows;
    }
    if (H5Pset_chunk(creation, (int)rank, chunk) < 0)
        return false;
    if (H5Zfilter_avail(H5Z_FILTER_DEFLATE) <= 0)
        return true;
    return H5Pset_shuffle(creation) >= 0 && H5Pset_deflate(creation, DEFLATE_LEVEL) >= 0;
}

static bool set_fill(hid_t creation, enum hdf5_type type)
{
    const double real64 = NAN;
    const float real32 = NAN;
    if (type == HDF5_REAL64)
        return H5Pset_fill_value(creation, H5T_NATIVE_DOUBLE, &real64) >= 0;
    if (type == HDF5_REAL32)
        return H5Pset_fill_value(creation, H5T_NATIVE_FLOAT, &real32) >= 0;
    return true;
}

static hid_t make_space(size_t rank, const size_t *extent, hsize_t *converted)
{
    for (size_t d = 0; d < rank; d++)
        converted[d] = extent[d];
    return rank == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple((int)rank, converted, NULL);
}

/* Texts are converted in a buffer that the library clears each time; its own choice, 1 MiB, is most of the
 * time that writing a small file takes. */
static hid_t make_transfer(size_t rank, const size_t *extent)
{
    enum { ELEMENT = 32, LEAST = 4096, MOST = 1 << 20 };
    size_t elements = 1;
    for (size_t d = 0; d < rank; d++)
        elements *= extent[d];
    size_t bytes = elements < MOST / ELEMENT ? elements * ELEMENT : MOST;
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    if (transfer >= 0 && H5Pset_buffer(transfer, bytes > LEAST ? bytes : LEAST, NULL, NULL) < 0) {
        H5Pclose(transfer);
        return -1;
    }
    return transfer;
}

void hdf5_put(struct hdf5_file *file, const char *path, enum hdf5_type type, const void *values, size_t rank,
              const size_t *extent)
{
    if (hdf5_failed(file))
        return;
    bool done = false;
    hsize_t converted[HDF5_RANK_MAX];
    hid_t space = make_space(rank, extent, converted), dataset = -1;
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE), transfer = make_transfer(rank, extent);
    hid_t stored = hdf5_stored_type(type), memory = hdf5_memory_type(type);
    if (space >= 0 && creation >= 0 && transfer >= 0 &&
        set_chunks(creation, hdf5_size(type), rank, converted) && set_fill(creation, type) &&
        H5Pset_obj_track_times(creation, false) >= 0 &&
        H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0)
        dataset = H5Dcreate2(file->handle, path, stored, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (dataset >= 0) {
        done = H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, transfer, values) >= 0;
        H5Dclose(dataset);
    }
    if (space >= 0)
        H5Sclose(space);
    if (creation >= 0)
        H5Pclose(creation);
    if (transfer >= 0)
        H5Pclose(transfer);
    H5Tclose(stored);
    H5Tclose(memory);
    if (!done)
        hdf5_fail(file, "dataset %s could not be written", path);
}

void hdf5_put_text(struct hdf5_file *file, const char *path, const char *text)
{
    hdf5_put(file, path, HDF5_TEXT, &text, 0, NULL);
}

void hdf5_scale(struct hdf5_file *file, const char *path)
{
    if (hdf5_failed(file))
        return;
    const char *slash = strrchr(path, '/');
    hid_t dataset = H5Dopen2(file->handle, path, H5P_DEFAULT);
    if (dataset < 0 || H5DSset_scale(dataset, slash ? slash + 1 : path) < 0)
        hdf5_fail(file, "dataset %s could not be made a dimension", path);
    if (dataset >= 0)
        H5Dclose(dataset);
}

void hdf5_attach(struct hdf5_file *file, const char *path, size_t axis, const char *scale)
{
    if (hdf5_failed(file))
        return;
    hid_t dataset = H5Dopen2(file->handle, path, H5P_DEFAULT);
    hid_t dimension = H5Dopen2(file->handle, scale, H5P_DEFAULT);
    if (dataset < 0 || dimension < 0 || H5DSattach_scale(dataset, dimension, (unsigned)axis) < 0)
        hdf5_fail(file, "dimension %s could not be attached to %s", scale, path);
    if (dataset >= 0)
        H5Dclose(dataset);
    if (dimension >= 0)
        H5Dclose(dimension);
}

bool hdf5_has(struct hdf5_file *file, const char *path)
{
    return !hdf5_failed(file) && H5Lexists(file->handle, path, H5P_DEFAULT) > 0;
}

size_t hdf5_count(struct hdf5_file *file, const char *path)
{
    if (hdf5_failed(file))
        return 0;
    hssize_t count = -1;
    hid_t dataset = H5Dopen2(file->handle, path, H5P_DEFAULT);
    hid_t space = dataset < 0 ? -1 : H5Dget_space(dataset);
    if (space >= 0) {
        count = H5Sget_simple_extent_npoints(space);
        H5Sclose(space);
    }
    if (dataset >= 0)
        H5Dclose(dataset);
    if (count < 0)
        hdf5_fail(file, "dataset %s is missing", path);
    return count < 0 ? 0 : (size_t)count;
}

static bool same_shape(hid_t space, size_t rank, const size_t *extent)
{
    hsize_t found[H5S_MAX_RANK];
    int found_rank = H5Sget_simple_extent_dims(space, found, NULL);
    if (found_rank < 0 || (size_t)found_rank != rank)
        return false;
    for (size_t d = 0; d < rank; d++)
        if (found[d] != extent[d])
            return false;
    return true;
}

/* The dataset, when its shape and class are as asked; else -1 and a failure. */
static hid_t open_dataset(struct hdf5_file *file, const char *path, enum hdf5_type type, size_t rank,
                          const size_t *extent)
{
    hid_t dataset = H5Dopen2(file->handle, path, H5P_DEFAULT);
    if (dataset < 0) {
        hdf5_fail(file, "dataset %s is missing", path);
        return -1;
    }
    hid_t space = H5Dget_space(dataset), stored = H5Dget_type(dataset);
    bool fits = space >= 0 && stored >= 0 && same_shape(space, rank, extent) && hdf5_same_class(stored, type);
    if (space >= 0)
        H5Sclose(space);
    if (stored >= 0)
        H5Tclose(stored);
    if (fits)
        return dataset;
    hdf5_fail(file, "dataset %s has another shape or type than it should", path);
    H5Dclose(dataset);
    return -1;
}

void hdf5_get(struct hdf5_file *file, void *values, const char *path, enum hdf5_type type, size_t rank,
              const size_t *extent)
{
    if (hdf5_failed(file))
        return;
    hid_t dataset = open_dataset(file, path, type, rank, extent);
    if (dataset < 0)
        return;
    hid_t memory = hdf5_memory_type(type), transfer = make_transfer(rank, extent);
    if (transfer < 0 || H5Dread(dataset, memory, H5S_ALL, H5S_ALL, transfer, values) < 0)
        hdf5_fail(file, "dataset %s could not be read", path);
    if (transfer >= 0)
        H5Pclose(transfer);
    H5Tclose(memory);
    H5Dclose(dataset);
}

/* What hdf5_get allocated for texts. */
static void reclaim(char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        H5free_memory(texts[i]);
}

void hdf5_get_texts(struct hdf5_file *file, char *fields, size_t size, size_t stride, const char *path,
                    size_t rank, const size_t *extent)
{
    size_t count = hdf5_count(file, path);
    char **texts = hdf5_allocate(file, count, sizeof *texts);
    if (!texts)
        return;
    hdf5_get(file, texts, path, HDF5_TEXT, rank, extent);
    for (size_t i = 0; i < count && !hdf5_failed(file); i++) {
        size_t length = texts[i] ? strlen(texts[i]) : 0; /* an empty text is read as NULL */
        if (length >= size)
            hdf5_fail(file, "a text in %s has %zu bytes; at most %zu were expected", path, length, size - 1);
        else if (length > 0)
            memcpy(fields + i * stride, texts[i], length + 1);
        else
            fields[i * stride] = '\0';
    }
    reclaim(texts, count);
    memory_release(texts);
}

char *hdf5_get_text(struct hdf5_file *file, const char *path)
{
    char *read = NULL;
    hdf5_get(file, &read, path, HDF5_TEXT, 0, NULL);
    if (hdf5_failed(file))
        return NULL;
    size_t length = read ? strlen(read) : 0;
    char *text = hdf5_allocate(file, length + 1, 1);
    if (text && read)
        memcpy(text, read, length);
    H5free_memory(read);
    return text;
}
