/* sources.c -- where an experiment's text comes from: a shipped name, a file, what it includes. */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "experiment/file/ini.h"
#include "experiment/file/shipped.h"
#include "support/file.h"
#include "support/memory.h"
#include "support/text.h"

struct source {
    const struct source *includer; /* NULL for the experiment itself */
    size_t depth;
    char name[PATH_MAX];     /* path, or shipped name */
    char identity[PATH_MAX]; /* the same for every way of naming it */
    const char *shipped;     /* its text, or NULL for a file */
};

static void suggest_shipped(char *out, size_t size, const char *wrong)
{
    enum { SHIPPED_MAX = 64 };
    const char *names[SHIPPED_MAX];
    size_t count = 0;
    for (const struct embedded_file *at = shipped_experiments; at->name && count < SHIPPED_MAX; at++)
        names[count++] = at->name;
    text_suggest(out, size, wrong, names, count);
}

static void be_shipped(struct source *source, const struct embedded_file *shipped)
{
    snprintf(source->name, sizeof source->name, "%s.ini", shipped->name);
    snprintf(source->identity, sizeof source->identity, "%s", shipped->name);
    source->shipped = shipped->text;
}

static bool is_there(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

static enum status be_file(struct source *source, const char *path, struct message *message)
{
    struct stat info;
    if (strlen(path) >= sizeof source->name || stat(path, &info) != 0 || !realpath(path, source->identity))
        return message_set(message, STATUS_WRONG, "%.200s: there is no such file", path);
    if (S_ISDIR(info.st_mode))
        return message_set(message, STATUS_WRONG, "%.200s is a folder: an experiment is a file", path);
    if (!S_ISREG(info.st_mode))
        return message_set(message, STATUS_WRONG, "%.200s is no regular file: an experiment is one", path);
    if (info.st_size > INI_FILE_MAX)
        return message_set(message, STATUS_WRONG, "%.200s has %lld bytes: an experiment file has at most %d",
                           path, (long long)info.st_size, INI_FILE_MAX);
    snprintf(source->name, sizeof source->name, "%s", path);
    source->shipped = NULL;
    return STATUS_OK;
}

/* The experiment of the command line. */
static enum status locate_experiment(struct source *source, const char *name, struct message *message)
{
    char suggestion[256];
    const struct embedded_file *shipped = embedded_find(shipped_experiments, name);
    if (shipped) {
        be_shipped(source, shipped);
        return STATUS_OK;
    }
    if (is_there(name))
        return be_file(source, name, message);
    suggest_shipped(suggestion, sizeof suggestion, name);
    return message_set(message, STATUS_WRONG, "there is no experiment and no file `%.200s`: %s", name,
                       suggestion);
}

/* `include = name`: beside the including file, else shipped. */
static enum status locate_include(struct source *source, const char *name, struct message *message)
{
    char path[PATH_MAX], stem[PATH_MAX], suggestion[256];
    const struct source *includer = source->includer;
    const char *slash = strrchr(includer->name, '/');
    int folder = includer->shipped || !slash || *name == '/' ? 0 : (int)(slash - includer->name + 1);
    int length = snprintf(path, sizeof path, "%.*s%s", folder, includer->name, name);
    if (!includer->shipped && length > 0 && (size_t)length < sizeof path && is_there(path))
        return be_file(source, path, message);
    snprintf(stem, sizeof stem, "%s", name);
    size_t end = strlen(stem);
    if (end > 4 && strcmp(stem + end - 4, ".ini") == 0)
        stem[end - 4] = '\0';
    const struct embedded_file *shipped = embedded_find(shipped_experiments, stem);
    if (shipped) {
        be_shipped(source, shipped);
        return STATUS_OK;
    }
    suggest_shipped(suggestion, sizeof suggestion, stem);
    return message_set(message, STATUS_WRONG,
                       "`include = %s`: there is no such file here, nor one that is shipped: %s", name,
                       suggestion);
}

static enum status check_loop(const struct source *source, struct message *message)
{
    for (const struct source *at = source->includer; at; at = at->includer)
        if (!at->shipped == !source->shipped && strcmp(at->identity, source->identity) == 0)
            return message_set(message, STATUS_WRONG, "`%s` includes itself, directly or through others",
                               source->name);
    if (source->depth > INI_DEPTH_MAX)
        return message_set(message, STATUS_WRONG, "files include each other more than %d deep",
                           INI_DEPTH_MAX);
    return STATUS_OK;
}

static enum status read_bytes(unsigned char **bytes, size_t *size, const struct source *source,
                              struct message *message)
{
    if (!source->shipped)
        return file_read(bytes, size, source->name, message);
    *size = strlen(source->shipped);
    *bytes = memory_allocate(*size + 1, 1, "an experiment", message);
    if (!*bytes)
        return STATUS_FAILED;
    memcpy(*bytes, source->shipped, *size);
    return STATUS_OK;
}

static bool has_mark(const unsigned char *bytes, size_t size)
{
    return size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0; /* UTF-8's byte order mark */
}

static enum status load(struct ini *ini, const struct source *source, struct message *message);

static enum status load_include(struct ini *ini, const struct source *includer, const char *name, size_t line,
                                struct message *message)
{
    struct source *source = memory_allocate(1, sizeof *source, "an included file", message);
    if (!source)
        return STATUS_FAILED;
    source->includer = includer;
    source->depth = includer->depth + 1;
    enum status status = locate_include(source, name, message);
    if (!status)
        status = check_loop(source, message);
    if (status)
        message_prefix(message, "%s:%zu", includer->name, line);
    else
        status = load(ini, source, message);
    memory_release(source);
    return status;
}

/* The included file first: it lies under this one. */
static enum status load(struct ini *ini, const struct source *source, struct message *message)
{
    unsigned char *bytes = NULL;
    char *include = NULL;
    size_t size = 0, line = 0;
    enum status status = read_bytes(&bytes, &size, source, message);
    if (status)
        goto done;
    size_t skip = has_mark(bytes, size) ? 3 : 0;
    const char *text = (const char *)bytes + skip;
    if (strspn(text, " \t\r\n") == size - skip) {
        status = message_set(message, STATUS_WRONG,
                             "%s is empty: an experiment has a section [experiment] with datasets and "
                             "variants",
                             source->name);
        goto done;
    }
    status = ini_check_lines(&include, &line, source->name, text, size - skip, message);
    if (!status && include)
        status = load_include(ini, source, include, line, message);
    if (!status)
        status = ini_parse_checked(ini, source->name, text, message);
done:
    memory_release(include);
    memory_release(bytes);
    return status;
}

enum status ini_read(struct ini *ini, const char *experiment, struct message *message)
{
    *ini = (struct ini){0};
    struct source *source = memory_allocate(1, sizeof *source, "an experiment", message);
    if (!source)
        return STATUS_FAILED;
    enum status status = locate_experiment(source, experiment, message);
    if (!status)
        status = load(ini, source, message);
    memory_release(source);
    return status;
}
