/* file.h -- whole files in, whole files out, and the trailer that proves a file is whole. */
#ifndef LEXBENCH_FILE_H
#define LEXBENCH_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "support/status.h"

/* The whole file in memory, NUL-terminated beyond *size; release with memory_release().
 * STATUS_WRONG with a sentence when it cannot be read (a folder included). */
enum status file_read(unsigned char **bytes, size_t *size, const char *path, struct message *message);

/* Publishes a file: written under a temporary name in the same folder, synced, renamed over
 * path, folder synced.  Whatever is killed, path is the old file or the new one, whole. */
enum status file_publish(const char *path, const void *bytes, size_t size, struct message *message);

/* file_publish with a trailer (magic, length, SHA-256 of the bytes) after the bytes. */
enum status file_publish_sealed(const char *path, const void *bytes, size_t size, struct message *message);

/* file_read of such a file: checks the trailer, *size is without it.  STATUS_FAILED names the
 * file and says whether it is truncated, altered, or not of this program. */
enum status file_read_sealed(unsigned char **bytes, size_t *size, const char *path, struct message *message);

/* Removes what a killed process of this host left of a publication in this folder.  Those of other hosts
 * stay: whether their processes live cannot be seen from here. */
void file_tidy(const char *folder);

/* Appends one line (without its newline) with a single write(2). */
enum status file_append_line(const char *path, const char *line, struct message *message);

enum status file_make_folders(const char *path, struct message *message); /* like mkdir -p */
bool file_exists(const char *path);

/* "folder/name" in new memory (memory_release), NULL when there is none. */
char *file_join(const char *folder, const char *name);

/* The names in a folder that end in `ending` ("" = all; not "." and ".."), sorted by byte.
 * *names and each name are memory_release()d by the caller. */
enum status file_list(char ***names, size_t *count, const char *folder, const char *ending,
                      struct message *message);

#endif
