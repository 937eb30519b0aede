/* checkpoint.c -- a header of fixed size; weights, first and second moments; step, loss and rate of the
 * curve; the seal. */
#include "training/checkpoint.h"

#include <stdint.h>
#include <string.h>

#include "support/file.h"
#include "support/memory.h"

enum { CHECKPOINT_VERSION = 1, CHECKPOINT_ID_SIZE = 32 };

static const char checkpoint_kind[16] = "checkpoint";
static const uint64_t byte_order = UINT64_C(0x0102030405060708);

struct header { /* fields of 8 bytes and multiples of it: no padding */
    char kind[sizeof checkpoint_kind];
    char id[CHECKPOINT_ID_SIZE];
    uint64_t order, version, real_size;
    uint64_t weights, points, step, since;
    double sum, seconds;
};

static size_t body_size(size_t weights, size_t points)
{
    return 3 * weights * sizeof(real) + points * (sizeof(int64_t) + 2 * sizeof(double));
}

/* Copies and steps on. */
static unsigned char *put(unsigned char *to, const void *from, size_t size)
{
    memcpy(to, from, size);
    return to + size;
}

static const unsigned char *take(void *to, const unsigned char *from, size_t size)
{
    memcpy(to, from, size);
    return from + size;
}

enum status checkpoint_write(const char *path, const char *id, const struct checkpoint *checkpoint,
                             struct message *message)
{
    const struct training_curve *curve = checkpoint->curve;
    size_t array = checkpoint->weights * sizeof(real);
    size_t size = sizeof(struct header) + body_size(checkpoint->weights, curve->count);
    struct header header = {.order = byte_order,
                            .version = CHECKPOINT_VERSION,
                            .real_size = sizeof(real),
                            .weights = checkpoint->weights,
                            .points = curve->count,
                            .step = checkpoint->step,
                            .since = checkpoint->since,
                            .sum = checkpoint->sum,
                            .seconds = checkpoint->seconds};
    unsigned char *bytes = memory_allocate(size, 1, "a checkpoint", message), *at = bytes;
    enum status status;
    if (!bytes)
        return STATUS_FAILED;
    memcpy(header.kind, checkpoint_kind, sizeof header.kind);
    memcpy(header.id, id, strnlen(id, sizeof header.id - 1));
    at = put(at, &header, sizeof header);
    at = put(at, checkpoint->w, array);
    at = put(at, checkpoint->first, array);
    at = put(at, checkpoint->second, array);
    at = put(at, curve->step, curve->count * sizeof(int64_t));
    at = put(at, curve->loss, curve->count * sizeof(double));
    put(at, curve->rate, curve->count * sizeof(double));
    status = file_publish_sealed(path, bytes, size, message);
    memory_release(bytes);
    return status;
}

static enum status check(const struct header *header, size_t size, const struct checkpoint *wanted,
                         const char *path, const char *id, size_t steps, struct message *message)
{
    char of[CHECKPOINT_ID_SIZE] = "";
    if (size < sizeof *header || memcmp(header->kind, checkpoint_kind, sizeof header->kind) != 0 ||
        header->order != byte_order)
        return message_set(message, STATUS_FAILED, "%s is no checkpoint of this program on this machine",
                           path);
    if (header->version != CHECKPOINT_VERSION)
        return message_set(message, STATUS_FAILED,
                           "%s is a checkpoint of version %llu; this program reads %d", path,
                           (unsigned long long)header->version, CHECKPOINT_VERSION);
    memcpy(of, header->id, sizeof of - 1);
    if (strncmp(of, id, sizeof of - 1) != 0)
        return message_set(message, STATUS_FAILED, "%s is of another training: %s, not %s", path, of, id);
    if (header->real_size != sizeof(real) || header->weights != wanted->weights)
        return message_set(message, STATUS_FAILED, "%s holds %llu weights of %llu bytes, not %zu of %zu",
                           path, (unsigned long long)header->weights, (unsigned long long)header->real_size,
                           wanted->weights, sizeof(real));
    if (header->points > wanted->points || header->step > steps ||
        size != sizeof *header + body_size(wanted->weights, (size_t)header->points))
        return message_set(message, STATUS_FAILED, "%s does not have the size or the steps of this training",
                           path);
    return STATUS_OK;
}

enum status checkpoint_read(struct checkpoint *checkpoint, const char *path, const char *id, size_t steps,
                            struct message *message)
{
    size_t size = 0, array = checkpoint->weights * sizeof(real);
    struct training_curve *curve = checkpoint->curve;
    struct header header = {.version = 0};
    const unsigned char *at;
    unsigned char *bytes = NULL;
    enum status status = file_read_sealed(&bytes, &size, path, message);
    if (status)
        return status;
    memcpy(&header, bytes, size < sizeof header ? size : sizeof header);
    status = check(&header, size, checkpoint, path, id, steps, message);
    if (status)
        goto done;
    checkpoint->step = (size_t)header.step;
    checkpoint->since = (size_t)header.since;
    checkpoint->sum = header.sum;
    checkpoint->seconds = header.seconds;
    curve->count = (size_t)header.points;
    at = take(checkpoint->w, bytes + sizeof header, array);
    at = take(checkpoint->first, at, array);
    at = take(checkpoint->second, at, array);
    at = take(curve->step, at, curve->count * sizeof(int64_t));
    at = take(curve->loss, at, curve->count * sizeof(double));
    take(curve->rate, at, curve->count * sizeof(double));
done:
    memory_release(bytes);
    return status;
}
