/* folder.c -- the part of file.h that is about folders and names. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/file.h"
#include "support/memory.h"
#include "support/text.h"

enum status file_make_folders(const char *path, struct message *message)
{
    enum status status = STATUS_FAILED;
    struct text text = {0};
    struct stat facts;
    text_append(&text, "%s", path);
    if (text.failed) {
        message_set(message, status, "cannot make the folder %s: no memory", path);
        goto done;
    }
    for (size_t i = 1; i <= text.length; i++) {
        char kept = text.bytes[i];
        int result;
        if (kept != '/' && kept != '\0')
            continue;
        text.bytes[i] = '\0';
        result = mkdir(text.bytes, 0777);
        if (result != 0 && stat(text.bytes, &facts) == 0) {
            errno = ENOTDIR;
            result = S_ISDIR(facts.st_mode) ? 0 : -1;
        }
        if (result != 0) {
            message_set(message, status, "cannot make the folder %s: %s: %s", path, text.bytes,
                        strerror(errno));
            goto done;
        }
        text.bytes[i] = kept;
    }
    status = STATUS_OK;
done:
    text_release(&text);
    return status;
}

bool file_exists(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0;
}

char *file_join(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    struct text path = {0};
    text_append(&path, "%s%s%s", folder, length > 0 && folder[length - 1] != '/' ? "/" : "", name);
    if (path.failed)
        text_release(&path);
    return path.bytes;
}

static int by_bytes(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool ends_in(const char *name, const char *ending)
{
    size_t length = strlen(name), tail = strlen(ending);
    return length >= tail && strcmp(name + length - tail, ending) == 0;
}

enum status file_list(char ***names, size_t *count, const char *folder, const char *ending,
                      struct message *message)
{
    enum status status = STATUS_FAILED;
    size_t found = 0, capacity = 0;
    void *list = NULL;
    struct dirent *entry;
    DIR *stream = opendir(folder);
    if (!stream) {
        message_set(message, status, "cannot list the folder %s: %s", folder, strerror(errno));
        goto done;
    }
    if (memory_grow(&list, &capacity, 16, sizeof(char *), "names of files", message))
        goto done;
    while (errno = 0, (entry = readdir(stream)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            !ends_in(entry->d_name, ending))
            continue;
        if (memory_grow(&list, &capacity, found + 1, sizeof(char *), "names of files", message))
            goto done;
        ((char **)list)[found] = file_join("", entry->d_name);
        if (!((char **)list)[found++]) {
            message_set(message, status, "no memory for names of files");
            goto done;
        }
    }
    if (errno != 0) {
        message_set(message, status, "cannot list the folder %s: %s", folder, strerror(errno));
        goto done;
    }
    qsort(list, found, sizeof(char *), by_bytes);
    *names = list;
    *count = found;
    list = NULL;
    status = STATUS_OK;
done:
    for (size_t i = 0; list && i < found; i++)
        memory_release(((char **)list)[i]);
    memory_release(list);
    if (stream)
        closedir(stream);
    return status;
}

void file_tidy(const char *folder)
{
    char **names = NULL, host[80] = "", ending[100];
    size_t count = 0;
    gethostname(host, sizeof host - 1);
    snprintf(ending, sizeof ending, "@%s.new", host);
    if (file_list(&names, &count, folder, ending, NULL))
        return;
    for (size_t i = 0; i < count; i++) {
        long process = 0;
        char *path = NULL;
        if (sscanf(names[i], ".lexbench-%ld-", &process) == 1 && process > 0 &&
            kill((pid_t)process, 0) != 0 && errno == ESRCH)
            path = file_join(folder, names[i]);
        if (path)
            unlink(path);
        memory_release(path);
        memory_release(names[i]);
    }
    memory_release(names);
}
