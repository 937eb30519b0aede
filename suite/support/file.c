/* file.c -- whole files in, whole files out, and the trailer that proves a file is whole.
 *
 * A sealed file is the bytes, then 48 bytes of trailer: the magic "lexbench", the number of bytes
 * before the trailer (64 bits, little-endian), and their SHA-256. */
#include "support/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/memory.h"
#include "support/sha256.h"
#include "support/text.h"

enum { MAGIC_SIZE = 8, TRAILER_SIZE = MAGIC_SIZE + 8 + SHA256_SIZE, TEMPORARY_TRIES = 1000 };

static const char magic[MAGIC_SIZE + 1] = "lexbench";

/* ---- reading ---- */

static int open_again(const char *path, int flags)
{
    int file;
    do {
        file = open(path, flags | O_CLOEXEC, 0666);
    } while (file < 0 && errno == EINTR);
    return file;
}

enum status file_read(unsigned char **bytes, size_t *size, const char *path, struct message *message)
{
    enum status status = STATUS_WRONG;
    size_t capacity = 0, used = 0;
    void *block = NULL;
    struct stat facts;
    int file = open_again(path, O_RDONLY);
    if (file < 0 || fstat(file, &facts) != 0) {
        message_set(message, status, "cannot open %s: %s", path, strerror(errno));
        goto done;
    }
    if (S_ISDIR(facts.st_mode)) {
        message_set(message, status, "cannot read %s: it is a folder; a file is needed", path);
        goto done;
    }
    for (;;) {
        size_t wanted = used + 65536;
        ssize_t got;
        /* The size is known for plain files only; one byte more tells the end, one is the NUL. */
        if (facts.st_size > 0 && (size_t)facts.st_size >= used)
            wanted = (size_t)facts.st_size + 2;
        if (memory_grow(&block, &capacity, wanted, 1, path, message)) {
            status = STATUS_FAILED;
            goto done;
        }
        got = read(file, (char *)block + used, capacity - used - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            message_set(message, status, "cannot read %s: %s", path, strerror(errno));
            goto done;
        }
        if (got == 0)
            break;
        used += (size_t)got;
    }
    ((char *)block)[used] = '\0';
    *bytes = block;
    *size = used;
    block = NULL;
    status = STATUS_OK;
done:
    if (file >= 0)
        close(file);
    memory_release(block);
    return status;
}

/* ---- writing ---- */

struct piece {
    const void *bytes;
    size_t size;
};

static bool write_all(int file, struct piece piece)
{
    const char *next = piece.bytes;
    while (piece.size > 0) {
        ssize_t count = write(file, next, piece.size < SSIZE_MAX ? piece.size : SSIZE_MAX);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        next += count;
        piece.size -= (size_t)count;
    }
    return true;
}

/* Some file systems cannot sync (EINVAL, ENOTSUP): then there is nothing more to be done. */
static bool sync_to_disk(int file)
{
    int result;
    do {
        result = fsync(file);
    } while (result != 0 && errno == EINTR);
    return result == 0 || errno == EINVAL || errno == ENOTSUP;
}

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == path ? 1 : slash ? (size_t)(slash - path) : 0;
    struct text folder = {0};
    text_append_bytes(&folder, length > 0 ? path : ".", length > 0 ? length : 1);
    return folder.bytes;
}

/* A new file in the folder, for this process alone; its name is in new memory. */
static int open_temporary(char **name, const char *folder)
{
    int file = -1;
    *name = NULL;
    errno = EEXIST;
    for (unsigned try = 0; file < 0 && errno == EEXIST && try < TEMPORARY_TRIES; try++) {
        char plain[160], host[80] = "";
        gethostname(host, sizeof host - 1);
        snprintf(plain, sizeof plain, ".lexbench-%ld-%u@%s.new", (long)getpid(), try, host);
        memory_release(*name);
        *name = file_join(folder, plain);
        if (!*name) {
            errno = ENOMEM;
            break;
        }
        file = open_again(*name, O_WRONLY | O_CREAT | O_EXCL);
    }
    return file;
}

static enum status publish(const char *path, const struct piece *pieces, size_t count,
                           struct message *message)
{
    char *folder = folder_of(path), *temporary = NULL;
    int file = -1, place = -1;
    struct stat facts;
    bool good;
    if (stat(path, &facts) == 0 && !S_ISREG(facts.st_mode)) {
        memory_release(folder);
        return message_set(message, STATUS_FAILED,
                           "cannot write %s: there is a folder or a device of that name", path);
    }
    errno = ENOMEM;
    good = folder && (place = open_again(folder, O_RDONLY | O_DIRECTORY)) >= 0 &&
           (file = open_temporary(&temporary, folder)) >= 0;
    for (size_t i = 0; good && i < count; i++)
        good = write_all(file, pieces[i]);
    good = good && sync_to_disk(file);
    if (file >= 0) {
        int before = errno;
        bool closed = close(file) == 0 || errno == EINTR; /* a full disk may show only here */
        errno = good ? errno : before;
        good = good && closed;
    }
    good = good && rename(temporary, path) == 0 && sync_to_disk(place);
    if (!good)
        message_set(message, STATUS_FAILED, "cannot write %s: %s", path, strerror(errno));
    if (!good && file >= 0)
        unlink(temporary); /* gone already when only the folder could not be synced */
    if (place >= 0)
        close(place);
    memory_release(temporary);
    memory_release(folder);
    return good ? STATUS_OK : STATUS_FAILED;
}

enum status file_publish(const char *path, const void *bytes, size_t size, struct message *message)
{
    const struct piece piece = {bytes, size};
    return publish(path, &piece, 1, message);
}

enum status file_append_line(const char *path, const char *line, struct message *message)
{
    struct text text = {0};
    ssize_t count = -1;
    int file = open_again(path, O_WRONLY | O_CREAT | O_APPEND);
    bool whole;
    text_append(&text, "%s\n", line);
    if (text.failed)
        errno = ENOMEM;
    if (file >= 0 && !text.failed)
        do {
            errno = ENOSPC; /* the reason when only part of the line goes in */
            count = write(file, text.bytes, text.length);
        } while (count < 0 && errno == EINTR);
    whole = count >= 0 && (size_t)count == text.length;
    if (!whole)
        message_set(message, STATUS_FAILED, "cannot add a line to %s: %s", path, strerror(errno));
    if (file >= 0)
        close(file);
    text_release(&text);
    return whole ? STATUS_OK : STATUS_FAILED;
}

/* ---- sealed files ---- */

static void make_trailer(unsigned char trailer[TRAILER_SIZE], const void *bytes, size_t size)
{
    struct sha256 hash;
    memcpy(trailer, magic, MAGIC_SIZE);
    for (size_t i = 0; i < 8; i++)
        trailer[MAGIC_SIZE + i] = (unsigned char)((uint64_t)size >> (8 * i));
    sha256_begin(&hash);
    sha256_add(&hash, bytes, size);
    sha256_end(&hash, trailer + MAGIC_SIZE + 8);
}

enum status file_publish_sealed(const char *path, const void *bytes, size_t size, struct message *message)
{
    unsigned char trailer[TRAILER_SIZE];
    const struct piece pieces[2] = {{bytes, size}, {trailer, sizeof trailer}};
    make_trailer(trailer, bytes, size);
    return publish(path, pieces, 2, message);
}

/* Does the file end in the first part of a trailer?  A cut of less than 48 bytes leaves that. */
static bool ends_in_part_of_trailer(const unsigned char *bytes, size_t size)
{
    for (size_t kept = size < TRAILER_SIZE ? size : TRAILER_SIZE - 1; kept >= MAGIC_SIZE; kept--)
        if (memcmp(bytes + size - kept, magic, MAGIC_SIZE) == 0)
            return true;
    return false;
}

enum status file_read_sealed(unsigned char **bytes, size_t *size, const char *path, struct message *message)
{
    unsigned char trailer[TRAILER_SIZE], *whole = NULL;
    enum status status;
    size_t total = 0, inner;
    status = file_read(&whole, &total, path, message);
    if (status)
        goto done;
    status = STATUS_FAILED;
    inner = total - TRAILER_SIZE;
    if (total == 0) {
        message_set(message, status, "%s is truncated: it is empty", path);
    } else if (total < TRAILER_SIZE || memcmp(whole + inner, magic, MAGIC_SIZE) != 0) {
        if (ends_in_part_of_trailer(whole, total))
            message_set(message, status, "%s is truncated: the last bytes of its seal are missing", path);
        else
            message_set(message, status,
                        "%s is not a file that lexbench wrote, or it is truncated: it does not "
                        "end in a seal",
                        path);
    } else {
        make_trailer(trailer, whole, inner);
        if (memcmp(trailer, whole + inner, TRAILER_SIZE) == 0)
            status = STATUS_OK;
        else
            message_set(message, status,
                        "%s was altered after it was written: its %s does not match its seal", path,
                        memcmp(trailer, whole + inner, MAGIC_SIZE + 8) ? "size" : "SHA-256");
    }
    if (status)
        goto done;
    whole[inner] = '\0';
    *bytes = whole;
    *size = inner;
    whole = NULL;
done:
    memory_release(whole);
    return status;
}
