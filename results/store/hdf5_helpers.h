/* hdf5_helpers.h -- HDF5 files built in memory, published whole, read from memory (private to
 * results/).
 *
 * Objects are named by their path from the root.  The first failure is kept in the file and its
 * sentence in the message; later calls do nothing, so that a writer or reader checks once, when it
 * closes.  One file is open at a time in the whole process: a lock is held from hdf5_create or
 * hdf5_open to hdf5_publish or hdf5_close, because not every build of the library allows threads. */
#ifndef LEXBENCH_HDF5_HELPERS_H
#define LEXBENCH_HDF5_HELPERS_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "support/status.h"

/* Names hold at most 63 bytes, so a group of three of them fits, and a dataset in it. */
enum { HDF5_RANK_MAX = 7, HDF5_GROUP_SIZE = 256, HDF5_PATH_SIZE = 512, SCHEMA_VERSION = 3 };

/*                in memory           in the file */
enum hdf5_type {
    HDF5_REAL64,  /* double             IEEE little-endian */
    HDF5_REAL32,  /* float */
    HDF5_INTEGER, /* int64_t */
    HDF5_BYTE,    /* uint8_t */
    HDF5_TEXT     /* const char *       variable length, UTF-8 */
};

struct hdf5_file {
    hid_t handle;
    const char *path;        /* the caller's */
    struct message *message; /* the caller's; may be NULL */
    enum status status;      /* of the first failure */
    unsigned char *bytes;    /* the image, between HDF5 and the disk */
};

/* A new file; kind ("trial", "weights", "results") and the schema version become attributes. */
void hdf5_create(struct hdf5_file *file, const char *path, const char *kind, struct message *message);
/* Closes; if nothing failed, publishes the file sealed under its path. */
enum status hdf5_publish(struct hdf5_file *file);

/* A sealed file of this kind; NULL = of any. */
void hdf5_open(struct hdf5_file *file, const char *path, const char *kind, struct message *message);
enum status hdf5_close(struct hdf5_file *file); /* closes; the status of all calls */

/* Notes a failure: a sentence about `what`, behind the path of the file. */
void hdf5_fail(struct hdf5_file *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool hdf5_failed(const struct hdf5_file *file);
/* Memory for what is read or written (memory_release()); NULL after any failure, or as one. */
void *hdf5_allocate(struct hdf5_file *file, size_t count, size_t size);

/* Writing.  Datasets of a few thousand bytes and more are chunked and deflated; doubles and floats
 * have NaN as their fill value.  rank 0 = one element.  count of an attribute 1 = {1}, 0 = a scalar. */
void hdf5_group(struct hdf5_file *file, const char *path); /* parents must be there */
void hdf5_put(struct hdf5_file *file, const char *path, enum hdf5_type type, const void *values, size_t rank,
              const size_t *extent);
/* A few rows of the leading dimension after the others, so that a large dataset never lies in memory whole:
 * fill makes values(count), the elements first .. first + count - 1 in C order.  rank is at least 1. */
void hdf5_put_slabs(struct hdf5_file *file, const char *path, enum hdf5_type type, size_t rank,
                    const size_t *extent,
                    void (*fill)(void *context, void *values, size_t first, size_t count), void *context);
void hdf5_put_text(struct hdf5_file *file, const char *path, const char *text);
void hdf5_attribute(struct hdf5_file *file, const char *object, const char *name, enum hdf5_type type,
                    const void *values, size_t count);
void hdf5_attribute_text(struct hdf5_file *file, const char *object, const char *name, const char *text);
void hdf5_scale(struct hdf5_file *file, const char *path); /* a dimension of its own name */
void hdf5_attach(struct hdf5_file *file, const char *path, size_t axis, const char *scale);

/* Reading.  Shapes must be as asked. */
bool hdf5_has(struct hdf5_file *file, const char *path);     /* every parent must exist */
size_t hdf5_count(struct hdf5_file *file, const char *path); /* elements of a dataset; 0 on failure */
void hdf5_get(struct hdf5_file *file, void *values, const char *path, enum hdf5_type type, size_t rank,
              const size_t *extent);
/* As hdf5_put_slabs.  A text is NULL when it is empty, and the library's. */
void hdf5_get_slabs(struct hdf5_file *file, const char *path, enum hdf5_type type, size_t rank,
                    const size_t *extent,
                    void (*take)(void *context, const void *values, size_t first, size_t count),
                    void *context);
char *hdf5_get_text(struct hdf5_file *file, const char *path); /* memory_release(), or NULL */
/* A text into out(size); one that does not fit is a failure. */
void hdf5_copy_text(struct hdf5_file *file, char *out, size_t size, const char *path);
bool hdf5_has_attribute(struct hdf5_file *file, const char *object, const char *name);
char *hdf5_get_attribute_text(struct hdf5_file *file, const char *object, const char *name);
int64_t hdf5_get_attribute_integer(struct hdf5_file *file, const char *object, const char *name);

#endif
