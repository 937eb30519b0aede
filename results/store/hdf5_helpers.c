/* hdf5_helpers.c -- opening, closing and publishing; attributes; groups.
 *
 * A file is built by the core driver without a backing store, its image is taken and published with
 * our own writes: a full disk or a kill leaves the old file or the new one.  The low version bound
 * stays EARLIEST: images of newer superblocks taken by HDF5 1.10 cannot be opened (wrong checksum).
 * Creation order is tracked because netCDF asks for it; object times are off, so that the same
 * content gives the same bytes. */
#include "results/store/hdf5_helpers.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "results/store/hdf5_types.h"
#include "support/file.h"
#include "support/memory.h"

/* The one lock of this room: see hdf5_helpers.h. */
static pthread_mutex_t one_file = PTHREAD_MUTEX_INITIALIZER;

enum { IMAGE_INCREMENT = 1 << 20 };

bool hdf5_failed(const struct hdf5_file *file)
{
    return file->status;
}

void hdf5_fail(struct hdf5_file *file, const char *format, ...)
{
    if (hdf5_failed(file))
        return;
    char what[800];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    file->status = message_set(file->message, STATUS_FAILED, "%s: %s", file->path, what);
}

void *hdf5_allocate(struct hdf5_file *file, size_t count, size_t size)
{
    if (hdf5_failed(file))
        return NULL;
    void *block = memory_allocate(count, size, "the content of an HDF5 file", file->message);
    if (!block)
        file->status = STATUS_FAILED;
    return block;
}

static void begin(struct hdf5_file *file, const char *path, struct message *message)
{
    *file = (struct hdf5_file){.handle = -1, .path = path, .message = message, .status = STATUS_OK};
    pthread_mutex_lock(&one_file);
    /* Failures become our sentences; the library's own stack is for its developers. */
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

void hdf5_create(struct hdf5_file *file, const char *path, const char *kind, struct message *message)
{
    begin(file, path, message);
    const unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    hid_t creation = H5Pcreate(H5P_FILE_CREATE);
    if (H5Pset_fapl_core(access, IMAGE_INCREMENT, 0) >= 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18) >= 0 &&
        H5Pset_link_creation_order(creation, order) >= 0 &&
        H5Pset_attr_creation_order(creation, order) >= 0 && H5Pset_obj_track_times(creation, false) >= 0)
        file->handle = H5Fcreate("lexbench-image", H5F_ACC_TRUNC, creation, access);
    if (access >= 0)
        H5Pclose(access);
    if (creation >= 0)
        H5Pclose(creation);
    if (file->handle < 0)
        hdf5_fail(file, "the HDF5 library could not begin a file in memory");
    const int64_t version = SCHEMA_VERSION;
    hdf5_attribute_text(file, "/", "lexbench_file", kind);
    hdf5_attribute(file, "/", "schema_version", HDF5_INTEGER, &version, 1);
}

static void take_image(struct hdf5_file *file, size_t *size)
{
    ssize_t bytes = -1;
    if (H5Fflush(file->handle, H5F_SCOPE_GLOBAL) >= 0)
        bytes = H5Fget_file_image(file->handle, NULL, 0);
    if (bytes <= 0) {
        hdf5_fail(file, "the HDF5 library could not give the image of the file");
        return;
    }
    *size = (size_t)bytes;
    file->bytes = hdf5_allocate(file, *size, 1);
    if (file->bytes && H5Fget_file_image(file->handle, file->bytes, *size) != bytes)
        hdf5_fail(file, "the HDF5 library could not give the image of the file");
}

/* Closes what HDF5 holds and lets the next file begin; bytes stay. */
static void end(struct hdf5_file *file)
{
    if (file->handle >= 0)
        H5Fclose(file->handle);
    file->handle = -1;
    pthread_mutex_unlock(&one_file);
}

enum status hdf5_publish(struct hdf5_file *file)
{
    size_t size = 0;
    if (!hdf5_failed(file))
        take_image(file, &size);
    end(file);
    if (!hdf5_failed(file))
        file->status = file_publish_sealed(file->path, file->bytes, size, file->message);
    memory_release(file->bytes);
    file->bytes = NULL;
    return file->status;
}

static void check_kind(struct hdf5_file *file, const char *kind)
{
    int64_t version = hdf5_get_attribute_integer(file, "/", "schema_version");
    if (!hdf5_failed(file) && version != SCHEMA_VERSION)
        hdf5_fail(file, "schema version %lld; this program reads version %d", (long long)version,
                  (int)SCHEMA_VERSION);
    char *found = hdf5_get_attribute_text(file, "/", "lexbench_file");
    if (found && kind && strcmp(found, kind) != 0)
        hdf5_fail(file, "this is a %.40s file of lexbench; a %s file is wanted", found, kind);
    memory_release(found);
}

/* The library takes its own copy of the image.  (H5LTopen_file_image can do without the copy, but
 * loses a little memory at each call.) */
static hid_t open_image(void *bytes, size_t size)
{
    hid_t handle = -1, access = H5Pcreate(H5P_FILE_ACCESS);
    if (access < 0)
        return -1;
    if (H5Pset_fapl_core(access, IMAGE_INCREMENT, 0) >= 0 && H5Pset_file_image(access, bytes, size) >= 0)
        handle = H5Fopen("lexbench-image", H5F_ACC_RDONLY, access);
    H5Pclose(access);
    return handle;
}

void hdf5_open(struct hdf5_file *file, const char *path, const char *kind, struct message *message)
{
    begin(file, path, message);
    size_t size = 0;
    file->status = file_read_sealed(&file->bytes, &size, path, message);
    if (hdf5_failed(file)) {
        file->bytes = NULL;
        return;
    }
    file->handle = open_image(file->bytes, size);
    memory_release(file->bytes);
    file->bytes = NULL;
    if (file->handle < 0)
        hdf5_fail(file, "sealed by lexbench, but not an HDF5 file");
    check_kind(file, kind);
}

enum status hdf5_close(struct hdf5_file *file)
{
    end(file);
    return file->status;
}

void hdf5_group(struct hdf5_file *file, const char *path)
{
    if (hdf5_failed(file))
        return;
    const unsigned order = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
    hid_t group = -1, creation = H5Pcreate(H5P_GROUP_CREATE);
    if (creation >= 0 && H5Pset_link_creation_order(creation, order) >= 0 &&
        H5Pset_attr_creation_order(creation, order) >= 0 && H5Pset_obj_track_times(creation, false) >= 0)
        group = H5Gcreate2(file->handle, path, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (creation >= 0)
        H5Pclose(creation);
    if (group < 0)
        hdf5_fail(file, "group %s could not be written", path);
    else
        H5Gclose(group);
}

static bool write_attribute(hid_t file, const char *object, const char *name, enum hdf5_type type,
                            const void *values, hid_t space)
{
    bool done = false;
    hid_t stored = hdf5_stored_type(type), memory = hdf5_memory_type(type);
    hid_t attribute =
        H5Acreate_by_name(file, object, name, stored, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute >= 0) {
        done = H5Awrite(attribute, memory, values) >= 0;
        H5Aclose(attribute);
    }
    H5Tclose(stored);
    H5Tclose(memory);
    return done;
}

void hdf5_attribute(struct hdf5_file *file, const char *object, const char *name, enum hdf5_type type,
                    const void *values, size_t count)
{
    if (hdf5_failed(file))
        return;
    hsize_t extent = count;
    hid_t space = count == 0 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &extent, NULL);
    if (space < 0 || !write_attribute(file->handle, object, name, type, values, space))
        hdf5_fail(file, "attribute %s of %s could not be written", name, object);
    if (space >= 0)
        H5Sclose(space);
}

void hdf5_attribute_text(struct hdf5_file *file, const char *object, const char *name, const char *text)
{
    if (hdf5_failed(file))
        return;
    hid_t space = H5Screate(H5S_SCALAR); /* a scalar: readers give a string, not a list */
    if (space < 0 || !write_attribute(file->handle, object, name, HDF5_TEXT, &text, space))
        hdf5_fail(file, "attribute %s of %s could not be written", name, object);
    if (space >= 0)
        H5Sclose(space);
}

/* Reads an attribute of one element, whose class must be that of the type. */
static bool read_attribute(hid_t file, void *value, const char *object, const char *name, enum hdf5_type type)
{
    bool done = false;
    hid_t attribute = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
    if (attribute < 0)
        return false;
    hid_t space = H5Aget_space(attribute), stored = H5Aget_type(attribute);
    hid_t memory = hdf5_memory_type(type);
    if (space >= 0 && stored >= 0 && H5Sget_simple_extent_npoints(space) == 1 &&
        hdf5_same_class(stored, type))
        done = H5Aread(attribute, memory, value) >= 0;
    if (space >= 0)
        H5Sclose(space);
    if (stored >= 0)
        H5Tclose(stored);
    H5Tclose(memory);
    H5Aclose(attribute);
    return done;
}

bool hdf5_has_attribute(struct hdf5_file *file, const char *object, const char *name)
{
    return !hdf5_failed(file) && H5Aexists_by_name(file->handle, object, name, H5P_DEFAULT) > 0;
}

char *hdf5_get_attribute_text(struct hdf5_file *file, const char *object, const char *name)
{
    if (hdf5_failed(file))
        return NULL;
    char *read = NULL;
    if (!read_attribute(file->handle, &read, object, name, HDF5_TEXT)) {
        hdf5_fail(file, "attribute %s of %s is missing", name, object);
        return NULL;
    }
    size_t length = read ? strlen(read) : 0; /* an empty text is read as NULL */
    char *text = hdf5_allocate(file, length + 1, 1);
    if (text && read)
        memcpy(text, read, length);
    H5free_memory(read);
    return text;
}

int64_t hdf5_get_attribute_integer(struct hdf5_file *file, const char *object, const char *name)
{
    int64_t value = 0;
    if (!hdf5_failed(file) && !read_attribute(file->handle, &value, object, name, HDF5_INTEGER))
        hdf5_fail(file, "attribute %s of %s is missing", name, object);
    return value;
}
