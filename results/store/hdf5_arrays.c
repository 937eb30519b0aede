/* hdf5_arrays.c -- datasets: their types, chunks and dimension scales, writing and reading. */
#include <hdf5_hl.h>
#include <math.h>
#include <string.h>

#include "results/store/hdf5_helpers.h"
#include "results/store/hdf5_types.h"
#include "support/memory.h"

/* Smaller datasets are not worth a chunk index; a chunk is read whole. */
enum { CHUNKED_BYTES = 4096, CHUNK_BYTES = 1 << 20, DEFLATE_LEVEL = 4 };
/* Of a dataset that is made or taken a part at a time. */
enum { SLAB_BYTES = 8 << 20 };

/* Chunks: leading dimensions are cut to one until a chunk is small enough to read for one value.  false: the
 * dataset is too small for chunks. */
static bool choose_chunks(hsize_t *chunk, size_t element, size_t rank, const hsize_t *extent)
{
    hsize_t bytes = element;
    for (size_t d = 0; d < rank; d++) {
        chunk[d] = extent[d];
        bytes *= extent[d];
    }
    if (bytes < CHUNKED_BYTES)
        return false;
    for (size_t d = 0; d < rank && bytes > CHUNK_BYTES; d++) {
        bytes /= chunk[d];
        hsize_t rows = bytes < CHUNK_BYTES ? CHUNK_BYTES / bytes : 1;
        chunk[d] = rows;
        bytes *= rows;
    }
    return true;
}

static bool set_chunks(hid_t creation, size_t element, size_t rank, const hsize_t *extent)
{
    hsize_t chunk[HDF5_RANK_MAX];
    if (!choose_chunks(chunk, element, rank, extent))
        return true;
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

/* A new dataset; < 0 on failure. */
static hid_t create_dataset(struct hdf5_file *file, const char *path, enum hdf5_type type, size_t rank,
                            const size_t *extent)
{
    hsize_t converted[HDF5_RANK_MAX];
    hid_t space = make_space(rank, extent, converted), dataset = -1;
    hid_t creation = H5Pcreate(H5P_DATASET_CREATE), stored = hdf5_stored_type(type);
    if (space >= 0 && creation >= 0 && set_chunks(creation, hdf5_size(type), rank, converted) &&
        set_fill(creation, type) && H5Pset_obj_track_times(creation, false) >= 0 &&
        H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0)
        dataset = H5Dcreate2(file->handle, path, stored, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (space >= 0)
        H5Sclose(space);
    if (creation >= 0)
        H5Pclose(creation);
    H5Tclose(stored);
    return dataset;
}

void hdf5_put(struct hdf5_file *file, const char *path, enum hdf5_type type, const void *values, size_t rank,
              const size_t *extent)
{
    if (hdf5_failed(file))
        return;
    hid_t dataset = create_dataset(file, path, type, rank, extent);
    hid_t transfer = make_transfer(rank, extent), memory = hdf5_memory_type(type);
    if (dataset < 0 || transfer < 0 || H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, transfer, values) < 0)
        hdf5_fail(file, "dataset %s could not be written", path);
    if (dataset >= 0)
        H5Dclose(dataset);
    if (transfer >= 0)
        H5Pclose(transfer);
    H5Tclose(memory);
}

/* ---- a part of a dataset after the other ---- */

/* Rows of the leading dimension, `elements` each, that lie in memory at a time. */
struct slab {
    size_t rows, elements;
    size_t first, count; /* rows of the present one */
    hid_t memory, file;  /* its spaces; < 0 on failure */
};

static struct slab slab_of(enum hdf5_type type, size_t rank, const size_t *extent)
{
    hsize_t converted[HDF5_RANK_MAX], chunk[HDF5_RANK_MAX];
    struct slab slab = {.elements = 1, .memory = -1, .file = -1};
    for (size_t d = 0; d < rank; d++)
        converted[d] = extent[d];
    for (size_t d = 1; d < rank; d++)
        slab.elements *= extent[d];
    const size_t row = slab.elements * hdf5_size(type);
    const bool chunked = choose_chunks(chunk, hdf5_size(type), rank, converted);
    /* Whole chunks, so that none is packed twice. */
    const size_t step = chunked ? (size_t)chunk[0] : extent[0];
    slab.rows = row > 0 && step > 0 ? SLAB_BYTES / row / step * step : 0;
    slab.rows = slab.rows > 0 ? slab.rows : step;
    return slab;
}

static bool next_slab(struct slab *slab, size_t rank, const size_t *extent)
{
    hsize_t start[HDF5_RANK_MAX] = {0}, count[HDF5_RANK_MAX];
    hsize_t whole[HDF5_RANK_MAX];
    slab->first += slab->count;
    if (slab->memory >= 0)
        H5Sclose(slab->memory);
    if (slab->file >= 0)
        H5Sclose(slab->file);
    slab->memory = slab->file = -1;
    if (slab->first >= extent[0])
        return false;
    slab->count = extent[0] - slab->first < slab->rows ? extent[0] - slab->first : slab->rows;
    for (size_t d = 0; d < rank; d++)
        whole[d] = count[d] = extent[d];
    start[0] = slab->first;
    count[0] = slab->count;
    slab->memory = H5Screate_simple((int)rank, count, NULL);
    slab->file = H5Screate_simple((int)rank, whole, NULL);
    if (slab->file >= 0 && H5Sselect_hyperslab(slab->file, H5S_SELECT_SET, start, NULL, count, NULL) < 0) {
        H5Sclose(slab->file);
        slab->file = -1;
    }
    return true;
}

void hdf5_put_slabs(struct hdf5_file *file, const char *path, enum hdf5_type type, size_t rank,
                    const size_t *extent, void (*fill)(void *, void *, size_t, size_t), void *context)
{
    struct slab slab = slab_of(type, rank, extent);
    void *values = hdf5_allocate(file, slab.rows * slab.elements, hdf5_size(type));
    if (!values)
        return;
    hid_t dataset = create_dataset(file, path, type, rank, extent);
    hid_t transfer = make_transfer(rank, extent), memory = hdf5_memory_type(type);
    bool done = dataset >= 0 && transfer >= 0;
    while (next_slab(&slab, rank, extent)) {
        if (done)
            fill(context, values, slab.first * slab.elements, slab.count * slab.elements);
        done = done && H5Dwrite(dataset, memory, slab.memory, slab.file, transfer, values) >= 0;
    }
    if (!done)
        hdf5_fail(file, "dataset %s could not be written", path);
    if (dataset >= 0)
        H5Dclose(dataset);
    if (transfer >= 0)
        H5Pclose(transfer);
    H5Tclose(memory);
    memory_release(values);
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

/* What reading has allocated for texts. */
static void reclaim(char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        H5free_memory(texts[i]);
}

void hdf5_get_slabs(struct hdf5_file *file, const char *path, enum hdf5_type type, size_t rank,
                    const size_t *extent, void (*take)(void *, const void *, size_t, size_t), void *context)
{
    struct slab slab = slab_of(type, rank, extent);
    void *values = hdf5_allocate(file, slab.rows * slab.elements, hdf5_size(type));
    hid_t dataset = values ? open_dataset(file, path, type, rank, extent) : -1;
    if (dataset < 0) {
        memory_release(values);
        return;
    }
    hid_t memory = hdf5_memory_type(type), transfer = make_transfer(rank, extent);
    while (next_slab(&slab, rank, extent)) {
        const size_t count = slab.count * slab.elements;
        if (hdf5_failed(file))
            continue;
        if (transfer < 0 || H5Dread(dataset, memory, slab.memory, slab.file, transfer, values) < 0) {
            hdf5_fail(file, "dataset %s could not be read", path);
            continue;
        }
        take(context, values, slab.first * slab.elements, count);
        if (type == HDF5_TEXT)
            reclaim(values, count);
    }
    if (transfer >= 0)
        H5Pclose(transfer);
    H5Tclose(memory);
    H5Dclose(dataset);
    memory_release(values);
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

void hdf5_copy_text(struct hdf5_file *file, char *out, size_t size, const char *path)
{
    char *text = hdf5_get_text(file, path);
    if (text && strlen(text) >= size)
        hdf5_fail(file, "a text in %s has %zu bytes; at most %zu were expected", path, strlen(text),
                  size - 1);
    else if (text)
        strcpy(out, text);
    memory_release(text);
}
