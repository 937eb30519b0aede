/* weights.h -- a file of weights: named arrays with their shapes, and attributes that say what model they
 * are of. */
#ifndef LEXBENCH_WEIGHTS_H
#define LEXBENCH_WEIGHTS_H

#include <stddef.h>
#include <stdint.h>

#include "support/status.h"

struct weight_array {
    const char *name;
    size_t rank;
    size_t extent[3];
    const float *values;
};
struct weight_attribute {
    const char *name;
    enum { WEIGHT_TEXT, WEIGHT_INTEGER, WEIGHT_REAL } type;
    const char *text; /* of a text; else the number of its type */
    int64_t integer;
    double real;
};
enum status weights_write(const char *path, const struct weight_array *arrays, size_t count,
                          const struct weight_attribute *attributes, size_t attribute_count,
                          struct message *message);
/* Reads the arrays of these names and shapes into buffers (values' const is the file's promise to
 * writers; buffers[i] receives array i).  STATUS_FAILED names a missing array or an unequal shape. */
enum status weights_read(const char *path, const struct weight_array *arrays, size_t count,
                         float *const *buffers, struct message *message);

/* What a weights file says of its training, read before its arrays (README.md: Weights). */
struct weights_about {
    char *training_id, *identity, *experiment; /* weights_about_release() */
    int64_t vocabulary;
};
enum status weights_read_about(struct weights_about *about, const char *path, struct message *message);
void weights_about_release(struct weights_about *about);

#endif
